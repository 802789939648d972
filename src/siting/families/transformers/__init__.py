"""Transformers and switchgear: orders by class, factory slots, and what each site or unit needs.

Question: which units must be ordered, drawn or kept by when, before or after the site is fixed?
Assumptions: a lead time depends on the order date, the first row holds before its date too, weeks
are rounded to the day; a later order may arrive earlier. Pool orders
are placed before a site is fixed and assigned on delivery; site orders need a committed site. A
reserve and slots booked before the horizon feed the pool, also where only site orders are placed.
A unit is paid for by an annuity from its delivery, used or not. Stock is free. What a slot given
up brings back is received once, at the start, and does not raise a budget. Classes of one role
stand in for each other; a role that no class has is not asked for.

Formulation
-----------
    e is a class, l a place: a site, or a zone for grid-delivered units
    (pool_cover)   sum_l a[e,l,p] <= S[e] + delivered[e,p] of b, r and k
    (order_committed)   o[e,s,p] <= N[e,s] * c[s,p] + B2 * u[s,P]      B2 part: breakers only
    (assign_committed)  a[e,s,p] <= N[e,s] * c[s,p] + B2 * u[s,P]
    (pool_monotone), (order_monotone), (assign_monotone), (reserve_monotone)   b, o, a, r never fall
    (slots)        new orders[e,p] <= Q[e] * years[p]
    (supply_limit) b[e,P] + sum_l o[e,l,P] <= M[e]
    (undelivered)  new orders[e,p] <= 0 where an order would arrive after the horizon, but for one of
                   several futures: whoever orders does not know
    (bank)         m[s,p] - V[s,p] <= sum_e W[e] * f[e,s,p]
    (bank_draw)    g[s,p] <= sum_e W[e] * f[e,s,p]
    (spare_kept)   f[e,s,p] + X * w[e,s,p] <= i[e,s,p]       only when X > 0 or there are breakers
    (spare_first)  f[e,s,q] <= N[e,s] * w[e,s,p]             q = latest period that began G before p
    (breaker)      B1 * sum_e (f[e,l,p] + X * w[e,l,p]) + B2 * u[l,p] <= sum_e i[e,l,p] of breakers
    (switchgear)   m[s,p] <= sum_e W[e] * i[e,s,p] of switchgear
    (step_up)      units needing class e at l <= i[e,l,p]
    with           i[e,l,p] = a[e,l, last_install(p)] + site orders delivered and installed
    cost           sum d[p] years[p] crf K * delivered[e,p], K of b, o, r, or the unpaid part of k
                   - d[0] * resale * K * (U - k)

Symbols
-------
    b[e,p]     pool orders placed, ``pool_order``        count, integer, cumulative
    o[e,l,p]   site orders placed, ``site_order``        count, integer, cumulative
    a[e,l,p]   units assigned from the pool, ``assign``  count, integer, cumulative
    r[e,p]     draws on the reserve, up to R[e], ``reserve_draw``  count, integer, cumulative
    k[e,i]     units kept of the U of a booked slot, ``keep``  count, integer
    f, w       firm banks; site has a spare, ``firm_banks``, ``spare``  count (integer with breakers), binary
    m[s,p]     facility load                             MW, ledger
    V[s,p]     on-site firm power at medium voltage      MW, ledger
    g[s,p]     grid draw                                 MW, ledger
    u[l,p]     generator step-up units needed            count, ledger; P = last period
    W          MW of a unit: MVA times power factor      MW
    S, Q, M    stock, slots, most units bought           count, count a year, count
    X, G       spare banks of a site, grace              count, months
    B1, B2     breakers of a bank, of a step-up          count

Delivery with lead times that depend on the order date is exact (``calendar.Lag``).
Sources: ``models/libraries/equipment.yaml``, ``equipment-full.yaml``, ``equipment-2021.yaml``.
Limits: units of one class are interchangeable, at the voltages between ``from_kv`` and ``to_kv``;
transport between sites is not costed. Orders
inside the horizon are never cancelled: a plan that knows the future places none it would give up.
Like step-ups, breakers of step-ups may be ordered for a site before it is committed.
"""

from __future__ import annotations

from siting.families.base import Component, Total
from siting.families.transformers.audit import audit
from siting.families.transformers.data import prepare
from siting.families.transformers.decisions import DECISIONS
from siting.families.transformers.doubts import DOUBTS
from siting.families.transformers.futures import beside, delivery
from siting.families.transformers.limits import LIMITS, LOGIC, MEASURES
from siting.families.transformers.rules import constrain, declare
from siting.families.transformers.serves import misses, serves
from siting.families.transformers.settings import TransformersConfig, check, step_up_classes
from siting.families.transformers.steps import STAGES, steps
from siting.families.transformers.tables import TABLES, report

COMPONENT = Component(
    name="transformers",
    title="Transformers",
    pays_for="grid",
    config=TransformersConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    names=lambda data: {"equipment_class": data.classes},
    audit=audit,
    check=check,
    provides={"step_up_classes": step_up_classes},
    requires=("energy",),
    totals=(
        Total(
            "step_up_units",
            ("equipment class", "place", "period"),
            "units",
            "generator step-ups that the units at a site or in a zone need",
        ),
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
    signs={"delivery": delivery},
    formulation=__doc__ or "",
)
