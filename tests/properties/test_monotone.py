"""All families together: what can only help never costs more, and what nobody takes changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from siting.core.errors import InfeasibleError
from siting.core.study import Strategy
from siting.pipeline import Loaded
from siting.timeline.compare import compare_strategies
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of
from support.instances_lean import lean
from support.monotone import broken
from support.relaxations import CHANGES, NEUTRAL


@pytest.mark.parametrize("seed", range(24))
def test_candidates_options_and_wider_limits_never_cost_more(seed: int) -> None:
    assert broken(seed, 4) == []


def test_each_kind_of_change_is_tried() -> None:
    assert len(CHANGES) > 70
    assert len(NEUTRAL) == 8


FREEDOMS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"is_headroom_used": False}, {}),
    ({"new_supply": []}, {"new_supply": ["gas"]}),
    ({"new_supply": ["gas"]}, {"new_supply": ["gas", "nuclear"]}),
    ({"decided_within_months": 12}, {"decided_within_months": 24}),
    ({"decided_from_months": 12}, {}),
    ({"supply_ready_months": 6}, {"supply_ready_months": 24}),
    ({"is_rental_allowed": False}, {}),
    ({"is_grid_asked_at_once": True}, {}),
    ({"is_restart_first": True}, {}),
    ({"new_supply": ["nuclear"], "is_headroom_used": False}, {"is_headroom_used": False}),
)


@pytest.mark.parametrize("seed", range(100, 112))
def test_a_freer_strategy_never_costs_more(seed: int) -> None:
    instance = instance_of(lean(seed))
    strategies = {"optimal": Strategy()}
    for number, pair in enumerate(FREEDOMS):
        for side, settings in zip(("narrow", "free"), pair, strict=True):
            strategies[f"{side} {number}"] = Strategy.model_validate(settings)
    try:
        results = compare_strategies(Loaded(instance, {}), strategies, Solver(EXACT))
    except InfeasibleError:
        return
    cost = {result.name: result.cost_usd for result in results}
    for result in results:
        assert result.plan is None or result.plan.findings == (), result.name
    for number in range(len(FREEDOMS)):
        free = cost[f"free {number}"]
        assert free <= cost[f"narrow {number}"] + 1 + 1e-6 * abs(free), FREEDOMS[number]
