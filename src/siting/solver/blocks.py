"""A model taken apart into blocks of columns, and the rows that link them."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array

from siting.model.program import Program


class Blocks:
    """Columns by block, rows of one block alone, and linking rows.

    Attributes:
        label: block of each column, -1 for none, shape (columns,).
        owner: block of each row, -1 for linking rows, shape (rows,).
        matrix: coefficients, shape (rows, columns).
        linking: the linking rows, ascending. links: their coefficients, shape (linking, columns).
    """

    def __init__(self, model: Program, label: np.ndarray) -> None:
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


def duals_of_all(model: Program, dual: np.ndarray) -> np.ndarray:
    """Duals of all rows from those of the limits alone: a valid inequality has none."""
    every = np.zeros(len(model.row_lower))
    every[model.is_limit] = dual
    return every
