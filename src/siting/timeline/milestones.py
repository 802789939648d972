"""How late the load of a plan is, and when its targets are served."""

from __future__ import annotations

from datetime import date

from siting.core.audit import day, number, rows_of
from siting.core.calendar import months_between
from siting.core.plan import Plan
from siting.core.table import Cell

SHARES = (("half", 0.5), ("full", 1.0))
SERVED = 1e-6
"""MW by which a target may be missed and still count as served."""


def late_mw_months(plan: Plan, column: str = "unserved_mw") -> float:
    """IT load that is late, or that of another column, times the months."""
    return sum(
        number(row, column) * _months(row["period_start"], row["period_end"])
        for row in plan.tables["timeline"]
    )


def _months(start: Cell, end: Cell) -> int:
    """Whole months of a period."""
    assert isinstance(start, date) and isinstance(end, date)
    return months_between(start, end)


def end_it_mw(plan: Plan, column: str = "served_mw") -> float:
    """IT load served in the last period, or that of another column."""
    rows = plan.tables["timeline"].rows
    last = max(str(row["period_start"]) for row in rows)
    return sum(number(row, column) for row in rows if str(row["period_start"]) == last)


def milestone_dates(plan: Plan, workload: str | None) -> dict[str, date | None]:
    """Dates of the first MW, half and all of the largest target, of a workload or of all."""
    served: dict[date, float] = {}
    target: dict[date, float] = {}
    for _, row in rows_of(plan.tables, "timeline"):
        start = day(row, "period_start")
        if start is not None and workload in (None, row["workload"]):
            served[start] = served.get(start, 0.0) + number(row, "served_mw")
            target[start] = target.get(start, 0.0) + number(row, "target_mw")
    most = max(target.values(), default=0.0)
    dates = {"first": _reached(served, SERVED)}
    dates |= {name: _reached(served, share * most - SERVED) for name, share in SHARES}
    return dates


def _reached(served: dict[date, float], mw: float) -> date | None:
    """First date on which a load is served."""
    return next(
        (start for start in sorted(served) if served[start] > 0 and served[start] >= mw), None
    )
