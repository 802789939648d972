"""Settings and shared data of ``adequacy`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from siting.core.system import System
from siting.families.adequacy.settings import AdequacyConfig


@dataclass(frozen=True)
class AdequacyData:
    """Numbers of the formulas."""

    system: System
    zone_periods: tuple[tuple[str, int], ...]
    sites_in: Mapping[str, tuple[str, ...]]
    margin: Mapping[tuple[str, int], float]
    surplus_mw: Mapping[tuple[str, int], float]


def prepare(system: System, config: AdequacyConfig) -> AdequacyData:
    """Margin and surplus of every zone that has a site."""
    members: dict[str, list[str]] = {}
    for site in system.node_of:
        if site in system.first_service:
            members.setdefault(str(system.sites[site].zone), []).append(site)
    for zone in system.zones_used(()):
        members.setdefault(zone, [])
    pairs = tuple((z, p) for z in sorted(members) for p in system.calendar.periods)
    starts = system.calendar.starts
    return AdequacyData(
        system=system,
        zone_periods=pairs,
        sites_in={z: tuple(sites) for z, sites in sorted(members.items())},
        margin={(z, p): system.zones[z].margin_frac(starts[p]) for z, p in pairs},
        surplus_mw={(z, p): config.zone_surplus_mw(system.zones[z], starts[p]) for z, p in pairs},
    )
