"""The order of units, shared builders and spare output of plants re-checked, from the tables alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from siting.core.audit import (
    Finding,
    cover_by,
    day,
    exceeds,
    facility_load,
    number,
    rows_of,
    sum_by,
)
from siting.core.table import Row, Tables
from siting.families.plants.data import PlantsData


def audit_order(data: PlantsData, tables: Tables) -> Iterator[Finding]:
    """The rules on order, from the dates of the rows of ``plants``."""
    rows = [(name, row) for name, row in rows_of(tables, "plants") if day(row, "start_date")]
    yield from _audit_sequence(data, [row for _, row in rows])
    yield from _audit_slots(data, [row for _, row in rows])
    for group, plants in data.order.exclusive.items():
        started = sorted(str(row["item"]) for _, row in rows if row["item"] in plants)
        if len(started) > 1:
            yield Finding("plants.exclusive", f"group {group}", f"{' and '.join(started)} started")
    yield from _audit_outage(data, tables)


def _audit_sequence(data: PlantsData, rows: list[Row]) -> Iterator[Finding]:
    """Units of a predecessor before each start."""
    calendar = data.system.calendar
    for k, (before, count, milestone) in data.order.after.items():
        column = "in_service_date" if milestone == "in_service" else "start_date"
        for row in rows:
            start = day(row, "start_date")
            if row["technology"] != k or row["item"] in data.named or start is None:
                continue
            done = sum(
                number(other, "quantity")
                for other in rows
                if other["technology"] == before and _by(day(other, column), start)
            )
            if done < count and calendar.period_at(start) is not None:
                what = f"{done:g} of {count} units of {before} by {start}"
                yield Finding("plants.sequence", f"{row['item']} started {start}", what)


def _by(reached: date | None, on: date) -> bool:
    """Whether a milestone is reached by a date."""
    return reached is not None and reached <= on


def _audit_slots(data: PlantsData, rows: list[Row]) -> Iterator[Finding]:
    """Units under construction at once."""
    calendar = data.system.calendar
    for name, shared in data.order.slots.items():
        for start in calendar.starts:
            busy = 0.0
            for row in rows:
                began = day(row, "start_date")
                if row["technology"] not in shared.technologies or row["item"] in data.named:
                    continue
                tech = data.technologies[str(row["technology"])]
                if began and tech.begin_date(began) <= start < tech.built_date(began):
                    busy += number(row, "quantity")
            if busy > shared.max_units_under_construction:
                what = f"{busy:g} units under construction on {start}"
                yield Finding("plants.construction_slots", name, what)


def _audit_outage(data: PlantsData, tables: Tables) -> Iterator[Finding]:
    """Load of guarded sites with the largest unit of each technology out."""
    calendar = data.system.calendar
    load = facility_load(data.system, tables)
    draw = sum_by(tables, "power", ("site",), "grid_mw", calendar)
    own = cover_by(tables, calendar)
    there = sum_by(tables, "generation", ("technology", "location"), "deliverable_mw", calendar)
    for k, s, p in data.order.outage_index:
        if there.get((f"{k}|{s}", p), 0.0) <= 0:
            continue
        left = draw.get((s, p), 0.0) + own.get((s, p), 0.0) - data.technologies[k].unit_mw
        if exceeds(load.get((s, p), 0.0), left):
            what = f"{left:.3f} MW on {calendar.starts[p]} for {load[s, p]:.3f} MW"
            yield Finding("plants.largest_out", f"site {s} without a unit of {k}", what)
