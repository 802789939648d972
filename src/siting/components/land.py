r"""Land: which federal sites are committed, when, and what the lease and the review cost.

Question: which sites are leased, on which date, and how much of their buildable land is used?
Assumptions: committing a site starts its review; nothing is built before the review is complete.
A commitment is never withdrawn. Review and preparation are paid when the site is committed, rent
on the acres taken from the day work on them starts.

Formulation
-----------
    core             c[s,p-1] <= c[s,p]
    (area_limit)     sum_f a[f,s,p] <= A[s] * c[s,p]
    (it_limit)       it[s,p] <= U[s] * c[s, last(p)]          only when ``campus`` is off
    (group_limit)    sum_{s in group} c[s,P] <= N[group]       an agency, a state, or all sites
    (yearly_limit)   sum_s c[s,P(y)] - c[s,P(y-1)] <= M        P(y) = last period of year y
    cost             sum_p d[p] * sum_s (K[s] + R[s]) * (c[s,p] - c[s,p-1])
                     + sum_p d[p] * L * years[p] * sum_{f,s} a[f,s,p]

Symbols
-------
    c[s,p]     commit, 1 once site s is committed      binary, core variable
    a[f,s,p]   acres taken by family f                 acres, ledger total ``acres``
    A[s]       buildable acres                         acres, site table
    U[s]       most IT load of a site                  MW
    K, R, L    preparation, review, rent               USD, USD, USD per acre and year
    d[p]       discount factor; last(p) = latest commitment whose review is complete in p

Sources: review medians of NEPA documents and federal leases, see ``models/libraries/review.yaml``.
Limits: acres are those stated by agencies or estimated by rule; slope and soil are not modelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field

from siting.components.base import Build, Component, Expr, Values, arrived, steps
from siting.core.audit import AuditResult, Finding, day, exceeds, number, rows_of, sum_by
from siting.core.calendar import add_months
from siting.core.errors import Issue
from siting.core.finance import add_to, present_year
from siting.core.records import Record
from siting.core.strict import Count, Identifier, NonNegative, Positive, StrictModel
from siting.core.system import System
from siting.core.table import Cell, Table


class ReviewPath(Record):
    """A review before construction, for instance an environmental assessment."""

    months: NonNegative
    """From commitment to a signed decision [months]."""
    cost_usd: NonNegative = 0.0
    """Paid when the site is committed [USD]."""


class LandConfig(StrictModel):
    """Settings of ``land``."""

    review_paths: dict[Identifier, ReviewPath] = Field(default_factory=dict)
    path_by_agency: dict[str, Identifier] = Field(default_factory=dict)
    """Review path of each agency; a site's own ``review_path`` comes first."""
    default_path: Identifier | None = None
    """Path of the other sites; none means no review."""
    preparation_usd: NonNegative = 0.0
    """One-off cost of committing a site [USD]; a site's own figure comes first."""
    lease_usd_per_acre_year: NonNegative = 0.0
    """Rent of the acres in use [USD per acre and year]."""
    max_sites: Count | None = None
    max_sites_by_agency: dict[str, Count] = Field(default_factory=dict)
    max_sites_by_state: dict[str, Count] = Field(default_factory=dict)
    max_commitments_per_year: Positive | None = None

    def path_of(self, agency: str, own: str | None) -> str | None:
        """Review path of a site, or None."""
        return own or self.path_by_agency.get(agency) or self.default_path


@dataclass(frozen=True)
class LandData:
    """Numbers of the formulas; sites are sorted."""

    system: System
    commit_periods: tuple[tuple[str, int], ...]
    commit_cost_usd: Mapping[str, float]
    path: Mapping[str, str]
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
        path = config.path_of(site.agency, site.review_path)
        own = site.preparation_usd
        review_usd = config.review_paths[path].cost_usd if path else 0.0
        costs[name] = (config.preparation_usd if own is None else own) + review_usd
        paths[name] = path or ""
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
        usd = data.commit_cost_usd[site]
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


def report(values: Values, data: LandData) -> dict[str, Table]:
    """One row a committed site."""
    calendar = data.system.calendar
    rows: list[dict[str, Cell]] = []
    for site in data.system.sites:
        for period, _ in steps(values, "core.commit", (site,), calendar.periods):
            committed = calendar.starts[period]
            rows.append(
                {
                    "site": site,
                    "review_path": data.path[site],
                    "commit_date": committed,
                    "review_done_date": add_months(committed, data.system.review_months[site]),
                    "commit_usd": data.commit_cost_usd[site],
                }
            )
    columns = ("site", "review_path", "commit_date", "review_done_date", "commit_usd")
    return {"commitments": Table.of(columns, rows)}


