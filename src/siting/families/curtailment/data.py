"""Settings and shared data of ``curtailment`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from siting.core.calendar import Lag, add_months
from siting.core.needs import tightest
from siting.core.system import System
from siting.families.curtailment.settings import FIRM, CurtailmentConfig, slopes


@dataclass(frozen=True)
class CurtailmentData:
    """Numbers of the formulas; tiers are sorted by share, ``0pct`` first."""

    system: System
    tiers: tuple[str, ...]
    share: Mapping[str, float]
    depth: Mapping[str, float]
    hours: Mapping[str, float]
    flexible: Mapping[str, float]
    lost_usd_per_mwh: float
    sites: tuple[str, ...]
    draws: tuple[tuple[str, str, int], ...]
    pauses: tuple[tuple[str, str, int], ...]
    connect_months: Mapping[tuple[str, str], float]
    connect_lag: Mapping[tuple[str, str], Lag]
    opening: Mapping[tuple[str, float], Lag]
    """Lag of each wait for a connection, by site and months, of sites that have several."""
    sites_in: Mapping[str, tuple[str, ...]]
    curve: Mapping[tuple[str, int], tuple[tuple[float, float], ...]]
    """Points (load, curtailed average MW) of each zone and period."""

    @property
    def opening_index(self) -> list[tuple[str, int]]:
        """(site, period) of sites whose connection is in service at a date that their tier decides."""
        sites = dict.fromkeys(s for s, _ in self.opening)
        return [(s, p) for s in sites for p in self.system.calendar.periods]

    def needed_mw(self, zone: str, period: int, load_mw: float) -> float:
        """Average MW that a load of a zone must give up; the curve continues on its segments."""
        lines = slopes(list(self.curve[zone, period]))
        return max([0.0, *(slope * load_mw + intercept for slope, intercept in lines)])

    def end_mw(self, zone: str, period: int) -> float:
        """Most that rivals leave of a curve."""
        taken = self.system.rival_mw.get(("zone", zone, period), 0.0)
        return max(0.0, self.curve[zone, period][-1][0] - taken)

    def loads_alone(self, zone: str, period: int) -> list[tuple[float, float]]:
        """What a zone takes of one site: MW by itself, and MW for each average MW that is given up; at
        its end, and on each rising segment of its curve. Empty where the zone has no limit."""
        points = self.curve.get((zone, period))
        if not points:
            return []
        taken = self.system.rival_mw.get(("zone", zone, period), 0.0)
        excused = self.needed_mw(zone, period, taken)
        rising = [(slope, intercept) for slope, intercept in slopes(list(points)) if slope > 0]
        return [
            (self.end_mw(zone, period), 0.0),
            *(((excused - intercept) / slope - taken, 1 / slope) for slope, intercept in rising),
        ]


def prepare(system: System, config: CurtailmentConfig) -> CurtailmentData:
    """Curve of each zone that is limited, and the tiers its data allow."""
    calendar = system.calendar
    sites = tuple(s for s in system.node_of if s in system.first_service and system.tiers_at(s))
    zones = tuple(z for z in system.zones_used(sites) if config.is_offered(z))
    curve: dict[tuple[str, int], tuple[tuple[float, float], ...]] = {}
    for z in zones if system.is_zone_limited else ():
        for p in calendar.periods:
            firm_mw = tightest(system.needs_of(z, p)).firm_mw
            points = config.curve(system.zones[z], firm_mw)
            if points:
                curve[z, p] = tuple(points)
    tiers = (FIRM, *(t for t in sorted(config.tiers, key=config.share) if t != FIRM))
    periods = [pair for pair in system.grid_periods if pair[0] in sites]
    months: dict[tuple[str, str], float] = {}
    for s in sites:
        for t in tiers:
            months[s, t] = system.service_months(s, t)
    return CurtailmentData(
        system=system,
        tiers=tiers,
        share={t: config.share(t) for t in tiers},
        depth={t: config.tiers[t].depth_frac if t != FIRM else 0.0 for t in tiers},  # type: ignore[index]
        hours={t: config.tiers[t].hours_per_year if t != FIRM else 0.0 for t in tiers},  # type: ignore[index]
        flexible={w: share for w, share in sorted(config.flexible_frac.items()) if share > 0},
        lost_usd_per_mwh=config.lost_usd_per_mwh,
        sites=sites,
        draws=tuple((s, t, p) for s, p in periods for t in tiers),
        pauses=tuple((s, t, p) for s, p in periods for t in tiers if t != FIRM),
        connect_months=months,
        connect_lag={
            key: calendar.lag(partial(add_months, months=wait)) for key, wait in months.items()
        },
        opening={
            (s, wait): calendar.lag(partial(add_months, months=wait))
            for s in sites
            for wait in system.opening_months(s)
            if len(system.opening_months(s)) > 1
        },
        sites_in={z: tuple(s for s in sites if system.sites[s].zone == z) for z in zones},
        curve=curve,
    )
