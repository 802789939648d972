"""Settings of ``network``, and what they must agree with."""

from __future__ import annotations

from collections.abc import Callable
from math import asin, cos, inf, radians, sin, sqrt

import numpy as np
from pydantic import Field

from siting.core.errors import InputError, Issue
from siting.core.records import Place, Record
from siting.core.strict import Identifier, NonNegative, Positive, Share, StrictModel
from siting.core.system import System
from siting.core.warnings import listed
from siting.network.build import RawCase, build_network
from siting.network.case import Network, check_supply


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


EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""


CASE = "components.network"


class Bus(Place):
    """A bus of the network."""

    base_kv: NonNegative = 0.0
    """Nominal voltage [kV]."""
    load_mw: float = Field(default=0.0, ge=-1e6, le=1e6)
    """Load at the peak hour of the first year, without the plan [MW]."""


class Branch(Record):
    """A line or a transformer."""

    from_bus: Identifier
    """Bus at one end."""
    to_bus: Identifier
    """Bus at the other end."""
    x_pu: float = Field(ge=-1e3, le=1e3)
    """Reactance on ``base_mva`` [per unit]."""
    tap: NonNegative = 0.0
    """Off-nominal ratio of a transformer; 0 for a line."""
    shift_deg: float = Field(default=0.0, ge=-180, le=180)
    """Phase shift of a transformer [degrees]."""
    rating_mw: Positive | None = None
    """Largest flow either way [MW]; without one it is unlimited."""
    angle_min_deg: float | None = Field(default=None, ge=-360, le=360)
    """Lowest angle of the from bus less that of the to bus [degrees]; none means no limit."""
    angle_max_deg: float | None = Field(default=None, ge=-360, le=360)
    """Limits of the angle of the from bus less that of the to bus; without one it is unlimited."""


class Generator(Record):
    """A generator in service at the peak hour."""

    bus: Identifier
    """Bus that it feeds."""
    min_mw: float = Field(default=0.0, ge=-1e6, le=1e6)
    """Least output while it runs [MW]."""
    max_mw: float = Field(ge=-1e6, le=1e6)
    """Most output [MW]."""


class NetworkConfig(StrictModel):
    """Settings of ``network``."""

    base_mva: Positive = 100.0
    """Power to which reactances refer [MVA]."""
    buses: dict[Identifier, Bus] = Field(min_length=1)
    """Buses by id."""
    branches: dict[Identifier, Branch] = Field(default_factory=dict)
    """Lines and transformers by id."""
    generators: dict[Identifier, Generator] = Field(default_factory=dict)
    """Generators by id."""
    bus_of_site: dict[Identifier, Identifier] = Field(default_factory=dict)
    """Bus of single sites; the others take the nearest that is allowed."""
    min_kv: NonNegative = 0.0
    """Lowest voltage at which a site may attach [kV]."""
    max_km: Positive = 50.0
    """Farthest bus at which a site may attach [km]."""
    load_growth_frac_per_year: Share = 0.0
    """Growth of the load without the plan, the same at every bus [share a year]."""
    is_n_minus_1: bool = False
    """Whether every branch keeps its rating with any single other branch out."""


