"""The model as sparse arrays: columns and rows are appended as rules are evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count, repeat

import numpy as np
from scipy.sparse import coo_array, csr_array

from siting.core.errors import SitingError
from siting.expressions.block import NONE, Block, Relation
from siting.expressions.labels import Expr, Label, keys_in, labels_of, rows_in
from siting.families.base import Domain, Index

CONSTANT_TOLERANCE = 1e-9
"""Share by which a row without any variable may miss its limit."""


class Columns:
    """A variable: its columns by index, one a row of the labels that it is looked up by."""

    def __init__(self, name: str, number: Mapping[Index, int]) -> None:
        self.name = name
        self.number = number

    def __getitem__(self, index: tuple[Label, ...]) -> Block:
        rows = rows_in(index)
        columns = np.fromiter(map(self.number.__getitem__, keys_in(index)), np.int64, rows)
        return Block(np.arange(rows), columns, np.ones(rows), np.zeros(rows))

    def get(self, index: tuple[Label, ...]) -> Block:
        """The same, 0 where there is no column."""
        rows = rows_in(index)
        columns = np.fromiter(map(self.number.get, keys_in(index), repeat(-1)), np.int64, rows)
        found = np.flatnonzero(columns >= 0)
        return Block(found, columns[found], np.ones(len(found)), np.zeros(rows))


@dataclass(frozen=True)
class Declared:
    """Columns of one variable: their name, indices and upper bounds, shape (columns,)."""

    name: str
    index: Sequence[Index]
    upper: np.ndarray
    domain: Domain
    doc: str

    @property
    def is_integer(self) -> bool:
        """Whether they take whole values only."""
        return self.domain != "real"


@dataclass(frozen=True)
class Rows:
    """Rows of one constraint: their indices, and their limits, shape (rows,); ``terms`` without
    constants."""

    name: str
    index: Sequence[Index]
    terms: Block
    lower: np.ndarray
    upper: np.ndarray
    doc: str


def names_of(parts: Iterable[Declared | Rows]) -> list[tuple[str, Index]]:
    """Name and index of each column, or row."""
    return list(chain.from_iterable(zip(repeat(part.name), part.index) for part in parts))


class ArrayWriter:
    """Writes variables as numbered columns and constraints as sparse rows, family by family."""

    def __init__(self) -> None:
        self.declared: list[Declared] = []
        self.size = 0
        self.rows: dict[str, list[Rows]] = {}

    def variable(
        self,
        family: str,
        name: str,
        index: Sequence[Index],
        upper: Callable[..., Expr] | None,
        domain: Domain,
        doc: str,
    ) -> Columns:
        """Nonnegative variables by index."""
        keys = list(index)
        limits = np.full(len(keys), 1.0 if domain == "binary" else np.inf)
        if upper is not None and keys:
            limits = np.minimum(limits, upper(*labels_of(keys)))
            if np.isnan(limits).any():
                at = keys[int(np.flatnonzero(np.isnan(limits))[0])]
                raise SitingError(f"the upper bound of {family}.{name} at {at} is no number")
        self.declared.append(Declared(f"{family}.{name}", keys, limits, domain, doc))
        number = dict(zip(keys, count(self.size), strict=False))
        self.size += len(keys)
        return Columns(f"{family}.{name}", number)

    def constraint(self, name: str, index: Sequence[Index], relation: Relation, doc: str) -> None:
        """Rows ``left - right <= 0`` or ``== 0`` with the constants on the right; ``right >= left`` in
        rows whose left side is a number. One without a term is left out if it holds."""
        left, right = (Block.of(side, len(index)) for side in (relation.left, relation.right))
        is_left, is_equal = left.has_terms(), relation.is_equal
        values = np.where(is_left[right.rows], -right.values, right.values)
        terms = Block(
            np.concatenate([left.rows, right.rows]),
            np.concatenate([left.columns, right.columns]),
            np.concatenate([left.values, values]),
            np.zeros(len(index)),
        )
        limit = np.where(is_left, -left.constant + right.constant, left.constant - right.constant)
        lower = limit if is_equal else np.where(is_left, -np.inf, limit)
        upper = limit if is_equal else np.where(is_left, limit, np.inf)
        rows = Rows(name, index, terms, lower, upper, doc)
        is_empty = ~(is_left | right.has_terms())
        if is_empty.any():
            rows = _without_those_that_hold(rows, left.constant, right.constant, is_empty, is_equal)
        self.rows.setdefault(name.partition(".")[0], []).append(rows)

    def total(self, sums: Block) -> tuple[np.ndarray, float]:
        """The sum of some expressions, in order: value of each column, and the constant."""
        return np.bincount(sums.columns, sums.values, self.size), float(sum(sums.constant.tolist()))

    def matrix(self, families: Iterable[str]) -> Stacked:
        """All rows, family by family; those without a term that holds are left out."""
        parts = [part for family in families for part in self.rows.get(family, ())]
        matrix = _matrix(parts, self.size)
        names = names_of(parts)
        lower = np.concatenate([np.zeros(0), *(part.lower for part in parts)])
        upper = np.concatenate([np.zeros(0), *(part.upper for part in parts)])
        is_empty = np.diff(matrix.indptr) == 0
        excess = np.maximum(lower, -upper)
        limit = np.where(lower > -upper, np.abs(lower), np.abs(upper))
        is_broken = is_empty & (excess > CONSTANT_TOLERANCE * np.maximum(1.0, limit))
        impossible = [(*names[i], float(excess[i])) for i in np.flatnonzero(is_broken)]
        if is_empty.any():
            kept = np.flatnonzero(~is_empty)
            matrix, lower, upper = matrix[kept], lower[kept], upper[kept]
            names = [names[i] for i in kept.tolist()]
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


def _without_those_that_hold(
    rows: Rows, left: np.ndarray, right: np.ndarray, is_empty: np.ndarray, is_equal: bool
) -> Rows:
    """Rows but for those of two constants that hold; shapes (rows,)."""
    excess = np.abs(left - right) if is_equal else left - right
    is_kept = ~is_empty | (excess > CONSTANT_TOLERANCE * np.maximum(1.0, np.abs(right)))
    number = np.cumsum(is_kept) - 1
    kept = np.flatnonzero(is_kept)
    terms = rows.terms
    return Rows(
        rows.name,
        [rows.index[row] for row in kept.tolist()],
        Block(number[terms.rows], terms.columns, terms.values, np.zeros(len(kept))),
        rows.lower[kept],
        rows.upper[kept],
        rows.doc,
    )


def _matrix(parts: Sequence[Rows], columns: int) -> csr_array:
    """Coefficients of some rows, one after another; those of a column in a row are added up."""
    before = np.cumsum([0, *(len(part.index) for part in parts)])
    rows = [part.terms.rows + first for part, first in zip(parts, before.tolist(), strict=False)]
    entries = (
        np.concatenate([np.zeros(0), *(part.terms.values for part in parts)]),
        (
            np.concatenate([NONE, *rows]),
            np.concatenate([NONE, *(part.terms.columns for part in parts)]),
        ),
    )
    matrix = coo_array(entries, shape=(int(before[-1]), columns)).tocsr()
    matrix.eliminate_zeros()
    return matrix
