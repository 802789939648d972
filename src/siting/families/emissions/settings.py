"""Settings of ``emissions``, and what they must agree with."""

from __future__ import annotations

from pydantic import Field

from siting.core.dollars import Priced
from siting.core.errors import Issue
from siting.core.strict import Identifier, NonNegative
from siting.core.system import System
from siting.families.footprint import agency_groups, unknown_groups, unknown_years, zone_groups


class EmissionsConfig(Priced):
    """Settings of ``emissions``."""

    price_usd_per_t: NonNegative = 0.0
    """Price of every tonne emitted [USD per tonne]."""
    max_t_per_year: NonNegative | None = None
    """Cap on all places together [tonnes a year]."""
    max_t_per_year_by_year: dict[str, NonNegative] = Field(default_factory=dict)
    """The same in single calendar years; comes before the general one."""
    max_t_per_year_by_zone: dict[Identifier, NonNegative] = Field(default_factory=dict)
    """Cap on a zone and the sites in it [tonnes a year]."""
    max_t_per_year_by_agency: dict[str, NonNegative] = Field(default_factory=dict)
    """Cap on what an agency's sites emit on site [tonnes a year]."""


def check(system: System, config: EmissionsConfig) -> list[Issue]:
    """Zones and agencies that occur; years in the horizon."""
    limits = {
        "max_t_per_year_by_zone": config.max_t_per_year_by_zone,
        "max_t_per_year_by_agency": config.max_t_per_year_by_agency,
    }
    known = {
        "max_t_per_year_by_zone": zone_groups(system),
        "max_t_per_year_by_agency": agency_groups(system),
    }
    return [
        *unknown_groups("emissions", limits, known),
        *unknown_years(
            system, "emissions", "max_t_per_year_by_year", config.max_t_per_year_by_year
        ),
    ]
