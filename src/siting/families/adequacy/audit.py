"""The rules of ``adequacy`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from siting.core.audit import (
    AuditResult,
    Finding,
    compare_tables,
    exceeds,
    firm_by_zone,
    firm_draw_by_site,
    number,
)
from siting.core.table import Table, Tables
from siting.families.adequacy.data import AdequacyData
from siting.families.adequacy.tables import COLUMNS, rows


def audit(data: AdequacyData, tables: Tables) -> AuditResult:
    """Recompute the requirement and compare it with the supply."""
    calendar = data.system.calendar
    draw = firm_draw_by_site(tables, calendar)
    firm = firm_by_zone(tables, calendar)
    expected = Table.of(COLUMNS, rows(data, draw, firm))
    keys = ("period_start", "zone")
    findings = list(
        compare_tables("adequacy.table", "adequacy", tables.get("adequacy"), expected, keys)
    )
    for row in expected:
        supply = number(row, "surplus_mw") + number(row, "new_supply_mw")
        if exceeds(number(row, "required_mw"), supply):
            what = f"{row['required_mw']} MW required on {row['period_start']}, {supply} firm"
            findings.append(Finding("adequacy.reserve_margin", f"zone {row['zone']}", what))
    return AuditResult(tuple(findings))
