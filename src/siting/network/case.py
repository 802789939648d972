"""A transmission network at one hour: frozen buses, branches and generators in service."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array

from siting.core.errors import InputError, Issue

Floats = np.ndarray
Ints = np.ndarray


@dataclass(frozen=True)
class Buses:
    """Buses, one entry a bus in every field.

    Attributes:
        ids: names as in the file. titles: plain names, or empty text.
        base_kv: voltage class [kV]. load_mw: load and shunt conductance [MW].
        longitude, latitude: degrees; NaN where the file states none.
        reference: indices of the buses that the file takes as reference of angles.
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    base_kv: Floats
    load_mw: Floats
    longitude: Floats
    latitude: Floats
    reference: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Branches:
    """Lines and transformers in service, one entry a branch in every field.

    Attributes:
        ids: names as in the file, or ``FROM-TO`` with a number where several are parallel.
        from_bus, to_bus: indices of buses.
        susceptance_mw: flow for each radian of angle difference, ``base / (x tap)`` [MW].
        shift_rad: angle of a phase shifter. rating_mw: largest flow; infinite where unlimited.
        least_rad, most_rad: limits of the angle difference of the two ends; infinite where unlimited.
    """

    ids: tuple[str, ...]
    from_bus: Ints
    to_bus: Ints
    susceptance_mw: Floats
    shift_rad: Floats
    rating_mw: Floats
    least_rad: Floats
    most_rad: Floats

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def flow_limits_mw(self) -> tuple[Floats, Floats]:
        """Least and most flow of each branch: its rating, and the flow at its angle limits [MW]."""
        at_least = self.susceptance_mw * (self.least_rad - self.shift_rad)
        at_most = self.susceptance_mw * (self.most_rad - self.shift_rad)
        least = np.maximum(-self.rating_mw, np.minimum(at_least, at_most))
        most = np.minimum(self.rating_mw, np.maximum(at_least, at_most))
        return least, most


@dataclass(frozen=True)
class Cost:
    """Cost of a generator's output p [USD/h].

    ``quadratic p^2 + linear p + constant``, and the convex piecewise linear function through
    ``points`` (MW, USD/h), which goes on beyond its ends.
    """

    quadratic: float = 0.0
    linear: float = 0.0
    constant: float = 0.0
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Generators:
    """Generators in service, one entry a generator in every field.

    Attributes:
        ids: names. bus: indices of buses. min_mw, max_mw: limits of output [MW].
        costs: by generator; empty where the file states none.
    """

    ids: tuple[str, ...]
    bus: Ints
    min_mw: Floats
    max_mw: Floats
    costs: tuple[Cost, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Network:
    """A network as checked; ``notes`` say in words what was repaired or left out, with counts."""

    name: str
    base_mva: float
    buses: Buses
    branches: Branches
    generators: Generators
    notes: tuple[str, ...] = ()

    @cached_property
    def island(self) -> Ints:
        """Number of the island of each bus, from 0."""
        from scipy.sparse.csgraph import connected_components

        n, branches = len(self.buses), self.branches
        ones = np.ones(len(branches))
        graph = coo_array((ones, (branches.from_bus, branches.to_bus)), shape=(n, n))
        return np.asarray(connected_components(graph, directed=False)[1])

    @cached_property
    def bus_index(self) -> dict[str, int]:
        """Index of each bus by its id."""
        return {name: i for i, name in enumerate(self.buses.ids)}


def check_in_service(network: Network) -> None:
    """Refuse a network of which nothing is in service that a dispatch is of.

    Raises:
        InputError: no bus, or no generator.
    """
    for what, count in (("bus", len(network.buses)), ("generator", len(network.generators))):
        if not count:
            fix = f"Put a {what} into service"
            raise InputError([Issue(network.name, f"no {what} in service", "at least one", fix)])


def check_supply(network: Network) -> None:
    """Refuse a network whose generators cannot meet its load, whatever the branches allow.

    Raises:
        InputError: every island with load above generation, or generation that cannot go as low.
    """
    buses, generators = network.buses, network.generators
    count = int(network.island.max()) + 1
    load = np.bincount(network.island, buses.load_mw, count)
    own = network.island[generators.bus]
    most = np.bincount(own, generators.max_mw, count)
    least = np.bincount(own, generators.min_mw, count)
    issues = []
    for i in range(count):
        members = np.flatnonzero(network.island == i)
        where = f"{network.name}: the island of bus {buses.ids[members[0]]} ({len(members)} buses)"
        if load[i] > most[i] + 1e-6:
            issues.append(
                Issue(
                    where,
                    f"a load of {load[i]:,.1f} MW above the {most[i]:,.1f} MW of generation in "
                    "service",
                    "generation that can meet the load",
                    "Put generators or ties into service, or lower the load",
                )
            )
        elif least[i] > load[i] + 1e-6:
            issues.append(
                Issue(
                    where,
                    f"generators in service give at least {least[i]:,.1f} MW, more than the load "
                    f"of {load[i]:,.1f} MW",
                    "least outputs that the load can take",
                    "Switch some of them off or lower their least output",
                )
            )
    if issues:
        raise InputError(issues)
