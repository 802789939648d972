"""Workloads: which site serves how much of which target, and what being late costs.

Question: where is each workload placed in each period, and how much of its target is late?
Assumptions: a target holds from its date until the next. Training may be placed anywhere; a
workload with a latency limit only at sites near enough to the region it serves; a listed link that is
longer is refused, a site without a position is not near. A workload with a
minimum campus has at least that much at a site or nothing there. What a month of delay is worth is
apart from whether a target must be met (``must_serve``, ``must_serve_from``): a level of a workload's
own or of a perspective, times shares by calendar date and by months late, each on lines between
stated points. Of a target that is late in part, what is worth least stays late.

Formulation
-----------
    (meet_target)   sum_s x[w,r,s,p] + u[w,r,p] = T[w,r,p]
    (late_parts)    u[w,r,p] = sum_i y_i[w,r,p]             where a month is worth less, the later
    (place)         it[s,p] = sum_{w,r} x[w,r,s,p]
    (campus_floor)  m[w,p] * y[w,s,p] <= sum_r x[w,r,s,p]
    (campus_room)   sum_r x[w,r,s,p] <= U[w,s] * y[w,s,p]
    (host_monotone) y[w,s,p-1] <= y[w,s,p]
    (campus_count)  sum_s y[w,s,P] <= Y[w]
    (moved)         sum_r x[w,r,s,p-1] - sum_r x[w,r,s,p] <= v[w,s,p]      only where moving costs
    (link_limit)    x[w,r,s,p] <= min(T, U[s]) * r[s,p]   when ``campus`` is off
    cost            sum d[p] * months[p] * D[w,i] * y_i[w,r,p] + sum d[p] * years[p] * k[w,r,s] * x
                    + sum d[p] * V[w] * v[w,s,p]

Symbols
-------
    x[w,r,s,p]   IT load of workload w of region r served at site s, ``serve_mw``  MW
    u[w,r,p]     target that is late, ``unserved_mw``                  MW
    it[s,p]      IT load of a site, core variable                      MW
    y[w,s,p]     site hosts a campus of the workload, ``host``         binary
    T, m, U      target, minimum campus (may grow by date), site limit MW
    v, V         load that a site stops serving, cost of that, ``moved_mw``  MW, USD per MW
    Y            most sites that ever host                             count
    y_i, D       part of a target that came due at one time, ``late_part_mw``; what a month of it is worth
                 at that date and so late: level * share by date * share by months late    MW, USD per MW-month
    r[s,p]       site committed and reviewed, see ``land``              0 or 1
    k            cost of serving a region from a site                  USD per MW and year

Latency: ``2 * distance * ms_per_1000_km / 1000`` (there and back, route slack included).
Sources: targets and delay cost: ``models/libraries/workloads.yaml``.
Limits: the parts of a target are told apart in each period alone, and their months of delay to the
middle of it; what a site stops serving pays for the move also where the target falls; a campus that hosts
a workload with a minimum or a cap on sites stays to the end of the horizon and grows with its floor.
"""

from __future__ import annotations

from siting.families.base import Component, Total
from siting.families.workloads.audit import audit
from siting.families.workloads.common_cost import any_plan_usd
from siting.families.workloads.data import prepare
from siting.families.workloads.decisions import DECISIONS
from siting.families.workloads.doubts import DOUBTS
from siting.families.workloads.limits import LIMITS
from siting.families.workloads.rules import constrain, declare
from siting.families.workloads.settings import (
    WorkloadsConfig,
    check,
    rack_kw,
    targets_mw,
    workloads,
)
from siting.families.workloads.steps import STAGES, rises
from siting.families.workloads.tables import TABLES, report

COMPONENT = Component(
    name="workloads",
    title="Delay of load",
    config=WorkloadsConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    names=lambda data: {
        "workload": data.delay_usd,
        "region": {region for _, region, _, _ in data.serve_index},
    },
    audit=audit,
    check=check,
    provides={"targets_mw": targets_mw, "workloads": workloads, "rack_kw": rack_kw},
    totals=(
        Total(
            "workload_it_mw",
            ("workload", "site", "period"),
            "MW",
            "IT load of a workload at a site, of every region",
        ),
    ),
    any_plan_usd=any_plan_usd,
    rises=rises,
    stages=STAGES,
    doubts=DOUBTS,
    decisions=DECISIONS,
    limits=LIMITS,
    formulation=__doc__ or "",
)
