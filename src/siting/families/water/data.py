"""Settings and shared data of ``water`` to the numbers of its formulas."""

from __future__ import annotations

from siting.core.system import System
from siting.families.footprint import (
    ALL,
    FootprintData,
    agency_groups,
    basin_groups,
    caps_of,
    places_of,
)
from siting.families.water.settings import WaterConfig

RULES = ("agency_cap", "basin_cap", "yearly_cap")
"""Its caps."""


def prepare(system: System, config: WaterConfig) -> FootprintData:
    """Places and periods of every cap."""
    general = {} if config.max_m3_per_year is None else {ALL: config.max_m3_per_year}
    basins, agencies = basin_groups(system), agency_groups(system)
    return FootprintData(
        system=system,
        family="water",
        rules=RULES,
        quantity="water_m3",
        price_usd=config.price_usd_per_m3,
        caps={
            **caps_of(
                system,
                "yearly_cap",
                {ALL: places_of(system)},
                general,
                config.max_m3_per_year_by_year,
            ),
            **caps_of(system, "basin_cap", basins, config.max_m3_per_year_by_basin),
            **caps_of(system, "agency_cap", agencies, config.max_m3_per_year_by_agency),
        },
        tables=(("cooling", "site"),),
    )
