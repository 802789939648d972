r"""Headroom: what each point of interconnection and zone can still serve, and upgrades of them.

Question: how much can each site draw from the grid, from when, and which upgrades are worth it?
Assumptions: a site's connection (large-load study, queue, works) starts when asked for, not before
the site is committed. Sites at one point share it. New firm supply delivered to a zone adds to the
load the zone can take. Upgrades are whole and never removed. A connection is priced by the voltage of
the site, ``poi_kv``, not by that of its node: the row of ``connection_costs`` with the highest ``from_kv``
at or below it; a site that states none counts as 0 kV, and where no row fits the connection is free.
With ``rival_percentile_frac`` the draw of each rival is rounded up to whole MW, else it is expected.

Formulation
-----------
    (asked)           k[s,p] <= c[s,p]
    (connect_monotone) k[s,p-1] <= k[s,p],  (upgrade_monotone) q[u,p-1] <= q[u,p]
    (unconnected)     g[s,p] <= 0 at sites whose connection would come after the horizon
    (connected)       g[s,p] <= C[n,p] * v[s,p] + sum_{u at n} A[u] * q[u, last_u(p)]
    (used_connected)  g[s,p] <= G[s,p] * v[s,p]
    (node_limit)      sum_{s at n} g[s,p] <= C[n,p] + sum_{u at n} A[u] * q[u, last_u(p)]
    (zone_limit)      sum_{s in z} g[s,p] <= H[z,p] + Fz[z,p] + sum_{u in z} A[u] * q[u, last_u(p)]
                      left to ``curtailment`` where that is on
    (zone_connected)  g[s,p] <= H[z,p] * v[s,p] + Fz[z,p] + Sz[z,p] + sum_{u in z} A[u] * q[u, last_u(p)]
                      where H < C and H < G
    with              C[n,p] = max(0, C[n] - V[n,p]),  H[z,p] = max(0, H[z] - V[z,p])
                      v[s,p] = k[s, last(p)]; that of ``curtailment`` where it depends on the tier
    cost              sum d[p] years[p] * crf * (line * km[s] + station) * v[s,p]
                      + sum d[p] years[p] * crf * K[u] * q[u, last_u(p)]

Symbols
-------
    k[s,p]   connection of site s started           binary, cumulative
    v[s,p]   connection of site s in service, ledger total ``connected``   0 or 1
    q[u,p]   upgrade u started                      binary, cumulative
    g[s,p]   grid draw, ledger total ``grid_mw``    MW
    C, H     node capacity, zone headroom           MW
    A, K     added capacity, overnight cost         MW, USD
    Fz       firm supply delivered to the zone, and what ``interfaces`` bring, net   MW, ledger
    Sz       what ``interfaces`` send from the zone   MW, ledger
    V        draw of rivals: expected, or at a percentile of the sum of independent rivals   MW
    G[s,p]   largest useful draw: site, targets and ramp until then  MW

The yearly payments of upgrades in service go to the ledger as ``network_usd_per_year`` of the zone
in which the upgrade or its node lies.
``connected`` is the tightest variable upper bound when a site is alone at its node (it then implies
``node_limit``, which is left out); ``used_connected`` when the site needs less than its node has, and
``zone_connected`` when its zone takes less than either: a valid inequality, since without a connection
there is no draw and with one no site draws more than its zone takes. Without it a relaxed site pays for
the share of its gen-tie that the zone lets it use.
Sources: ``data/geo/nodes.csv``, ``upgrades.csv``, ``grid_zones.geojson``; line and substation cost:
MISO transmission cost guide MTEP24. Limits: one number a node; flows are not modelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise
from math import inf

from pydantic import Field

from siting.components.base import Build, Component, Index, arrived
from siting.components.headroom_report import audit, report
from siting.components.whole import Expr, Label, at, pick, sum_over, whole
from siting.core.calendar import Lag, add_months
from siting.core.errors import Issue
from siting.core.finance import capital_recovery, present_years
from siting.core.records import Record, Rival, Tier
from siting.core.strict import Identifier, MonthDate, NonNegative, Positive, Share, StrictModel
from siting.core.system import System


class Upgrade(Record):
    """More capacity at a node or in a zone."""

    node: Identifier | None = None
    zone: Identifier | None = None
    added_mw: Positive
    lead_time_months: NonNegative
    overnight_usd: NonNegative = 0.0
    lifetime_years: Positive = 40.0
    earliest_in_service: MonthDate | None = None

    def ready_date(self, start: date) -> date:
        """When the upgrade is in service if it is started on a date."""
        done = add_months(start, self.lead_time_months)
        return max(done, self.earliest_in_service) if self.earliest_in_service else done


class VoltageCost(StrictModel):
    """Cost of connecting at a voltage class."""

    from_kv: NonNegative
    line_usd_per_km: NonNegative
    substation_usd: NonNegative


class HeadroomConfig(StrictModel):
    """Settings of ``headroom``."""

    tier: Tier = "0_5pct"
    """Share of a year's energy that new load may be curtailed: picks the zone headroom; without
    effect where ``curtailment`` is on, which has them all."""
    is_zone_limited: bool = True
    """Whether zone headroom limits draw beside the nodes, with ``curtailment`` or without."""
    connection_costs: list[VoltageCost] = Field(default_factory=list)
    """Line and substation cost by lowest voltage; the highest row at or below the site's applies."""
    connection_lifetime_years: Positive = 40.0
    upgrades: dict[Identifier, Upgrade] = Field(default_factory=dict)
    rivals: dict[Identifier, Rival] = Field(default_factory=dict)
    """Announced loads and queue projects that take headroom first."""
    rival_percentile_frac: Share | None = None
    """Probability with which the rivals draw no more than is set aside; none means expected."""

    def connection_usd(self, kv: float | None, km: float) -> float:
        """Overnight cost of a site's gen-tie and substation [USD]."""
        rows = [row for row in self.connection_costs if row.from_kv <= (kv or 0.0)]
        if not rows:
            return 0.0
        row = max(rows, key=lambda row: row.from_kv)
        return row.line_usd_per_km * km + row.substation_usd


