"""Bounds and rows that a strategy narrows, by name; what the scenario commits to stays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date

import numpy as np
from scipy.sparse import csr_array

from siting.core.calendar import add_months
from siting.families.base import Index
from siting.families.declared import commitments, restricted_decisions
from siting.instance.build import Instance
from siting.instance.committed import committed_sites
from siting.model.assemble import Model
from siting.model.committed import kept_at_least, needed_at_sites
from siting.model.program import Named, Program
from siting.solver.remedies import COMMITTED, COMMITTED_POOL

POOL, ASSIGN = "transformers.pool_order", "transformers.assign"
Test = Callable[[Index], bool]
Extra = tuple[Named, Mapping[int, float], float]
"""A row of its own: its name, coefficients by column, and at most how much."""


class Narrowing:
    """Copies of the bounds, to be narrowed by name."""

    def __init__(self, model: Model, instance: Instance) -> None:
        self.linear = linear = model.linear
        self.cumulative = model.cumulative
        self.instance = instance
        self.starts = instance.system.calendar.starts
        self.decisions = [name for name in restricted_decisions() if name in self.cumulative]
        self._lower, self._upper = linear.lower.copy(), linear.upper.copy()
        # what the scenario commits to stays, and what that needs, whatever a strategy forbids
        self._kept = np.zeros(len(linear.upper))
        self._is_needed, self._is_due = np.zeros((2, len(linear.upper)), dtype=bool)
        for one in kept_at_least(linear, instance):
            self._kept[one.column] = min(one.least, linear.upper[one.column])
            self._is_due[one.column] = one.is_due
        needed = list(needed_at_sites(linear, instance))
        self._is_needed[needed] = True
        self._kept[needed] = linear.upper[needed]
        self._row_lower, self._row_upper = linear.row_lower.copy(), linear.row_upper.copy()
        self._extra: list[Extra] = []
        self._begun: dict[tuple[str, Index], dict[Index, int]] = {}

    def model(self) -> Program:
        """The narrowed model."""
        narrowed = replace(
            self.linear,
            lower=self._lower,
            upper=self._upper,
            row_lower=self._row_lower,
            row_upper=self._row_upper,
        )
        extra = [*self._extra, *self._committed()]
        if not extra:
            return narrowed
        entries = [(row, c, a) for row, (_, of, _) in enumerate(extra) for c, a in of.items()]
        rows, columns, values = (list(part) for part in zip(*entries, strict=True))
        more = csr_array((values, (rows, columns)), shape=(len(extra), len(self._upper)))
        names, _, most = zip(*extra, strict=True)
        lower = np.full(len(most), -np.inf)
        units = dict.fromkeys((COMMITTED, COMMITTED_POOL), "units")
        return narrowed.with_rows(more, lower, np.array(most), names).with_units(units)

    def after(self, months: float) -> date:
        """A date so many months after the start of the horizon."""
        return add_months(self.starts[0], months)

    def forbid(self, names: Collection[str], where: Test = lambda key: True) -> None:
        """Variables that stay at zero."""
        for (name, key), column in self.linear.columns.items():
            if name in names and where(key):
                self._upper[column] = self._kept[column]

    def forbid_before(self, day: date) -> None:
        """Decisions of periods that start before a date stay at zero."""
        early, decided_at = sum(start < day for start in self.starts), self.linear.decided_at
        is_early = (decided_at >= 0) & (decided_at < early)
        if sites := committed_sites(self.instance.scenario):
            is_early[[column for _, column in self._columns_of(POOL)]] = False
            self._extra += self._pool_serves(sites, early)
        self._upper[is_early] = self._kept[is_early]

    def _pool_serves(self, sites: Collection[str], early: int) -> list[Extra]:
        """Orders for the pool before a period are no more than its units of committed sites."""
        last = {key[:-1]: (key, c) for (_, key), c in self._columns_of(POOL) if key[-1] < early}
        ends: dict[Index, dict[int, float]] = {}
        final = {key[:-1]: column for (_, key), column in self._columns_of(ASSIGN)}
        for (kind, place), column in final.items():
            if place in sites:
                ends.setdefault((kind,), {})[column] = -1.0
        return [
            ((COMMITTED_POOL, key), {column: 1.0, **ends.get(item, {})}, float(self._kept[column]))
            for item, (key, column) in last.items()
        ]

    def only_reserve_before(self, day: date) -> None:
        """Of decisions of periods that start before a date, those that bind stay at zero."""
        starts = self.starts
        self.forbid(commitments().keys(), lambda key: starts[key[-1]] < day)

    def require(self, name: str, where: Test) -> None:
        """Binaries that are one."""
        for (known, key), column in self.linear.columns.items():
            if known == name and where(key):
                self._lower[column] = 1.0

    def hold_equal(self, name: str, where: Test) -> None:
        """Rows ``left <= right`` that become equations."""
        for row, (known, key) in enumerate(self.linear.row_names):
            if known == name and where(key):
                # written as left - right <= rhs
                self._row_lower[row] = self._row_upper[row]

    def _columns_of(self, name: str) -> list[tuple[Named, int]]:
        """Names and columns of a variable, those of an item in the order of its periods."""
        found = [(known, c) for known, c in self.linear.columns.items() if known[0] == name]
        return sorted(found, key=lambda one: one[0][1])

    def refuse(self, name: str, where: Test) -> None:
        """Periods in which a state may not begin; what began before it still holds, and so many as are
        committed begin in time, and what is needed for it when it must."""
        refused = {key: column for (_, key), column in self._columns_of(name) if where(key)}
        refused = {key: column for key, column in refused.items() if not self._is_needed[column]}
        self._begin_no_more(name, {k: c for k, c in refused.items() if self._is_due[c]})
        held = {key for key, column in refused.items() if not self._is_due[column]}
        self.hold_equal(self.cumulative[name], lambda key: key in held)
        # in the first period of an item no row holds it down
        states = {key for known, key in self.linear.columns if known == name}
        self.forbid({name}, lambda key: key in held and (*key[:-1], key[-1] - 1) not in states)

    def _begin_no_more(self, name: str, begun: Mapping[Index, int]) -> None:
        """In some periods no more of each item begins than is committed."""
        for key, column in begun.items():
            self._begun.setdefault((name, key[:-1]), {})[key] = column

    def _committed(self) -> Iterator[Extra]:
        """A row for each item that may begin only as it is committed, over all periods in which that is so."""
        for (name, item), begun in self._begun.items():
            of: dict[int, float] = {}
            for key, column in begun.items():
                of[column] = of.get(column, 0.0) + 1.0
                before = self.linear.columns.get((name, (*key[:-1], key[-1] - 1)))
                if before is not None:
                    of[before] = of.get(before, 0.0) - 1.0
            most = max(float(self._kept[column]) for column in begun.values())
            yield (COMMITTED, (name, *item)), of, most
