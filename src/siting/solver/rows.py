"""A program with more rows: caps of goals and studies, limits stated as they are broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csc_array, csr_array, vstack

from siting.families.base import Index, LazyRow
from siting.model.assemble import LinearModel


def with_rows(
    model: LinearModel,
    coefficients: csr_array,
    lower: np.ndarray,
    upper: np.ndarray,
    names: Sequence[tuple[str, Index]],
) -> LinearModel:
    """The model with more rows ``lower <= coefficients @ x <= upper``, shape (rows, columns)."""
    matrix = vstack([model.matrix, csc_array(coefficients)], format="csc")
    matrix.sort_indices()
    return replace(
        model,
        start=matrix.indptr.astype(np.int32),
        row=matrix.indices.astype(np.int32),
        value=matrix.data.astype(float),
        row_lower=np.concatenate([model.row_lower, lower]),
        row_upper=np.concatenate([model.row_upper, upper]),
        row_names=(*model.row_names, *names),
    )


def with_caps(
    model: LinearModel, coefficients: np.ndarray, upper: np.ndarray, name: str
) -> LinearModel:
    """The model with more rows ``coefficients @ x <= upper``, shapes (rows, columns) and (rows,)."""
    names: list[tuple[str, Index]] = [(name, (n,)) for n in range(len(upper))]
    lower = np.full(len(upper), -np.inf)
    more = with_rows(model, csr_array(coefficients), lower, upper, names)
    return replace(more, units={**model.units, name: ""})


def with_lazy_rows(model: LinearModel, rows: Sequence[LazyRow]) -> LinearModel:
    """The model with more rows; terms of variables that were not created are zero."""
    return with_matrix(model, rows, lazy_matrix(model, rows))


def lazy_matrix(model: LinearModel, rows: Sequence[LazyRow]) -> csr_array:
    """Coefficients of some rows by column, shape (rows, columns)."""
    found = [
        (number, column, value)
        for number, row in enumerate(rows)
        for name, index, value in row.terms
        if (column := model.columns.get((name, index))) is not None
    ]
    numbers, columns, values = zip(*found, strict=True) if found else ((), (), ())
    places = np.array(numbers, int), np.array(columns, int)
    return csr_array((np.array(values, float), places), shape=(len(rows), len(model.cost)))


def limits_of(rows: Sequence[LazyRow]) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper limits of some rows."""
    return np.array([row.lower for row in rows]), np.array([row.upper for row in rows])


def with_matrix(model: LinearModel, rows: Sequence[LazyRow], matrix: csr_array) -> LinearModel:
    """The model with rows whose coefficients are known."""
    added = with_rows(model, matrix, *limits_of(rows), [(row.name, row.index) for row in rows])
    return replace(added, units={**model.units, **{row.name: row.unit for row in rows}})
