"""Headroom: what each point of interconnection and zone can still serve, and upgrades of them.

Question: how much can each site draw from the grid, from when, and which upgrades are worth it?
Assumptions: a site's connection (large-load study, queue, works) starts when asked for, not before
the site is committed. Sites at one point share it. New firm supply delivered to a zone adds to the
load the zone can take. Upgrades are whole and never removed. A connection is priced by the voltage of
the site, ``poi_kv``, not by that of its node: the row of ``connection_costs`` with the highest ``from_kv``
at or below it; a site that states none counts as 0 kV, and where no row fits the connection is free.
The headroom of a zone is that of load that is never curtailed: headroom published by curtailment tier
is for load that gives way, with ``curtailment`` on, so that where a zone states no other firm load is
held by nodes and ``adequacy`` alone. ``tier`` supposes otherwise.
With ``rival_percentile_frac`` the draw of each rival is rounded up to whole MW, else it is expected.

Formulation
-----------
    (asked)           k[s,p] <= c[s,p]
    (connect_monotone) k[s,p-1] <= k[s,p],  (upgrade_monotone) q[u,p-1] <= q[u,p]
    (unconnected)     g[s,p] <= 0 at sites whose connection would come after the horizon
    (connected)       g[s,p] <= C[n,p] * v[s,p] + sum_{u at n} A[u] * q[u, last_u(p)]
    (used_connected)  g[s,p] <= G[s,p] * v[s,p]
    (node_limit)      sum_{s at n} g[s,p] <= C[n,p] + sum_{u at n} A[u] * q[u, last_u(p)]
    (zone_limit)      sum_{s in z} g[s,p] <= H[z,p] + Fz[z,p] + sum_{u in z} A[u] * q[u, last_u(p)]
                      left to ``curtailment`` where that is on
    (zone_connected)  g[s,p] <= H[z,p] * v[s,p] + Fz[z,p] + Sz[z,p] + sum_{u in z} A[u] * q[u, last_u(p)]
                      where H < C and H < G
    with              C[n,p] = max(0, C[n] - V[n,p]),  H[z,p] = max(0, H[z] - V[z,p])
                      v[s,p] = k[s, last(p)]; that of ``curtailment`` where it depends on the tier
    cost              sum d[p] years[p] * crf * ((line * km[s] + station) * v[s,p] + B[s] * g[s,p])
                      + sum d[p] years[p] * crf * K[u] * q[u, last_u(p)]

Symbols
-------
    k[s,p]   connection of site s started, ``connect``  binary, cumulative
    v[s,p]   connection of site s in service, ledger total ``connected``   0 or 1
    q[u,p]   upgrade u started, ``upgrade``         binary, cumulative
    g[s,p]   grid draw, ledger total ``grid_mw``    MW
    B[s]     stations of the campus and works on affected systems   USD per MW of draw
    C, H     node capacity, zone headroom           MW
    A, K     added capacity, overnight cost         MW, USD
    Fz       firm supply delivered to the zone, and what ``interfaces`` bring, net   MW, ledger
    Sz       what ``interfaces`` send from the zone   MW, ledger
    V        draw of rivals: expected, or at a percentile of the sum of independent rivals   MW
    G[s,p]   largest useful draw: site, targets and ramp until then  MW

The yearly payments of upgrades in service go to the ledger as ``network_usd_per_year`` of the zone
in which the upgrade or its node lies.
``connected`` is the tightest variable upper bound when a site is alone at its node (it then implies
``node_limit``, which is left out); ``used_connected`` when the site needs less than its node has, and
``zone_connected`` when its zone takes less than either: a valid inequality, since without a connection
there is no draw and with one no site draws more than its zone takes. Without it a relaxed site pays for
the share of its gen-tie that the zone lets it use.
Sources: ``data/geo/nodes.csv``, ``upgrades.csv``, ``grid_zones.geojson``; line and substation cost:
MISO transmission cost guide MTEP24. Limits: one number a node; flows are not modelled.
"""

from __future__ import annotations

from siting.families.base import Component, Total
from siting.families.headroom.audit import audit
from siting.families.headroom.data import prepare
from siting.families.headroom.decisions import DECISIONS
from siting.families.headroom.doubts import DOUBTS
from siting.families.headroom.futures import connection
from siting.families.headroom.limits import LIMITS, MEASURES
from siting.families.headroom.rules import constrain, declare
from siting.families.headroom.serves import misses, serves
from siting.families.headroom.settings import (
    HeadroomConfig,
    check,
    is_zone_limited,
    rival_load_mw,
    rival_mw,
)
from siting.families.headroom.steps import STAGES, steps, used_up
from siting.families.headroom.tables import TABLES, report

COMPONENT = Component(
    name="headroom",
    title="Connections and grid upgrades",
    pays_for="grid",
    config=HeadroomConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    names=lambda data: {"upgrade": data.upgrades},
    audit=audit,
    check=check,
    provides={
        "is_zone_limited": is_zone_limited,
        "rival_mw": rival_mw,
        "rival_load_mw": rival_load_mw,
    },
    requires=("energy",),
    totals=(
        Total(
            "connection",
            ("site", "period"),
            "connections",
            "1 for a connection asked for up to a period",
        ),
        Total(
            "connected",
            ("site", "period"),
            "connections",
            "1 for a connection that is in service and paid for, under the tier of the site",
        ),
        Total(
            "node_added_mw",
            ("node", "period"),
            "MW",
            "capacity that upgrades in service add to a point of interconnection",
        ),
        Total(
            "zone_added_mw",
            ("zone", "period"),
            "MW",
            "headroom that upgrades in service add to a zone",
        ),
        Total(
            "network_usd_per_year",
            ("zone", "period"),
            "USD a year",
            "annuity of the upgrades in service in a zone, which other customers may share",
        ),
    ),
    steps=steps,
    stages=STAGES,
    used_up=used_up,
    serves=serves,
    misses=misses,
    doubts=DOUBTS,
    decisions=DECISIONS,
    limits=LIMITS,
    measures=MEASURES,
    signs={"connection": connection},
    located=("upgrades",),
    formulation=__doc__ or "",
)
