"""What a family declares of itself, so that solver and strategies need not know it: which of its
states are decisions, which of its rows are limits, and what else could be relaxed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from siting.core.calendar import Lag
from siting.core.system import System
from siting.core.units import DAYS_PER_MONTH, DAYS_PER_WEEK

Key = tuple[Any, ...]
"""Index of a variable or row."""
JOINED_BY = "@"
"""Between the parts of an item in one cell."""
WEEKS_PER_MONTH = DAYS_PER_MONTH / DAYS_PER_WEEK


@dataclass(frozen=True)
class Shown:
    """Where a plan shows a decision: a table, its column of the date, and which rows if not all.

    Attributes:
        table, date: the table, and the column that holds the start of the period.
        column, value: the rows that hold this value; all where there is no column.
        items: columns of what it is about, in the order of its index without the period.
        is_joined: whether one column holds them all, joined.
        count: column of how many; every row is one where there is none.
        is_other: whether it is the rows that hold another value.
    """

    table: str
    date: str
    column: str = ""
    value: str | bool = ""
    items: tuple[str, ...] = ()
    is_joined: bool = False
    count: str = ""
    is_other: bool = False

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of the table shows the decision."""
        return not self.column or (row[self.column] == self.value) != self.is_other

    def parts_of(self, item: tuple[str, ...]) -> tuple[str, ...]:
        """What the columns of an item hold."""
        return (JOINED_BY.join(item),) if self.is_joined else item

    def is_of(self, row: Mapping[str, Any], item: tuple[str, ...]) -> bool:
        """Whether a row of the table is about an item."""
        parts = zip(self.items, self.parts_of(item), strict=True)
        return self.holds(row) and all(row[column] == part for column, part in parts)


@dataclass(frozen=True)
class Decision:
    """A state that stands for something a planner decides.

    Attributes:
        commits: what the planner commits to, in words; of recourse, what it settles.
        decided: when. What is decided at its start or at order is decided in the period that ends
            its index, and what it commits to stays; strategies restrict it. Recourse follows once
            more is known.
        shown: where a plan shows it.
        bought: how it counts as bought, ordered or on rent: ``by_period`` where the last index is a
            period, ``once`` otherwise; '' where it is no purchase.
        is_rented: whether it is rented and may be given back.
        agrees: of recourse, how it is still decided before anybody knows more, so that futures which
            cannot be told apart agree on it: ``by_period`` in the period that ends its index, ``once``
            at the start of the horizon; '' where it follows what comes, as the use of what arrived.
        traced: where its state can be read back from a plan that does not show it as a decision.
        is_reserved: whether it only keeps a place in a queue, as a factory slot, and binds to no site
            and no plant; a strategy may reserve before it commits.
        is_needed: whether what is committed at a site may need it there, as its connection; no strategy
            forbids it at such a site.
    """

    commits: str
    decided: Literal["at its start", "at order", "recourse"]
    shown: Shown | None = None
    bought: Literal["by_period", "once", ""] = ""
    is_rented: bool = False
    agrees: Literal["by_period", "once", ""] = ""
    traced: Shown | None = None
    is_reserved: bool = False
    is_needed: bool = False

    @property
    def is_recourse(self) -> bool:
        """Whether it follows once more is known."""
        return self.decided == "recourse"


@dataclass(frozen=True)
class Sign:
    """What tells two futures apart once it arrives.

    Attributes:
        variable: a decision of the family that is cumulative over starts. item: its index without
            the period.
        told: by start, the period from which on the two can be told apart; None where never.
    """

    variable: str
    item: Key
    told: tuple[int | None, ...]


def sign(variable: str, item: Key, one: Lag | None, other: Lag | None) -> Sign | None:
    """The sign of what arrives at other times in two futures: the earlier arrival tells, or that
    nothing came; None where all starts arrive together.

    Args:
        one, other: None where nothing ever arrives.
    """
    arrivals = [lag.arrival for lag in (one, other) if lag is not None]
    if len(arrivals) == 1:
        arrivals.append((None,) * len(arrivals[0]))
    told = tuple(
        None if len(set(pair)) == 1 else min(p for p in pair if p is not None)
        for pair in zip(*arrivals, strict=True)
    )
    return Sign(variable, item, told) if any(p is not None for p in told) else None


