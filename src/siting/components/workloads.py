r"""Workloads: which site serves how much of which target, and what being late costs.

Question: where is each workload placed in each period, and how much of its target is late?
Assumptions: a target holds from its date until the next. Training may be placed anywhere; a
workload with a latency limit only at sites near enough to the region it serves. A workload with a
minimum campus has at least that much at a site or nothing there.

Formulation
-----------
    (meet_target)   sum_s x[w,r,s,p] + u[w,r,p] = T[w,r,p]
    (place)         it[s,p] = sum_{w,r} x[w,r,s,p]
    (campus_floor)  m[w] * y[w,s,p] <= sum_r x[w,r,s,p]
    (campus_room)   sum_r x[w,r,s,p] <= U[w,s] * y[w,s,p]
    (host_monotone) y[w,s,p-1] <= y[w,s,p]
    (link_limit)    x[w,r,s,p] <= min(T, U[s]) * r[s,p]   when ``campus`` is off
    cost            sum d[p] * months[p] * D[w] * u[w,r,p] + sum d[p] * years[p] * k[w,r,s] * x

Symbols
-------
    x[w,r,s,p]   IT load of workload w of region r served at site s   MW
    u[w,r,p]     target that is late                                   MW
    it[s,p]      IT load of a site, core variable                      MW
    y[w,s,p]     site hosts a campus of the workload                   binary
    T, m, U      target, minimum campus, site limit                    MW
    D            delay cost                                            USD per MW and month
    r[s,p]       site committed and reviewed, see ``land``              0 or 1
    k            cost of serving a region from a site                  USD per MW and year

Latency: ``2 * distance * ms_per_1000_km / 1000`` (there and back, route slack included).
Sources: targets and delay cost: ``models/libraries/workloads.yaml``.
Limits: load may move between sites from period to period at no cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from siting.components.base import Build, Component, Expr, Values, reviewed
from siting.components.workloads_settings import ANYWHERE, Link, Region, WorkloadsConfig
from siting.core.audit import AuditResult, Finding, day, exceeds, is_near, is_same, number, rows_of
from siting.core.errors import Issue
from siting.core.finance import add_to, present_year
from siting.core.geodesy import great_circle_km
from siting.core.records import Place
from siting.core.system import System
from siting.core.table import Cell, Table

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
    min_campus_mw: Mapping[str, float]
    host_index: tuple[tuple[str, str, int], ...]
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
    limit: dict[tuple[str, str, str, int], float] = {}
    for (w, r, s), _ in links.items():
        for p in calendar.periods:
            bound = min(targets.get((w, r, p), 0.0), system.it_limit_mw.get(s, 0.0))
            too_early = p < system.first_service.get(s, len(calendar))
            if bound > 0 and not too_early and system.it_limit_mw[s] >= _floor(config, w):
                limit[w, r, s, p] = bound
    serve = tuple(sorted(limit))
    floors = {w: kind.min_campus_it_mw for w, kind in config.kinds.items()}
    hosts = sorted({(w, s, p) for w, _, s, p in serve if floors[w] > 0})
    return WorkloadsData(
        system=system,
        target_mw=targets,
        demand_periods=tuple(sorted(targets)),
        late_periods=tuple(k for k in sorted(targets) if not config.kinds[k[0]].must_serve),
        delay_usd={w: kind.delay_cost_usd_per_mw_month for w, kind in config.kinds.items()},
        serve_index=serve,
        serve_limit_mw=limit,
        service_usd=links,
        min_campus_mw=floors,
        host_index=tuple(hosts),
        host_limit_mw={
            (w, s, p): min(
                system.it_limit_mw[s],
                sum(limit.get((w, r, s, p), 0.0) for w2, r in config.demands() if w2 == w),
            )
            for w, s, p in hosts
        },
        sites_of=_grouped(((w, r, p), s) for w, r, s, p in serve),
        demands_at=_grouped(((s, p), (w, r)) for w, r, s, p in serve),
        regions_at=_grouped(((w, s, p), r) for w, r, s, p in serve),
    )


def _floor(config: WorkloadsConfig, workload: str) -> float:
    """Minimum campus of a workload [MW]."""
    return config.kinds[workload].min_campus_it_mw


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
        upper=lambda *index: data.serve_limit_mw[index],
        doc="IT load of a workload and region served at a site",
    )
    late = build.variable(
        "unserved_mw",
        data.late_periods,
        upper=lambda *index: data.target_mw[index],
        doc="target that is late",
    )
    host = build.variable(
        "host", data.host_index, domain="binary", doc="site hosts a campus of the workload"
    )
    build.cumulative("host_monotone", host, data.host_index)
    for w, r, p in data.late_periods:
        usd = calendar.discount(p) * calendar.months(p) * data.delay_usd[w]
        build.cost(p, usd * late[w, r, p])
    for w, r, s, p in data.serve_index:
        build.add("workload_it_mw", (w, s, p), serve[w, r, s, p])
        if data.service_usd[w, r, s]:
            usd = present_year(calendar, p) * data.service_usd[w, r, s]
            build.cost(p, usd * serve[w, r, s, p])


def constrain(build: Build, data: WorkloadsData) -> None:
    """Meet targets, place load on sites, minimum campuses, tight links."""
    system = data.system
    serve = build.variables["serve_mw"]
    late = build.variables["unserved_mw"]
    host = build.variables["host"]

    def meet_target(w: str, r: str, p: int) -> tuple[Expr, Expr]:
        served = sum(serve[w, r, s, p] for s in data.sites_of.get((w, r, p), ()))
        return served + late.get((w, r, p)), data.target_mw[w, r, p]

    def place(s: str, p: int) -> tuple[Expr, Expr]:
        served = sum(serve[w, r, s, p] for w, r in data.demands_at.get((s, p), ()))
        return build.it_mw[s, p], served

    def campus_floor(w: str, s: str, p: int) -> tuple[Expr, Expr]:
        served = sum(serve[w, r, s, p] for r in data.regions_at[w, s, p])
        return data.min_campus_mw[w] * host[w, s, p], served

    def campus_room(w: str, s: str, p: int) -> tuple[Expr, Expr]:
        served = sum(serve[w, r, s, p] for r in data.regions_at[w, s, p])
        return served, data.host_limit_mw[w, s, p] * host[w, s, p]

    def link_limit(w: str, r: str, s: str, p: int) -> tuple[Expr, Expr]:
        ready = reviewed(build, system, s, p)
        return serve[w, r, s, p], data.serve_limit_mw[w, r, s, p] * ready

    alone = () if "campus" in system.families else data.serve_index
    build.equal("meet_target", data.demand_periods, meet_target, doc="target", unit="MW")
    build.equal("place", system.service_periods, place, doc="IT load of a site", unit="MW")
    build.at_most("campus_floor", data.host_index, campus_floor, doc="least campus", unit="MW")
    build.at_most("campus_room", data.host_index, campus_room, doc="campus load", unit="MW")
    build.at_most("link_limit", alone, link_limit, doc="service of a committed site", unit="MW")


COLUMNS = ("period_start", "workload", "region", "site", "it_mw", "it_mw_months")


def report(values: Values, data: WorkloadsData) -> dict[str, Table]:
    """Service by site, and the target and lateness of each workload."""
    starts = data.system.calendar.starts
    rows: list[dict[str, Cell]] = []
    for w, r, s, p in sorted(data.serve_index, key=lambda k: (k[3], k[:3])):
        it_mw = values.get("workloads.serve_mw", (w, r, s, p))
        if it_mw > 0:
            rows.append(
                {
                    "period_start": starts[p],
                    "workload": w,
                    "region": r,
                    "site": s,
                    "it_mw": it_mw,
                    "it_mw_months": it_mw * data.system.calendar.months(p),
                }
            )
    return {"service": Table.of(COLUMNS, rows)}


def audit(data: WorkloadsData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check targets, links and campuses; recompute delay and service cost."""
    calendar = data.system.calendar
    findings: list[Finding] = []
    cost: dict[int, float] = {}
    served: dict[tuple[str, str, int], float] = {}
    campus: dict[tuple[str, str, int], float] = {}
    for row_name, row in rows_of(tables, "service"):
        start = day(row, "period_start")
        period = None if start is None else calendar.period_at(start)
        w, r, s = str(row["workload"]), str(row["region"]), str(row["site"])
        if period is None or (w, r, s) not in data.service_usd or number(row, "it_mw") <= 0:
            findings.append(Finding("workloads.link", row_name, "not an allowed service"))
            continue
        mw = number(row, "it_mw")
        if not is_same(number(row, "it_mw_months"), mw * calendar.months(period)):
            findings.append(Finding("workloads.months", row_name, "MW-months do not follow"))
        served[w, r, period] = served.get((w, r, period), 0.0) + mw
        campus[w, s, period] = campus.get((w, s, period), 0.0) + mw
        usd = present_year(calendar, period) * data.service_usd[w, r, s] * mw
        add_to(cost, {period: usd})
    for key in sorted(set(served) | set(data.target_mw)):
        w, r, period = key
        target, done = data.target_mw.get(key, 0.0), served.get(key, 0.0)
        late = target - done
        must_serve = key not in data.late_periods
        if exceeds(done, target) or (must_serve and exceeds(target, done)):
            what = f"{done:.3f} MW served of {target:.3f} on {calendar.starts[period]}"
            findings.append(Finding("workloads.meet_target", f"{w} of {r}", what))
        usd = calendar.discount(period) * calendar.months(period) * data.delay_usd[w] * late
        add_to(cost, {period: usd})
    findings += _audit_campuses(data, campus)
    return AuditResult(tuple(findings), cost)


