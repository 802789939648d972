"""The bound from zones: never above the optimum, never below the relaxation, exact where nothing links."""

from __future__ import annotations

from dataclasses import replace
from threading import Event, Semaphore
from time import sleep
from typing import Any

import numpy as np
import pytest

from siting.model.assemble import assemble
from siting.model.program import Program
from siting.solver import lagrangian_bound as module
from siting.solver import stages as stages_module
from siting.solver.blocks import Blocks
from siting.solver.highs import Limits, solve
from siting.solver.lagrangian_bound import Zones, lagrangian_bounds, zone_labels
from siting.solver.search import search
from siting.solver.tuning import TUNING, ZoneRound
from support.engine import EXACT, instance_of
from support.instances import medium
from support.tuned import tune

SEEDS = (1, 2, 3, 5, 6, 8)


def lagrangian_bound(model: Program, dual: np.ndarray, limits: Limits) -> float:
    """The bound of all zones; -inf where there is none."""
    return max(lagrangian_bounds(model, dual, limits), default=-np.inf)


def program(seed: int) -> Program:
    return assemble(instance_of(medium(seed))).linear


def relaxation(model: Program) -> tuple[float, np.ndarray]:
    """Value and duals of the linear relaxation."""
    found = solve(replace(model, is_integer=np.zeros_like(model.is_integer)), EXACT)
    assert found.row_dual is not None
    return found.objective, found.row_dual


@pytest.mark.parametrize("seed", SEEDS)
def test_between_the_relaxation_and_the_optimum(seed: int) -> None:
    model = program(seed)
    least, dual = relaxation(model)
    optimum = solve(model, EXACT).objective
    bound = lagrangian_bound(model, dual, EXACT)
    slack = 1e-6 * max(1.0, abs(optimum))
    assert least - slack <= bound <= optimum + slack


def test_whole_units_lift_the_bound() -> None:
    gains = []
    for seed in SEEDS:
        model = program(seed)
        least, dual = relaxation(model)
        gains.append(lagrangian_bound(model, dual, EXACT) - least)
    assert max(gains) > 1.0


@pytest.mark.parametrize("seed", SEEDS[:3])
@pytest.mark.parametrize("kind", ["zero", "random"])
def test_any_duals_give_a_bound(seed: int, kind: str) -> None:
    """Bad prices make a bad bound, never a false one."""
    model = program(seed)
    optimum = solve(model, EXACT).objective
    rng = np.random.default_rng(seed)
    size = len(model.row_lower)
    dual = np.zeros(size) if kind == "zero" else rng.normal(0, 1e-3, size)
    assert lagrangian_bound(model, dual, EXACT) <= optimum + 1e-6 * max(1.0, abs(optimum))


def two_zones(rows: int) -> Program:
    """min 3 a + 3 b, each whole and at most 3, 2 a >= 3 and 2 b >= 3; with a linking row a + b >= 0."""
    start = np.array([0, 2, 4] if rows == 3 else [0, 1, 2], dtype=np.int32)
    row = np.array([0, 2, 1, 2] if rows == 3 else [0, 1], dtype=np.int32)
    value = np.array([2.0, 1.0, 2.0, 1.0] if rows == 3 else [2.0, 2.0])
    lower = np.array([3.0, 3.0, 0.0][:rows])
    return Program(
        cost=np.array([3.0, 3.0]),
        offset=10.0,
        start=start,
        row=row,
        value=value,
        row_lower=lower,
        row_upper=np.full(rows, np.inf),
        lower=np.zeros(2),
        upper=np.full(2, 3.0),
        is_integer=np.ones(2, dtype=bool),
        row_names=tuple(("row", (n,)) for n in range(rows)),
        units={},
        cuts=frozenset(),
        columns={("x", (0,)): 0, ("x", (1,)): 1},
        area=np.array([0, 1]),
        site=np.array([-1, -1]),
        decided_at=np.array([-1, -1]),
    )


@pytest.mark.parametrize("rows", [2, 3])
def test_on_paper(rows: int) -> None:
    """Relaxed each zone takes 1.5 of its unit, 10 + 9; whole it takes 2, 10 + 12."""
    model = two_zones(rows)
    least, dual = relaxation(model)
    assert least == pytest.approx(19.0)
    assert lagrangian_bound(model, dual, EXACT) == pytest.approx(22.0)


