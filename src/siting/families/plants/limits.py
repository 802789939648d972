"""What the numbers of a scenario that limit ``plants`` would have to be."""

from __future__ import annotations

from math import ceil

from siting.families.declarations import Given, Key

WHOLE = 1e-6
"""Part of a unit that is none."""


def more_starts(given: Given, key: Key, slack: float) -> float:
    """Starts a year, for more whole units than those that a period allows now."""
    technology, period = key
    units: int = given.data.supply_units[key] + ceil(slack - WHOLE)
    now: float = given.config.technologies[technology].max_starts_per_year
    years: float = given.system.calendar.years(period)
    return units / years - now
