"""Linear expressions over numbered columns: what a rule of a family computes with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Affine:
    """``constant + sum of value * column``; a column may stand in it more than once.

    Sums share their lists: adding to one that is the latest of its lists appends to them, and those
    before keep their ``count``, so that a sum of n terms takes n steps. A single term is copied
    instead: a variable stands in every sum that begins with it.
    """

    __slots__ = ("columns", "constant", "count", "values")
    # numpy scalars leave products with an expression to it
    __array_ufunc__ = None

    def __init__(
        self, columns: list[int], values: list[float], count: int, constant: float
    ) -> None:
        self.columns = columns
        self.values = values
        self.count = count
        self.constant = constant

    def terms(self) -> tuple[Sequence[int], Sequence[float]]:
        """Columns and their values, each of shape (count,)."""
        count = self.count
        if len(self.columns) == count:
            return self.columns, self.values
        return self.columns[:count], self.values[:count]

    def _own(self) -> tuple[list[int], list[float]]:
        """Lists to which terms may be appended without changing what others see in them."""
        count = self.count
        if count > 1 and len(self.columns) == count:
            return self.columns, self.values
        return self.columns[:count], self.values[:count]

    def __add__(self, other: Any) -> Affine:
        if type(other) is Affine:
            more, weights = other.terms()
            columns, values = self._own()
            columns.extend(more)
            values.extend(weights)
            return Affine(columns, values, len(columns), self.constant + other.constant)
        return Affine(self.columns, self.values, self.count, self.constant + other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Affine:
        if type(other) is Affine:
            more, weights = other.terms()
            columns, values = self._own()
            columns.extend(more)
            values.extend([-weight for weight in weights])
            return Affine(columns, values, len(columns), self.constant - other.constant)
        return Affine(self.columns, self.values, self.count, self.constant - other)

    def __rsub__(self, other: float) -> Affine:
        return -self + other

    def __neg__(self) -> Affine:
        return self * -1.0

    def __mul__(self, factor: float) -> Affine:
        count = self.count
        if count == 1:
            # lists of one term are never appended to, so this one may be shared
            return Affine(self.columns, [factor * self.values[0]], 1, factor * self.constant)
        scaled = [factor * value for value in self.values[:count]]
        return Affine(self.columns[:count], scaled, count, factor * self.constant)

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Affine:
        return self * (1.0 / divisor)
