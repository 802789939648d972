r"""Headroom of buses: the largest extra constant load that a redispatched network can carry.

Question: how many MW more can a bus take, with generators in service moved between their limits and
every branch within its rating and angle limits, with all branches in and, if asked, after the outage
of any one?
Assumptions: lossless DC flow; one dispatch has to fit all outages (nothing is moved after one);
outages that split an island are not considered but reported; each bus is asked for itself alone.

    maximise   x
    (balance)  sum_{g in island} p[g] = load[island] + x            (x in the bus's island only)
    (limit)    Rmin[l] - o[l,k] <= f[l] + LODF[l,k] f[k] <= Rmax[l] + o[l,k],   f = PTDF (p - load - x e)
    (range)    Pmin[g] <= p[g] <= Pmax[g],  0 <= x <= cap

    p  output of generators [MW]    Rmin, Rmax  least and most flow [MW]    x  extra load [MW]
    o  where no dispatch keeps a limit after an outage even without extra load: its least overload
       plus a hundredth of the rating [MW]. Held exactly to the least, such a limit would fix the
       dispatch far away from it. Without outages such a network is refused.

Limits are rows over all injections, added when a solution violates them, and kept from bus to bus
while they bind. Buses are solved in groups of fixed size, each from the same start, so that the
answer does not depend on the number of processes. Where several dispatches are equally good the
binding branches named are those of one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from siting.core.errors import InfeasibleError
from siting.core.scratch import scratch_folder
from siting.network.case import Network, check_supply
from siting.network.limits import FlowLimits, Limit, flow_limits
from siting.solver.dispatch import least_overload, overload_words
from siting.solver.redispatch import ROUNDS, SMALL, Redispatch
from siting.solver.tuning import TUNING
from siting.solver.workers import in_processes

PRICED = 1e-6
"""Shadow price [MW of headroom for a MW of rating] above which a limit counts as binding."""
WORSENED_FRAC = 0.01
"""How much worse an overload that no dispatch avoids may become, as a share of the rating (a choice)."""
DECIMALS = 4


@dataclass(frozen=True)
class BusHeadroom:
    """The headroom of one bus.

    Attributes:
        bus: index. headroom_mw: largest extra load.
        binding: limits with a shadow price, as people name them; empty where generation ends it.
        limited_by: ``branches``, ``generation`` (of the island), or ``extra_mw`` (the cap).
    """

    bus: int
    headroom_mw: float
    binding: tuple[str, ...]
    limited_by: str


@dataclass(frozen=True)
class NetworkHeadroom:
    """Headroom of the buses asked for, and what was learnt on the way.

    Attributes:
        splitting: branches left out of the outages because they split an island.
        overload_mw: excess that no dispatch avoids after an outage, by limit as people name it.
    """

    network: Network
    buses: tuple[BusHeadroom, ...]
    with_outages: bool
    splitting: tuple[str, ...]
    overload_mw: Mapping[str, float]


@dataclass(frozen=True)
class Start:
    """What every group starts from: additions to ratings, and limits that are likely to bind."""

    eased_mw: Mapping[Limit, float]
    met: tuple[Limit, ...]


def network_headroom(
    network: Network,
    buses: Sequence[int],
    with_outages: bool = False,
    cap_mw: float = np.inf,
    jobs: int = 1,
    on_done: Callable[[int], None] | None = None,
) -> NetworkHeadroom:
    """Headroom of some buses.

    Args:
        network: as read. buses: indices, in the order of the answer.
        with_outages: whether limits hold after the outage of any one branch too.
        cap_mw: extra load at which the search stops [MW].
        jobs: processes. on_done: told how many buses are done.

    Raises:
        InputError: generation that cannot meet the load.
        InfeasibleError: no dispatch of the network as it is keeps every rating.
    """
    check_supply(network)
    groups = [
        tuple(buses[i : i + TUNING.buses_together])
        for i in range(0, len(buses), TUNING.buses_together)
    ]
    jobs = max(1, min(jobs, len(groups)))
    with scratch_folder() as folder:
        # processes share one copy of the outage factors
        store = folder / "outages" if with_outages and jobs > 1 else None
        limits = flow_limits(network, with_outages, store)
        return _solved(limits, groups, cap_mw, jobs, store, on_done)


def _solved(
    limits: FlowLimits,
    groups: Sequence[tuple[int, ...]],
    cap_mw: float,
    jobs: int,
    store: Path | None,
    on_done: Callable[[int], None] | None,
) -> NetworkHeadroom:
    """Headroom of groups of buses, from the least overload that no dispatch avoids."""
    network, with_outages = limits.network, limits.outage_share is not None
    least = least_overload(limits)
    if any(limit.outage < 0 for limit in least.overload_mw):
        raise InfeasibleError(overload_words(limits, least))
    eased = {
        limit: mw + WORSENED_FRAC * float(limits.size_mw[limit.branch])
        for limit, mw in least.overload_mw.items()
    }
    start = Start(eased, least.met)
    done: dict[int, tuple[BusHeadroom, ...]] = {}
    if jobs == 1:
        for number, group in enumerate(groups):
            done[number] = solve_group(limits, start, group, cap_mw)
            _tell(on_done, done)
    else:
        state = (network, with_outages, store, start, float(cap_mw))
        _in_processes(state, groups, jobs, done, on_done)
    return NetworkHeadroom(
        network,
        tuple(result for number in range(len(groups)) for result in done[number]),
        with_outages,
        tuple(network.branches.ids[i] for i in limits.splitting),
        {limits.words(limit): mw for limit, mw in least.overload_mw.items()},
    )


def _tell(on_done: Callable[[int], None] | None, done: Mapping[int, Sequence[object]]) -> None:
    """Report how many buses are done."""
    if on_done is not None:
        on_done(sum(map(len, done.values())))


def _in_processes(
    state: tuple[Network, bool, Path | None, Start, float],
    groups: Sequence[tuple[int, ...]],
    jobs: int,
    done: dict[int, tuple[BusHeadroom, ...]],
    on_done: Callable[[int], None] | None,
) -> None:
    """Solve groups in processes that each factorise the network once."""

    def note(number: int, found: tuple[BusHeadroom, ...]) -> None:
        done[number] = found
        _tell(on_done, done)

    in_processes(jobs, partial(_start_worker, *state), _work, groups, note)


_worker: dict[str, tuple[FlowLimits, Start, float]] = {}
"""What a process keeps between groups; set once when it starts."""


def _start_worker(
    network: Network, with_outages: bool, store: Path | None, start: Start, cap_mw: float
) -> None:
    """Prepare a process."""
    _worker["state"] = (flow_limits(network, with_outages, store), start, cap_mw)


def _work(group: tuple[int, ...]) -> tuple[BusHeadroom, ...]:
    """Solve a group in a process."""
    limits, start, cap_mw = _worker["state"]
    return solve_group(limits, start, group, cap_mw)


def solve_group(
    limits: FlowLimits, start: Start, group: Sequence[int], cap_mw: float
) -> tuple[BusHeadroom, ...]:
    """Headroom of buses, one after another in one program."""
    program = Redispatch(limits, start.eased_mw)
    program.add_limits(list(start.met))
    extra = len(limits.network.generators)
    program.highs.addVar(0.0, float(cap_mw))
    program.highs.changeColCost(extra, -1.0)
    results = []
    before = None
    for bus in group:
        results.append(_solve_bus(program, extra, bus, before, cap_mw))
        before = bus
        if len(program.kept) > TUNING.most_branch_rows:
            program.drop_slack()
    return tuple(results)


def _solve_bus(
    program: Redispatch, extra: int, bus: int, before: int | None, cap_mw: float
) -> BusHeadroom:
    """Headroom of one bus: solve, add violated limits, solve again."""
    highs, limits = program.highs, program.limits
    island = limits.network.island
    if before is not None:
        highs.changeCoeff(int(island[before]), extra, 0.0)
    highs.changeCoeff(int(island[bus]), extra, -1.0)
    _place(program, extra, bus, 0)
    for _ in range(ROUNDS):
        if not program.optimum():
            raise ArithmeticError(f"no dispatch at bus {limits.network.buses.ids[bus]}")
        values = program.values()
        injection = program.injection_mw(values)
        injection[bus] -= values[extra]
        violated = program.violated(injection)
        if not violated:
            break
        first = len(program.kept)
        program.add_limits(violated)
        _place(program, extra, bus, first)
    else:
        raise ArithmeticError(f"limits of bus {limits.network.buses.ids[bus]} do not settle")
    return _result(program, float(values[extra]), bus, cap_mw)


def _place(program: Redispatch, extra: int, bus: int, first: int) -> None:
    """Give the extra load its part in the branch rows from one on."""
    for number in range(first, len(program.kept)):
        share = float(program.injection[number][bus])
        value = 0.0 if abs(share) <= SMALL else -share
        program.highs.changeCoeff(program.first_limit + number, extra, value)


def _result(program: Redispatch, extra_mw: float, bus: int, cap_mw: float) -> BusHeadroom:
    """The answer, with the limits that have a shadow price."""
    dual = program.highs.getSolution().row_dual[program.first_limit :]
    binding = tuple(
        sorted(
            program.limits.words(limit)
            for limit, price in zip(program.kept, dual, strict=True)
            if abs(price) > PRICED
        )
    )
    if extra_mw >= cap_mw - 10.0**-DECIMALS:
        return BusHeadroom(bus, float(cap_mw), (), "extra_mw")
    headroom = round(max(0.0, extra_mw), DECIMALS) + 0.0
    return BusHeadroom(bus, headroom, binding, "branches" if binding else "generation")
