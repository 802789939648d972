"""The rules of ``curtailment`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core import bill
from siting.core.audit import (
    AuditResult,
    Finding,
    compare_tables,
    day,
    exceeds,
    facility_load,
    firm_by_zone,
    is_near,
    number,
    row_differences,
    rows_of,
    sum_by,
    supply_by,
)
from siting.core.bill import Bill, charge
from siting.core.calendar import add_months
from siting.core.finance import present_year
from siting.core.table import Row, Table, Tables
from siting.core.units import HOURS_PER_YEAR
from siting.families.curtailment.data import CurtailmentData
from siting.families.curtailment.tables import ZONE_COLUMNS, tier_row, zone_rows


def audit(data: CurtailmentData, tables: Tables) -> AuditResult:
    """Re-check tiers, pauses, peak hours and curves; recompute the cost of paused compute."""
    calendar = data.system.calendar
    findings: list[Finding] = []
    cost: Bill = {}
    tier_of: dict[str, str] = {}
    seen: set[tuple[str, int]] = set()
    power = sum_by(tables, "power", ("site",), "grid_mw", calendar)
    for row_name, row in rows_of(tables, "curtailment"):
        start, s, t = day(row, "period_start"), str(row["site"]), str(row["tier"])
        p = None if start is None else calendar.period_at(start)
        if p is None or (s, t, p) not in set(data.draws) or (s, p) in seen:
            findings.append(Finding("curtailment.tier", row_name, "not one tier of a site"))
            continue
        seen.add((s, p))
        expected = tier_row(data, (s, t, p), number(row, "draw_mw"), number(row, "paused_mw"))
        findings += row_differences("curtailment.row", row_name, row, expected)
        if tier_of.setdefault(s, t) != t:
            findings.append(Finding("curtailment.one_tier", row_name, f"also {tier_of[s]}"))
        if not is_near(number(row, "draw_mw"), power.get((s, p), 0.0)):
            what = f"the site draws {power.get((s, p), 0.0):.6f} MW"
            findings.append(Finding("curtailment.tier_draw", row_name, what))
        if exceeds(number(row, "paused_mw"), number(expected, "give_way_mw")):
            findings.append(Finding("curtailment.paused", row_name, "more than gives way"))
        lost = number(expected, "lost_mwh") / calendar.years(p)
        usd = present_year(calendar, p) * data.lost_usd_per_mwh * lost
        charge(cost, bill.site(s), {p: usd})
    for s, p in sorted(set(power) - seen):
        if s in data.sites and exceeds(power[s, p], 0.0):
            findings.append(Finding("curtailment.tier_draw", f"site {s}", "draw without a tier"))
    findings += _audit_connections(data, tables)
    findings += _audit_peak(data, tables)
    findings += _audit_zones(data, tables)
    return AuditResult(tuple(findings), cost)


def _audit_connections(data: CurtailmentData, tables: Tables) -> Iterator[Finding]:
    """No draw under a tier before a connection of that tier is in service."""
    asked = {str(row["site"]): day(row, "start_date") for _, row in rows_of(tables, "connections")}
    for row_name, row in rows_of(tables, "curtailment"):
        key, start = (str(row["site"]), str(row["tier"])), day(row, "period_start")
        at = asked.get(key[0])
        if key not in data.connect_months or start is None:
            continue
        ready = None if at is None else add_months(at, data.connect_months[key])
        if ready is None or ready > start:
            what = f"{key[1]} service from {ready}"
            yield Finding("curtailment.tier_connected", row_name, what)


def _audit_peak(data: CurtailmentData, tables: Tables) -> Iterator[Finding]:
    """Flexible load, load in peak hours, and the energy of backup."""
    calendar = data.system.calendar
    load = facility_load(data.system, tables)
    firm = supply_by(tables, ("location",), "firm_mw", calendar)
    output = supply_by(tables, ("location",), "energy_mwh", calendar)
    service = sum_by(tables, "service", ("workload", "site"), "it_mw", calendar)
    for row_name, row in rows_of(tables, "curtailment"):
        start, s = day(row, "period_start"), str(row["site"])
        p = None if start is None else calendar.period_at(start)
        if p is None or s not in data.sites or str(row["tier"]) not in data.tiers:
            continue
        paused = number(row, "paused_mw")
        able = sum(share * service.get((f"{w}|{s}", p), 0.0) for w, share in data.flexible.items())
        if exceeds(paused, able):
            yield Finding("curtailment.flexible", row_name, f"{able:.3f} MW can pause")
        if str(row["tier"]) != "0pct" and exceeds(number(row, "draw_mw"), load.get((s, p), 0.0)):
            what = f"the load is {load.get((s, p), 0.0):.3f} MW"
            yield Finding("curtailment.real_load", row_name, what)
        left = number(row, "draw_mw") - number(row, "give_way_mw") + firm.get((s, p), 0.0)
        if exceeds(load.get((s, p), 0.0) - paused, left):
            what = f"{load.get((s, p), 0.0) - paused:.3f} MW in peak hours from {left:.3f}"
            yield Finding("curtailment.peak_balance", row_name, what)
        hours = HOURS_PER_YEAR * calendar.years(p)
        if exceeds(_backup_mw(data, row), output.get((s, p), 0.0) / hours):
            yield Finding("curtailment.backup_energy", row_name, "backup gives too little energy")


def _backup_mw(data: CurtailmentData, row: Row) -> float:
    """Average MW that power on site must give in place of the grid."""
    t = str(row["tier"])
    depth = data.depth[t]
    return data.share[t] / depth * number(row, "onsite_backup_mw") if depth else 0.0


def _audit_zones(data: CurtailmentData, tables: Tables) -> Iterator[Finding]:
    """The zone table, and that what is offered covers what is needed."""
    calendar = data.system.calendar
    firm = firm_by_zone(tables, calendar)
    added = {key: firm.get(key, 0.0) for key in data.curve}
    for _, row in rows_of(tables, "upgrades"):
        ready = day(row, "in_service_date")
        first = None if ready is None else calendar.period_from(ready)
        for later in calendar.periods[len(calendar) if first is None else first :]:
            key = (str(row["zone"] or ""), later)
            added[key] = added.get(key, 0.0) + number(row, "added_mw")
    expected = Table.of(ZONE_COLUMNS, zone_rows(data, tables, added))
    name, keys = "curtailment_zones", ("period_start", "zone")
    yield from compare_tables("curtailment.table", name, tables.get(name), expected, keys)
    for row in expected:
        start = day(row, "period_start")
        p = None if start is None else calendar.period_at(start)
        hours = HOURS_PER_YEAR * calendar.years(p or 0)
        where = f"zone {row['zone']}"
        if exceeds(number(row, "needed_mwh") / hours, number(row, "offered_mwh") / hours):
            what = f"{row['needed_mwh']} MWh needed from {start}, {row['offered_mwh']} offered"
            yield Finding("curtailment.curve", where, what)
        if exceeds(number(row, "drawn_mw"), number(row, "headroom_mw")):
            what = f"{row['drawn_mw']} MW drawn from {start} of {row['headroom_mw']}"
            yield Finding("curtailment.curve_end", where, what)
