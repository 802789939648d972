"""What every plan with the same load pays for load that is late."""

from __future__ import annotations

from collections.abc import Mapping

from siting.core.audit import day, number, rows_of
from siting.core.table import Table
from siting.families.workloads.data import WorkloadsData


def any_plan_usd(data: WorkloadsData, tables: Mapping[str, Table]) -> float:
    """Discounted cost of load that is late [USD]."""
    calendar = data.system.calendar
    total = 0.0
    for _, row in rows_of(tables, "timeline"):
        start = day(row, "period_start")
        period = None if start is None else calendar.period_at(start)
        if period is not None:
            mw_months = calendar.months(period) * number(row, "unserved_mw")
            usd = data.delay_usd[str(row["workload"])] * mw_months
            total += calendar.discount(period) * usd
    return total
