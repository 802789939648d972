"""Adequacy: firm supply for the new load of a zone, with its reserve margin.

Question: does each zone keep its planning reserve margin with the plan's load in it?
Assumptions: what a zone has above its own requirement may serve the plan; after the last stated
year the last figure holds. A zone without a stated surplus has none.

Formulation
-----------
    (reserve_margin)   (1 + r[z,p]) * sum_{s in z} (g[s,p] - k[s,p]) <= S[z,p] + F[z,p]

Symbols
-------
    g[s,p]   draw, ledger total ``grid_mw``                     MW
    k[s,p]   draw that gives way in peak hours, ledger          MW
    F[z,p]   accredited new supply, and what ``interfaces``
             bring, net; ledger ``zone_firm_mw``                MW
    S[z,p]   accredited surplus above the requirement           MW
    r[z,p]   planning reserve margin                            share of firm load

Sources: NERC Long-Term Reliability Assessment 2025, by zone in ``data/geo/grid_zones.geojson``.
Limits: one number a zone and period; no transfer between zones.
"""

from __future__ import annotations

from siting.families.adequacy.audit import audit
from siting.families.adequacy.data import prepare
from siting.families.adequacy.doubts import DOUBTS
from siting.families.adequacy.limits import LIMITS
from siting.families.adequacy.rules import constrain, declare
from siting.families.adequacy.serves import misses
from siting.families.adequacy.settings import AdequacyConfig
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
    requires=("energy",),
    used_up=used_up,
    misses=misses,
    doubts=DOUBTS,
    limits=LIMITS,
    formulation=__doc__ or "",
)