def network_of(config: NetworkConfig, growth: float = 1.0) -> Network:
    """The network with its load times a factor, checked.

    Raises:
        InputError: every bus, branch and generator that cannot be right.
    """
    import pandas

    buses, branches, generators = config.buses, config.branches, config.generators
    nowhere = float("nan")
    raw = RawCase(
        name=CASE,
        base_mva=config.base_mva,
        buses=pandas.DataFrame(
            {
                "id": list(buses),
                "title": [bus.name for bus in buses.values()],
                "base_kv": [bus.base_kv for bus in buses.values()],
                "load_mw": [growth * bus.load_mw for bus in buses.values()],
                "longitude": [_or(bus.longitude, nowhere) for bus in buses.values()],
                "latitude": [_or(bus.latitude, nowhere) for bus in buses.values()],
                "is_reference": False,
                "is_on": True,
            }
        ),
        branches=pandas.DataFrame(
            {
                "id": pandas.Series(list(branches), dtype=object),
                "from": [branch.from_bus for branch in branches.values()],
                "to": [branch.to_bus for branch in branches.values()],
                "x_pu": _floats([branch.x_pu for branch in branches.values()]),
                "tap": _floats([branch.tap for branch in branches.values()]),
                "shift_deg": _floats([branch.shift_deg for branch in branches.values()]),
                "rating_mw": _floats([_or(b.rating_mw, inf) for b in branches.values()]),
                "angle_min_deg": _floats([_or(b.angle_min_deg, -inf) for b in branches.values()]),
                "angle_max_deg": _floats([_or(b.angle_max_deg, inf) for b in branches.values()]),
                "is_on": np.ones(len(branches), bool),
            }
        ),
        generators=pandas.DataFrame(
            {
                "id": pandas.Series(list(generators), dtype=object),
                "bus": [generator.bus for generator in generators.values()],
                "min_mw": _floats([generator.min_mw for generator in generators.values()]),
                "max_mw": _floats([generator.max_mw for generator in generators.values()]),
                "is_on": np.ones(len(generators), bool),
            }
        ),
    )
    return build_network(raw)


def _or(value: float | None, otherwise: float) -> float:
    """A value, or another where there is none."""
    return otherwise if value is None else value


def _floats(values: list[float]) -> np.ndarray:
    """Numbers as an array, also where there are none."""
    return np.array(values, dtype=float)


def attached(system: System, config: NetworkConfig) -> dict[str, tuple[str, float | None]]:
    """Bus and distance [km] of every site with a zone; None where no place is stated.

    Raises:
        InputError: sites that are to attach nowhere, or at unknown buses.
    """
    found: dict[str, tuple[str, float | None]] = {}
    issues = []
    for name in config.bus_of_site:
        if name not in system.sites:
            known = f"one of {listed(sorted(system.sites), 8)}"
            issues.append(Issue(f"{CASE}.bus_of_site", f"unknown site '{name}'", known, ""))
    for site in system.node_of:
        named = config.bus_of_site.get(site)
        if named is not None and named not in config.buses:
            known = f"one of {listed(sorted(config.buses), 8)}"
            issues.append(Issue(f"{CASE}.bus_of_site.{site}", f"unknown bus '{named}'", known, ""))
        elif named is not None:
            found[site] = named, _km(system, config, site, named)
        else:
            near = _nearest(system, config, site)
            if near is None:
                what = f"no bus of {config.min_kv:g} kV or more within {config.max_km:g} km"
                fix = f"Name one in {CASE}.bus_of_site, raise max_km, or remove the site's zone"
                issues.append(Issue(f"sites.{site}", what, "a bus to attach to", fix))
            else:
                found[site] = near
    if issues:
        raise InputError(issues)
    return found


def _nearest(system: System, config: NetworkConfig, site: str) -> tuple[str, float] | None:
    """Nearest bus of an allowed voltage within reach; the first by name where two are as near."""
    ranked = sorted(
        (km, bus)
        for bus, record in config.buses.items()
        if record.base_kv >= config.min_kv
        and (km := _km(system, config, site, bus)) is not None
        and km <= config.max_km
    )
    return (ranked[0][1], ranked[0][0]) if ranked else None


def _km(system: System, config: NetworkConfig, site: str, bus: str) -> float | None:
    """Great-circle distance of a site and a bus [km]; None where either has no place."""
    one, two = system.sites[site], config.buses[bus]
    if one.longitude is None or one.latitude is None:
        return None
    if two.longitude is None or two.latitude is None:
        return None
    south, north = radians(one.latitude), radians(two.latitude)
    across = sin((north - south) / 2) ** 2
    across += cos(south) * cos(north) * sin(radians(two.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, across)))
