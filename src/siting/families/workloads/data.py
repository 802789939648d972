"""Settings and shared data of ``workloads`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from siting.core.calendar import months_between
from siting.core.system import System
from siting.families.workloads.settings import WorkloadsConfig, distance_km, round_trip_ms
from siting.families.workloads.value import Band, Bands, due_parts


@dataclass(frozen=True)
class WorkloadsData:
    """Numbers of the formulas; every tuple is sorted."""

    system: System
    target_mw: Mapping[tuple[str, str, int], float]
    demand_periods: tuple[tuple[str, str, int], ...]
    late_periods: tuple[tuple[str, str, int], ...]
    delay_usd: Mapping[str, float]
    """Level of the delay cost of each workload."""
    bands: Mapping[tuple[str, str, int], Bands]
    """What a month of each target is worth, part by part."""
    band_index: tuple[tuple[str, str, int, int], ...]
    """Parts of the targets whose value depends on how late they are."""
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
                km = distance_km(record, place)
                if km is None or round_trip_ms(km, config.latency_ms_per_1000_km) > limit:
                    continue
            links[workload, region, site] = 0.0
    return dict(sorted(links.items()))


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
    starts = calendar.starts
    late = tuple(k for k in sorted(targets) if config.kinds[k[0]].may_be_late(starts[k[2]]))
    bands = _bands(system, config, targets)
    floors = {
        (w, p): kind.floor_mw(start)
        for w, kind in config.kinds.items()
        for p, start in enumerate(calendar.starts)
    }
    limit = _serve_limits(system, links, targets, floors)
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
        late_periods=late,
        delay_usd={w: config.delay_usd(w) for w in config.kinds},
        bands=bands,
        band_index=tuple((*k, i) for k in late if len(bands[k]) > 1 for i in range(len(bands[k]))),
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


def _bands(
    system: System, config: WorkloadsConfig, targets: Mapping[tuple[str, str, int], float]
) -> dict[tuple[str, str, int], Bands]:
    """What a month of each target is worth: its level, at the date, by how late each part of it is."""
    calendar = system.calendar
    found: dict[tuple[str, str, int], Bands] = {}
    for w, r in config.demands():
        perspective = config.perspectives.get(config.kinds[w].perspective or "")
        wanted = [targets.get((w, r, p), 0.0) for p in calendar.periods]
        for p, parts in enumerate(due_parts(wanted)):
            usd = config.delay_usd(w)
            if perspective is not None:
                usd *= perspective.date_frac(calendar.starts[p])
            by_usd: dict[float, float] = {}
            for begun, mw in parts:
                months = months_between(calendar.starts[begun], calendar.starts[p])
                months_late = months + calendar.months(p) / 2
                share = 1.0 if perspective is None else perspective.late_frac(months_late)
                by_usd[usd * share] = by_usd.get(usd * share, 0.0) + mw
            if parts:
                found[w, r, p] = tuple(Band(mw, value) for value, mw in sorted(by_usd.items()))
    return found


def _serve_limits(
    system: System,
    links: Iterable[tuple[str, str, str]],
    targets: Mapping[tuple[str, str, int], float],
    floors: Mapping[tuple[str, int], float],
) -> dict[tuple[str, str, str, int], float]:
    """Most that a site may serve of a workload and region in a period [MW], where it may at all."""
    calendar = system.calendar
    # a campus stays: its site holds every floor that is still to come
    to_come = {(w, p): max(floors[w, q] for q in calendar.periods[p:]) for w, p in floors}
    limit: dict[tuple[str, str, str, int], float] = {}
    for w, r, s in links:
        for p in calendar.periods:
            bound = min(targets.get((w, r, p), 0.0), system.period_limit_mw.get((s, p), 0.0))
            too_early = p < system.first_service.get(s, len(calendar))
            if bound > 0 and not too_early and system.it_limit_mw[s] >= to_come[w, p]:
                limit[w, r, s, p] = bound
    return limit


K = TypeVar("K")


V = TypeVar("V")


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """Values by key, in order."""
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
