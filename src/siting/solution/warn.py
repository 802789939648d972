"""Warnings that need the plan: targets that it never serves, because being late costs less."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from siting.core.audit import number, rows_of
from siting.core.errors import Issue
from siting.core.table import Table
from siting.core.warnings import listed

NOTHING_MW = 1e-6


def warnings_about(tables: Mapping[str, Table]) -> list[Issue]:
    """Workloads that the plan serves nowhere at any time, though they have a target."""
    asked: dict[str, float] = {}
    served: dict[str, float] = {}
    for _, row in rows_of(tables, "timeline"):
        name = str(row["workload"])
        asked[name] = max(asked.get(name, 0.0), number(row, "target_mw"))
        served[name] = max(served.get(name, 0.0), number(row, "served_mw"))
    never = sorted(w for w, mw in asked.items() if mw > NOTHING_MW and served[w] <= NOTHING_MW)
    if not never:
        return []
    what = f"the plan never serves {listed(never)}, up to {_mw(asked[w] for w in never)}"
    if len(never) == len(asked):
        what = f"the plan serves nothing: {listed(never)}, {_mw(asked.values())}"
    fix = "Check that being late costs more than serving, and that limits and dates allow it"
    return [Issue("plan", what, "", fix)]


def _mw(amounts: Iterable[float]) -> str:
    """A sum of MW in words; what is less than one is not shown as none."""
    total = sum(amounts)
    return f"{total:,.0f} MW" if total >= 1 else f"{total:g} MW"
