"""Bridge: rented power units on a site that may come and go.

Question: which units are rented where and for how long, to carry load until lasting power is there?
Assumptions: a unit is rented for whole periods and may leave after any of them. It needs a
committed site: mobilisation runs from a decision that is not earlier than the commitment. Each
unit pays its mobilisation whenever it comes, rent while it is there, and fuel for what it gives.
All of this is operating cost: nothing of it is overnight spending, and a unit takes no land.

Formulation
-----------
    (committed)      r[k,s,p] <= N[k,s] * c[s, last commitment whose mobilisation is over by p]
    (arrivals)       r[k,s,p] - r[k,s,p-1] <= i[k,s,p]
    (fleet)          sum_s r[k,s,p] <= F[k]
    (permit_hours)   o[k,s,p] <= H[k] / 8760 * M[k] * r[k,s,p]
    firm             CC[k] * M[k] * r[k,s,p] on site, at medium voltage where the product is
    cost             sum d[p] * (B[k] * i[k,s,p] + months[p] * R[k] * M[k] * r[k,s,p])
                     + sum d[p] years[p] * 8760 * f[k] * o[k,s,p]

Symbols
-------
    r[k,s,p]   units of product k on rent at site s, ``units``  count, integer, may fall again
    i[k,s,p]   units that come at the start of a period, ``coming``  count
    o[k,s,p]   average output, ``output_mw``               average MW
    c[s,p]     commit, 1 once site s is committed          binary, core variable
    N          most units worth renting at a site          count: facility load / M / the lesser
                                                           of credit and hours share; own limit
    M, CC      unit size, capacity credit                  MW, share
    H          most hours of full output                   hours a year; 0 is a battery
    F          most units on rent in the country           count
    B, R, f    mobilisation, rent, fuel and variable       USD, USD per MW-month, USD per MWh
    d[p]       discount factor

``r`` exists only in periods that the mobilisation after the first possible commitment allows, in
which the site can carry load, and that lie whole within the dates of the product.
Firm capacity is the credit of the nameplate, whatever the permit hours. With ``plants.n_plus_1`` a rented
unit stands in with its nameplate for a unit that is out, however few its permit hours, and is itself never
the one that is out; a battery, which makes no energy of its own, stands in for none.
Sources: ``models/libraries/bridge.yaml``. Limits: the hours of a permit are spread evenly over a
year's periods; charging losses of a battery are not counted.
"""

from __future__ import annotations

from siting.families.base import Component
from siting.families.bridge.audit import audit
from siting.families.bridge.data import prepare
from siting.families.bridge.decisions import DECISIONS
from siting.families.bridge.doubts import DOUBTS
from siting.families.bridge.limits import LIMITS, MEASURES
from siting.families.bridge.rules import constrain, declare
from siting.families.bridge.serves import serves
from siting.families.bridge.settings import BridgeConfig, check
from siting.families.bridge.steps import STAGES, steps
from siting.families.bridge.tables import TABLES, report

COMPONENT = Component(
    name="bridge",
    title="Rented power",
    pays_for="power",
    config=BridgeConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    names=lambda data: {"product": data.products},
    audit=audit,
    check=check,
    requires=("energy",),
    steps=steps,
    stages=STAGES,
    serves=serves,
    doubts=DOUBTS,
    decisions=DECISIONS,
    limits=LIMITS,
    measures=MEASURES,
    formulation=__doc__ or "",
)
