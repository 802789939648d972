"""A model taken apart into blocks of columns, and the rows that link them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csc_array, csr_array

from siting.families.base import Index
from siting.model.assemble import LinearModel


class Blocks:
    """Columns by block, rows of one block alone, and linking rows.

    Attributes:
        label: block of each column, -1 for none, shape (columns,).
        owner: block of each row, -1 for linking rows, shape (rows,).
        matrix: coefficients, shape (rows, columns).
        linking: the linking rows, ascending. links: their coefficients, shape (linking, columns).
    """

    def __init__(self, model: LinearModel, label: np.ndarray) -> None:
        self.model = model
        self.label = label
        self.count = int(label.max(initial=-1)) + 1
        self.matrix = model.matrix
        self.owner = owners_of(label, self.matrix)
        self._by_block = np.argsort(label, kind="stable")
        self._by_owner = np.argsort(self.owner, kind="stable")
        ends = np.arange(-1, self.count + 1)
        self._first_column = np.searchsorted(label[self._by_block], ends)
        self._first_row = np.searchsorted(self.owner[self._by_owner], ends)
        self.linking = self.rows(-1)
        self.links = self.matrix[self.linking]

    def columns(self, block: int) -> np.ndarray:
        """Columns of a block; those of no block for -1."""
        return self._by_block[self._first_column[block + 1] : self._first_column[block + 2]]

    def rows(self, block: int) -> np.ndarray:
        """Rows of a block alone; the linking rows for -1."""
        return self._by_owner[self._first_row[block + 1] : self._first_row[block + 2]]

    def reduced_cost(self, dual: np.ndarray) -> np.ndarray:
        """Cost of each column less what its linking rows are worth at their duals."""
        reduced: np.ndarray = self.model.cost - self.links.T @ dual
        return reduced


def owners_of(label: np.ndarray, matrix: csc_array) -> np.ndarray:
    """Block of each row whose columns all belong to one block; -1 for linking rows."""
    block = np.repeat(label, np.diff(matrix.indptr))
    least = np.full(matrix.shape[0], np.iinfo(np.int64).max)
    most = np.full(matrix.shape[0], -1)
    np.minimum.at(least, matrix.indices, block)
    np.maximum.at(most, matrix.indices, block)
    return np.where(least == most, most, -1)


def sliced(
    model: LinearModel, columns: np.ndarray, rows: np.ndarray, *, is_named: bool = True
) -> LinearModel:
    """Some columns and rows of a model, in the order given."""
    matrix = csr_array(model.matrix[:, columns])[rows].tocsc()
    matrix.sort_indices()
    return replace(
        model,
        cost=model.cost[columns],
        start=matrix.indptr.astype(np.int32),
        row=matrix.indices.astype(np.int32),
        value=matrix.data,
        row_lower=model.row_lower[rows],
        row_upper=model.row_upper[rows],
        lower=model.lower[columns],
        upper=model.upper[columns],
        is_integer=model.is_integer[columns],
        row_names=tuple(model.row_names[row] for row in rows.tolist()) if is_named else (),
        columns=_renumbered(model, columns) if is_named else {},
        area=model.area[columns],
        site=model.site[columns],
        decided_at=model.decided_at[columns],
    )


def limits_alone(model: LinearModel) -> LinearModel:
    """The model without its valid inequalities."""
    is_limit = _is_limit(model)
    if is_limit.all():
        return model
    return sliced(model, np.arange(len(model.cost)), np.flatnonzero(is_limit))


def duals_of_all(model: LinearModel, dual: np.ndarray) -> np.ndarray:
    """Duals of all rows from those of the limits alone: a valid inequality has none."""
    every = np.zeros(len(model.row_lower))
    every[_is_limit(model)] = dual
    return every


def _is_limit(model: LinearModel) -> np.ndarray:
    """Which rows are no valid inequalities, shape (rows,)."""
    return np.array([name not in model.valid for name, _ in model.row_names], dtype=bool)


def _renumbered(model: LinearModel, columns: np.ndarray) -> dict[tuple[str, Index], int]:
    """Names of some columns, with their places among them."""
    place = np.full(len(model.cost), -1)
    place[columns] = np.arange(len(columns))
    places = place.tolist()
    return {name: places[n] for name, n in model.columns.items() if places[n] >= 0}
