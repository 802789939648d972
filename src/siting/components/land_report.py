"""Tables of ``land`` and the re-check of its rules in plain arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from siting.components.base import Values, steps
from siting.core.audit import AuditResult, Finding, day, exceeds, number, rows_of, sum_by
from siting.core.finance import add_to, present_year
from siting.core.table import Cell, Table

if TYPE_CHECKING:
    from siting.components.land import LandData


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
                    "review_path": data.path[site, period],
                    "commit_date": committed,
                    "review_done_date": data.system.review_done(site, committed),
                    "commit_usd": data.commit_cost_usd[site, period],
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
        done = data.system.review_done(site, start)
        path, usd = data.path[site, period], data.commit_cost_usd[site, period]
        if day(row, "review_done_date") != done or (row["review_path"] or "") != path:
            what = f"the review of that date is '{path}' and ends on {done}"
            findings.append(Finding("land.review", row_name, what))
        if exceeds(abs(number(row, "commit_usd") - usd), 0):
            findings.append(Finding("land.cost", row_name, f"it costs {usd} USD"))
        add_to(cost, {period: calendar.discount(period) * usd})
    findings += _audit_acres(data, tables, committed, cost)
    findings += _audit_caps(data, committed)
    findings += _audit_service(data, tables, committed)
    spent: dict[int, float] = {}
    for site, period in committed.items():
        add_to(spent, {period: data.commit_cost_usd[site, period]})
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
        is_ready = (
            start is not None
            and data.system.review_done(site, calendar.starts[start]) <= calendar.starts[period]
        )
        limit = data.system.it_limit_mw.get(site, 0.0) if is_ready else 0.0
        if exceeds(it_mw, limit):
            what = f"{it_mw:.3f} MW on {calendar.starts[period]}, at most {limit:.3f}"
            findings.append(Finding("land.it_limit", f"site {site}", what))
    return findings
