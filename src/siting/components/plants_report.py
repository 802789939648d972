"""Tables of ``plants`` and the re-check of its rules in plain arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from siting.components.base import Values, arrived_value, steps
from siting.components.plants_order import audit_order
from siting.core.audit import (
    AuditResult,
    Finding,
    day,
    exceeds,
    is_near,
    is_same,
    number,
    row_differences,
    rows_of,
)
from siting.core.finance import add_to, capital_by_period, present_year
from siting.core.table import Cell, Row, Table
from siting.core.units import HOURS_PER_YEAR

if TYPE_CHECKING:
    from siting.components.plants import PlantsData
    from siting.components.plants_settings import Technology

PLANT_COLUMNS = (
    "item",
    "name",
    "technology",
    "delivery",
    "location",
    "quantity",
    "capacity_mw",
    "firm_mw",
    "acres",
    "start_date",
    "permit_date",
    "equipment_date",
    "in_service_date",
    "source",
    "confidence",
    "estimated",
)
GENERATION_COLUMNS = (
    "period_start",
    "item",
    "technology",
    "location",
    "capacity_mw",
    "deliverable_mw",
    "firm_mw",
    "energy_mwh",
    "average_mw",
    "emissions_t",
    "water_m3",
    "connection",
    "step_up_class",
    "step_up_count",
)


def report(values: Values, data: PlantsData) -> dict[str, Table]:
    """Units and named plants started, and what they give in each period."""
    plants = [*_unit_rows(values, data), *_named_rows(values, data)]
    generation = [*_unit_generation(values, data), *_named_generation(values, data)]
    generation.sort(key=lambda row: (row["period_start"], row["item"]))
    return {
        "plants": Table.of(PLANT_COLUMNS, plants),
        "generation": Table.of(GENERATION_COLUMNS, generation),
    }


def _unit_rows(values: Values, data: PlantsData) -> Iterator[dict[str, Cell]]:
    """A row for each technology, place and start period."""
    starts = data.system.calendar.starts
    for (k, place), _ in sorted(data.max_units.items()):
        periods = [p for tech, at, p in data.unit_starts if (tech, at) == (k, place)]
        for p, count in steps(values, "plants.units", (k, place), periods):
            yield unit_row(data, k, place, starts[p], count)


def unit_row(data: PlantsData, k: str, place: str, start: date, count: int) -> dict[str, Cell]:
    """The row of units started at a place on a date; dates and MW follow from the settings."""
    tech = data.technologies[k]
    ready = tech.ready_date(start, data.queue_months[k, place])
    period = data.system.calendar.period_from(ready)
    on_site = data.is_site(place)
    return {
        "item": f"{k}@{place}",
        "name": tech.name or k,
        "technology": k,
        "delivery": "on_site" if on_site else "grid",
        "location": place,
        "quantity": count,
        "capacity_mw": count * tech.unit_mw,
        "firm_mw": count * tech.unit_mw * data.credit[k, place],
        "acres": count * tech.unit_mw * tech.acres_per_mw if on_site else 0.0,
        "start_date": start,
        "permit_date": tech.permit_date(start),
        "equipment_date": tech.equipment_date(start),
        "in_service_date": None if period is None else data.system.calendar.starts[period],
        "source": tech.source,
        "confidence": tech.confidence,
        "estimated": tech.estimated,
    }


def _named_rows(values: Values, data: PlantsData) -> Iterator[dict[str, Cell]]:
    """A row for each named plant started."""
    starts = data.system.calendar.starts
    for j in data.named:
        periods = [p for plant, p in data.named_starts if plant == j]
        for p, _ in steps(values, "plants.start", (j,), periods):
            yield named_row(data, j, starts[p])


def named_row(data: PlantsData, j: str, start: date) -> dict[str, Cell]:
    """The row of a named plant started on a date."""
    plant = data.named[j]
    period = data.system.calendar.period_from(plant.ready_date(start))
    credit = data.technologies[plant.technology].credit_frac(data.system.zones[plant.zone])
    return {
        "item": j,
        "name": plant.name or j,
        "technology": plant.technology,
        "delivery": "grid",
        "location": plant.zone,
        "quantity": 1,
        "capacity_mw": plant.capacity_mw,
        "firm_mw": credit * plant.capacity_mw,
        "acres": 0.0,
        "start_date": start,
        "permit_date": None,
        "equipment_date": None,
        "in_service_date": None if period is None else data.system.calendar.starts[period],
        "source": plant.source,
        "confidence": plant.confidence,
        "estimated": plant.estimated,
    }


def _unit_generation(values: Values, data: PlantsData) -> Iterator[dict[str, Cell]]:
    """Capacity, firm MW and energy of units by period."""
    calendar = data.system.calendar
    for k, place, p in data.unit_service:
        count = arrived_value(values, "plants.units", (k, place), data.lag[k, place], p)
        if count > 0:
            tech = data.technologies[k]
            output = values.get("plants.output_mw", (k, place, p))
            yield {
                "period_start": calendar.starts[p],
                "item": f"{k}@{place}",
                "technology": k,
                "location": place,
                "capacity_mw": count * tech.unit_mw,
                "deliverable_mw": count * tech.unit_mw,
                "firm_mw": count * tech.unit_mw * data.credit[k, place],
                **_energy_cells(tech, HOURS_PER_YEAR * calendar.years(p), output),
                "connection": tech.connection,
                "step_up_class": tech.step_up_class or "",
                "step_up_count": round(count) * tech.step_up_per_unit,
            }


def _energy_cells(tech: Technology, hours: float, output_mw: float) -> dict[str, Cell]:
    """Energy of a period, and what it emits and takes in water."""
    mwh = hours * output_mw
    return {
        "energy_mwh": mwh,
        "average_mw": output_mw,
        "emissions_t": tech.emissions_t_per_mwh * mwh,
        "water_m3": tech.water_m3_per_mwh * mwh,
    }


def _named_generation(values: Values, data: PlantsData) -> Iterator[dict[str, Cell]]:
    """Capacity, deliverable and firm MW, and energy of named plants by period."""
    calendar = data.system.calendar
    for j, p in data.named_service:
        plant = data.named[j]
        if arrived_value(values, "plants.start", (j,), data.named_lag[j], p) > 0:
            deliver = values.get("plants.deliver_mw", (j, p))
            output = values.get("plants.named_output_mw", (j, p))
            credit = data.technologies[plant.technology].credit_frac(data.system.zones[plant.zone])
            yield {
                "period_start": calendar.starts[p],
                "item": j,
                "technology": plant.technology,
                "location": plant.zone,
                "capacity_mw": plant.capacity_mw,
                "deliverable_mw": deliver,
                "firm_mw": credit * deliver,
                **_energy_cells(
                    data.technologies[plant.technology],
                    HOURS_PER_YEAR * calendar.years(p),
                    output,
                ),
                "connection": "high_voltage",
                "step_up_class": "",
                "step_up_count": 0,
            }


def audit(data: PlantsData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check stages, reviews, supply, output and rights; recompute the cost."""
    findings: list[Finding] = []
    cost: dict[int, float] = {}
    spent: dict[int, float] = {}
    capacity: dict[tuple[str, int], float] = {}
    started: dict[tuple[str, int], float] = {}
    reviewed = {
        str(row["site"]): day(row, "review_done_date") for _, row in rows_of(tables, "commitments")
    }
    for row_name, row in rows_of(tables, "plants"):
        start = day(row, "start_date")
        period = None if start is None else data.system.calendar.period_at(start)
        if start is None or period is None:
            findings.append(Finding("plants.start", row_name, "not started at a period's start"))
            continue
        expected = _expected_row(data, row, start)
        if expected is None:
            findings.append(Finding("plants.item", row_name, "no such unit or plant"))
            continue
        findings += row_differences("plants.stages", row_name, row, expected)
        findings += _audit_review(data, reviewed, row_name, row, start)
        if row["item"] not in data.named:
            key = (str(row["technology"]), period)
            started[key] = started.get(key, 0.0) + number(expected, "quantity")
        _add_capacity(data, expected, capacity, cost)
        add_to(spent, {period: _overnight_usd(data, expected)})
    for (k, p), count in sorted(started.items()):
        if count > data.supply_units.get((k, p), count):
            findings.append(Finding("plants.supply", k, f"{count:g} units started at once"))
    findings += audit_order(data, tables)
    findings += _audit_generation(data, tables, capacity, cost)
    return AuditResult(tuple(findings), cost, spent)


