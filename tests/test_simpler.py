"""A search that begins with a plan of the scenario without some families: the optimum stays what it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from families.test_curtailment import CASES, NEAR_ONLY
from siting import pipeline
from siting.cli.main import app
from siting.core.errors import InfeasibleError, InputError, NoPlanError
from siting.families.registry import COMPONENTS
from siting.model.assemble import assemble
from siting.pipeline import Loaded, run, solve_linear
from siting.replan.run import _policies as policies_of
from siting.simpler import Start
from siting.solver import highs
from siting.solver.highs import Outcome, Progress
from siting.solver.search import search
from support.engine import EXACT, instance_of, plan_of, toy, write_scenario
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
    is_on = "curtailment" in str(plan.settings["families"])
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


def test_what_is_committed_of_them_holds() -> None:
    scenario = toy()
    scenario["committed"] = {
        "hall": {
            "name": "a hall", "decision": "campus.halls", "item": "near", "date": "2027-01", "at_least": 1,
            "confidence": "low", "source": "paper",
        }
    }  # fmt: skip
    expected = plan_of(scenario)
    found = plan_of(begun_without(scenario, "campus"))
    assert found.objective_usd == pytest.approx(expected.objective_usd, rel=1e-9)
    assert found.findings == ()
    assert expected.objective_usd > plan_of(toy()).objective_usd


def test_a_narrowed_model_begins_within_its_bounds() -> None:
    change, musd = TIERED
    scenario = begun_without(toy(), "curtailment")
    change(scenario)
    instance = instance_of(scenario)
    linear = assemble(instance).linear
    upper = linear.upper.copy()
    near = [
        n for (name, key), n in linear.columns.items() if name == "core.commit" and key[0] == "near"
    ]
    upper[near] = 0.0
    narrow = linear.bounded(linear.lower, upper)
    found = solve_linear(instance, narrow, EXACT).outcome
    plain = search(narrow, EXACT)
    assert found.steps[0].stage == "without curtailment"
    assert found.objective == pytest.approx(plain.objective, rel=1e-9)
    assert found.objective > musd + 1


def test_ctrl_c_before_the_first_plan_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    change, _ = TIERED
    scenario = begun_without(toy(), "curtailment")
    change(scenario)
    monkeypatch.setattr(pipeline, "start_without", lambda *_: Start(None, is_stopped=True))
    with pytest.raises(NoPlanError, match="ended by Ctrl-C"):
        plan_of(scenario)


def test_a_start_in_the_record_is_the_plan_that_it_is() -> None:
    """With rows that are stated as they are broken nothing is said of its cost; with goals it has its own."""
    for seed, family in ((5115, "emissions"), (77021, "interfaces")):
        plan = plan_of(begun_without(any_scenario(seed), family))
        values = [row.split("\t")[1] for row in plan.search_log.splitlines()[1:]]
        assert min(float(value) for value in values if value != "-") >= plan.bound_usd / 1e6 - 1e-3
    change, _ = TIERED
    scenario = begun_without(toy(), "curtailment")
    change(scenario)
    scenario["objectives"] = [{"goal": "most_mw", "by": "2028-01"}]
    first = plan_of(scenario).search_log.splitlines()[1]
    assert first.startswith("least_cost: without curtailment\t")


def test_the_list_may_name_one_twice_or_one_that_is_off() -> None:
    change, musd = TIERED
    scenario = toy()
    change(scenario)
    plan = plan_of(begun_without(scenario, "water", "curtailment", "curtailment"))
    assert plan.objective_usd == pytest.approx(musd * 1e6, rel=1e-9)
    assert plan.search_log.splitlines()[1].startswith("without curtailment\t")
    assert "without" not in plan_of(begun_without(toy(), "water", "curtailment")).search_log
    with pytest.raises(InputError, match="Write 'curtailment'"):
        instance_of(begun_without(toy(), "curtailments"))


def test_a_signal_keeps_the_first_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the command line notes it: it stays asked for, also while the plan is completed."""
    change, _ = TIERED
    scenario = begun_without(toy(), "curtailment")
    change(scenario)
    stop = Event()
    monkeypatch.setattr(highs, "is_asked", stop.is_set)

    def press(progress: Progress) -> None:
        if progress.incumbent is not None:
            stop.set()

    plan = run(Loaded(instance_of(scenario), {}), press, replace(EXACT, gap_frac=0.0))
    assert plan.ended_by == "Ctrl-C"
    assert plan.findings == ()
    assert plan.objective_usd == pytest.approx(NEAR_ONLY * 1e6, rel=1e-9)


def test_a_stored_plan_is_planned_again(tmp_path: Path) -> None:
    change, _ = TIERED
    scenario = begun_without(toy(), "curtailment")
    change(scenario)
    file = write_scenario(scenario, tmp_path / "one.json")
    solve = ["solve", str(file), "-o", str(tmp_path / "plan")]
    again = ["replan", str(tmp_path / "plan"), "--as-of", "2027-02", "-o", str(tmp_path / "again")]
    for words in (solve, again):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output


def test_a_plan_without_a_bound_has_none_in_the_table_of_a_replan() -> None:
    plan = plan_of(toy())
    keep = Outcome("FEASIBLE", np.zeros(1), 1.0, -np.inf, np.inf, 0.0)
    table = policies_of(plan, keep, replace(plan, bound_usd=-np.inf))
    assert [row["bound_usd"] for row in table] == [plan.bound_usd, None, None]


def test_time_spent_on_no_start_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    change, _ = TIERED
    scenario = begun_without(toy(), "curtailment")
    change(scenario)
    start = Start(None, words="without curtailment")
    seconds = iter((0.0, *(1000.0 for _ in range(100))))
    monkeypatch.setattr(pipeline, "start_without", lambda *_: start)
    monkeypatch.setattr(pipeline, "perf_counter", lambda: next(seconds))
    assert plan_of(scenario, replace(EXACT, time_limit_seconds=None)).solve_seconds >= 1000
