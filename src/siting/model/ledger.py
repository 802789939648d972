"""The ledger: named totals, each the sum of terms by key, added one by one or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import repeat

import numpy as np

from siting.core.errors import SitingError
from siting.families.base import Index
from siting.families.whole import Expr, Label, is_whole, keys_in, rows_in
from siting.model.affine import Affine
from siting.model.block import NONE, Block


class Total:
    """Terms by key, each with the family that added it. It is complete once it has been read."""

    def __init__(self) -> None:
        self._parts: list[tuple[str, list[Index], list[Expr] | Block]] = []

    def add(self, family: str, key: Index, term: Expr) -> None:
        """Add a term."""
        if self._parts:
            last, keys, terms = self._parts[-1]
            if last == family and isinstance(terms, list):
                keys.append(key)
                terms.append(term)
                return
        self._parts.append((family, [key], [term]))

    def add_each(self, family: str, keys: Iterable[Index], terms: Block) -> None:
        """Add a term at each of some keys, which may repeat."""
        self._parts.append((family, list(keys), terms))

    @cached_property
    def terms(self) -> Mapping[Index, Sequence[tuple[str, Expr]]]:
        """Family and term by key, each in the order in which they were added."""
        found: dict[Index, list[tuple[str, Expr]]] = {}
        for family, keys, terms in self._parts:
            singles = terms.singles() if isinstance(terms, Block) else terms
            for key, term in zip(keys, singles, strict=True):
                found.setdefault(key, []).append((family, term))
        return found

    def at(self, x: np.ndarray) -> Mapping[Index, Sequence[tuple[str, float]]]:
        """The same with the value of each term at a point by column."""
        found: dict[Index, list[tuple[str, float]]] = {}
        for family, keys, terms in self._parts:
            block = terms if isinstance(terms, Block) else _block_of(terms)
            for key, value in zip(keys, block.at(x).tolist(), strict=True):
                found.setdefault(key, []).append((family, value))
        return found

    @cached_property
    def sums(self) -> Sums:
        """The sum of each key."""
        number: dict[Index, int] = {}
        places, blocks = [], []
        for _, keys, terms in self._parts:
            for key in dict.fromkeys(keys):
                number.setdefault(key, len(number))
            places.append(np.fromiter(map(number.__getitem__, keys), np.int64, len(keys)))
            blocks.append(terms if isinstance(terms, Block) else _block_of(terms))
        constant = np.zeros(len(number))
        for place, block in zip(places, blocks, strict=True):
            constant += np.bincount(place, block.constant, len(number))
        pairs = zip(places, blocks, strict=True)
        rows = np.concatenate([NONE, *(place[block.rows] for place, block in pairs)])
        order = np.argsort(rows, kind="stable")
        start = np.concatenate([NONE[:0], [0], np.cumsum(np.bincount(rows, minlength=len(number)))])
        columns = np.concatenate([NONE, *(block.columns for block in blocks)])[order]
        values = np.concatenate([np.zeros(0), *(block.values for block in blocks)])[order]
        return Sums(number, start, columns, values, constant)


class Sums:
    """The sums of a total by key, ready to be read for many keys at once.

    Args:
        number: number of each key.
        start, columns, values: terms of key n from ``start[n]`` on.
        constant: shape (keys,).
    """

    def __init__(
        self,
        number: Mapping[Index, int],
        start: np.ndarray,
        columns: np.ndarray,
        values: np.ndarray,
        constant: np.ndarray,
    ) -> None:
        self._number = number
        self._start = start
        self._columns = columns
        self._values = values
        self._constant = constant

    def at(self, keys: Iterable[Index], count: int) -> Block:
        """The sum at each of ``count`` keys, 0 where there are no terms."""
        if not self._number:
            return Block.of(0.0, count)
        place = np.fromiter(map(self._number.get, keys, repeat(-1)), np.int64, count)
        length = np.where(place < 0, 0, np.diff(self._start)[place])
        rows = np.repeat(np.arange(count), length)
        before = np.cumsum(length) - length
        source = np.arange(len(rows)) + np.repeat(self._start[place] - before, length)
        constant = np.where(place < 0, 0.0, self._constant[place])
        return Block(rows, self._columns[source], self._values[source], constant)

    def in_order(self) -> Block:
        """All sums, by sorted key."""
        return self.at(sorted(self._number), len(self._number))


class Ledger:
    """Named totals: families add terms while declaring, and read them while constraining.

    Attributes:
        totals: by name.
        costs: discounted costs [USD] by (family, period).
    """

    def __init__(self) -> None:
        self.costs = Total()
        self.totals: dict[str, Total] = {}
        self._read: set[str] = set()

    def open(self, family: str, total: str) -> Total:
        """The total to which a family is about to add; an error once anyone has read it."""
        if total in self._read:
            raise SitingError(f"{family} adds to the total '{total}' after it was read")
        return self.totals.setdefault(total, Total())

    def read(self, total: str, key: tuple[Label, ...]) -> Expr:
        """Sum of the terms, 0 where there are none."""
        found = self.total(total)
        if is_whole(key):
            return found.sums.at(keys_in(key), rows_in(key))
        return sum(term for _, term in found.terms.get(key, ()))

    def total(self, total: str) -> Total:
        """A complete total."""
        self._read.add(total)
        return self.totals.setdefault(total, Total())


def _block_of(terms: Sequence[Expr]) -> Block:
    """Single terms, each a row."""
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    constant = [term.constant if isinstance(term, Affine) else term for term in terms]
    for row, term in enumerate(terms):
        if isinstance(term, Affine):
            some, weights = term.terms()
            rows.extend(repeat(row, term.count))
            columns.extend(some)
            values.extend(weights)
    return Block(
        np.array(rows, dtype=np.int64),
        np.array(columns, dtype=np.int64),
        np.array(values, dtype=float),
        np.array(constant, dtype=float),
    )