def test_price_of_a_linking_row_on_paper() -> None:
    """a + b >= 5 at a price of 3 is worth 15; the zones then cost nothing: 10 + 15, and 25 is best."""
    model = replace(two_zones(3), row_lower=np.array([3.0, 3.0, 5.0]))
    assert lagrangian_bound(model, np.array([0.0, 0.0, 3.0]), EXACT) == pytest.approx(25.0)
    # at a price of 1 each zone pays 2 for 2 units: 10 + 5 + 4 + 4
    assert lagrangian_bound(model, np.array([0.0, 0.0, 1.0]), EXACT) == pytest.approx(23.0)
    # the row has no upper side: a price below zero counts as none
    assert lagrangian_bound(model, np.array([0.0, 0.0, -9.0]), EXACT) == pytest.approx(22.0)


def test_free_columns_that_pay_without_end_give_no_bound() -> None:
    """A column of no zone whose price would be gained without end: no bound rather than a false one."""
    model = replace(two_zones(3), area=np.array([0, -1]), upper=np.array([3.0, np.inf]))
    assert lagrangian_bound(model, np.array([0.0, 0.0, 9.0]), EXACT) == -np.inf
    # without prices it is best at zero, and the zone takes 2 units at 3: 10 + 6
    assert lagrangian_bound(model, np.zeros(3), EXACT) == pytest.approx(16.0)


def test_labels_are_zones_then_lone_sites() -> None:
    model = replace(two_zones(3), area=np.array([4, -1]), site=np.array([0, 7]))
    assert zone_labels(model).tolist() == [0, 1]
    neither = replace(model, area=np.array([-1, -1]), site=np.array([-1, 7]))
    assert zone_labels(neither).tolist() == [-1, 0]


def test_rows_of_one_block_are_its_own() -> None:
    blocks = Blocks(two_zones(3), np.array([0, 1]))
    assert [blocks.rows(b).tolist() for b in (-1, 0, 1)] == [[2], [0], [1]]
    assert [blocks.columns(b).tolist() for b in (-1, 0, 1)] == [[], [0], [1]]


def test_no_time_gives_no_bound() -> None:
    model = program(3)
    _, dual = relaxation(model)
    optimum = solve(model, EXACT).objective
    bound = lagrangian_bound(model, dual, replace(EXACT, time_limit_seconds=0.0))
    assert bound <= optimum + 1e-6


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("seed", SEEDS[:4])
def test_the_search_with_zones_finds_the_same_optimum(
    seed: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = program(seed)
    optimum = solve(model, EXACT).objective
    bounds: list[float] = []

    class Noted(Zones):
        def wait(self, *args: Any) -> float:
            bounds.append(super().wait(*args))
            return bounds[-1]

    tune(monkeypatch, large_integers=0, trust_regions=((0, True),))
    monkeypatch.setattr(stages_module, "Zones", Noted)
    found = search(model, replace(EXACT, threads=threads))
    assert found.status == "OPTIMAL"
    assert found.objective == pytest.approx(optimum, rel=1e-6)
    assert all(bound <= optimum * (1 + 1e-6) for bound in bounds)
    assert bounds or found.gap <= EXACT.gap_frac


def test_ctrl_c_while_zones_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The best plan stays, with the bound of the relaxation or what the zones have given by then."""
    model = program(3)
    least, _ = relaxation(model)

    class Pressed(Zones):
        def wait(self, *args: Any) -> float:
            raise KeyboardInterrupt

    tune(monkeypatch, large_integers=0, trust_regions=((0, True),))
    monkeypatch.setattr(stages_module, "Zones", Pressed)
    found = search(model, EXACT)
    assert found.is_stopped
    assert found.x is not None
    assert least * (1 - 1e-6) <= found.bound <= found.objective * (1 + 1e-6)


def test_zones_that_run_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while they are waited for reaches those that run; the others never begin."""
    model = program(3)
    _, dual = relaxation(model)
    stopped: list[bool] = []
    begun = Event()

    def waits(part: Program, _limits: Limits, _gap: float, stop: Event) -> tuple[float, float]:
        if not part.is_integer.any():
            return 0.0, 0.0
        begun.set()
        stopped.append(stop.wait(30))
        return 0.0, 0.0

    def press() -> None:
        if begun.is_set():
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "lower_bound", waits)
    zones = Zones(model, dual, replace(EXACT, threads=2))
    with pytest.raises(KeyboardInterrupt):
        zones.wait(1.0, np.inf, press)
    assert stopped
    assert all(stopped)


