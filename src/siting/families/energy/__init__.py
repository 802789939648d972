"""Energy: the power balance of each site, and what grid energy and capacity cost.

Question: how much does each site draw from the grid, and how much energy does it buy?
Assumptions: a site needs firm capacity for its full load and energy for its load factor. Firm
capacity on site counts at its capacity credit. Energy of grid-delivered units of the plan replaces
purchases in their zone; what is left may earn a share of the zone's price, no more of it than the
sites there take less than their peak load, since plants are built for the load and not to sell.

Formulation
-----------
    (firm_balance)    m[s,p] <= g[s,p] + H[s,p]
    (energy_balance)  LF * n[s,p] = e[s,p] + O[s,p] + q[s,p]
    with              m[s,p] = PUE_peak * it[s,p],  n[s,p] = PUE * it[s,p],
                      or the loads by cooling where ``cooling`` is on
    (energy_draw)     e[s,p] <= g[s,p]
    (real_draw)       g[s,p] <= m[s,p]                      of every plan, and no row: see below
    (purchase)        sum_{s in z} e[s,p] + w[z,p] <= b[z,p] + Oz[z,p]
    (capacity)        A[z,p] * sum_{s in z} (g[s,p] - v[s,p]) <= c[z,p] + F[z,p]      where k > 0
    (contracted)      g[s,p] <= K[s,p]                      of sites under a tariff, likewise
    (contract_kept)   K[s,p-1] <= K[s,p]
    (minimum_take)    t[z] * K[s,p] <= g[s,p] + u[s,p]
    (own_surplus)     w[z,p] <= Oz[z,p]                     where surplus earns something
    (sold_beside_load)  w[z,p] <= sum_{s in z} (m[s,p] - e[s,p])    likewise
    cost              sum d[p] years[p] * (8760 * pi[z,p] * (b[z,p] - f * w[z,p])
                                           + 365.25 * k[z,p] * c[z,p] + N[z,p] * (g[s,p] + u[s,p])
                                           + r * J[z] * K[s,p])

Symbols
-------
    m[s,p]   facility load of the hottest hour, ledger ``facility_mw``          MW
    n[s,p]   the same with the mean PUE, ledger ``mean_facility_mw``            MW
    g[s,p]   grid draw contracted at the point of interconnection, ``grid_mw``  MW
    e[s,p]   average energy taken from the grid, ``grid_energy_mw``  average MW
    b[z,p]   average energy bought in a zone, ``purchase_mw``       average MW
    w[z,p]   average energy of plan units that is sold, ``sold_mw``  average MW
    f        share of the energy price that it earns                ratio
    q        energy of load that pauses, ledger ``lost_mw``         average MW
    c[z,p]   accredited capacity bought in a zone, ``capacity_mw``   MW
    v[s,p]   draw that gives way in peak hours, ledger              MW
    A[z,p]   accredited capacity for each MW of firm draw: the most that ``adequacy`` requires in a
             season where that is stated by season, else 1          share
    F[z,p]   accredited supply of the plan in a zone, and what ``interfaces`` bring, net, ledger
             ``zone_firm_mw``                                       MW
    H[s,p], O   firm capacity and average output on site, ledger    MW
    Oz       average output of grid-delivered plan units, ledger    MW
    PUE, LF  facility MW per IT MW; average over peak load          ratio
    K[s,p]   largest draw so far under a tariff, ``contract_mw``     MW
    u[s,p]   billed beyond the draw, ``beyond_mw``                  MW
    t, J, r  minimum take, deposit, capital rate of the campus      share, USD per MW, share a year
    pi, k    energy and capacity price                              USD per MWh, per MW-day
    N        network charge: of the zone, and of every zone         USD per MW and year

A site outside every zone has no ``g``: it is supplied on site or not at all.
``real_draw`` is checked by the audit and not stated: a draw above the load meets no need that the load does not
meet, no rule or cost asks for it, and where it costs nothing ``solver/tidy.py`` lowers it.
Capacity is paid for once: a zone buys what its firm draw requires less what the plan supplies there
and pays for as plants, and load that gives way in peak hours buys none. A zone that sends firm power
buys it where it comes from. Prices are those of ``prices`` by year, else of the zone's record; where one
component holds another, as a delivered price does, the other is 0.
A tariff bills the network charge for a share of the largest draw so far, and asks for a deposit; contracts
last to the end of the horizon, and what who leaves would owe is shown, not charged.
Sources: prices by zone in ``data/geo/zone_prices.csv``, else in ``data/geo/grid_zones.geojson``; PUE
and load factor in ``models/libraries/workloads.yaml``. Limits: prices do not react to the plan.
"""

from __future__ import annotations

from siting.families.base import Component, Total
from siting.families.energy.audit import audit
from siting.families.energy.data import prepare
from siting.families.energy.doubts import DOUBTS
from siting.families.energy.rules import constrain, declare
from siting.families.energy.serves import misses
from siting.families.energy.settings import EnergyConfig, check, load_factor_frac, pue
from siting.families.energy.tables import TABLES, report

COMPONENT = Component(
    name="energy",
    title="Grid energy and capacity",
    pays_for="power",
    config=EnergyConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    audit=audit,
    check=check,
    provides={"pue": pue, "load_factor_frac": load_factor_frac},
    requires=("workloads",),
    totals=(
        Total(
            "facility_mw", ("site", "period"), "MW", "load of a site with its cooling and losses"
        ),
        Total(
            "mean_facility_mw",
            ("site", "period"),
            "MW",
            "the same load with the cooling of the mean hour, which sets energy",
        ),
        Total("grid_mw", ("site", "period"), "MW", "draw that a site has contracted from the grid"),
    ),
    misses=misses,
    doubts=DOUBTS,
    formulation=__doc__ or "",
)
