"""What every plan with the same load pays for load that is late."""

from __future__ import annotations

from collections.abc import Mapping

from siting.core.audit import day, number, rows_of
from siting.core.table import Table
from siting.families.workloads.data import WorkloadsData
from siting.families.workloads.value import delay_usd_per_month


def any_plan_usd(data: WorkloadsData, tables: Mapping[str, Table]) -> float:
    """Discounted cost of load that is late [USD]."""
    calendar = data.system.calendar
    total = 0.0
    for _, row in rows_of(tables, "timeline"):
        start = day(row, "period_start")
        period = None if start is None else calendar.period_at(start)
        if period is not None:
            of_all = [
                b for (w, _, p), b in data.bands.items() if (w, p) == (row["workload"], period)
            ]
            bands = sorted((band for b in of_all for band in b), key=lambda b: b.usd_per_mw_month)
            usd = delay_usd_per_month(bands, number(row, "unserved_mw"))
            total += calendar.discount(period) * calendar.months(period) * usd
    return total
