"""The rules of ``land`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from siting.core import bill
from siting.core.audit import (
    AuditResult,
    Finding,
    day,
    exceeds,
    number,
    row_differences,
    rows_of,
    sum_by,
)
from siting.core.bill import charge
from siting.core.calendar import add_months
from siting.core.finance import present_year
from siting.core.table import Tables
from siting.families.land.data import LandData, Ledger
from siting.families.land.options import audit_options
from siting.families.land.tables import commitment_row, phase_row, review_row


def audit(data: LandData, tables: Tables) -> AuditResult:
    """Re-check reviews, tiering, acres and caps; recompute the cost of commitments and rent."""
    ledger = Ledger()
    committed, done = _audit_commitments(data, tables, _audit_reviews(data, tables, ledger), ledger)
    leased = _audit_phases(data, tables, committed, ledger)
    _audit_acres(data, tables, committed, leased, ledger)
    ledger.findings += _audit_caps(data, committed)
    ledger.findings += _audit_service(data, tables, done)
    ledger.findings += audit_options(
        data.system.calendar, data.options, tables, committed, ledger.cost_usd
    )
    return AuditResult(tuple(ledger.findings), ledger.cost_usd, ledger.spending_usd)


def _audit_reviews(data: LandData, tables: Tables, ledger: Ledger) -> dict[str, date]:
    """Programmatic reviews: once each, with their dates and cost; the date each is complete."""
    calendar = data.system.calendar
    complete: dict[str, date] = {}
    for row_name, row in rows_of(tables, "programmatic_reviews"):
        review, start = str(row["id"]), day(row, "start_date")
        period = None if start is None else calendar.period_at(start)
        if review not in data.programmatic or review in complete or period is None:
            ledger.find("land.programmatic", row_name, "not one start of a programmatic review")
            continue
        expected = review_row(data, review, period)
        ledger.findings += row_differences("land.programmatic", row_name, row, expected)
        complete[review] = add_months(calendar.starts[period], data.programmatic[review].months)
        tiered = [
            bill.site(str(one["site"]))
            for _, one in rows_of(tables, "commitments")
            if one["is_tiered"] is True and data.programmatic_of.get(str(one["site"])) == review
        ]
        ledger.charge(calendar, period, data.programmatic[review].cost_usd, tiered)
    return complete


def _audit_commitments(
    data: LandData, tables: Tables, complete: Mapping[str, date], ledger: Ledger
) -> tuple[dict[str, int], dict[str, date]]:
    """Commitments and their reviews; the period of each and the date its review is complete."""
    calendar = data.system.calendar
    committed: dict[str, int] = {}
    done: dict[str, date] = {}
    for row_name, row in rows_of(tables, "commitments"):
        site, start = str(row["site"]), day(row, "commit_date")
        period = None if start is None else calendar.period_at(start)
        if start is None or period is None or (site, period) not in data.own or site in committed:
            ledger.find("land.commitment", row_name, "not one commitment of a site")
            continue
        committed[site] = period
        is_tiered = row["is_tiered"] is True
        ready = complete.get(data.programmatic_of.get(site, ""))
        if is_tiered and (ready is None or ready > start):
            what = f"the review it tiers from is complete on {ready}"
            ledger.find("land.tiered_after", row_name, what)
        can_tier = (site, period) in data.tiered
        expected = commitment_row(data, site, period, is_tiered=is_tiered and can_tier)
        cost = {"commit_usd": expected.pop("commit_usd")}
        ledger.findings += row_differences("land.review", row_name, row, expected)
        ledger.findings += row_differences("land.cost", row_name, row, cost)
        terms = (data.tiered if is_tiered and can_tier else data.own)[site, period]
        done[site] = terms.done
        ledger.charge(calendar, period, terms.commit_usd, [bill.site(site)])
    return committed, done


def _audit_phases(
    data: LandData, tables: Tables, committed: Mapping[str, int], ledger: Ledger
) -> dict[tuple[str, int], float]:
    """Whole phases of committed sites; the acres leased by site and period."""
    calendar = data.system.calendar
    begun: dict[str, float] = {}
    leased: dict[tuple[str, int], float] = {}
    for row_name, row in rows_of(tables, "lease_phases"):
        site, start, count = str(row["site"]), day(row, "start_date"), number(row, "count")
        period = None if start is None else calendar.period_at(start)
        is_whole = count == round(count) and count > 0
        if site not in data.phase_acres or period is None or not is_whole:
            ledger.find("land.phases", row_name, "not whole phases of a lease in a period")
            continue
        expected = phase_row(data, site, period, round(count))
        ledger.findings += row_differences("land.phases", row_name, row, expected)
        begun[site] = begun.get(site, 0.0) + count
        if begun[site] > data.lease_phases or committed.get(site, len(calendar)) > period:
            what = f"{begun[site]:g} of {data.lease_phases} phases begun on {start}"
            ledger.find("land.phase_limit", row_name, what)
        for later in calendar.periods[period:]:
            key = (site, later)
            leased[key] = leased.get(key, 0.0) + count * data.phase_acres[site]
    return leased


def _audit_acres(
    data: LandData,
    tables: Tables,
    committed: Mapping[str, int],
    leased: Mapping[tuple[str, int], float],
    ledger: Ledger,
) -> None:
    """Acres taken from the start of work, against the acres held or leased; adds the rent."""
    calendar = data.system.calendar
    taken: dict[tuple[str, int], float] = {}
    for name, place in tables.acres_at:
        for _, row in rows_of(tables, name):
            start = day(row, "start_date")
            first = len(calendar) if start is None else calendar.period_from(start)
            for period in calendar.periods[first:]:
                key = (str(row[place]), period)
                if key[0] in data.system.sites:
                    taken[key] = taken.get(key, 0.0) + number(row, "acres")
    for (site, period), acres in sorted(taken.items()):
        if site in data.phase_acres:
            rule, limit = "land.phase_area", leased.get((site, period), 0.0)
        else:
            held = data.buildable_acres.get(site, acres)
            rule = "land.area_limit"
            limit = held if committed.get(site, len(calendar)) <= period else 0.0
        if exceeds(acres, limit):
            what = f"{acres:.3f} acres in use from {calendar.starts[period]}, {limit:.3f} held"
            ledger.find(rule, f"site {site}", what)
    in_use = {key: acres for key, acres in taken.items() if key[0] not in data.phase_acres}
    for (site, period), acres in sorted({**in_use, **leased}.items()):
        rent = data.lease_usd_per_acre_year * present_year(calendar, period) * acres
        charge(ledger.cost_usd, bill.site(site), {period: rent})


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


def _audit_service(data: LandData, tables: Tables, done: Mapping[str, date]) -> list[Finding]:
    """No IT load before the review is complete, never more than the site's limit."""
    calendar = data.system.calendar
    load = sum_by(tables, "service", ("site",), "it_mw", calendar)
    findings = []
    for (site, period), it_mw in sorted(load.items()):
        is_ready = site in done and done[site] <= calendar.starts[period]
        limit = data.system.it_limit_mw.get(site, 0.0) if is_ready else 0.0
        if exceeds(it_mw, limit):
            what = f"{it_mw:.3f} MW on {calendar.starts[period]}, at most {limit:.3f}"
            findings.append(Finding("land.it_limit", f"site {site}", what))
    return findings
