"""What was under way when at each site, and what each energisation waited for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
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
STAGE_OF = {
    "review": REVIEW,
    "programmatic review": "Programmatic review",
    "connection": "Connection",
    "upgrade": "Grid upgrade",
    "transformers": TRANSFORMERS,
    "ride-through": "Ride-through",
    "halls": "Halls",
    "plant": "Power plants",
    "rental": "Rented power",
    "demand": "Demand",
    "limit": "A limit",
}
"""Stage of each step of the table ``critical_path``; the last two take no time."""


@dataclass(frozen=True)
class Bar:
    """A stage under way from ``start`` to ``end`` at a site (``s:ID``), or of a plant or upgrade that
    feeds the grid and of what stands in its zone (``p:ID``)."""

    row: str
    stage: str
    start: date
    end: date
    words: str
    item: str = ""


@dataclass(frozen=True)
class Energisation:
    """A date on which the IT load of a site rises above all it had before.

    Attributes:
        last: steps that came last before it. critical: those of them that it waited for.
        is_waiting: whether load asked for was not served in the period before.
    """

    site: str
    date: date
    added_mw: float
    last: tuple[Row, ...]
    critical: tuple[Row, ...]
    is_waiting: bool


@dataclass(frozen=True)
class Schedule:
    """Bars in a stable order, energisations by date, and what they mark.

    Attributes:
        critical: what each energisation waited for, and what that began with the end of.
        late: transformers among them for which load waited.
    """

    bars: tuple[Bar, ...]
    energisations: tuple[Energisation, ...]
    critical: frozenset[Bar]
    late: frozenset[Bar]


def schedule_of(plan: Plan) -> Schedule:
    """Stages of a plan, and energisations as the table ``critical_path`` has them."""
    counted = Counter(_bars(plan))
    bars = tuple(
        bar if count == 1 else replace(bar, words=f"{count} times {bar.words}")
        for bar, count in counted.items()
    )
    rises = tuple(_energisations(plan))
    path = [row for row in rows_in(plan, "critical_path") if row["is_critical"]]
    critical = {bar for row in path for bar in _bars_of(bars, row)}
    late = {
        bar
        for rise in rises
        if rise.is_waiting
        for row in rise.critical
        for bar in _bars_of(bars, row)
        if bar.stage == TRANSFORMERS
    }
    return Schedule(bars, rises, frozenset(critical), frozenset(late))


def stage_of(row: Row) -> str:
    """Stage of a step of the critical path."""
    return STAGE_OF.get(str(row["step"]), words(row["step"]))


def _bars_of(bars: Iterable[Bar], row: Row) -> Iterator[Bar]:
    """Bars of a step: of its dates, at the site or apart."""
    wanted = stage_of(row), row["started_date"], row["finished_date"]
    for bar in bars:
        if (bar.stage, bar.start, bar.end) == wanted:
            kind, _, name = bar.row.partition(":")
            if name == row["site"] if kind == "s" else bar.item == row["item"]:
                yield bar


def _energisations(plan: Plan) -> Iterator[Energisation]:
    """Every energisation, in order of date and site."""
    unserved = by_period(plan, "unserved_mw")
    starts = list(unserved)
    before = dict(zip(starts[1:], starts[:-1], strict=True))
    rows: dict[tuple[date, str], list[Row]] = {}
    for row in rows_in(plan, "critical_path"):
        when = day(row, "energised_date")
        if when is not None:
            rows.setdefault((when, str(row["site"])), []).append(row)
    for (when, site), steps in sorted(rows.items()):
        last = tuple(row for row in steps if row["is_last"])
        critical = tuple(row for row in last if row["is_critical"])
        waited = when in before and unserved[before[when]] > SAME_MW
        yield Energisation(site, when, number(steps[0], "added_it_mw"), last, critical, waited)


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
            apart = row["item"] if table == "plants" else where
            name = f"s:{where}" if where in sites else f"p:{apart}" if where else ""
            if name:
                yield from _bar(name, stage, row, day(row, begin), day(row, finish))
    yield from _upgrades(plan)
    yield from _rentals(plan)


def _upgrades(plan: Plan) -> Iterator[Bar]:
    """Upgrades of a node, at each chosen site that is connected there; those of a zone apart."""
    at_node: dict[str, list[str]] = {}
    for row in rows_in(plan, "connections"):
        at_node.setdefault(str(row["node"]), []).append(str(row["site"]))
    for row in rows_in(plan, "upgrades"):
        start, end = day(row, "start_date"), day(row, "in_service_date")
        there = [f"s:{site}" for site in at_node.get(str(row["node"]), [])]
        for name in there if row["node"] else [f"p:{row['upgrade']}"]:
            yield from _bar(name, "Grid upgrade", row, start, end)


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
        what = f"{_what(stage, row)}, {start} to {end}"
        yield Bar(name, stage, start, end, what, _item(stage, row))


def _item(stage: str, row: Row) -> str:
    """Item of the step that a bar shows, where a row apart has several."""
    column = {TRANSFORMERS: "equipment_class", "Grid upgrade": "upgrade"}.get(stage, "item")
    return str(row.get(column, ""))


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