def _expected_row(data: PlantsData, row: Row, start: date) -> dict[str, Cell] | None:
    """What the settings give for a row's item, place, start and quantity."""
    item, place, k = str(row["item"]), str(row["location"]), str(row["technology"])
    count = number(row, "quantity")
    if item in data.named:
        period = data.system.calendar.period_at(start)
        possible = count == 1 and (item, -1 if period is None else period) in data.named_starts
        return named_row(data, item, start) if possible else None
    if (k, place) not in data.max_units or item != f"{k}@{place}":
        return None
    available = data.technologies[k].available_from
    whole = count == round(count) and 0 < count <= data.max_units[k, place]
    if not whole or (available is not None and start < available):
        return None
    return unit_row(data, k, place, start, int(count))


def _audit_review(
    data: PlantsData,
    reviewed: Mapping[str, date | None],
    row_name: str,
    row: Row,
    start: date,
) -> Iterator[Finding]:
    """Units on site: committed before the start, reviewed before construction."""
    place, k = str(row["location"]), str(row["technology"])
    if row["item"] in data.named or not data.is_site(place):
        return
    tech = data.technologies[k]
    begin = tech.begin_date(start)
    done = reviewed.get(place)
    if done is None or done > begin:
        yield Finding("plants.reviewed", row_name, f"review ends {done}, work begins {begin}")


def _overnight_usd(data: PlantsData, row: Mapping[str, Cell]) -> float:
    """Overnight cost of a row [USD]."""
    item = str(row["item"])
    if item in data.named:
        return data.named[item].overnight_usd
    return number(row, "quantity") * data.technologies[str(row["technology"])].overnight_usd


