"""Plants: new power in whole units, on site or through the grid, and named plants with dates.

Question: which units and named plants are started when, what firm capacity and energy do they
give, and is anything counted before it exists?
Assumptions: permits, main equipment and construction are separate stages (see
``Technology.ready_date``); units at a site also wait for the site's review before construction.
A grid-delivered unit waits for the zone's generation queue; a named plant has its rights, and serves
with no more than what is not sold to others than the buyers for whom is planned. No plant is kept past
its retirement unless the scenario asks for it.
The lead time of equipment may depend on the order date. Units are never removed. Capital is an
annuity from the in-service date.

Formulation
-----------
    (units_monotone) n[k,l,p-1] <= n[k,l,p]
    (start_monotone) v[j,p-1] <= v[j,p]
    (reviewed)       n[k,s,p] <= N[k,s] * (site committed in one of Q, with the review it took)
                     Q: commitments up to p whose review ends before construction must begin
    (supply)         sum_l n[k,l,p] - n[k,l,p-1] <= R[k] * years[p], at least one unit
    (output)         o[k,l,p] <= CF[k] * M[k] * n[k,l,last(p)]
    (deliverable)    x[j,p] <= W[j,p] * v[j,last(p)]
    (shared_rights)  sum_{j in group} x[j,p] <= W[holder]
    (named_output)   o[j,p] <= CF[k(j)] * x[j,p]
    (learned)        a[k] * b[k,p] <= sum_l n[k', l, milestone(p)] + named plants of k'      k' = after[k]
    (sequence)       n[k,l,p] <= N[k,l] * b[k,p],   (unlocked_monotone) b[k,p-1] <= b[k,p]
    (construction_slots)  sum_{k in group, l} n[k,l, begun(p)] - n[k,l, built(p)] <= Q[group]
    (exclusive)      sum_{j in group} v[j,P] <= 1
    (idle_there)     w[k,l,p] <= n[k,l,last(p)]                               one of several futures only
    (unit_there)     n[k,s,last(p)] <= N[k,s] * h[k,s,p]                      sites under N+1 only
    (largest_out)    m[s,p] <= g[s,p] + J[s,p] - M[k] * h[k,s,p]
    firm             CC[k,l] * M[k] * n[k,l,last(p)] on site or in the zone; CC * x[j,p] in the zone
    cost             sum d[p] years[p] * ((crf I K + O) * M * n[last] + 8760 * f[k] * o)

Symbols
-------
    n[k,l,p]   units of technology k started at place l, ``units``  count, integer, cumulative
    v[j,p]     named plant j started, ``start``                    binary, cumulative
    o          average output, ``output_mw``, ``named_output_mw``  average MW
    x[j,p]     capacity of a named plant that the grid can take, ``deliver_mw``  MW
    M, N       unit size, most units of use at a place             MW, count
    CF, CC     capacity factor, capacity credit: accredited in a zone; on site and without a grid
               what ``on_site_credit_frac`` and ``islanded_credit_frac`` say    share
    W          rights, or less where sold                          MW
    b[k,p]     enough units of the predecessor started or running, ``unlocked``  binary, cumulative
    h[k,s,p]   site has a unit of k in service, ``has``            binary
    w[k,l,p]   units that wait in service for their step-ups, ``idle``  count, integer
    m, g, J    facility load, grid draw, nameplate on site         MW, ledger
    a, Q       units that come first, units under construction     count
    R          units the country can start in a year               count
    I          interest during construction, 1 where K holds it ratio
    K, O, f    overnight, fixed operation, fuel and variable       USD per MW, a year, per MWh
               natural gas by zone and year where ``gas_prices`` states it

Sources: ``models/libraries/technologies.yaml``, ``data/geo/plants.geojson``.
Learning: each generation of a design is a technology with its own cost and stages that starts only
after units of the one before; a curve by cumulative units is a chain of them, and exact.
``N`` covers the most that its place can use, whatever the plan: the load of a site; in a zone the load
of its sites with their margin, what ``interfaces`` can send from it, and what brings the price of
capacity down where ``ratepayer`` caps bills; and the units that another technology waits for.
Limits: units stand at sites that can carry load, and deliver to zones with such a site, to any zone
where ``interfaces`` join them; a technology bound to states only to zones with a site in them.
In one of several futures a unit whose step-up comes late stands idle and is paid for: firm capacity,
output, step-ups and N+1 are those of ``n - w``, cost and land those of ``n``; elsewhere w is 0.
N+1 looks at one unit of one technology at a time, at nameplate; without it outages are in the
capacity credit. A named plant that retires owes its capital to the end of the horizon.
"""

from __future__ import annotations

from siting.families.base import Component, Total
from siting.families.plants.audit import audit
from siting.families.plants.data import check, prepare
from siting.families.plants.decisions import DECISIONS
from siting.families.plants.doubts import DOUBTS
from siting.families.plants.futures import beside, first_unit
from siting.families.plants.limits import LIMITS, LOGIC, MEASURES
from siting.families.plants.rules import constrain, declare
from siting.families.plants.serves import misses, serves
from siting.families.plants.settings import PlantsConfig
from siting.families.plants.steps import STAGES, steps
from siting.families.plants.tables import TABLES, report

COMPONENT = Component(
    name="plants",
    title="Power plants",
    pays_for="power",
    config=PlantsConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    names=lambda data: {"technology": data.technologies},
    audit=audit,
    check=check,
    requires=("energy",),
    places={"named": "plant"},
    totals=(
        Total("onsite_firm_mw", ("site", "period"), "MW", "firm capacity of the units on a site"),
        Total(
            "onsite_mv_firm_mw",
            ("site", "period"),
            "MW",
            "the part of it that feeds the load below the main transformers",
        ),
        Total(
            "onsite_nameplate_mw",
            ("site", "period"),
            "MW",
            "nameplate capacity of the units on a site",
        ),
        Total(
            "onsite_output_mw", ("site", "period"), "average MW", "output of the units on a site"
        ),
        Total(
            "zone_firm_mw",
            ("zone", "period"),
            "MW",
            "firm capacity that is new in a zone, and what arrives from others less what is sent to them",
        ),
        Total("zone_output_mw", ("zone", "period"), "average MW", "output of the plants in a zone"),
    ),
    steps=steps,
    stages=STAGES,
    serves=serves,
    misses=misses,
    doubts=DOUBTS,
    decisions=DECISIONS,
    limits=LIMITS,
    logic=LOGIC,
    measures=MEASURES,
    beside=beside,
    signs={"first_unit": first_unit},
    located=("named",),
    is_in_every_round=True,
    formulation=__doc__ or "",
)
