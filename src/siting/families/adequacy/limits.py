"""Limits of ``adequacy``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Given, Key, Limit, Rank

STATED = "zones.{}.accredited_surplus_mw"


def surplus(given: Given, key: Key) -> str:
    """Surplus of a zone: as a share of its peak, of every year, or of the year that holds."""
    zone, period = key
    if given.config.surplus_of_peak_frac is not None:
        return "components.adequacy.surplus_of_peak_frac"
    path, year = STATED.format(zone), given.system.calendar.starts[period].year
    stated = [other for other in range(2026, 2031) if given.find(f"{path}_{other}")]
    if given.find(path) or not stated:
        return path
    past = [other for other in stated if other <= year]
    return f"{path}_{max(past) if past else min(stated)}"


def more_surplus(given: Given, key: Key, slack: float) -> float:
    """Surplus of which the plan may use a share."""
    config, peak_mw = given.config, given.system.zones[key[0]].peak_mw
    usable = config.surplus_share_frac
    if config.surplus_of_peak_frac is not None:
        usable *= peak_mw
    return slack / usable if usable else 0.0


LIMITS: Mapping[str, Limit] = {
    "reserve_margin": Limit(Rank.GRID, surplus, more_surplus),
}
