"""Programs that HiGHS is known to answer wrongly, and the right answer that the engine gives."""

from __future__ import annotations

from dataclasses import replace
from threading import Event, Thread
from typing import Any

import highspy
import numpy as np
import pytest

from campaigns import second_solver
from siting.core.errors import InfeasibleError, NoPlanError
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.pipeline import Loaded, run
from siting.solver import highs as module
from siting.solver import stages, verdict
from siting.solver.highs import Limits, Outcome, loaded, relative_gap, solve
from siting.solver.quiet import silent_highs
from siting.solver.scale import cost_factor
from siting.solver.search import search
from siting.solver.small import lower_bound, optimum
from siting.solver.stages import Stages
from siting.solver.verdict import run as run_highs
from support.engine import EXACT, instance_of, plan_of, toy
from support.instances import medium
from support.rooms import ROOMS, best_of, better_late, least_bought


def falsely_infeasible() -> dict[str, Any]:
    """Nothing must be served and late load costs nothing, so the plan that builds nothing costs 0."""
    return {
        "schema_version": 1,
        "name": "falsely-infeasible",
        "horizon": {
            "start": "2027-04",
            "steps": [
                {"until": "2028-10", "step": "quarter"},
                {"until": "2030-10", "step": "year"},
            ],
        },
        "zones": {"z1": {}},
        "sites": {"s0": {"zone": "z1"}},
        "components": {
            "land": {"preparation_usd": 8000000},
            "headroom": {},
            "curtailment": {
                "tiers": {
                    "1pct": {"hours_per_year": 85, "depth_frac": 0.8},
                    "0_5pct": {"hours_per_year": 366},
                },
                "flexible_frac": {"inference": 0.1},
            },
            "workloads": {
                "kinds": {"inference": {"targets": [{"from_date": "2028-01", "it_mw": 80}]}}
            },
            "energy": {},
        },
    }


@pytest.fixture
def falsely() -> Program:
    """The program of that scenario."""
    return assemble(instance_of(falsely_infeasible())).linear


def test_presolve_does_not_rule_out_the_plan_that_builds_nothing() -> None:
    plan = plan_of(falsely_infeasible())
    assert (plan.status, plan.objective_usd, plan.findings) == ("OPTIMAL", 0.0, ())


