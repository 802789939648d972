"""Curtailment: sites that give way in peak hours may use more of what a zone can take.

Question: which curtailment tier does each site choose, what gives way, and how much load does a zone
take for it?
Assumptions: a year has two load blocks, ``normal`` and ``peak``; ``peak`` is the tier's curtailed hours.
A zone's curve says how much energy a constant new load must give up; all sites of the zone share it,
and what their tiers offer together must cover what their load together needs. Sites give way by
pausing flexible load or by power on site. A tier is chosen once. Rivals never give way; the plan
answers for what it adds beyond them. Load that gives way needs no accredited capacity. Sites and zones
are those where the operator connects such load; elsewhere all load is firm.

Formulation
-----------
    (one_tier)       sum_t y[s,t] <= c[s,P]
    (tier_draw)      g[s,p] = sum_t d[s,t,p]
    (tier_choice)    d[s,t,p] <= G[s,p] * y[s,t]
    (tier_connected) d[s,t,p] <= G[s,p] * k[s, last_t(p)]          connection in the months of the tier
    (opened)         k[s, last_a(p)] + Y[s,a] <= 1 + v[s,p]        each wait a, where tiers differ in it
    (real_load)      sum_{t > 0} d[s,t,p] <= m[s,p]
    (curve)          a[k] * L[z,p] + b[k] - E(R[z,p]) <= sum_{s in z, t} tau[t] * d[s,t,p]    each segment k
    (curve_end)      L[z,p] <= H[z]
    with             L[z,p] = R[z,p] + sum_{s in z} g[s,p] - Fz[z,p] - Az[z,p]
    (paused)         f[s,t,p] <= D[t] * d[s,t,p]
    (flexible)       sum_t f[s,t,p] <= sum_w phi[w] * x[w,s,p]
    (peak_balance)   m[s,p] - sum_t f[s,t,p] <= g[s,p] - sum_t D[t] * d[s,t,p] + F[s,p]
    (given_way)      sum_t D[t] * d[s,t,p] <= sum_t f[s,t,p] + F[s,p]
    (pause_backed)   (1 - phi) * sum_t f[s,t,p] <= phi * (F[s,p] + sum_{t > 0} (1 - D[t]) * d[s,t,p])
                     phi the largest flexible share
    (backup_energy)  sum_t (tau[t] / D[t]) * (D[t] * d[s,t,p] - f[s,t,p]) <= O[s,p]
                     Y[s,a] = sum of y[s,t] over tiers with a wait of at most a, firm being who chose none
    valid inequalities
    (tier_node)      d[s,t,p] <= C[n,p] * k[s, last_t(p)] + An[n,p]        where C < G
    (zone_connected) g[s,p] <= X[z,p,j] * v[s,p] + U[z,p] + S[z,p,j]
    (firm_choice)    d[s,0,p] <= X[z,p,j] * y[s,0] + U[z,p] + (S[z,p,j] without s)
    (firm_connected) d[s,0,p] <= X[z,p,j] * k[s, last_firm(p)] + U[z,p] + (S[z,p,j] without s)
                     each where X < C and X < G
    with             X[z,p,j] = (E(R[z,p]) - b[j]) / a[j] - R[z,p]     load that segment j takes by itself
                     S[z,p,j] = sum_{s in z, t > 0} tau[t] / a[j] * d[s,t,p]
                     and of curve_end X[z,p,0] = max(0, H[z] - R[z,p]) with S[z,p,0] = 0
                     U[z,p] = Fz[z,p] + Sz[z,p] + Az[z,p], what is delivered to the zone at least 0
    lost energy      q[s,p] = sum_t (tau[t] / D[t]) * f[s,t,p], left out of the energy balance
    cost             sum delta[p] years[p] * 8760 * u * q[s,p]

Symbols
-------
    y[s,t]     site s chooses tier t, ``tier``                  binary
    d[s,t,p]   draw under a tier, ``draw_mw``                   MW
    f[s,t,p]   flexible load that pauses in peak hours, ``paused_mw``  MW
    x[w,s,p]   IT load of a workload, ledger                    MW
    k[s,p]     connection started                               binary, ledger
    v[s,p]     connection in service under the tier chosen, and paid for from then on; ledger
               ``connected``, ``serves``                                    0 or 1
    m, F, O    facility load, firm power, output on site        MW, ledger
    tau, D     curtailed share of energy, largest depth         share
    E          curve of a zone: (H[tier], tau * H[tier]), piecewise linear and convex, segments (a, b)
    R, Fz, Az  rivals, new firm supply, upgrades of the zone    MW
    Sz, An     sent by ``interfaces``, upgrades of the node     MW
    G, C       largest useful draw; node after its rivals       MW
    phi, u     flexible share, value of paused compute          share, USD per MWh
    delta[p]   discount factor

``given_way`` and ``pause_backed`` cut off mixtures of tiers and say nothing new of a plan: a firm site has
d = f = 0 for t > 0, so both hold; at any other all draw is under tiers t > 0, where ``peak_balance`` reads
m <= f + F + (1 - D) d, and with d <= m (``real_load``) and f <= phi * m (``flexible``, PUE at least 1)
both follow. Without them the relaxation pauses the flexible share of load that is firm.
The others follow from the limit of the node and the curve of the zone: where the binary is 0 there is no
draw and the right side is not negative; where it is 1 they are the limit itself, with the draw of others left
out on the left, and a firm site's own draw that gives way, which is 0, on the right. Without them a relaxed
site that its zone allows a third of its node pays for a third of its gen-tie, and is a third firm.
The chords of a convex curve lie above it, so what a load between two tiers needs is never understated.
A curve begins at what the zone takes firm, stated or estimated from its surplus and all tiers it states,
and ends at the deepest tier on offer that it states, or where it begins; a zone that states no headroom,
and any zone where ``headroom.is_zone_limited`` is false, has none.
Sources: Norris et al., Rethinking Load Growth (Duke University, 2025): headroom and curtailed hours by
tier; tiers in ``models/libraries/curtailment.yaml``.
Limits: one MW of paused IT load frees one MW, its cooling is not counted; backup on site is asked for
energy in proportion to depth; the order of events within a year is not modelled.
"""

from __future__ import annotations

from siting.families.base import Component, Total
from siting.families.curtailment.audit import audit
from siting.families.curtailment.data import prepare
from siting.families.curtailment.decisions import DECISIONS
from siting.families.curtailment.doubts import DOUBTS
from siting.families.curtailment.limits import LIMITS, LOGIC
from siting.families.curtailment.rules import constrain, declare
from siting.families.curtailment.serves import misses
from siting.families.curtailment.settings import CurtailmentConfig, check, tier_months
from siting.families.curtailment.tables import TABLES, report

COMPONENT = Component(
    name="curtailment",
    title="Compute that pauses",
    config=CurtailmentConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    audit=audit,
    check=check,
    provides={"tier_months": tier_months},
    requires=("energy", "headroom"),
    totals=(
        Total("give_way_mw", ("site", "period"), "MW", "draw that gives way in peak hours"),
        Total("lost_mw", ("site", "period"), "average MW", "energy of flexible load that pauses"),
    ),
    misses=misses,
    doubts=DOUBTS,
    decisions=DECISIONS,
    limits=LIMITS,
    logic=LOGIC,
    formulation=__doc__ or "",
)
