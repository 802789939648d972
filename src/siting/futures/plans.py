"""The audited plan of each future."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from siting.core.plan import Plan
from siting.futures.build import Hedged
from siting.futures.extensive import AGREE
from siting.futures.found import Seen
from siting.futures.risk import measured
from siting.model.assemble import USD_PER_OBJECTIVE
from siting.model.goals import linear_goals
from siting.pipeline import Loaded, finish, without_surplus
from siting.solver.highs import FEASIBILITY, Limits, Outcome, relative_gap
from siting.solver.lexicographic import Ranked, Reached
from siting.timeline.milestones import late_mw_months

SHARED = "decisions that futures share"
"""Why the plan of a future is not the best of that future."""


def plans_of(
    loaded: Loaded, hedged: Hedged, x: np.ndarray, seen: Sequence[Seen], limits: Limits
) -> tuple[Plan, ...]:
    """The plan of each future at a point of the whole, without purchases that are its own and serve
    nothing; bounds are those of the future as if it were known."""
    held = _tied(hedged)
    return tuple(
        _plan(loaded, hedged, number, point, held[hedged.whole.place[number]], seen[number], limits)
        for number, point in enumerate(hedged.whole.of(x))
    )


def value_usd_of(hedged: Hedged, plans: Sequence[Plan]) -> float:
    """What is made small, at the plans of the futures [USD]; of one future its cost."""
    costs = np.array([plan.objective_usd for plan in plans])
    if len(plans) == 1:
        return float(costs[0])
    settings = hedged.base.scenario.futures
    assert settings is not None
    late = np.array([late_mw_months(plan) for plan in plans])
    shares = hedged.tree.probabilities
    return USD_PER_OBJECTIVE * measured(settings.risk, shares, costs / USD_PER_OBJECTIVE, late)


def _tied(hedged: Hedged) -> np.ndarray:
    """Columns that futures share, or that rows tie to those of another, shape (columns,)."""
    whole = hedged.whole
    tied = np.zeros(len(whole.program.cost), dtype=bool)
    tied[: len(whole.is_shared)] = whole.is_shared
    rows = [row for row, (name, _) in enumerate(whole.program.row_names) if name == AGREE]
    if rows:
        tied[whole.program.matrix.tocsr()[rows].indices] = True
    return tied


def _plan(
    loaded: Loaded,
    hedged: Hedged,
    number: int,
    x: np.ndarray,
    is_held: np.ndarray,
    seen: Seen,
    limits: Limits,
) -> Plan:
    """The plan of one future."""
    instance, model = hedged.instances[number], hedged.models[number]
    program = model.linear.held(is_held, x)
    goals = linear_goals(model.linear, instance)
    cost = model.linear.cost_of(x)
    bound = min(seen.bound, cost)
    gap = relative_gap(cost, bound)
    is_best = gap <= limits.gap_frac + FEASIBILITY
    status = "OPTIMAL" if is_best else "FEASIBLE"
    outcome = Outcome(status, x, cost, bound, gap, 0.0, ended_by="" if is_best else SHARED)
    reached = [
        Reached(goal.measure(x), goal.measure(x), goal.floor, np.inf, False) for goal in goals[:-1]
    ]
    ranked = Ranked(outcome, (*reached, Reached(cost, cost, bound, gap, is_best)))
    ranked = without_surplus(instance, program, ranked, replace(limits, time_limit_seconds=None))
    mine = Loaded(instance, loaded.inputs, loaded.warnings)
    is_one = len(hedged.instances) == 1
    return finish(mine, model, model.linear if is_one else program, ranked, limits)
