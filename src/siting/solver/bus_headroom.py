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

Limits are rows over all injections, added when a solution violates them. Each bus is solved from the
same start, so that the answer depends neither on the other buses nor on the number of processes. Where
several dispatches are equally good the binding branches named are those of one of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from siting.core.errors import InfeasibleError, NoPlanError
from siting.core.scratch import scratch_folder
from siting.network.case import Network, check_supply
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
    """What every bus starts from: additions to ratings, and output of each generator."""

    eased_mw: Mapping[Limit, float]
    middle_mw: np.ndarray


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
    check_supply(network)
    size = TUNING.buses_together
    groups = [tuple(buses[i : i + size]) for i in range(0, len(buses), size)]
    jobs = max(1, min(jobs, len(groups)))
    with scratch_folder() as folder:
        # processes share one copy of the outage factors
        store = folder / "outages" if with_outages and jobs > 1 else None
        limits = flow_limits(network, with_outages, store)
        middle_mw = middle_dispatch(network)
        least = least_overload(limits, middle_mw)
        if any(limit.outage < 0 for limit in least.overload_mw):
            raise InfeasibleError(overload_words(limits, least))
        done = _Done(groups, on_done or (lambda found: None))
        done.take_up(known or {})
        try:
            _solve(limits, _start(limits, least, middle_mw), done, cap_mw, jobs, store)
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
        tuple(bus for _, group in done.left() for bus in group),
    )


def _start(limits: FlowLimits, least: LeastOverload, middle_mw: np.ndarray | None) -> Start:
    """What every group starts from."""
    eased = {
        limit: mw + WORSENED_FRAC * float(limits.size_mw[limit.branch])
        for limit, mw in least.overload_mw.items()
    }
    known_mw = least.output_mw
    start_mw = known_mw if middle_mw is None else drawn_to(middle_mw, limits, eased, known_mw)
    return Start(eased, start_mw)


class _Done:
    """Groups of buses and what is known of them so far."""

    def __init__(self, groups: Sequence[tuple[int, ...]], tell: Tell) -> None:
        self.groups, self.tell = groups, tell
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
        for number in sorted(self.found):
            yield from self.found[number]


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
    """Headroom of buses, one after another in one program; where it fails, the bus in a new one."""
    program = BusProgram(limits, start.eased_mw, start.middle_mw, cap_mw)
    results: list[BusHeadroom | Unsolved] = []
    for bus in group:
        try:
            results.append(_solve_bus(program, bus, cap_mw))
        except NoPlanError as error:
            logger.info("bus %s again from nothing: %s", limits.network.buses.ids[bus], error)
            program = BusProgram(limits, start.eased_mw, start.middle_mw, cap_mw)
            try:
                results.append(_solve_bus(program, bus, cap_mw, (0.0,)))
            except NoPlanError as again:
                results.append(Unsolved(bus, str(again)))
    return tuple(results)


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
