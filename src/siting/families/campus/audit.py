"""The rules of ``campus`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from siting.core import bill
from siting.core.audit import AuditResult, Finding, day, exceeds, is_near, number, rows_of, sum_by
from siting.core.bill import Bill, charge
from siting.core.calendar import add_months
from siting.core.finance import add_to, capital_by_period, present_year
from siting.core.table import Table
from siting.families.campus.data import CampusData


def audit(data: CampusData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check dates, reviews, minimum campus, ramp and load; recompute the cost."""
    calendar = data.system.calendar
    review_done = {
        str(row["site"]): day(row, "review_done_date") for _, row in rows_of(tables, "commitments")
    }
    findings: list[Finding] = []
    cost: Bill = {}
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
        usd = count * data.capital_usd
        owed = capital_by_period(calendar, first, usd, data.lifetime_years, "campus")
        charge(cost, bill.site(site), owed)
        for later in calendar.periods[len(calendar) if first is None else first :]:
            energised[site, later] = energised.get((site, later), 0.0) + count * data.hall_it_mw
            fixed = count * data.fixed_om_usd * present_year(calendar, later)
            charge(cost, bill.site(site), {later: fixed})
    findings += _audit_limits(data, review_done, started)
    findings += _audit_load(data, tables, energised)
    spent: dict[int, float] = {}
    for (_, period), count in started.items():
        add_to(spent, {period: count * data.overnight_usd})
    return AuditResult(tuple(findings), cost, spent)


def _audit_limits(
    data: CampusData,
    committed: Mapping[str, date | None],
    started: Mapping[tuple[str, int], float],
) -> list[Finding]:
    """Minimum campus of committed sites, and the ramp."""
    findings = []
    last = data.system.calendar.starts[data.lag.starts[-1]] if data.lag.starts else None
    for site, done in sorted(committed.items()):
        if data.system.is_hedged and (done is None or last is None or done > last):
            continue
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
