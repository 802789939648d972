"""Emissions: caps and a price on the CO2 of the plan's power.

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

from siting.families.base import Component, Total
from siting.families.emissions.data import prepare
from siting.families.emissions.doubts import DOUBTS
from siting.families.emissions.limits import LIMITS
from siting.families.emissions.rules import declare
from siting.families.emissions.settings import EmissionsConfig, check
from siting.families.footprint import audit, columns_of, constrain, report

COMPONENT = Component(
    name="emissions",
    title="Emissions",
    config=EmissionsConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=columns_of("emissions", "emissions_t"),
    counts="emissions_t",
    audit=audit,
    check=check,
    requires=("energy",),
    totals=(
        Total(
            "emissions_t",
            ("place", "period"),
            "t",
            "carbon dioxide of plants on a site or in a zone, and of energy bought there",
        ),
    ),
    doubts=DOUBTS,
    limits=LIMITS,
    formulation=__doc__ or "",
)
