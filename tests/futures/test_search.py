"""The search under uncertainty: bounds, plans that are held, stopping, finished solves; on the toy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from siting.futures.build import hedged
from siting.futures.found import Found
from siting.futures.known import known_limits
from siting.futures.search import HedgeSearch
from siting.solver.highs import Limits
from siting.solver.lagrangian_bound import zone_labels
from siting.timeline.solves import Solver, StudyStopped
from support.engine import EXACT, instance_of, plan_of, toy
from support.futures import banks, banks_and_queue, demand, with_futures
from support.tuned import tune


def searched(futures: dict[str, Any], *, has_units: bool = True, **solver: Any) -> HedgeSearch:
    model = hedged(instance_of(with_futures(futures, has_units=has_units)))
    search = HedgeSearch(model, Solver(EXACT, **solver))
    search.run()
    return search


def check(found: Found) -> None:
    """Wait and see is no dearer than the plan, and that no dearer than any plan held."""
    assert found.bound <= found.value + 1e-6
    assert not found.ended_by
    assert all(found.value <= held.value + 1e-6 for held in found.held.values())
    assert all(held.bound <= held.value + 1e-6 for held in found.held.values())


def test_banks_and_queue() -> None:
    search = searched(banks_and_queue("2027-07"), has_units=False)
    found = search.found
    assert found.value == pytest.approx(87.4145)
    assert found.bound == pytest.approx(87.4145)
    search.hold_each()
    check(found)
    # the plan for `quick` opens `near` alone: 100 MW late for half a year costs 180 M USD in `slow` and
    # `mid`, where `far` then comes half a year late
    assert found.held["quick"].costs[1] == pytest.approx(51.28)
    assert min(found.held["quick"].costs[[0, 2]]) > 180
    best = min(held.value for held in found.held.values())
    assert best <= 90.5445 + 1e-6


@pytest.mark.parametrize(
    ("futures", "value"), [(banks("delivery"), 86.16), (demand("2028-01"), 188.76)]
)
def test_the_other_cases(futures: dict[str, Any], value: float) -> None:
    search = searched(futures)
    search.hold_each()
    check(search.found)
    assert search.found.value == pytest.approx(value)


@pytest.mark.parametrize(
    "futures", [banks_and_queue("2027-07"), banks("delivery"), demand("2028-01")]
)
def test_a_large_program_goes_the_long_way_to_the_same_plan(
    futures: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = searched(futures).found.value
    tune(monkeypatch, large_integers=0, narrow_periods=2, neighbourhood_periods=4)
    search = searched(futures)
    assert search.found.value == pytest.approx(plain)
    # the first delivery tells the futures of ``banks`` apart, dates those of the others
    assert ("join" in search.found.held) != search.hedged.whole.has_acts


def test_a_search_of_all_futures_that_finds_nothing_in_time_leaves_a_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Learnt by the first delivery; the plan for the likeliest future held is no better than 86.16."""
    tune(monkeypatch, large_integers=0)
    monkeypatch.setattr(HedgeSearch, "_search_whole", lambda self: None)
    search = searched(banks("delivery"))
    assert search.found.x is not None
    assert search.found.value >= 86.16 - 1e-6


def test_a_zone_is_bounded_with_all_its_futures() -> None:
    """The block of a decision is that of its zone in each future, however few decisions they share."""
    whole = hedged(instance_of(with_futures(demand("2028-01")))).whole
    label = zone_labels(whole.program)
    for part, place in zip(whole.parts, whole.place, strict=True):
        assert (label[place] == zone_labels(part)).all()


def test_one_future_is_the_plain_solve() -> None:
    one = {
        "facts": {"banks": {"known": "2027-07", "outcomes": {"as_stated": {"probability": 1.0}}}}
    }
    found = searched(one).found
    assert found.value * 1e6 == pytest.approx(plan_of(toy()).objective_usd, abs=1.0)
    assert not found.ended_by


def test_what_is_left_open_is_small_against_what_hedging_saves() -> None:
    model = hedged(instance_of(with_futures(banks_and_queue("2027-07"), has_units=False)))
    search = HedgeSearch(model, Solver(replace(EXACT, gap_frac=0.5)))
    search.run()
    single = max(held.value for held in search.found.held.values())
    assert search.found.asked <= 0.1 * (single - 0.5 * 75.934) + 1e-6
    assert search.found.value - search.found.bound <= search.found.asked + 1e-6


def test_finished_solves_are_used_again(tmp_path: Path) -> None:
    first = searched(banks_and_queue("2027-07"), has_units=False, stores=(tmp_path,))
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again = searched(banks_and_queue("2027-07"), has_units=False, stores=(tmp_path,))
    assert again.found.value == first.found.value
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == kept


def test_ctrl_c_keeps_the_best_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    tune(monkeypatch, large_integers=0)
    model = hedged(instance_of(with_futures(banks_and_queue("2027-07"), has_units=False)))
    search = HedgeSearch(model, Solver(EXACT))

    def stop(self: HedgeSearch, likeliest: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(HedgeSearch, "_hold_common", stop)
    found = search.run()
    assert found.ended_by == "Ctrl-C"
    assert found.x is not None
    assert found.value >= 87.4145 - 1e-6


def test_ctrl_c_before_any_plan_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search was stopped: that no plan was found says nothing of the scenario."""
    model = hedged(instance_of(with_futures(banks_and_queue("2027-07"), has_units=False)))

    def stop(self: HedgeSearch, number: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(HedgeSearch, "_hold_plan", stop)
    with pytest.raises(StudyStopped):
        HedgeSearch(model, Solver(EXACT)).run()


@pytest.mark.parametrize(
    ("count", "threads", "seconds"), [(1, 2, 120.0), (2, 2, 60.0), (3, 2, 30.0), (9, 2, 12.0)]
)
def test_futures_take_half_of_the_time_together(count: int, threads: int, seconds: float) -> None:
    """Two at a time: nine take five turns of 12 seconds, which is half of two minutes."""
    for is_passing, gap_frac in ((False, 0.005), (True, 0.03)):
        limits = known_limits(Limits(0.01, 120.0, threads), count, is_passing=is_passing)
        assert limits.time_limit_seconds == pytest.approx(seconds)
        assert limits.gap_frac == pytest.approx(0.01 if count == 1 else gap_frac)
        endless = known_limits(Limits(0.01, None, threads), count, is_passing=is_passing)
        assert endless.time_limit_seconds is None
