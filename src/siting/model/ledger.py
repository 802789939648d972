"""The ledger: named totals, each the sum of terms by key, added by families many at once."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import repeat, zip_longest

import numpy as np

from siting.core.errors import SitingError
from siting.core.names import known
from siting.expressions.block import NONE, Block
from siting.expressions.labels import Expr, Label, keys_in, rows_in
from siting.families.base import Index, Total


class Terms:
    """Terms of a total by key, each with the family that added it."""

    def __init__(self) -> None:
        self._parts: list[tuple[str, Sequence[Index], Block]] = []

    def add_each(self, family: str, keys: Sequence[Index], terms: Block) -> None:
        """Add a term at each of some keys, which may repeat."""
        self._parts.append((family, keys, terms))

    def at(self, x: np.ndarray) -> Mapping[Index, Sequence[tuple[str, float]]]:
        """Family and value of each term at a point by column, by key."""
        found: dict[Index, list[tuple[str, float]]] = {}
        for family, keys, terms in self._parts:
            for key, value in zip(keys, terms.at(x).tolist(), strict=True):
                found.setdefault(key, []).append((family, value))
        return found

    @cached_property
    def sums(self) -> Sums:
        """The sum of each key."""
        number: dict[Index, int] = {}
        places, blocks = [], []
        for _, keys, block in self._parts:
            for key in dict.fromkeys(keys):
                number.setdefault(key, len(number))
            places.append(np.fromiter(map(number.__getitem__, keys), np.int64, len(keys)))
            blocks.append(block)
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

    Args:
        totals: that families have declared, by name.
        labels: that the scenario has, by what a part of a key may be: site, zone, node, period.

    Attributes:
        costs: discounted costs [USD] by (family, period).
    """

    def __init__(self, totals: Mapping[str, Total], labels: Mapping[str, Container[Label]]) -> None:
        self.costs = Terms()
        self._declared = totals
        self._labels = labels
        self._terms: dict[str, Terms] = {}
        self._read: set[str] = set()

    def add_each(self, family: str, total: str, keys: Sequence[Index], terms: Block) -> None:
        """Add a term to a total at each of some keys, which may repeat.

        Raises:
            SitingError: no family declares the total, it was read before, or the scenario has no such
                site, zone, node or period.
        """
        found = self._of(total)
        if total in self._read:
            raise SitingError(f"{family} adds to the total '{total}' after it was read")
        self._check(f"{family} adds to the total '{total}'", self._declared[total].index, keys)
        found.add_each(family, keys, terms)

    def add_cost_each(self, family: str, keys: Sequence[Index], terms: Block) -> None:
        """Add a discounted cost at each of some keys (family, period)."""
        self._check(f"{family} adds a cost", ("family", "period"), keys)
        self.costs.add_each(family, keys, terms)

    def _check(self, what: str, parts: Sequence[str], keys: Sequence[Index]) -> None:
        """Whether keys have the parts that they should, each of them a label of the scenario."""
        for part, labels in zip_longest(parts, zip(*keys, strict=True)):
            if part is None or labels is None:
                raise SitingError(f"{what} at {keys[0]}, which is not {', '.join(parts)}")
            if part in self._labels:
                known = self._labels[part]
                for label in dict.fromkeys(labels):
                    if label not in known:
                        raise SitingError(f"{what} at the {part} '{label}', which is none here")

    def read(self, total: str, key: tuple[Label, ...]) -> Expr:
        """Sum of the terms, 0 where there are none."""
        found = self.total(total)
        parts = self._declared[total].index
        if len(key) != len(parts):
            raise SitingError(
                f"the total '{total}' is by {', '.join(parts)}, not by {len(key)} parts"
            )
        return found.sums.at(keys_in(key), rows_in(key))

    def total(self, total: str) -> Terms:
        """A complete total."""
        found = self._of(total)
        self._read.add(total)
        return found

    def _of(self, total: str) -> Terms:
        """The terms of a total that some family has declared."""
        name = known(total, self._declared, "ledger total")
        return self._terms.setdefault(name, Terms())
