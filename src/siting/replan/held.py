"""What a plan has decided up to a date, read back from its tables and held as bounds.

A state X[i,p] counts what was started or ordered up to period p. The tables show each rise with its date
and item, so with the rows r of item i

    X[i,p] = sum of r's quantity over rows dated in p or before          (what is rented: in p)

and (held) X[i,p] is that number for every period that starts before the date. Nothing else is held: what
ran in past periods follows from what stood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import numpy as np

from siting.core.audit import day, number, rows_of
from siting.core.table import Table
from siting.families.base import Index
from siting.families.declarations import Decision, Shown
from siting.families.declared import decisions
from siting.instance.build import Instance
from siting.model.program import Program
from siting.solver.highs import Limits, solve

Key = tuple[str, Index]
"""``family.variable`` and the labels of its index before the period."""
Rise = tuple[Key, int]
"""What a state counts, and the period in which it was added."""
HALF = 0.5


@dataclass(frozen=True)
class States:
    """What a plan decides, by decision, item and period.

    Attributes:
        rises: what is added in each period; of what is rented, what is there.
        rented: names of the states that count what is there, not what was added.
        unread: decisions that no table shows in full, which can therefore not be held.
    """

    rises: Mapping[Key, Mapping[int, float]]
    rented: frozenset[str]
    unread: tuple[str, ...]

    def value(self, key: Key, period: int) -> float:
        """The state in a period."""
        found = self.rises.get(key, {})
        if key[0] in self.rented:
            return found.get(period, 0.0)
        return sum(more for p, more in found.items() if p <= period)


def readable() -> dict[str, tuple[Decision, Shown]]:
    """Decisions whose state can be read back from a table, by ``family.variable``."""
    return {
        name: (decision, shown)
        for name, decision in decisions().items()
        for shown in (decision.shown or decision.traced,)
        if shown is not None and shown.items and _is_dated(decision)
    }


def _is_dated(decision: Decision) -> bool:
    """Whether it is taken in the period that ends its index: bought there, or settled before more is known."""
    return "by_period" in (decision.bought, decision.agrees)


def states_of(instance: Instance, program: Program, tables: Mapping[str, Table]) -> States:
    """The states of a plan from its tables.

    Args:
        program: of the scenario, whose columns tell which items a decision has.
    """
    known, items = readable(), _items(program)
    starts = {start: p for p, start in enumerate(instance.system.calendar.starts)}
    rises: dict[Key, dict[int, float]] = {}
    for name, (_, shown) in known.items():
        labels = {shown.parts_of(item): item for item in items.get(name, ())}
        if shown.table not in tables:
            continue
        for _, row in rows_of(tables, shown.table):
            when = day(row, shown.date)
            if when is None or not shown.holds(row) or when not in starts:
                continue
            found = labels.get(tuple(str(row[column]) for column in shown.items))
            if found is None:
                continue
            item = rises.setdefault((name, found), {})
            more = number(row, shown.count) if shown.count else 1.0
            item[starts[when]] = item.get(starts[when], 0.0) + more
    rented = frozenset(name for name, (decision, _) in known.items() if decision.is_rented)
    unread = sorted(n for n, d in decisions().items() if _is_dated(d) and n not in known)
    return States(rises, rented, tuple(unread))


def _items(program: Program) -> dict[str, set[Index]]:
    """Items of each variable: its index without the period."""
    found: dict[str, set[Index]] = {}
    for name, index in program.columns:
        found.setdefault(name, set()).add(index[:-1])
    return found


def early_periods(instance: Instance, as_of: date) -> int:
    """How many periods start before a date: their decisions were taken."""
    return sum(start < as_of for start in instance.system.calendar.starts)


def droppable(instance: Instance) -> dict[Key, float]:
    """How many of each item may be dropped at a price, by the rows of ``committed`` that have one."""
    known = readable()
    found: dict[Key, float] = {}
    for one in instance.scenario.committed.values():
        if one.cancellation_usd is not None and one.decision in known:
            key = (one.decision, one.parts)
            found[key] = found.get(key, 0.0) + (one.least or 0.0)
    return found


def held(
    program: Program,
    states: States,
    periods: int,
    free: frozenset[str] = frozenset(),
    dropped: Mapping[Key, float] = MappingProxyType({}),
) -> Program:
    """The program with the decisions of its first periods held at the states of a plan.

    Args:
        free: names of states that are not held. dropped: how many of an item need not be held, since the
            program prices them.
    """
    known = readable()
    lower, upper = program.lower.copy(), program.upper.copy()
    for (name, index), column in program.columns.items():
        if name in known and name not in free and index[-1] < periods:
            value = states.value((name, index[:-1]), index[-1])
            upper[column] = value
            lower[column] = max(0.0, value - dropped.get((name, index[:-1]), 0.0))
    return program.bounded(lower, upper)


def absent(program: Program, states: States, periods: int) -> frozenset[Rise]:
    """Decisions of the first periods that are no column any more: the model starts nothing that would serve
    only after the horizon."""
    return frozenset(
        (key, p)
        for key, p in _decided(states, periods)
        if (key[0], (*key[1], p)) not in program.columns
    )


def lost(program: Program, states: States, periods: int, limits: Limits) -> frozenset[Rise]:
    """Decisions of the first periods that come to nothing within the horizon any more: such a state cannot
    rise in its period, not even in the relaxation."""
    every = _decided(states, periods)
    return frozenset(rise for rise in every if _most(program, *rise, limits) < HALF)


def _decided(states: States, periods: int) -> list[Rise]:
    """What was added in the first periods, but for what follows by itself and what is rented."""
    known = readable()
    return [
        (key, p)
        for key, rises in states.rises.items()
        for p in sorted(rises)
        if p < periods and key[0] not in states.rented and not known[key[0]][0].is_recourse
    ]


def _most(program: Program, key: Key, period: int, limits: Limits) -> float:
    """By how much a state can rise in a period, in the relaxation."""
    now = program.columns[key[0], (*key[1], period)]
    before = program.columns.get((key[0], (*key[1], period - 1)))
    cost = np.zeros(len(program.cost))
    cost[now] = -1.0
    if before is not None:
        cost[before] = 1.0
    outcome = solve(program.relaxed().with_cost(cost), limits)
    return -outcome.objective if outcome.x is not None else 0.0


def without(states: States, gone: frozenset[Rise]) -> States:
    """The states without some of what they count."""
    rises = {
        key: {p: more for p, more in found.items() if (key, p) not in gone}
        for key, found in states.rises.items()
    }
    return replace(states, rises=rises)


def committed(program: Program, states: States, periods: int) -> np.ndarray:
    """The point at which nothing is ever decided after the first periods, shape (columns,).

    States keep what they had reached, everything else is zero.
    """
    known = readable()
    x = np.zeros(len(program.cost))
    for (name, index), column in program.columns.items():
        if name in known and name not in states.rented:
            x[column] = states.value((name, index[:-1]), min(index[-1], periods - 1))
    return x
