"""Goals of a plan: what is made best first, what next, and what came of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import inf, isfinite
from typing import Annotated, Any, Literal

from pydantic import Field

from siting.core.calendar import Calendar, months_between
from siting.core.money import money
from siting.core.strict import Identifier, MonthDate, Positive, Share, StrictModel


class LeastCost(StrictModel):
    """Least discounted cost, delay cost included."""

    goal: Literal["least_cost"]
    """Names this goal: least discounted cost, delay cost included."""
    tolerance_frac: Share = 0.0
    """How much dearer than the least cost a plan may be for the sake of later goals."""


class MostMw(StrictModel):
    """Most IT load served in the period that holds a date; no more than the targets ask for."""

    goal: Literal["most_mw"]
    """Names this goal: most IT load served on a date."""
    by: MonthDate
    """The date."""
    workload: Identifier | None = None
    """Workload that counts; the default is all of them."""
    tolerance_frac: Share = 0.0
    """Share of the most IT load that may be given away for the sake of later goals."""


class Earliest(StrictModel):
    """Earliest date from which an IT load is served and stays served to the end of the horizon."""

    goal: Literal["earliest"]
    """Names this goal: an amount of IT load served as early as can be."""
    it_mw: Positive
    """IT load to be served [MW]."""
    workload: Identifier | None = None
    """Workload that counts; the default is all of them."""
    tolerance_frac: Share = 0.0
    """By how much the months from the start of the horizon to that date may grow for the sake of
    later goals, as a share."""


class FewestLateMwMonths(StrictModel):
    """Least sum of IT load that is late, times the months it is late."""

    goal: Literal["fewest_late_mw_months"]
    """Names this goal: least load served late, in MW times months."""
    tolerance_frac: Share = 0.0
    """By how much the MW-months may grow for the sake of later goals, as a share."""


Goal = LeastCost | MostMw | Earliest | FewestLateMwMonths
AnyGoal = Annotated[Goal, Field(discriminator="goal")]
"""A goal as a scenario states it, told apart by its key ``goal``."""
Value = float | date | None
"""USD, MW, a date (None where it lies beyond the horizon), or MW-months."""

UNITS = {
    "least_cost": "USD",
    "most_mw": "MW",
    "earliest": "date",
    "fewest_late_mw_months": "MW-months",
}


@dataclass(frozen=True)
class GoalResult:
    """What came of one goal.

    Attributes:
        value: of the finished plan. best: when the goal's turn came; what the tolerance gave away
            lies between the two.
        bound: no plan that keeps the goals before this one does better; -inf if nothing is known.
        gap: relative gap between best and bound.
        status: OPTIMAL (proven to the asked gap) or FEASIBLE.
    """

    goal: Goal
    value: Value
    best: Value
    bound: Value
    gap: float
    status: str

    def as_json(self) -> dict[str, Any]:
        """The result as it stands in ``plan.json``."""
        return {
            **self.goal.model_dump(mode="json"),
            "unit": UNITS[self.goal.goal],
            "value": _plain(self.value),
            "best": _plain(self.best),
            "bound": _plain(self.bound),
            "gap": _plain(self.gap),
            "status": self.status,
        }

    @staticmethod
    def from_json(goal: Goal, stated: Mapping[str, Any]) -> GoalResult:
        """The result of a goal from what ``as_json`` wrote.

        Raises:
            KeyError, TypeError, ValueError: not what it writes.
        """
        value, best, bound = (_read(goal, stated[key]) for key in ("value", "best", "bound"))
        gap = inf if stated["gap"] is None else stated_number(stated["gap"])
        return GoalResult(goal, value, best, bound, gap, str(stated["status"]))


def stated_number(stated: object) -> float:
    """A number that JSON states as one; text such as ``NaN`` is none.

    Raises:
        ValueError: it is none.
    """
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not isfinite(stated):
        raise ValueError(f"{str(stated)[:20]!r} is no number")
    return float(stated)


def _plain(value: Value) -> float | str | None:
    """A value as JSON takes it; None where nothing is known."""
    if isinstance(value, date):
        return value.isoformat()
    return value if value is not None and isfinite(value) else None


def _read(goal: Goal, stated: Any) -> Value:
    """A value from JSON; nothing known is a bound of -inf, but a date beyond the horizon."""
    if isinstance(goal, Earliest):
        return None if stated is None else date.fromisoformat(stated)
    return -inf if stated is None else stated_number(stated)


def measure_of(goal: Goal, value: Value, calendar: Calendar) -> float:
    """The number to be minimised that stands for a value: a date in months from the start.

    A date beyond the horizon counts as its end.
    """
    if isinstance(goal, Earliest):
        day = value if isinstance(value, date) else calendar.end
        return float(months_between(calendar.starts[0], day))
    number = float(value) if isinstance(value, int | float) else float("nan")
    return -number if isinstance(goal, MostMw) else number


def value_of(goal: Goal, measure: float, calendar: Calendar) -> Value:
    """The value that a number to be minimised stands for; the inverse of ``measure_of``."""
    if isinstance(goal, Earliest):
        starts = (s for s in calendar.starts if measure_of(goal, s, calendar) >= measure - 0.5)
        return next(starts, None)
    # adding zero turns -0.0, which no planner wants to read, into 0.0
    return -measure + 0.0 if isinstance(goal, MostMw) else measure


def goal_text(goal: Goal) -> str:
    """A goal in words."""
    match goal:
        case MostMw(by=by, workload=workload):
            return f"most IT load{_of(workload)} served in {by:%Y-%m}"
        case Earliest(it_mw=it_mw, workload=workload):
            return f"earliest date from which {it_mw:,.6g} MW of IT load{_of(workload)} are served"
        case FewestLateMwMonths():
            return "fewest MW-months of load served late"
    return "least discounted cost, delay included"


def _of(workload: str | None) -> str:
    """The workload that counts, in words."""
    return "" if workload is None else f" of {workload}"


def value_text(goal: Goal, value: Value) -> str:
    """The value of a goal in words."""
    if isinstance(goal, Earliest):
        return f"{value:%Y-%m}" if isinstance(value, date) else "not within the horizon"
    if not isinstance(value, int | float) or not isfinite(value):
        return "not known"
    if isinstance(goal, LeastCost):
        return money(value, 3)
    return f"{value:,.6g} {UNITS[goal.goal]}" if value < 1e6 else f"{value:,.0f} {UNITS[goal.goal]}"


def result_text(result: GoalResult) -> str:
    """What came of a goal, and how good that is proven to be."""
    text = value_text(result.goal, result.value)
    best = value_text(result.goal, result.best)
    if best != text:
        text += f" (without later goals {best})"
    if result.gap <= PROVEN:
        return f"{text}, proven best"
    if not isinstance(result.goal, Earliest) and _plain(result.bound) is None:
        return f"{text}, whether a better one exists is not known"
    return f"{text}, no better than {value_text(result.goal, result.bound)} is possible"


PROVEN = 1e-7
"""Gap up to which a plan is called the best without naming the gap: the tolerance of the solver."""
