"""Windows around a relaxation, and what comes next when they have no good plan."""

from __future__ import annotations

from dataclasses import replace
from itertools import starmap
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.model.assemble import assemble
from siting.model.program import Program
from siting.solver import stages as module
from siting.solver.highs import Limits, Outcome, Progress
from siting.solver.stages import Stages
from siting.solver.trust_region import TrustRegion
from siting.solver.tuning import TUNING
from support.engine import instance_of, toy

PERIODS = 3
NAMES = {("a.started", (item, p)): 3 * n + p for n, item in enumerate("xy") for p in range(PERIODS)}


def program() -> Program:
    """Two items of three periods each, whole, up to 9; nothing limits them."""
    size = len(NAMES)
    return Program(
        cost=np.ones(size),
        offset=0.0,
        start=np.zeros(size + 1, dtype=np.int32),
        row=np.zeros(0, dtype=np.int32),
        value=np.zeros(0),
        row_lower=np.zeros(0),
        row_upper=np.zeros(0),
        lower=np.zeros(size),
        upper=np.full(size, 9.0),
        is_integer=np.ones(size, dtype=bool),
        row_names=(),
        units={},
        cuts=frozenset(),
        columns=NAMES,
        area=np.full(size, -1),
        site=np.full(size, -1),
        decided_at=np.full(size, -1),
    )


def test_windows_on_paper() -> None:
    # x starts in the second period, y never
    relaxed = np.array([0.0, 2.5, 9.0, 0.0, 0.0, 0.0])
    lower, upper = TrustRegion(1, True).around(program(), relaxed)
    assert lower.tolist() == [0, 1, 8, 0, 0, 0]
    assert upper.tolist() == [1, 4, 9, 0, 0, 0]
    lower, upper = TrustRegion(4, False).around(program(), relaxed)
    assert lower.tolist() == [0, 0, 5, 0, 0, 0]
    assert upper.tolist() == [4, 7, 9, 4, 4, 4]


POINTS = st.lists(st.floats(0, 9), min_size=len(NAMES), max_size=len(NAMES)).map(np.array)


@given(
    POINTS, st.sampled_from([*starmap(TrustRegion, TUNING.trust_regions), TrustRegion(0, False)])
)
def test_the_relaxation_and_its_roundings_are_in_every_window(
    relaxed: np.ndarray, window: TrustRegion
) -> None:
    model = program()
    lower, upper = window.around(model, relaxed)
    assert (lower >= model.lower).all() and (upper <= model.upper).all()
    for point in (np.floor(relaxed), np.round(relaxed), relaxed):
        assert (lower <= point + 1e-5).all() and (point - 1e-5 <= upper).all()


def stages_with(
    monkeypatch: pytest.MonkeyPatch, outcomes: list[tuple[float, float]]
) -> tuple[Stages, list[float]]:
    """A search with a bound of 100 whose windows give these plans and own bounds, and the largest
    upper bound of each window that is searched."""
    model = assemble(instance_of(toy())).linear
    widths: list[float] = []

    def found(near: Program, *_: Any, **__: Any) -> Outcome:
        widths.append(float(near.upper[near.is_integer].sum()))
        value, bound = outcomes[len(widths) - 1]
        return Outcome("FEASIBLE", np.zeros(len(model.cost)), value, bound, 0.0, 1.0)

    monkeypatch.setattr(module, "solve", found)
    stages = Stages(model, Limits(gap_frac=0.005), None, None, 0.0)
    stages.bound = 100.0
    return stages, widths


