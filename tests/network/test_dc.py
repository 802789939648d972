"""Flows, PTDF and LODF: by hand, against PyPSA, and by what must hold of any network."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.core.errors import InputError
from siting.network.dc import dc_model, outage_columns
from siting.network.limits import Limit, flow_limits
from siting.network.read import read_network
from support.network import RTS, SMALL, hand, matrix, needs_grids

LARGER = (SMALL / "case118.m", SMALL / "case_ACTIVSg200.m")
CASES = (RTS, *(pytest.param(path, marks=needs_grids) for path in LARGER))


def triangle() -> Any:
    """Three buses, three equal lines."""
    return hand(
        [("a", 0), ("b", 0), ("c", 90)],
        [("a", "b", 0.1, 0), ("b", "c", 0.1, 0), ("a", "c", 0.1, 0)],
        [("a", 0, 200)],
    )


def test_triangle_on_paper() -> None:
    """From a to c two thirds take the short way, one third the way of twice its length."""
    model = dc_model(triangle())
    # 90 MW from a to c: 30 by way of b, 60 directly
    np.testing.assert_allclose(model.flows(np.array([90.0, 0.0, -90.0])), [30, 30, 60], atol=1e-9)
    # the reference is a: 1 MW at b flows 2/3 over a-b (backwards) and 1/3 over c; and so on
    expected = np.array([[0, -2 / 3, -1 / 3], [0, 1 / 3, -1 / 3], [0, -1 / 3, -2 / 3]])
    np.testing.assert_allclose(model.transfer(), expected, atol=1e-12)
    shares, splitting = outage_columns(model, np.arange(3))
    # whatever goes out, all of it takes the other way
    np.testing.assert_allclose(shares, [[-1, -1, 1], [-1, -1, 1], [1, 1, -1]], atol=1e-12)
    assert not len(splitting)


def test_taps_and_parallel_lines_on_paper() -> None:
    """A transformer of tap 2 and the same reactance carries half of what its twin carries."""
    from dataclasses import replace

    from siting.network.build import build_network
    from support.network import raw_case

    raw = raw_case([("a", 0), ("b", 30)], [("a", "b", 0.1, 0), ("a", "b", 0.1, 0)], [("a", 0, 99)])
    network = build_network(replace(raw, branches=raw.branches.assign(tap=[0.0, 2.0])))
    assert network.branches.ids == ("a-b-1", "a-b-2")
    flows = dc_model(network).flows(np.array([30.0, -30.0]))
    np.testing.assert_allclose(flows, [20.0, 10.0], atol=1e-12)
    shares, splitting = outage_columns(dc_model(network), np.arange(len(network.branches)))
    np.testing.assert_allclose(shares, [[-1, 1], [1, -1]], atol=1e-12)
    assert not len(splitting)


def test_phase_shifter_on_paper() -> None:
    """A shift of 0.1 rad in a ring of three lines of 1000 MW/rad drives 100/3 MW around it."""
    from dataclasses import replace

    from siting.network.build import build_network
    from support.network import raw_case

    raw = raw_case(
        [("a", 0), ("b", 0), ("c", 0)],
        [("a", "b", 0.1, 0), ("b", "c", 0.1, 0), ("a", "c", 0.1, 0)],
        [("a", 0, 1)],
    )
    shift = np.degrees([0.1, 0.0, 0.0])
    network = build_network(replace(raw, branches=raw.branches.assign(shift_deg=shift)))
    flows = dc_model(network).flows(np.zeros(3))
    np.testing.assert_allclose(flows, np.array([-100, -100, 100]) / 3, atol=1e-9)
    # with the shifter's own line out nothing drives anything
    limits = flow_limits(
        replace(network, branches=replace(network.branches, rating_mw=np.full(3, 10.0))), True
    )
    row = limits.rows([Limit(1, 0)])[0]
    assert row.constant_mw == pytest.approx(0.0, abs=1e-9)


def test_radial_outage_is_reported_not_divided_by() -> None:
    network = hand(
        [("a", 0), ("b", 1), ("c", 1), ("d", 1)],
        [("a", "b", 0.1, 5), ("b", "c", 0.1, 5), ("a", "c", 0.1, 5), ("c", "d", 0.1, 5)],
        [("a", 0, 9)],
    )
    limits = flow_limits(network, True)
    assert [network.branches.ids[i] for i in limits.splitting] == ["c-d"]
    assert limits.outage_share is not None and np.isfinite(limits.outage_share).all()


def test_cancelling_reactances_are_refused() -> None:
    network = hand([("a", 0), ("b", 1)], [("a", "b", 0.1, 0), ("a", "b", -0.1, 0)], [("a", 0, 9)])
    with pytest.raises(InputError, match=r"reactances .* cancel"):
        dc_model(network)


def pypsa_factors(path: Path) -> tuple[np.ndarray, np.ndarray, list[str], list[tuple[str, str]]]:
    """PTDF and LODF of PyPSA for a MATPOWER file read without the engine's reader.

    Returns the two with their buses and the ends of their branches.
    """
    import pypsa

    tables = {field: matrix(path, field) for field in ("bus", "gen", "branch")}
    # PyPSA takes the reactance of a transformer per unit of its rating, so 0 for unlimited will not do
    tables["branch"][tables["branch"][:, 5] == 0, 5] = 100.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = pypsa.Network()
        network.import_from_pypower_ppc({"version": "2", "baseMVA": 100.0, **tables})
        network.determine_network_topology()
        subnet = network.sub_networks.obj.iloc[0]
        subnet.calculate_PTDF()
        with np.errstate(all="ignore"):
            subnet.calculate_BODF()
        branches = subnet.branches()
    ends = [(str(b.bus0), str(b.bus1)) for b in branches.itertuples()]
    return np.asarray(subnet.PTDF), np.asarray(subnet.BODF), list(subnet.buses_o), ends


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_factors_equal_those_of_pypsa(path: Path) -> None:
    network = read_network(path)
    transfer, shares, buses, ends = pypsa_factors(path)
    model = dc_model(network)
    # parallel branches keep their order among each other in both
    seen: dict[tuple[str, str], int] = {}
    ids = network.buses.ids
    own = {}
    for i in range(len(network.branches)):
        pair = (ids[network.branches.from_bus[i]], ids[network.branches.to_bus[i]])
        seen[pair] = seen.get(pair, 0) + 1
        own[(*pair, seen[pair])] = i
    seen.clear()
    order = []
    for pair in ends:
        seen[pair] = seen.get(pair, 0) + 1
        order.append(own[(*pair, seen[pair])])
    ours = model.transfer()
    # PTDF depend on the reference; differences to one bus do not
    column = [network.bus_index[bus] for bus in buses]
    ours_moved = ours[order][:, column] - ours[order][:, column[:1]]
    np.testing.assert_allclose(ours_moved, transfer - transfer[:, :1], rtol=0, atol=1e-8)
    found, splitting = outage_columns(model, np.arange(len(network.branches)))
    kept = [i for i, branch in enumerate(order) if branch not in set(splitting.tolist())]
    assert len(kept) > len(order) / 2
    chosen = [order[i] for i in kept]
    np.testing.assert_allclose(found[np.ix_(order, chosen)], shares[:, kept], rtol=0, atol=1e-8)


@st.composite
def rings(draw: st.DrawFn) -> Any:
    """A ring with random chords: no outage splits it."""
    n = draw(st.integers(3, 7))
    reactance = st.floats(0.02, 0.5)
    ring = [(str(i), str((i + 1) % n), draw(reactance), 0.0) for i in range(n)]
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])
    chords = [(str(a), str(b), draw(reactance), 0.0) for a, b in draw(st.lists(pairs, max_size=4))]
    return hand([(str(i), 0) for i in range(n)], [*ring, *chords], [("0", 0, 1)])


@given(rings(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_outage_factors_equal_a_second_power_flow(network: Any, random: Any) -> None:
    """Flows after an outage by LODF are those of the network without the branch."""
    from dataclasses import replace

    n, out = len(network.buses), random.randrange(len(network.branches))
    injection = np.array([random.uniform(-50, 50) for _ in range(n)])
    injection[0] -= injection.sum()
    model = dc_model(network)
    flows = model.flows(injection)
    shares, _ = outage_columns(model, np.arange(len(network.branches)))
    left = np.arange(len(network.branches)) != out
    branches = network.branches
    without = replace(
        network,
        branches=replace(
            branches,
            ids=tuple(np.array(branches.ids)[left]),
            **{
                field: getattr(branches, field)[left]
                for field in ("from_bus", "to_bus", "susceptance_mw", "shift_rad", "rating_mw")
            },
        ),
    )
    after = flows + shares[:, out] * flows[out]
    np.testing.assert_allclose(after[left], dc_model(without).flows(injection), atol=1e-6)
    assert after[out] == pytest.approx(0.0, abs=1e-9)
