"""The basis of a linear relaxation, by which another that differs in bounds and last rows goes on from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

LOWER, BASIC = (int(highspy.HighsBasisStatus.kLower), int(highspy.HighsBasisStatus.kBasic))
STATUSES = {int(status): status for status in highspy.HighsBasisStatus.__members__.values()}


@dataclass(frozen=True)
class Basis:
    """Status of each column and row, as HiGHS numbers it.

    Attributes:
        column: shape (columns,). row: shape (rows,).
    """

    column: np.ndarray
    row: np.ndarray

    def fitted(self, columns: int, rows: int) -> Basis | None:
        """That of a program with as many columns, and as many rows or more at the end, which do nothing;
        None of any other."""
        more = rows - len(self.row)
        if len(self.column) != columns or more < 0:
            return None
        return Basis(self.column, np.concatenate([self.row, np.full(more, BASIC, np.int8)]))

    def within(self, columns: np.ndarray, rows: np.ndarray) -> Basis:
        """That of some columns and rows, if what is left out does nothing in it."""
        return Basis(self.column[columns], self.row[rows])

    def spread(self, columns: np.ndarray, rows: np.ndarray, shape: tuple[int, int]) -> Basis:
        """That of a program of (rows, columns) which has more than these: the others do nothing."""
        whole = Basis(np.full(shape[1], LOWER, np.int8), np.full(shape[0], BASIC, np.int8))
        whole.column[columns] = self.column
        whole.row[rows] = self.row
        return whole

    def to_highs(self) -> highspy.HighsBasis:
        """As HiGHS takes it; it mends what does not make a basis."""
        basis = highspy.HighsBasis()
        basis.valid, basis.alien = True, True
        basis.col_status = [STATUSES[status] for status in self.column.tolist()]
        basis.row_status = [STATUSES[status] for status in self.row.tolist()]
        return basis


def from_highs(highs: highspy.Highs) -> Basis:
    """The basis that a solve has ended with."""
    basis = highs.getBasis()
    return Basis(_numbers(basis.col_status), _numbers(basis.row_status))


def _numbers(statuses: Sequence[highspy.HighsBasisStatus]) -> np.ndarray:
    """Statuses as numbers."""
    return np.array([int(status) for status in statuses], dtype=np.int8)