def test_one_thread_begins_when_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never more busy threads than asked for: with one, the zones leave it to the plan."""
    model = program(3)
    _, dual = relaxation(model)
    running = Semaphore(1)
    is_alone: list[bool] = []
    begun = Event()

    def one_at_a_time(
        _part: Program, _limits: Limits, _gap: float, _stop: Event
    ) -> tuple[float, float]:
        begun.set()
        is_alone.append(running.acquire(blocking=False))
        running.release()
        return 0.0, 0.0

    monkeypatch.setattr(module, "lower_bound", one_at_a_time)
    zones = Zones(model, dual, replace(EXACT, threads=1))
    assert not begun.wait(0.2)
    zones.wait(1.0)
    zones.cancel()
    assert is_alone
    assert all(is_alone)


def test_one_thread_does_no_more_than_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Relaxed zones are waited for: none in whole units begins before it is, whatever is given up."""
    model = program(3)
    _, dual = relaxation(model)
    whole: list[bool] = []

    def noted(part: Program, _limits: Limits, _gap: float, _stop: Event) -> tuple[float, float]:
        whole.append(bool(part.is_integer.any()))
        return 0.0, 0.0

    monkeypatch.setattr(module, "lower_bound", noted)
    zones = Zones(model, dual, replace(EXACT, threads=1))
    zones.wait(0.0)
    sleep(0.2)
    assert whole == [False] * zones.count
    zones.wait(1 / (zones.count * len(TUNING.zone_rounds)))
    sleep(0.2)
    assert len(whole) == zones.count + 1
    zones.wait(1.0)
    zones.cancel()
    assert len(whole) == 2 * zones.count


def test_each_round_goes_on_where_the_one_before_left_zones_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two zones, relaxed at -4 each: one is closed at its root, the other in the second round."""
    asked: list[tuple[int, int | None]] = []

    def bound(part: Program, limits: Limits, _gap: float, _stop: Event) -> tuple[float, float]:
        zone = int(part.area[0])
        if not part.is_integer.any():
            return -4.0, 0.0
        asked.append((zone, limits.how.max_nodes))
        by_root = [(-1.0, 0.0), (-3.0, 2.0)]
        return by_root[zone] if limits.how.max_nodes == 1 else (-2.0, 0.0)

    monkeypatch.setattr(module, "lower_bound", bound)
    rounds = tuple(ZoneRound(nodes, 0.005) for nodes in (1, 100, 400))
    tune(monkeypatch, zone_rounds=rounds)
    limits = replace(EXACT, gap_frac=0.01, threads=1)
    found = list(lagrangian_bounds(two_zones(3), np.zeros(3), limits))
    # the constant is 10: 10 - 8, then -1 - 4, -1 - 3, and the second round ends it at -1 - 2
    assert found == [2.0, 5.0, 6.0, 6.0, 7.0, 7.0, 7.0]
    assert asked == [(0, 1), (1, 1), (1, 100)]


def test_what_zones_have_given_counts_when_time_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time is over after the first plan: nothing is waited for, the bound that is there is taken."""
    model = program(3)
    least, _ = relaxation(model)
    optimum = solve(model, EXACT).objective
    given = (least + optimum) / 2

    class Given(Zones):
        latest = given

    def first(stages: Any, *_: Any) -> float:
        stages.take(solve(model, EXACT), "search")
        stages.left = lambda: 0.0
        return -np.inf

    tune(monkeypatch, large_integers=0)
    monkeypatch.setattr(stages_module, "Zones", Given)
    monkeypatch.setattr(stages_module.Stages, "_first_plan", first)
    found = search(model, EXACT)
    assert found.bound == pytest.approx(max(given, least), rel=1e-9)


@pytest.mark.parametrize("gap", [0.5, 1.0])
def test_a_wide_gap_is_met_by_any_plan_within_it(
    gap: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    tune(monkeypatch, large_integers=0)
    model = program(3)
    found = search(model, replace(EXACT, gap_frac=gap))
    optimum = solve(model, EXACT).objective
    assert found.status == "OPTIMAL"
    assert found.bound <= optimum * (1 + 1e-6)
    assert found.objective - found.bound <= gap * found.objective + 1e-6
