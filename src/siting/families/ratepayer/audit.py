"""The rules of ``ratepayer`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import (
    AuditResult,
    Finding,
    compare_tables,
    day,
    exceeds,
    firm_by_zone,
    firm_draw_by_site,
    is_same,
    number,
    rows_of,
    sum_by,
)
from siting.core.table import Table, Tables
from siting.families.ratepayer.data import MILLION, RatepayerData, ZonePeriod
from siting.families.ratepayer.tables import COLUMNS, bill_row


def audit(data: RatepayerData, tables: Tables) -> AuditResult:
    """Recompute every row from draw, supply and upgrades, and compare it with the cap."""
    calendar = data.system.calendar
    draw = firm_draw_by_site(tables, calendar)
    firm = firm_by_zone(tables, calendar)
    network = _network_by(data, tables)
    stated = sum_by(tables, "ratepayer", ("zone",), "surplus_after_mw", calendar)
    rows = []
    for z, p in data.zone_periods:
        drawn = sum(draw.get((s, p), 0.0) for s in data.sites_in[z])
        after_mw: float = data.left_mw(z, p, firm.get((z, p), 0.0), drawn)
        written = stated.get((z, p), after_mw)
        after_mw = written if is_same(written, after_mw) else after_mw
        rows.append(bill_row(data, z, p, after_mw, network.get((z, p), 0.0)))
    found = tables.get("ratepayer")
    keys = ("period_start", "zone")
    expected = Table.of(COLUMNS, rows)
    findings = list(compare_tables("ratepayer.table", "ratepayer", found, expected, keys))
    return AuditResult((*findings, *_over_cap(data, expected)))


def _network_by(data: RatepayerData, tables: Tables) -> dict[ZonePeriod, float]:
    """Yearly cost of the upgrades in service by zone and period [USD]."""
    calendar = data.system.calendar
    total: dict[ZonePeriod, float] = {}
    for _, row in rows_of(tables, "upgrades"):
        zone = str(row["zone"] or data.system.zone_at(str(row["node"])))
        ready = day(row, "in_service_date")
        first = None if ready is None else calendar.period_from(ready)
        for p in calendar.periods[len(calendar) if first is None else first :]:
            total[zone, p] = total.get((zone, p), 0.0) + number(row, "yearly_usd")
    return total


def _over_cap(data: RatepayerData, table: Table) -> Iterator[Finding]:
    """Findings where the bill of a zone rises by more than its cap."""
    for row in table:
        z = str(row["zone"])
        effect_usd = number(row, "network_usd") + number(row, "capacity_usd")
        cap_usd = data.cap_usd.get(z, effect_usd)
        if exceeds(effect_usd / MILLION, cap_usd / MILLION):
            what = f"{effect_usd:.0f} USD a year on {row['period_start']}, at most {cap_usd:.0f}"
            yield Finding("ratepayer.bill_cap", f"zone {z}", what)
