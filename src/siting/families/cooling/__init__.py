"""Cooling: dry or wet, chosen once a site, trades water for power and limits rack density.

Question: how is each site cooled, how much power and water does that take, and can it cool the
racks of the workloads placed there?
Assumptions: a site has one way of cooling for the whole horizon. PUE and water per MWh are yearly
averages of an option, the same at every site; water follows the energy of the IT load, that is
its load times the load factor of ``energy``.

Formulation
-----------
    (one_option)     sum_c y[s,c] <= c[s,P]                              P = last period
    (split)          sum_c l[s,c,p] = it[s,p]
    (chosen)         l[s,c,p] <= U[s] * y[s,c]
    (rack_density)   sum_{w: D[w] >= d} x[w,s,p] <= sum_{c: R[c] >= d} l[s,c,p]    d in all D[w]
    facility_mw      sum_c PUE_peak[c] * l[s,c,p]
    mean_facility_mw sum_c PUE[c] * l[s,c,p]
    water_m3         8760 * years[p] * LF * sum_c W[c] * l[s,c,p]
    cost             sum d[p] * years[p] * K[c] * l[s,c,p]

Symbols
-------
    y[s,c]     site s is cooled by option c, ``choose``                  binary
    l[s,c,p]   IT load of a site under an option, ``it_mw``              MW
    it, c      IT load and commitment of a site, core variables          MW, binary
    x[w,s,p]   load of a workload at a site, ledger ``workload_it_mw``   MW
    U[s]       most IT load of a site                                    MW
    D, R       densest rack of a workload; densest an option can cool    kW
    PUE, LF    facility MW per IT MW; average over peak load             ratio
    W, K       water; yearly cost beyond that of the halls               m3 per IT MWh, USD per MW

Sources: ``models/libraries/cooling.yaml``.
Limits: no climate by site or season: give a hot site's options their own rows in another scenario;
an option is paid by the load it cools, so its capital belongs into the yearly cost.
"""

from __future__ import annotations

from siting.families.base import Component
from siting.families.cooling.audit import audit
from siting.families.cooling.data import prepare
from siting.families.cooling.decisions import DECISIONS
from siting.families.cooling.doubts import DOUBTS
from siting.families.cooling.limits import LIMITS
from siting.families.cooling.rules import constrain, declare
from siting.families.cooling.settings import (
    CoolingConfig,
    check,
    facility_load_table,
    pue,
)
from siting.families.cooling.tables import TABLES, report

COMPONENT = Component(
    name="cooling",
    title="Cooling",
    pays_for="halls",
    config=CoolingConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    names=lambda data: {"option": data.options},
    audit=audit,
    check=check,
    provides={"pue": pue, "facility_load_table": facility_load_table},
    requires=("energy",),
    doubts=DOUBTS,
    decisions=DECISIONS,
    limits=LIMITS,
    formulation=__doc__ or "",
)
