"""What was under way when at each site, and what finished last before each energisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from siting.core.audit import day, number
from siting.core.calendar import add_months
from siting.core.plan import Plan
from siting.core.table import Row
from siting.outputs.features import rows_in
from siting.outputs.report.words import SAME_MW, by_period, is_weak, words

REVIEW, TRANSFORMERS = "Review", "Transformers"
STAGES = (
    REVIEW,
    "Connection",
    "Grid upgrade",
    TRANSFORMERS,
    "Ride-through",
    "Halls",
    "Power plants",
    "Rented power",
)
"""Stages on the way to power, in the order in which they are shown."""
AFTER_REVIEW = ("Halls",)
"""Stages that begin only once the review is done; others begin with the commitment, or before."""


@dataclass(frozen=True)
class Bar:
    """A stage under way from ``start`` to ``end`` at a site (``s:ID``) or a plant (``p:ID``)."""

    row: str
    stage: str
    start: date
    end: date
    words: str


@dataclass(frozen=True)
class Energisation:
    """A date on which the IT load of a site rises.

    Attributes:
        last: the stages that finished last before it, since the energisation before; none where
            what was there already had room.
        longest: those of them that had been under way longest, with the review they waited for.
        is_waiting: whether load asked for was not served in the period before.
    """

    site: str
    date: date
    added_mw: float
    last: tuple[Bar, ...]
    longest: tuple[Bar, ...]
    is_waiting: bool


@dataclass(frozen=True)
class Schedule:
    """Bars in a stable order, energisations by date, and what they mark.

    Attributes:
        critical: the longest of what finished last before each energisation, and the reviews they
            waited for.
        late: transformers among them for which load waited.
    """

    bars: tuple[Bar, ...]
    energisations: tuple[Energisation, ...]
    critical: frozenset[Bar]
    late: frozenset[Bar]


def schedule_of(plan: Plan) -> Schedule:
    """Stages and energisations of a plan."""
    counted = Counter(_bars(plan))
    bars = tuple(
        bar if count == 1 else replace(bar, words=f"{count} times {bar.words}")
        for bar, count in counted.items()
    )
    starts = list(by_period(plan, "target_mw"))
    review = {
        bar: one for bar in bars for one in bars if one.stage == REVIEW and _leads(one, bar, starts)
    }
    rises = tuple(_energisations(plan, bars, review))
    longest = {bar for rise in rises for bar in rise.longest}
    late = {
        bar
        for rise in rises
        if rise.is_waiting
        for bar in rise.longest
        if bar.stage == TRANSFORMERS
    }
    begun = {review[bar] for bar in longest if bar in review}
    return Schedule(bars, rises, frozenset(longest | begun), frozenset(late))


def _leads(review: Bar, bar: Bar, starts: Iterable[date]) -> bool:
    """Whether a stage waited for a review: it began in the first period after that was done."""
    if review.row != bar.row or bar.stage not in AFTER_REVIEW:
        return False
    return bar.start == next((start for start in starts if start >= review.end), None)


def _energisations(
    plan: Plan, bars: Iterable[Bar], review: Mapping[Bar, Bar]
) -> Iterator[Energisation]:
    """Every rise of load at a site, in order of date and site."""

    def begun(bar: Bar) -> date:
        return review[bar].start if bar in review else bar.start

    unserved = by_period(plan, "unserved_mw")
    starts = list(unserved)
    before = dict(zip(starts[1:], starts[:-1], strict=True))
    at_site: dict[str, list[Bar]] = {}
    for bar in bars:
        at_site.setdefault(bar.row, []).append(bar)
    rises = []
    for site, load in load_by_site(plan).items():
        previous = date.min
        for start, (old, new) in zip(
            starts, pairwise([0.0, *(load.get(s, 0.0) for s in starts)]), strict=True
        ):
            if new > old + SAME_MW:
                done = [b for b in at_site.get(f"s:{site}", []) if previous < b.end <= start]
                end = max((b.end for b in done), default=None)
                last = tuple(b for b in done if b.end == end)
                first = min((begun(b) for b in last), default=None)
                longest = tuple(b for b in last if begun(b) == first)
                waited = start in before and unserved[before[start]] > SAME_MW
                rises.append(Energisation(site, start, new - old, last, longest, waited))
                previous = start
    yield from sorted(rises, key=lambda rise: (rise.date, rise.site))


def load_by_site(plan: Plan) -> dict[str, dict[date, float]]:
    """IT load of each site by start of period [MW]."""
    load: dict[str, dict[date, float]] = {}
    for row in rows_in(plan, "service"):
        start = day(row, "period_start")
        if start is not None:
            series = load.setdefault(str(row["site"]), {})
            series[start] = series.get(start, 0.0) + number(row, "it_mw")
    return dict(sorted(load.items()))


def _bars(plan: Plan) -> Iterator[Bar]:
    """Everything with two dates, at its site or, for plants that feed the grid, on its own row."""
    sites = {str(row["site"]) for row in rows_in(plan, "sites")}
    for table, stage, place, begin, finish in (
        ("sites", REVIEW, "site", "commit_date", "review_done_date"),
        ("connections", "Connection", "site", "start_date", "in_service_date"),
        ("orders", TRANSFORMERS, "site", "order_date", "in_service_date"),
        ("ride_through", "Ride-through", "site", "start_date", "in_service_date"),
        ("halls", "Halls", "site", "start_date", "in_service_date"),
        ("plants", "Power plants", "location", "start_date", "in_service_date"),
    ):
        for row in rows_in(plan, table):
            where = str(row[place])
            name = (
                f"s:{where}" if where in sites else f"p:{row['item']}" if table == "plants" else ""
            )
            if name:
                yield from _bar(name, stage, row, day(row, begin), day(row, finish))
    yield from _upgrades(plan)
    yield from _rentals(plan)


def _upgrades(plan: Plan) -> Iterator[Bar]:
    """Upgrades of a node, at each chosen site that is connected there."""
    at_node: dict[str, list[str]] = {}
    for row in rows_in(plan, "connections"):
        at_node.setdefault(str(row["node"]), []).append(str(row["site"]))
    for row in rows_in(plan, "upgrades"):
        for site in at_node.get(str(row["node"]), []) if row["node"] else []:
            start, end = day(row, "start_date"), day(row, "in_service_date")
            yield from _bar(f"s:{site}", "Grid upgrade", row, start, end)


def _rentals(plan: Plan) -> Iterator[Bar]:
    """Rented units from the decision to rent until they run."""
    for row in rows_in(plan, "rentals"):
        end = day(row, "period_start")
        if end is not None and number(row, "arrival_count") > 0:
            months = setting(plan, "bridge", "products", str(row["product"]), "mobilisation_months")
            start = add_months(end, -float(months)) if isinstance(months, int | float) else end
            yield from _bar(f"s:{row['location']}", "Rented power", row, start, end)


def setting(plan: Plan, *keys: str) -> Any:
    """A setting of a family in the scenario; None where there is none."""
    found: Any = plan.scenario.get("components")
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _bar(name: str, stage: str, row: Row, start: date | None, end: date | None) -> Iterator[Bar]:
    """A bar, where both dates are known and time passes between them."""
    if start is not None and end is not None and end > start:
        yield Bar(name, stage, start, end, f"{_what(stage, row)}, {start} to {end}")


def _what(stage: str, row: Row) -> str:
    """What is under way, in words."""
    match stage:
        case "Review":
            return f"Review: {words(row.get('review_path')) or 'path not stated'}"
        case "Connection":
            return f"Connection to {row['node']}"
        case "Grid upgrade":
            return f"{row['name']}{' (est.)' if is_weak(row) else ''}"
        case "Transformers":
            return f"{row['quantity']:g} x {words(row['equipment_class']).lower()}"
        case "Ride-through":
            return f"Ride-through equipment for {number(row, 'equipped_mw'):,.0f} MW"
        case "Halls":
            return f"{row['count']:g} halls of {row['block_mw']:g} MW"
        case "Rented power":
            return f"{number(row, 'arrival_count'):g} x {row['name']}, rented"
    stages = [
        f"{word} {row[key]}"
        for key, word in (("permit_date", "permit"), ("equipment_date", "equipment"))
        if row.get(key)
    ]
    mark = " (est.)" if is_weak(row) else ""
    return ", ".join([f"{row['quantity']:g} x {row['name']}{mark}", *stages])
