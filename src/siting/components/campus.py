r"""Campus: data halls built in whole blocks of IT MW at committed sites.

Question: how many halls does each site get, when are they started and when are they energised?
Assumptions: a hall starts after the site's review, takes ``shell_months``, and is paid for by an
annuity from the first period in which it can be energised. Halls are never removed. A site has room
for whole halls only: ``max_it_mw`` and acres are cut to them, so 250 MW and halls of 100 MW are two. The
minimum campus counts halls that are energised by the end of the horizon, whether they carry load or not.

Formulation
-----------
    (halls_monotone)  h[s,p-1] <= h[s,p]
    (ready)           h[s,p] <= H[s] * r[s,p]
    (energised)       it[s,p] <= B * h[s, last_shell(p)]
    (minimum_campus)  B * h[s,P] >= M * c[s,P]
    (ramp)            h[s,p] - h[s,p-1] <= max(1, R * years[p] / B) at sites reviewed by p
    cost              sum_p d[p] years[p] sum_s (crf * K + O) * B * h[s, last_shell(p)]
    acres             B * a * h[s,p]

Symbols
-------
    h[s,p]   halls started up to and including period p       count, integer, cumulative
    r[s,p]   site committed and reviewed, see ``land``        0 or 1
    H[s]     most halls that acres and the IT limit allow     count
    B        IT load of a hall                                MW
    M        minimum campus                                   MW
    R        ramp limit                                       MW a year
    K, O     overnight cost, fixed operation                  USD per IT MW (and year)
    a        land                                             acres per IT MW

Sources: shell and fit-out months, cost per MW: ``models/libraries/workloads.yaml``.
Limits: one kind of hall; the chips themselves are not costed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor, inf

from siting.components.base import Build, Component, Index, Values, arrived, reviewed, steps
from siting.components.whole import Expr, Label, at, pick, whole
from siting.core.audit import AuditResult, Finding, day, exceeds, is_near, number, rows_of, sum_by
from siting.core.calendar import Calendar, Lag, add_months
from siting.core.finance import (
    add_to,
    capital_by_period,
    capital_recovery,
    present_year,
    present_years,
)
from siting.core.records import Site
from siting.core.strict import NonNegative, Positive, StrictModel
from siting.core.system import System
from siting.core.table import Cell, Table

ROUNDING = 1e-9
"""Halls by which a quotient may miss a whole number through rounding."""


class CampusConfig(StrictModel):
    """Settings of ``campus``."""

    hall_it_mw: Positive
    """IT load of one hall [MW]."""
    shell_months: NonNegative
    """From start of construction to a hall that can be energised [months]."""
    overnight_usd_per_it_mw: NonNegative = 0.0
    """Shell, power and cooling, without chips [USD per IT MW]."""
    lifetime_years: Positive = 20.0
    fixed_om_usd_per_it_mw_year: NonNegative = 0.0
    acres_per_it_mw: NonNegative = 0.0
    min_campus_it_mw: NonNegative = 0.0
    """A committed site reaches at least this by the horizon's end [MW]."""
    max_new_it_mw_per_year: Positive | None = None
    """Halls started at one site [IT MW a year]; at least one hall a period is allowed."""

    def ramp_halls(self, calendar: Calendar) -> dict[int, int]:
        """Halls that a site may start in each period; empty where there is no limit."""
        if self.max_new_it_mw_per_year is None:
            return {}
        rate = self.max_new_it_mw_per_year / self.hall_it_mw
        return {p: max(1, int(rate * calendar.years(p))) for p in calendar.periods}

    def most_halls(self, site: Site, load_mw: float) -> int:
        """Most halls worth building at a site: those of the load or of the minimum campus, as far
        as its acres and its own limit have room."""
        useful = ceil(max(load_mw, self.min_campus_it_mw) / self.hall_it_mw - ROUNDING)
        room = inf if site.max_it_mw is None else site.max_it_mw / self.hall_it_mw
        if self.acres_per_it_mw > 0 and site.buildable_acres is not None:
            room = min(room, site.buildable_acres / (self.acres_per_it_mw * self.hall_it_mw))
        return useful if room == inf else min(useful, floor(room + ROUNDING))


@dataclass(frozen=True)
class CampusData:
    """Numbers of the formulas."""

    system: System
    hall_it_mw: float
    lag: Lag
    shell_months: float
    max_halls: Mapping[str, int]
    start_periods: tuple[tuple[str, int], ...]
    acre_periods: tuple[tuple[str, int], ...]
    last_start: Mapping[str, int]
    acres_per_hall: float
    overnight_usd: float
    lifetime_years: float
    fixed_om_usd: float
    min_campus_it_mw: float
    ramp_halls: Mapping[int, int]


