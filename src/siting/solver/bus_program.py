r"""The largest extra load at a bus, found around a dispatch in the middle and proven by its prices.

    maximise   V x - c sum_g |p[g] - middle[g]|      under the limits of ``redispatch``

Every bus starts from the middle dispatch, with the limits of the branches near it; others are added
while they are violated. The small cost c of moving a generator keeps far ones where they are, so that
few limits are met on the way. It may cost headroom, so what is found is held against a bound that any
prices y of limits give, whatever c (weak duality; s[g] = sum_l y[l] PTDF[l, g], a the price of the load,
and the price m of the island's balance is the one that makes the bound least):

    x <= ( sum_g max((-s[g] - m) d[g] : least[g] <= d[g] <= most[g]) + sum_l y[l] limit[l] + m balance ) / a

Where it leaves more than ``EXACT_MW``, c falls, at last to zero, where the program is the plain one.
Once a bus without outages meets hundreds of limits, an interior point over all of them takes its place,
held against the same bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from scipy.sparse import csr_array

from siting.core.errors import NoPlanError
from siting.network.case import Network
from siting.network.limits import TOLERANCE_MW, WHOLE, FlowLimits, Limit
from siting.solver.central import interior_headroom
from siting.solver.redispatch import ROUNDS, SMALL, Redispatch
from siting.solver.tuning import TUNING

EXACT_MW = 5e-5
"""What headroom may lack: half of the last digit that is stated [MW]."""
PRICED = 1e-6
"""Shadow price [MW of headroom for a MW of rating] above which a limit counts as binding."""
PRIMAL, DUAL = 4, 1
"""Numbers of the simplex methods in HiGHS."""


class _TooMany(Exception):
    """A bus meets more limits than its program is good for."""


class BusProgram:
    """One program for the buses of a network, one after another, each from the same start."""

    def __init__(
        self,
        limits: FlowLimits,
        eased_mw: Mapping[Limit, float],
        middle_mw: np.ndarray,
        cap_mw: float,
    ) -> None:
        self.program = Redispatch(limits, eased_mw, middle_mw)
        self.cap_mw = self.most_mw = cap_mw
        self.extra = self.program.columns
        self.program.highs.addVar(0.0, 0.0)
        self.program.highs.changeColCost(self.extra, -TUNING.extra_value)
        self.program.highs.setOptionValue("presolve", "off")
        network = limits.network
        own = network.island[network.generators.bus]
        count = self.program.first_limit
        self.room_mw = np.bincount(own, network.generators.max_mw, count)
        self.room_mw -= np.bincount(network.island, network.buses.load_mw, count)
        self.at_bus = csr_array(limits.model.branch_angle.T)
        self.implied_mw = implied_range(network)
        self.before: int | None = None

    def solve(self, bus: int, moves: tuple[float, ...]) -> tuple[float, tuple[Limit, ...]]:
        """Headroom of a bus [MW] and the limits that have a price.

        Raises:
            NoPlanError: the solver gives no answer.
        """
        program, highs = self.program, self.program.highs
        island = program.limits.network.island
        program.clear()
        if self.before is not None:
            highs.changeCoeff(int(island[self.before]), self.extra, 0.0)
        highs.changeCoeff(int(island[bus]), self.extra, -1.0)
        self.before = bus
        self.most_mw = max(0.0, min(self.cap_mw, float(self.room_mw[island[bus]])))
        highs.changeColBounds(self.extra, 0.0, self.most_mw)
        self._add(bus, self._near(bus))
        is_whole = program.limits.outage_share is None
        try:
            return self._proven(bus, moves, TUNING.most_limits if is_whole else None)
        except _TooMany:
            inside = self._inside(bus)
        return self._proven(bus, moves, None) if inside is None else inside

    def _proven(
        self, bus: int, moves: tuple[float, ...], most_limits: int | None
    ) -> tuple[float, tuple[Limit, ...]]:
        """Solve at one cost of moves after another until the bound proves the headroom.

        Raises:
            _TooMany: more rows of limits than asked for.
        """
        program = self.program
        for number, cost in enumerate(moves):
            self._price(cost)
            # what was found before is still feasible
            program.highs.setOptionValue("simplex_strategy", PRIMAL if number else DUAL)
            extra_mw, price = self._settle(bus, most_limits)
            if cost == 0.0 or self._bound_of_rows(bus, extra_mw, price) - extra_mw <= EXACT_MW:
                break
        binding = [limit for limit, y in zip(program.kept, price, strict=True) if abs(y) > PRICED]
        return extra_mw, tuple(binding)

    def _inside(self, bus: int) -> tuple[float, tuple[Limit, ...]] | None:
        """The same by an interior point; None where the bound does not prove it."""
        limits = self.program.limits
        network, model, watched = limits.network, limits.model, limits.watched
        found = interior_headroom(network, bus, self.most_mw)
        if found is None or model.factor is None:
            return None
        island = network.island
        extra_mw = self._kept_to(bus, found[0])
        ours = island[network.branches.from_bus[watched]] == island[bus]
        price = np.where(ours, found[1], 0.0)
        weight = np.zeros(len(network.buses))
        weight[model.free] = model.factor.solve((model.branch_angle[watched].T @ price)[model.free])
        flows = self._flows(self.program.around_mw)[watched]
        least, most = (side[watched] for side in network.branches.flow_limits_mw)
        room = np.where(price > 0, most, least) - flows
        limits_mw = float(price[price != 0] @ room[price != 0])
        if self._bound(bus, extra_mw, weight, limits_mw) - extra_mw > EXACT_MW:
            return None
        binding = watched[np.abs(price) > PRICED].tolist()
        return extra_mw, tuple(Limit(branch, WHOLE) for branch in binding)

    def _kept_to(self, bus: int, output_mw: np.ndarray) -> float:
        """Extra load that a dispatch serves, drawn towards the start until it keeps every limit [MW]."""
        program, network = self.program, self.program.limits.network
        island, start = network.island, program.around_mw
        own = island[network.generators.bus] == island[bus]
        output_mw = np.where(own, output_mw, start)
        extra_mw = float((output_mw - start)[own].sum() - program.balance_mw[island[bus]])
        before, after = self._flows(start), self._flows(output_mw, bus, extra_mw)
        least, most = network.branches.flow_limits_mw
        over = np.maximum(after - most, least - after)
        room = np.where(after > most, most - before, before - least)
        far = over > TOLERANCE_MW
        share = float((over[far] / (over[far] + np.maximum(room[far], 0.0))).max(initial=0.0))
        return (1.0 - share) * extra_mw

    def _flows(self, output_mw: np.ndarray, bus: int = 0, extra_mw: float = 0.0) -> np.ndarray:
        """Flow of each branch at some outputs and an extra load."""
        network = self.program.limits.network
        given = np.bincount(network.generators.bus, output_mw, len(network.buses))
        given = given - network.buses.load_mw
        given[bus] -= extra_mw
        return np.asarray(self.program.limits.model.flows(given))

    def _price(self, cost: float) -> None:
        """What moving a generator costs."""
        columns = np.arange(self.extra, dtype=np.int32)
        costs = np.repeat([-cost, cost], self.extra // 2)
        self.program.highs.changeColsCost(len(columns), columns, costs)

    def _settle(self, bus: int, most_limits: int | None) -> tuple[float, np.ndarray]:
        """Solve and add violated limits until there are none; extra load and prices of the limits."""
        program, highs = self.program, self.program.highs
        name = program.limits.network.buses.ids[bus]
        for _ in range(ROUNDS):
            if not program.optimum():
                raise NoPlanError(f"no dispatch at bus {name}")
            values = program.values()
            injection = program.injection_mw(values)
            injection[bus] -= values[self.extra]
            violated = program.violated(injection)
            if not violated:
                dual = np.array(highs.getSolution().row_dual, dtype=float)
                return float(values[self.extra]), -dual[program.first_limit :] / TUNING.extra_value
            if most_limits is not None and len(program.kept) + len(violated) > most_limits:
                raise _TooMany
            highs.setOptionValue("simplex_strategy", DUAL)
            self._add(bus, violated)
        raise NoPlanError(f"limits of bus {name} do not settle")

    def _add(self, bus: int, limits: list[Limit]) -> None:
        """Add rows, with the part of the extra load in them."""
        program = self.program
        first = len(program.kept)
        program.add_limits(limits)
        for number in range(first, len(program.kept)):
            share = float(program.injection[number][bus])
            if abs(share) > SMALL:
                program.highs.changeCoeff(program.first_limit + number, self.extra, -share)

    def _near(self, bus: int) -> list[Limit]:
        """Limits of the branches near a bus, all branches in service."""
        watched = self.program.limits.watched
        found = list(dict.fromkeys(self._branches_near(bus)))
        known = np.isin(found, watched)
        limits = [Limit(i, WHOLE) for i, is_known in zip(found, known, strict=True) if is_known]
        return limits[: TUNING.near_limits]

    def _branches_near(self, bus: int) -> Iterator[int]:
        """Branches up to some hops away, the nearest first."""
        branches = self.program.limits.network.branches
        seen, front = {bus}, [bus]
        for _ in range(TUNING.near_hops):
            reached: list[int] = []
            for here in front:
                at = self.at_bus
                for branch in at.indices[at.indptr[here] : at.indptr[here + 1]].tolist():
                    yield branch
                    reached += [int(branches.from_bus[branch]), int(branches.to_bus[branch])]
            front = [there for there in dict.fromkeys(reached) if there not in seen]
            seen.update(front)

    def _bound_of_rows(self, bus: int, extra_mw: float, price: np.ndarray) -> float:
        """The bound by the prices of the rows of limits."""
        program, network = self.program, self.program.limits.network
        island, branches = network.island, network.branches
        kept = np.array([limit.branch for limit in program.kept], dtype=int)
        rows = np.flatnonzero((price != 0) & (island[branches.from_bus[kept]] == island[bus]))
        weight, limits_mw = np.zeros(len(network.buses)), 0.0
        for i in rows:
            weight += price[i] * program.injection[i]
            limits_mw += price[i] * program.sides_mw[i][int(price[i] > 0)]
        return self._bound(bus, extra_mw, weight, limits_mw)

    def _bound(self, bus: int, extra_mw: float, weight: np.ndarray, limits_mw: float) -> float:
        """What no dispatch exceeds, by the prices of limits alone [MW].

        Args:
            extra_mw: what was found; the price of the balance is made the best for it.
            weight: price of an injection at each bus. limits_mw: room of limits times their prices.
        """
        program, network = self.program, self.program.limits.network
        island, generators = network.island, network.generators
        own = island[generators.bus] == island[bus]
        if not own.any():
            return self.most_mw
        # what branches can carry bounds generators elsewhere
        elsewhere = generators.bus != bus
        least, most = (
            np.where(elsewhere, implied, stated) - program.around_mw
            for implied, stated in zip(
                self.implied_mw, (generators.min_mw, generators.max_mw), strict=True
            )
        )
        less, more = least[own], most[own]
        turn = -weight[generators.bus[own]]
        balance_mw = float(program.balance_mw[island[bus]])
        # at each of these prices a generator turns, and the slope of the bound grows by its range
        order = np.argsort(turn)
        slope = balance_mw + extra_mw - more.sum() + np.cumsum((more - less)[order])
        m = float(turn[order[min(int(np.searchsorted(slope, 0.0)), len(order) - 1)]])
        load = -m - float(weight[bus])
        if load <= 0:
            return self.most_mw
        gain = turn - m
        given = float(np.maximum(gain * less, gain * more).sum())
        return min(self.most_mw, (given + limits_mw + m * balance_mw) / load)


def implied_range(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Least and most output of each generator that the branches at its bus can carry [MW]."""
    buses, branches, generators = network.buses, network.branches, network.generators
    count = len(buses)
    least, most = branches.flow_limits_mw
    ends = ((branches.from_bus, least, most), (branches.to_bus, -most, -least))
    low = buses.load_mw + sum(np.bincount(at, low, count) for at, low, _ in ends)
    high = buses.load_mw + sum(np.bincount(at, high, count) for at, _, high in ends)
    bus, own_least, own_most = generators.bus, generators.min_mw, generators.max_mw
    others_least = np.bincount(bus, own_least, count)[bus] - own_least
    others_most = np.bincount(bus, own_most, count)[bus] - own_most
    return (
        np.maximum(own_least, low[bus] - others_most),
        np.minimum(own_most, high[bus] - others_least),
    )
