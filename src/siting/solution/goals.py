"""The audit of goals: the value of each recomputed from the tables, its bounds and tolerance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from siting.core.audit import Finding, day, exceeds, is_near, is_same_usd, number, rows_of
from siting.core.goals import (
    Earliest,
    FewestLateMwMonths,
    Goal,
    LeastCost,
    MostMw,
    Value,
    measure_of,
    value_text,
)
from siting.core.table import Table
from siting.families.workloads.audit import left_out_usd
from siting.instance.build import Instance

PLAN = "plan.json"
PROOF_TOLERANCE = 1e-6
"""What the solver's tolerances may give away between two solves: MW, MW-months, months or dollars,
and as much of the value."""


def audit_goals(
    instance: Instance, tables: Mapping[str, Table], stated: object
) -> tuple[Finding, ...]:
    """Findings on what a plan says of its goals.

    Args:
        instance: the problem, from the scenario that came with the plan.
        tables: the plan's tables.
        stated: the ``goals`` of ``plan.json``.
    """
    goals = instance.scenario.goals()
    rows = stated if isinstance(stated, list) else []
    if len(rows) != len(goals) or not all(isinstance(row, Mapping) for row in rows):
        what = f"{len(rows)} goals are stated, the scenario has {len(goals)}"
        return (Finding("goals.list", PLAN, what),)
    findings: list[Finding] = []
    for place, (goal, row) in enumerate(zip(goals, rows, strict=True)):
        findings += _audit_goal(instance, tables, goal, row, f"{PLAN} goals.{place}")
    return tuple(findings)


def _audit_goal(
    instance: Instance,
    tables: Mapping[str, Table],
    goal: Goal,
    row: Mapping[str, object],
    where: str,
) -> Iterator[Finding]:
    """One goal: that of the scenario, with the value of the tables, as good as it claims."""
    for key, wanted in goal.model_dump(mode="json").items():
        if row.get(key) != wanted:
            yield Finding("goals.list", where, f"{key} is {row.get(key)}, should be {wanted}")
            return
    try:
        value, best = (_read(goal, row.get(key)) for key in ("value", "best"))
        is_bounded = isinstance(goal, Earliest) or row.get("bound") is not None
        bound = _read(goal, row.get("bound")) if is_bounded else None
    except ValueError as error:
        yield Finding("goals.type", where, str(error))
        return
    found = goal_value(instance, tables, goal)
    slack_usd = sum(left_out_usd(instance.data["workloads"]).values())
    if not _is_same(goal, value, found, slack_usd):
        what = f"value is {value_text(goal, value)}, the tables give {value_text(goal, found)}"
        yield Finding("goals.value", where, what)
    calendar = instance.system.calendar
    here, then = measure_of(goal, value, calendar), measure_of(goal, best, calendar)
    slack = PROOF_TOLERANCE * (1 + abs(then))
    if not then - slack <= here <= then + goal.tolerance_frac * abs(then) + slack:
        what = (
            f"value is {value_text(goal, value)}, which is not within "
            f"{goal.tolerance_frac:g} of the best, {value_text(goal, best)}"
        )
        yield Finding("goals.tolerance", where, what)
    if is_bounded and then < measure_of(goal, bound, calendar) - slack:
        what = f"best is {value_text(goal, best)}, better than its bound {value_text(goal, bound)}"
        yield Finding("goals.bound", where, what)


def goal_value(instance: Instance, tables: Mapping[str, Table], goal: Goal) -> Value:
    """Value of a goal by the tables: costs, and the timeline of what is served and late."""
    calendar = instance.system.calendar
    if isinstance(goal, LeastCost):
        return sum(number(row, "usd") for _, row in rows_of(tables, "costs"))
    served = dict.fromkeys(calendar.periods, 0.0)
    late_mw_months = 0.0
    for _, row in rows_of(tables, "timeline"):
        start = day(row, "period_start")
        period = None if start is None else calendar.period_at(start)
        if period is None:
            continue
        late_mw_months += calendar.months(period) * number(row, "unserved_mw")
        if getattr(goal, "workload", None) in (None, row["workload"]):
            served[period] += number(row, "served_mw")
    match goal:
        case FewestLateMwMonths():
            return late_mw_months
        case MostMw(by=by):
            period = calendar.period_holding(by)
            return 0.0 if period is None else served[period]
        case Earliest(it_mw=it_mw):
            short = [p for p, mw in served.items() if exceeds(it_mw, mw)]
            first = short[-1] + 1 if short else 0
            return calendar.starts[first] if first < len(calendar) else None


def _read(goal: Goal, cell: object) -> Value:
    """A value of ``plan.json``.

    Raises:
        ValueError: not of the goal's kind.
    """
    if isinstance(goal, Earliest):
        if cell is None:
            return None
        try:
            return date.fromisoformat(str(cell))
        except ValueError as error:
            raise ValueError(f"'{str(cell)[:40]}' is not a date") from error
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise ValueError(f"'{str(cell)[:40]}' is not a number")
    return float(cell)


def _is_same(goal: Goal, left: Value, right: Value, slack_usd: float) -> bool:
    """Whether two values agree to the rounding of the tables."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        if isinstance(goal, LeastCost):
            return is_same_usd(left, right, slack_usd)
        return is_near(left, right)
    return left == right
