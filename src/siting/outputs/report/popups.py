"""What the map says of each thing: facts, how they change over time, and their sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from siting.core.audit import day, number
from siting.core.labels import estimates_of, is_weak, words
from siting.core.plan import Plan
from siting.core.table import Row
from siting.outputs.features import Feature, point_of, rows_in
from siting.outputs.report.gantt import stages
from siting.outputs.report.geometry import is_drawn, project
from siting.outputs.report.grid import name_of
from siting.outputs.report.schedule import load_by_site, schedule_of
from siting.outputs.report.words import MILLION, by_period

DECIMALS = 3
PLAN = -1
"""Reference of a number that the plan itself decided."""

Popup = dict[str, Any]
"""``name``, ``kind``, ``x``, ``y`` (absent where not drawn), ``weak``, ``facts`` as (label, value,
reference, is estimated), ``live`` the same with a value a period, ``since`` the first period."""


@dataclass(frozen=True)
class Reference:
    """A source, as the popups cite it, and its row in the table of sources."""

    source: str
    confidence: str
    estimated: str
    row: int | None


class Book:
    """Periods, headroom, loads and references that popups share."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.periods = list(by_period(plan, "target_mw"))
        self.references: list[Reference] = []
        self._rows: dict[str, tuple[int, Row]] = {}
        for position, row in enumerate(rows_in(plan, "sources")):
            self._rows.setdefault(str(row["id"]), (position, row))
        self.headroom: dict[tuple[str, str], dict[date, Row]] = {}
        for row in rows_in(plan, "headroom"):
            start = day(row, "period_start")
            if start is not None:
                key = (str(row["level"]), str(row["place"]))
                self.headroom.setdefault(key, {})[start] = row
        self.load = load_by_site(plan)
        schedule = schedule_of(plan)
        self.first = {rise.site: rise for rise in reversed(schedule.energisations)}
        self.connections = {str(r["site"]): r for r in rows_in(plan, "connections")}

    def cite(self, *names: object) -> int:
        """Reference to the first of some ids that has a row of input; the plan where none has."""
        for name in names:
            if str(name) in self._rows:
                position, row = self._rows[str(name)]
                return self._add(row, position)
        return PLAN

    def cite_row(self, row: Mapping[str, Any], *names: object) -> int:
        """Reference to the row of input of some ids, or to what a row says of itself."""
        found = self.cite(*names)
        return found if found != PLAN else self._add(row, None)

    def _add(self, row: Mapping[str, Any], position: int | None) -> int:
        """Number of a reference; the same source is listed once."""
        reference = Reference(
            str(row.get("source") or "Scenario file"),
            str(row.get("confidence") or "not stated"),
            ", ".join(words(name) for name in estimates_of(row)),
            position,
        )
        if reference not in self.references:
            self.references.append(reference)
        return self.references.index(reference)

    def estimated(self, name: object, column: str) -> bool:
        """Whether a value of a row of input is an estimate."""
        row = self._rows.get(str(name), (0, {}))[1]
        return any(part.strip().split(" ")[0] == column for part in estimates_of(row))

    def series(self, level: str, place: object, column: str) -> list[float] | None:
        """A column of ``headroom`` by period; None where the plan has no such place."""
        rows = self.headroom.get((level, str(place)))
        if rows is None:
            return None
        return [
            round(number(rows[start], column), DECIMALS) if start in rows else 0.0
            for start in self.periods
        ]

    def since(self, start: date | None) -> int:
        """First period that starts on or after a date; the number of periods where none does."""
        late = [i for i, period in enumerate(self.periods) if start and period >= start]
        return late[0] if late else len(self.periods)


def popup_of(book: Book, feature: Feature) -> Popup:
    """Popup of a chosen site, candidate, plant or upgrade."""
    row = feature.properties
    facts = {"site": _site, "candidate": _candidate, "plant": _plant, "upgrade": _upgrade}
    popup: Popup = {
        **_head(feature.kind, str(row["name"]), feature.point),
        "weak": is_weak(row),
        "facts": [list(fact) for fact in facts[feature.kind](book, row)],
        "live": [],
    }
    if feature.kind == "site":
        load = book.load.get(str(row["site"]), {})
        popup["mw"] = [round(load.get(start, 0.0), DECIMALS) for start in book.periods]
        popup["live"] = [["IT load energised", popup["mw"], PLAN, False]]
    if feature.kind in ("site", "candidate"):
        popup["live"] += _headroom(book, row["node"], row["zone"])
    else:
        popup["since"] = book.since(day(row, "in_service_date"))
    return popup


def node_popups(book: Book) -> list[Popup]:
    """Popups of the points of interconnection whose headroom the plan follows."""
    popups = []
    for level, place in sorted(book.headroom):
        record = book.plan.places.get(place, {})
        point = point_of(record)
        if level == "node" and point is not None:
            zone = record.get("zone")
            facts = [["Zone", name_of(book.plan, zone), book.cite(place), False]] if zone else []
            if record.get("poi_kv"):
                cell = f"{record['poi_kv']:g} kV"
                facts.append(["Voltage", cell, book.cite(place), book.estimated(place, "poi_kv")])
            popups.append(
                {
                    **_head("node", name_of(book.plan, place), point),
                    "weak": book.estimated(place, "capacity_mw"),
                    "facts": facts,
                    "live": _headroom(book, place, zone),
                    "left": book.series("node", place, "left_mw"),
                    "capacity": book.series("node", place, "capacity_mw"),
                }
            )
    return popups


