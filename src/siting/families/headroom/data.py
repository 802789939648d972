"""Settings and shared data of ``headroom`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from siting.core.calendar import Lag, add_months
from siting.core.system import System
from siting.families.headroom.settings import HeadroomConfig, Upgrade


@dataclass(frozen=True)
class HeadroomData:
    """Numbers of the formulas."""

    system: System
    connect_lag: Mapping[str, Lag]
    """Lag of the soonest service of each site; with one date of service it is the only one."""
    connect_usd: Mapping[str, float]
    station_usd_per_mw: Mapping[str, float]
    """Cost of what grows with the draw of each site, where there is any."""
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
    giving = {z for z, _ in system.tier_months}
    zone_mw: dict[tuple[str, int], float] = {}
    for z in sorted(zones - giving) if system.is_zone_limited else ():
        headroom = system.zones[z].tier_headroom_mw(config.tier)
        if headroom is not None:
            for p in calendar.periods:
                zone_mw[z, p] = system.left_by_rivals_mw("zone", z, p, headroom)
    node_mw = {(n, p): system.node_mw(n, p) for n in sorted(nodes) for p in calendar.periods}
    return HeadroomData(
        system=system,
        connect_lag=lags,
        connect_usd=usd,
        station_usd_per_mw={
            s: per_mw
            for s in used
            if (per_mw := config.station_usd_per_mw(system.sites[s].poi_kv)) > 0
        },
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
