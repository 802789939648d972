"""Headroom of buses: reference tables, lines on paper, and a program that shares nothing with it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.core.errors import InfeasibleError, InputError
from siting.network.build import build_network
from siting.network.limits import flow_limits
from siting.network.read import read_network
from siting.solver import bus_program
from siting.solver.bus_headroom import network_headroom
from siting.solver.central import middle_dispatch
from siting.solver.tuning import TUNING
from support.network import RTS, TEXAS, angle_headroom, hand, needs_grids, raw_case, unpacked

REFERENCE = "reference_dc_headroom.csv"
TOLERANCE_MW = 0.01


def reference(folder: Path) -> dict[str, float]:
    """Headroom by bus as published beside the data [MW]."""
    with (folder / REFERENCE).open(encoding="utf-8", newline="") as file:
        return {r["bus"]: float(r["max_additional_load_mw"]) for r in csv.DictReader(file)}


def headroom(network: Any, with_outages: bool = False, **more: Any) -> dict[str, float]:
    """Headroom of every bus [MW]."""
    every = range(len(network.buses))
    found = network_headroom(network, every, with_outages, **more)
    return {network.buses.ids[result.bus]: result.headroom_mw for result in found.buses}


def test_every_bus_of_rts_equals_the_reference() -> None:
    expected = reference(RTS.parent)
    assert len(expected) == 73
    assert headroom(read_network(RTS)) == pytest.approx(expected, abs=TOLERANCE_MW)


@needs_grids
def test_every_reference_bus_of_texas(tmp_path: Path) -> None:
    network = read_network(unpacked(TEXAS / "case_ACTIVSg2000.m.gz", tmp_path))
    expected = reference(TEXAS)
    assert len(expected) == 11
    found = network_headroom(network, [network.bus_index[bus] for bus in expected])
    ours = {network.buses.ids[r.bus]: r.headroom_mw for r in found.buses}
    assert ours == pytest.approx(expected, abs=TOLERANCE_MW)


def test_a_line_and_its_end_on_paper() -> None:
    """200 MW of generation, 50 of load behind a line of 80: 150 at the source, 30 behind the line."""
    network = hand([("a", 0), ("b", 50)], [("a", "b", 0.1, 80)], [("a", 0, 200)])
    found = network_headroom(network, [0, 1])
    assert [(r.headroom_mw, r.binding, r.limited_by) for r in found.buses] == [
        (150.0, (), "generation"),
        (30.0, ("a-b",), "branches"),
    ]


def test_dead_ends_are_what_circuits_and_the_gate_carry() -> None:
    """A ring a, b, c of equal lines of 60 MW, 100 MW of generation at a; d behind c, e and f behind d.

    c can be given 90 MW and more. Two circuits of 20 and 30 MW lead to d, with twice and once a
    reactance: 1/3 and 2/3 of the flow, so 45 MW by the second; e draws 10 of them. The line to e carries
    25, of which 10 are taken, that to f carries 200.
    """
    network = hand(
        [(name, 10 * (name == "e")) for name in "abcdef"],
        [
            ("a", "b", 0.1, 60), ("b", "c", 0.1, 60), ("a", "c", 0.1, 60),
            ("c", "d", 0.2, 20), ("d", "c", 0.1, 30), ("d", "e", 0.1, 25), ("f", "d", 0.1, 200),
        ],
        [("a", 0, 500), ("b", 7, 7)],
    )  # fmt: skip
    every = network_headroom(network, range(6)).buses
    found = {network.buses.ids[r.bus]: (r.headroom_mw, r.binding) for r in every}
    assert found["d"] == (35.0, ("d-c",))
    assert found["e"] == (15.0, ("d-e",))
    assert found["f"] == (35.0, ("d-c",))
    for bus, alone in enumerate(every):
        assert network_headroom(network, [bus]).buses == (alone,)


def test_a_bus_whose_generator_moves_is_no_dead_end() -> None:
    """100 MW through the line and 40 of its own; asked for beside the bus that feeds it."""
    network = hand([("a", 0), ("b", 0)], [("a", "b", 0.1, 100)], [("a", 0, 500), ("b", 0, 40)])
    assert headroom(network) == {"a": 540.0, "b": 140.0}


def test_redispatch_counts() -> None:
    """A triangle of equal lines of 60 MW, all generation at a but 40 MW at b.

    At c alone with a: 2/3 of it on a-c, so 90 MW. With p MW from b: a-c carries 2/3 pa + 1/3 pb and
    b-c carries 1/3 pa + 2/3 pb; pb = 40 gives pa = 70, 110 MW together.
    """
    lines = [("a", "b", 0.1, 60), ("b", "c", 0.1, 60), ("a", "c", 0.1, 60)]
    alone = hand([("a", 0), ("b", 0), ("c", 0)], lines, [("a", 0, 500)])
    assert headroom(alone)["c"] == pytest.approx(90.0)
    helped = hand([("a", 0), ("b", 0), ("c", 0)], lines, [("a", 0, 500), ("b", 0, 40)])
    assert headroom(helped)["c"] == pytest.approx(110.0)


def test_parallel_lines_with_and_without_outage() -> None:
    """Two lines of 100 MW with reactances 1 to 3: 133.3 MW together, 100 MW with either out."""
    network = hand(
        [("a", 0), ("b", 0)], [("a", "b", 0.1, 100), ("a", "b", 0.3, 100)], [("a", 0, 500)]
    )
    # the short line takes three quarters: 100 / 0.75
    assert headroom(network)["b"] == pytest.approx(400 / 3, abs=1e-4)
    found = network_headroom(network, [1], with_outages=True)
    assert found.buses[0].headroom_mw == pytest.approx(100.0)
    assert found.buses[0].binding in (("a-b-1 (a-b-2 out)",), ("a-b-2 (a-b-1 out)",))


def test_unlimited_branches_leave_generation_as_the_limit() -> None:
    network = hand([("a", 10), ("b", 0)], [("a", "b", 0.1, 0)], [("a", 5, 50)])
    assert headroom(network) == {"a": 40.0, "b": 40.0}


def test_islands_have_headroom_of_their_own() -> None:
    network = hand(
        [("a", 10), ("b", 0), ("c", 5), ("d", 0), ("lone", 0)],
        [("a", "b", 0.1, 20), ("c", "d", 0.1, 0)],
        [("a", 0, 50), ("d", 0, 7)],
    )
    assert headroom(network) == {"a": 40.0, "b": 20.0, "c": 2.0, "d": 2.0, "lone": 0.0}


def test_radial_outages_are_reported() -> None:
    network = hand([("a", 0), ("b", 5)], [("a", "b", 0.1, 20)], [("a", 0, 50)])
    found = network_headroom(network, [1], with_outages=True)
    assert found.splitting == ("a-b",) and found.buses[0].headroom_mw == 15.0


def test_a_cap_answers_whether_a_bus_can_take_it() -> None:
    network = hand([("a", 0), ("b", 50)], [("a", "b", 0.1, 80)], [("a", 0, 200)])
    found = network_headroom(network, [0, 1], cap_mw=100.0)
    assert [(r.headroom_mw, r.limited_by) for r in found.buses] == [
        (100.0, "extra_mw"),
        (30.0, "branches"),
    ]


def test_an_overload_of_the_whole_network_is_refused() -> None:
    network = hand([("a", 0), ("b", 50)], [("a", "b", 0.1, 20)], [("a", 0, 200)])
    with pytest.raises(InfeasibleError, match=r"branch a-b: 30\.00 MW above"):
        network_headroom(network, [1])
    with pytest.raises(InputError, match=r"above the 200\.0 MW"):
        network_headroom(hand([("a", 201)], [], [("a", 0, 200)]), [0])


def test_a_standing_overload_after_an_outage_does_not_stop_the_rest() -> None:
    """Either line to b out leaves 100 MW on one of 60: 40 MW over, whatever is done.

    b may make that worse by 1 % of 60 MW = 0.6; c, fed from a on its own, has its 30 MW.
    """
    network = hand(
        [("a", 0), ("b", 100), ("c", 0)],
        [("a", "b", 0.1, 60), ("a", "b", 0.1, 60), ("a", "c", 0.1, 30), ("a", "c", 0.1, 30)],
        [("a", 0, 500)],
    )
    found = network_headroom(network, [1, 2], with_outages=True)
    assert [r.headroom_mw for r in found.buses] == pytest.approx([0.6, 30.0])
    assert found.overload_mw == pytest.approx({"a-b-1 (a-b-2 out)": 40, "a-b-2 (a-b-1 out)": 40})


def test_outages_of_rts_equal_a_program_with_angles_for_each() -> None:
    """Ratings raised by a fifth, so that a dispatch fits every outage; 120 sets of angles a bus."""
    network = read_network(RTS)
    raised = replace(network.branches, rating_mw=network.branches.rating_mw * 1.2)
    network = replace(network, branches=raised)
    bus = network.bus_index["106"]
    found = network_headroom(network, [bus], with_outages=True)
    assert not found.overload_mw
    # angles of the ten outages that load the bus's branches most; a subset can only allow more
    near = {network.bus_index[b] for b in ("102", "106", "110")}
    ends = zip(network.branches.from_bus, network.branches.to_bus, strict=True)
    out = [i for i, pair in enumerate(ends) if near & set(pair)]
    ours = found.buses[0]
    assert any(f"({network.branches.ids[i]} out)" in " ".join(ours.binding) for i in out)
    assert angle_headroom(network, bus, out) == pytest.approx(ours.headroom_mw, abs=1e-3)


def test_the_number_of_processes_changes_nothing() -> None:
    network = read_network(RTS)
    every = range(len(network.buses))
    done: list[Any] = []
    one = network_headroom(network, every, jobs=1)
    two = network_headroom(network, every, jobs=2, on_done=done.extend)
    assert one.buses == two.buses
    assert sorted(result.bus for result in done) == list(every)


@contextmanager
def inside() -> Iterator[list[bool]]:
    """Buses are solved by an interior point once any limit is violated; whether each was proven by it."""
    proven: list[bool] = []
    real = bus_program.BusProgram._inside

    def noted(program: bus_program.BusProgram, bus: int) -> Any:
        found = real(program, bus)
        proven.append(found is not None)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bus_program, "TUNING", replace(TUNING, most_limits=0, near_limits=0))
        patch.setattr(bus_program.BusProgram, "_inside", noted)
        yield proven


def test_an_interior_point_gives_the_reference_too() -> None:
    with inside() as proven:
        assert headroom(read_network(RTS)) == pytest.approx(reference(RTS.parent), abs=TOLERANCE_MW)
    assert proven and all(proven)


def test_the_bound_by_prices_holds_whatever_they_are() -> None:
    """Weak duality: no prices prove less than what a dispatch gives, and those of the optimum prove it."""
    network = read_network(RTS)
    limits = flow_limits(network, with_outages=False)
    middle = middle_dispatch(network)
    assert middle is not None
    program = bus_program.BusProgram(limits, {}, middle, np.inf)
    rng = np.random.default_rng(1)
    for name, mw in reference(RTS.parent).items():
        bus = network.bus_index[name]
        program.solve(bus, TUNING.move_costs)
        for _ in range(5):
            price = rng.normal(size=len(program.program.kept)) * (rng.random() < 0.8)
            assert program._bound_of_rows(bus, mw, price) >= mw - TOLERANCE_MW
        dual = np.array(program.program.highs.getSolution().row_dual)
        price = -dual[program.program.first_limit :] / TUNING.extra_value
        assert program._bound_of_rows(bus, mw, price) == pytest.approx(mw, abs=TOLERANCE_MW)


@st.composite
def networks(draw: st.DrawFn) -> Any:
    """A connected network of a few buses whose ratings and generation may all bind."""
    n = draw(st.integers(2, 5))
    mw = st.integers(0, 60)
    tree = [(str(draw(st.integers(0, i - 1))), str(i)) for i in range(1, n)]
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])
    pairs_more = [(str(a), str(b)) for a, b in draw(st.lists(pairs, max_size=4))]
    branches = [
        (a, b, draw(st.sampled_from([0.05, 0.1, 0.2])), draw(st.integers(10, 80)))
        for a, b in [*tree, *pairs_more]
    ]
    generators = [
        (str(draw(st.integers(0, n - 1))), 0, draw(st.integers(20, 120)))
        for _ in range(draw(st.integers(1, 3)))
    ]
    raw = raw_case([(str(i), draw(mw) / 3) for i in range(n)], branches, generators)
    more = {
        "shift_deg": [draw(st.sampled_from([0.0, 0.0, 1.0])) for _ in branches],
        "angle_min_deg": [draw(st.sampled_from([-np.inf, -np.inf, -2.0, -1.0])) for _ in branches],
        "angle_max_deg": [draw(st.sampled_from([np.inf, np.inf, 3.0, 1.5])) for _ in branches],
    }
    return build_network(replace(raw, branches=raw.branches.assign(**more)))


@given(networks())
@settings(max_examples=120)
def test_random_networks_equal_a_program_in_angles(network: Any) -> None:
    """Without outages, every bus; and with them wherever a dispatch fits them all."""
    expected = {b: angle_headroom(network, i) for i, b in enumerate(network.buses.ids)}
    if None in expected.values():
        with pytest.raises((InputError, InfeasibleError)):
            headroom(network)
        return
    assert headroom(network) == pytest.approx(expected, abs=1e-4)
    with inside():
        assert headroom(network) == pytest.approx(expected, abs=1e-4)
    found = network_headroom(network, range(len(network.buses)), with_outages=True)
    out = [i for i, name in enumerate(network.branches.ids) if name not in found.splitting]
    secure = [angle_headroom(network, i, out) for i in range(len(network.buses))]
    if found.overload_mw:
        assert None in secure
        return
    np.testing.assert_allclose(
        [r.headroom_mw for r in found.buses], np.array(secure, float), atol=1e-4
    )
