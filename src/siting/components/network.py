r"""Network: what sites draw must be deliverable over the lines of a transmission network.

Question: can generators be redispatched so that no branch is overloaded by what the sites draw?
Assumptions: one lossless DC state a period, at the peak hour; load that gives way in peak hours is
off. Loads grow evenly; generators of the case are redispatched freely between their limits. A site
draws at one bus, named or the nearest that is allowed. Point and zone limits of ``headroom`` hold
beside the network. Where the network without the plan, its generators run at the same share of
their range within each island, already carries more than a rating, that flow is the limit.

Formulation
-----------
    (withdrawal)   w[b,p] = sum_{s at b} (g[s,p] - y[s,p])
    (balance)      sum_{b in i} (G_b + x[b,p]) = sum_{b in i} (L[b,p] + w[b,p])
    (flow_limit)   Rmin[l,k,p] <= sum_b H[l,k,b] * (G_b + x[b,p] - L[b,p] - w[b,p]) + h[l,k] <= Rmax[l,k,p]
    with           Rmax[l,k,p] = max(Rmax[l], |flow without the plan|), Rmin likewise;
                   Rmax[l] = min(rating, b * (most angle - shift)), Rmin likewise
                   L[b,p] = L[b] * (1 + n)^years

``flow_limit`` is stated for a branch l, an outage k (none, and with ``is_n_minus_1`` each single
branch whose loss splits no island) and a period only once a solution breaks it, and rows are added
until none is broken: the result is that of the full model (``solver/lazy_rows.py``).

Symbols
-------
    w[b,p]   what sites draw at a bus in peak hours                          MW
    x[b,p]   output of the generators of a bus above their least             MW
    g, y     grid draw, ledger ``grid_mw``; part that gives way, ``give_way_mw``   MW
    G, L     least output, load without the plan                             MW
    H        PTDF; with an outage PTDF[l] + LODF[l,k] * PTDF[k]              ratio
    h        flow that phase shifters alone cause                            MW
    R        most and least flow: rating, and what the angle limits allow    MW
    b        flow for each radian of angle difference                        MW
    n        growth of the load a year;  i: an island of the network

Sources: Wood, Wollenberg, Sheble, Power Generation, Operation and Control, 3rd ed., chapters 3, 7;
the network is the scenario's. Limits: no voltages, no losses, no network upgrades; power plants of
the plan feed the grid at their own connection and do not appear at a bus; no unit commitment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from siting.components.base import Build, Component, LazyRow, Lookup, firm_draw
from siting.components.network_report import audit, report
from siting.components.network_settings import (
    Branch,
    Bus,
    Generator,
    NetworkConfig,
    attached,
    network_of,
)
from siting.components.whole import Expr, at
from siting.core.errors import InputError, Issue
from siting.core.system import System
from siting.network.case import Floats, Network, check_supply
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


def declare(build: Build, data: NetworkData) -> None:
    """Declare what sites withdraw and how generators are redispatched."""
    build.variable("withdrawal_mw", data.draw_buses, doc="what sites draw at a bus")
    build.variable(
        "extra_mw",
        data.generator_buses,
        upper=lambda bus, p: at(data.most_mw, bus) - at(data.least_mw, bus),
        doc="output above the least",
    )


def constrain(build: Build, data: NetworkData) -> None:
    """Balance of each island; flow limits follow as they are broken."""
    network = data.limits.network
    drawn, extra = build.variables["withdrawal_mw"], build.variables["extra_mw"]
    island = {bus: int(network.island[i]) for bus, i in network.bus_index.items()}

    def withdrawal(bus: str, p: int) -> tuple[Expr, Expr]:
        return drawn[bus, p], sum(firm_draw(build, s, p) for s in data.sites_at(bus))

    def balance(i: int, p: int) -> tuple[Expr, Expr]:
        buses = [bus for bus, q in data.generator_buses if q == p and island[bus] == i]
        supply = sum(data.least_mw[bus] + extra[bus, p] for bus in buses)
        load = float(data.load_mw(p)[network.island == i].sum())
        return supply, load + sum(
            drawn[b, q] for b, q in data.draw_buses if (island[b], q) == (i, p)
        )

    islands = sorted({(island[bus], p) for bus, p in data.draw_buses})
    build.equal("withdrawal", data.draw_buses, withdrawal, doc="draw at a bus", unit="MW")
    build.equal("balance", islands, balance, doc="supply of an island", unit="MW")


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


def check(system: System, config: NetworkConfig) -> list[Issue]:
    """A network that can be right and supplies its own load; sites that attach somewhere."""
    issues: list[Issue] = []
    look: Callable[[], object]
    for look in (lambda: check_supply(network_of(config)), lambda: attached(system, config)):
        try:
            look()
        except InputError as error:
            issues += error.issues
    if not issues and config.load_growth_frac_per_year:
        years = sum(system.calendar.years(p) for p in system.calendar.periods[:-1])
        grown = network_of(config, (1 + config.load_growth_frac_per_year) ** years)
        try:
            check_supply(grown)
        except InputError as error:
            fix = "Lower load_growth_frac_per_year or add generators"
            issues += [
                Issue(i.where, f"at the end {i.what}", i.expected, fix) for i in error.issues
            ]
    return issues


COMPONENT = Component(
    name="network",
    config=NetworkConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    requires=("energy", "headroom"),
    tables={"buses": Bus, "branches": Branch, "generators": Generator},
    separate=separate,
    formulation=__doc__ or "",
)
