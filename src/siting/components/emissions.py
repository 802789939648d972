r"""Emissions: caps and a price on the CO2 of the plan's power.

Question: how much CO2 does each place emit in each year, what does it cost, and is it within caps?
Assumptions: energy bought in a zone emits at the zone's average carbon intensity, whatever the
hour and the plan; units and plants emit by the energy they give. On-site units count at their
site, bought energy and grid-delivered plants at their zone. A cap of a year counts the periods
that start in it, pro rata to their length.

Formulation
-----------
    (yearly_cap)   sum_{p in y} sum_l E[l,p] <= X[y] * sum_{p in y} years[p]
    (zone_cap)     sum_{p in y} (E[z,p] + sum_{s in z} E[s,p]) <= X[z] * sum_{p in y} years[p]
    (agency_cap)   sum_{p in y} sum_{s of a} E[s,p] <= X[a] * sum_{p in y} years[p]
    cost           sum_p d[p] * q * sum_l E[l,p]

Symbols
-------
    E[l,p]   CO2 of place l, a site or a zone, in period p; ledger ``emissions_t``    t
    X        cap of a year, of all places, a zone with its sites, an agency's sites    t a year
    q        price                                                                     USD per t
    d[p]     discount factor; p in y: the period starts in calendar year y

Sources: carbon intensity by zone in ``data/geo/grid_zones.geojson``; tonnes per MWh of technologies
in ``models/libraries/technologies.yaml``; caps and price are the scenario's.
Limits: building, fuel supply and leakage emit nothing here; intensity does not fall over time.
"""

from __future__ import annotations

from pydantic import Field

from siting.components.base import Build, Component
from siting.components.footprint import (
    ALL,
    FootprintData,
    agency_groups,
    audit,
    caps_of,
    constrain,
    places_of,
    report,
    unknown_groups,
    unknown_years,
    zone_groups,
)
from siting.core.errors import Issue
from siting.core.strict import Identifier, NonNegative, StrictModel
from siting.core.system import System


class EmissionsConfig(StrictModel):
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


def prepare(system: System, config: EmissionsConfig) -> FootprintData:
    """Places and periods of every cap."""
    general = {} if config.max_t_per_year is None else {ALL: config.max_t_per_year}
    zones, agencies = zone_groups(system), agency_groups(system)
    return FootprintData(
        system=system,
        family="emissions",
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


def declare(build: Build, data: FootprintData) -> None:
    """Nothing to decide: ``plants`` and ``energy`` state what they emit."""


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


COMPONENT = Component(
    name="emissions",
    config=EmissionsConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    requires=("energy",),
    formulation=__doc__ or "",
)
