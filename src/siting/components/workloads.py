r"""Workloads: which site serves how much of which target, and what being late costs.

Question: where is each workload placed in each period, and how much of its target is late?
Assumptions: a target holds from its date until the next. Training may be placed anywhere; a
workload with a latency limit only at sites near enough to the region it serves; a listed link that is
longer is refused, a site without a position is not near. A workload with a
minimum campus has at least that much at a site or nothing there.

Formulation
-----------
    (meet_target)   sum_s x[w,r,s,p] + u[w,r,p] = T[w,r,p]
    (place)         it[s,p] = sum_{w,r} x[w,r,s,p]
    (campus_floor)  m[w,p] * y[w,s,p] <= sum_r x[w,r,s,p]
    (campus_room)   sum_r x[w,r,s,p] <= U[w,s] * y[w,s,p]
    (host_monotone) y[w,s,p-1] <= y[w,s,p]
    (campus_count)  sum_s y[w,s,P] <= Y[w]
    (moved)         sum_r x[w,r,s,p-1] - sum_r x[w,r,s,p] <= v[w,s,p]      only where moving costs
    (link_limit)    x[w,r,s,p] <= min(T, U[s]) * r[s,p]   when ``campus`` is off
    cost            sum d[p] * months[p] * D[w] * u[w,r,p] + sum d[p] * years[p] * k[w,r,s] * x
                    + sum d[p] * V[w] * v[w,s,p]

Symbols
-------
    x[w,r,s,p]   IT load of workload w of region r served at site s   MW
    u[w,r,p]     target that is late                                   MW
    it[s,p]      IT load of a site, core variable                      MW
    y[w,s,p]     site hosts a campus of the workload                   binary
    T, m, U      target, minimum campus (may grow by date), site limit MW
    v, V         load that a site stops serving, cost of that          MW, USD per MW
    Y            most sites that ever host                             count
    D            delay cost                                            USD per MW and month
    r[s,p]       site committed and reviewed, see ``land``              0 or 1
    k            cost of serving a region from a site                  USD per MW and year

Latency: ``2 * distance * ms_per_1000_km / 1000`` (there and back, route slack included).
Sources: targets and delay cost: ``models/libraries/workloads.yaml``.
Limits: what a site stops serving pays for the move also where the target falls; a campus that hosts
a workload with a minimum or a cap on sites stays to the end of the horizon and grows with its floor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from siting.components.base import Build, Component, Index, reviewed
from siting.components.whole import Expr, Label, at, parts, pick, sum_over, whole
from siting.components.workloads_report import audit, report
from siting.components.workloads_settings import ANYWHERE, Link, Region, WorkloadsConfig
from siting.core.errors import Issue
from siting.core.finance import present_years
from siting.core.geodesy import great_circle_km
from siting.core.records import Place
from siting.core.system import System

KM_PER_1000 = 1000.0


@dataclass(frozen=True)
class WorkloadsData:
    """Numbers of the formulas; every tuple is sorted."""

    system: System
    target_mw: Mapping[tuple[str, str, int], float]
    demand_periods: tuple[tuple[str, str, int], ...]
    late_periods: tuple[tuple[str, str, int], ...]
    delay_usd: Mapping[str, float]
    serve_index: tuple[tuple[str, str, str, int], ...]
    serve_limit_mw: Mapping[tuple[str, str, str, int], float]
    service_usd: Mapping[tuple[str, str, str], float]
    floor_mw: Mapping[tuple[str, int], float]
    max_sites: Mapping[str, int]
    move_usd: Mapping[str, float]
    move_index: tuple[tuple[str, str, int], ...]
    host_index: tuple[tuple[str, str, int], ...]
    """(workload, site, period) of campuses, without a gap from the first in which one may be served."""
    room_index: tuple[tuple[str, str, int], ...]
    """Those in which there is something to serve."""
    host_limit_mw: Mapping[tuple[str, str, int], float]
    sites_of: Mapping[tuple[str, str, int], tuple[str, ...]]
    demands_at: Mapping[tuple[str, int], tuple[tuple[str, str], ...]]
    regions_at: Mapping[tuple[str, str, int], tuple[str, ...]]


def allowed_links(system: System, config: WorkloadsConfig) -> dict[tuple[str, str, str], float]:
    """(workload, region, site) -> service cost [USD per MW and year] of every allowed link."""
    listed: dict[tuple[str, str, str], float] = {}
    for link in config.links.values():
        key = (link.workload, link.region, link.site)
        listed[key] = link.service_usd_per_mw_year
    with_list = {workload for workload, _, _ in listed}
    links = dict(listed)
    for workload, region in config.demands():
        if workload in with_list:
            continue
        limit = config.kinds[workload].max_latency_ms
        for site, record in system.sites.items():
            place = config.regions.get(region)
            if limit is not None and place is not None:
                km = _distance_km(record, place)
                if km is None or round_trip_ms(km, config.latency_ms_per_1000_km) > limit:
                    continue
            links[workload, region, site] = 0.0
    return dict(sorted(links.items()))


def round_trip_ms(distance_km: float, ms_per_1000_km: float) -> float:
    """Round-trip latency [ms] over a great-circle distance [km]."""
    return 2 * distance_km * ms_per_1000_km / KM_PER_1000


def _distance_km(a: Place, b: Place) -> float | None:
    """Distance between two places [km], None where either has no position."""
    if None in (a.longitude, a.latitude, b.longitude, b.latitude):
        return None
    return great_circle_km(
        float(a.longitude or 0.0),
        float(a.latitude or 0.0),
        float(b.longitude or 0.0),
        float(b.latitude or 0.0),
    )


def prepare(system: System, config: WorkloadsConfig) -> WorkloadsData:
    """Targets by period, allowed links, and the tightest bound of each."""
    calendar = system.calendar
    targets = {
        (w, r, p): config.target_mw(w, r, calendar.starts[p])
        for w, r in config.demands()
        for p in calendar.periods
        if config.target_mw(w, r, calendar.starts[p]) > 0
    }
    links = allowed_links(system, config)
    floors = {
        (w, p): kind.floor_mw(start)
        for w, kind in config.kinds.items()
        for p, start in enumerate(calendar.starts)
    }
    # a campus stays: its site holds every floor that is still to come
    to_come = {
        (w, p): max(floors[w, q] for q in calendar.periods[p:])
        for w in config.kinds
        for p in calendar.periods
    }
    limit: dict[tuple[str, str, str, int], float] = {}
    for (w, r, s), _ in links.items():
        for p in calendar.periods:
            bound = min(targets.get((w, r, p), 0.0), system.period_limit_mw.get((s, p), 0.0))
            too_early = p < system.first_service.get(s, len(calendar))
            if bound > 0 and not too_early and system.it_limit_mw[s] >= to_come[w, p]:
                limit[w, r, s, p] = bound
    serve = tuple(sorted(limit))
    served = {(w, s, p) for w, _, s, p in serve}
    rooms = sorted(key for key in served if config.kinds[key[0]].is_hosted())
    first = {(w, s): p for w, s, p in reversed(rooms)}
    hosts = [(w, s, p) for (w, s), q in sorted(first.items()) for p in calendar.periods[q:]]
    move_usd = {w: k.move_usd_per_mw for w, k in sorted(config.kinds.items()) if k.move_usd_per_mw}
    return WorkloadsData(
        system=system,
        target_mw=targets,
        demand_periods=tuple(sorted(targets)),
        late_periods=tuple(k for k in sorted(targets) if not config.kinds[k[0]].must_serve),
        delay_usd={w: kind.delay_cost_usd_per_mw_month for w, kind in config.kinds.items()},
        serve_index=serve,
        serve_limit_mw=limit,
        service_usd=links,
        floor_mw=floors,
        max_sites={w: k.max_sites for w, k in config.kinds.items() if k.max_sites is not None},
        move_usd=move_usd,
        move_index=tuple(
            sorted((w, s, p + 1) for w, s, p in served if w in move_usd and p + 1 < len(calendar))
        ),
        host_index=tuple(hosts),
        room_index=tuple(rooms),
        host_limit_mw={
            (w, s, p): min(
                system.period_limit_mw[s, p],
                sum(limit.get((w, r, s, p), 0.0) for w2, r in config.demands() if w2 == w),
            )
            for w, s, p in rooms
        },
        sites_of=_grouped(((w, r, p), s) for w, r, s, p in serve),
        demands_at=_grouped(((s, p), (w, r)) for w, r, s, p in serve),
        regions_at=_grouped(((w, s, p), r) for w, r, s, p in serve),
    )


K = TypeVar("K")
V = TypeVar("V")


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """Values by key, in order."""
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


def declare(build: Build, data: WorkloadsData) -> None:
    """Declare service, lateness and hosting; charge delay and service."""
    calendar = data.system.calendar
    serve = build.variable(
        "serve_mw",
        data.serve_index,
        upper=lambda *index: at(data.serve_limit_mw, *index),
        doc="IT load of a workload and region served at a site",
    )
    late = build.variable(
        "unserved_mw",
        data.late_periods,
        upper=lambda *index: at(data.target_mw, *index),
        doc="target that is late",
    )
    host = build.variable(
        "host", data.host_index, domain="binary", doc="site hosts a campus of the workload"
    )
    build.cumulative("host_monotone", host, data.host_index)
    moved = build.variable("moved_mw", data.move_index, doc="load that a site stops serving")
    years = present_years(calendar)
    discount = {p: calendar.discount(p) for p in calendar.periods}
    months = {p: calendar.discount(p) * calendar.months(p) for p in calendar.periods}

    def move_usd(w: Label, s: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(discount, p) * at(data.move_usd, w) * moved[w, s, p]

    def delay_usd(w: Label, r: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(months, p) * at(data.delay_usd, w) * late[w, r, p]

    def service_usd(w: Label, r: Label, s: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(years, p) * at(data.service_usd, w, r, s) * serve[w, r, s, p]

    def served(w: Label, r: Label, s: Label, p: Label) -> tuple[Index, Expr]:
        return (w, s, p), serve[w, r, s, p]

    build.cost_each(data.move_index, move_usd)
    build.cost_each(data.late_periods, delay_usd)
    build.cost_each([key for key in data.serve_index if data.service_usd[key[:3]]], service_usd)
    build.add_each("workload_it_mw", data.serve_index, served)


def constrain(build: Build, data: WorkloadsData) -> None:
    """Meet targets, place load on sites, minimum campuses, tight links."""
    system = data.system
    serve = build.variables["serve_mw"]
    late = build.variables["unserved_mw"]
    host, moved = build.variables["host"], build.variables["moved_mw"]

    def served(w: Label, s: Label, p: Label) -> Expr:
        regions = pick(lambda *key: data.regions_at.get(key, ()), w, s, p)
        return sum_over(regions, lambda r, w, s, p: serve[w, r, s, p], w, s, p)

    @whole
    def meet_target(w: Label, r: Label, p: Label) -> tuple[Expr, Expr]:
        sites = pick(lambda *key: data.sites_of.get(key, ()), w, r, p)
        together = sum_over(sites, lambda s, w, r, p: serve[w, r, s, p], w, r, p)
        return together + late.get((w, r, p)), at(data.target_mw, w, r, p)

    @whole
    def place(s: Label, p: Label) -> tuple[Expr, Expr]:
        demands = pick(lambda *key: data.demands_at.get(key, ()), s, p)
        return build.it_mw[s, p], sum_over(demands, lambda d, s, p: serve[*parts(d), s, p], s, p)

    @whole
    def campus_floor(w: Label, s: Label, p: Label) -> tuple[Expr, Expr]:
        return at(data.floor_mw, w, p) * host[w, s, p], served(w, s, p)

    @whole
    def campus_room(w: Label, s: Label, p: Label) -> tuple[Expr, Expr]:
        return served(w, s, p), at(data.host_limit_mw, w, s, p) * host[w, s, p]

    def campus_count(w: str) -> tuple[Expr, Expr]:
        last = {s: p for w2, s, p in data.host_index if w2 == w}
        return sum(host[w, s, p] for s, p in last.items()), data.max_sites[w]

    def stops(w: str, s: str, p: int) -> tuple[Expr, Expr]:
        before = sum(serve[w, r, s, p - 1] for r in data.regions_at[w, s, p - 1])
        now = sum(serve[w, r, s, p] for r in data.regions_at.get((w, s, p), ()))
        return before - now, moved[w, s, p]

    @whole
    def link_limit(w: Label, r: Label, s: Label, p: Label) -> tuple[Expr, Expr]:
        ready = reviewed(build, system, s, p)
        return serve[w, r, s, p], at(data.serve_limit_mw, w, r, s, p) * ready

    alone = () if "campus" in system.families else data.serve_index
    build.equal("meet_target", data.demand_periods, meet_target, doc="target", unit="MW")
    build.equal("place", system.service_periods, place, doc="IT load of a site", unit="MW")
    build.at_most("campus_floor", data.host_index, campus_floor, doc="least campus", unit="MW")
    build.at_most("campus_room", data.room_index, campus_room, doc="campus load", unit="MW")
    counted = [(w,) for w in sorted(data.max_sites)]
    build.at_most("campus_count", counted, campus_count, doc="sites that host it", unit="sites")
    build.at_most("moved", data.move_index, stops, doc="load that moves away")
    build.at_most("link_limit", alone, link_limit, doc="service of a committed site", unit="MW")


def check(system: System, config: WorkloadsConfig) -> list[Issue]:
    """Links and regions that exist; a region with a latency limit has a position."""
    issues = [*_check_latency(system, config)]
    places = {
        "workload": set(config.kinds),
        "site": set(system.sites),
        "region": {region for _, region in config.demands()},
    }
    some = {field: sorted(known)[:8] for field, known in places.items()}
    for name, link in config.links.items():
        for field, known in places.items():
            value = str(getattr(link, field))
            if value not in known:
                issues.append(
                    Issue(
                        f"components.workloads.links.{name}.{field}",
                        f"unknown {field} '{value}'",
                        f"one of {some[field]}",
                        "Correct it or remove the link",
                    )
                )
    for name, kind in config.kinds.items():
        for position, target in enumerate(kind.targets):
            place = f"components.workloads.kinds.{name}.targets.{position}"
            region = config.regions.get(target.region)
            if target.region != ANYWHERE and region is None and not config.links:
                issues.append(
                    Issue(
                        f"{place}.region",
                        f"unknown region '{target.region}'",
                        f"one of {sorted(config.regions)}",
                        "Correct it or add it to components.workloads.regions",
                    )
                )
            elif kind.max_latency_ms is not None and (
                region is None or region.longitude is None or region.latitude is None
            ):
                issues.append(
                    Issue(
                        f"{place}.region",
                        "a workload with max_latency_ms needs regions with a position",
                        "a region with longitude and latitude",
                        "Name such a region or remove max_latency_ms",
                    )
                )
    return issues


def _check_latency(system: System, config: WorkloadsConfig) -> Iterator[Issue]:
    """Links that are listed keep the latency limit of their workload."""
    for name, link in config.links.items():
        kind, region = config.kinds.get(link.workload), config.regions.get(link.region)
        site = system.sites.get(link.site)
        km = None if site is None or region is None else _distance_km(site, region)
        limit = None if kind is None else kind.max_latency_ms
        if km is None or limit is None:
            continue
        trip = round_trip_ms(km, config.latency_ms_per_1000_km)
        if trip > limit:
            yield Issue(
                f"components.workloads.links.{name}",
                f"{km:,.0f} km are {trip:.1f} ms there and back, over the {limit:g} ms of "
                f"'{link.workload}'",
                "a site within max_latency_ms of the region",
                "Remove the link, or raise max_latency_ms",
            )


COMPONENT = Component(
    name="workloads",
    config=WorkloadsConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    tables={"regions": Region, "links": Link},
    formulation=__doc__ or "",
)
