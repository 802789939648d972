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

Limits are rows over all injections, added when a solution violates them. Without outages a dead end of
the network takes its answer from the bus that feeds it (``network.dead_ends``). Each bus is solved from the
same start, so that the answer depends neither on the other buses nor on the number of processes. Where
several dispatches are equally good the binding branches named are those of one of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from siting.core.errors import InfeasibleError, NoPlanError
from siting.core.scratch import scratch_folder
from siting.network.case import Network, check_in_service, check_supply
from siting.network.dead_ends import DeadEnds, dead_ends, no_dead_ends
from siting.network.limits import FlowLimits, Limit, flow_limits
from siting.solver.bus_program import BusProgram
from siting.solver.central import drawn_to, middle_dispatch
from siting.solver.dispatch import LeastOverload, least_overload, overload_words
from siting.solver.tuning import TUNING
from siting.solver.workers import in_processes

logger = logging.getLogger(__name__)

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
class Unsolved:
    """A bus at which the solver gave no answer, warm or cold, and what it said."""

    bus: int
    why: str


Found = tuple[BusHeadroom | Unsolved, ...]
Tell = Callable[[Found], None]


@dataclass(frozen=True)
class NetworkHeadroom:
    """Headroom of the buses asked for, and what was learnt on the way.

    Attributes:
        buses: those that are done, in the order asked for.
        splitting: branches left out of the outages because they split an island.
        overload_mw: excess that no dispatch avoids after an outage, by limit as people name it.
        unsolved: buses without an answer. missing: indices of buses not reached before Ctrl-C.
    """

    network: Network
    buses: tuple[BusHeadroom, ...]
    with_outages: bool
    splitting: tuple[str, ...]
    overload_mw: Mapping[str, float]
    unsolved: tuple[Unsolved, ...] = ()
    missing: tuple[int, ...] = ()


@dataclass(frozen=True)
class Start:
    """What every bus starts from: additions to ratings, output of each generator, dead ends."""

    eased_mw: Mapping[Limit, float]
    middle_mw: np.ndarray
    ends: DeadEnds


def network_headroom(
    network: Network,
    buses: Sequence[int],
    with_outages: bool = False,
    cap_mw: float = np.inf,
    jobs: int = 1,
    on_done: Tell | None = None,
    known: Mapping[int, BusHeadroom] | None = None,
) -> NetworkHeadroom:
    """Headroom of some buses.

    Args:
        network: as read. buses: indices, in the order of the answer.
        with_outages: whether limits hold after the outage of any one branch too.
        cap_mw: extra load at which the search stops [MW].
        jobs: processes. on_done: told the results as they come, first those that are known.
        known: results of an earlier run that was stopped; groups of buses that are all known are not
            solved again, so that the answer is that of one run.

    Raises:
        InputError: generation that cannot meet the load.
        InfeasibleError: no dispatch of the network as it is keeps every rating.
        KeyboardInterrupt: Ctrl-C before any bus was done; later it ends the search with what is done.
    """
    check_in_service(network)
    check_supply(network)
    jobs = max(1, min(jobs, len(buses)))
    with scratch_folder() as folder:
        # processes share one copy of the outage factors
        store = folder / "outages" if with_outages and jobs > 1 else None
        limits = flow_limits(network, with_outages, store)
        middle_mw = middle_dispatch(network)
        least = least_overload(limits, middle_mw)
        if any(limit.outage < 0 for limit in least.overload_mw):
            raise InfeasibleError(overload_words(limits, least))
        start = _start(limits, least, middle_mw)
        done = _Done(buses, _groups(buses, start.ends), on_done or (lambda found: None))
        done.take_up(known or {})
        try:
            _solve(limits, start, done, cap_mw, jobs, store)
        except KeyboardInterrupt:
            if not done.found:
                raise
    return NetworkHeadroom(
        network,
        tuple(result for result in done.in_order() if isinstance(result, BusHeadroom)),
        with_outages,
        tuple(network.branches.ids[i] for i in limits.splitting),
        {limits.words(limit): mw for limit, mw in least.overload_mw.items()},
        tuple(result for result in done.in_order() if isinstance(result, Unsolved)),
        done.missing(),
    )


def _start(limits: FlowLimits, least: LeastOverload, middle_mw: np.ndarray | None) -> Start:
    """What every group starts from."""
    eased = {
        limit: mw + WORSENED_FRAC * float(limits.size_mw[limit.branch])
        for limit, mw in least.overload_mw.items()
    }
    known_mw = least.output_mw
    start_mw = known_mw if middle_mw is None else drawn_to(middle_mw, limits, eased, known_mw)
    network = limits.network
    if limits.outage_share is not None:
        return Start(eased, start_mw, no_dead_ends(network))
    given = np.bincount(network.generators.bus, start_mw, len(network.buses))
    flow_mw = limits.model.flows(given - network.buses.load_mw)
    return Start(eased, start_mw, dead_ends(network, flow_mw))


def _groups(buses: Sequence[int], ends: DeadEnds) -> list[tuple[int, ...]]:
    """Buses that a process is given together: some gates with all that lies behind each of them."""
    behind: dict[int, list[int]] = {}
    for bus in dict.fromkeys(buses):
        behind.setdefault(ends.gate(bus), []).append(bus)
    gates, size = list(behind.values()), TUNING.buses_together
    return [
        tuple(bus for gate in gates[first : first + size] for bus in gate)
        for first in range(0, len(gates), size)
    ]


