r"""Goals as linear functions of the model's columns, all of them to be minimised.

Formulation, with x and u of ``workloads`` and the IT load served in a period
``served[p] = sum_{w,r,s} x[w,r,s,p]`` over every workload, or over the one that the goal names:

    least_cost               discounted cost                               million USD
    most_mw                  - served[p], p the period that holds ``by``   MW
    fewest_late_mw_months    sum_p months[p] * sum_{w,r} u[w,r,p]          MW-months
    earliest                 sum_p months[p] * (1 - reach[p])              months until reached
      (reach_served)         X * reach[p] <= served[p]
      (reach_monotone)       reach[p-1] <= reach[p]

``reach[p]`` is binary: the load X is served in p and in every period after it. It is created only
from the period on from which targets and sites allow X for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from siting.core.audit import exceeds
from siting.core.goals import Earliest, FewestLateMwMonths, Goal, MostMw
from siting.expressions.labels import Label, Relation, at, parts, pick, sum_over
from siting.families.base import Index
from siting.families.workloads.data import WorkloadsData
from siting.instance.build import Instance
from siting.model.build import ModelBuild

if TYPE_CHECKING:
    from siting.model.program import Program

SERVE = "workloads.serve_mw"
LATE = "workloads.unserved_mw"
REACH = "goals.reach"


@dataclass(frozen=True)
class LinearGoal:
    """A goal as ``coefficients @ x + offset``, to be minimised.

    Attributes:
        floor: a bound that needs no solver: what targets and sites allow at best.
        steps: the only values it can take, ascending; empty if it can take any.
    """

    goal: Goal
    coefficients: np.ndarray
    offset: float
    floor: float
    steps: tuple[float, ...] = ()

    @property
    def is_constant(self) -> bool:
        """Whether no decision changes it."""
        return not self.coefficients.any()

    def measure(self, x: np.ndarray) -> float:
        """Its value at a point."""
        return float(self.coefficients @ x) + self.offset

    def bounded(self, bound: float) -> float:
        """The best bound that follows from one that the solver has proven."""
        bound = max(bound, self.floor)
        return next((step for step in self.steps if step >= bound - STEP_TOLERANCE), bound)


STEP_TOLERANCE = 1e-6
"""By how much a proven bound may lie above a step and still allow it [months]."""


def declare_reach(build: ModelBuild, instance: Instance) -> None:
    """Variables and rows of the ``earliest`` goals; their first index is the goal's place."""
    goals = {n: g for n, g in enumerate(instance.scenario.goals()) if isinstance(g, Earliest)}
    if not goals:
        return
    index = [(n, p) for n, goal in goals.items() for p in _reachable(instance, goal)]
    block = build.family("goals")
    reach = block.variable("reach", index, domain="binary", doc="load served from here on")
    serve = build.items[SERVE]

    def counted(n: int, p: int) -> list[Index]:
        return [key for key in serve.number if _counts(goals[n], key) and key[-1] == p]

    block.cumulative("reach_monotone", reach, index)

    @block.constraint(over=index, doc="the load is served once reached")
    def reach_served(n: Label, p: Label) -> Relation:
        served = sum_over(pick(counted, n, p), lambda key: serve[parts(key)])
        return at(lambda n: goals[n].it_mw, n) * reach[n, p] <= served


def linear_goals(linear: Program, instance: Instance) -> tuple[LinearGoal, ...]:
    """The goals of a scenario, in order."""
    return tuple(
        _linear(linear, instance, number, goal)
        for number, goal in enumerate(instance.scenario.goals())
    )


def _linear(linear: Program, instance: Instance, number: int, goal: Goal) -> LinearGoal:
    """One goal over the columns of the model."""
    calendar = instance.system.calendar
    coefficients = np.zeros(len(linear.cost))
    if isinstance(goal, MostMw):
        period = calendar.period_holding(goal.by)
        for column in _service(linear, goal).get(period, ()):
            coefficients[column] = -1.0
        return LinearGoal(goal, coefficients, 0.0, -_possible(instance, goal, period))
    if isinstance(goal, FewestLateMwMonths):
        for (name, key), column in linear.columns.items():
            if name == LATE:
                coefficients[column] = calendar.months(key[-1])
        return LinearGoal(goal, coefficients, 0.0, unavoidable_mw_months(instance))
    if isinstance(goal, Earliest):
        reachable = _reachable(instance, goal)
        for period in reachable:
            coefficients[linear.columns[REACH, (number, period)]] = -calendar.months(period)
        total = float(sum(calendar.months(p) for p in calendar.periods))
        steps = (*(_months_before(instance, p) for p in reachable), total)
        return LinearGoal(goal, coefficients, total, steps[0], steps)
    return LinearGoal(goal, linear.cost, linear.offset, -inf)


def unavoidable_mw_months(instance: Instance) -> float:
    """Load that no plan serves in time, since no site can be ready or hold it [MW-months]."""
    calendar, goal = instance.system.calendar, FewestLateMwMonths(goal="fewest_late_mw_months")
    data: WorkloadsData = instance.data["workloads"]
    asked = sum(calendar.months(p) * mw for (_, _, p), mw in data.target_mw.items())
    most = sum(calendar.months(p) * _possible(instance, goal, p) for p in calendar.periods)
    return max(0.0, asked - most)


def with_reach(linear: Program, instance: Instance, x: np.ndarray) -> np.ndarray:
    """A point whose reach variables say what its service says.

    Only the goal itself presses them up, so a plan found for another goal may leave them at zero.
    """
    x = x.copy()
    for number, goal in enumerate(instance.scenario.goals()):
        if isinstance(goal, Earliest):
            columns = _service(linear, goal)
            is_reached = True
            for period in reversed(_reachable(instance, goal)):
                served = float(x[columns.get(period, [])].sum())
                is_reached = is_reached and not exceeds(goal.it_mw, served)
                x[linear.columns[REACH, (number, period)]] = float(is_reached)
    return x


def _counts(goal: Goal, key: Index) -> bool:
    """Whether the service of a (workload, region, site, period) counts for a goal."""
    return getattr(goal, "workload", None) in (None, key[0])


def _service(linear: Program, goal: Goal) -> Mapping[int | None, list[int]]:
    """Columns of the service that counts for a goal, by period."""
    found: dict[int | None, list[int]] = {}
    for (name, key), column in linear.columns.items():
        if name == SERVE and _counts(goal, key):
            found.setdefault(key[-1], []).append(column)
    return found


def _possible(instance: Instance, goal: Goal, period: int | None) -> float:
    """Most IT load that targets and sites allow in a period [MW]."""
    data: WorkloadsData = instance.data["workloads"]
    total = 0.0
    for (w, r, p), sites in data.sites_of.items():
        if p == period and _counts(goal, (w,)):
            room = sum(data.serve_limit_mw[w, r, s, p] for s in sites)
            total += min(data.target_mw[w, r, p], room)
    return total


def _reachable(instance: Instance, goal: Earliest) -> list[int]:
    """Periods from which the load of a goal may be served for good: the last ones, or none."""
    found: list[int] = []
    for period in reversed(instance.system.calendar.periods):
        if exceeds(goal.it_mw, _possible(instance, goal, period)):
            break
        found.append(period)
    return found[::-1]


def _months_before(instance: Instance, period: int) -> float:
    """Months from the start of the horizon to a period."""
    return float(sum(instance.system.calendar.months(p) for p in range(period)))
