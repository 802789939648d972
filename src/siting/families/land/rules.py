"""Variables, ledger terms and constraints of ``land``; the formulation stands in the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from siting.core.finance import present_years
from siting.expressions.labels import Expr, Label, Relation, at, pick, sum_over
from siting.families.base import Build, Index, Variable, arrived, reviewed
from siting.families.land.data import LandData
from siting.families.land.options import constrain_options, declare_options


def declare(build: Build, data: LandData) -> None:
    """Declare reviews and tiering; charge commitments and reviews when they are made."""
    started = build.variable(
        "programmatic",
        data.programmatic_starts,
        domain="binary",
        doc="programmatic review started up to a period",
    )
    build.cumulative("programmatic_monotone", started, data.programmatic_starts)
    tier_periods = list(data.tiered)
    tiered = build.variable(
        "tiered", tier_periods, domain="binary", doc="site committed tiered up to a period"
    )
    build.cumulative("tiered_monotone", tiered, tier_periods)
    phase_periods = [key for key in data.commit_periods if key[0] in data.phase_acres]
    phases = build.variable(
        "phases",
        phase_periods,
        domain="integer",
        upper=lambda site, period: data.lease_phases,
        doc="phases of a lease begun up to a period",
    )
    build.cumulative("phase_monotone", phases, phase_periods)
    build.add_each("tiered", tier_periods, lambda s, p: ((s, p), tiered[s, p]))
    own_usd = {key: data.own[key].commit_usd for key in data.commit_periods}
    extra_usd = {key: data.tiered[key].commit_usd - own_usd[key] for key in tier_periods}
    review_usd = {key: data.programmatic[key[0]].cost_usd for key in data.programmatic_starts}
    _charge(build, data, build.commit, own_usd)
    _charge(build, data, tiered, extra_usd)
    _charge(build, data, started, review_usd)
    declare_options(build, data.system.calendar, data.options)


def _charge(
    build: Build, data: LandData, variable: Variable, usd: Mapping[tuple[str, int], float]
) -> None:
    """Cost and overnight spending of what a cumulative variable newly starts."""
    discount = {p: data.system.calendar.discount(p) for p in data.system.calendar.periods}

    def newly(item: Label, p: Label) -> Expr:
        return variable[item, p] - variable.get((item, p - 1))

    def cost(item: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(discount, p) * at(usd, item, p) * newly(item, p)

    def overnight(item: Label, p: Label) -> tuple[Index, Expr]:
        return (p,), at(usd, item, p) * newly(item, p)

    build.cost_each(usd, cost)
    build.add_each("overnight_usd", usd, overnight)


def constrain(build: Build, data: LandData) -> None:
    """Add area, review and cap constraints, and the rent."""
    _constrain_acres(build, data)
    _constrain_reviews(build, data)
    _constrain_caps(build, data)
    constrain_options(build, data.options)


def _constrain_acres(build: Build, data: LandData) -> None:
    """The acres the others take are held, or leased in phases; rent is paid on them."""
    phases = build.variables["phases"]
    years = present_years(data.system.calendar)

    def used(site: Label, period: Label) -> Expr:
        return build.total("acres", (site, period))

    def leased(site: Label, period: Label) -> Expr:
        return at(data.phase_acres, site) * phases[site, period]

    def rent(acres: Callable[[Label, Label], Expr], site: Label, p: Label) -> tuple[Label, Expr]:
        return p, data.lease_usd_per_acre_year * at(years, p) * acres(site, p)

    in_phases = [key for key in data.commit_periods if key[0] in data.phase_acres]
    at_once = [key for key in data.commit_periods if key[0] not in data.phase_acres]
    stated = [key for key in at_once if key[0] in data.buildable_acres]
    build.cost_each(at_once, lambda site, p: rent(used, site, p))
    build.cost_each(in_phases, lambda site, p: rent(leased, site, p))

    @build.constraint(over=stated, doc="acres in use", unit="acres")
    def area_limit(site: Label, period: Label) -> Relation:
        most = at(data.buildable_acres, site) * build.commit[site, period]
        return used(site, period) <= most

    @build.constraint(over=in_phases, doc="phases of a lease", unit="phases")
    def phase_limit(site: Label, period: Label) -> Relation:
        return phases[site, period] <= data.lease_phases * build.commit[site, period]

    @build.constraint(over=in_phases, doc="acres leased", unit="acres")
    def phase_area(site: Label, period: Label) -> Relation:
        return used(site, period) <= leased(site, period)


def _constrain_reviews(build: Build, data: LandData) -> None:
    """No load before the review; tiering from a review that is complete."""
    system = data.system
    tiered, started = build.variables["tiered"], build.variables["programmatic"]
    alone = [] if system.provided_by["it_limit_mw"] else system.service_periods

    @build.constraint(over=alone, doc="IT load of a committed site", unit="MW")
    def it_limit(site: Label, period: Label) -> Relation:
        ready = reviewed(build, system, site, period)
        return build.it_mw[site, period] <= at(system.it_limit_mw, site) * ready

    @build.constraint(over=data.tiered, doc="a new commitment may tier")
    def tiered_new(site: Label, period: Label) -> Relation:
        newly = tiered[site, period] - tiered.get((site, period - 1))
        return newly <= build.commit[site, period] - build.commit.get((site, period - 1))

    @build.constraint(over=data.tiered, doc="review to tier from")
    def tiered_after(site: Label, period: Label) -> Relation:
        review = pick(data.programmatic_of, site)
        complete = arrived(started, (review,), pick(data.programmatic_lag, review), period)
        return tiered[site, period] <= complete


def _constrain_caps(build: Build, data: LandData) -> None:
    """Caps on the number of sites, and on commitments a year."""
    sites, last = data.system.sites, len(data.system.calendar) - 1
    groups = [(group,) for group in sorted(data.group_limits)]
    yearly = data.year_ends if data.max_per_year is not None else ()

    @build.constraint(over=groups, doc="cap on sites", unit="sites")
    def group_limit(group: Label) -> Relation:
        members = pick(lambda g: data.group_limits[g][0], group)
        limit = at(lambda g: data.group_limits[g][1], group)
        return sum_over(members, lambda site: build.commit.get((site, last))) <= limit

    @build.constraint(over=yearly, doc="commitments a year", unit="sites")
    def yearly_limit(end: Label, before: Label) -> Relation:
        done = sum(build.commit.get((s, end)) for s in sites)
        earlier = sum(build.commit.get((s, before)) for s in sites)
        return done - earlier <= data.max_per_year
