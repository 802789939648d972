"""Variables, ledger terms and constraints of ``curtailment``; the formulation stands in the package."""

from __future__ import annotations

from siting.core.finance import present_years
from siting.core.units import HOURS_PER_YEAR
from siting.expressions.labels import Expr, Label, Relation, at, pick, sum_over
from siting.families.base import Build, Index
from siting.families.curtailment.connections import connected, constrain_openings
from siting.families.curtailment.data import CurtailmentData
from siting.families.curtailment.parts import against_part_connections, delivered
from siting.families.curtailment.settings import slopes


def declare(build: Build, data: CurtailmentData) -> None:
    """Declare tiers, draws and pauses; add what gives way and what is lost."""
    choices = [(s, t) for s in data.sites for t in data.tiers]
    build.variable("tier", choices, domain="binary", doc="site chooses a tier")
    draw = build.variable(
        "draw_mw",
        data.draws,
        upper=lambda s, t, p: at(data.system.draw_limit_mw, s, p),
        doc="draw under a tier",
    )
    paused = build.variable("paused_mw", data.pauses, doc="flexible load that pauses")
    serves = build.variable(
        "serves",
        data.opening_index,
        upper=lambda s, p: 1.0,
        doc="connection of a site is in service under its tier",
    )
    share_lost = {t: data.share[t] / data.depth[t] for t in data.tiers[1:]}
    usd = {
        p: years * HOURS_PER_YEAR * data.lost_usd_per_mwh
        for p, years in present_years(data.system.calendar).items()
    }

    def gives(s: Label, t: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(data.depth, t) * draw[s, t, p]

    def lost(s: Label, t: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(share_lost, t) * paused[s, t, p]

    def cost(s: Label, t: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(usd, p) * (at(share_lost, t) * paused[s, t, p])

    build.add_each("give_way_mw", data.pauses, gives)
    build.add_each("lost_mw", data.pauses, lost)
    build.cost_each(data.pauses, cost)
    build.add_each("connected", data.opening_index, lambda s, p: ((s, p), serves[s, p]))


def constrain(build: Build, data: CurtailmentData) -> None:
    """Tiers of sites, then the curves of zones, then what tightens the relaxation."""
    _constrain_sites(build, data)
    constrain_openings(build, data)
    _constrain_backup(build, data)
    _constrain_zones(build, data)
    against_part_connections(build, data)


def _constrain_sites(build: Build, data: CurtailmentData) -> None:
    """One tier a site, and something that gives way behind it."""
    tier, draw = build.variables["tier"], build.variables["draw_mw"]
    pauses = build.variables["paused_mw"]
    last = len(data.system.calendar) - 1
    soft = data.tiers[1:]
    pairs = sorted({(s, p) for s, _, p in data.draws})
    sites = [(s,) for s in data.sites]

    @build.constraint(over=sites, doc="tier of a committed site")
    def one_tier(s: Label) -> Relation:
        return sum(tier[s, t] for t in data.tiers) <= build.commit[s, last]

    @build.constraint(over=pairs, doc="draw by tier", unit="MW")
    def tier_draw(s: Label, p: Label) -> Relation:
        return sum(draw[s, t, p] for t in data.tiers) == build.total("grid_mw", (s, p))

    @build.constraint(over=data.draws, doc="draw of the tier chosen")
    def tier_choice(s: Label, t: Label, p: Label) -> Relation:
        return draw[s, t, p] <= at(data.system.draw_limit_mw, s, p) * tier[s, t]

    @build.constraint(over=data.draws, doc="connection of the tier")
    def tier_connected(s: Label, t: Label, p: Label) -> Relation:
        most = at(data.system.draw_limit_mw, s, p) * connected(build, data, s, t, p)
        return draw[s, t, p] <= most

    @build.constraint(over=pairs, doc="only load can give way", unit="MW")
    def real_load(s: Label, p: Label) -> Relation:
        return sum(draw[s, t, p] for t in soft) <= build.total("facility_mw", (s, p))

    @build.constraint(over=data.pauses, doc="what pauses gives way", unit="MW")
    def paused(s: Label, t: Label, p: Label) -> Relation:
        return pauses[s, t, p] <= at(data.depth, t) * draw[s, t, p]

    @build.constraint(over=pairs, doc="flexible load", unit="MW")
    def flexible(s: Label, p: Label) -> Relation:
        able = sum(
            share * build.total("workload_it_mw", (w, s, p)) for w, share in data.flexible.items()
        )
        return sum(pauses[s, t, p] for t in soft) <= able

    @build.constraint(over=pairs, doc="load in peak hours", unit="MW")
    def peak_balance(s: Label, p: Label) -> Relation:
        load = build.total("facility_mw", (s, p)) - sum(pauses[s, t, p] for t in soft)
        gives = build.total("give_way_mw", (s, p))
        return load <= build.total("grid_mw", (s, p)) - gives + build.total(
            "onsite_firm_mw", (s, p)
        )


def _constrain_backup(build: Build, data: CurtailmentData) -> None:
    """Something gives way, and what does not pause is made on site; no site is partly firm and pauses
    the flexible share of all its load."""
    draw, paused = build.variables["draw_mw"], build.variables["paused_mw"]
    soft = data.tiers[1:]
    most = max(data.flexible.values(), default=0.0)
    pairs = sorted({(s, p) for s, _, p in data.draws})

    @build.constraint(over=pairs, doc="something gives way", unit="MW")
    def given_way(s: Label, p: Label) -> Relation:
        pauses = sum(paused[s, t, p] for t in soft)
        gives = build.total("give_way_mw", (s, p))
        return gives <= pauses + build.total("onsite_firm_mw", (s, p))

    @build.constraint(over=pairs, doc="what does not pause", unit="MW")
    def pause_backed(s: Label, p: Label) -> Relation:
        kept = sum((1 - data.depth[t]) * draw[s, t, p] for t in soft)
        backed = build.total("onsite_firm_mw", (s, p)) + kept
        return (1 - most) * sum(paused[s, t, p] for t in soft) <= most * backed

    @build.constraint(over=pairs, doc="energy of backup", unit="MW")
    def backup_energy(s: Label, p: Label) -> Relation:
        replaced = sum(
            data.share[t] / data.depth[t] * (data.depth[t] * draw[s, t, p] - paused[s, t, p])
            for t in soft
        )
        return replaced <= build.total("onsite_output_mw", (s, p))


def _constrain_zones(build: Build, data: CurtailmentData) -> None:
    """What the tiers of a zone offer covers what its load needs."""
    draw = build.variables["draw_mw"]
    rivals = data.system.rival_mw
    slope, excused = {}, {}
    for (z, p), points in sorted(data.curve.items()):
        taken = rivals.get(("zone", z, p), 0.0)
        for k, (rise, intercept) in enumerate(slopes(list(points))):
            slope[z, p, k] = rise
            excused[z, p, k] = data.needed_mw(z, p, taken) - rise * taken - intercept

    def beyond(z: Label, p: Label) -> Expr:
        sites = pick(data.sites_in, z)
        drawn = sum_over(sites, lambda s, p: build.total("grid_mw", (s, p)), p)
        return drawn - delivered(build, z, p)

    def offered(s: Label, p: Label) -> Expr:
        return sum(data.share[t] * draw.get((s, t, p)) for t in data.tiers[1:])

    @build.constraint(over=list(slope), doc="energy given up in a zone", unit="average MW")
    def curve(z: Label, p: Label, k: Label) -> Relation:
        given_up = sum_over(pick(data.sites_in, z), offered, p)
        return at(slope, z, p, k) * beyond(z, p) <= at(excused, z, p, k) + given_up

    @build.constraint(over=sorted(data.curve), doc="zone headroom", unit="MW")
    def curve_end(z: Label, p: Label) -> Relation:
        return beyond(z, p) <= at(data.end_mw, z, p)
