"""What a plan decides and when, from its tables: what futures must agree on until they are told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from siting.core.audit import day, number, rows_of
from siting.core.table import Row, Table
from siting.families.declarations import JOINED_BY, Decision, Shown
from siting.families.declared import agreed, decisions

Amounts = Mapping[date, float]
"""How many are started at each date."""


@dataclass(frozen=True, order=True)
class Decided:
    """A kind of decision about one item.

    Attributes:
        decision: ``family.variable``. item: what it is about, joined.
    """

    decision: str
    item: str

    @property
    def words(self) -> str:
        """What the planner commits to, in short."""
        return decisions()[self.decision].commits.split(",")[0]


def decided(tables: Mapping[str, Table]) -> dict[Decided, dict[date, float]]:
    """Every decision that a plan shows, with how many are taken at each date."""
    found: dict[Decided, dict[date, float]] = {}
    for shown, names in _shown().items():
        for _, row in _rows(tables, shown):
            when = day(row, shown.date)
            if when is None:
                continue
            item = JOINED_BY.join(str(row[column]) for column in shown.items)
            key = Decided(_name_of(names, item), item)
            amounts = found.setdefault(key, {})
            count = number(row, shown.count) if shown.count else 1.0
            amounts[when] = amounts.get(when, 0.0) + count
    return found


def until(amounts: Amounts, day_: date) -> float:
    """How many were decided before a date."""
    return sum(count for when, count in amounts.items() if when < day_)


def _shown() -> dict[Shown, tuple[str, ...]]:
    """Where plans show what futures agree on, and the decisions that are shown there."""
    found: dict[Shown, tuple[str, ...]] = {}
    how = agreed()
    for name, decision in decisions().items():
        if name in how and decision.shown is not None and _is_dated(decision):
            found[decision.shown] = (*found.get(decision.shown, ()), name)
    return found


def _is_dated(decision: Decision) -> bool:
    """Whether what is shown comes to stay from its date on."""
    return not decision.is_rented


def _rows(tables: Mapping[str, Table], shown: Shown) -> Iterator[tuple[str, Row]]:
    """Rows that show a decision."""
    for name, row in rows_of(tables, shown.table):
        if not shown.column or row[shown.column] == shown.value:
            yield name, row


def _name_of(names: tuple[str, ...], item: str) -> str:
    """Which of the decisions that are shown alike an item is of: those of several parts come first."""
    return names[0] if len(names) == 1 or JOINED_BY in item else names[-1]
