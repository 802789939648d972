"""What every family shares, from a scenario: limits, reviews, points of interconnection, rivals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import inf
from typing import Any

from siting.core.calendar import Calendar, Lag, add_months
from siting.core.records import Node, Site
from siting.core.rivals import rival_mw
from siting.core.system import System
from siting.families.campus.settings import CampusConfig
from siting.families.cooling.settings import CoolingConfig
from siting.families.curtailment.settings import CurtailmentConfig
from siting.families.energy.settings import EnergyConfig
from siting.families.headroom.settings import HeadroomConfig
from siting.families.land.settings import LandConfig
from siting.families.workloads.settings import WorkloadsConfig
from siting.scenario import Scenario


def _pue(families: Mapping[str, Any]) -> float:
    """Most facility MW per IT MW."""
    cooling: CoolingConfig | None = families.get("cooling")
    energy: EnergyConfig | None = families.get("energy")
    if cooling is not None:
        return max(option.pue for option in cooling.options.values())
    return energy.pue if energy else 1.0


def build_system(scenario: Scenario, families: Mapping[str, Any]) -> System:
    """Shared data: reviews, IT limits, first service, points of interconnection."""
    calendar = scenario.calendar()
    sites = dict(sorted(scenario.sites.items()))
    land: LandConfig = families["land"]
    workloads: WorkloadsConfig = families["workloads"]
    campus: CampusConfig | None = families.get("campus")
    energy: EnergyConfig | None = families.get("energy")
    reviewed = {
        s: {day: land.review_done(land.path_on(site, day), day) for day in calendar.starts}
        for s, site in sites.items()
    }
    review = {s: calendar.lag(dates.__getitem__) for s, dates in reviewed.items()}
    tiered_dates = {s: land.tiered_dates(s, site, calendar.starts) for s, site in sites.items()}
    tiered = {
        s: calendar.lag(lambda day, dates=dates: dates.get(day, date.max))  # type: ignore[misc]
        for s, dates in tiered_dates.items()
    }
    tiered = {s: lag for s, lag in tiered.items() if lag.starts}
    first_reviewed = _first_reviewed(review, tiered)
    targets = [workloads.total_mw(day) for day in calendar.starts]
    peak = max(targets)
    limits = _it_limits(sites, peak, campus)
    pue = _pue(families)
    nodes = _nodes(scenario, peak * pue)
    headroom: HeadroomConfig | None = families.get("headroom")
    rivals = headroom.rivals if headroom else {}
    share = headroom.rival_percentile_frac if headroom else None
    curtailment: CurtailmentConfig | None = families.get("curtailment")
    tiers = dict(curtailment.tiers) if curtailment else {}
    return System(
        calendar=calendar,
        sites=sites,
        zones=dict(sorted(scenario.zones.items())),
        nodes=dict(sorted(nodes.items())),
        node_of={s: site.node or s for s, site in sites.items() if site.zone is not None},
        families=frozenset(families),
        review=review,
        review_dates=reviewed,
        tiered_review=tiered,
        tiered_dates={s: tiered_dates[s] for s in tiered},
        first_reviewed=first_reviewed,
        it_limit_mw=limits,
        period_limit_mw=_period_limits(calendar, limits, first_reviewed, campus, targets),
        rival_mw=rival_mw(rivals, nodes, calendar.starts, share),
        pue=pue,
        load_factor_frac=energy.load_factor_frac if energy else 1.0,
        rack_kw={
            w: kind.rack_kw for w, kind in workloads.kinds.items() if kind.rack_kw is not None
        },
        first_service=_first_service(calendar, first_reviewed, limits, campus),
        peak_target_mw=peak,
        tier_months={tier: terms.connection_months for tier, terms in tiers.items()},
        is_zone_limited=headroom is None or headroom.is_zone_limited,
        useful_firm_mw={},
    )


def _it_limits(
    sites: Mapping[str, Site], peak_mw: float, campus: CampusConfig | None
) -> dict[str, float]:
    """Most IT load of each site: its own limit, its acres, and the largest total target."""
    limits = {}
    for name, site in sites.items():
        room = inf if site.max_it_mw is None else site.max_it_mw
        if campus is not None:
            room = min(room, campus.most_halls(site, peak_mw) * campus.hall_it_mw)
        limits[name] = min(peak_mw, room)
    return limits


def _nodes(scenario: Scenario, unlimited_mw: float) -> dict[str, Node]:
    """Points of interconnection: those stated, and one of its own for a site that names none."""
    own = {
        s: Node(
            name=site.name,
            zone=site.zone,
            capacity_mw=unlimited_mw,
            source="no limit stated",
            longitude=site.longitude,
            latitude=site.latitude,
        )
        for s, site in sorted(scenario.sites.items())
        if site.zone is not None and site.node is None
    }
    return {**own, **scenario.nodes}


def _period_limits(
    calendar: Calendar,
    limits: Mapping[str, float],
    first_reviewed: Mapping[str, int],
    campus: CampusConfig | None,
    targets_mw: list[float],
) -> dict[tuple[str, int], float]:
    """Most IT load of each site in each period: its limit, the targets, and the halls that can have
    been started since its review."""
    found: dict[tuple[str, int], float] = {}
    ramp = campus.ramp_halls(calendar) if campus else {}
    shell = calendar.lag(lambda day: add_months(day, campus.shell_months if campus else 0.0))
    for site, first in first_reviewed.items():
        for p in calendar.periods:
            most = min(limits[site], targets_mw[p])
            if campus is not None and ramp:
                starts = [q for q in shell.starts if q >= first and (shell.arrival[q] or 0) <= p]
                most = min(most, campus.hall_it_mw * sum(ramp[q] for q in starts))
            found[site, p] = most
    return found


def _first_reviewed(review: Mapping[str, Lag], tiered: Mapping[str, Lag]) -> dict[str, int]:
    """First period in which each site can be reviewed, on its own or under a programmatic review
    that is started in the first period."""
    first = {}
    for site, lag in review.items():
        ways = [lag.first, tiered[site].first if site in tiered else None]
        known = [period for period in ways if period is not None]
        if known:
            first[site] = min(known)
    return first


def _first_service(
    calendar: Calendar,
    first_reviewed: Mapping[str, int],
    limits: Mapping[str, float],
    campus: CampusConfig | None,
) -> dict[str, int]:
    """First period in which a hall of each site can carry load."""
    shell = calendar.lag(lambda day: add_months(day, campus.shell_months if campus else 0.0))
    first: dict[str, int] = {}
    for site, ready in first_reviewed.items():
        if limits[site] <= 0:
            continue
        arrivals = [a for a in shell.arrival[ready:] if a is not None]
        if arrivals:
            first[site] = min(arrivals)
    return first
