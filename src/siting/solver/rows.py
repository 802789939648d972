"""Limits that are stated as they are broken, as rows of a program."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from siting.families.base import LazyRow
from siting.model.program import Program


def with_lazy_rows(model: Program, rows: Sequence[LazyRow]) -> Program:
    """The model with more rows; terms of variables that were not created are zero."""
    return with_matrix(model, rows, lazy_matrix(model, rows))


def lazy_matrix(model: Program, rows: Sequence[LazyRow]) -> csr_array:
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


def with_matrix(model: Program, rows: Sequence[LazyRow], matrix: csr_array) -> Program:
    """The model with rows whose coefficients are known."""
    added = model.with_rows(matrix, *limits_of(rows), [(row.name, row.index) for row in rows])
    return added.with_units({row.name: row.unit for row in rows})
