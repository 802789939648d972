r"""What each site costs: the cost of the plan, shared to its sites, with nothing left out.

What is for one site goes there. What is for a zone or a node, energy and capacity that are bought there,
plants that stand there, upgrades of it, is shared by the sites that draw from it, by the energy that
each takes from the grid:

    share[s]  =  e[s,p] / sum_{s'} e[s',p]      e: energy that a site takes from the grid in a period

in the period of the cost; where none of them draws in it, over the horizon; where none of them draws at
all and firm power may be sent between zones, by all sites of the plan. A programmatic review is shared
alike by the sites that tier from it, a transformer of the pool belongs to the site that it is assigned
to. What then has no site stands in a row of its own, the delay cost too: it is the worth of time, which
nobody pays, and is kept apart from what is spent. The rows add up to the cost of the plan.

    usd_per_mwh       = cost_usd / sum_p d[p] * MWh[p]          energy of the site's load, grid and own
    usd_per_mw_month  = cost_usd / sum_p d[p] * MW[p] * m[p]    IT load that is served

Denominators are discounted as the cost is, so that a site which was paid that price for each unit would
break even within the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from siting.core.audit import number, rows_of, sum_by, supply_by
from siting.core.bill import DELAY, Bearer
from siting.core.table import Cell, Table, Tables
from siting.families.base import Purpose
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.solution.audits import audits

NAME = "site_costs"
KEY = ("site",)
PURPOSES: tuple[str, ...] = get_args(Purpose)
COLUMNS = (
    "site",
    "name",
    *(f"{purpose}_usd" for purpose in PURPOSES),
    "cost_usd",
    "delay_usd",
    "discounted_mwh",
    "discounted_mw_months",
    "usd_per_mwh",
    "usd_per_mw_month",
)
NO_SITE = "not allotted to a site"
"""Name of the row of what no site of the plan bears."""
Amounts = Mapping[tuple[str, int], float]


def site_costs(
    instance: Instance, tables: Tables, bills: Mapping[str, Mapping[tuple[Bearer, int], float]]
) -> Table:
    """One row for each site that is committed or costs anything, and a last one for what is left.

    Args:
        bills: discounted cost of each family by bearer and period, from the audit of the tables.
    """
    shares = _Shares(instance, tables)
    committed = (str(row["site"]) for _, row in rows_of(tables, "commitments"))
    spent: dict[str, dict[str, float]] = {site: {} for site in committed}
    lateness = 0.0
    for family, bill in bills.items():
        purpose = _purpose(family)
        for (bearer, period), usd in bill.items():
            if bearer == DELAY:
                lateness += usd
                continue
            for site, share in shares.of(bearer, period).items():
                row = spent.setdefault(site, {})
                row[purpose] = row.get(purpose, 0.0) + share * usd
    return Table.of(COLUMNS, _rows(instance, tables, spent, lateness))


def costs_of(instance: Instance, tables: Tables) -> Table:
    """The same from tables alone: of a plan that is made, or was written before plans had it."""
    bills = {family: result.cost_usd for family, result in audits(instance, tables)}
    return site_costs(instance, tables, bills)


def _rows(
    instance: Instance,
    tables: Tables,
    spent: Mapping[str, Mapping[str, float]],
    lateness: float,
) -> Iterator[dict[str, Cell]]:
    """Rows of the sites, by id, and of what has none: always, since rounding alone may tell whether it is 0."""
    calendar = instance.system.calendar
    months = _present(instance, sum_by(tables, "service", KEY, "it_mw_months", calendar))
    energy = _present(instance, sum_by(tables, "power", KEY, "grid_energy_mwh", calendar))
    own = _present(instance, supply_by(tables, ("location",), "energy_mwh", calendar))
    for site in (*instance.system.sites, ""):
        usd = spent.get(site, {})
        late = 0.0 if site else lateness
        if site and site not in spent:
            continue
        cost = sum(usd.values())
        mwh = energy.get(site, 0.0) + own.get(site, 0.0) if site else 0.0
        mw_months = months.get(site, 0.0)
        yield {
            "site": site or None,
            "name": instance.system.sites[site].name or site if site else NO_SITE,
            **{f"{purpose}_usd": usd.get(purpose, 0.0) for purpose in PURPOSES},
            "cost_usd": cost,
            "delay_usd": late,
            "discounted_mwh": mwh,
            "discounted_mw_months": mw_months,
            **_prices(cost, mwh, mw_months),
        }


def _prices(cost: float, mwh: float, mw_months: float) -> dict[str, Cell]:
    """What a unit costs, where there is one."""
    return {
        "usd_per_mwh": cost / mwh if mwh > 0 else None,
        "usd_per_mw_month": cost / mw_months if mw_months > 0 else None,
    }


def as_stated(found: Table | None, expected: Table, rounding_usd: float) -> Table:
    """The expected table with the delay cost as another states it where only the digits that tables keep
    separate the two: it is a price times what is left of a target, a small difference of large loads.

    Args:
        rounding_usd: what these digits may cost.
    """
    rows: list[dict[str, Cell]] = [dict(row) for row in expected]
    for row in found or ():
        given, none = row.get("delay_usd"), rows[-1]
        if row.get("site") or isinstance(given, bool) or not isinstance(given, int | float):
            continue
        if abs(given - number(none, "delay_usd")) <= rounding_usd:
            none["delay_usd"] = given
    return Table.of(expected.columns, rows)


def _purpose(family: str) -> str:
    """What the costs of a family pay for."""
    component = COMPONENTS.get(family)
    return component.pays_for if component else "other"


def _present(instance: Instance, amounts: Amounts) -> dict[str, float]:
    """Discounted sums over the horizon."""
    total: dict[str, float] = {}
    for (place, period), amount in amounts.items():
        discount = instance.system.calendar.discount(period)
        total[place] = total.get(place, 0.0) + discount * amount
    return total


class _Shares:
    """Which sites pay for a place, and what share of it, by period."""

    def __init__(self, instance: Instance, tables: Tables) -> None:
        system = instance.system
        self._is_linked = system.is_zone_linked
        self._drawn = sum_by(tables, "power", KEY, "grid_energy_mwh", system.calendar)
        self._in_all: dict[str, float] = {}
        for (site, _), mwh in self._drawn.items():
            self._in_all[site] = self._in_all.get(site, 0.0) + mwh
        self._sites: dict[Bearer, list[str]] = {}
        for site, node in system.node_of.items():
            self._sites.setdefault(("node", node), []).append(site)
            self._sites.setdefault(("zone", str(system.sites[site].zone)), []).append(site)

    def of(self, bearer: Bearer, period: int) -> Mapping[str, float]:
        """Shares by site; all of it by the site "" where there is none."""
        if bearer[0] == "site":
            return {bearer[1]: 1.0}
        sites = self._sites.get(bearer, [])
        others = self._in_all if self._is_linked and bearer[0] == "zone" else {}
        for drawn in (
            {site: self._drawn.get((site, period), 0.0) for site in sites},
            {site: self._in_all.get(site, 0.0) for site in sites},
            others,
        ):
            if (total := sum(drawn.values())) > 0:
                return {site: mwh / total for site, mwh in drawn.items() if mwh > 0}
        return {"": 1.0}
