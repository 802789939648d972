"""Networks for tests: small ones made by hand, shared ones, and answers found another way."""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas
import pytest
from scipy.optimize import linprog

from siting.network.build import RawCase, build_network
from siting.network.case import Cost, Network
from support.engine import PUBLISHED, SHARED

DATA = SHARED / "data"
RTS = PUBLISHED / "rts_gmlc" / "RTS_GMLC.m"
SMALL = DATA / "grid_matpower_small"
TEXAS = DATA / "grid_activsg2000_texas"

needs_grids = pytest.mark.skipif(
    not SMALL.is_dir(), reason="the larger grids are not beside the checkout"
)

BusRow = tuple[str, float]
BranchRow = tuple[str, str, float, float]
GeneratorRow = tuple[str, float, float]


def raw_case(
    buses: Sequence[BusRow],
    branches: Sequence[BranchRow],
    generators: Sequence[GeneratorRow],
    costs: Sequence[Cost] = (),
) -> RawCase:
    """A case from (bus, load), (from, to, reactance, rating), (bus, least, most); base 100 MVA."""
    return RawCase(
        "hand",
        100.0,
        pandas.DataFrame(
            {
                "id": [b[0] for b in buses],
                "title": "",
                "base_kv": 230.0,
                "load_mw": [float(b[1]) for b in buses],
                "longitude": np.nan,
                "latitude": np.nan,
                "is_reference": [i == 0 for i in range(len(buses))],
                "is_on": True,
            }
        ),
        pandas.DataFrame(
            {
                "id": "",
                "from": [b[0] for b in branches],
                "to": [b[1] for b in branches],
                "x_pu": [float(b[2]) for b in branches],
                "tap": 0.0,
                "shift_deg": 0.0,
                "rating_mw": [float(b[3]) for b in branches],
                "is_on": True,
            }
        ),
        pandas.DataFrame(
            {
                "id": [f"g{i}" for i in range(len(generators))],
                "bus": [g[0] for g in generators],
                "min_mw": [float(g[1]) for g in generators],
                "max_mw": [float(g[2]) for g in generators],
                "is_on": True,
            }
        ),
        tuple(costs),
    )


def hand(
    buses: Sequence[BusRow],
    branches: Sequence[BranchRow],
    generators: Sequence[GeneratorRow],
    costs: Sequence[Cost] = (),
) -> Network:
    """The same, checked."""
    return build_network(raw_case(buses, branches, generators, costs))


def unpacked(path: Path, folder: Path) -> Path:
    """A gzipped file, unpacked into a folder."""
    target = folder / path.name.removesuffix(".gz")
    target.write_bytes(gzip.decompress(path.read_bytes()))
    return target


def matrix(path: Path, field: str) -> np.ndarray:
    """A table of a MATPOWER file, taken apart independently of the reader."""
    found = re.search(rf"mpc\.{field}\s*=\s*\[(.*?)\];", path.read_text(encoding="utf-8"), re.S)
    assert found is not None
    lines = [line.split("%")[0].replace(";", " ").split() for line in found[1].splitlines()]
    return np.array([[float(cell) for cell in line] for line in lines if line])


def angle_headroom(
    network: Network, bus: int, outages: Sequence[int] = (), cap_mw: float = 1e6
) -> float | None:
    """Headroom by a program in outputs and angles, each outage with angles of its own.

    Shares nothing with the engine but the network: no PTDF, no LODF, every row at once. None where
    no dispatch exists.
    """
    generators, branches, n = network.generators, network.branches, len(network.buses)
    count, states = len(generators), [-1, *outages]
    columns = count + 1 + n * len(states)
    equal, right, below, limit = [], [], [], []
    for number, out in enumerate(states):
        first = count + 1 + n * number
        balance = np.zeros((n, columns))
        for g in range(count):
            balance[generators.bus[g], g] += 1.0
        balance[bus, count] -= 1.0
        for i in range(len(branches)):
            if i == out:
                continue
            a, b = int(branches.from_bus[i]), int(branches.to_bus[i])
            share, shift = branches.susceptance_mw[i], branches.shift_rad[i]
            flow = np.zeros(columns)
            flow[first + a], flow[first + b] = share, -share
            balance[a] -= flow
            balance[b] += flow
            if np.isfinite(branches.rating_mw[i]):
                below += [flow, -flow]
                pushed = share * shift
                limit += [branches.rating_mw[i] + pushed, branches.rating_mw[i] - pushed]
            turn = np.zeros(columns)
            turn[first + a], turn[first + b] = 1.0, -1.0
            for sign, most in ((1.0, branches.most_rad[i]), (-1.0, -branches.least_rad[i])):
                if np.isfinite(most):
                    below.append(sign * turn)
                    limit.append(most)
        load = network.buses.load_mw.astype(float).copy()
        for i in range(len(branches)):
            if i != out:
                pushed = branches.susceptance_mw[i] * branches.shift_rad[i]
                load[branches.from_bus[i]] -= pushed
                load[branches.to_bus[i]] += pushed
        equal.append(balance)
        right.append(load)
    cost = np.zeros(columns)
    cost[count] = -1.0
    bounds = [
        *zip(generators.min_mw, generators.max_mw, strict=True),
        (0.0, cap_mw),
        *[(None, None)] * (n * len(states)),
    ]
    found = linprog(
        cost,
        A_ub=np.array(below) if below else None,
        b_ub=np.array(limit) if below else None,
        A_eq=np.vstack(equal),
        b_eq=np.concatenate(right),
        bounds=bounds,
    )
    return None if found.x is None else float(found.x[count])
