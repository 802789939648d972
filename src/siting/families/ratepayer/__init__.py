"""Ratepayer: what the plan does to the bills of the other customers of each zone.

Question: by how much does the plan raise what the other customers of a zone pay, for network
upgrades and for capacity, and is that within a cap?
Assumptions: the price of capacity falls with the accredited surplus of the zone, along a convex
curve; the other customers buy capacity for the zone's peak at that price. They pay a share of the
yearly cost of network upgrades in service, and none where the sites bear all they cause. The plan
does not change what they consume.

Formulation
-----------
    with           X[z,p] = S[z,p] + F[z,p] - A[z,p] * sum_{s in z} g[s,p]
                   f(x) = max_k (m[k] * x + b[k])
    (price_curve)  D * P[z] * (m[k] * X[z,p] / P[z] + b[k]) <= a[z,p]      each segment k
    (bill_cap)     h * N[z,p] + a[z,p] - D * P[z] * f(S[z,p] / P[z]) <= B[z] * L * 8760 * R * P[z]
    reported       h * N[z,p], D * P[z] * (f(X[z,p] / P[z]) - f(S[z,p] / P[z])), their sum over the
                   bill L * 8760 * R * P[z]

Symbols
-------
    a[z,p]   capacity bill of the others, ``capacity_musd``  million USD a year, only where a cap is set
    g[s,p]   draw that does not give way, ledger            MW
    F[z,p]   accredited new supply, ledger ``zone_firm_mw`` MW
    N[z,p]   yearly cost of upgrades in service, ledger ``network_usd_per_year``   USD per year
    S, X     accredited surplus before and after the plan, in the season in which it covers the least
             load without the plan; S after rivals, negative where the zone is short   MW
    A[z,p]   accredited capacity required for firm load, of that season   share of firm load
    P[z]     peak of the other customers                    MW
    f        capacity price by surplus over peak            USD per MW-day
    m, b     slope and intercept of its segments            USD per MW-day
    h        share that others pay                          share
    L, R     average over peak load; retail price           share, USD per MWh
    B[z]     cap on the rise of the yearly bill             share;   D = 365.25 days a year

``f`` is the largest of its lines since it is convex: the first slope goes on below the lowest
surplus, the last price above the highest. ``a`` is only a bound; what is reported is ``f`` itself.
Nothing is charged: these are transfers between customers, and the plan's own cost already holds the
upgrades whole.

Sources: PJM auctions for 2024/25 to 2027/28, see ``models/libraries/ratepayer.yaml``; peak, surplus
and margin by zone in ``data/geo/grid_zones.geojson``.
Limits: one curve for every zone, also where no auction is held and a utility's own capacity cost
would take its place. A zone without a peak has no row, nor has one whose bills the plan cannot
raise: where no site can be served, no upgrade stands and ``interfaces`` send nothing. The surplus
is the whole surplus of the zone, whatever share of it ``adequacy`` lets the plan use. Energy prices
and the peak of the other customers do not react. Connections are paid by the site alone.
"""

from __future__ import annotations

from siting.families.base import Component
from siting.families.ratepayer.audit import audit
from siting.families.ratepayer.data import prepare, useful
from siting.families.ratepayer.doubts import DOUBTS
from siting.families.ratepayer.limits import LIMITS, LOGIC
from siting.families.ratepayer.rules import constrain, declare
from siting.families.ratepayer.serves import misses
from siting.families.ratepayer.settings import RatepayerConfig, check
from siting.families.ratepayer.tables import TABLES, report

COMPONENT = Component(
    name="ratepayer",
    title="Other customers",
    config=RatepayerConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    audit=audit,
    check=check,
    useful=useful,
    requires=("energy",),
    misses=misses,
    doubts=DOUBTS,
    limits=LIMITS,
    logic=LOGIC,
    formulation=__doc__ or "",
)