def _audit_campuses(
    data: WorkloadsData, campus: Mapping[tuple[str, str, int], float]
) -> list[Finding]:
    """Each campus at least the minimum, from its first period to the end."""
    findings = []
    last = len(data.system.calendar)
    firsts: dict[tuple[str, str], int] = {}
    for w, s, p in campus:
        firsts[w, s] = min(p, firsts.get((w, s), last))
    for (w, s), first in sorted(firsts.items()):
        for period in range(first, last):
            mw = campus.get((w, s, period), 0.0)
            floor = data.min_campus_mw[w]
            if exceeds(floor, mw) and not is_near(floor, 0.0):
                what = f"{mw:.3f} MW on {data.system.calendar.starts[period]}, at least {floor:g}"
                findings.append(Finding("workloads.campus_floor", f"{w} at {s}", what))
    return findings


def check(system: System, config: WorkloadsConfig) -> list[Issue]:
    """Links and regions that exist; a region with a latency limit has a position."""
    issues = []
    for name, link in config.links.items():
        for field, known in (
            ("workload", config.kinds),
            ("site", system.sites),
            ("region", {r: None for _, r in config.demands()}),
        ):
            value = str(getattr(link, field))
            if value not in known:
                issues.append(
                    Issue(
                        f"components.workloads.links.{name}.{field}",
                        f"unknown {field} '{value}'",
                        f"one of {sorted(known)[:8]}",
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