@dataclass(frozen=True)
class HeadroomData:
    """Numbers of the formulas."""

    system: System
    connect_lag: Mapping[str, Lag]
    """Lag of the soonest service of each site; with one date of service it is the only one."""
    connect_usd: Mapping[str, float]
    connect_life: float
    connect_index: tuple[tuple[str, int], ...]
    node_mw: Mapping[tuple[str, int], float]
    zone_mw: Mapping[tuple[str, int], float]
    sites_at: Mapping[str, tuple[str, ...]]
    sites_in: Mapping[str, tuple[str, ...]]
    upgrades: Mapping[str, Upgrade]
    upgrade_lag: Mapping[str, Lag]
    upgrade_index: tuple[tuple[str, int], ...]
    upgrades_at: Mapping[str, tuple[str, ...]]
    upgrades_in: Mapping[str, tuple[str, ...]]
    upgrade_zone: Mapping[str, str | None]

    @property
    def connected_index(self) -> list[tuple[str, int]]:
        """(site, period) of every site that can be connected."""
        return [(s, p) for s in dict(self.connect_index) for p in self.system.calendar.periods]


def prepare(system: System, config: HeadroomConfig) -> HeadroomData:
    """Lags and costs of connections and upgrades; only upgrades that can be used in time."""
    calendar = system.calendar
    usd, lags = {}, {}
    for s in system.node_of:
        site = system.sites[s]
        lags[s] = calendar.lag(partial(add_months, months=system.opening_months(s)[0]))
        usd[s] = config.connection_usd(site.poi_kv, site.gen_tie_km)
    upgrade_lag = {u: calendar.lag(upgrade.ready_date) for u, upgrade in config.upgrades.items()}
    used = [s for s in system.node_of if s in system.first_service and lags[s].starts]
    nodes = {system.node_of[s] for s in used}
    zones = set(system.zones_used(used))
    kept = {
        u: upgrade
        for u, upgrade in sorted(config.upgrades.items())
        if upgrade_lag[u].starts and (upgrade.node in nodes or upgrade.zone in zones)
    }
    limited = system.is_zone_limited and "curtailment" not in system.families
    zone_mw: dict[tuple[str, int], float] = {}
    for z in sorted(zones) if limited else ():
        headroom = system.zones[z].tier_headroom_mw(config.tier)
        if headroom is not None:
            for p in calendar.periods:
                zone_mw[z, p] = system.left_by_rivals_mw("zone", z, p, headroom)
    node_mw = {(n, p): system.node_mw(n, p) for n in sorted(nodes) for p in calendar.periods}
    return HeadroomData(
        system=system,
        connect_lag=lags,
        connect_usd=usd,
        connect_life=config.connection_lifetime_years,
        connect_index=tuple((s, p) for s in used for p in range(lags[s].starts[-1] + 1)),
        node_mw=node_mw,
        zone_mw=zone_mw,
        sites_at=_grouped(nodes, {s: system.node_of[s] for s in used}),
        sites_in=_grouped(zones, {s: str(system.sites[s].zone) for s in used}),
        upgrades=kept,
        upgrade_lag={u: upgrade_lag[u] for u in kept},
        upgrade_index=tuple((u, p) for u in kept for p in range(upgrade_lag[u].starts[-1] + 1)),
        upgrades_at={n: tuple(u for u in kept if kept[u].node == n) for n in sorted(nodes)},
        upgrades_in={z: tuple(u for u in kept if kept[u].zone == z) for z in sorted(zones)},
        upgrade_zone={u: kept[u].zone or system.zone_at(str(kept[u].node)) for u in kept},
    )


