"""The rules of ``headroom`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from siting.core import bill
from siting.core.audit import (
    AuditResult,
    Finding,
    compare_tables,
    day,
    exceeds,
    firm_by_zone,
    number,
    row_differences,
    rows_of,
    sum_by,
)
from siting.core.bill import Bill, charge
from siting.core.finance import add_to, capital_by_period, present_year, yearly_usd
from siting.core.table import Table, Tables
from siting.families.headroom.data import HeadroomData
from siting.families.headroom.tables import (
    HEADROOM_COLUMNS,
    connection_row,
    headroom_rows,
    upgrade_row,
)


def audit(data: HeadroomData, tables: Tables) -> AuditResult:
    """Re-check connections, nodes and zones; recompute the cost of lines and upgrades."""
    calendar = data.system.calendar
    findings: list[Finding] = []
    cost: Bill = {}
    spent: dict[int, float] = {}
    connected = _audit_connections(data, tables, findings, cost, spent)
    added = _audit_upgrades(data, tables, findings, cost, spent)
    draw = sum_by(tables, "power", ("site",), "grid_mw", calendar)
    firm = firm_by_zone(tables, calendar)
    supply = {key: mw for key, mw in firm.items() if key in data.zone_mw}
    for (s, p), mw in sorted(draw.items()):
        if per_mw := data.station_usd_per_mw.get(s):
            yearly = yearly_usd(calendar, per_mw * mw, data.connect_life, "campus")
            charge(cost, bill.site(s), {p: present_year(calendar, p) * yearly})
        first = connected.get(s, len(calendar))
        if mw > 0 and p < first and exceeds(mw, 0.0):
            what = f"{mw:.3f} MW on {calendar.starts[p]} before its connection"
            findings.append(Finding("headroom.connected", f"site {s}", what))
    expected = Table.of(HEADROOM_COLUMNS, headroom_rows(data, added, draw, supply))
    keys = ("period_start", "level", "place")
    findings += compare_tables("headroom.table", "headroom", tables.get("headroom"), expected, keys)
    for row in expected:
        if exceeds(number(row, "used_mw"), number(row, "capacity_mw")):
            what = f"{row['used_mw']} MW of {row['capacity_mw']} on {row['period_start']}"
            findings.append(Finding(f"headroom.{row['level']}_limit", str(row["place"]), what))
    return AuditResult(tuple(findings), cost, spent)


def _audit_connections(
    data: HeadroomData,
    tables: Tables,
    findings: list[Finding],
    cost: Bill,
    spent: dict[int, float],
) -> dict[str, int]:
    """First period of each connection; adds findings and cost."""
    calendar = data.system.calendar
    committed = {
        str(row["site"]): day(row, "commit_date") for _, row in rows_of(tables, "commitments")
    }
    connected: dict[str, int] = {}
    for row_name, row in rows_of(tables, "connections"):
        s, start = str(row["site"]), day(row, "start_date")
        known = s in data.connect_usd and s not in connected
        if start is None or calendar.period_at(start) is None or not known:
            findings.append(Finding("headroom.connection", row_name, "not one of a site"))
            continue
        tier = str(row["tier"] or "")
        if tier and tier not in data.system.tiers_at(s):
            findings.append(Finding("headroom.connection", row_name, f"no tier '{tier}' on offer"))
        expected = connection_row(data, s, start, tier)
        findings += row_differences("headroom.connection", row_name, row, expected)
        at = committed.get(s)
        if at is None or at > start:
            findings.append(Finding("headroom.asked", row_name, f"site committed {at}"))
        ready = day(expected, "in_service_date")
        first = None if ready is None else calendar.period_from(ready)
        connected[s] = len(calendar) if first is None else first
        add_to(spent, {calendar.period_at(start) or 0: data.connect_usd[s]})
        usd, life = data.connect_usd[s], data.connect_life
        charge(cost, bill.site(s), capital_by_period(calendar, first, usd, life, "campus"))
    return connected


def _audit_upgrades(
    data: HeadroomData,
    tables: Tables,
    findings: list[Finding],
    cost: Bill,
    spent: dict[int, float],
) -> dict[tuple[str, int], float]:
    """MW added by each upgrade and period; adds findings and cost."""
    calendar = data.system.calendar
    added: dict[tuple[str, int], float] = {}
    seen: set[str] = set()
    for row_name, row in rows_of(tables, "upgrades"):
        u, start = str(row["upgrade"]), day(row, "start_date")
        known = u in data.upgrades and u not in seen
        if start is None or calendar.period_at(start) is None or not known:
            findings.append(Finding("headroom.upgrade", row_name, "not one start of an upgrade"))
            continue
        seen.add(u)
        expected = upgrade_row(data, u, start)
        findings += row_differences("headroom.upgrade", row_name, row, expected)
        ready = day(expected, "in_service_date")
        first = None if ready is None else calendar.period_from(ready)
        upgrade = data.upgrades[u]
        life = upgrade.lifetime_years
        add_to(spent, {calendar.period_at(start) or 0: upgrade.overnight_usd})
        owed = capital_by_period(calendar, first, upgrade.overnight_usd, life, "grid")
        at_zone = upgrade.node is None
        charge(
            cost, bill.zone(str(upgrade.zone)) if at_zone else bill.node(str(upgrade.node)), owed
        )
        for p in calendar.periods[len(calendar) if first is None else first :]:
            added[u, p] = upgrade.added_mw
    return added
