"""Settings and shared data of ``campus`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from siting.core.calendar import Lag, add_months
from siting.core.system import System
from siting.families.campus.settings import CampusConfig


@dataclass(frozen=True)
class CampusData:
    """Numbers of the formulas."""

    system: System
    hall_it_mw: float
    lag: Lag
    shell_months: float
    max_halls: Mapping[str, int]
    start_periods: tuple[tuple[str, int], ...]
    acre_periods: tuple[tuple[str, int], ...]
    last_start: Mapping[str, int]
    acres_per_hall: float
    overnight_usd: float
    capital_usd: float
    """Overnight cost of a hall, with interest during construction where that is added."""
    lifetime_years: float
    fixed_om_usd: float
    min_campus_it_mw: float
    ramp_halls: Mapping[int, int]


def prepare(system: System, config: CampusConfig) -> CampusData:
    """Compute the most halls of each site, and the periods in which one may start."""
    calendar, block = system.calendar, config.hall_it_mw
    lag = calendar.lag(lambda day: add_months(day, config.shell_months))
    usable = lag.starts[-1] if lag.starts else -1
    halls = {
        site: config.most_halls(system.sites[site], limit)
        for site, limit in system.it_limit_mw.items()
    }
    starts = []
    for site in system.sites:
        first = system.first_reviewed.get(site)
        if first is not None and halls.get(site, 0) > 0:
            starts += [(site, p) for p in range(first, usable + 1)]
    last = {site: period for site, period in starts}
    first_start = {site: period for site, period in reversed(starts)}
    return CampusData(
        system=system,
        hall_it_mw=block,
        lag=lag,
        shell_months=config.shell_months,
        max_halls=halls,
        start_periods=tuple(starts),
        acre_periods=tuple((s, p) for s in last for p in range(first_start[s], len(calendar))),
        last_start=last,
        acres_per_hall=config.acres_per_it_mw * block,
        overnight_usd=config.overnight_usd_per_it_mw * block,
        capital_usd=config.capital_usd_per_it_mw(calendar.capital_rate_frac("campus")) * block,
        lifetime_years=config.lifetime_years,
        fixed_om_usd=config.fixed_om_usd_per_it_mw_year * block,
        min_campus_it_mw=config.min_campus_it_mw,
        ramp_halls=config.ramp_halls(calendar),
    )
