"""Bottlenecks: what one more step of each limit would gain, by solving again.

A step is a change of the scenario that relaxes one limit: 13 weeks less, 100 MW more. The optimum
with the step is never dearer, so its search starts from the best plan known. Because of the gap the
gain is an interval: with cost C and bound B of the scenario as it is, and C', B' with the step,

    max(0, B - C')  <=  gain of the true optima  <=  C - B'

Steps are ranked by what they gain for certain, then by the difference of the plans.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from siting.core.plan import Plan
from siting.core.study import Bottleneck
from siting.core.table import Table
from siting.instance.changes import changed, has
from siting.model.assemble import assemble
from siting.pipeline import Loaded, finish
from siting.timeline.solves import Solver
from siting.timeline.tables import late_mw_months

COLUMNS = (
    "limit",
    "family",
    "step",
    "status",
    "gain_least_usd",
    "gain_usd",
    "gain_most_usd",
    "gain_mw_months",
    "step_usd",
)


@dataclass(frozen=True)
class Gain:
    """What a step gains.

    Attributes:
        plan: with the step.
        least_usd, plan_usd, most_usd: for certain, between the two plans, and at most.
        mw_months: fewer late MW-months of the plan.
    """

    name: str
    step: Bottleneck
    plan: Plan
    least_usd: float
    plan_usd: float
    most_usd: float
    mw_months: float


def find_bottlenecks(
    loaded: Loaded,
    base: Plan,
    steps: Mapping[str, Bottleneck],
    solver: Solver,
    on_done: Callable[[Gain], None] = lambda gain: None,
) -> tuple[Gain, ...]:
    """Gains of every step whose numbers the scenario has, best first.

    Args:
        base: the optimum of the scenario as it is.

    Raises:
        InputError: a step that the schema refuses. NoPlanError: a solve that found no plan.
    """
    relaxed = {
        name: changed(loaded.instance, step.changes, f"bottleneck '{name}'")
        for name, step in steps.items()
        if all(has(loaded.instance, path) for path in step.needs)
    }
    works = [
        partial(_gain, Loaded(instance, loaded.inputs), base, name, steps[name])
        for name, instance in relaxed.items()
        if instance is not None
    ]
    gains = solver.beside(works, on_done)
    return tuple(sorted(gains, key=lambda g: (-g.least_usd, -g.plan_usd, g.name)))


def _gain(loaded: Loaded, base: Plan, name: str, step: Bottleneck, solver: Solver) -> Gain:
    """What a step gains, by solving the scenario that has it."""
    model = assemble(loaded.instance)
    ranked = solver.solve(name, loaded.instance, model.linear)
    plan = finish(loaded, model, model.linear, ranked, solver.limits)
    return Gain(
        name=name,
        step=step,
        plan=plan,
        least_usd=max(0.0, base.bound_usd - plan.objective_usd),
        plan_usd=base.objective_usd - plan.objective_usd,
        most_usd=max(0.0, base.objective_usd - plan.bound_usd),
        mw_months=late_mw_months(base) - late_mw_months(plan),
    )


def bottleneck_table(gains: tuple[Gain, ...]) -> Table:
    """One row a step, best first."""
    return Table.of(
        COLUMNS,
        (
            {
                "limit": gain.name,
                "family": gain.step.family,
                "step": gain.step.about,
                "status": gain.plan.status,
                "gain_least_usd": gain.least_usd,
                "gain_usd": gain.plan_usd,
                "gain_most_usd": gain.most_usd,
                "gain_mw_months": gain.mw_months,
                "step_usd": gain.step.usd,
            }
            for gain in gains
        ),
    )
