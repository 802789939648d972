"""Variables, ledger terms and constraints of ``workloads``; the formulation stands in the package."""

from __future__ import annotations

from siting.core.finance import present_years
from siting.families.base import Build, Index, reviewed
from siting.families.whole import Expr, Label, at, parts, pick, sum_over, whole
from siting.families.workloads.data import WorkloadsData


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
