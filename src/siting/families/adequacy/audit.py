"""The rules of ``adequacy`` re-checked in plain arithmetic, from the tables alone."""

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
    number,
    rows_of,
)
from siting.core.table import Row, Table, Tables
from siting.families.adequacy.data import AdequacyData
from siting.families.adequacy.tables import COLUMNS, rows


def audit(data: AdequacyData, tables: Tables) -> AuditResult:
    """Recompute the requirement and compare it with the supply."""
    calendar = data.system.calendar
    draw = firm_draw_by_site(tables, calendar)
    firm = firm_by_zone(tables, calendar)
    expected = Table.of(COLUMNS, rows(data, draw, firm))
    keys = ("period_start", "zone", "season")
    findings = list(
        compare_tables("adequacy.table", "adequacy", tables.get("adequacy"), expected, keys)
    )
    for row in expected:
        findings += _audit_row(data, tables, row)
    return AuditResult(tuple(findings))


def _audit_row(data: AdequacyData, tables: Tables, row: Row) -> Iterator[Finding]:
    """Whether a zone holds in a season what its load requires, and what it lacked where that is cured."""
    required, zone = number(row, "required_mw"), str(row["zone"])
    supply = number(row, "surplus_mw") + number(row, "new_supply_mw")
    when = f"{row['season']}, {row['period_start']}"
    if exceeds(required, supply):
        what = f"{required} MW required in {when}, {supply} firm"
        yield Finding("adequacy.reserve_margin", f"zone {zone}", what)
    start = day(row, "period_start")
    period = None if start is None else data.system.calendar.period_at(start)
    if period is None or not data.is_cured or not is_connected(data, tables, zone, period):
        return
    needed = required + number(row, "deficit_mw")
    if exceeds(needed, supply):
        what = f"{needed} MW required with the deficit in {when}, {supply} firm"
        yield Finding("adequacy.deficit_cured", f"zone {zone}", what)


def is_connected(data: AdequacyData, tables: Tables, zone: str, period: int) -> bool:
    """Whether a site of a zone has a connection in service in a period."""
    start = data.system.calendar.starts[period]
    return any(
        row["site"] in data.sites_in[zone]
        and (ready := day(row, "in_service_date")) is not None
        and ready <= start
        for _, row in rows_of(tables, "connections")
    )
