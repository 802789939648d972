"""Interfaces: firm power that one zone sends another, within limits and less losses.

Question: may a zone use the headroom and the accredited supply of its neighbours, and how much?
Assumptions: what a zone receives adds to its firm supply, in ``adequacy``, ``headroom``,
``curtailment`` and ``ratepayer`` alike; what it sends is missing there. Flows are transport flows,
free in either direction up to the limit of the interface, and may pass through zones.

Formulation
-----------
    (interface_limit)  t[i,a,p] <= T[i,a]                    a bound of the variable
    firm supply        Fz[z,p] += sum_{(i,a) to z} (1 - L[i]) * t[i,a,p] - sum_{(i,a) from z} t[i,a,p]
    with               L[i] = stated, or K[i] * l / 1000

Symbols
-------
    t[i,a,p]  power sent over interface i in direction a, forward or reverse, ``sent_mw``  MW
    T         transfer capability in that direction                            MW
    L, K      losses, length of the interface                                  share, km
    l         losses of 1,000 km                                               share
    Fz        firm supply of a zone, ledger ``zone_firm_mw``                   MW

Sources: capabilities such as NREL ReEDS, transmission_capacity_init_AC_ba_NARIS2024; its losses are
1 % for 100 miles, 0.62 % for 100 km (ReEDS documentation, transmission).
Limits: no loop flows (``network`` has them), no charge for transfers, no new interfaces; energy is
bought at the price of the zone in which it is drawn, its losses are not.
"""

from __future__ import annotations

from siting.families.base import Component, Total
from siting.families.interfaces.audit import audit
from siting.families.interfaces.data import prepare, useful
from siting.families.interfaces.rules import constrain, declare
from siting.families.interfaces.settings import InterfacesConfig, check, is_zone_linked
from siting.families.interfaces.tables import TABLES, report

COMPONENT = Component(
    name="interfaces",
    title="Interfaces",
    config=InterfacesConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    audit=audit,
    check=check,
    useful=useful,
    provides={"is_zone_linked": is_zone_linked},
    requires=("energy",),
    totals=(
        Total("zone_sent_mw", ("zone", "period"), "MW", "firm power that a zone sends to others"),
    ),
    formulation=__doc__ or "",
)
