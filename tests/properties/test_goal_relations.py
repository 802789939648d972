"""Relations that must hold between goals in another order or with another tolerance."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from siting.core.calendar import Calendar
from siting.core.errors import InfeasibleError, InputError
from siting.core.goals import measure_of
from siting.core.plan import Plan
from support.engine import instance_of, plan_of, toy
from support.instances import tiny

SEEDS = range(40)
GOALS: dict[str, dict[str, Any]] = {
    "most": {"goal": "most_mw", "by": "2027-07"},
    "earliest": {"goal": "earliest", "it_mw": 50},
    "fewest": {"goal": "fewest_late_mw_months"},
    "cost": {"goal": "least_cost"},
}
PAIRS = [("most", "fewest"), ("earliest", "most"), ("fewest", "earliest"), ("cost", "fewest")]
SHARES = (0.0, 0.1, 0.5)


def solved(seed: int, goals: list[dict[str, Any]]) -> tuple[Plan, Calendar] | None:
    """Plan and calendar of a tiny scenario; None where there is no plan."""
    scenario = {**tiny(seed), "objectives": goals}
    try:
        plan = plan_of(scenario)
    except (InfeasibleError, InputError):
        return None
    assert plan.findings == ()
    assert plan.status == "OPTIMAL"
    return plan, instance_of(scenario).system.calendar


def measures(seed: int, goals: list[dict[str, Any]]) -> list[float] | None:
    """What each goal came to, as a number to be minimised; None where there is no plan."""
    found = solved(seed, goals)
    if found is None:
        return None
    plan, calendar = found
    return [measure_of(r.goal, r.value, calendar) for r in plan.goals]


def at_most(left: float, right: float) -> bool:
    """Whether one number is no greater than another, to the solver's tolerance."""
    return left <= right + 1e-5 + 1e-6 * abs(right)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_goal_is_never_worse_in_the_first_place(seed: int, one: str, other: str) -> None:
    forward = measures(seed, [GOALS[one], GOALS[other]])
    backward = measures(seed, [GOALS[other], GOALS[one]])
    if forward is None or backward is None:
        assert forward is backward
        return
    assert at_most(forward[0], backward[1])
    assert at_most(backward[0], forward[1])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("one", ["most", "earliest", "fewest"])
def test_more_tolerance_never_makes_the_next_goal_worse(seed: int, one: str) -> None:
    found = [measures(seed, [{**GOALS[one], "tolerance_frac": share}]) for share in SHARES]
    if None in found:
        assert found == [None] * len(SHARES)
        return
    costs = [values[-1] for values in found if values is not None]
    for tighter, wider in pairwise(costs):
        assert at_most(wider, tighter)


@pytest.mark.parametrize("seed", SEEDS)
def test_cost_first_and_last_changes_nothing(seed: int) -> None:
    alone, again = solved(seed, [GOALS["cost"]]), solved(seed, [GOALS["cost"], GOALS["cost"]])
    if alone is None or again is None:
        assert alone is again
        return
    assert again[0].objective_usd == pytest.approx(alone[0].objective_usd, rel=1e-7, abs=1.0)


def test_plan_without_objectives_is_that_of_least_cost() -> None:
    scenario = toy()
    before = plan_of(scenario)
    after = plan_of({**scenario, "objectives": [GOALS["cost"]]})
    assert before.tables == after.tables
    assert before.objective_usd == after.objective_usd
    assert [r.goal.goal for r in before.goals] == ["least_cost"]
    assert before.model == after.model
