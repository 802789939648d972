"""Variables, ledger terms and constraints of ``workloads``; the formulation stands in the package."""

from __future__ import annotations

from siting.core.finance import present_years
from siting.expressions.labels import Expr, Label, Relation, at, parts, pick, sum_over
from siting.families.base import Build, Index, reviewed
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
    part = build.variable(
        "late_part_mw",
        data.band_index,
        upper=lambda w, r, p, i: at(lambda *k: data.bands[k[:3]][k[3]].mw, w, r, p, i),
        doc="part of a target that is late, by what a month of it is worth",
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
        usd = at(lambda *key: data.bands[key][0].usd_per_mw_month, w, r, p)
        return p, at(months, p) * usd * late[w, r, p]

    def part_usd(w: Label, r: Label, p: Label, i: Label) -> tuple[Label, Expr]:
        usd = at(lambda *key: data.bands[key[:3]][key[3]].usd_per_mw_month, w, r, p, i)
        return p, at(months, p) * usd * part[w, r, p, i]

    def service_usd(w: Label, r: Label, s: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(years, p) * at(data.service_usd, w, r, s) * serve[w, r, s, p]

    def served(w: Label, r: Label, s: Label, p: Label) -> tuple[Index, Expr]:
        return (w, s, p), serve[w, r, s, p]

    build.cost_each(data.move_index, move_usd)
    whole = [key for key in data.late_periods if len(data.bands[key]) == 1]
    build.cost_each(whole, delay_usd)
    build.cost_each(data.band_index, part_usd)
    build.cost_each([key for key in data.serve_index if data.service_usd[key[:3]]], service_usd)
    build.add_each("workload_it_mw", data.serve_index, served)


def constrain(build: Build, data: WorkloadsData) -> None:
    """Meet targets, place load on sites, minimum campuses, tight links."""
    system = data.system
    serve = build.variables["serve_mw"]
    late, part = build.variables["unserved_mw"], build.variables["late_part_mw"]
    host, moved_mw = build.variables["host"], build.variables["moved_mw"]

    def served(w: Label, s: Label, p: Label) -> Expr:
        regions = pick(lambda *key: data.regions_at.get(key, ()), w, s, p)
        return sum_over(regions, lambda r, w, s, p: serve[w, r, s, p], w, s, p)

    def last_hosted(w: str) -> list[tuple[str, int]]:
        """Each site that may host a workload, with the last period of the horizon."""
        return list({s: p for w2, s, p in data.host_index if w2 == w}.items())

    divided = list(dict.fromkeys(key[:3] for key in data.band_index))
    alone = () if system.provided_by["it_limit_mw"] else data.serve_index

    @build.constraint(over=data.demand_periods, doc="target", unit="MW")
    def meet_target(w: Label, r: Label, p: Label) -> Relation:
        sites = pick(lambda *key: data.sites_of.get(key, ()), w, r, p)
        together = sum_over(sites, lambda s, w, r, p: serve[w, r, s, p], w, r, p)
        return together + late.get((w, r, p)) == at(data.target_mw, w, r, p)

    @build.constraint(over=divided, doc="parts of a target that is late", unit="MW")
    def late_parts(w: Label, r: Label, p: Label) -> Relation:
        parts_of = pick(lambda *key: tuple(range(len(data.bands[key]))), w, r, p)
        return late[w, r, p] == sum_over(parts_of, lambda i, w, r, p: part[w, r, p, i], w, r, p)

    @build.constraint(over=system.service_periods, doc="IT load of a site", unit="MW")
    def place(s: Label, p: Label) -> Relation:
        demands = pick(lambda *key: data.demands_at.get(key, ()), s, p)
        return build.it_mw[s, p] == sum_over(demands, lambda d, s, p: serve[*parts(d), s, p], s, p)

    @build.constraint(over=data.host_index, doc="least campus", unit="MW")
    def campus_floor(w: Label, s: Label, p: Label) -> Relation:
        return at(data.floor_mw, w, p) * host[w, s, p] <= served(w, s, p)

    @build.constraint(over=data.room_index, doc="campus load", unit="MW")
    def campus_room(w: Label, s: Label, p: Label) -> Relation:
        return served(w, s, p) <= at(data.host_limit_mw, w, s, p) * host[w, s, p]

    counted = [(w,) for w in sorted(data.max_sites)]

    @build.constraint(over=counted, doc="sites that host it", unit="sites")
    def campus_count(w: Label) -> Relation:
        hosts = sum_over(pick(last_hosted, w), lambda at_end, w: host[w, *parts(at_end)], w)
        return hosts <= at(data.max_sites, w)

    @build.constraint(over=data.move_index, doc="load that moves away")
    def moved(w: Label, s: Label, p: Label) -> Relation:
        return served(w, s, p - 1) - served(w, s, p) <= moved_mw[w, s, p]

    @build.constraint(over=alone, doc="service of a committed site", unit="MW")
    def link_limit(w: Label, r: Label, s: Label, p: Label) -> Relation:
        ready = reviewed(build, system, s, p)
        return serve[w, r, s, p] <= at(data.serve_limit_mw, w, r, s, p) * ready
