"""Adequacy: firm supply for the new load of a zone, with its reserve margin.

Question: does each zone hold what it must for the plan's load, in every season?
Assumptions: what a zone has above its own requirement may serve the plan; after the last stated
year the last figure holds. A zone without a stated surplus has none. A load stands in all seasons, so
that each binds in each period. Rivals take accredited surplus before the plan does, but for those that
the forecast behind it holds already. A zone may be short without the plan. Where the deficit is carried,
others live with it and new load brings what it needs itself; where it is cured, a site that is connected
brings what the zone lacks too.

Formulation
-----------
    (reserve_margin)   A[z,k,p] * sum_{s in z} (g[s,p] - w[s,p]) <= max(0, S[z,k,p]) + F[z,p]
    (season_margin)    the same, each season k, where they are several
    (deficit_cured)    A[z,k,p] * sum_{s in z} (g[s,p] - w[s,p]) + max(0, -S[z,k,p]) * v[s,p]
                           <= max(0, S[z,k,p]) + F[z,p]      each site s, where deficits are cured
    with               S[z,k,p] = T[z,k,p] - A[z,k,p] * V[z,p]

Symbols
-------
    g[s,p]     draw, ledger total ``grid_mw``                     MW
    w[s,p]     draw that gives way in peak hours, ledger          MW
    v[s,p]     connection in service, ledger ``connected``        0 or 1
    F[z,p]     accredited new supply, and what ``interfaces``
               bring, net; ledger ``zone_firm_mw``                MW
    T, S       accredited surplus above the requirement, stated and
               after rivals; negative where the zone is short     MW
    A[z,k,p]   accredited capacity required for firm load: stated by
               season, or 1 + the reserve margin of the zone      share of firm load
    V[z,p]     draw of rivals that no forecast holds              MW

Sources: ``data/geo/zone_needs.csv``, one accredited basis a zone, by year and season; else NERC
Long-Term Reliability Assessment 2025, by zone in ``data/geo/grid_zones.geojson``.
Limits: new supply is accredited alike in all seasons; no transfer between zones but by ``interfaces``.
"""

from __future__ import annotations

from siting.families.adequacy.audit import audit
from siting.families.adequacy.data import prepare, useful
from siting.families.adequacy.doubts import DOUBTS
from siting.families.adequacy.limits import LIMITS
from siting.families.adequacy.rules import constrain, declare
from siting.families.adequacy.serves import misses
from siting.families.adequacy.settings import AdequacyConfig, check, needs
from siting.families.adequacy.steps import used_up
from siting.families.adequacy.tables import TABLES, report
from siting.families.base import Component

COMPONENT = Component(
    name="adequacy",
    title="Capacity accreditation",
    config=AdequacyConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    audit=audit,
    check=check,
    useful=useful,
    provides={"needs": needs},
    requires=("energy",),
    used_up=used_up,
    misses=misses,
    doubts=DOUBTS,
    limits=LIMITS,
    formulation=__doc__ or "",
)