def _head(kind: str, name: str, point: tuple[float, float]) -> Popup:
    """Kind, name and, where it is drawn, position of a thing."""
    head: Popup = {"kind": kind, "name": name}
    if is_drawn(*point):
        x, y = project(*point)
        head |= {"x": round(x, 1), "y": round(y, 1)}
    return head


Fact = tuple[str, str, int, bool]


def _headroom(book: Book, node: object, zone: object) -> list[list[Any]]:
    """Headroom of a node and its zone by period."""
    rows = []
    is_estimate = book.estimated(node, "capacity_mw")
    for level, place, column, label in (
        ("node", node, "capacity_mw", "Capacity of the grid node"),
        ("node", node, "left_mw", "Headroom left at the node"),
        ("zone", zone, "left_mw", "Headroom left in the zone"),
    ):
        series = book.series(level, place, column)
        if series is not None:
            weak = is_estimate if level == "node" else False
            rows.append([label, series, book.cite(place), weak])
    return rows


def _place(book: Book, row: Row) -> Iterator[Fact]:
    """Who holds a site and where it lies."""
    reference = book.cite_row(row, row["site"])
    where = [str(row[key]) for key in ("agency", "state") if row[key]]
    if where:
        yield "Agency and state", ", ".join(where), reference, False
    if row["zone"]:
        is_estimate = book.estimated(row["site"], "zone")
        yield "Zone", name_of(book.plan, row["zone"]), reference, is_estimate
    if row["buildable_acres"]:
        is_estimate = book.estimated(row["site"], "buildable_acres")
        yield (
            "Buildable land",
            f"{number(row, 'buildable_acres'):,.0f} acres",
            reference,
            is_estimate,
        )


def _candidate(book: Book, row: Row) -> Iterator[Fact]:
    """Facts of a site left alone."""
    yield "In this plan", "candidate, not built", PLAN, False
    yield from _place(book, row)


def _site(book: Book, row: Row) -> Iterator[Fact]:
    """Facts of a chosen site."""
    yield "IT load at the end", f"{number(row, 'it_mw'):,.0f} MW", PLAN, False
    supply = f"{number(row, 'grid_mw'):,.0f} MW grid, {number(row, 'onsite_mw'):,.0f} MW on site"
    yield "Fed at the end by", supply, PLAN, False
    if row["commit_date"]:
        yield "Committed", str(row["commit_date"]), PLAN, False
    if row["review_done_date"]:
        path = row["review_path"]
        cell = f"{row['review_done_date']} ({words(path) or 'path not stated'})"
        yield "Review done", cell, book.cite(path), book.estimated(path, "months")
    if row["first_energised_date"]:
        yield "First power", str(row["first_energised_date"]), PLAN, False
    rise = book.first.get(str(row["site"]))
    if rise is not None and rise.last:
        yield "It waited for", stages(rise.critical), PLAN, False
    yield "Land used", f"{number(row, 'acres_used'):,.0f} acres", PLAN, False
    connection = book.connections.get(str(row["site"]))
    if connection is not None:
        yield (
            "Line to the grid",
            f"{number(connection, 'gen_tie_km'):,.1f} km",
            book.cite(row["site"]),
            book.estimated(row["site"], "gen_tie_km"),
        )
        yield "Connected", str(connection["in_service_date"]), PLAN, False
    yield from _place(book, row)


def _plant(book: Book, row: Row) -> Iterator[Fact]:
    """Facts of a plant."""
    names = (row["item"], row["technology"])
    reference = book.cite_row(row, *names)
    is_size = any(name in ("unit_mw", "capacity_mw") for name in estimates_of(row))
    is_credit = is_size or "capacity_credit_frac" in estimates_of(row)
    yield "Units", f"{number(row, 'quantity'):g} x {words(row['technology'])}", PLAN, False
    yield "Delivers", words(row["delivery"]), PLAN, False
    yield "Capacity", f"{number(row, 'capacity_mw'):,.0f} MW", reference, is_size
    yield "Firm", f"{number(row, 'firm_mw'):,.0f} MW", reference, is_credit
    for column, label in (
        ("start_date", "Start"),
        ("permit_date", "Permit"),
        ("equipment_date", "Equipment"),
        ("in_service_date", "In service"),
    ):
        if row[column]:
            yield label, str(row[column]), PLAN, False


def _upgrade(book: Book, row: Row) -> Iterator[Fact]:
    """Facts of a grid upgrade."""
    reference = book.cite_row(row, row["upgrade"])
    estimates = estimates_of(row)
    yield "Adds", f"{number(row, 'added_mw'):,.0f} MW", reference, "added_mw" in estimates
    cost = f"{number(row, 'overnight_usd') / MILLION:,.1f} M USD"
    yield "Overnight cost", cost, reference, "overnight_usd" in estimates
    yield "Start", str(row["start_date"]), PLAN, False
    yield "In service", str(row["in_service_date"]), PLAN, False
