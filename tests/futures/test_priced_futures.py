"""The bound from prices: never above the optimum, never below the relaxation, whatever the prices are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import siting.futures.search as searching
from siting.futures.build import hedged
from siting.futures.found import Held
from siting.futures.prices import priced, priced_bound
from siting.futures.search import HedgeSearch
from siting.futures.states import middle
from siting.solver.highs import solve
from siting.solver.tuning import TUNING
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of
from support.futures import banks, banks_and_queue, demand, with_futures
from support.plain_futures import with_facts

CASES = [
    (banks_and_queue("2027-07"), False, 87.4145),
    (banks("delivery"), True, 86.16),
    (demand("2028-01"), True, 188.76),
]
"""Facts, whether there are fuel cells, and the optimum on paper (``test_extensive.py``)."""


def bound(model: Any, dual: np.ndarray) -> float:
    futures, between = priced(model.whole, dual)
    outcomes = [solve(each.program, EXACT) for each in futures]
    assert all(each.least <= o.bound + 1e-6 for each, o in zip(futures, outcomes, strict=True))
    return priced_bound(model.whole, between, [outcome.bound for outcome in outcomes])


@pytest.mark.parametrize(("futures", "has_units", "optimum"), CASES)
def test_prices_of_the_relaxation(futures: dict[str, Any], has_units: bool, optimum: float) -> None:
    model = hedged(instance_of(with_futures(futures, has_units=has_units)))
    relaxed = solve(model.whole.program.relaxed(), EXACT)
    assert relaxed.row_dual is not None
    found = bound(model, relaxed.row_dual)
    assert relaxed.objective - 1e-6 <= found <= optimum + 1e-6
    parts, between = priced(model.whole, relaxed.row_dual)
    least = priced_bound(model.whole, between, [each.least for each in parts])
    assert least == pytest.approx(relaxed.objective, abs=1e-4)


@pytest.mark.parametrize(("futures", "has_units", "optimum"), CASES)
def test_any_prices(futures: dict[str, Any], has_units: bool, optimum: float) -> None:
    model = hedged(instance_of(with_futures(futures, has_units=has_units)))
    relaxed = solve(model.whole.program.relaxed(), EXACT).row_dual
    assert relaxed is not None
    noise = np.random.default_rng(1).normal(1.0, 0.3, len(relaxed))
    assert bound(model, relaxed * noise) <= optimum + 1e-6


@pytest.mark.parametrize("number", [1, 2, 3, 5, 8, 974])
def test_random_facts(number: int) -> None:
    scenario = with_facts(number)
    assert scenario is not None
    model = hedged(instance_of(scenario))
    whole = solve(model.whole.program, EXACT)
    relaxed = solve(model.whole.program.relaxed(), EXACT)
    assert relaxed.row_dual is not None
    found = bound(model, relaxed.row_dual)
    slack = 1e-6 * max(1.0, abs(whole.objective))
    assert relaxed.objective - slack <= found <= whole.objective + slack


def test_prices_prove_what_waiting_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    # wait and see is 183.71, and the relaxation of both futures in one is whole
    model = hedged(instance_of(with_futures(demand("2028-01"))))
    shares, parts = model.tree.probabilities, model.whole.parts
    assert shares @ [solve(part, EXACT).objective for part in parts] == pytest.approx(183.71)
    relaxed = solve(model.whole.program.relaxed(), EXACT)
    assert relaxed.row_dual is not None
    assert bound(model, relaxed.row_dual) == pytest.approx(188.76)
    # the search of a large program takes it, before all futures are searched at once
    said: dict[str, tuple[float, float]] = {}
    monkeypatch.setattr(searching, "TUNING", replace(TUNING, large_integers=0))
    # plans that are held would be near enough
    monkeypatch.setattr(HedgeSearch, "_hold_plan", lambda *_: Held("", None, 1e9, 1e9, np.zeros(2)))
    monkeypatch.setattr(HedgeSearch, "_hold_common", lambda *_: None)
    tell = lambda what, value, least: said.update({what: (value, least)})  # noqa: E731
    found = HedgeSearch(model, Solver(EXACT), tell).run()
    assert said["what futures share, priced"][1] == pytest.approx(188.76)
    assert found.value == pytest.approx(188.76)
    assert any("under prices" in name for name in found.held)


def test_the_middle_of_some_states() -> None:
    nan = float("nan")
    states = np.array([[0.0, 3.0, nan, nan], [1.0, 3.0, 2.0, nan], [5.0, 0.0, 1.0, nan]])
    shares = np.array([0.25, 0.35, 0.4])
    # 1 is not exceeded with 0.6; 3 with all, 0 with 0.4 only; of the two that have it 1 with 0.4 of 0.75
    found = middle(shares)(states)
    assert found[:3].tolist() == [1.0, 3.0, 1.0]
    assert np.isnan(found[3])