def prepare(system: System, config: CampusConfig) -> CampusData:
    """Compute the most halls of each site, and the periods in which one may start."""
    calendar, block = system.calendar, config.hall_it_mw
    lag = calendar.lag(lambda day: add_months(day, config.shell_months))
    usable = lag.starts[-1] if lag.starts else -1
    halls = {
        site: config.most_halls(system.sites[site], limit)
        for site, limit in system.it_limit_mw.items()
    }
    starts = []
    for site in system.sites:
        first = system.first_reviewed.get(site)
        if first is not None and halls.get(site, 0) > 0:
            starts += [(site, p) for p in range(first, usable + 1)]
    last = {site: period for site, period in starts}
    first_start = {site: period for site, period in reversed(starts)}
    return CampusData(
        system=system,
        hall_it_mw=block,
        lag=lag,
        shell_months=config.shell_months,
        max_halls=halls,
        start_periods=tuple(starts),
        acre_periods=tuple((s, p) for s in last for p in range(first_start[s], len(calendar))),
        last_start=last,
        acres_per_hall=config.acres_per_it_mw * block,
        overnight_usd=config.overnight_usd_per_it_mw * block,
        lifetime_years=config.lifetime_years,
        fixed_om_usd=config.fixed_om_usd_per_it_mw_year * block,
        min_campus_it_mw=config.min_campus_it_mw,
        ramp_halls=config.ramp_halls(calendar),
    )


def declare(build: Build, data: CampusData) -> None:
    """Declare halls; charge them from the first period they can be energised."""
    calendar = data.system.calendar
    halls = build.variable(
        "halls",
        data.start_periods,
        domain="integer",
        upper=lambda site, period: at(data.max_halls, site),
        doc="halls started up to a period",
    )
    build.cumulative("halls_monotone", halls, data.start_periods)
    yearly = data.overnight_usd * capital_recovery(calendar.discount_rate_frac, data.lifetime_years)
    years = present_years(calendar)

    def usd(site: Label, period: Label) -> tuple[Label, Expr]:
        built = arrived(halls, (site,), data.lag, period)
        return period, (yearly + data.fixed_om_usd) * at(years, period) * built

    def acres(site: Label, period: Label) -> tuple[Index, Expr]:
        start = pick(lambda s, p: min(p, data.last_start[s]), site, period)
        return (site, period), data.acres_per_hall * halls[site, start]

    def overnight(site: Label, period: Label) -> tuple[Index, Expr]:
        newly = halls[site, period] - halls.get((site, period - 1))
        return (period,), data.overnight_usd * newly

    build.cost_each(data.system.service_periods, usd)
    build.add_each("acres", data.acre_periods, acres)
    build.add_each("overnight_usd", data.start_periods, overnight)


def constrain(build: Build, data: CampusData) -> None:
    """Halls after the review, load within energised halls, minimum campus, ramp."""
    system = data.system
    halls = build.variables["halls"]

    @whole
    def ready(site: Label, period: Label) -> tuple[Expr, Expr]:
        done = reviewed(build, system, site, period)
        return halls[site, period], at(data.max_halls, site) * done

    @whole
    def energised(site: Label, period: Label) -> tuple[Expr, Expr]:
        built = arrived(halls, (site,), data.lag, period)
        return build.it_mw[site, period], data.hall_it_mw * built

    def minimum_campus(site: str) -> tuple[Expr, Expr]:
        need = data.min_campus_it_mw * build.commit[site, len(system.calendar) - 1]
        return need, data.hall_it_mw * halls.get((site, data.last_start.get(site, -1)))

    @whole
    def ramp(site: Label, period: Label) -> tuple[Expr, Expr]:
        newly = halls[site, period] - halls.get((site, period - 1))
        return newly, at(data.ramp_halls, period) * reviewed(build, system, site, period)

    ramped = data.start_periods if data.ramp_halls else ()
    sites = [(site,) for site in system.sites] if data.min_campus_it_mw else []
    build.at_most("ready", data.start_periods, ready, doc="halls start after the review")
    build.at_most("energised", system.service_periods, energised, doc="IT load", unit="MW")
    build.at_most("minimum_campus", sites, minimum_campus, doc="minimum campus", unit="MW")
    build.at_most("ramp", ramped, ramp, doc="halls started in a period", unit="halls")


COLUMNS = ("site", "count", "block_mw", "acres", "start_date", "in_service_date")


