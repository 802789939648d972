"""Tiny random scenarios reach the goal that enumeration reaches, at the cost that it finds."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.core.errors import InfeasibleError, InputError
from siting.core.goals import measure_of
from support.brute_goals import BruteGoals
from support.engine import instance_of, plan_of
from support.instances import goal_of, tiny


@settings(max_examples=100)
@given(seed=st.integers(min_value=0, max_value=10**9))
def test_goal_and_its_cost_equal_enumeration(seed: int) -> None:
    check_seed(seed)


def check_seed(seed: int) -> None:
    """One random scenario with one goal before the cost; what couples periods is left out."""
    scenario: dict[str, Any] = {**tiny(seed), "objectives": [goal_of(seed)]}
    for family in ("emissions", "water", "ride_through"):
        scenario["components"].pop(family, None)
    for kind in scenario["components"]["workloads"]["kinds"].values():
        kind.pop("move_usd_per_mw", None)
    try:
        calendar = instance_of(scenario).system.calendar
        plan = plan_of(scenario)
    except InfeasibleError:
        assert BruteGoals(scenario).solve_goal(goal_of(seed)) == (inf, inf)
        return
    except InputError as error:
        assert "horizon" in str(error)
        return
    value, cost = BruteGoals(scenario).solve_goal(goal_of(seed))
    result = plan.goals[0]
    assert plan.status == "OPTIMAL"
    assert plan.findings == ()
    assert measure_of(result.goal, result.value, calendar) == pytest.approx(value, abs=1e-5)
    assert measure_of(result.goal, result.bound, calendar) == pytest.approx(value, abs=1e-4)
    assert plan.objective_usd == pytest.approx(cost, rel=1e-6, abs=1.0)
