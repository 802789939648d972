"""Plans hold nothing that nobody needs, and start nothing early, whatever the gap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from siting.core.plan import Plan
from siting.families.base import Index
from siting.instance.build import Instance
from siting.model.assemble import Model, assemble
from siting.model.goals import linear_goals
from siting.pipeline import Loaded, finish, solve_linear, without_surplus
from siting.solver.highs import Limits, Outcome, Progress
from siting.solver.lexicographic import Ranked, Reached
from support.engine import EXACT, instance_of, toy
from support.instances import medium, tiny
from support.surplus import is_plan, less_is_bought, with_more

WIDE = Limits(gap_frac=0.2, threads=1)
MUSD = 1e6


def solved(scenario: dict[str, Any], limits: Limits) -> tuple[Instance, Model, Ranked]:
    """A scenario, its model, and what a solve comes to."""
    instance = instance_of(scenario)
    model = assemble(instance)
    return instance, model, solve_linear(instance, model.linear, limits)


def left_with(
    instance: Instance,
    model: Model,
    start: np.ndarray,
    limits: Limits = WIDE,
    on_progress: Callable[[Progress], None] | None = None,
) -> tuple[Plan, Ranked]:
    """The plan of a search that ended with a start, proven to a wide gap."""
    goals = linear_goals(model.linear, instance)
    value = goals[-1].measure(start)
    bound = value - WIDE.gap_frac * value
    outcome = Outcome("OPTIMAL", start, value, bound, WIDE.gap_frac, 0.0)
    measures = [goal.measure(start) for goal in goals]
    reached = tuple(Reached(m, m, m, 0.0, True) for m in measures[:-1])
    cost = Reached(value, value, bound, WIDE.gap_frac, True)
    found = Ranked(outcome, (*reached, cost))
    ranked = without_surplus(instance, model.linear, found, limits, on_progress)
    return finish(Loaded(instance, {}), model, model.linear, ranked, limits), ranked


# What each of them costs on paper is in the comments of models/toy.yaml: a bank 0.1 MUSD a year over
# 50 years, from 2028-01 to 2029-01 whether it is ordered in 2027-01 or 2027-07; opening the ranch 2.
SURPLUS = [
    ("transformers.pool_order", ("main_bank",), 0, 0.1),
    ("transformers.pool_order", ("main_bank",), 1, 0.1),
    ("transformers.site_order", ("main_bank", "far"), 0, 0.1),
    ("core.commit", ("ranch",), 2, 2.0),
]


@pytest.mark.parametrize(("name", "item", "first", "musd"), SURPLUS)
def test_what_nobody_needs_is_left_out(name: str, item: Index, first: int, musd: float) -> None:
    instance, model, best = solved(toy(), EXACT)
    assert best.outcome.x is not None
    start = with_more(model.linear, best.outcome.x, name, item, first)
    assert is_plan(model.linear, start)
    dearer = float(model.linear.cost @ start) + model.linear.offset
    assert dearer == pytest.approx(79.9 + musd, abs=1e-9)
    plan, ranked = left_with(instance, model, start)
    assert plan.objective_usd == pytest.approx(79.9 * MUSD, abs=1.0)
    assert plan.findings == ()
    assert ranked.is_least
    assert (
        plan.tables["orders"].rows
        == finish(Loaded(instance, {}), model, model.linear, best, EXACT).tables["orders"].rows
    )


def test_a_draw_that_costs_nothing_is_what_the_load_needs() -> None:
    """Far serves its 100 MW in the second half of 2027 and nothing from 2028-01 on; a PUE of 1."""
    instance, model, best = solved(toy(), EXACT)
    assert best.outcome.x is not None
    start = best.outcome.x.copy()
    last = len(instance.system.calendar) - 1
    start[model.linear.columns["energy.grid_mw", ("far", last)]] = 100.0
    assert is_plan(model.linear, start)
    plan, _ = left_with(instance, model, start)
    drawn = {(r["period_start"], r["site"]): r["grid_mw"] for r in plan.tables["power"]}
    assert set(drawn.values()) == {100.0}
    assert [p for p, site in drawn if site == "far"] == [date(2027, 7, 1)]
    used = {
        r["period_start"] for r in plan.tables["headroom"] if r["place"] == "far" and r["used_mw"]
    }
    assert used == {date(2027, 7, 1)}


def free_toy() -> dict[str, Any]:
    """The toy in which a bank costs nothing, nor does a year of a hall: 79.9 - 0.1 - 25 MUSD."""
    scenario = toy()
    scenario["components"]["transformers"]["classes"]["main_bank"]["overnight_usd_per_unit"] = 0
    scenario["components"]["campus"]["overnight_usd_per_it_mw"] = 0
    return scenario


def test_what_costs_nothing_is_not_bought_either() -> None:
    instance, model, best = solved(free_toy(), EXACT)
    assert best.outcome.x is not None
    name = "transformers.pool_order"
    start = with_more(model.linear, best.outcome.x, name, ("main_bank",), 0)
    assert is_plan(model.linear, start)
    plan, _ = left_with(instance, model, start)
    assert plan.objective_usd == pytest.approx(54.8 * MUSD, abs=1.0)
    assert [(row["site"], row["quantity"]) for row in plan.tables["orders"]] == [
        ("far", 1),
        ("near", 1),
    ]


def test_what_costs_nothing_starts_as_late_as_it_may() -> None:
    """A bank ordered in 2027-07 is there in 2028-01 as well, and so is the hall it feeds."""
    instance, model, best = solved(free_toy(), EXACT)
    assert best.outcome.x is not None
    start = with_more(model.linear, best.outcome.x, "campus.halls", ("near",), 0)
    start = np.minimum(start, model.linear.upper)
    assert is_plan(model.linear, start)
    plan, _ = left_with(instance, model, start)
    ordered = [str(row["order_date"]) for row in plan.tables["orders"] if row["site"] == "near"]
    halls = {str(row["site"]): str(row["start_date"]) for row in plan.tables["halls"]}
    assert ordered == ["2027-07-01"]
    assert halls == {"near": "2027-07-01", "far": "2027-01-01"}


def test_goals_before_the_cost_keep_their_values() -> None:
    """Most MW by 2027-07 needs `far`; what else is bought serves nothing of it."""
    scenario = toy()
    scenario["objectives"] = [{"goal": "most_mw", "by": "2027-07"}, {"goal": "least_cost"}]
    instance, model, best = solved(scenario, EXACT)
    assert best.outcome.x is not None
    start = with_more(model.linear, best.outcome.x, "core.commit", ("ranch",), 1)
    plan, ranked = left_with(instance, model, start)
    assert [goal.value for goal in ranked.goals] == pytest.approx([-100.0, 79.9])
    assert plan.findings == ()


def test_ctrl_c_keeps_the_plan() -> None:
    instance, model, best = solved(toy(), EXACT)
    assert best.outcome.x is not None
    start = with_more(model.linear, best.outcome.x, "core.commit", ("ranch",), 1)
    seen = []

    def stop(progress: Progress) -> None:
        seen.append(progress.phase)
        if progress.phase == "least cost":
            raise KeyboardInterrupt

    plan, ranked = left_with(instance, model, start, WIDE, stop)
    assert seen[-1] == "least cost"
    assert ranked.outcome.is_stopped
    assert plan.status == "OPTIMAL"
    assert 79.9 - 1e-9 <= ranked.outcome.objective <= 81.9 + 1e-9
    assert not ranked.is_least
    assert any("purchases that nobody needs" in warning for warning in plan.warnings)


def test_without_time_it_still_takes_away() -> None:
    instance, model, best = solved(toy(), EXACT)
    assert best.outcome.x is not None
    start = with_more(model.linear, best.outcome.x, "core.commit", ("ranch",), 1)
    none_left = Limits(gap_frac=0.0, threads=1, time_limit_seconds=0.0)
    plan, ranked = left_with(instance, model, start, none_left)
    assert ranked.is_least
    assert plan.objective_usd == pytest.approx(79.9 * MUSD, abs=1.0)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("gap_frac", [1e-6, 0.2])
def test_least_of_random_plans(seed: int, gap_frac: float) -> None:
    """Never dearer than the search left it, no less served, and nothing can be dropped or come later."""
    scenario = tiny(seed) if seed % 2 else medium(seed)
    instance = instance_of(scenario)
    linear = assemble(instance).linear
    limits = Limits(gap_frac=gap_frac, threads=1)
    ranked = solve_linear(instance, linear, limits)
    if ranked.outcome.x is None:
        assert ranked.outcome.status == "INFEASIBLE"
        return
    assert ranked.is_least
    assert ranked.outcome.objective >= ranked.outcome.bound - 1e-6 * abs(ranked.outcome.bound)
    assert less_is_bought(linear, ranked.outcome.x, instance) == pytest.approx(0.0, abs=0.05)
