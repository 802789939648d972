r"""Water: caps and a price on the water that plants and cooling take.

Question: how much water does each place take in each year, what does it cost, is it within caps?
Assumptions: plants take water by the energy they give, halls by the cooling chosen (``cooling``);
halls take none where that family is off. Water of a site counts in its basin; water of plants
that deliver through the grid counts in the plan's total but in no basin, since they have no site.
A cap of a year counts the periods that start in it, pro rata to their length.

Formulation
-----------
    (yearly_cap)   sum_{p in y} sum_l V[l,p] <= X[y] * sum_{p in y} years[p]
    (basin_cap)    sum_{p in y} sum_{s in b} V[s,p] <= X[b] * sum_{p in y} years[p]
    (agency_cap)   sum_{p in y} sum_{s of a} V[s,p] <= X[a] * sum_{p in y} years[p]
    cost           sum_p d[p] * q * sum_l V[l,p]

Symbols
-------
    V[l,p]   water of place l, a site or a zone, in period p; ledger ``water_m3``     m3
    X        cap of a year, of all places, of a basin's sites, of an agency's sites    m3 a year
    q        price                                                                     USD per m3
    d[p]     discount factor; p in y: the period starts in calendar year y

Sources: water of technologies in ``models/libraries/technologies.yaml``, of cooling in
``models/libraries/cooling.yaml``; caps and price are the scenario's.
Limits: water is what is consumed, not withdrawn; no seasons, no water behind bought energy.
"""

from __future__ import annotations

from pydantic import Field

from siting.components.base import Build, Component
from siting.components.footprint import (
    ALL,
    FootprintData,
    agency_groups,
    audit,
    basin_groups,
    caps_of,
    constrain,
    places_of,
    report,
    unknown_groups,
    unknown_years,
)
from siting.core.errors import Issue
from siting.core.strict import Identifier, NonNegative, StrictModel
from siting.core.system import System


class WaterConfig(StrictModel):
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


def prepare(system: System, config: WaterConfig) -> FootprintData:
    """Places and periods of every cap."""
    general = {} if config.max_m3_per_year is None else {ALL: config.max_m3_per_year}
    basins, agencies = basin_groups(system), agency_groups(system)
    return FootprintData(
        system=system,
        family="water",
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


def declare(build: Build, data: FootprintData) -> None:
    """Nothing to decide: ``plants`` and ``cooling`` state what they take."""


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


COMPONENT = Component(
    name="water",
    config=WaterConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    requires=("energy",),
    formulation=__doc__ or "",
)
