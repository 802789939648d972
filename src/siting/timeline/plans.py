"""A plan that one solve found, in the program of another: whether it holds there, and which is better.

Bounds that are narrowed leave a plan of the narrower program one of the wider, so what is found under
any restriction may better the optimum, and the other way round where the plan keeps the restriction.
Nothing is assumed: the integers of the plan are held, the rest is solved again in the other program.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from siting.core.goals import measure_of
from siting.core.plan import Plan
from siting.instance.build import Instance
from siting.model.assemble import USD_PER_OBJECTIVE
from siting.model.goals import LinearGoal, linear_goals, with_reach
from siting.model.program import Program
from siting.pipeline import without_surplus
from siting.solver.highs import FEASIBILITY, NUMBERS, Limits, Outcome, relative_gap
from siting.solver.lazy_rows import repaired, separator
from siting.solver.lexicographic import SAME, Ranked, Reached
from siting.solver.record import Step
from siting.timeline.solves import Point

logger = logging.getLogger(__name__)

SAME_USD = 1.0
"""Dollars by which costs may differ by rounding alone."""
SAME_FRAC = 1e-9
"""Share of a cost that rounding may make."""
INFINITE = float("inf")


@dataclass(frozen=True)
class Interval:
    """A difference of two optima [USD]: between ``least`` and ``most``, ``plan`` that of their plans."""

    least: float
    plan: float
    most: float


def same_usd(*costs: float) -> float:
    """Dollars by which costs of this size may differ by rounding alone."""
    return max(SAME_USD, *(SAME_FRAC * abs(cost) for cost in costs if abs(cost) < INFINITE))


def same(*values: float) -> float:
    """By how much values of this size may differ by rounding alone: a dollar, a watt."""
    return max(SAME, *(SAME_FRAC * abs(value) for value in values if abs(value) < INFINITE))


def finite(usd: float) -> float | None:
    """A number, or nothing where there is no plan."""
    return usd if abs(usd) < INFINITE else None


def measures_of(instance: Instance, plan: Plan) -> list[float]:
    """The goals of a plan as numbers to be minimised; the cost [USD]."""
    calendar = instance.system.calendar
    return [measure_of(result.goal, result.value, calendar) for result in plan.goals]


def most_of_goals(instance: Instance, best: Plan, within_frac: float) -> list[float]:
    """What each goal of a near-optimal plan may come to, as numbers to be minimised; the cost [USD]."""
    shares = [result.goal.tolerance_frac for result in best.goals]
    shares[-1] = within_frac
    reached = measures_of(instance, best)
    return [value + share * abs(value) for value, share in zip(reached, shares, strict=True)]


def difference(
    dear: tuple[float, float], cheap: tuple[float, float], *, is_never_less: bool
) -> Interval:
    """By how much one optimum is dearer than another, each between its bound and its cost.

    Args:
        dear, cheap: cost and bound. is_never_less: whether the first cannot be cheaper, as under a
            restriction; then nothing below zero is left open.
    """
    found = Interval(dear[1] - cheap[0], dear[0] - cheap[0], dear[0] - cheap[1])
    if not is_never_less:
        return found
    return Interval(max(0.0, found.least), max(0.0, found.plan), max(0.0, found.most))


def cost_and_bound(outcome: Outcome) -> tuple[float, float]:
    """Cost and bound of a solve [USD]; inf where there is no plan."""
    objective, bound = outcome.objective, min(outcome.objective, outcome.bound)
    return objective * USD_PER_OBJECTIVE, bound * USD_PER_OBJECTIVE


def has_one_goal(instance: Instance) -> bool:
    """Whether the cost is all that counts; else bounds on it hold beside the other goals alone."""
    return len(instance.scenario.goals()) == 1


def fitted(instance: Instance, linear: Program, point: Point, limits: Limits) -> np.ndarray | None:
    """Values by column of a plan of the program with the integers of another's; None if none holds.

    Rows that are stated only as they are broken hold too.
    """
    separate = separator(instance) or (lambda _: [])
    _, x = repaired(linear, separate, point, limits)
    return None if x is None else with_reach(linear, instance, x)


def precedes(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether some goals, as numbers to be minimised, are better in the first of them that differs."""
    for one, other in zip(first, second, strict=True):
        if abs(one - other) > same(one, other):
            return one < other
    return False


def surely_better(first: Ranked, second: Ranked) -> bool:
    """Whether one optimum is better than another whatever the gaps leave open."""
    if first.outcome.x is None or second.outcome.status == "INFEASIBLE":
        return first.outcome.x is not None
    for one, other in zip(first.goals, second.goals, strict=False):
        if one.value < other.bound - same(one.value, other.bound):
            return True
        if not _is_tie(one, other):
            return False
    return False


