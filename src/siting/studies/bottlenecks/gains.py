"""Bottlenecks: what one more step of each limit would gain, by solving again.

A step is a change of the scenario that relaxes one limit: 13 weeks less, 100 MW more. The optimum
with the step is never dearer, so its search starts from the best plan known. Because of the gap the
gain is an interval: with cost C and bound B of the scenario as it is, and C', B' with the step,

    max(0, B - C')  <=  gain of the true optima  <=  max(0, C - B')

Where the plan with a step is dearer than that of the scenario, the latter is completed under the step and
takes its place. A step under which even the bound is above the cost of the scenario, or no plan is left,
asks for something besides relaxing, which is said; its gain lies below zero.

Steps are ranked by what they gain for certain, then by the difference of the plans.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from siting.core.errors import InfeasibleError, NoPlanError
from siting.core.plan import Plan
from siting.core.study import Bottleneck
from siting.core.table import Table
from siting.instance.build import Instance
from siting.model.assemble import assemble
from siting.pipeline import Loaded, finish
from siting.solver.highs import Outcome
from siting.solver.lexicographic import Ranked
from siting.timeline.milestones import late_mw_months
from siting.timeline.plans import (
    INFINITE,
    Interval,
    bettered,
    cost_and_bound,
    difference,
    finite,
    has_one_goal,
    measures_of,
    precedes,
    same_usd,
)
from siting.timeline.solves import Solver

COLUMNS = (
    "limit",
    "family",
    "step",
    "status",
    "gain_lower_usd",
    "gain_upper_usd",
    "gain_usd",
    "gain_mw_months",
    "is_relaxation",
    "step_usd",
)


@dataclass(frozen=True)
class Stepped:
    """The scenario with a step, and what is known of its optimum."""

    name: str
    step: Bottleneck
    loaded: Loaded
    ranked: Ranked


@dataclass(frozen=True)
class Gain:
    """What a step gains.

    Attributes:
        plan: with the step; None if none is left.
        usd: for certain, between the two plans, and at most.
        mw_months: fewer late MW-months of the plan; None where no plan as good is known.
        is_relaxation: False where the step is proven to make the optimum dearer, or leaves no plan.
    """

    name: str
    step: Bottleneck
    plan: Plan | None
    usd: Interval
    mw_months: float | None
    is_relaxation: bool

    @property
    def least_usd(self) -> float:
        """Gain for certain."""
        return self.usd.least

    @property
    def plan_usd(self) -> float:
        """Gain between the two plans."""
        return self.usd.plan

    @property
    def most_usd(self) -> float:
        """Gain that the gaps leave open."""
        return self.usd.most


def find_bottlenecks(
    loaded: Loaded,
    base: Plan,
    steps: Mapping[str, tuple[Bottleneck, Instance]],
    solver: Solver,
    on_done: Callable[[Stepped], None] = lambda stepped: None,
) -> tuple[Gain, ...]:
    """Gains of every step, best first.

    Args:
        base: the optimum of the scenario as it is. steps: each with the scenario that has it.
    """
    return gains(solve_steps(loaded, steps, solver, on_done), base, solver)


def solve_steps(
    loaded: Loaded,
    steps: Mapping[str, tuple[Bottleneck, Instance]],
    solver: Solver,
    on_done: Callable[[Stepped], None] = lambda stepped: None,
) -> list[Stepped]:
    """The scenario with each of the steps, solved side by side."""
    works = [
        partial(_solve, name, step, Loaded(instance, loaded.inputs))
        for name, (step, instance) in steps.items()
    ]
    return solver.beside(works, on_done)


def _solve(name: str, step: Bottleneck, loaded: Loaded, solver: Solver) -> Stepped:
    """The scenario with one step."""
    try:
        linear = assemble(loaded.instance).linear
    except InfeasibleError:
        none = Outcome("INFEASIBLE", None, INFINITE, INFINITE, INFINITE, 0.0)
        return Stepped(name, step, loaded, Ranked(none))
    return Stepped(name, step, loaded, solver.solve(name, loaded.instance, linear))


def gains(stepped: Sequence[Stepped], base: Plan, solver: Solver) -> tuple[Gain, ...]:
    """What every step gains over the optimum of the scenario as it is, best first.

    Args:
        solver: whose plans hold that of ``base``.
    """
    found = [_gain(one, base, solver) for one in stepped]
    return tuple(sorted(found, key=lambda g: (-g.least_usd, -g.plan_usd, g.name)))


def _gain(one: Stepped, base: Plan, solver: Solver) -> Gain:
    """What a step gains over the optimum of the scenario as it is."""
    instance = one.loaded.instance
    before = (base.objective_usd, base.bound_usd)
    try:
        model = assemble(instance)
        ranked = one.ranked
        if ranked.outcome.x is None or cost_and_bound(ranked.outcome)[0] > before[0]:
            ranked = bettered(instance, model.linear, ranked, solver.points, solver.limits)
        plan = finish(one.loaded, model, model.linear, ranked, solver.limits)
    except InfeasibleError:
        none = difference(before, (INFINITE, INFINITE), is_never_less=False)
        return Gain(one.name, one.step, None, none, None, is_relaxation=False)
    except NoPlanError:
        none = difference(before, cost_and_bound(one.ranked.outcome), is_never_less=True)
        return Gain(one.name, one.step, None, none, None, is_relaxation=True)
    after = (plan.objective_usd, plan.bound_usd)
    late: float | None = late_mw_months(base) - late_mw_months(plan)
    if not has_one_goal(instance):
        is_relaxation = not precedes(measures_of(instance, base), measures_of(instance, plan))
        usd = difference(before, after, is_never_less=False)
        return Gain(one.name, one.step, plan, usd, late, is_relaxation)
    margin = same_usd(before[0])
    is_relaxation = after[1] <= before[0] + margin
    if after[0] > before[0] + margin:
        # no plan with the step is known that is as good: what it gains between plans is not known either
        late = None
    usd = difference(before, after, is_never_less=is_relaxation)
    return Gain(one.name, one.step, plan, usd, late, is_relaxation)


def bottleneck_tables(gains: tuple[Gain, ...]) -> dict[str, Table]:
    """``bottlenecks``, one row a step, best first; none where no step applies."""
    if not gains:
        return {}
    table = Table.of(
        COLUMNS,
        (
            {
                "limit": gain.name,
                "family": gain.step.family,
                "step": gain.step.about,
                "status": "NO_PLAN" if gain.plan is None else gain.plan.status,
                "gain_lower_usd": finite(gain.least_usd),
                "gain_upper_usd": finite(gain.most_usd),
                "gain_usd": finite(gain.plan_usd),
                "gain_mw_months": gain.mw_months,
                "is_relaxation": gain.is_relaxation,
                "step_usd": gain.step.usd,
            }
            for gain in gains
        ),
    )
    return {"bottlenecks": table}
