"""Limits of ``plants``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from siting.families.declarations import Given, Key, Limit, Measure, Rank, setting, sooner

WHOLE = 1e-6
"""Part of a unit that is none."""


def more_starts(given: Given, key: Key, slack: float) -> float:
    """Starts a year, for more whole units than those that a period allows now."""
    technology, period = key
    units: int = given.data.supply_units[key] + ceil(slack - WHOLE)
    now: float = given.config.technologies[technology].max_starts_per_year
    years: float = given.system.calendar.years(period)
    return units / years - now


LIMITS: Mapping[str, Limit] = {
    "supply": Limit(
        Rank.BUY, setting("components.plants.technologies.{0}.max_starts_per_year"), more_starts
    ),
    "construction_slots": Limit(
        Rank.BUY,
        setting("components.plants.construction_slots.{0}.max_units_under_construction"),
        is_count=True,
    ),
}

LOGIC: Mapping[str, str] = {
    "shared_rights": "a plant that replaces another has no more rights than that one held",
    "exclusive": "one plant at most comes in place of another",
}

MEASURES: tuple[Measure, ...] = (
    sooner(
        "supply",
        "plants",
        *(
            f"components.plants.technologies.*.{stage}_months"
            for stage in ("permitting", "equipment_lead", "construction")
        ),
        "components.plants.named.*.lead_time_months",
        weeks=1040,
    ),
)
