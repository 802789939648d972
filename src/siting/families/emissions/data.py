"""Settings and shared data of ``emissions`` to the numbers of its formulas."""

from __future__ import annotations

from siting.core.system import System
from siting.families.emissions.settings import EmissionsConfig
from siting.families.footprint import (
    ALL,
    FootprintData,
    agency_groups,
    caps_of,
    places_of,
    zone_groups,
)

RULES = ("agency_cap", "yearly_cap", "zone_cap")
"""Its caps."""


def prepare(system: System, config: EmissionsConfig) -> FootprintData:
    """Places and periods of every cap."""
    general = {} if config.max_t_per_year is None else {ALL: config.max_t_per_year}
    zones, agencies = zone_groups(system), agency_groups(system)
    return FootprintData(
        system=system,
        family="emissions",
        rules=RULES,
        quantity="emissions_t",
        price_usd=config.price_usd_per_t,
        caps={
            **caps_of(
                system,
                "yearly_cap",
                {ALL: places_of(system)},
                general,
                config.max_t_per_year_by_year,
            ),
            **caps_of(system, "zone_cap", zones, config.max_t_per_year_by_zone),
            **caps_of(system, "agency_cap", agencies, config.max_t_per_year_by_agency),
        },
        tables=(("purchases", "zone"),),
    )
