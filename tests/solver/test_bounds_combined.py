"""What the stages of a search prove and find counts together."""

from __future__ import annotations

import numpy as np
import pytest

from siting.model.assemble import assemble
from siting.model.program import Program
from siting.solver import stages as module
from siting.solver.highs import CTRL_C, NUMBERS, TIME, Limits, Outcome, Progress, solve
from siting.solver.stages import Stages
from support.engine import instance_of, toy


@pytest.fixture
def model() -> Program:
    """The toy's program."""
    return assemble(instance_of(toy())).linear


def stages_of(model: Program, relaxed: float, value: float) -> Stages:
    """A search after its relaxation, with a plan of 100 million."""
    stages = Stages(model, Limits(gap_frac=0.005), None, np.zeros(len(model.cost)), 0.0)
    stages.bound, stages.value = relaxed, value
    return stages


@pytest.mark.parametrize(
    ("proven", "relaxed", "bound", "status"),
    [
        (-np.inf, 99.0, 99.0, "FEASIBLE"),  # 1 % of 100
        (99.8, 99.0, 99.8, "OPTIMAL"),  # the search itself knows better: 0.2 %
        (98.0, 99.0, 99.0, "FEASIBLE"),
    ],
)
def test_the_better_bound_counts(
    model: Program,
    monkeypatch: pytest.MonkeyPatch,
    proven: float,
    relaxed: float,
    bound: float,
    status: str,
) -> None:
    stages = stages_of(model, relaxed, 100.0)
    worse = Outcome("FEASIBLE", np.ones(len(model.cost)), 103.0, proven, np.inf, 1.0)
    monkeypatch.setattr(module, "solve", lambda *args, **kwargs: worse)
    outcome = stages.full()
    assert (outcome.bound, outcome.status) == (bound, status)
    assert outcome.gap == pytest.approx((100 - bound) / 100)
    # the plan that was known is kept where the search came back with a dearer one
    assert outcome.objective == 100.0
    assert outcome.x is not None and not outcome.x.any()


@pytest.mark.parametrize(
    ("limits", "is_stopped", "why"),
    [
        (Limits(gap_frac=0.005, time_limit_seconds=0.0), False, TIME),
        (Limits(gap_frac=0.005), True, CTRL_C),
        (Limits(gap_frac=0.005), False, NUMBERS),
        (Limits(gap_frac=0.02), False, ""),
    ],
)
def test_why_a_search_ended(model: Program, limits: Limits, is_stopped: bool, why: str) -> None:
    stages = Stages(model, limits, None, np.zeros(len(model.cost)), 0.0)
    stages.bound, stages.value, stages.is_stopped = 99.0, 100.0, is_stopped
    outcome = stages.outcome()
    assert outcome.ended_by == why
    assert outcome.status == ("FEASIBLE" if why else "OPTIMAL")


def test_a_plan_that_the_relaxation_proves_needs_no_search(
    model: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "solve", lambda *args, **kwargs: pytest.fail("searched"))
    outcome = stages_of(model, 99.6, 100.0).full()
    assert outcome.status == "OPTIMAL"
    assert outcome.gap == pytest.approx(0.004)


def test_no_plan_stays_no_plan(model: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    stages = Stages(model, Limits(), None, None, 0.0)
    stages.bound = 99.0
    stopped = Outcome("NO_SOLUTION", None, np.inf, -np.inf, np.inf, 1.0)
    monkeypatch.setattr(module, "solve", lambda *args, **kwargs: stopped)
    outcome = stages.full()
    assert (outcome.status, outcome.x, outcome.bound) == ("NO_SOLUTION", None, 99.0)


def test_known_plan_ends_the_search_once_the_bound_proves_it(model: Program) -> None:
    # the relaxation of the toy is below its optimum of 79.9; a plan said to cost 79.9 is proven
    # to 60 % by the first bound, so the search ends however good its own plans are
    outcome = solve(model, Limits(gap_frac=0.6, threads=1), known=79.9)
    assert outcome.bound >= 0.4 * 79.9
    assert not outcome.is_stopped


def test_a_restricted_search_is_shown_with_the_bound_that_holds_for_all(model: Program) -> None:
    """Its own bound, 99.9, would say that a plan of 100 is nearly the best; 90 is what is proven."""
    seen: list[Progress] = []
    stages = Stages(model, Limits(gap_frac=0.005), seen.append, None, 0.0)
    stages.bound = 90.0
    stages._proven(Progress("first plan", 1.0, 99.9, 100.0, 0.001))
    stages._proven(Progress("first plan", 2.0, 99.9, None, None))
    assert [(p.bound, p.incumbent, p.gap) for p in seen] == [(90.0, 100.0, 0.1), (90.0, None, None)]
    stages.x, stages.value = np.zeros(len(model.cost)), 95.0
    stages._proven(Progress("plans", 3.0, 99.9, 100.0, 0.001))
    assert seen[-1].incumbent == 95.0
