"""Ride-through: how much load of one area a voltage dip may throw off the grid at once.

Question: which load would trip together when a fault lowers the voltage of one area, is that more
than the grid can lose at once, and where does equipment keep load connected instead?
Assumptions: all load that is drawn from the grid in a group of sites trips together, unless
equipment at the site holds it; what is supplied on site does not trip with the grid. Equipment is
bought by the MW for a committed site, serves from its lead time on, and is never removed.

Formulation
-----------
    (equipped_monotone)   m[s,p-1] <= m[s,p]
    (equipped_committed)  m[s,p] <= PUE * U[s] * c[s,p]
    (held)                h[s,p] <= m[s, last order that is in service in p]
    (held_draw)           h[s,p] <= g[s,p]
    (trip_limit)          sum_{s in group} g[s,p] - h[s,p] <= L[group]
    cost                  sum d[p] years[p] * crf * K * m[s, last order in service in p]

Symbols
-------
    m[s,p]   equipment ordered at site s up to a period, ``equipped_mw``  MW, cumulative
    h[s,p]   grid draw that equipment holds through a dip, ``held_mw``  MW
    g[s,p]   grid draw, ledger total ``grid_mw``               MW
    c[s,p]   commit, 1 once site s is committed                binary, core variable
    L        most load of a group that may trip at once        MW
    U, PUE   most IT load of a site, facility MW per IT MW     MW, ratio
    K, crf   overnight cost, capital recovery factor           USD per MW, share a year
    d[p]     discount factor

A group is the union of the sites in the zones and at the nodes of a limit; a site may be in several.
The tables state ``h`` as the lesser of draw and equipment, which is the most it can be.
Sources: ``models/libraries/ride_through.yaml`` (Northern Virginia lost 1,500 MW at once on 10 July
2024). Limits: load of others in the same area is not counted; set a limit below what the grid can
lose to leave room for it. A dip is not traced through the network.
"""

from __future__ import annotations

from siting.families.base import Component
from siting.families.ride_through.audit import audit
from siting.families.ride_through.data import prepare
from siting.families.ride_through.decisions import DECISIONS
from siting.families.ride_through.doubts import DOUBTS
from siting.families.ride_through.limits import LIMITS
from siting.families.ride_through.rules import constrain, declare
from siting.families.ride_through.serves import serves
from siting.families.ride_through.settings import RideThroughConfig, check
from siting.families.ride_through.steps import STAGES, steps
from siting.families.ride_through.tables import TABLES, report

COMPONENT = Component(
    name="ride_through",
    title="Ride-through equipment",
    pays_for="grid",
    config=RideThroughConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    audit=audit,
    check=check,
    requires=("energy",),
    steps=steps,
    stages=STAGES,
    serves=serves,
    doubts=DOUBTS,
    decisions=DECISIONS,
    limits=LIMITS,
    formulation=__doc__ or "",
)
