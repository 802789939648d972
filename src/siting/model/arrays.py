"""The model as sparse arrays: columns and rows are appended as rules are evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count, repeat

import numpy as np
from scipy.sparse import coo_array, csr_array

from siting.families.base import Domain, Index
from siting.families.whole import Expr, Label, is_whole, keys_in, labels_of, rows_in
from siting.model.affine import Affine
from siting.model.block import NONE, Block
from siting.model.build import CONSTANT_TOLERANCE, Relation


class Columns(Mapping[Index, Expr]):
    """A variable: its columns by index, one expression or one a row where the index is ``Labels``."""

    def __init__(self, number: Mapping[Index, int]) -> None:
        self.number = number

    def __getitem__(self, index: tuple[Label, ...]) -> Expr:
        if not is_whole(index):
            return Affine([self.number[index]], [1.0], 1, 0.0)
        rows = rows_in(index)
        columns = np.fromiter(map(self.number.__getitem__, keys_in(index)), np.int64, rows)
        return Block(np.arange(rows), columns, np.ones(rows), np.zeros(rows))

    def get(self, index: tuple[Label, ...], default: Expr = 0.0) -> Expr:
        """The same, with a number where there is no column."""
        if not is_whole(index):
            return self[index] if index in self.number else default
        found = map(self.number.get, keys_in(index), repeat(-1))
        columns = np.fromiter(found, np.int64, rows_in(index))
        rows = np.flatnonzero(columns >= 0)
        constant = np.where(columns < 0, default, 0.0)
        return Block(rows, columns[rows], np.ones(len(rows)), constant)

    def __iter__(self) -> Iterator[Index]:
        return iter(self.number)

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True)
class Declared:
    """Columns of one variable: their name, indices, upper bounds, and whether they are integer."""

    name: str
    index: Sequence[Index]
    upper: np.ndarray
    is_integer: bool


@dataclass(frozen=True)
class Rows:
    """Rows of one constraint: their indices, and their limits, shape (rows,); ``terms`` without
    constants."""

    name: str
    index: Sequence[Index]
    terms: Block
    lower: np.ndarray
    upper: np.ndarray


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
    ) -> Mapping[Index, Expr]:
        """Columns by index."""
        keys = list(index)
        limits = np.full(len(keys), 1.0 if domain == "binary" else np.inf)
        if upper is not None and keys:
            limits = np.minimum(limits, upper(*labels_of(keys)))
        self.declared.append(Declared(f"{family}.{name}", keys, limits, domain != "real"))
        number = dict(zip(keys, count(self.size), strict=False))
        self.size += len(keys)
        return Columns(number)

    def constraint(
        self, family: str, name: str, relations: Iterable[Relation], doc: str, *, is_equal: bool
    ) -> None:
        """Rows ``left - right <= 0`` or ``== 0`` with the constants on the right; where the left side
        is a number, ``right >= left``."""
        keys: list[Index] = []
        row: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        limits: list[tuple[float, float]] = []
        for number, (key, left, right) in enumerate(relations):
            before = len(columns)
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
            row.extend(repeat(number, len(columns) - before))
            keys.append(key)
            limits.append((lower, upper))
        lowers, uppers = np.array(limits, dtype=float).reshape(-1, 2).T
        terms = Block(
            np.array(row, dtype=np.int64),
            np.array(columns, dtype=np.int64),
            np.array(values, dtype=float),
            np.zeros(len(keys)),
        )
        self._append(family, Rows(f"{family}.{name}", keys, terms, lowers, uppers))

    def whole_constraint(
        self,
        family: str,
        name: str,
        index: Sequence[Index],
        sides: tuple[Expr, Expr],
        *,
        is_equal: bool,
    ) -> None:
        """The same rows from both sides of all of them; one without a term is left out if it holds."""
        left, right = (Block.of(side, len(index)) for side in sides)
        is_left = left.has_terms()
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
        rows = Rows(f"{family}.{name}", index, terms, lower, upper)
        is_empty = ~(is_left | right.has_terms())
        if is_empty.any():
            rows = _without_those_that_hold(rows, left.constant, right.constant, is_empty, is_equal)
        self._append(family, rows)

    def _append(self, family: str, rows: Rows) -> None:
        """Add the rows of a constraint."""
        self.rows.setdefault(family, []).append(rows)

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
