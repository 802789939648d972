"""Variables, ledger terms and constraints of ``headroom``; the formulation stands in the package."""

from __future__ import annotations

from math import inf

from siting.core.finance import present_years, yearly_usd
from siting.expressions.labels import Expr, Label, Relation, at, pick, sum_over
from siting.families.base import Build, Index, arrived
from siting.families.headroom.data import HeadroomData


def declare(build: Build, data: HeadroomData) -> None:
    """Declare connections and upgrades; charge upgrades from their in-service date."""
    connect = build.variable("connect", data.connect_index, domain="binary", doc="connections")
    upgrade = build.variable("upgrade", data.upgrade_index, domain="binary", doc="upgrades")
    build.cumulative("connect_monotone", connect, data.connect_index)
    build.cumulative("upgrade_monotone", upgrade, data.upgrade_index)

    def connected(s: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), arrived(connect, (s,), pick(data.connect_lag, s), p)

    def overnight(s: Label, p: Label) -> tuple[Index, Expr]:
        newly = connect[s, p] - connect.get((s, p - 1))
        return (p,), at(data.connect_usd, s) * newly

    at_once = [(s, p) for s, p in data.connected_index if len(data.system.opening_months(s)) == 1]
    build.add_each("connected", at_once, connected)
    build.add_each("connection", data.connect_index, lambda s, p: ((s, p), connect[s, p]))
    build.add_each("overnight_usd", data.connect_index, overnight)
    _declare_upgrades(build, data)


def _declare_upgrades(build: Build, data: HeadroomData) -> None:
    """What upgrades add and cost."""
    calendar, upgrade = data.system.calendar, build.variables["upgrade"]
    years = present_years(calendar)
    per_year = {
        u: yearly_usd(calendar, one.overnight_usd, one.lifetime_years, "grid")
        for u, one in data.upgrades.items()
    }
    added_mw = {u: one.added_mw for u, one in data.upgrades.items()}
    usd = {u: one.overnight_usd for u, one in data.upgrades.items()}
    place_of = {u: one.node or one.zone for u, one in data.upgrades.items()}

    def done(u: Label, p: Label) -> Expr:
        return arrived(upgrade, (u,), pick(data.upgrade_lag, u), p)

    def charge(u: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(years, p) * at(per_year, u) * done(u, p)

    def of_zone(u: Label, p: Label) -> tuple[Index, Expr]:
        return (pick(data.upgrade_zone, u), p), at(per_year, u) * done(u, p)

    def added(u: Label, p: Label) -> tuple[Index, Expr]:
        return (pick(place_of, u), p), at(added_mw, u) * done(u, p)

    def overnight(u: Label, p: Label) -> tuple[Index, Expr]:
        return (p,), at(usd, u) * (upgrade[u, p] - upgrade.get((u, p - 1)))

    index = [(u, p) for u in data.upgrades for p in calendar.periods]
    in_zones = [(u, p) for u, p in index if data.upgrade_zone[u] is not None]
    build.cost_each(index, charge)
    build.add_each("network_usd_per_year", in_zones, of_zone)
    of_nodes = [(u, p) for u, p in index if data.upgrades[u].zone is None]
    build.add_each("node_added_mw", of_nodes, added)
    of_zones = [(u, p) for u, p in index if data.upgrades[u].zone is not None]
    build.add_each("zone_added_mw", of_zones, added)
    build.add_each("overnight_usd", data.upgrade_index, overnight)


def _charge_connections(build: Build, data: HeadroomData) -> None:
    """Connections are paid for while they are in service."""
    calendar = data.system.calendar
    per_dollar = yearly_usd(calendar, 1.0, data.connect_life, "campus")
    years = present_years(calendar)

    def connect_usd(s: Label, p: Label) -> tuple[Label, Expr]:
        done = build.total("connected", (s, p))
        return p, at(years, p) * per_dollar * at(data.connect_usd, s) * done

    def station_usd(s: Label, p: Label) -> tuple[Label, Expr]:
        draw = build.total("grid_mw", (s, p))
        return p, at(years, p) * per_dollar * at(data.station_usd_per_mw, s) * draw

    grown = [(s, p) for s, p in data.system.grid_periods if s in data.station_usd_per_mw]
    build.cost_each(data.connected_index, connect_usd)
    build.cost_each(grown, station_usd)


def constrain(build: Build, data: HeadroomData) -> None:
    """Draw within connections, nodes and zones."""
    system = data.system
    _charge_connections(build, data)

    def draw(s: Label, p: Label) -> Expr:
        return build.total("grid_mw", (s, p))

    def taken_by_zone(z: Label, p: Label) -> Expr:
        return build.total("zone_firm_mw", (z, p)) + build.total("zone_added_mw", (z, p))

    def done(s: Label, p: Label) -> Expr:
        return build.total("connected", (s, p))

    def is_narrow(s: str, p: int) -> bool:
        zone_mw = data.zone_mw.get((str(system.sites[s].zone), p), inf)
        return zone_mw < data.node_mw[system.node_of[s], p] and zone_mw < system.draw_limit_mw(s, p)

    used = set(dict(data.connect_index))
    pairs = [(s, p) for s, p in system.grid_periods if s in used]
    lost = [(s, p) for s, p in system.grid_periods if s not in used]
    shared = [(n, p) for n, p in data.node_mw if len(data.sites_at[n]) > 1]

    @build.constraint(over=data.connect_index, doc="connection of a committed site")
    def asked(s: Label, p: Label) -> Relation:
        return build.variables["connect"][s, p] <= build.commit.get((s, p))

    @build.constraint(over=pairs, doc="draw of a connected site", unit="MW")
    def connected(s: Label, p: Label) -> Relation:
        n = pick(system.node_of, s)
        added = build.total("node_added_mw", (n, p))
        return draw(s, p) <= at(data.node_mw, n, p) * done(s, p) + added

    @build.constraint(over=pairs, doc="useful draw", unit="MW")
    def used_connected(s: Label, p: Label) -> Relation:
        return draw(s, p) <= at(system.draw_limit_mw, s, p) * done(s, p)

    @build.constraint(over=lost, doc="too late", unit="MW")
    def unconnected(s: Label, p: Label) -> Relation:
        return draw(s, p) <= 0.0

    @build.constraint(over=shared, doc="shared node", unit="MW")
    def node_limit(n: Label, p: Label) -> Relation:
        used = sum_over(pick(data.sites_at, n), draw, p)
        return used <= at(data.node_mw, n, p) + build.total("node_added_mw", (n, p))

    @build.constraint(over=list(data.zone_mw), doc="zone headroom", unit="MW")
    def zone_limit(z: Label, p: Label) -> Relation:
        used = sum_over(pick(data.sites_in, z), draw, p)
        return used <= at(data.zone_mw, z, p) + taken_by_zone(z, p)

    narrow = [pair for pair in pairs if is_narrow(*pair)]

    @build.cut(over=narrow, doc="draw of a connected site")
    def zone_connected(s: Label, p: Label) -> Relation:
        z = pick(lambda site: str(system.sites[site].zone), s)
        taken = taken_by_zone(z, p) + build.total("zone_sent_mw", (z, p))
        return draw(s, p) <= at(data.zone_mw, z, p) * done(s, p) + taken
