"""Tables of a comparison: one row a strategy, a target, a period, a date, a wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from siting.core.audit import day, number, rows_of
from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.solution.derive import footprint
from siting.studies.strategies.names import title_of
from siting.studies.strategies.waits import WAIT_COLUMNS, waits
from siting.timeline.compare import StrategyResult
from siting.timeline.milestones import end_it_mw, late_mw_months, milestone_dates
from siting.timeline.plans import Interval, difference, finite

SITE_COLUMNS = (
    "strategy",
    "site",
    "name",
    "commit_date",
    "first_energised_date",
    "full_energised_date",
    "it_mw",
    "waited_for",
)
MILESTONE_COLUMNS = ("strategy", "workload", "target_mw", "first_date", "half_date", "full_date")


def comparison_tables(results: Sequence[StrategyResult]) -> dict[str, Table]:
    """``strategies``, ``milestones``, ``timeline``, ``dates``, ``site_dates`` and ``waits``."""
    plans = [(result.name, result.plan) for result in results if result.plan is not None]
    return {
        "strategies": _strategies(results),
        "milestones": Table.of(MILESTONE_COLUMNS, _milestones(plans)),
        "timeline": _stacked(plans, "timeline"),
        "dates": _stacked(plans, "critical_path"),
        "site_dates": Table.of(SITE_COLUMNS, _site_dates(plans)),
        "waits": Table.of(("strategy", *WAIT_COLUMNS), _waits(plans)),
    }


def _strategies(results: Sequence[StrategyResult]) -> Table:
    """Status, cost and its parts, how much dearer than the first, lateness, dates, footprint."""
    families = sorted(
        {str(row["family"]) for r in results if r.plan for row in r.plan.tables["costs"]}
    )
    columns = (
        "strategy",
        "title",
        "about",
        "status",
        "has_effect",
        "cost_usd",
        "bound_usd",
        "gap_frac",
        "cost_increase_lower_usd",
        "cost_increase_upper_usd",
        "late_mw_months",
        "first_date",
        "half_date",
        "full_date",
        "end_it_mw",
        "emissions_t",
        "water_m3",
        *(f"{family}_cost_usd" for family in families),
        "reasons",
    )
    best = results[0]
    assert best.plan is not None
    start = min(when for row in best.plan.tables["timeline"] if (when := day(row, "period_start")))
    rows = ({**_row(r, best, families), "title": title_of(r, start)} for r in results)
    return Table.of(columns, rows)


def _row(result: StrategyResult, best: StrategyResult, families: Sequence[str]) -> dict[str, Cell]:
    """One strategy."""
    plan = result.plan
    costs: dict[str, float] = dict.fromkeys(families, 0.0)
    emissions_t = water_m3 = 0.0
    late = end_mw = 0.0
    dates: dict[str, date | None] = {"first": None, "half": None, "full": None}
    if plan is not None:
        for _, row in rows_of(plan.tables, "costs"):
            costs[str(row["family"])] += number(row, "usd")
        for cells in footprint(plan.tables):
            emissions_t += number(cells, "emissions_t")
            water_m3 += number(cells, "water_m3")
        late, end_mw = late_mw_months(plan), end_it_mw(plan)
        dates = milestone_dates(plan, None)
    dearer = _dearer(result, best)
    return {
        "strategy": result.name,
        "about": result.strategy.about,
        "status": result.status,
        "has_effect": result.has_effect,
        "cost_usd": None if plan is None else result.cost_usd,
        "bound_usd": None if plan is None else finite(result.bound_usd),
        "gap_frac": None if plan is None else finite(result.gap),
        "cost_increase_lower_usd": None if plan is None else finite(dearer.least),
        "cost_increase_upper_usd": None if plan is None else finite(dearer.most),
        "late_mw_months": None if plan is None else late,
        **{f"{name}_date": when for name, when in dates.items()},
        "end_it_mw": None if plan is None else end_mw,
        "emissions_t": None if plan is None else emissions_t,
        "water_m3": None if plan is None else water_m3,
        **{f"{f}_cost_usd": None if plan is None else usd for f, usd in costs.items()},
        "reasons": " | ".join(result.reasons),
    }


def _dearer(result: StrategyResult, best: StrategyResult) -> Interval:
    """By how much a strategy is dearer than the best plan; where other goals come first it may be cheaper."""
    if result is best or not result.has_effect:
        return Interval(0.0, 0.0, 0.0)
    is_never_less = best.plan is not None and len(best.plan.goals) == 1
    return difference(result.cost_and_bound, best.cost_and_bound, is_never_less=is_never_less)


def _milestones(plans: Sequence[tuple[str, Plan]]) -> Iterator[dict[str, Cell]]:
    """Dates of each workload's target by strategy."""
    for name, plan in plans:
        largest: dict[str, float] = {}
        for _, row in rows_of(plan.tables, "timeline"):
            workload = str(row["workload"])
            largest[workload] = max(largest.get(workload, 0.0), number(row, "target_mw"))
        for workload, mw in sorted(largest.items()):
            dates = milestone_dates(plan, workload)
            yield {
                "strategy": name,
                "workload": workload,
                "target_mw": mw,
                **{f"{key}_date": when for key, when in dates.items()},
            }


def _site_dates(plans: Sequence[tuple[str, Plan]]) -> Iterator[dict[str, Cell]]:
    """Dates of each site that a strategy builds."""
    for name, plan in plans:
        for row in plan.tables["sites"]:
            if row["is_chosen"]:
                yield {"strategy": name, **{key: row[key] for key in SITE_COLUMNS[1:]}}


def _stacked(plans: Sequence[tuple[str, Plan]], name: str) -> Table:
    """A table of every plan, with the strategy before each row."""
    columns = plans[0][1].tables[name].columns
    rows = ({"strategy": s, **row} for s, plan in plans for row in plan.tables[name])
    return Table.of(("strategy", *columns), rows)


def _waits(plans: Sequence[tuple[str, Plan]]) -> Iterator[dict[str, Cell]]:
    """What each late MW-month waited for, by strategy."""
    for name, plan in plans:
        for row in waits(plan.tables):
            yield {"strategy": name, **row}
