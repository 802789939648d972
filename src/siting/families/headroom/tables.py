"""Result tables of ``headroom`` from the solved values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from siting.core.calendar import add_months
from siting.core.finance import yearly_usd
from siting.core.table import Cell, Table
from siting.families.base import Values, arrived_value, steps
from siting.families.columns import Columns
from siting.families.headroom.data import HeadroomData

CONNECTION_COLUMNS = (
    "site",
    "node",
    "gen_tie_km",
    "overnight_usd",
    "start_date",
    "tier",
    "in_service_date",
    "firm_date",
)


UPGRADE_COLUMNS = (
    "upgrade",
    "name",
    "node",
    "zone",
    "added_mw",
    "overnight_usd",
    "yearly_usd",
    "start_date",
    "in_service_date",
    "source",
    "confidence",
    "estimated",
)


HEADROOM_COLUMNS = ("period_start", "level", "place", "capacity_mw", "used_mw", "left_mw")
TABLES = {
    "connections": Columns(CONNECTION_COLUMNS),
    "upgrades": Columns(UPGRADE_COLUMNS, blank=frozenset({"node", "zone"})),
    "headroom": Columns(HEADROOM_COLUMNS),
}


def connection_row(data: HeadroomData, site: str, start: date, tier: str) -> dict[str, Cell]:
    """The row of a connection started on a date, in service when its tier is; firm without one."""
    calendar = data.system.calendar
    period = calendar.period_from(add_months(start, data.system.service_months(site, tier)))
    firm = calendar.period_from(add_months(start, data.system.connection_months(site)))
    return {
        "site": site,
        "node": data.system.node_of[site],
        "gen_tie_km": data.system.sites[site].gen_tie_km,
        "overnight_usd": data.connect_usd[site],
        "start_date": start,
        "tier": tier,
        "in_service_date": None if period is None else calendar.starts[period],
        "firm_date": None if firm is None else calendar.starts[firm],
    }


def upgrade_row(data: HeadroomData, name: str, start: date) -> dict[str, Cell]:
    """The row of an upgrade started on a date."""
    upgrade, calendar = data.upgrades[name], data.system.calendar
    period = calendar.period_from(upgrade.ready_date(start))
    return {
        "upgrade": name,
        "name": upgrade.name or name,
        "node": upgrade.node or "",
        "zone": upgrade.zone or "",
        "added_mw": upgrade.added_mw,
        "overnight_usd": upgrade.overnight_usd,
        "yearly_usd": yearly_usd(calendar, upgrade.overnight_usd, upgrade.lifetime_years, "grid"),
        "start_date": start,
        "in_service_date": None if period is None else calendar.starts[period],
        "source": upgrade.source,
        "confidence": upgrade.confidence,
        "estimated": upgrade.estimated,
    }


def report(values: Values, data: HeadroomData) -> dict[str, Table]:
    """Connections and upgrades started, and capacity against use by node and zone."""
    starts = data.system.calendar.starts
    connections, upgrades = [], []
    for s in sorted(dict(data.connect_index)):
        periods = [p for site, p in data.connect_index if site == s]
        for p, _ in steps(values, "headroom.connect", (s,), periods):
            connections.append(connection_row(data, s, starts[p], _tier(values, data, s)))
    for u in data.upgrades:
        periods = [p for name, p in data.upgrade_index if name == u]
        for p, _ in steps(values, "headroom.upgrade", (u,), periods):
            upgrades.append(upgrade_row(data, u, starts[p]))
    added = {
        (u, p): data.upgrades[u].added_mw
        * arrived_value(values, "headroom.upgrade", (u,), data.upgrade_lag[u], p)
        for u in data.upgrades
        for p in data.system.calendar.periods
    }
    draw = {(s, p): values.get("energy.grid_mw", (s, p)) for s, p in data.system.grid_periods}
    supply: dict[tuple[str, int], float] = {}
    for z, p in data.zone_mw:
        supply[z, p] = values.total("zone_firm_mw", (z, p))
    return {
        "connections": Table.of(CONNECTION_COLUMNS, connections),
        "upgrades": Table.of(UPGRADE_COLUMNS, upgrades),
        "headroom": Table.of(HEADROOM_COLUMNS, headroom_rows(data, added, draw, supply)),
    }


def _tier(values: Values, data: HeadroomData, site: str) -> str:
    """The curtailment tier that a site has chosen; empty where it is firm."""
    tiers = data.system.tiers_at(site)
    return next((t for t in tiers if values.get("curtailment.tier", (site, t)) > 0), "")


def headroom_rows(
    data: HeadroomData,
    added: Mapping[tuple[str, int], float],
    draw: Mapping[tuple[str, int], float],
    supply: Mapping[tuple[str, int], float],
) -> Iterator[dict[str, Cell]]:
    """Capacity, use and what is left of every node and limited zone, by period."""
    for p, start in enumerate(data.system.calendar.starts):
        for level, base, sites, upgrades in (
            ("node", data.node_mw, data.sites_at, data.upgrades_at),
            ("zone", data.zone_mw, data.sites_in, data.upgrades_in),
        ):
            for place in sorted({place for place, _ in base}):
                used = sum(draw.get((s, p), 0.0) for s in sites[place])
                capacity = base[place, p] + sum(added.get((u, p), 0.0) for u in upgrades[place])
                capacity += supply.get((place, p), 0.0) if level == "zone" else 0.0
                yield {
                    "period_start": start,
                    "level": level,
                    "place": place,
                    "capacity_mw": capacity,
                    "used_mw": used,
                    "left_mw": capacity - used,
                }