class Rank(IntEnum):
    """Order in which limits are given up to explain why no plan exists, the first one first."""

    RULE = 0
    """Rules and money that planners set themselves."""
    BUY = 1
    """What can be bought or ordered."""
    GRID = 2
    """What the grid can do."""
    LOAD = 3
    """The load that is to be served."""

    @property
    def words(self) -> str:
        """What is given up."""
        return ("a rule or money", "what can be bought", "the grid", "the load")[self]


@dataclass(frozen=True)
class Given:
    """What is given to a family: what a limit may look up to say which number sets it.

    Attributes:
        system: shared data. config: settings of the family. data: numbers of its formulas.
        find: numbers of the scenario that a dotted path names.
    """

    system: System
    config: Any
    data: Any
    find: Callable[[str], list[float]]


PathOf = Callable[[Given, Key], str]
"""From the index of a row to the dotted path of a number of the scenario; '' where there is none."""
ChangeOf = Callable[[Given, Key, float], float]
"""From index and slack of a row to the change of the number."""


def setting(*templates: str) -> PathOf:
    """A path with parts of the index in it, as ``nodes.{0}.capacity_mw``; of several the first one
    that the scenario states, else the last one."""

    def path(given: Given, key: Key) -> str:
        paths = [template.format(*key) for template in templates]
        return next((path for path in paths[:-1] if given.find(path)), paths[-1])

    return path


def as_it_is(given: Given, key: Key, slack: float) -> float:
    """A number in the unit of the row."""
    return slack


def times(factor: float) -> ChangeOf:
    """A number whose unit is another one than that of the row."""
    return lambda given, key, slack: slack * factor


def per_year(given: Given, key: Key, slack: float) -> float:
    """A number a year, of a row of the period that ends its index."""
    return slack / given.system.calendar.years(key[-1])


@dataclass(frozen=True)
class Limit:
    """A rule that can be relaxed: which number of the scenario sets it, and what that would have to be.

    Attributes:
        rank: when it is given up. path: the number; of no one number where it gives ''.
        change: of the number. is_count: whether the number is a whole one.
    """

    rank: Rank
    path: PathOf = lambda given, key: ""
    change: ChangeOf = as_it_is
    is_count: bool = False


Step = Literal["review", "connection", "building", "supply", "node", "site"]
STEPS: tuple[Step, ...] = ("review", "connection", "building", "supply", "node", "site")
"""What a campus waits for, in order, then what it has room for: the order in which measures are tried."""


@dataclass(frozen=True)
class Measure:
    """A kind of duration or room that can be relaxed in the scenario itself.

    Attributes:
        step: what it belongs to. words: what it is. paths: its numbers in a scenario.
        unit: of a step by which it is relaxed; weeks where the numbers are months.
        factor: from one such step to the numbers, negative for what gets shorter.
        most: steps beyond which it is no remedy.
    """

    step: Step
    words: str
    paths: tuple[str, ...]
    unit: str
    factor: float
    most: int

    @property
    def way(self) -> str:
        """Which way it is relaxed."""
        return "shorter" if self.factor < 0 else "larger"


def sooner(
    step: Step,
    words: str,
    *paths: str,
    weeks: int = 520,
    stated: Literal["months", "weeks"] = "months",
) -> Measure:
    """A duration that may become shorter, by so many weeks at most.

    Args:
        stated: unit of the numbers.
    """
    factor = -1.0 if stated == "weeks" else -1 / WEEKS_PER_MONTH
    return Measure(step, words, paths, "weeks", factor, weeks)


def larger(step: Step, words: str, *paths: str, unit: str, most: int) -> Measure:
    """Room that may become larger."""
    return Measure(step, words, paths, unit, 1.0, most)
