"""The rules of ``budget`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Mapping

from siting.core.audit import AuditResult, Finding, exceeds, number, rows_of
from siting.core.table import Table
from siting.families.budget.data import MILLION, BudgetData


def audit(data: BudgetData, tables: Mapping[str, Table]) -> AuditResult:
    """Compare spending by year with the caps."""
    spent: dict[int, float] = {}
    for _, row in rows_of(tables, "spending"):
        year = int(number(row, "year"))
        spent[year] = spent.get(year, 0.0) + number(row, "overnight_usd")
    findings = [
        Finding("budget.yearly_cap", str(year), f"{spent.get(year, 0.0):.0f} USD of {cap:.0f}")
        for year, cap in sorted(data.cap_usd.items())
        if exceeds(spent.get(year, 0.0) / MILLION, cap / MILLION)
    ]
    if data.total_usd is not None and exceeds(
        sum(spent.values()) / MILLION, data.total_usd / MILLION
    ):
        findings.append(Finding("budget.total_cap", "horizon", f"{sum(spent.values()):.0f} USD"))
    return AuditResult(tuple(findings))
