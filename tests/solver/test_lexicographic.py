"""Time, interruption, progress and infeasibility with several goals."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread
from typing import Any

import highspy
import numpy as np
import pytest

from siting.core.errors import InfeasibleError, NoPlanError
from siting.core.plan import Plan
from siting.model.assemble import assemble
from siting.model.goals import linear_goals
from siting.pipeline import Loaded, run
from siting.solver import highs, lexicographic, quiet
from siting.solver.highs import Limits, Outcome, Progress, solve
from siting.solver.lexicographic import solve_goals
from siting.solver.search import search
from support.engine import EXACT, TOY, instance_of, plan_of, toy
from support.instances import medium

GOALS: list[dict[str, Any]] = [
    {"goal": "most_mw", "by": "2029-01"},
    {"goal": "earliest", "it_mw": 100},
    {"goal": "fewest_late_mw_months"},
]


def medium_with_goals(seed: int) -> Loaded:
    """A medium scenario with three goals before the cost."""
    return Loaded(instance_of({**medium(seed), "objectives": GOALS}), {})


def check_sound(plan: Plan) -> None:
    """The plan passes its audit, and no goal claims more than is proven."""
    assert plan.findings == ()
    assert len(plan.goals) == 4
    proven = all(result.status == "OPTIMAL" for result in plan.goals)
    assert plan.status == ("OPTIMAL" if proven else "FEASIBLE")
    assert plan.gap == plan.goals[-1].gap


@pytest.mark.parametrize("seconds", [0.1, 0.4, 1.0])
def test_time_is_shared_by_all_goals(seconds: float) -> None:
    loaded = medium_with_goals(3)
    limits = Limits(gap_frac=0.0, time_limit_seconds=seconds, threads=1)
    try:
        plan = run(loaded, limits=limits)
    except NoPlanError as stopped:
        assert "without a plan" in str(stopped)
        return
    check_sound(plan)


def test_no_time_for_later_goals(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = medium_with_goals(3)
    real = search
    asked: list[float | None] = []

    def only_one(*arguments: Any) -> Outcome:
        asked.append(arguments[1].time_limit_seconds)
        outcome = real(*arguments)
        monkeypatch.setattr(Limits, "left", lambda *_: 0.0)
        return outcome

    monkeypatch.setattr(lexicographic, "search", only_one)
    limits = replace(EXACT, time_limit_seconds=80.0)
    plan = run(loaded, limits=limits)
    check_sound(plan)
    assert asked == [pytest.approx(20, rel=0.1)]
    assert plan.goals[0].status == "OPTIMAL"
    assert plan.goals[-1].status == "FEASIBLE"
    assert plan.goals[-1].as_json()["bound"] is None
    assert plan.status == "FEASIBLE"


@pytest.mark.parametrize("place", [1, 2, 4])
def test_interrupt_keeps_the_plan(place: int) -> None:
    loaded = medium_with_goals(3)
    seen: list[str] = []

    def press(progress: Progress) -> None:
        seen.append(progress.goal)
        if progress.goal.startswith(f"goal {place} of 4") and progress.incumbent is not None:
            raise KeyboardInterrupt

    plan = run(loaded, press, replace(EXACT, gap_frac=0.0))
    check_sound(plan)
    assert seen


def test_stopped_in_the_second_goal(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = medium_with_goals(3)
    first = run(loaded, limits=EXACT).goals[0]
    real = search
    calls: list[str] = []

    def stopped_at_second(*arguments: Any) -> Outcome:
        calls.append("search")
        outcome = real(*arguments)
        if len(calls) < 2:
            return outcome
        return replace(outcome, status="FEASIBLE", x=None, objective=np.inf, is_stopped=True)

    monkeypatch.setattr(lexicographic, "search", stopped_at_second)
    plan = run(loaded, limits=EXACT)
    check_sound(plan)
    assert len(calls) == 2
    assert plan.status == "FEASIBLE"
    assert plan.goals[0].value == pytest.approx(first.value, rel=1e-6)


def test_progress_names_the_goal_and_its_unit() -> None:
    seen: list[Progress] = []
    run(medium_with_goals(3), seen.append, EXACT)
    assert {(p.goal, p.unit) for p in seen} == {
        ("goal 1 of 4, most_mw", "MW"),
        ("goal 2 of 4, earliest", "months"),
        ("goal 3 of 4, fewest_late_mw_months", "MW-months"),
        ("goal 4 of 4, least_cost", "M USD"),
    }
    assert all(p.bound is None or p.bound >= 0 for p in seen if p.unit == "MW")


def test_progress_of_the_cost_alone_is_as_ever() -> None:
    seen: list[Progress] = []
    run(Loaded(instance_of(medium(3)), {}), seen.append, EXACT)
    assert {(p.goal, p.unit) for p in seen} == {("", "M USD")}


def test_search_that_ends_before_the_first_look_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class AtOnce(Thread):
        def start(self) -> None:
            super().start()
            self.join()

    monkeypatch.setattr(highs, "Thread", AtOnce)
    seen: list[Progress] = []
    run(Loaded(instance_of({**toy(), "objectives": GOALS[2:]}), {}), seen.append, EXACT)
    assert {p.goal.split(",")[0] for p in seen} == {"goal 1 of 2", "goal 2 of 2"}


def test_clashing_limits_are_explained_whatever_the_goals() -> None:
    scenario = toy()
    scenario["components"]["workloads"]["kinds"]["training"]["must_serve"] = True
    scenario["zones"]["dear"]["headroom_mw"] = 70
    messages = []
    for goals in ([], [GOALS[2]], [{"goal": "earliest", "it_mw": 60}]):
        changed = {**scenario, "objectives": goals} if goals else scenario
        with pytest.raises(InfeasibleError) as error:
            plan_of(changed)
        messages.append(error.value.limits)
    assert "short by 30 MW" in messages[0][0]
    assert messages[1] == messages[2] == messages[0]


def test_model_is_that_of_the_cost_without_an_earliest_goal() -> None:
    scenario = medium(3)
    plain = assemble(instance_of(scenario)).linear
    most = assemble(instance_of({**scenario, "objectives": [GOALS[0]]})).linear
    earliest = assemble(instance_of({**scenario, "objectives": [GOALS[1]]})).linear
    assert plain.columns == most.columns
    assert np.array_equal(plain.value, most.value)
    added = set(earliest.columns) - set(plain.columns)
    assert added
    assert {name for name, _ in added} == {"goals.reach"}


def test_nothing_is_solved_for_what_no_decision_changes() -> None:
    scenario = toy()
    scenario["objectives"] = [
        {"goal": "earliest", "it_mw": 1000},
        {"goal": "most_mw", "by": "2027-01"},
    ]
    instance = instance_of(scenario)
    linear = assemble(instance).linear
    goals = linear_goals(linear, instance)
    assert [goal.is_constant for goal in goals] == [True, True, False]
    seen: list[Progress] = []
    ranked = solve_goals(linear, goals, EXACT, seen.append)
    assert {p.goal for p in seen} == {"goal 3 of 3, least_cost"}
    assert [r.is_proven for r in ranked.goals] == [True, True, True]
    assert [r.value for r in ranked.goals[:2]] == [24.0, 0.0]


def test_start_that_comes_back_with_another_value_is_searched_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """HiGHS 1.16 may state the value of a better point and give the start back as it was."""
    linear = assemble(instance_of(toy())).linear
    point = np.zeros(len(linear.cost))
    stale = Outcome("FEASIBLE", point, 10.0, 8.0, 0.2, 0.1, is_finished=True)
    good = Outcome("OPTIMAL", point, 8.0, 8.0, 0.0, 0.1, is_finished=True)
    starts: list[bool] = []

    def attempt(*arguments: Any) -> Outcome:
        starts.append(arguments[-2] is not None)
        return stale if starts[-1] else good

    monkeypatch.setattr("siting.solver.highs._attempt", attempt)
    found = solve(linear, EXACT, None, "", point)
    assert starts == [True, False]
    assert (found.status, found.objective, found.bound, found.gap) == ("OPTIMAL", 8.0, 8.0, 0.0)


def test_a_target_that_no_point_reaches_is_searched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where the solver ends at once, since what it states is as cheap as was asked for."""
    linear = assemble(instance_of(toy())).linear
    best = solve(linear, EXACT)

    class Ended(highspy.Highs):
        """Says that it has come to its target."""

        def getModelStatus(self) -> Any:
            return highspy.HighsModelStatus.kObjectiveTarget

    attempts: list[bool] = []
    made: list[Any] = []
    really, silent = highs._attempt, quiet.silent_highs

    def attempt(*arguments: Any) -> Outcome:
        attempts.append(arguments[-2] is not None)
        return really(*arguments)

    def make() -> Any:
        made.append(silent() if made else Ended())  # type: ignore[no-untyped-call]
        return made[-1]

    monkeypatch.setattr(highs, "_attempt", attempt)
    monkeypatch.setattr(highs, "silent_highs", make)
    found = solve(linear, EXACT.by(target=best.objective - 1.0), None, "", best.x)
    assert attempts == [True, False]
    assert found.status == "OPTIMAL"
    assert found.objective == pytest.approx(best.objective)


def test_solves_after_others_of_the_same_process() -> None:
    """HiGHS keeps a scheduler for the thread that ran it first, with the workers it had then."""
    import subprocess
    import sys

    script = (
        "import highspy, siting\n"
        "h = highspy.Highs(); h.setOptionValue('output_flag', False)\n"
        "h.setOptionValue('threads', 2); x = h.addVariable(lb=0, ub=1); h.maximize(x); h.run()\n"
        f"plan = siting.solve(siting.load({str(TOY)!r}))\n"
        "assert plan.status == 'OPTIMAL', plan.status\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