@pytest.mark.parametrize(
    ("poor", "outcomes", "value", "nearest"),
    [
        (
            TUNING.poor_gap_frac,
            [(103.0, 102.0)],
            103.0,
            102.0,
        ),  # 2 % off, and zones will lift the bound
        (0.005, [(103.0, 102.0), (101.0, 100.2)], 101.0, 100.2),  # no zones: asked are 0.5 %
        (TUNING.poor_gap_frac, [(180.0, 175.0), (101.0, 100.2)], 101.0, 100.2),
        (
            TUNING.poor_gap_frac,
            [(180.0, 175.0), (190.0, 104.0)],
            180.0,
            104.0,
        ),  # the better plan is kept
        (
            TUNING.poor_gap_frac,
            [(180.0, 175.0), (170.0, 165.0)],
            170.0,
            165.0,
        ),  # there are two windows
        (TUNING.poor_gap_frac, [(100.4, 100.1)], 100.4, 100.1),  # proven
    ],
)
def test_the_next_window_is_tried_where_one_has_no_good_plan(
    monkeypatch: pytest.MonkeyPatch,
    poor: float,
    outcomes: list[tuple[float, float]],
    value: float,
    nearest: float,
) -> None:
    stages, widths = stages_with(monkeypatch, outcomes)
    assert stages._first_plan(np.zeros(len(stages.model.cost)), 1, poor) == nearest
    assert stages.value == value
    assert len(widths) == len(outcomes)
    assert widths == sorted(widths)


@pytest.mark.parametrize(
    ("value", "nearest", "lags"),
    [
        (102.0, 101.8, True),  # plans near by can save 0.2; to the proof 1.3 more are missing
        (105.0, 101.8, False),  # they can save 3.2
        (100.9, 100.8, False),  # within twice the asked gap
    ],
)
def test_what_lags(
    monkeypatch: pytest.MonkeyPatch, value: float, nearest: float, lags: bool
) -> None:
    stages, _ = stages_with(monkeypatch, [])
    stages.x, stages.value = np.zeros(len(stages.model.cost)), value
    assert stages._lags(nearest) is lags


def test_a_window_without_a_plan_at_its_root_is_searched_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = assemble(instance_of(toy())).linear
    nodes: list[int | None] = []

    def found(near: Program, limits: Limits, *_: Any, **__: Any) -> Outcome:
        nodes.append(limits.how.max_nodes)
        if limits.how.max_nodes is not None:
            return Outcome("NO_SOLUTION", None, np.inf, 100.0, np.inf, 1.0)
        return Outcome("FEASIBLE", np.zeros(len(model.cost)), 100.3, 100.2, 0.0, 1.0)

    monkeypatch.setattr(module, "solve", found)
    stages = Stages(model, replace(Limits(), gap_frac=0.005), None, None, 0.0)
    stages.bound = 100.0
    stages._first_plan(np.zeros(len(model.cost)), 1, TUNING.poor_gap_frac)
    assert nodes == [1, None]
    assert stages.value == 100.3


def test_progress_never_goes_back() -> None:
    """A search that begins anew knows less at first than is proven already."""
    told: list[Progress] = []
    stages = Stages(program(), Limits(gap_frac=0.005), told.append, np.full(6, 2.0), 0.0)
    stages.prove(10.0, "zones")
    for bound, best in ((None, None), (-3602.5, 14.0), (9.0, 11.5), (11.0, 11.5)):
        stages.shown(Progress("search", 1.0, bound, best))
    assert [one.bound for one in told] == [10, 10, 10, 11]
    assert [one.incumbent for one in told] == [12, 12, 11.5, 11.5]
    assert [one.gap for one in told] == pytest.approx([2 / 12, 2 / 12, 1.5 / 11.5, 0.5 / 11.5])
    # what is left out of the model may be as cheap as this
    stages.ceiling = 10.5
    stages.shown(Progress("search", 1.0, 11.0, 11.5))
    assert told[-1].bound == 10.5


def test_the_last_search_ends_where_what_is_known_proves_its_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its own bound says less than the zones did; the better of both is the result."""
    asked: list[Limits] = []

    def found(model: Program, limits: Limits, *_: Any, **__: Any) -> Outcome:
        asked.append(limits)
        return Outcome("FEASIBLE", np.ones(6), 6.0, 2.0, 4 / 6, 1.0, ended_by="a target")

    monkeypatch.setattr(module, "solve", found)
    stages = Stages(program(), Limits(gap_frac=0.05), None, np.full(6, 2.0), 0.0)
    stages.prove(5.7, "zones")
    outcome = stages.full()
    # 5.7 proves 6 to 5 %
    assert asked[0].how.target == pytest.approx(6.0)
    assert (outcome.status, outcome.objective, outcome.bound) == ("OPTIMAL", 6.0, 5.7)
    assert outcome.ended_by == ""
