"""Settings and shared data of ``adequacy`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from siting.core.system import System
from siting.families.adequacy.settings import AdequacyConfig

ZoneSeason = tuple[str, str, int]
"""Zone, season and period."""


@dataclass(frozen=True)
class AdequacyData:
    """Numbers of the formulas."""

    system: System
    zone_periods: tuple[tuple[str, int], ...]
    sites_in: Mapping[str, tuple[str, ...]]
    seasons: Mapping[tuple[str, int], tuple[str, ...]]
    """Seasons of each zone and period for which a requirement is stated."""
    requirement: Mapping[ZoneSeason, float]
    surplus_mw: Mapping[ZoneSeason, float]
    deficit_mw: Mapping[ZoneSeason, float]
    named: Mapping[ZoneSeason, str]
    """The row of ``needs`` that states them, "" where the zone's record does."""
    is_cured: bool

    @property
    def index(self) -> tuple[ZoneSeason, ...]:
        """Every zone, season and period."""
        return tuple((z, k, p) for z, p in self.zone_periods for k in self.seasons[z, p])

    def site_deficits(self) -> list[tuple[str, str, int]]:
        """(site, season, period) of load that must cure the deficit of its zone."""
        if not self.is_cured:
            return []
        short = [key for key in self.index if self.deficit_mw[key] > 0]
        return [(s, k, p) for z, k, p in short for s in self.sites_in[z]]


def prepare(system: System, config: AdequacyConfig) -> AdequacyData:
    """Requirement, surplus and deficit of every zone that has a site, by season."""
    members: dict[str, list[str]] = {}
    for site in system.node_of:
        if site in system.first_service:
            members.setdefault(str(system.sites[site].zone), []).append(site)
    for zone in system.zones_used(()):
        members.setdefault(zone, [])
    pairs = tuple((z, p) for z in sorted(members) for p in system.calendar.periods)
    needs = {(z, need.season, p): need for z, p in pairs for need in system.needs_left(z, p)}
    usable = {key: config.usable_mw(system.zones[key[0]], need) for key, need in needs.items()}
    return AdequacyData(
        system=system,
        zone_periods=pairs,
        sites_in={z: tuple(sites) for z, sites in sorted(members.items())},
        seasons=_seasons(needs),
        requirement={key: need.requirement_frac for key, need in needs.items()},
        surplus_mw={key: max(0.0, mw) for key, mw in usable.items()},
        deficit_mw={key: max(0.0, -mw) for key, mw in usable.items()},
        named={key: need.name for key, need in needs.items()},
        is_cured=config.deficit == "cured",
    )


def _seasons(needs: Iterable[ZoneSeason]) -> dict[tuple[str, int], tuple[str, ...]]:
    """Seasons of each zone and period, in the order in which they are stated."""
    found: dict[tuple[str, int], tuple[str, ...]] = {}
    for zone, season, period in needs:
        found[zone, period] = (*found.get((zone, period), ()), season)
    return found


def useful(system: System, config: AdequacyConfig) -> dict[str, float]:
    """Supply that cures the deficit of each zone whose new load must [MW]."""
    data = prepare(system, config)
    if not data.is_cured:
        return {}
    most: dict[str, float] = {}
    for (zone, _, _), short in data.deficit_mw.items():
        most[zone] = max(short, most.get(zone, 0.0))
    return {zone: short for zone, short in most.items() if short > 0}
