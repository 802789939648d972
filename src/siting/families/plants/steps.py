"""Steps of ``plants``: units and named plants, and the first of a kind that others waited for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from siting.core.audit import day, rows_of
from siting.core.labels import is_weak
from siting.core.table import Row
from siting.families.plants.data import PlantsData
from siting.families.steps import Around, Span, Stage, Step, Tables, dated, earliest, rows_at


def steps(data: PlantsData, around: Around) -> Iterator[Step]:
    """Plants on the site, in its zone and in those that send it power; and the first of a kind that
    others waited for."""
    for row in rows_at(around.tables, "plants", "location", around.places):
        step = _step(data, row)
        if step is None:
            continue
        first = (
            [] if row["item"] in data.named else list(_first_of_a_kind(data, around.tables, row))
        )
        yield from first
        after = frozenset((other.step, other.item) for other in first)
        if row["location"] == around.site and _is_held_by_review(data, row, around.reviewed):
            after |= around.review
        yield replace(step, after=after)


def _step(data: PlantsData, row: Row) -> Step | None:
    """The step of a row of plants; None where it is never in service."""
    dates = dated(row, "start_date", "in_service_date")
    item, of = str(row["item"]), (str(row["technology"]), str(row["location"]))
    if dates is None:
        return None
    if item in data.named:
        lag, starts = data.named_lag.get(item), [p for j, p in data.named_starts if j == item]
    else:
        lag, starts = data.lag.get(of), [p for *key, p in data.unit_starts if tuple(key) == of]
    return Step("plant", item, *dates, earliest(lag, starts, len(data.system.calendar)))


def _is_held_by_review(data: PlantsData, row: Row, reviewed: date | None) -> bool:
    """Whether units of a site, started a period earlier, would have had to wait for its review."""
    start = day(row, "start_date")
    own = None if start is None else data.system.calendar.period_at(start)
    if not own or reviewed is None:
        return False
    tech = data.technologies.get(str(row["technology"]))
    before = data.system.calendar.starts[own - 1]
    return tech is not None and tech.begin_date(before) < reviewed


def _first_of_a_kind(data: PlantsData, tables: Tables, row: Row) -> Iterator[Step]:
    """Plants of the technology that comes first, where a row was started as soon as they allowed."""
    before, _, milestone = data.order.after.get(str(row["technology"]), (None, 0, ""))
    for other in rows_at(tables, "plants", "technology", {str(before)}):
        step = _step(data, other)
        if step is None or before is None:
            continue
        if (step.finished if milestone == "in_service" else step.started) == row["start_date"]:
            yield step


def _spans(tables: Tables, settings: Mapping[str, Any]) -> Iterator[Span]:
    """Units and named plants, those that feed the grid apart."""
    for _, row in rows_of(tables, "plants"):
        item, dates = str(row["item"]), (day(row, "start_date"), day(row, "in_service_date"))
        dated_words = [
            f"{word} {row[key]}"
            for key, word in (("permit_date", "permit"), ("equipment_date", "equipment"))
            if row.get(key)
        ]
        mark = " (est.)" if is_weak(row) else ""
        what = ", ".join([f"{row['quantity']:g} x {row['name']}{mark}", *dated_words])
        where = str(row["location"])
        yield Span(where, item if where else "", *dates, what, item, str(row["name"] or item))


STAGES = (
    Stage(
        "plant",
        "Power plants",
        "permit, equipment, the review of its site, the first of its kind",
        70,
        "green",
        _spans,
    ),
)
