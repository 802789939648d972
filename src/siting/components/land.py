r"""Land: which federal sites are committed, when, and what the lease and the review cost.

Question: which sites are leased, on which date, and how much of their buildable land is used?
Assumptions: committing a site starts its review; nothing is built before the review is complete.
The path of the review follows from agency, action and the policies in force on the day of the
commitment; a policy that comes or goes later changes nothing. A site may tier from a programmatic
review that is complete when it is committed: it then takes a path of its own, shorter as a rule.
A commitment is never withdrawn.
Review and preparation are paid when the site is committed, rent on the acres taken from the day
work on them starts; with ``lease_phases`` the acres that a site states are leased in equal parts,
each for good, and rent is paid on whole parts.

Formulation
-----------
    core             c[s,p-1] <= c[s,p]
    (area_limit)     sum_f a[f,s,p] <= A[s] * c[s,p]          where nothing is leased in phases
    (phase_monotone) h[s,p-1] <= h[s,p]
    (phase_limit)    h[s,p] <= n * c[s,p]
    (phase_area)     sum_f a[f,s,p] <= A[s] / n * h[s,p]
    (it_limit)       it[s,p] <= U[s] * r[s,p]                 only when ``campus`` is off
    reviewed         r[s,p] = sum_{q: D[s,q] <= p} own[s,q] + sum_{q: E[s,q] <= p} new t[s,q]
                     own[s,q] = new c[s,q] - new t[s,q],  new v[q] = v[q] - v[q-1]
    (programmatic_monotone) g[a,p-1] <= g[a,p],  (tiered_monotone) t[s,p-1] <= t[s,p]
    (tiered_new)     t[s,p] - t[s,p-1] <= c[s,p] - c[s,p-1]    only a new commitment can tier
    (tiered_after)   t[s,p] <= g[a(s), last(p)]               the review it tiers from is complete
    (group_limit)    sum_{s in group} c[s,P] <= N[group]       an agency, a state, or all sites
    (yearly_limit)   sum_s c[s,P(y)] - c[s,P(y-1)] <= M        P(y) = last period of year y
    cost             sum_p d[p] * sum_s (K[s] + R[s,p]) * own[s,p] + (K[s] + T[s,p]) * new t[s,p]
                     + sum_p d[p] * sum_a G[a] * (g[a,p] - g[a,p-1])
                     + sum_p d[p] * L * years[p] * (sum_{f,s} a[f,s,p], or sum_s A[s] / n * h[s,p])

Symbols
-------
    c[s,p]     commit, 1 once site s is committed      binary, core variable
    a[f,s,p]   acres taken by family f                 acres, ledger total ``acres``
    A[s]       buildable acres                         acres, site table
    h[s,p]     phases of the lease begun; n in all     count, integer, cumulative
    U[s]       most IT load of a site                  MW
    t[s,p]     site s committed, tiered up to p        binary, cumulative, ledger total ``tiered``
    g[a,p]     programmatic review a started           binary, cumulative
    D, E[s,q]  end of the review of a commitment in q, own and tiered: a policy can let a later
               commitment be reviewed earlier, so r is a signed sum over commitments
    K, R, L    preparation, review, rent               USD, USD, USD per acre and year
    T, G       tiered review, programmatic review      USD
    d[p]       discount factor; last(p) = latest start of the review that is complete in p

``tiered_after`` need hold only where t is new, but g in service never falls and t stays as it was,
so it holds in every later period as well. t is binary although c and g are: a site that tiers by
halves would be reviewed by halves on two dates and pay for half of each review. Acres in use never
fall, so ``phase_monotone`` only matters where rent is zero and a phase could be dropped again.

Sources: review medians of NEPA documents and federal leases, see ``models/libraries/review.yaml``;
policies and programmatic reviews: ``models/libraries/policies.yaml`` and ``programmatic.yaml``.
Limits: acres are those stated by agencies or estimated by rule; slope and soil are not modelled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from siting.components.base import Build, Component, Index, Variable, arrived, reviewed
from siting.components.land_report import audit, report
from siting.components.land_settings import LandConfig, ProgrammaticReview, check
from siting.components.whole import Expr, Label, at, whole
from siting.core.calendar import Lag, add_months
from siting.core.finance import present_years
from siting.core.system import System


@dataclass(frozen=True)
class Commitment:
    """What a commitment of a site in a period brings."""

    path: str
    """Review path; empty text for none."""
    commit_usd: float
    """Preparation and review [USD]."""
    done: date
    """When the review is complete."""


@dataclass(frozen=True)
class LandData:
    """Numbers of the formulas; sites are sorted."""

    system: System
    commit_periods: tuple[tuple[str, int], ...]
    own: Mapping[tuple[str, int], Commitment]
    """A site committed in a period with a review of its own."""
    tiered: Mapping[tuple[str, int], Commitment]
    """The same tiered, from the first period that can."""
    programmatic: Mapping[str, ProgrammaticReview]
    """Programmatic reviews that some site can use."""
    programmatic_of: Mapping[str, str]
    programmatic_lag: Mapping[str, Lag]
    programmatic_starts: tuple[tuple[str, int], ...]
    buildable_acres: Mapping[str, float]
    lease_usd_per_acre_year: float
    lease_phases: int
    phase_acres: Mapping[str, float]
    """Acres of a phase, of sites leased in phases."""
    group_limits: Mapping[str, tuple[tuple[str, ...], int]]
    """Constraint name -> (sites, most of them that may be committed)."""
    year_ends: tuple[tuple[int, int | None], ...]
    max_per_year: float | None


def prepare(system: System, config: LandConfig) -> LandData:
    """Select costs, acres and caps; pair each calendar year with its last period."""
    own, tiered = _commitments(system, config)
    acres = {
        s: site.buildable_acres
        for s, site in system.sites.items()
        if site.buildable_acres is not None
    }
    phases = config.lease_phases
    covers = {s: config.programmatic_of(s, system.sites[s]) for s in system.tiered_review}
    reviews = {a: r for a, r in sorted(config.programmatic.items()) if a in covers.values()}
    lags = {
        a: system.calendar.lag(partial(add_months, months=review.months))
        for a, review in reviews.items()
    }
    years = [day.year for day in system.calendar.starts]
    ends = {year: period for period, year in enumerate(years)}
    ordered = [ends[year] for year in sorted(ends)]
    return LandData(
        system=system,
        commit_periods=tuple((s, p) for s in system.sites for p in system.calendar.periods),
        own=own,
        tiered=tiered,
        programmatic=reviews,
        programmatic_of={s: a for s, a in covers.items() if a is not None},
        programmatic_lag=lags,
        programmatic_starts=tuple((a, p) for a in lags for p in range(lags[a].starts[-1] + 1)),
        buildable_acres=acres,
        lease_usd_per_acre_year=config.lease_usd_per_acre_year,
        lease_phases=phases,
        phase_acres={s: held / phases for s, held in acres.items() if phases and held > 0},
        group_limits=_groups(system, config),
        year_ends=tuple(zip(ordered, [None, *ordered[:-1]], strict=True)),
        max_per_year=config.max_commitments_per_year,
    )


def _commitments(
    system: System, config: LandConfig
) -> tuple[dict[tuple[str, int], Commitment], dict[tuple[str, int], Commitment]]:
    """Own and tiered commitments by site and period."""
    own, tiered = {}, {}
    for s, site in system.sites.items():
        stated = site.preparation_usd
        usd = config.preparation_usd if stated is None else stated
        review = config.programmatic_of(s, site)
        dates = system.tiered_dates.get(s, {})
        for p, day in enumerate(system.calendar.starts):
            path = config.path_on(site, day)
            cost = usd + config.review_usd(path)
            own[s, p] = Commitment(path or "", cost, system.review_done(s, day))
            if review is not None and day in dates:
                path = config.tiered_path_on(review, site, day)
                tiered[s, p] = Commitment(path or "", usd + config.review_usd(path), dates[day])
    return own, tiered


def _groups(system: System, config: LandConfig) -> dict[str, tuple[tuple[str, ...], int]]:
    """Caps on the number of sites."""
    groups: dict[str, tuple[tuple[str, ...], int]] = {}
    if config.max_sites is not None:
        groups["all"] = (tuple(system.sites), config.max_sites)
    for agency, limit in sorted(config.max_sites_by_agency.items()):
        members = tuple(s for s, site in system.sites.items() if site.agency == agency)
        groups[f"agency {agency}"] = (members, limit)
    for state, limit in sorted(config.max_sites_by_state.items()):
        members = tuple(s for s, site in system.sites.items() if site.state == state)
        groups[f"state {state}"] = (members, limit)
    return groups


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


def _constrain_acres(build: Build, data: LandData) -> None:
    """The acres the others take are held, or leased in phases; rent is paid on them."""
    phases = build.variables["phases"]
    years = present_years(data.system.calendar)

    def used(site: Label, period: Label) -> Expr:
        return build.total("acres", (site, period))

    def leased(site: Label, period: Label) -> Expr:
        return at(data.phase_acres, site) * phases[site, period]

    @whole
    def area_limit(site: Label, period: Label) -> tuple[Expr, Expr]:
        most = at(data.buildable_acres, site) * build.commit[site, period]
        return used(site, period), most

    def phase_limit(site: str, period: int) -> tuple[Expr, Expr]:
        return phases[site, period], data.lease_phases * build.commit[site, period]

    def phase_area(site: str, period: int) -> tuple[Expr, Expr]:
        return used(site, period), leased(site, period)

    def rent(acres: Callable[[Label, Label], Expr], site: Label, p: Label) -> tuple[Label, Expr]:
        return p, data.lease_usd_per_acre_year * at(years, p) * acres(site, p)

    in_phases = [key for key in data.commit_periods if key[0] in data.phase_acres]
    at_once = [key for key in data.commit_periods if key[0] not in data.phase_acres]
    stated = [key for key in at_once if key[0] in data.buildable_acres]
    build.cost_each(at_once, lambda site, p: rent(used, site, p))
    build.cost_each(in_phases, lambda site, p: rent(leased, site, p))
    build.at_most("area_limit", stated, area_limit, doc="acres in use", unit="acres")
    build.at_most("phase_limit", in_phases, phase_limit, doc="phases of a lease", unit="phases")
    build.at_most("phase_area", in_phases, phase_area, doc="acres leased", unit="acres")


def _constrain_reviews(build: Build, data: LandData) -> None:
    """No load before the review; tiering from a review that is complete."""
    system = data.system
    tiered, started = build.variables["tiered"], build.variables["programmatic"]

    def it_limit(site: str, period: int) -> tuple[Expr, Expr]:
        ready = reviewed(build, system, site, period)
        return build.it_mw[site, period], system.it_limit_mw[site] * ready

    def tiered_new(site: str, period: int) -> tuple[Expr, Expr]:
        newly = tiered[site, period] - tiered.get((site, period - 1))
        return newly, build.commit[site, period] - build.commit.get((site, period - 1))

    def tiered_after(site: str, period: int) -> tuple[Expr, Expr]:
        review = data.programmatic_of[site]
        complete = arrived(started, (review,), data.programmatic_lag[review], period)
        return tiered[site, period], complete

    alone = [] if "campus" in system.families else system.service_periods
    build.at_most("it_limit", alone, it_limit, doc="IT load of a committed site", unit="MW")
    build.at_most("tiered_new", data.tiered, tiered_new, doc="a new commitment may tier")
    build.at_most("tiered_after", data.tiered, tiered_after, doc="review to tier from")


def _constrain_caps(build: Build, data: LandData) -> None:
    """Caps on the number of sites, and on commitments a year."""
    sites, last = data.system.sites, len(data.system.calendar) - 1

    def group_limit(group: str) -> tuple[Expr, Expr]:
        members, limit = data.group_limits[group]
        return sum(build.commit[site, last] for site in members), limit

    def yearly_limit(end: int, before: int | None) -> tuple[Expr, Expr]:
        done = sum(build.commit[s, end] for s in sites)
        earlier = 0 if before is None else sum(build.commit[s, before] for s in sites)
        return done - earlier, data.max_per_year

    groups = [(group,) for group in sorted(data.group_limits)]
    yearly = data.year_ends if data.max_per_year is not None else ()
    build.at_most("group_limit", groups, group_limit, doc="cap on sites", unit="sites")
    build.at_most("yearly_limit", yearly, yearly_limit, doc="commitments a year", unit="sites")


COMPONENT = Component(
    name="land",
    config=LandConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    purchases={"programmatic": "by_period", "phases": "by_period"},
    formulation=__doc__ or "",
)
