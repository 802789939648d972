"""Linear expressions of many rows at once, and relations between them: what rules compute with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

NONE = np.zeros(0, dtype=np.int64)


class Block:
    """``n`` expressions ``constant + sum of value * column``, one a row.

    Terms of a row stand in the order in which it was added up, and those of one column are added up in
    that order. Arrays are never changed. To compare two of them makes a ``Relation``.

    Attributes:
        rows, columns, values: row, column and value of each term, shape (terms,).
        constant: shape (n,).
    """

    __slots__ = ("columns", "constant", "rows", "values")
    __hash__ = None  # type: ignore[assignment]
    # arrays leave products and comparisons with an expression to it
    __array_ufunc__ = None

    def __init__(
        self, rows: np.ndarray, columns: np.ndarray, values: np.ndarray, constant: np.ndarray
    ) -> None:
        self.rows = rows
        self.columns = columns
        self.values = values
        self.constant = constant

    @staticmethod
    def of(expression: Any, count: int) -> Block:
        """A block, or a number, or one a row, as ``count`` expressions."""
        if isinstance(expression, Block):
            if len(expression) != count:
                raise ValueError(f"{len(expression)} expressions for {count} rows")
            return expression
        return Block(NONE, NONE, np.zeros(0), np.zeros(count))._plus(expression, 1.0)

    def __len__(self) -> int:
        return len(self.constant)

    def has_terms(self) -> np.ndarray:
        """Rows that have a term, shape (n,)."""
        found = np.zeros(len(self), dtype=bool)
        found[self.rows] = True
        return found

    def fold(self, rows: np.ndarray, count: int) -> Block:
        """Sums of its expressions: expression i is added to row ``rows[i]`` of ``count``."""
        constant = np.bincount(rows, self.constant, count)
        return Block(rows[self.rows], self.columns, self.values, constant)

    def at(self, x: np.ndarray) -> np.ndarray:
        """Their values at a point by column, shape (n,)."""
        return self.constant + np.bincount(self.rows, self.values * x[self.columns], len(self))

    def __add__(self, other: Any) -> Block:
        return self._plus(other, 1.0)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Block:
        return self._plus(other, -1.0)

    def __rsub__(self, other: Any) -> Block:
        return (-self)._plus(other, 1.0)

    def _plus(self, other: Any, sign: float) -> Block:
        """Sum with a block, a number, or one number a row."""
        if not isinstance(other, Block):
            return Block(self.rows, self.columns, self.values, self.constant + sign * other)
        if len(self) != len(other):
            raise ValueError(f"expressions of {len(self)} and of {len(other)} rows")
        return Block(
            np.concatenate([self.rows, other.rows]),
            np.concatenate([self.columns, other.columns]),
            np.concatenate([self.values, sign * other.values]),
            self.constant + sign * other.constant,
        )

    def __neg__(self) -> Block:
        return self * -1.0

    def __mul__(self, factor: Any) -> Block:
        weights = factor[self.rows] if isinstance(factor, np.ndarray) else factor
        return Block(self.rows, self.columns, weights * self.values, factor * self.constant)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> Block:
        return self.__mul__(1.0 / divisor)

    def __le__(self, other: Any) -> Relation:
        return Relation(self, other, is_equal=False)

    def __ge__(self, other: Any) -> Relation:
        return Relation(other, self, is_equal=False)

    def __eq__(self, other: object) -> Relation:  # type: ignore[override]
        return Relation(self, other, is_equal=True)

    def __bool__(self) -> bool:
        raise TypeError("an expression has no value before it is solved")


@dataclass(frozen=True, eq=False)
class Relation:
    """``left <= right`` or ``left == right`` in each row; one side at least is a ``Block``."""

    left: Any
    right: Any
    is_equal: bool

    def __bool__(self) -> bool:
        raise TypeError("a relation is returned by a rule, not tested")
