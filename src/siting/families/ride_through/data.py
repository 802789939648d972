"""Settings and shared data of ``ride_through`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from siting.core.calendar import Lag, add_months
from siting.core.system import System
from siting.families.ride_through.settings import RideThroughConfig, TripLimit, sites_of

SitePeriod = tuple[str, int]


@dataclass(frozen=True)
class RideThroughData:
    """Numbers of the formulas; groups and sites are sorted."""

    system: System
    members: Mapping[str, tuple[str, ...]]
    max_trip_mw: Mapping[str, float]
    most_mw: Mapping[str, float]
    """Largest draw of each site of a group [MW]."""
    lag: Lag
    orders: tuple[SitePeriod, ...]
    served: tuple[SitePeriod, ...]
    """(site, period) in which equipment may be in service."""
    overnight_usd_per_mw: float
    lifetime_years: float
    lead_months: float

    @property
    def draws(self) -> tuple[SitePeriod, ...]:
        """(site, period) of a group in which there may be a draw."""
        return tuple(pair for pair in self.system.grid_periods if pair[0] in self.most_mw)

    @property
    def group_periods(self) -> tuple[tuple[str, int], ...]:
        """(group, period) in which a site of the group may draw."""
        draws = set(self.draws)
        return tuple(
            (group, p)
            for group, sites in self.members.items()
            for p in self.system.calendar.periods
            if any((s, p) in draws for s in sites)
        )


def prepare(system: System, config: RideThroughConfig) -> RideThroughData:
    """Sites of each group, the most they can draw, and when equipment may be ordered."""
    calendar = system.calendar
    limits = {name: limit.max_trip_mw for name, limit in config.limits.items()}
    members = {name: sites_of(system, limit) for name, limit in config.limits.items()}
    named = {zone for limit in config.limits.values() for zone in limit.zones}
    if config.max_trip_mw_per_zone is not None:
        for zone in system.zones:
            sites = sites_of(system, TripLimit(zones=[zone], max_trip_mw=0))
            if sites and zone not in named:
                limits[f"zone {zone}"] = config.max_trip_mw_per_zone
                members[f"zone {zone}"] = sites
    usable = {
        name: tuple(s for s in sites if s in system.first_service)
        for name, sites in sorted(members.items())
    }
    sites = tuple(sorted({s for group in usable.values() for s in group}))
    lag = calendar.lag(partial(add_months, months=config.lead_months))
    starts = [
        p
        for p in lag.starts
        if config.available_from is None or calendar.starts[p] >= config.available_from
    ]
    first = lag.arrival[starts[0]] if starts else None
    return RideThroughData(
        system=system,
        members=usable,
        max_trip_mw=dict(sorted(limits.items())),
        most_mw={s: system.pue * system.it_limit_mw[s] for s in sites},
        lag=lag,
        orders=tuple((s, p) for s in sites for p in starts),
        served=tuple(
            (s, p) for s in sites if first is not None for p in calendar.periods if p >= first
        ),
        overnight_usd_per_mw=config.overnight_usd_per_mw,
        lifetime_years=config.lifetime_years,
        lead_months=config.lead_months,
    )
