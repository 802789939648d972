"""Strategies in sentences: the best plan, and each against it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from siting.core.audit import day, number
from siting.core.calendar import months_between
from siting.core.goals import GoalResult, goal_text, value_text
from siting.core.plan import Plan
from siting.core.table import Row
from siting.studies.base import Result
from siting.studies.strategies.question import Results
from siting.timeline.plans import Interval
from siting.timeline.words import dearer, money


def sentences(result: Result[Results]) -> Iterator[str]:
    """The best plan, then each strategy against it."""
    rows = list(result.tables["strategies"])
    best = rows[0]
    yield (
        f"Best: {money(number(best, 'cost_usd'))}, first MW {_month(best, 'first_date')}, "
        f"half {_month(best, 'half_date')}, all {_month(best, 'full_date')}, "
        f"{number(best, 'late_mw_months'):,.0f} MW-months late."
    )
    for row, one in zip(rows[1:], result.found[1:], strict=True):
        if not one.has_effect:
            yield f"{one.name}: restricts nothing in this scenario; the same as {best['strategy']}."
        else:
            yield _against(row, best, one.plan, result.best)


def _month(row: Row, column: str) -> str:
    """A date as year and month, or 'never'."""
    when = day(row, column)
    return when.strftime("%Y-%m") if when else "never"


def _against(row: Row, best: Row, plan: Plan | None, best_plan: Plan) -> str:
    """A strategy against the best plan."""
    name = str(row["strategy"])
    if plan is None:
        return f"{name}: no plan ({row['status']}). {row['reasons']}"
    least, most = number(row, "cost_increase_lower_usd"), number(row, "cost_increase_upper_usd")
    cost = dearer(Interval(least, number(row, "cost_usd") - number(best, "cost_usd"), most))
    goals = [*_goals(plan.goals[:-1], best_plan.goals[:-1]), cost]
    when = _later(day(row, "half_date"), day(best, "half_date"))
    return f"{name}: {'; '.join(goals)}; {when}."


def _goals(own: tuple[GoalResult, ...], best: tuple[GoalResult, ...]) -> Iterator[str]:
    """The goals before the cost that come out otherwise than in the best plan."""
    for one, other in zip(own, best, strict=True):
        value, against = value_text(one.goal, one.value), value_text(other.goal, other.value)
        if value != against:
            yield f"{goal_text(one.goal)}: {value} against {against}"


def _later(when: date | None, best: date | None) -> str:
    """When half the target is served, against the best plan."""
    if when is None:
        return "never serves half the target"
    if best is None or when == best:
        return f"half served {when:%Y-%m}"
    months = months_between(best, when)
    return f"half served {when:%Y-%m}, {abs(months)} months {'later' if months > 0 else 'sooner'}"