def _add_capacity(
    data: PlantsData,
    row: Mapping[str, Cell],
    capacity: dict[tuple[str, int], float],
    cost: dict[int, float],
) -> None:
    """Count a row's capacity from its in-service date, and its capital and fixed cost."""
    calendar = data.system.calendar
    ready = day(row, "in_service_date")
    first = None if ready is None else calendar.period_from(ready)
    tech = data.technologies[str(row["technology"])]
    item, mw = str(row["item"]), number(row, "capacity_mw")
    usd = _overnight_usd(data, row)
    add_to(cost, capital_by_period(calendar, first, usd, tech.lifetime_years))
    for p in calendar.periods[len(calendar) if first is None else first :]:
        if item in data.named and data.named[item].is_retired(calendar.starts[p]):
            break
        capacity[item, p] = capacity.get((item, p), 0.0) + mw
        add_to(cost, {p: present_year(calendar, p) * tech.fixed_om_usd * mw})


def _audit_generation(
    data: PlantsData,
    tables: Mapping[str, Table],
    capacity: Mapping[tuple[str, int], float],
    cost: dict[int, float],
) -> Iterator[Finding]:
    """Rows of generation against the plants in service, and rights shared by plants."""
    calendar = data.system.calendar
    delivered: dict[tuple[str, int], float] = {}
    seen: set[tuple[str, int]] = set()
    for row_name, row in rows_of(tables, "generation"):
        start, item, k = day(row, "period_start"), str(row["item"]), str(row["technology"])
        p = None if start is None else calendar.period_at(start)
        known = item in data.named or (k, str(row["location"])) in data.credit
        if p is None or (item, p) in seen or not known or (item, p) not in capacity:
            yield Finding("plants.in_service", row_name, "nothing of it is in service then")
            continue
        seen.add((item, p))
        yield from _audit_output(data, row_name, row, p, capacity[item, p])
        if item in data.named:
            delivered[item, p] = number(row, "deliverable_mw")
        usd = data.technologies[k].output_usd_per_mwh * number(row, "energy_mwh")
        add_to(cost, {p: calendar.discount(p) * usd})
    for item, p in sorted(set(capacity) - seen):
        yield Finding("plants.in_service", item, f"no generation row on {calendar.starts[p]}")
    for (holder, p), plants in sorted(data.rights_groups.items()):
        together = sum(delivered.get((j, p), 0.0) for j in plants)
        if exceeds(together, data.holder_mw[holder]):
            what = f"{together:.3f} MW on {calendar.starts[p]} of {data.holder_mw[holder]:g}"
            yield Finding("plants.shared_rights", f"rights of {holder}", what)


def _audit_output(
    data: PlantsData, row_name: str, row: Row, p: int, capacity_mw: float
) -> Iterator[Finding]:
    """One generation row: capacity, rights, firm MW and energy."""
    item, k, place = str(row["item"]), str(row["technology"]), str(row["location"])
    tech = data.technologies[k]
    hours = HOURS_PER_YEAR * data.system.calendar.years(p)
    deliver = number(row, "deliverable_mw")
    if item in data.named:
        credit = tech.credit_frac(data.system.zones[data.named[item].zone])
        limit = data.rights_mw[item, p]
        if number(row, "step_up_count") or row["connection"] != "high_voltage":
            yield Finding("plants.connection", row_name, "a named plant brings its own")
        if place != data.named[item].zone or k != data.named[item].technology:
            yield Finding("plants.in_service", row_name, "another zone or technology")
    else:
        credit, limit = data.credit[k, place], capacity_mw
        step_ups = round(capacity_mw / tech.unit_mw) * tech.step_up_per_unit
        found = (row["connection"], row["step_up_class"] or "", number(row, "step_up_count"))
        if found != (tech.connection, tech.step_up_class or "", step_ups):
            yield Finding("plants.connection", row_name, f"{found} does not follow")
        if not is_near(deliver, capacity_mw) or item != f"{k}@{place}":
            yield Finding("plants.in_service", row_name, f"{capacity_mw:g} MW are in service")
    if not is_near(number(row, "capacity_mw"), capacity_mw):
        yield Finding("plants.in_service", row_name, f"{capacity_mw:g} MW are in service")
    if exceeds(deliver, limit):
        yield Finding("plants.deliverable", row_name, f"rights are {limit:g} MW")
    if not is_same(number(row, "average_mw"), number(row, "energy_mwh") / hours):
        yield Finding("plants.output", row_name, "energy and average output differ")
    for column, per_mwh in (
        ("emissions_t", tech.emissions_t_per_mwh),
        ("water_m3", tech.water_m3_per_mwh),
    ):
        amount = per_mwh * number(row, "energy_mwh")
        if not is_same(number(row, column), amount):
            yield Finding(f"plants.{column}", row_name, f"{column} should be {amount:.6f}")
    if not is_same(number(row, "firm_mw"), credit * deliver):
        yield Finding("plants.firm", row_name, f"{credit * deliver:.6f} MW are firm")
    if exceeds(number(row, "energy_mwh") / hours, tech.capacity_factor_frac * deliver):
        yield Finding("plants.output", row_name, "more energy than the capacity factor allows")
