"""Settings and shared data of ``network`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from siting.core.system import System
from siting.families.base import Index, LazyRow, Lookup
from siting.families.network.settings import NetworkConfig, attached, network_of
from siting.network.case import Floats, Network
from siting.network.limits import WHOLE, FlowLimits, Limit, flow_limits

TOLERANCE_MW = 1e-4
"""Excess over a limit that a solution may have: rounding of the solver."""


ROWS_AT_ONCE = 100
"""Worst broken limits of a period that are stated in one round."""


@dataclass(frozen=True)
class NetworkData:
    """Numbers of the formulas.

    Attributes:
        limits: the network with its PTDF and LODF. bus_of: bus of each site; km: their distance.
        periods: those in which an attached site may draw.
        least_mw, most_mw: output of the generators of each bus that has any.
        growth: factor on the load of each period.
        generator_buses: (bus, period) that may be redispatched; draw_buses: at which sites draw.
    """

    system: System
    limits: FlowLimits
    bus_of: Mapping[str, str]
    km: Mapping[str, float | None]
    periods: tuple[int, ...]
    least_mw: Mapping[str, float]
    most_mw: Mapping[str, float]
    growth: Mapping[int, float]
    generator_buses: tuple[tuple[str, int], ...]
    draw_buses: tuple[tuple[str, int], ...]
    base_mw: Mapping[int, Floats]
    """Injections without the plan, by period and bus."""

    def sites_at(self, bus: str) -> list[str]:
        """Sites that draw at a bus."""
        return [s for s, name in self.bus_of.items() if name == bus]

    def load_mw(self, p: int) -> Floats:
        """Load without the plan by bus."""
        return self.limits.network.buses.load_mw * self.growth[p]

    def injection_mw(self, values: Lookup, p: int) -> Floats:
        """Injections of a solution by bus."""
        index, found = self.limits.network.bus_index, self.base_mw[p].copy()
        moved = {self.limits.network.island[index[bus]] for bus, q in self.draw_buses if q == p}
        inside = np.isin(self.limits.network.island, sorted(moved))
        found[inside] = -self.load_mw(p)[inside]
        for bus, q in self.generator_buses:
            if q == p:
                found[index[bus]] += self.least_mw[bus] + values.get("network.extra_mw", (bus, p))
        for bus, q in self.draw_buses:
            if q == p:
                found[index[bus]] -= values.get("network.withdrawal_mw", (bus, p))
        return found

    def flow_mw(self, limit: Limit, flows: Floats) -> float:
        """Flow on a branch with an outage from the flows without."""
        flow = float(flows[limit.branch])
        if limit.outage == WHOLE:
            return flow
        return flow + self.limits.share(limit) * float(flows[limit.outage])


def _base_mw(
    network: Network, least_mw: Mapping[str, float], most_mw: Mapping[str, float], growth: float
) -> Floats:
    """Injections without the plan: generators of an island at the same share of their range."""
    least, most = np.zeros(len(network.buses)), np.zeros(len(network.buses))
    for bus, mw in least_mw.items():
        least[network.bus_index[bus]] = mw
        most[network.bus_index[bus]] = most_mw[bus]
    load, count = network.buses.load_mw * growth, int(network.island.max()) + 1
    missing = np.bincount(network.island, load - least, count)
    room = np.bincount(network.island, most - least, count)
    share = np.divide(missing, room, out=np.zeros(count), where=room > 0)
    return np.asarray(least + share[network.island] * (most - least) - load)


def prepare(system: System, config: NetworkConfig) -> NetworkData:
    """The network with its factors, where sites attach, and what may be redispatched when."""
    network = network_of(config)
    places = attached(system, config)
    used = {s: bus for s, (bus, _) in places.items() if s in system.first_service}
    pairs = [(s, p) for s, p in system.grid_periods if s in used]
    periods = tuple(sorted({p for _, p in pairs}))
    least: dict[str, float] = {}
    most: dict[str, float] = {}
    for g, bus_index in enumerate(network.generators.bus):
        bus = network.buses.ids[bus_index]
        least[bus] = least.get(bus, 0.0) + float(network.generators.min_mw[g])
        most[bus] = most.get(bus, 0.0) + float(network.generators.max_mw[g])
    draws = sorted({(used[s], p) for s, p in pairs})
    moved = {
        p: {int(network.island[network.bus_index[b]]) for b, q in draws if q == p} for p in periods
    }
    movable = [
        (bus, p)
        for bus in sorted(least)
        for p in periods
        if int(network.island[network.bus_index[bus]]) in moved[p]
    ]
    calendar = system.calendar
    yearly = 1 + config.load_growth_frac_per_year
    growth = {p: yearly ** sum(calendar.years(q) for q in range(p)) for p in calendar.periods}
    return NetworkData(
        system=system,
        limits=flow_limits(network, config.is_n_minus_1),
        bus_of=used,
        km={s: km for s, (_, km) in places.items()},
        periods=periods,
        least_mw=least,
        most_mw=most,
        growth=growth,
        base_mw={p: _base_mw(network, least, most, growth[p]) for p in periods},
        generator_buses=tuple(movable),
        draw_buses=tuple(draws),
    )


def separate(data: NetworkData, values: Lookup) -> list[LazyRow]:
    """Flow limits that a solution breaks, the worst of each period."""
    rows: list[LazyRow] = []
    for p in data.periods:
        broken = [limit for limit, _ in broken_limits(data, values, p)][:ROWS_AT_ONCE]
        rows += rows_of_limits(data, broken, p)
    return rows


def broken_limits(data: NetworkData, values: Lookup, p: int) -> list[tuple[Limit, float]]:
    """Broken limits of a period with their excess [MW], worst first; one of each branch."""
    return data.limits.violated(
        data.injection_mw(values, p), accepted_mw=data.base_mw[p], tolerance_mw=TOLERANCE_MW
    )


def rows_of_limits(data: NetworkData, limits: list[Limit], p: int) -> list[LazyRow]:
    """The rows of some limits in a period, over the columns of this family."""
    network = data.limits.network
    columns = [*_columns(data, p)]
    held, accepted = data.injection_mw(_Nothing(), p), data.limits.model.flows(data.base_mw[p])
    rows = []
    for limit, row in zip(limits, data.limits.rows(limits), strict=True):
        constant = float(row.coefficients @ held) + row.constant_mw
        own = abs(data.flow_mw(limit, accepted))
        out = () if limit.outage == WHOLE else (f"{network.branches.ids[limit.outage]} out",)
        rows.append(
            LazyRow(
                name="network.flow_limit",
                index=(network.branches.ids[limit.branch], *out, p),
                terms=tuple(
                    (name, key, sign * float(row.coefficients[i]))
                    for name, key, sign, i in columns
                    if abs(row.coefficients[i]) > 1e-12
                ),
                lower=min(row.least_mw, -own) - constant,
                upper=max(row.most_mw, own) - constant,
                unit="MW",
            )
        )
    return rows


def restate(data: NetworkData, keys: Sequence[Index]) -> list[LazyRow | None]:
    """Flow limits by their indices, None for what is the index of none."""
    place = {name: n for n, name in enumerate(data.limits.network.branches.ids)}
    outages = {
        f"{name} out": n
        for name, n in place.items()
        if data.limits.outage_share is not None and n not in data.limits.splitting
    }
    watched = set(data.limits.watched.tolist())
    found: list[LazyRow | None] = [None] * len(keys)
    asked: dict[int, list[tuple[int, Limit]]] = {}
    for number, key in enumerate(keys):
        if len(key) not in (2, 3) or key[-1] not in data.periods:
            continue
        limit = Limit(
            place.get(key[0], WHOLE), outages.get(key[1], WHOLE) if len(key) == 3 else WHOLE
        )
        is_one = limit.branch in watched and (limit.outage != WHOLE) == (len(key) == 3)
        if is_one and limit.outage != limit.branch:
            asked.setdefault(int(key[-1]), []).append((number, limit))
    for p, limits in asked.items():
        rows = rows_of_limits(data, [limit for _, limit in limits], p)
        for (number, _), row in zip(limits, rows, strict=True):
            found[number] = row
    return found


def _columns(data: NetworkData, p: int) -> Iterator[tuple[str, tuple[str, int], float, int]]:
    """(variable, index, sign of its injection, bus) of a period."""
    index = data.limits.network.bus_index
    for bus, q in data.generator_buses:
        if q == p:
            yield "network.extra_mw", (bus, p), 1.0, index[bus]
    for bus, q in data.draw_buses:
        if q == p:
            yield "network.withdrawal_mw", (bus, p), -1.0, index[bus]


class _Nothing:
    """A solution in which everything is zero."""

    def get(self, name: str, index: tuple[object, ...]) -> float:
        """Zero."""
        return 0.0


class PowerFlow:
    """DC power flow by angles, from the branch table alone."""

    def __init__(self, data: NetworkData) -> None:
        branches = data.limits.network.branches
        self.start, self.end = branches.from_bus, branches.to_bus
        self.stiffness, self.shift = branches.susceptance_mw, branches.shift_rad
        self.size = len(data.limits.network.buses)
        self.island = self._islands(np.ones(len(self.start), bool))

    def _islands(self, on: np.ndarray) -> np.ndarray:
        """Number of the island of each bus with some branches on."""
        from scipy.sparse.csgraph import connected_components

        shape = (self.size, self.size)
        links = csc_array((np.ones(int(on.sum())), (self.start[on], self.end[on])), shape=shape)
        return np.asarray(connected_components(links, directed=False)[1])

    def flows(self, injection: Floats, out: int | None = None) -> Floats | None:
        """Flows with a branch out; None where its loss splits an island."""
        from scipy.sparse.linalg import spsolve

        on = np.ones(len(self.start), bool)
        if out is not None:
            on[out] = False
        island = self._islands(on)
        if island.max() > self.island.max():
            return None
        b = np.where(on, self.stiffness, 0.0)
        rows = np.concatenate([self.start, self.end, self.start, self.end])
        columns = np.concatenate([self.start, self.end, self.end, self.start])
        matrix = csc_array(
            (np.concatenate([b, b, -b, -b]), (rows, columns)), shape=(self.size,) * 2
        )
        pushed = np.zeros(self.size)
        np.add.at(pushed, self.start, b * self.shift)
        np.add.at(pushed, self.end, -b * self.shift)
        _, reference = np.unique(island, return_index=True)
        free = np.setdiff1d(np.arange(self.size), reference)
        angle = np.zeros(self.size)
        if len(free):
            angle[free] = np.atleast_1d(spsolve(matrix[free][:, free], (injection + pushed)[free]))
        flows: Floats = b * (angle[self.start] - angle[self.end] - self.shift)
        return flows