def report(values: Values, data: CampusData) -> dict[str, Table]:
    """One row a site and start period."""
    rows = []
    for site in data.system.sites:
        periods = [p for s, p in data.start_periods if s == site]
        for period, count in steps(values, "campus.halls", (site,), periods):
            rows.append(_row(data, site, period, count))
    return {"halls": Table.of(COLUMNS, rows)}


def _row(data: CampusData, site: str, period: int, count: int) -> dict[str, Cell]:
    """A row of ``halls``, its dates and acres derived from start and count."""
    calendar = data.system.calendar
    arrival = data.lag.arrival[period]
    return {
        "site": site,
        "count": count,
        "block_mw": data.hall_it_mw,
        "acres": count * data.acres_per_hall,
        "start_date": calendar.starts[period],
        "in_service_date": calendar.end if arrival is None else calendar.starts[arrival],
    }


def audit(data: CampusData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check dates, reviews, minimum campus, ramp and load; recompute the cost."""
    calendar = data.system.calendar
    review_done = {
        str(row["site"]): day(row, "review_done_date") for _, row in rows_of(tables, "commitments")
    }
    findings: list[Finding] = []
    cost: dict[int, float] = {}
    energised: dict[tuple[str, int], float] = {}
    started: dict[tuple[str, int], float] = {}
    for row_name, row in rows_of(tables, "halls"):
        site, start = str(row["site"]), day(row, "start_date")
        period = None if start is None else calendar.period_at(start)
        done = review_done.get(site)
        count = number(row, "count")
        if start is None or period is None or count != round(count) or count <= 0:
            findings.append(Finding("campus.halls", row_name, "not whole halls in a period"))
            continue
        if done is None or done > start:
            findings.append(Finding("campus.ready", row_name, f"the review ends {done}"))
        ready = add_months(start, data.shell_months)
        first = calendar.period_from(ready)
        in_service = calendar.end if first is None else calendar.starts[first]
        if day(row, "in_service_date") != in_service:
            findings.append(Finding("campus.shell_months", row_name, f"ready on {in_service}"))
        if not is_near(number(row, "acres"), count * data.acres_per_hall) or not is_near(
            number(row, "block_mw"), data.hall_it_mw
        ):
            findings.append(Finding("campus.acres", row_name, "acres or block do not follow"))
        started[site, period] = started.get((site, period), 0.0) + count
        add_to(
            cost,
            capital_by_period(calendar, first, count * data.overnight_usd, data.lifetime_years),
        )
        for later in calendar.periods[len(calendar) if first is None else first :]:
            energised[site, later] = energised.get((site, later), 0.0) + count * data.hall_it_mw
            add_to(cost, {later: count * data.fixed_om_usd * present_year(calendar, later)})
    findings += _audit_limits(data, review_done, started)
    findings += _audit_load(data, tables, energised)
    spent: dict[int, float] = {}
    for (_, period), count in started.items():
        add_to(spent, {period: count * data.overnight_usd})
    return AuditResult(tuple(findings), cost, spent)


def _audit_limits(
    data: CampusData,
    committed: Mapping[str, object],
    started: Mapping[tuple[str, int], float],
) -> list[Finding]:
    """Minimum campus of committed sites, and the ramp."""
    findings = []
    for site in sorted(committed):
        built = data.hall_it_mw * sum(n for (s, _), n in started.items() if s == site)
        if exceeds(data.min_campus_it_mw, built):
            findings.append(Finding("campus.minimum_campus", f"site {site}", f"{built:g} MW"))
    for (site, period), count in sorted(started.items()):
        if data.ramp_halls and count > data.ramp_halls[period]:
            findings.append(Finding("campus.ramp", f"site {site}", f"{count:g} halls at once"))
    return findings


def _audit_load(
    data: CampusData, tables: Mapping[str, Table], energised: Mapping[tuple[str, int], float]
) -> list[Finding]:
    """IT load within the halls that are energised."""
    calendar = data.system.calendar
    load = sum_by(tables, "service", ("site",), "it_mw", calendar)
    return [
        Finding(
            "campus.energised",
            f"site {site}",
            f"{it_mw:.3f} MW on {calendar.starts[period]} in halls of "
            f"{energised.get((site, period), 0.0):.3f} MW",
        )
        for (site, period), it_mw in sorted(load.items())
        if exceeds(it_mw, energised.get((site, period), 0.0))
    ]


COMPONENT = Component(
    name="campus",
    config=CampusConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    purchases={"halls": "by_period"},
    formulation=__doc__ or "",
)
