"""Networks for tests: two sites behind one line, and random ones around medium scenarios."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from siting.families.base import LazyRow
from siting.families.network.data import NetworkData, rows_of_limits
from siting.model.program import Program
from siting.network.limits import Limit
from support.engine import toy
from support.instances import medium

Data = dict[str, Any]


def behind_one_line(rating_mw: float, *, circuits: int = 1, **network: Any) -> Data:
    """The toy with a twin of ``near`` at its bus and ``far`` at another; 200 MW wanted from 2028.

    Near and twin have acres for one hall each. Buses: ``plant`` with 1,000 MW of generation,
    ``east`` (near and twin, 50 MW of load), ``west`` (far). Lines: plant-east of the rating, in
    circuits, and plant-west of 500 MW.
    """
    scenario = toy()
    del scenario["components"]["plants"]
    del scenario["sites"]["ranch"]
    scenario["sites"]["near"]["buildable_acres"] = 100
    scenario["sites"]["twin"] = {**scenario["sites"]["near"], "name": "Twin"}
    kind = scenario["components"]["workloads"]["kinds"]["training"]
    kind["targets"] = [{"from_date": "2028-01", "it_mw": 200}]
    lines = {
        f"east-{n}": {"from_bus": "plant", "to_bus": "east", "x_pu": 0.1, "rating_mw": rating_mw}
        for n in range(circuits)
    }
    west = {"from_bus": "plant", "to_bus": "west", "x_pu": 0.1, "rating_mw": 500}
    scenario["components"]["network"] = {
        "buses": {"plant": {"base_kv": 230}, "east": {"base_kv": 230, "load_mw": 50}, "west": {"base_kv": 230}},
        "branches": {**lines, "west": west},
        "generators": {"unit": {"bus": "plant", "max_mw": 1000}},
        "bus_of_site": {"near": "east", "twin": "east", "far": "west"},
        **network,
    }  # fmt: skip
    return scenario


def random_network(seed: int, *, is_n_minus_1: bool) -> Data:
    """A medium scenario with much headroom, whose sites attach to a meshed network of thin lines."""
    rng = Random(f"network {seed}")
    scenario = medium(seed)
    for name in ("curtailment", "budget", "ratepayer", "bridge"):
        scenario["components"].pop(name, None)
    for zone in scenario["zones"].values():
        zone.update(headroom_mw=500, accredited_surplus_mw=500)
    count = rng.choice([6, 8, 10])
    buses = {f"b{i}": {"base_kv": 230, "load_mw": rng.choice([0, 20, 60])} for i in range(count)}
    pairs = [(f"b{rng.randrange(i)}", f"b{i}") for i in range(1, count)]
    for _ in range(count // 2 + 2):
        start, end = rng.sample(sorted(buses), 2)
        pairs.append((start, end))
    branches = {
        f"l{n}": {
            "from_bus": start,
            "to_bus": end,
            "x_pu": rng.choice([0.05, 0.1, 0.2]),
            "rating_mw": rng.choice([10, 20, 40, 80]),
            "shift_deg": rng.choice([0, 0, 0, 2]),
        }
        for n, (start, end) in enumerate(pairs)
    }
    need = sum(bus["load_mw"] for bus in buses.values())
    generators = {
        f"g{n}": {
            "bus": f"b{rng.randrange(count)}",
            "min_mw": rng.choice([0, 5]),
            "max_mw": need + 150,
        }
        for n in range(3)
    }
    scenario["components"]["network"] = {
        "buses": buses,
        "branches": branches,
        "generators": generators,
        "bus_of_site": {site: f"b{rng.randrange(count)}" for site in scenario["sites"]},
        "load_growth_frac_per_year": rng.choice([0.0, 0.02]),
        "is_n_minus_1": is_n_minus_1,
    }
    return scenario


def lattice(size: int = 7) -> Data:
    """Half the corners of a lattice of thin lines as sites: a plan comes at once, its proof does not."""
    rng = Random("lattice")
    corners = [(i, j) for i in range(size) for j in range(size)]
    lines = [
        ((i, j), end) for i, j in corners for end in ((i + 1, j), (i, j + 1)) if max(end) < size
    ]
    sites = [corner for corner in corners if sum(corner) % 2 == 0]
    targets = [{"from_date": f"{2028 + n}-01", "it_mw": 1500 * (n + 1)} for n in range(3)]
    hall = {
        "hall_it_mw": 90,
        "shell_months": 6,
        "overnight_usd_per_it_mw": 1e6,
        "lifetime_years": 15,
    }
    return {
        "schema_version": 1,
        "name": "lattice",
        "discount_rate_frac": 0.05,
        "horizon": {"start": "2027-01", "steps": [{"until": "2031-01", "step": "half_year"}]},
        "sites": {
            f"s{i}{j}": {
                "zone": "z",
                "max_it_mw": 400,
                "preparation_usd": rng.randrange(10**6, 9 * 10**6),
            }
            for i, j in sites
        },
        "zones": {"z": {"headroom_mw": 1e5, "accredited_surplus_mw": 1e5, "connection_months": 6}},
        "components": {
            "land": {},
            "campus": hall,
            "headroom": {},
            "energy": {},
            "workloads": {"kinds": {"t": {"targets": targets, "delay_cost_usd_per_mw_month": 1e5}}},
            "network": {
                "buses": {f"b{i}{j}": {"load_mw": rng.randrange(20, 80)} for i, j in corners},
                "branches": {
                    f"l{i}{j}-{a}{b}": {
                        "from_bus": f"b{i}{j}",
                        "to_bus": f"b{a}{b}",
                        "x_pu": rng.choice([0.02, 0.03, 0.05]),
                        "rating_mw": rng.randrange(150, 420),
                    }
                    for (i, j), (a, b) in lines
                },
                "generators": {
                    f"g{n}": {"bus": f"b{rng.randrange(size)}{rng.randrange(size)}", "max_mw": 1500}
                    for n in range(8)
                },
                "bus_of_site": {f"s{i}{j}": f"b{i}{j}" for i, j in sites},
            },
        },
    }


def every_limit(data: NetworkData) -> list[Limit]:
    """All flow limits of a period, as the full model states them."""
    watched, share = data.limits.watched, data.limits.outage_share
    limits = [Limit(int(branch)) for branch in watched]
    if share is not None:
        pairs = zip(*np.nonzero(share), strict=True)
        found = [(int(watched[row]), int(outage)) for row, outage in pairs]
        limits += [Limit(branch, outage) for branch, outage in found if branch != outage]
    return limits


def all_rows(data: NetworkData) -> list[LazyRow]:
    """Every flow limit of every period."""
    limits = every_limit(data)
    return [row for p in data.periods for row in rows_of_limits(data, limits, p)]


def with_angles(model: Program, data: NetworkData) -> Program:
    """The model with flow limits in voltage angles, outages as networks of their own: no PTDF.

    For each period and outage that splits no island: angle and flow columns, Kirchhoff's law at
    each bus, flow = b (angle difference - shift), and the flow within its limit.
    """
    network = data.limits.network
    splitting = set(map(int, data.limits.splitting))
    outages: list[int | None] = [None]
    if data.limits.outage_share is not None:
        outages += [k for k in range(len(network.branches)) if k not in splitting]
    for p in data.periods:
        for out in outages:
            model = _with_state(model, data, p, out)
    return model


def _with_state(model: Program, data: NetworkData, p: int, out: int | None) -> Program:
    """One network state: columns for angles and flows, rows for both laws."""
    network, index = data.limits.network, data.limits.network.bus_index
    branches, n, m = network.branches, len(network.buses), len(network.branches)
    first = len(model.cost)
    limit = np.array([_limit(data, p, branch, out) for branch in range(m)])
    if out is not None:
        limit[out] = 0.0
    model = replace(
        model,
        cost=np.concatenate([model.cost, np.zeros(n + m)]),
        lower=np.concatenate([model.lower, np.full(n, -1e3), -limit]),
        upper=np.concatenate([model.upper, np.full(n, 1e3), limit]),
        is_integer=np.concatenate([model.is_integer, np.zeros(n + m, bool)]),
        area=np.concatenate([model.area, np.full(n + m, -1)]),
        site=np.concatenate([model.site, np.full(n + m, -1)]),
        decided_at=np.concatenate([model.decided_at, np.full(n + m, -1)]),
        start=np.concatenate([model.start, np.full(n + m, model.start[-1])]).astype(np.int32),
    )
    rows = np.zeros((n + m, len(model.cost)))
    right = np.zeros(n + m)
    inside = {int(network.island[index[bus]]) for bus, q in data.draw_buses if q == p}
    for b in range(n):
        moved = int(network.island[b]) in inside
        right[b] = -data.load_mw(p)[b] if moved else data.base_mw[p][b]
    for bus, q in data.generator_buses:
        if q == p:
            right[index[bus]] += data.least_mw[bus]
            rows[index[bus], model.columns["network.extra_mw", (bus, p)]] -= 1
    for bus, q in data.draw_buses:
        if q == p:
            rows[index[bus], model.columns["network.withdrawal_mw", (bus, p)]] += 1
    for branch in range(m):
        flow = first + n + branch
        rows[branches.from_bus[branch], flow] += 1
        rows[branches.to_bus[branch], flow] -= 1
        b = branches.susceptance_mw[branch]
        rows[n + branch, flow] = 1
        if branch != out:
            rows[n + branch, first + branches.from_bus[branch]] -= b
            rows[n + branch, first + branches.to_bus[branch]] += b
            right[n + branch] = -b * branches.shift_rad[branch]
    names = [("angles", (p, -1 if out is None else out, r)) for r in range(n + m)]
    return model.with_rows(csr_array(rows), right, right, names)


def _limit(data: NetworkData, p: int, branch: int, out: int | None) -> float:
    """Limit of a flow by a power flow of the test's own: the rating, or what flows without the plan."""
    network = data.limits.network
    branches = network.branches
    b = branches.susceptance_mw.copy()
    if out is not None:
        b[out] = 0.0
    n = len(network.buses)
    ends = np.zeros((len(b), n))
    ends[np.arange(len(b)), branches.from_bus] = 1
    ends[np.arange(len(b)), branches.to_bus] -= 1
    angles = np.linalg.pinv(ends.T @ (b[:, None] * ends)) @ (
        data.base_mw[p] + ends.T @ (b * branches.shift_rad)
    )
    flow = b * (ends @ angles - branches.shift_rad)
    return float(max(branches.rating_mw[branch], abs(flow[branch])))