def audit(data: LandData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check reviews, acres and caps; recompute commitment cost and rent."""
    calendar = data.system.calendar
    findings: list[Finding] = []
    cost: dict[int, float] = {}
    committed: dict[str, int] = {}
    for row_name, row in rows_of(tables, "commitments"):
        site, start = str(row["site"]), day(row, "commit_date")
        period = None if start is None else calendar.period_at(start)
        if site not in data.system.sites or start is None or period is None or site in committed:
            findings.append(Finding("land.commitment", row_name, "not one commitment of a site"))
            continue
        committed[site] = period
        done = add_months(start, data.system.review_months[site])
        if day(row, "review_done_date") != done or (row["review_path"] or "") != data.path[site]:
            findings.append(Finding("land.review", row_name, f"its review ends on {done}"))
        if exceeds(abs(number(row, "commit_usd") - data.commit_cost_usd[site]), 0):
            findings.append(
                Finding("land.cost", row_name, f"it costs {data.commit_cost_usd[site]} USD")
            )
        add_to(cost, {period: calendar.discount(period) * data.commit_cost_usd[site]})
    findings += _audit_acres(data, tables, committed, cost)
    findings += _audit_caps(data, committed)
    findings += _audit_service(data, tables, committed)
    spent: dict[int, float] = {}
    for site, period in committed.items():
        add_to(spent, {period: data.commit_cost_usd[site]})
    return AuditResult(tuple(findings), cost, spent)


def _audit_acres(
    data: LandData,
    tables: Mapping[str, Table],
    committed: Mapping[str, int],
    cost: dict[int, float],
) -> list[Finding]:
    """Acres taken from the start of work, against the buildable acres; adds the rent."""
    calendar = data.system.calendar
    taken: dict[tuple[str, int], float] = {}
    for name, place in (("halls", "site"), ("plants", "location")):
        for _, row in rows_of(tables, name):
            start = day(row, "start_date")
            first = len(calendar) if start is None else calendar.period_from(start)
            for period in calendar.periods[first:]:
                key = (str(row[place]), period)
                if key[0] in data.system.sites:
                    taken[key] = taken.get(key, 0.0) + number(row, "acres")
    findings = []
    for (site, period), acres in sorted(taken.items()):
        rent = data.lease_usd_per_acre_year * present_year(calendar, period) * acres
        add_to(cost, {period: rent})
        held = data.buildable_acres.get(site, acres)
        limit = held if committed.get(site, len(calendar)) <= period else 0.0
        if exceeds(acres, limit):
            what = f"{acres:.3f} acres in use from {calendar.starts[period]}, {limit:.3f} held"
            findings.append(Finding("land.area_limit", f"site {site}", what))
    return findings


def _audit_caps(data: LandData, committed: Mapping[str, int]) -> list[Finding]:
    """Caps on the number of sites."""
    findings = []
    for group, (members, limit) in sorted(data.group_limits.items()):
        count = sum(site in committed for site in members)
        if count > limit:
            findings.append(Finding("land.group_limit", group, f"{count} sites, at most {limit}"))
    if data.max_per_year is not None:
        years = [data.system.calendar.starts[period].year for period in committed.values()]
        findings += [
            Finding("land.yearly_limit", str(year), f"{years.count(year)} commitments")
            for year in sorted(set(years))
            if years.count(year) > data.max_per_year
        ]
    return findings


def _audit_service(
    data: LandData, tables: Mapping[str, Table], committed: Mapping[str, int]
) -> list[Finding]:
    """No IT load before the review is complete, never more than the site's limit."""
    calendar = data.system.calendar
    load = sum_by(tables, "service", ("site",), "it_mw", calendar)
    findings = []
    for (site, period), it_mw in sorted(load.items()):
        start = committed.get(site)
        ready = (
            None
            if start is None
            else add_months(calendar.starts[start], data.system.review_months[site])
        )
        is_ready = ready is not None and ready <= calendar.starts[period]
        limit = data.system.it_limit_mw.get(site, 0.0) if is_ready else 0.0
        if exceeds(it_mw, limit):
            what = f"{it_mw:.3f} MW on {calendar.starts[period]}, at most {limit:.3f}"
            findings.append(Finding("land.it_limit", f"site {site}", what))
    return findings


def check(system: System, config: LandConfig) -> list[Issue]:
    """Review paths that exist; agencies and states that occur."""
    known = sorted(config.review_paths)
    issues = []
    named = {f"path_by_agency.{agency}": path for agency, path in config.path_by_agency.items()}
    if config.default_path:
        named["default_path"] = config.default_path
    for place, path in sorted(named.items()):
        if path not in config.review_paths:
            issues.append(
                Issue(
                    f"components.land.{place}",
                    f"unknown review path '{path}'",
                    f"one of {known}",
                    "Correct it or add it to review_paths",
                )
            )
    for name, site in system.sites.items():
        if site.review_path and site.review_path not in config.review_paths:
            issues.append(
                Issue(
                    f"sites.{name}.review_path",
                    f"unknown review path '{site.review_path}'",
                    f"one of {known}",
                    "Correct it or add it to components.land.review_paths",
                )
            )
    groups = {
        "max_sites_by_agency": (
            config.max_sites_by_agency,
            {s.agency for s in system.sites.values()},
        ),
        "max_sites_by_state": (config.max_sites_by_state, {s.state for s in system.sites.values()}),
    }
    for setting, (limits, present) in groups.items():
        for group in sorted(set(limits) - present):
            issues.append(
                Issue(
                    f"components.land.{setting}.{group}",
                    f"no site belongs to '{group}'",
                    f"one of {sorted(present)}",
                    "Correct it or remove the cap",
                )
            )
    return issues


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
