"""Water: caps and a price on the water that plants and cooling take.

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

from siting.families.base import Component, Total
from siting.families.footprint import audit, columns_of, constrain, report
from siting.families.water.data import prepare
from siting.families.water.doubts import DOUBTS
from siting.families.water.limits import LIMITS
from siting.families.water.rules import declare
from siting.families.water.settings import WaterConfig, check

COMPONENT = Component(
    name="water",
    title="Water",
    config=WaterConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=columns_of("water", "water_m3"),
    counts="water_m3",
    audit=audit,
    check=check,
    requires=("energy",),
    totals=(
        Total(
            "water_m3",
            ("place", "period"),
            "m3",
            "water that plants and cooling take at a site or in a zone",
        ),
    ),
    doubts=DOUBTS,
    limits=LIMITS,
    formulation=__doc__ or "",
)
