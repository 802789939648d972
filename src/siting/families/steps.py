"""Steps on the way to power: what a family started and finished, and how a schedule shows it.

Each step has the date from which it could have been of use at the earliest: begun with the horizon,
after the review that it stands on, as lead times, dates of availability, factory slots and the ramp
of the halls allow. What else may have kept it, builders, fleets or money, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from siting.core.audit import day, rows_of
from siting.core.calendar import Calendar, Lag
from siting.core.system import System
from siting.core.table import Row, Table

Tables = Mapping[str, Table]
Named = frozenset[tuple[str, str]]
"""Steps by name and item."""
NOTHING: Named = frozenset()
DEMAND = "demand"
"""The step of an energisation that waited for nothing but the load."""
REVIEW = "review"
"""The step that others begin with the end of, in families that know nothing of reviews."""


@dataclass(frozen=True)
class Step:
    """Something that was started and came into service.

    Attributes:
        started, finished: real dates; what was never started, since it stood in stock, starts when
            it is assigned.
        earliest: first period in which it could have been of use.
        after: step and item of what it began with the end of; none where it waited for nothing.
    """

    step: str
    item: str
    started: date
    finished: date
    earliest: int
    after: Named = NOTHING


@dataclass(frozen=True)
class Around:
    """A site in a plan, and what its steps may depend on.

    Attributes:
        places: the site, its zone, and every zone that ever sends that one firm power.
        reviewed: when the review of the site is complete; None where it is not.
        review: the step of that review.
    """

    system: System
    tables: Tables
    site: str
    places: frozenset[str]
    reviewed: date | None
    review: Named

    @property
    def calendar(self) -> Calendar:
        """Periods of the horizon."""
        return self.system.calendar


@dataclass(frozen=True)
class Span:
    """Something under way in a plan.

    Attributes:
        site: where it is shown with what else goes on there; a place that is no site of the plan is none.
        apart: the row of its own on which it is shown otherwise; empty where it is shown nowhere then.
        words: what it is. item: of the step that it shows.
        name: what the row of its own is called; by default the zone in which it stands.
    """

    site: str
    apart: str
    start: date | None
    end: date | None
    words: str
    item: str = ""
    name: str = ""


def no_spans(tables: Tables, settings: Mapping[str, Any]) -> Iterable[Span]:
    """Of a step that a schedule names and does not draw."""
    return ()


@dataclass(frozen=True)
class Stage:
    """A kind of step, as planners call it and as a schedule shows it.

    Attributes:
        step: its name in the table ``critical_path``.
        title: what planners call it.
        delayed_by: what may delay it.
        order: stages are shown by it, lowest first.
        colour: its name in the palette of the report.
        spans: what of it was under way when, from a plan's tables and the settings of the family.
        late: what a schedule calls those of it for which load waited, where it shows them apart.
    """

    step: str
    title: str
    delayed_by: str
    order: int = 100
    colour: str = "grey"
    spans: Callable[[Tables, Mapping[str, Any]], Iterable[Span]] = no_spans
    late: str = ""


def spans_of(
    table: str, words: Callable[[Row], str], *, place: str = "site", item: str = "item"
) -> Callable[[Tables, Mapping[str, Any]], Iterator[Span]]:
    """The rows of a table that has a place, ``start_date`` and ``in_service_date``.

    Args:
        place, item: columns; a row without an item has none.
    """

    def spans(tables: Tables, settings: Mapping[str, Any]) -> Iterator[Span]:
        for _, row in rows_of(tables, table):
            dates = day(row, "start_date"), day(row, "in_service_date")
            where = str(row[place] or "")
            yield Span(where, where, *dates, words(row), str(row.get(item, "")))

    return spans


def first_of(calendar: Calendar, on: date) -> int:
    """First period that starts on or after a date; the number of periods beyond the horizon."""
    found = calendar.period_from(on)
    return len(calendar) if found is None else found


def earliest(lag: Lag | None, starts: Iterable[int], otherwise: int) -> int:
    """First period in which any of some starts is in service; no lag is of what cannot be."""
    return min(arrivals(lag, starts), default=otherwise)


def arrivals(lag: Lag | None, starts: Iterable[int]) -> list[int]:
    """Periods from which some starts are in service, of those that are within the horizon."""
    known = () if lag is None else lag.arrival
    found = [known[start] for start in starts if start < len(known)]
    return [arrival for arrival in found if arrival is not None]


def rows_at(tables: Tables, table: str, column: str, places: Iterable[str]) -> Iterator[Row]:
    """Rows of a table at some places."""
    wanted = frozenset(places)
    return (row for _, row in rows_of(tables, table) if row[column] in wanted)


def path_of(row: Row) -> str:
    """Review path of a commitment, which is the item of its step."""
    return str(row["review_path"] or "none")


def dated(row: Row, begin: str, finish: str) -> tuple[date, date] | None:
    """Two dates of a row, if it has both."""
    started, finished = day(row, begin), day(row, finish)
    return None if started is None or finished is None else (started, finished)