def _grouped(places: Iterable[str], place_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What lies at each place, in the given order."""
    found: dict[str, list[str]] = {place: [] for place in sorted(places)}
    for name, place in place_of.items():
        found[place].append(name)
    return {place: tuple(names) for place, names in found.items()}


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
    yearly_usd = {
        u: capital_recovery(calendar.discount_rate_frac, one.lifetime_years) * one.overnight_usd
        for u, one in data.upgrades.items()
    }
    added_mw = {u: one.added_mw for u, one in data.upgrades.items()}
    usd = {u: one.overnight_usd for u, one in data.upgrades.items()}
    place_of = {u: one.node or one.zone for u, one in data.upgrades.items()}

    def done(u: Label, p: Label) -> Expr:
        return arrived(upgrade, (u,), pick(data.upgrade_lag, u), p)

    def charge(u: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(years, p) * at(yearly_usd, u) * done(u, p)

    def of_zone(u: Label, p: Label) -> tuple[Index, Expr]:
        return (pick(data.upgrade_zone, u), p), at(yearly_usd, u) * done(u, p)

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
    crf = capital_recovery(calendar.discount_rate_frac, data.connect_life)
    years = present_years(calendar)

    def connect_usd(s: Label, p: Label) -> tuple[Label, Expr]:
        done = build.total("connected", (s, p))
        return p, at(years, p) * crf * at(data.connect_usd, s) * done

    build.cost_each(data.connected_index, connect_usd)


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

    @whole
    def asked(s: Label, p: Label) -> tuple[Expr, Expr]:
        return build.variables["connect"][s, p], build.commit[s, p]

    @whole
    def connected(s: Label, p: Label) -> tuple[Expr, Expr]:
        n = pick(system.node_of, s)
        added = build.total("node_added_mw", (n, p))
        return draw(s, p), at(data.node_mw, n, p) * done(s, p) + added

    @whole
    def used_connected(s: Label, p: Label) -> tuple[Expr, Expr]:
        return draw(s, p), at(system.draw_limit_mw, s, p) * done(s, p)

    @whole
    def node_limit(n: Label, p: Label) -> tuple[Expr, Expr]:
        used = sum_over(pick(data.sites_at, n), draw, p)
        return used, at(data.node_mw, n, p) + build.total("node_added_mw", (n, p))

    @whole
    def zone_limit(z: Label, p: Label) -> tuple[Expr, Expr]:
        used = sum_over(pick(data.sites_in, z), draw, p)
        return used, at(data.zone_mw, z, p) + taken_by_zone(z, p)

    @whole
    def zone_connected(s: Label, p: Label) -> tuple[Expr, Expr]:
        z = pick(lambda site: str(system.sites[site].zone), s)
        taken = taken_by_zone(z, p) + build.total("zone_sent_mw", (z, p))
        return draw(s, p), at(data.zone_mw, z, p) * done(s, p) + taken

    def is_narrow(s: str, p: int) -> bool:
        zone_mw = data.zone_mw.get((str(system.sites[s].zone), p), inf)
        return zone_mw < data.node_mw[system.node_of[s], p] and zone_mw < system.draw_limit_mw(s, p)

    used = set(dict(data.connect_index))
    pairs = [(s, p) for s, p in system.grid_periods if s in used]
    lost = [(s, p) for s, p in system.grid_periods if s not in used]
    shared = [(n, p) for n, p in data.node_mw if len(data.sites_at[n]) > 1]
    build.at_most("asked", data.connect_index, asked, doc="connection of a committed site")
    build.at_most("connected", pairs, connected, doc="draw of a connected site", unit="MW")
    build.at_most("used_connected", pairs, used_connected, doc="useful draw", unit="MW")
    build.at_most("unconnected", lost, lambda s, p: (draw(s, p), 0.0), doc="too late", unit="MW")
    build.at_most("node_limit", shared, node_limit, doc="shared node", unit="MW")
    build.at_most("zone_limit", list(data.zone_mw), zone_limit, doc="zone headroom", unit="MW")
    narrow = [pair for pair in pairs if is_narrow(*pair)]
    build.valid("zone_connected", narrow, zone_connected, doc="draw of a connected site")


def check(system: System, config: HeadroomConfig) -> list[Issue]:
    """Upgrades name one known node or zone; voltage rows do not repeat."""
    issues = []
    for name, upgrade in config.upgrades.items():
        where = f"components.headroom.upgrades.{name}"
        if (upgrade.node is None) == (upgrade.zone is None):
            issues.append(
                Issue(
                    where,
                    "an upgrade of both a node and a zone, or of neither",
                    "exactly one",
                    "State node or zone",
                )
            )
        for field, known in (("node", system.nodes), ("zone", system.zones)):
            value = getattr(upgrade, field)
            if value is not None and value not in known:
                issues.append(
                    Issue(
                        f"{where}.{field}",
                        f"unknown {field} '{value}'",
                        f"one of {sorted(known)[:8]}",
                        "Correct it or remove the upgrade",
                    )
                )
        node = system.nodes.get(upgrade.node or "")
        zones = {system.sites[s].zone for s, n in system.node_of.items() if n == upgrade.node}
        if node is not None and node.zone is None and len(zones) > 1:
            issues.append(
                Issue(
                    f"nodes.{upgrade.node}.zone",
                    f"no zone, and sites of {sorted(map(str, zones))} at the node",
                    f"the zone whose customers pay for the upgrade '{name}'",
                    "State it",
                )
            )
    levels = sorted(row.from_kv for row in config.connection_costs)
    if any(a == b for a, b in pairwise(levels)):
        issues.append(
            Issue(
                "components.headroom.connection_costs",
                "two rows from the same voltage",
                "one row a voltage",
                "Remove one of them",
            )
        )
    return issues


COMPONENT = Component(
    name="headroom",
    config=HeadroomConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    requires=("energy",),
    tables={"upgrades": Upgrade, "rivals": Rival},
    purchases={"connect": "by_period", "upgrade": "by_period"},
    formulation=__doc__ or "",
)
