"""Campus: data halls built in whole blocks of IT MW at committed sites.

Question: how many halls does each site get, when are they started and when are they energised?
Assumptions: a hall starts after the site's review, takes ``shell_months``, and is paid for by an
annuity from the first period in which it can be energised. Halls are never removed. A site has room
for whole halls only: ``max_it_mw`` and acres are cut to them, so 250 MW and halls of 100 MW are two. The
minimum campus counts halls that are energised by the end of the horizon, whether they carry load or not.

Formulation
-----------
    (halls_monotone)  h[s,p-1] <= h[s,p]
    (ready)           h[s,p] <= H[s] * r[s,p]
    (energised)       it[s,p] <= B * h[s, last_shell(p)]
    (minimum_campus)  B * h[s,P] >= M * c[s,P]; M * r[s,P] in one of several futures, P the last start
    (ramp)            h[s,p] - h[s,p-1] <= max(1, R * years[p] / B) at sites reviewed by p
    cost              sum_p d[p] years[p] sum_s (crf * I * K + O) * B * h[s, last_shell(p)]
    acres             B * a * h[s,p]

Symbols
-------
    h[s,p]   halls started up to and including period p, ``halls``  count, integer, cumulative
    r[s,p]   site committed and reviewed, see ``land``        0 or 1
    H[s]     most halls that acres and the IT limit allow     count
    B        IT load of a hall                                MW
    M        minimum campus                                   MW
    R        ramp limit                                       MW a year
    K, O     overnight cost, fixed operation                  USD per IT MW (and year)
    I        interest during construction, 1 where K holds it ratio
    a        land                                             acres per IT MW

Sources: shell and fit-out months, cost per MW: ``models/libraries/workloads.yaml``.
Limits: one kind of hall; the chips themselves are not costed.
"""

from __future__ import annotations

from siting.families.base import Component
from siting.families.campus.audit import audit
from siting.families.campus.common_cost import any_plan_usd
from siting.families.campus.data import prepare
from siting.families.campus.decisions import DECISIONS
from siting.families.campus.doubts import DOUBTS
from siting.families.campus.limits import LIMITS, MEASURES
from siting.families.campus.rules import constrain, declare
from siting.families.campus.serves import serves
from siting.families.campus.settings import (
    CampusConfig,
    build_months,
    hall_it_mw,
    it_limit_mw,
    period_limit_mw,
)
from siting.families.campus.steps import STAGES, steps
from siting.families.campus.tables import TABLES, report

COMPONENT = Component(
    name="campus",
    title="Halls and campuses",
    pays_for="halls",
    config=CampusConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    audit=audit,
    provides={
        "build_months": build_months,
        "hall_it_mw": hall_it_mw,
        "it_limit_mw": it_limit_mw,
        "period_limit_mw": period_limit_mw,
    },
    steps=steps,
    stages=STAGES,
    serves=serves,
    any_plan_usd=any_plan_usd,
    doubts=DOUBTS,
    decisions=DECISIONS,
    limits=LIMITS,
    measures=MEASURES,
    is_in_every_round=True,
    formulation=__doc__ or "",
)
