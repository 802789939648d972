"""The model as sparse arrays: columns and rows are appended as rules are evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from siting.components.base import Domain, Expr, Index
from siting.model.affine import Affine
from siting.model.build import CONSTANT_TOLERANCE, Relation


@dataclass
class Rows:
    """Rows of one family in the order of declaration, terms of row i from ``start[i]`` on."""

    names: list[tuple[str, Index]] = field(default_factory=list)
    start: list[int] = field(default_factory=lambda: [0])
    columns: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)


class ArrayWriter:
    """Writes variables as numbered columns and constraints as sparse rows, family by family."""

    def __init__(self) -> None:
        self.names: list[tuple[str, Index]] = []
        self.upper: list[float] = []
        self.is_integer: list[bool] = []
        self.rows: dict[str, Rows] = {}

    def variable(
        self,
        family: str,
        name: str,
        index: Sequence[Index],
        upper: Callable[..., float | None] | None,
        domain: Domain,
        doc: str,
    ) -> Mapping[Index, Expr]:
        """Columns by index."""
        full = f"{family}.{name}"
        first = len(self.names)
        keys = list(index)
        most = 1.0 if domain == "binary" else np.inf
        limits = [None] * len(keys) if upper is None else [upper(*key) for key in keys]
        self.names.extend((full, key) for key in keys)
        self.upper.extend(most if limit is None else min(most, limit) for limit in limits)
        self.is_integer.extend([domain != "real"] * len(keys))
        return {key: Affine([n], [1.0], 1, 0.0) for n, key in enumerate(keys, start=first)}

    def constraint(
        self, family: str, name: str, relations: Iterable[Relation], doc: str, *, is_equal: bool
    ) -> None:
        """Rows ``left - right <= 0`` or ``== 0`` with the constants on the right; where the left side
        is a number, ``right >= left``."""
        full = f"{family}.{name}"
        rows = self.rows.setdefault(family, Rows())
        columns, values = rows.columns, rows.values
        for key, left, right in relations:
            if type(left) is not Affine:
                some, weights = right.terms()
                values.extend(weights)
                lower = left - right.constant
                upper = lower if is_equal else np.inf
            else:
                some, weights = left.terms()
                values.extend(weights)
                upper = -left.constant
                if type(right) is Affine:
                    columns.extend(some)
                    some, weights = right.terms()
                    values.extend([-weight for weight in weights])
                    upper += right.constant
                else:
                    upper += right
                lower = upper if is_equal else -np.inf
            columns.extend(some)
            rows.names.append((full, key))
            rows.start.append(len(columns))
            rows.lower.append(lower)
            rows.upper.append(upper)

    def total(self, terms: Iterable[Affine]) -> tuple[np.ndarray, float]:
        """The sum of some expressions: value of each column, and the constant."""
        columns: list[int] = []
        values: list[float] = []
        constant = 0.0
        for term in terms:
            some, weights = term.terms()
            columns.extend(some)
            values.extend(weights)
            constant += term.constant
        places = np.array(columns, dtype=np.int64)
        return np.bincount(places, np.array(values, float), len(self.names)), constant

    def matrix(self, families: Iterable[str]) -> Stacked:
        """All rows, family by family; those without a term that holds are left out."""
        parts = [self.rows[family] for family in families if family in self.rows]
        matrix = csr_array(
            _entries(parts), shape=(sum(len(p.names) for p in parts), len(self.names))
        )
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        names = [name for part in parts for name in part.names]
        lower = np.array([limit for part in parts for limit in part.lower], dtype=float)
        upper = np.array([limit for part in parts for limit in part.upper], dtype=float)
        is_empty = np.diff(matrix.indptr) == 0
        excess = np.maximum(lower, -upper)
        limit = np.where(lower > -upper, np.abs(lower), np.abs(upper))
        is_broken = is_empty & (excess > CONSTANT_TOLERANCE * np.maximum(1.0, limit))
        impossible = [(*names[i], float(excess[i])) for i in np.flatnonzero(is_broken)]
        if is_empty.any():
            kept = np.flatnonzero(~is_empty)
            matrix, lower, upper = matrix[kept], lower[kept], upper[kept]
            names = [names[i] for i in kept]
        return Stacked(matrix, lower, upper, tuple(names), impossible)


@dataclass(frozen=True)
class Stacked:
    """The rows of a model.

    Attributes:
        matrix: shape (rows, columns). lower, upper: shape (rows,). names: of each row.
        impossible: (name, index, excess) of rows without any term that cannot hold.
    """

    matrix: csr_array
    lower: np.ndarray
    upper: np.ndarray
    names: tuple[tuple[str, Index], ...]
    impossible: list[tuple[str, Index, float]]


def _entries(parts: Sequence[Rows]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, columns and row starts of some rows, one after another."""
    starts, before = [np.zeros(1, dtype=np.int64)], 0
    for part in parts:
        starts.append(np.array(part.start[1:], dtype=np.int64) + before)
        before += len(part.columns)
    values = [np.array(part.values, dtype=float) for part in parts]
    columns = [np.array(part.columns, dtype=np.int64) for part in parts]
    none = [np.zeros(0)]
    return (
        np.concatenate(values or none),
        np.concatenate(columns or none).astype(np.int64),
        np.concatenate(starts),
    )