def test_the_second_opinion_alone_is_enough(
    falsely: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PRESOLVE_RULES_OFF", 0)
    bare = loaded(falsely, EXACT)
    # the thread of the tests may have a scheduler of another size
    thread = Thread(target=bare.run)
    thread.start()
    thread.join()
    # where HiGHS no longer errs, the rule may be used again
    assert bare.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    assert (solve(falsely, EXACT).status, solve(falsely, EXACT).objective) == ("OPTIMAL", 0.0)


def test_a_bound_is_not_raised_by_a_false_verdict(
    falsely: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PRESOLVE_RULES_OFF", 0)
    limits = EXACT.by(max_nodes=100)
    assert lower_bound(falsely, limits, 0.0, Event())[0] <= 0.0
    status, x, _ = optimum(falsely, seed=1)
    assert status == "OPTIMAL" and x is not None


def test_what_has_no_plan_is_infeasible_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    # x <= 1 and 2 x >= 3: presolve and the second run agree
    scenario = toy()
    scenario["components"]["workloads"]["kinds"]["training"]["must_serve"] = True
    scenario["components"]["workloads"]["kinds"]["training"]["targets"] = [
        {"from_date": "2028-01", "it_mw": 1e5}
    ]
    runs: list[str] = []
    true_run = highspy.Highs.run

    def counted(highs: highspy.Highs) -> Any:
        status = true_run(highs)
        runs.append(str(highs.getOptionValue("presolve")[1]))
        return status

    monkeypatch.setattr(highspy.Highs, "run", counted)
    assert solve(assemble(instance_of(scenario)).linear, EXACT).status == "INFEASIBLE"
    assert runs == ["choose", "off"]


def test_presolve_is_back_after_a_second_opinion() -> None:
    # the same object may be solved again with other rows: 0 <= x <= 1, x >= 2
    highs = silent_highs()
    highs.setOptionValue("output_flag", False)
    highs.addVar(0.0, 1.0)
    highs.addRow(2.0, highspy.kHighsInf, 1, np.array([0], np.int32), np.array([1.0]))
    run_highs(highs)
    assert highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    assert highs.getOptionValue("presolve")[1] == "choose"


def test_a_bound_that_a_plan_refutes_is_none(
    falsely: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Stages(falsely, Limits(), None, np.zeros(len(falsely.cost)), 0.0)
    known.value, known.bound = 100.0, 90.0
    wrong = Outcome("INFEASIBLE", None, np.inf, np.inf, np.inf, 0.0)
    monkeypatch.setattr(stages, "solve", lambda *args, **kwargs: wrong)
    outcome = known.full()
    assert (outcome.status, outcome.objective, outcome.bound) == ("FEASIBLE", 100.0, 90.0)
    assert outcome.ended_by


def test_an_empty_clash_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Outcome("INFEASIBLE", None, np.inf, np.inf, np.inf, 0.0)
    monkeypatch.setattr(stages, "solve", lambda *args, **kwargs: wrong)
    with pytest.raises(NoPlanError, match="contradict") as error:
        run(Loaded(instance_of(falsely_infeasible()), {}), limits=EXACT)
    assert not isinstance(error.value, InfeasibleError)


@pytest.mark.parametrize("room", ROOMS)
def test_a_row_with_next_to_no_room_hides_no_plan(room: float) -> None:
    program = least_bought(best_of(better_late()), room)
    outcome = solve(program, EXACT)
    assert (outcome.status, outcome.objective, outcome.bound) == ("OPTIMAL", 0.0, 0.0)
    assert second_solver.scip(program) == ("optimal", 0.0)


def test_the_aggregator_alone_hides_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # where HiGHS no longer errs, the rule may be used again
    best = best_of(better_late())

    def bounds(rules_off: int) -> list[float]:
        monkeypatch.setattr(module, "PRESOLVE_RULES_OFF", rules_off)
        return [solve(least_bought(best, room), EXACT).bound for room in ROOMS]

    assert max(bounds(verdict.DUAL_FIXING_IN_PROBING)) > 1.0
    assert bounds(verdict.AGGREGATOR) == [0.0] * len(ROOMS)


def test_nothing_is_bought_where_load_is_better_late() -> None:
    plan = plan_of(better_late())
    assert plan.objective_usd == pytest.approx(9.6e6)
    assert (plan.status, plan.findings) == ("OPTIMAL", ())
    assert not plan.tables["commitments"].rows


@pytest.mark.parametrize(
    ("seed", "power"), [(1, -9), *((2, power) for power in (-9, -6, -3, 3, 6, 9))]
)
def test_costs_of_any_size_have_the_optimum_of_their_size(seed: int, power: int) -> None:
    # unscaled, seed 1 at 1e-9 came back with a gap of 1.7 %, seed 2 at 1e-6 "optimal" 2e-5 too dear
    model = assemble(instance_of(medium(seed))).linear
    right = search(model, EXACT)
    factor = 10.0**power
    other = search(replace(model, cost=factor * model.cost, offset=factor * model.offset), EXACT)
    assert right.status == other.status == "OPTIMAL"
    assert other.objective == pytest.approx(factor * right.objective, rel=1e-9)
    assert relative_gap(other.objective, other.bound) <= 1e-7


def test_shipped_costs_are_solved_in_their_own_unit() -> None:
    model = assemble(instance_of(toy())).linear
    assert cost_factor(model) == 1.0
    tiny = cost_factor(replace(model, cost=model.cost * 1e-9))
    assert np.log2(tiny) == int(np.log2(tiny)) > 10
    assert cost_factor(replace(model, cost=np.zeros_like(model.cost))) == 1.0
