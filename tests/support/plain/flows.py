"""Network of the plain program: a lossless DC state in angles for each period, at the peak hour."""

from __future__ import annotations

from math import inf, radians
from typing import Any

import numpy as np

from support.plain.linear import Sum, total
from support.plain.world import World

WIDE = 100.0
"""Angles lie between plus and minus this [rad]."""


def hold_network(w: World) -> None:
    """Generators are redispatched so that no branch carries more than it may, nor would with any
    other out whose loss parts no island."""
    network = w.families.get("network")
    if network is None:
        return
    count = len(_islands(network, network.branches))
    outages: list[str | None] = [None]
    if network.is_n_minus_1:
        outages += [k for k in network.branches if len(_islands(network, _in(network, k))) == count]
    for p in w.periods:
        growth = (1 + network.load_growth_frac_per_year) ** sum(w.years(q) for q in range(p))
        injected = {
            b: Sum(constant=-growth * bus.load_mw)
            - total(w.firm_draw(s, p) for s in w.wired if network.bus_of_site[s] == b)
            for b, bus in network.buses.items()
        }
        for generator in network.generators.values():
            extra = w.program.variable(generator.max_mw - generator.min_mw)
            injected[generator.bus] = injected[generator.bus] + extra + generator.min_mw
        for outage in outages:
            _hold_state(w, network, _in(network, outage), growth, injected)


def _in(network: Any, outage: str | None) -> dict[str, Any]:
    """Branches in service with one out."""
    return {name: branch for name, branch in network.branches.items() if name != outage}


def _hold_state(
    w: World, network: Any, branches: dict[str, Any], growth: float, injected: dict[str, Sum]
) -> None:
    """Angles that balance every bus, and flows within the ratings or what they are anyway."""
    without = _flows_without(network, branches, growth)
    angle = {b: w.program.variable(2 * WIDE) for b in network.buses}
    leaving: dict[str, Sum] = {b: Sum() for b in network.buses}
    for name, branch in branches.items():
        turned = angle[branch.from_bus] - angle[branch.to_bus] - radians(branch.shift_deg)
        flow = _stiffness(network, branch) * turned
        leaving[branch.from_bus] = leaving[branch.from_bus] + flow
        leaving[branch.to_bus] = leaving[branch.to_bus] - flow
        own = abs(without[name])
        for side, limit in ((1.0, branch.angle_max_deg), (-1.0, branch.angle_min_deg)):
            most = inf if branch.rating_mw is None else branch.rating_mw
            if limit is not None:
                turn = side * radians(limit - branch.shift_deg)
                most = min(most, _stiffness(network, branch) * turn)
            if most < inf:
                w.program.at_most(side * flow, max(most, own))
    for b in network.buses:
        w.program.equal(injected[b], leaving[b])


def _stiffness(network: Any, branch: Any) -> float:
    """Flow for each radian of angle difference [MW]."""
    return float(network.base_mva / (branch.x_pu * (branch.tap or 1.0)))


def _flows_without(network: Any, branches: dict[str, Any], growth: float) -> dict[str, float]:
    """Flows without the plan: generators of each island at the same share of their range."""
    buses, injection = list(network.buses), np.zeros(len(network.buses))
    place = {b: i for i, b in enumerate(buses)}
    for island in _islands(network, network.branches):
        own = [g for g in network.generators.values() if g.bus in island]
        load = growth * sum(network.buses[b].load_mw for b in island)
        least, room = sum(g.min_mw for g in own), sum(g.max_mw - g.min_mw for g in own)
        share = (load - least) / room if room else 0.0
        for g in own:
            injection[place[g.bus]] += g.min_mw + share * (g.max_mw - g.min_mw)
    for b in buses:
        injection[place[b]] -= growth * network.buses[b].load_mw
    matrix = np.zeros((len(buses), len(buses)))
    for branch in branches.values():
        i, j, b = place[branch.from_bus], place[branch.to_bus], _stiffness(network, branch)
        matrix[i, i], matrix[j, j] = matrix[i, i] + b, matrix[j, j] + b
        matrix[i, j], matrix[j, i] = matrix[i, j] - b, matrix[j, i] - b
        injection[i] += b * radians(branch.shift_deg)
        injection[j] -= b * radians(branch.shift_deg)
    angle = np.linalg.lstsq(matrix, injection, rcond=None)[0]
    return {
        name: _stiffness(network, x)
        * float(angle[place[x.from_bus]] - angle[place[x.to_bus]] - radians(x.shift_deg))
        for name, x in branches.items()
    }


def _islands(network: Any, branches: dict[str, Any]) -> list[set[str]]:
    """Buses that branches join."""
    islands: list[set[str]] = [{b} for b in network.buses]
    for branch in branches.values():
        ends = {branch.from_bus, branch.to_bus}
        joined = [island for island in islands if island & ends]
        islands = [island for island in islands if not island & ends]
        islands.append(set().union(*joined))
    return islands
