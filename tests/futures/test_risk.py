"""What is made small: means of the worst futures, the worst future, late load; on the toy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from siting.core.futures import Risk
from siting.futures.build import Hedged, hedged
from siting.futures.risk import late_months, measured, worst_mean
from siting.solver.highs import solve
from support.engine import EXACT, instance_of
from support.futures import banks_and_queue, with_futures


def solved(risk: dict[str, Any]) -> tuple[Hedged, float, np.ndarray, np.ndarray]:
    futures = {**banks_and_queue("2027-07"), "risk": risk}
    model = hedged(instance_of(with_futures(futures, has_units=False)))
    found = solve(model.whole.program, EXACT)
    assert found.x is not None
    calendar = model.base.system.calendar
    late = np.array(
        [
            late_months(part, calendar) @ x
            for part, x in zip(model.whole.parts, model.whole.of(found.x), strict=True)
        ]
    )
    return model, found.objective, model.whole.costs(found.x), late


def test_mean_of_the_worst_share() -> None:
    values, shares = np.array([1.0, 5.0, 3.0]), np.array([0.5, 0.1, 0.4])
    # the worst fifth: all of 5 and a quarter of the 0.4 at 3
    assert worst_mean(values, shares, 0.2) == pytest.approx((0.1 * 5 + 0.1 * 3) / 0.2)
    assert worst_mean(values, shares, 1.0) == pytest.approx(0.5 + 0.5 + 1.2)
    assert worst_mean(values, shares, 0.05) == 5.0


def test_the_worst_future_alone() -> None:
    # `slow` needs the bank ordered at once to be at `near` in 2028-07, which costs it 92.37; in `mid` that
    # bank is there half a year before the connection and costs 0.05 more than it had to
    _, value, costs, _ = solved({"expected": 0.0, "worst_cost": 1.0})
    assert value == pytest.approx(92.42)
    assert costs.max() == pytest.approx(value)


@pytest.mark.parametrize(
    "risk",
    [
        {"expected": 0.5, "cvar_cost": {"tail": 0.1, "weight": 0.5}},
        {"expected": 1.0, "cvar_cost": {"tail": 0.6, "weight": 2.0}, "worst_cost": 0.3},
        {"cvar_late_mw_months": {"tail": 0.3, "weight": 500_000.0}},
    ],
)
def test_what_is_solved_is_what_is_measured(risk: dict[str, Any]) -> None:
    model, value, costs, late = solved(risk)
    settings = Risk.model_validate(risk)
    assert measured(settings, model.tree.probabilities, costs, late) == pytest.approx(value)


def test_a_tail_of_everything_is_the_mean() -> None:
    _, value, _, _ = solved({"expected": 0.0, "cvar_cost": {"tail": 1.0, "weight": 1.0}})
    assert value == pytest.approx(87.4145)


def test_weights_scale_what_is_made_small() -> None:
    _, once, _, _ = solved({"expected": 1.0})
    _, twice, _, _ = solved({"expected": 2.0})
    assert twice == pytest.approx(2 * once)
