"""Limits of ``adequacy``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Given, Key, Limit, Rank

STATED = "zones.{}.accredited_surplus_mw"


def season_of(given: Given, key: Key) -> tuple[str, str, int]:
    """Zone, season and period of a row, of the only season where it names none."""
    if len(key) == 3:
        return key
    zone, period = key
    return zone, given.data.seasons[key][0], period


def surplus(given: Given, key: Key) -> str:
    """Surplus of a zone: as a share of its peak, of a row of needs, of every year, or of the year that
    holds."""
    zone, _, period = full = season_of(given, key)
    if given.config.surplus_of_peak_frac is not None:
        return "components.adequacy.surplus_of_peak_frac"
    if given.data.named[full]:
        return f"components.adequacy.needs.{given.data.named[full]}.surplus_mw"
    path, year = STATED.format(zone), given.system.calendar.starts[period].year
    stated = [other for other in range(2026, 2031) if given.find(f"{path}_{other}")]
    if given.find(path) or not stated:
        return path
    past = [other for other in stated if other <= year]
    return f"{path}_{max(past) if past else min(stated)}"


def more_surplus(given: Given, key: Key, slack: float) -> float:
    """Surplus of which the plan may use a share; what the zone lacks comes first."""
    config, peak_mw = given.config, given.system.zones[key[0]].peak_mw
    usable = config.surplus_share_frac
    if config.surplus_of_peak_frac is not None:
        usable *= peak_mw
    lacking: float = given.data.deficit_mw[season_of(given, key)]
    return slack / usable + lacking if usable else 0.0


def cured_surplus(given: Given, key: Key) -> str:
    """Surplus of the zone of a site whose load must cure a deficit."""
    return surplus(given, zone_key(given, key))


def zone_key(given: Given, key: Key) -> tuple[str, str, int]:
    """Zone, season and period of a row of a site."""
    site, season, period = key
    return str(given.system.sites[site].zone), season, period


def less_deficit(given: Given, key: Key, slack: float) -> float:
    """A deficit that is smaller by what is lacking."""
    return slack


LIMITS: Mapping[str, Limit] = {
    "reserve_margin": Limit(Rank.GRID, surplus, more_surplus),
    "season_margin": Limit(Rank.GRID, surplus, more_surplus),
    "deficit_cured": Limit(Rank.GRID, cured_surplus, less_deficit),
}
