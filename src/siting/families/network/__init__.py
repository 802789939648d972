"""Network: what sites draw must be deliverable over the lines of a transmission network.

Question: can generators be redispatched so that no branch is overloaded by what the sites draw?
Assumptions: one lossless DC state a period, at the peak hour; load that gives way in peak hours is
off. Loads grow evenly; generators of the case are redispatched freely between their limits. A site
draws at one bus, named or the nearest that is allowed. Point and zone limits of ``headroom`` hold
beside the network. Where the network without the plan, its generators run at the same share of
their range within each island, already carries more than a rating, that flow is the limit.

Formulation
-----------
    (withdrawal)   w[b,p] = sum_{s at b} (g[s,p] - y[s,p])
    (balance)      sum_{b in i} (G_b + x[b,p]) = sum_{b in i} (L[b,p] + w[b,p])
    (flow_limit)   Rmin[l,k,p] <= sum_b H[l,k,b] * (G_b + x[b,p] - L[b,p] - w[b,p]) + h[l,k] <= Rmax[l,k,p]
    with           Rmax[l,k,p] = max(Rmax[l], |flow without the plan|), Rmin likewise;
                   Rmax[l] = min(rating, b * (most angle - shift)), Rmin likewise
                   L[b,p] = L[b] * (1 + n)^years

``flow_limit`` is stated for a branch l, an outage k (none, and with ``is_n_minus_1`` each single
branch whose loss splits no island) and a period only once a solution breaks it, and rows are added
until none is broken: the result is that of the full model (``solver/lazy_rows.py``).

Symbols
-------
    w[b,p]   what sites draw at a bus in peak hours, ``withdrawal_mw``       MW
    x[b,p]   output of the generators of a bus above their least, ``extra_mw``  MW
    g, y     grid draw, ledger ``grid_mw``; part that gives way, ``give_way_mw``   MW
    G, L     least output, load without the plan                             MW
    H        PTDF; with an outage PTDF[l] + LODF[l,k] * PTDF[k]              ratio
    h        flow that phase shifters alone cause                            MW
    R        most and least flow: rating, and what the angle limits allow    MW
    b        flow for each radian of angle difference                        MW
    n        growth of the load a year;  i: an island of the network

Sources: Wood, Wollenberg, Sheble, Power Generation, Operation and Control, 3rd ed., chapters 3, 7;
the network is the scenario's. Limits: no voltages, no losses, no network upgrades; power plants of
the plan feed the grid at their own connection and do not appear at a bus; no unit commitment.
"""

from __future__ import annotations

from siting.families.base import Component
from siting.families.network.audit import audit
from siting.families.network.data import prepare, restate, separate
from siting.families.network.limits import LIMITS, LOGIC
from siting.families.network.rules import constrain, declare
from siting.families.network.settings import NetworkConfig, check
from siting.families.network.tables import TABLES, report

COMPONENT = Component(
    name="network",
    title="Network",
    config=NetworkConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    audit=audit,
    check=check,
    requires=("energy", "headroom"),
    separate=separate,
    restate=restate,
    limits=LIMITS,
    logic=LOGIC,
    formulation=__doc__ or "",
)
