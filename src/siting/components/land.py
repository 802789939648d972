r"""Land: which federal sites are committed, when, and what the lease and the review cost.

Question: which sites are leased, on which date, and how much of their buildable land is used?
Assumptions: committing a site starts its review; nothing is built before the review is complete.
The path of the review follows from agency, action and the policies in force on the day of the
commitment; a policy that comes or goes later changes nothing. A commitment is never withdrawn.
Review and preparation are paid when the site is committed, rent on the acres taken from the day
work on them starts.

Formulation
-----------
    core             c[s,p-1] <= c[s,p]
    (area_limit)     sum_f a[f,s,p] <= A[s] * c[s,p]
    (it_limit)       it[s,p] <= U[s] * r[s,p]                 only when ``campus`` is off
    reviewed         r[s,p] = sum_{q: D[s,q] <= p} c[s,q] - c[s,q-1]
    (group_limit)    sum_{s in group} c[s,P] <= N[group]       an agency, a state, or all sites
    (yearly_limit)   sum_s c[s,P(y)] - c[s,P(y-1)] <= M        P(y) = last period of year y
    cost             sum_p d[p] * sum_s (K[s] + R[s,p]) * (c[s,p] - c[s,p-1])
                     + sum_p d[p] * L * years[p] * sum_{f,s} a[f,s,p]

Symbols
-------
    c[s,p]     commit, 1 once site s is committed      binary, core variable
    a[f,s,p]   acres taken by family f                 acres, ledger total ``acres``
    A[s]       buildable acres                         acres, site table
    U[s]       most IT load of a site                  MW
    D[s,q]     when the review of a commitment in q is complete: a policy can let a later
               commitment be reviewed earlier, so r is a signed sum over commitments
    K, R, L    preparation, review, rent               USD, USD, USD per acre and year
    d[p]       discount factor

Sources: review medians of NEPA documents and federal leases, see ``models/libraries/review.yaml``;
policies: ``models/libraries/policies.yaml``.
Limits: acres are those stated by agencies or estimated by rule; slope and soil are not modelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from siting.components.base import Build, Component, Expr, arrived
from siting.components.land_report import audit, report
from siting.components.land_settings import LandConfig, check
from siting.core.finance import present_year
from siting.core.system import System


@dataclass(frozen=True)
class LandData:
    """Numbers of the formulas; sites are sorted."""

    system: System
    commit_periods: tuple[tuple[str, int], ...]
    commit_cost_usd: Mapping[tuple[str, int], float]
    path: Mapping[tuple[str, int], str]
    """Review path of a site committed in a period; empty text for none."""
    buildable_acres: Mapping[str, float]
    lease_usd_per_acre_year: float
    group_limits: Mapping[str, tuple[tuple[str, ...], int]]
    """Constraint name -> (sites, most of them that may be committed)."""
    year_ends: tuple[tuple[int, int | None], ...]
    max_per_year: float | None


def prepare(system: System, config: LandConfig) -> LandData:
    """Select costs, acres and caps; pair each calendar year with its last period."""
    costs, paths, acres = {}, {}, {}
    for name, site in system.sites.items():
        own = site.preparation_usd
        for period, start in enumerate(system.calendar.starts):
            path = config.path_on(site, start)
            usd = (config.preparation_usd if own is None else own) + config.review_usd(path)
            costs[name, period], paths[name, period] = usd, path or ""
        if site.buildable_acres is not None:
            acres[name] = site.buildable_acres
    groups: dict[str, tuple[tuple[str, ...], int]] = {}
    if config.max_sites is not None:
        groups["all"] = (tuple(system.sites), config.max_sites)
    for agency, limit in sorted(config.max_sites_by_agency.items()):
        members = tuple(s for s, site in system.sites.items() if site.agency == agency)
        groups[f"agency {agency}"] = (members, limit)
    for state, limit in sorted(config.max_sites_by_state.items()):
        members = tuple(s for s, site in system.sites.items() if site.state == state)
        groups[f"state {state}"] = (members, limit)
    years = [day.year for day in system.calendar.starts]
    ends = {year: period for period, year in enumerate(years)}
    ordered = [ends[year] for year in sorted(ends)]
    pairs = tuple(zip(ordered, [None, *ordered[:-1]], strict=True))
    return LandData(
        system=system,
        commit_periods=tuple((s, p) for s in system.sites for p in system.calendar.periods),
        commit_cost_usd=costs,
        path=paths,
        buildable_acres=acres,
        lease_usd_per_acre_year=config.lease_usd_per_acre_year,
        group_limits=groups,
        year_ends=pairs,
        max_per_year=config.max_commitments_per_year,
    )


def declare(build: Build, data: LandData) -> None:
    """Charge the commitment when it is made."""
    calendar = data.system.calendar
    for site, period in data.commit_periods:
        newly = build.commit[site, period] - build.commit.get((site, period - 1))
        usd = data.commit_cost_usd[site, period]
        build.cost(period, calendar.discount(period) * usd * newly)
        build.add("overnight_usd", (period,), usd * newly)


def constrain(build: Build, data: LandData) -> None:
    """Add area, review and cap constraints, and the rent on the acres the others take."""
    system = data.system
    acre_usd = data.lease_usd_per_acre_year
    for site, period in data.commit_periods:
        acres = build.total("acres", (site, period))
        build.cost(period, acre_usd * present_year(system.calendar, period) * acres)

    def area_limit(site: str, period: int) -> tuple[Expr, Expr]:
        used = build.total("acres", (site, period))
        return used, data.buildable_acres[site] * build.commit[site, period]

    def it_limit(site: str, period: int) -> tuple[Expr, Expr]:
        ready = arrived(build.commit, (site,), system.review[site], period)
        return build.it_mw[site, period], system.it_limit_mw[site] * ready

    def group_limit(group: str) -> tuple[Expr, Expr]:
        members, limit = data.group_limits[group]
        last = len(system.calendar) - 1
        return sum(build.commit[site, last] for site in members), limit

    def yearly_limit(end: int, before: int | None) -> tuple[Expr, Expr]:
        done = sum(build.commit[s, end] for s in system.sites)
        earlier = 0 if before is None else sum(build.commit[s, before] for s in system.sites)
        return done - earlier, data.max_per_year

    with_acres = [pair for pair in data.commit_periods if pair[0] in data.buildable_acres]
    alone = [] if "campus" in system.families else system.service_periods
    yearly = data.year_ends if data.max_per_year is not None else ()
    build.at_most("area_limit", with_acres, area_limit, doc="acres in use", unit="acres")
    build.at_most("it_limit", alone, it_limit, doc="IT load of a committed site", unit="MW")
    groups = [(group,) for group in sorted(data.group_limits)]
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
    formulation=__doc__ or "",
)
