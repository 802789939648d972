"""Settings of ``water``, and what they must agree with."""

from __future__ import annotations

from pydantic import Field

from siting.core.dollars import Priced
from siting.core.errors import Issue
from siting.core.strict import Identifier, NonNegative
from siting.core.system import System
from siting.families.footprint import agency_groups, basin_groups, unknown_groups, unknown_years


class WaterConfig(Priced):
    """Settings of ``water``."""

    price_usd_per_m3: NonNegative = 0.0
    """Price of every cubic metre taken [USD per m3]."""
    max_m3_per_year: NonNegative | None = None
    """Cap on all places together [m3 a year]."""
    max_m3_per_year_by_year: dict[str, NonNegative] = Field(default_factory=dict)
    """The same in single calendar years; comes before the general one."""
    max_m3_per_year_by_basin: dict[Identifier, NonNegative] = Field(default_factory=dict)
    """Cap on the sites in a basin [m3 a year]."""
    max_m3_per_year_by_agency: dict[str, NonNegative] = Field(default_factory=dict)
    """Cap on an agency's sites [m3 a year]."""


def check(system: System, config: WaterConfig) -> list[Issue]:
    """Basins and agencies that occur; years in the horizon."""
    limits = {
        "max_m3_per_year_by_basin": config.max_m3_per_year_by_basin,
        "max_m3_per_year_by_agency": config.max_m3_per_year_by_agency,
    }
    known = {
        "max_m3_per_year_by_basin": basin_groups(system),
        "max_m3_per_year_by_agency": agency_groups(system),
    }
    return [
        *unknown_groups("water", limits, known),
        *unknown_years(system, "water", "max_m3_per_year_by_year", config.max_m3_per_year_by_year),
    ]
