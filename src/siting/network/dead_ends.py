r"""Dead ends: buses that one other bus feeds, and that have no generator to move.

Whatever is drawn there comes through that neighbour, so that the rest of the network cannot tell one
from the other. With u the dead end, v its neighbour, and l the circuits between them:

    headroom[u] = min( headroom[v],  min_l room[l] / share[l] ),    share[l] = b[l] / sum of b

    b     susceptance [MW/rad]
    room  what is left of the limit of l in the direction towards u, whatever the dispatch [MW]

A bus behind which there are only dead ends is one itself. After an outage this does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from siting.network.case import Floats, Ints, Network


@dataclass(frozen=True)
class DeadEnds:
    """Which buses are dead ends, one entry a bus.

    Attributes:
        towards: the bus that feeds it, or itself where it is none.
        room_mw: extra load that the circuits between them carry; infinite without a limit.
        circuit: the one whose limit gives it.
    """

    towards: Ints
    room_mw: Floats
    circuit: Ints

    def gate(self, bus: int) -> int:
        """The first bus on the way that is no dead end."""
        while self.towards[bus] != bus:
            bus = int(self.towards[bus])
        return bus

    def narrowest(self, bus: int) -> tuple[float, int]:
        """Least room on the way to the gate [MW] and its circuit; infinite at the gate itself."""
        least, at = np.inf, -1
        while self.towards[bus] != bus:
            if self.room_mw[bus] < least:
                least, at = float(self.room_mw[bus]), int(self.circuit[bus])
            bus = int(self.towards[bus])
        return least, at


def no_dead_ends(network: Network) -> DeadEnds:
    """The same where none is to be used."""
    count = len(network.buses)
    return DeadEnds(np.arange(count), np.full(count, np.inf), np.full(count, -1))


def dead_ends(network: Network, flow_mw: Floats) -> DeadEnds:
    """Find the dead ends.

    Args:
        network: as checked. flow_mw: of each branch, within its limits, at any dispatch.
    """
    branches, generators = network.branches, network.generators
    circuits: list[dict[int, list[int]]] = [{} for _ in network.buses.ids]
    for branch, (start, end) in enumerate(zip(branches.from_bus, branches.to_bus, strict=True)):
        circuits[start].setdefault(int(end), []).append(branch)
        circuits[end].setdefault(int(start), []).append(branch)
    moves = set(generators.bus[generators.min_mw < generators.max_mw].tolist())
    ends = no_dead_ends(network)
    front = [bus for bus in range(len(circuits)) if len(circuits[bus]) == 1]
    for bus in front:
        if bus in moves or len(circuits[bus]) != 1:
            continue
        ((neighbour, between),) = circuits[bus].items()
        ends.towards[bus] = neighbour
        ends.room_mw[bus], ends.circuit[bus] = _room(network, flow_mw, bus, np.array(between))
        del circuits[neighbour][bus]
        if len(circuits[neighbour]) == 1:
            front.append(neighbour)
    return ends


def _room(network: Network, flow_mw: Floats, bus: int, between: Ints) -> tuple[float, int]:
    """Extra load that some circuits carry to a bus [MW], and the one that ends it."""
    branches = network.branches
    least, most = (side[between] for side in branches.flow_limits_mw)
    susceptance = branches.susceptance_mw[between]
    share = susceptance / susceptance.sum()
    share = np.where(branches.to_bus[between] == bus, share, -share)
    room = np.where(share > 0, most - flow_mw[between], flow_mw[between] - least)
    room_mw = np.maximum(room, 0.0) / np.abs(share)
    first = int(room_mw.argmin())
    return float(room_mw[first]), int(between[first])
