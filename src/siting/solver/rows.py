"""A program with more rows: caps of goals and studies, limits stated as they are broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csc_array, csr_array, vstack

from siting.families.base import Index
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
