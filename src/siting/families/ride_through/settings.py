"""Settings of ``ride_through``, and what they must agree with."""

from __future__ import annotations

from pydantic import Field

from siting.core.dollars import Priced
from siting.core.errors import Issue
from siting.core.records import Record
from siting.core.strict import Identifier, MonthDate, NonNegative, Positive
from siting.core.system import System
from siting.core.warnings import listed


def sites_of(system: System, limit: TripLimit) -> tuple[str, ...]:
    """Sites in the zones or at the nodes of a limit."""
    return tuple(
        s
        for s, node in system.node_of.items()
        if system.sites[s].zone in limit.zones or node in limit.nodes
    )


def check(system: System, config: RideThroughConfig) -> list[Issue]:
    """Limits that name zones or nodes that exist and hold a site."""
    issues = []
    for name, limit in sorted(config.limits.items()):
        where = f"components.ride_through.limits.{name}"
        wrong = False
        for field, named, known in (
            ("zones", limit.zones, sorted(system.zones)),
            ("nodes", limit.nodes, sorted(system.nodes)),
        ):
            for place in sorted(set(named) - set(known)):
                wrong = True
                issues.append(
                    Issue(
                        f"{where}.{field}",
                        f"unknown {field[:-1]} '{place}'",
                        f"one of {listed(known, 8)}"
                        if known
                        else f"a {field[:-1]} of the scenario",
                        f"Correct it or add it to {field}",
                    )
                )
        if not wrong and not sites_of(system, limit):
            issues.append(
                Issue(
                    where,
                    "no site lies in its zones or at its nodes",
                    "zones or nodes with a site",
                    "Name one, or remove the limit",
                )
            )
    return issues


class TripLimit(Record):
    """Sites that a voltage dip reaches together, and how much of their load may trip."""

    zones: list[Identifier] = Field(default_factory=list)
    """Zones whose sites a voltage dip reaches together."""
    nodes: list[Identifier] = Field(default_factory=list)
    """Points of interconnection; a site without one of the scenario's has one of its own name."""
    max_trip_mw: NonNegative
    """Most load that may trip together [MW]."""


class RideThroughConfig(Priced):
    """Settings of ``ride_through``."""

    limits: dict[Identifier, TripLimit] = Field(default_factory=dict)
    """Limits on load that may trip together, by id."""
    max_trip_mw_per_zone: NonNegative | None = None
    """Limit of every zone with a site that no limit names among its zones [MW]."""
    overnight_usd_per_mw: NonNegative = 0.0
    """Equipment that keeps a MW of load on the grid through a dip [USD per MW]."""
    lifetime_years: Positive = 15.0
    """Years over which the equipment is paid off."""
    lead_months: NonNegative = 0.0
    """From the order, at a committed site, to service [months]."""
    available_from: MonthDate | None = None
    """First date on which equipment may be ordered."""
