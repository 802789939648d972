"""A search that begins with a plan of the scenario without some families: the optimum stays what it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from families.test_curtailment import CASES, NEAR_ONLY
from siting.core.errors import InfeasibleError, InputError, NoPlanError
from siting.families.registry import COMPONENTS
from siting.pipeline import Loaded, run
from siting.solver.highs import Progress
from support.engine import EXACT, instance_of, plan_of, toy
from support.instances_all import any_scenario
from support.paper import check_case, set_at, several

FIRST = "solver.first_without"
TIERED = CASES["tier_connected: curtailable service comes first"]


def begun_without(scenario: dict[str, Any], *families: str) -> dict[str, Any]:
    """The same scenario, searched without some families at first."""
    return {**scenario, "solver": {**scenario.get("solver", {}), "first_without": list(families)}}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    change, musd = CASES[name]
    plan = check_case(several(change, set_at(FIRST, ["curtailment"])), musd)
    first = plan.search_log.splitlines()[1]
    is_on = "curtailment" in plan.settings["families"]
    assert first.startswith("without curtailment\t") == is_on
    assert first.endswith("\t-") or not is_on


def optimum(scenario: dict[str, Any]) -> float | str:
    """Cost of the optimum, or that there is none."""
    try:
        return plan_of(scenario).objective_usd
    except (InfeasibleError, NoPlanError) as error:
        return type(error).__name__


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_left_out_first(seed: int) -> None:
    scenario = any_scenario(700 + seed)
    try:
        expected = optimum(scenario)
    except InputError:
        pytest.skip("a scenario that is refused")
    tried = 0
    for family in sorted(COMPONENTS):
        try:
            instance_of(begun_without(scenario, family))
        except InputError as error:
            assert f"without '{family}' the scenario does not hold" in str(error)
            continue
        tried += scenario["components"].get(family) is not None
        found = optimum(begun_without(scenario, family))
        assert found == (
            expected if isinstance(expected, str) else pytest.approx(expected, rel=1e-8)
        )
    assert tried


def test_refusals() -> None:
    with pytest.raises(InputError, match="no family is called 'curtailments'"):
        instance_of(begun_without(toy(), "curtailment", "curtailments"))
    with pytest.raises(InputError) as needed:
        instance_of(begun_without(toy(), "energy"))
    assert "without 'energy' the scenario does not hold" in str(needed.value)
    assert "needs the family 'energy', which is off" in str(needed.value)


def test_no_plan_without() -> None:
    scenario = toy()
    scenario["zones"]["dear"]["headroom_mw"] = scenario["zones"]["cheap"]["headroom_mw"] = 0.0
    expected = optimum(scenario)
    assert isinstance(expected, float)
    assert optimum(begun_without(scenario, "plants")) == pytest.approx(expected, rel=1e-9)


def test_ctrl_c_keeps_the_first_plan_and_progress_is_of_the_whole() -> None:
    change, musd = TIERED
    scenario = begun_without(toy(), "curtailment")
    change(scenario)
    seen: list[Progress] = []

    def press(progress: Progress) -> None:
        seen.append(progress)
        if progress.phase.startswith("without curtailment") and progress.incumbent is not None:
            raise KeyboardInterrupt

    plan = run(Loaded(instance_of(scenario), {}), press, replace(EXACT, gap_frac=0.0))
    assert plan.findings == ()
    assert plan.ended_by == "Ctrl-C"
    # connected as firm load, after a year
    assert plan.objective_usd == pytest.approx(NEAR_ONLY * 1e6, rel=1e-9)
    assert plan.objective_usd > musd * 1e6
    assert all(p.bound is None and p.gap is None for p in seen if p.phase.startswith("without"))
