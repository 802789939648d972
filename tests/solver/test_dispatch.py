"""DC optimal power flow: published objectives, prices on paper, and what cannot be dispatched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from siting.core.errors import InfeasibleError, InputError
from siting.network.case import Cost
from siting.network.limits import Limit, flow_limits
from siting.network.read import read_network
from siting.solver.dispatch import cheapest_dispatch, least_overload
from support.network import RTS, SMALL, TEXAS, hand, needs_grids, unpacked


@pytest.mark.parametrize(
    ("path", "usd_per_hour"),
    [
        # MATPOWER-out.txt of RTS-GMLC; MATPOWER's own results of case9 and case118
        (RTS, 225_806.07),
        pytest.param(SMALL / "case9.m", 5_216.03, marks=needs_grids),
        pytest.param(SMALL / "case118.m", 125_947.88, marks=needs_grids),
    ],
    ids=["rts", "case9", "case118"],
)
def test_published_objectives(path: Path, usd_per_hour: float) -> None:
    found = cheapest_dispatch(read_network(path))
    assert found.cost_usd_per_hour == pytest.approx(usd_per_hour, rel=1e-5)
    assert found.output_mw.sum() == pytest.approx(found.network.buses.load_mw.sum())


@needs_grids
def test_objective_of_two_thousand_buses(tmp_path: Path) -> None:
    """Solved before by another formulation (see the data's README)."""
    case = unpacked(TEXAS / "case_ACTIVSg2000.m.gz", tmp_path)
    found = cheapest_dispatch(read_network(case))
    assert found.cost_usd_per_hour == pytest.approx(1_201_320.8, rel=1e-6)


def test_a_congested_line_on_paper() -> None:
    """The cheap generator is behind a line of 60 MW; the dear one, with a square cost, does the rest.

    60 MW at 10 USD/MWh, then 40 MW of 20 p + 0.5 p^2 = 800 + 800, and 7 USD/h for being on.
    """
    network = hand(
        [("a", 0), ("b", 100)],
        [("a", "b", 0.1, 60)],
        [("a", 0, 200), ("b", 0, 200)],
        [Cost(linear=10.0, constant=7.0), Cost(quadratic=0.5, linear=20.0)],
    )
    found = cheapest_dispatch(network)
    assert found.cost_usd_per_hour == pytest.approx(600 + 7 + 1600)
    np.testing.assert_allclose(found.output_mw, [60, 40], atol=1e-6)
    np.testing.assert_allclose(found.flow_mw, [60], atol=1e-6)
    assert found.binding == ("a-b",)


def test_a_piecewise_cost_on_paper() -> None:
    """Segments at 1 and 5 USD/MWh; 30 MW of the other at 3 USD/MWh come between them."""
    network = hand(
        [("a", 80)],
        [],
        [("a", 0, 100), ("a", 0, 30)],
        [Cost(points=((0.0, 0.0), (40.0, 40.0), (100.0, 340.0))), Cost(linear=3.0)],
    )
    found = cheapest_dispatch(network)
    np.testing.assert_allclose(found.output_mw, [50, 30], atol=1e-6)
    assert found.cost_usd_per_hour == pytest.approx(40 + 50 + 90)


def test_no_costs_and_no_generation_are_refused() -> None:
    with pytest.raises(InputError, match="no generator costs"):
        cheapest_dispatch(hand([("a", 1)], [], [("a", 0, 2)]))
    with pytest.raises(InputError, match=r"a load of 3.0 MW above the 2.0 MW"):
        cheapest_dispatch(hand([("a", 3)], [], [("a", 0, 2)], [Cost(linear=1.0)]))


def test_an_overload_that_no_dispatch_avoids_is_named() -> None:
    network = hand(
        [("a", 0), ("b", 100)],
        [("a", "b", 0.1, 60)],
        [("a", 0, 200), ("b", 0, 30)],
        [Cost(linear=1.0), Cost(linear=2.0)],
    )
    with pytest.raises(InfeasibleError, match=r"branch a-b: 10\.00 MW above its limit of 60\.0 MW"):
        cheapest_dispatch(network)


def test_least_overload_prefers_a_sound_whole_network() -> None:
    """Two lines of 60 MW to 100 MW of load: sound while both are in, 40 MW over after either."""
    network = hand(
        [("a", 0), ("b", 100)], [("a", "b", 0.1, 60), ("a", "b", 0.1, 60)], [("a", 0, 200)]
    )
    least = least_overload(flow_limits(network, True))
    assert least.overload_mw == pytest.approx({Limit(0, 1): 40.0, Limit(1, 0): 40.0})
    assert least_overload(flow_limits(network, False)).overload_mw == {}
