"""Steps of ``workloads``: targets that rise, which no plan could have met earlier."""

from __future__ import annotations

from collections.abc import Mapping

from siting.core.audit import day, exceeds, rows_of, sum_by
from siting.core.table import Table
from siting.families.steps import DEMAND, Stage
from siting.families.workloads.data import WorkloadsData


def rises(data: WorkloadsData, tables: Mapping[str, Table]) -> set[tuple[str, int]]:
    """Sites and periods that serve a target which rises there and was met before."""
    columns = ("workload", "region")
    calendar = data.system.calendar
    served = sum_by(tables, "service", columns, "it_mw", calendar)
    found: set[tuple[str, int]] = set()
    for _, row in rows_of(tables, "service"):
        w, r, start = str(row["workload"]), str(row["region"]), day(row, "period_start")
        p = None if start is None else calendar.period_at(start)
        if p is None:
            continue
        before = data.target_mw.get((w, r, p - 1), 0.0)
        was_met = not exceeds(before, served.get((f"{w}|{r}", p - 1), 0.0))
        if was_met and exceeds(data.target_mw.get((w, r, p), 0.0), before):
            found.add((str(row["site"]), p))
    return found


STAGES = (Stage(DEMAND, "Demand", "targets that rise later", 90),)