class _Done:
    """Buses asked for, in groups, and what is known of them so far."""

    def __init__(self, buses: Sequence[int], groups: Sequence[tuple[int, ...]], tell: Tell) -> None:
        self.buses, self.groups, self.tell = buses, groups, tell
        self.found: dict[int, Found] = {}

    def take_up(self, known: Mapping[int, BusHeadroom]) -> None:
        """Take the groups of which an earlier run has solved every bus."""
        for number, group in enumerate(self.groups):
            if all(bus in known for bus in group):
                self.add(number, tuple(known[bus] for bus in group))

    def add(self, number: int, found: Found) -> None:
        """A group is done."""
        self.found[number] = found
        self.tell(found)

    def left(self) -> list[tuple[int, tuple[int, ...]]]:
        """Groups that are not done, with their numbers."""
        return [(n, group) for n, group in enumerate(self.groups) if n not in self.found]

    def in_order(self) -> Iterator[BusHeadroom | Unsolved]:
        """What is known, in the order asked for."""
        known = {result.bus: result for found in self.found.values() for result in found}
        yield from (known[bus] for bus in self.buses if bus in known)

    def missing(self) -> tuple[int, ...]:
        """Buses that are not known, in the order asked for."""
        left = {bus for _, group in self.left() for bus in group}
        return tuple(bus for bus in self.buses if bus in left)


def _solve(
    limits: FlowLimits, start: Start, done: _Done, cap_mw: float, jobs: int, store: Path | None
) -> None:
    """Solve the groups that are not done, in processes that each factorise the network once."""
    left = done.left()
    if jobs == 1:
        for number, group in left:
            done.add(number, solve_group(limits, start, group, cap_mw))
        return
    state = (limits.network, limits.outage_share is not None, store, start, float(cap_mw))
    numbers, groups = [n for n, _ in left], [group for _, group in left]
    prepare = partial(_start_worker, *state)
    in_processes(jobs, prepare, _work, groups, lambda i, found: done.add(numbers[i], found))


_worker: dict[str, tuple[FlowLimits, Start, float]] = {}
"""What a process keeps between groups; set once when it starts."""


def _start_worker(
    network: Network, with_outages: bool, store: Path | None, start: Start, cap_mw: float
) -> None:
    """Prepare a process."""
    _worker["state"] = (flow_limits(network, with_outages, store), start, cap_mw)


def _work(group: tuple[int, ...]) -> Found:
    """Solve a group in a process."""
    limits, start, cap_mw = _worker["state"]
    return solve_group(limits, start, group, cap_mw)


def solve_group(limits: FlowLimits, start: Start, group: Sequence[int], cap_mw: float) -> Found:
    """Headroom of buses, one after another in one program; a dead end after its gate, if that is asked."""
    programs = _Programs(limits, start, cap_mw)
    found: dict[int, BusHeadroom | Unsolved] = {}
    gates = {bus: start.ends.gate(bus) for bus in group}
    for bus in sorted(group, key=lambda bus: gates[bus] != bus):
        gate = found.get(gates[bus])
        found[bus] = programs.solve(bus) if gate is None else _behind(limits, start.ends, gate, bus)
    return tuple(found[bus] for bus in group)


class _Programs:
    """A program for one bus after another, and a new one where it fails."""

    def __init__(self, limits: FlowLimits, start: Start, cap_mw: float) -> None:
        self.limits, self.start, self.cap_mw = limits, start, cap_mw
        self.program = self._new()

    def _new(self) -> BusProgram:
        return BusProgram(self.limits, self.start.eased_mw, self.start.middle_mw, self.cap_mw)

    def solve(self, bus: int) -> BusHeadroom | Unsolved:
        """The answer for one bus; where there is none, once more from nothing."""
        try:
            return _solve_bus(self.program, bus, self.cap_mw)
        except NoPlanError as error:
            name = self.limits.network.buses.ids[bus]
            logger.info("bus %s again from nothing: %s", name, error)
        self.program = self._new()
        try:
            return _solve_bus(self.program, bus, self.cap_mw, (0.0,))
        except NoPlanError as again:
            return Unsolved(bus, str(again))


def _behind(
    limits: FlowLimits, ends: DeadEnds, gate: BusHeadroom | Unsolved, bus: int
) -> BusHeadroom | Unsolved:
    """The answer for a bus behind one that is solved."""
    if isinstance(gate, Unsolved):
        return replace(gate, bus=bus)
    room_mw, circuit = ends.narrowest(bus)
    headroom = round(room_mw, DECIMALS) if np.isfinite(room_mw) else room_mw
    if headroom >= gate.headroom_mw:
        return replace(gate, bus=bus)
    return BusHeadroom(bus, headroom, (limits.words(Limit(circuit)),), "branches")


def _solve_bus(
    program: BusProgram, bus: int, cap_mw: float, moves: tuple[float, ...] = TUNING.move_costs
) -> BusHeadroom:
    """The answer for one bus."""
    extra_mw, limits = program.solve(bus, moves)
    if extra_mw >= cap_mw - 10.0**-DECIMALS:
        return BusHeadroom(bus, float(cap_mw), (), "extra_mw")
    binding = tuple(sorted(map(program.program.limits.words, limits)))
    headroom = round(max(0.0, extra_mw), DECIMALS) + 0.0
    return BusHeadroom(bus, headroom, binding, "branches" if binding else "generation")
