"""The rules of ``plants`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from math import inf

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
from siting.core.bill import Bill, charge
from siting.core.finance import add_to, capital_by_period, present_year
from siting.core.table import Cell, Row, Tables
from siting.core.units import HOURS_PER_YEAR
from siting.families.plants.data import PlantsData
from siting.families.plants.order_audit import audit_order
from siting.families.plants.tables import named_row, unit_row


def audit(data: PlantsData, tables: Tables) -> AuditResult:
    """Re-check stages, reviews, supply, output and rights; recompute the cost."""
    findings: list[Finding] = []
    cost: Bill = {}
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
    # one of several futures may have bought for another of them
    most = data.room_units[k, place] if data.system.is_hedged else data.max_units[k, place]
    whole = count == round(count) and 0 < count <= (inf if most is None else most)
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
    cost: Bill,
) -> None:
    """Count a row's capacity from its in-service date, and its capital and fixed cost."""
    calendar = data.system.calendar
    ready = day(row, "in_service_date")
    first = None if ready is None else calendar.period_from(ready)
    tech = data.technologies[str(row["technology"])]
    item, mw = str(row["item"]), number(row, "capacity_mw")
    usd = _overnight_usd(data, row)
    if item not in data.named:
        usd = number(row, "quantity") * tech.capital_usd(calendar.capital_rate_frac("power"))
    bearer = data.system.bearer(str(row["location"]))
    charge(cost, bearer, capital_by_period(calendar, first, usd, tech.lifetime_years, "power"))
    for p in calendar.periods[len(calendar) if first is None else first :]:
        if item in data.named and data.named[item].is_retired(calendar.starts[p]):
            break
        capacity[item, p] = capacity.get((item, p), 0.0) + mw
        charge(cost, bearer, {p: present_year(calendar, p) * tech.fixed_om_usd * mw})


def _audit_generation(
    data: PlantsData,
    tables: Tables,
    capacity: Mapping[tuple[str, int], float],
    cost: Bill,
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
        place = str(row["location"])
        if place not in data.system.sites and place not in data.system.zones:
            yield Finding("plants.location", row_name, f"no site or zone '{place}'")
            continue
        usd = data.output_usd_per_mwh(k, place, p) * number(row, "energy_mwh")
        charge(cost, data.system.bearer(place), {p: calendar.discount(p) * usd})
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
        running = round(deliver / tech.unit_mw)
        step_ups = running * tech.step_up_per_unit
        found = (row["connection"], row["step_up_class"] or "", number(row, "step_up_count"))
        if found != (tech.connection, tech.step_up_class or "", step_ups):
            yield Finding("plants.connection", row_name, f"{found} does not follow")
        is_running = is_near(deliver, running * tech.unit_mw if data.may_idle else capacity_mw)
        if not is_running or item != f"{k}@{place}":
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