def surely_no_worse(first: Ranked, second: Ranked) -> bool:
    """Whether one optimum is at least as good as another whatever the gaps leave open."""
    if surely_better(first, second):
        return True
    if first.outcome.x is None or second.outcome.x is None:
        return False
    *earlier, last = zip(first.goals, second.goals, strict=True)
    one, other = last
    is_last_so = one.value <= other.bound + same(one.value, other.bound)
    return is_last_so and all(_is_tie(*pair) for pair in earlier)


def _is_tie(one: Reached, other: Reached) -> bool:
    """Whether two goals have the same proven value."""
    values = (one.value, one.bound, other.value, other.bound)
    return max(values) - min(values) <= same(*values)


def bettered(
    instance: Instance,
    linear: Program,
    ranked: Ranked,
    points: Iterable[Point],
    limits: Limits,
) -> Ranked:
    """What a search has proven, with the best of its own plan and of those of other solves.

    Args:
        linear: the program that was searched. points: plans of any program.
    """
    goals = linear_goals(linear, instance)
    best: np.ndarray | None = None
    reached = [goal.value for goal in ranked.goals]
    for point in points:
        x = fitted(instance, linear, point, limits)
        if x is None:
            continue
        values = [goal.measure(x) for goal in goals]
        if not reached or precedes(values, reached):
            best, reached = x, values
    if best is None:
        return ranked
    found = _with_plan(ranked, goals, best, limits)
    # what another program asked to be bought may not be needed here
    return without_surplus(instance, linear, found, replace(limits, time_limit_seconds=None))


def _with_plan(
    ranked: Ranked, goals: Sequence[LinearGoal], x: np.ndarray, limits: Limits
) -> Ranked:
    """The result of a search with a better plan.

    A bound was proven for plans that keep the goals before at least as well as the plan of the
    search, which the better one does: it holds on.
    """
    before = ranked.goals or tuple(_unsolved(goal, goals, ranked.outcome) for goal in goals)
    reached = [_reached(*each, x, limits) for each in zip(goals, before, strict=True)]
    cost = reached[-1]
    status = "OPTIMAL" if all(goal.is_proven for goal in reached) else "FEASIBLE"
    outcome = replace(
        ranked.outcome,
        status=status,
        x=x,
        objective=cost.value,
        bound=cost.bound,
        gap=cost.gap,
        ended_by="" if status == "OPTIMAL" else ranked.outcome.ended_by or NUMBERS,
        steps=(*ranked.outcome.steps, Step("plan of another solve", cost.value, cost.bound)),
    )
    return replace(ranked, outcome=outcome, goals=tuple(reached))


def _unsolved(goal: LinearGoal, goals: Sequence[LinearGoal], outcome: Outcome) -> Reached:
    """A goal of a search that ended without a plan; its bound is of the first goal."""
    bound = goal.bounded(outcome.bound if goal is goals[0] else -np.inf)
    return Reached(np.inf, np.inf, bound, np.inf, is_proven=False)


def _reached(goal: LinearGoal, before: Reached, x: np.ndarray, limits: Limits) -> Reached:
    """What came of a goal, with another plan."""
    value = goal.measure(x)
    best, bound = min(before.best, value), before.bound
    if bound > best + SAME + FEASIBILITY * abs(best):
        # a plan that holds is better than anything that was said to be possible
        logger.error("a bound of %s was false: a plan has %s", bound, best)
        bound = -np.inf
    gap = 0.0 if abs(best - bound) <= SAME else relative_gap(best, bound)
    is_proven = gap <= limits.gap_frac + FEASIBILITY
    return Reached(value, best, min(bound, best), gap, is_proven or goal.is_constant)


def lifted(ranked: Ranked, bound: float, limits: Limits) -> Ranked:
    """The result of a search with a bound from elsewhere, where that is better; of one goal."""
    outcome = ranked.outcome
    if outcome.x is None or len(ranked.goals) != 1 or bound <= outcome.bound:
        return ranked
    bound = min(bound, outcome.objective)
    gap = relative_gap(outcome.objective, bound)
    is_proven = gap <= limits.gap_frac + FEASIBILITY
    goal = replace(ranked.goals[0], bound=bound, gap=gap, is_proven=is_proven)
    status = "OPTIMAL" if is_proven else "FEASIBLE"
    ended_by = "" if is_proven else outcome.ended_by
    steps = (*outcome.steps, Step("bound of another solve", outcome.objective, bound))
    outcome = replace(outcome, bound=bound, gap=gap, status=status, ended_by=ended_by, steps=steps)
    return replace(ranked, outcome=outcome, goals=(goal,))
