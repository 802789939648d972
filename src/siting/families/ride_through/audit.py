"""The rules of ``ride_through`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from siting.core import bill
from siting.core.audit import (
    SAME_ABSOLUTE,
    AuditResult,
    Finding,
    compare_tables,
    day,
    exceeds,
    number,
    row_differences,
    rows_of,
    sum_by,
)
from siting.core.bill import Bill, charge
from siting.core.finance import add_to, capital_by_period
from siting.core.table import Table
from siting.families.ride_through.data import RideThroughData, SitePeriod
from siting.families.ride_through.tables import equipment_row, group_table, in_service


def audit(data: RideThroughData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check orders, re-derive what would trip from the draws, recompute the cost."""
    calendar = data.system.calendar
    findings: list[Finding] = []
    cost: Bill = {}
    spent: dict[int, float] = {}
    ordered: dict[str, float] = {}
    seen: set[SitePeriod] = set()
    for row_name, row in rows_of(tables, "ride_through"):
        start, s, mw = day(row, "start_date"), str(row["site"]), number(row, "equipped_mw")
        p = None if start is None else calendar.period_at(start)
        if start is None or p is None or (s, p) not in data.orders or (s, p) in seen or mw <= 0:
            what = "not one order of a site then, in service within the horizon"
            findings.append(Finding("ride_through.order", row_name, what))
            continue
        seen.add((s, p))
        expected = equipment_row(data, s, start, mw)
        findings += row_differences("ride_through.cells", row_name, row, expected)
        ordered[s] = ordered.get(s, 0.0) + mw
        usd, first = number(expected, "overnight_usd"), day(expected, "in_service_date")
        ready = None if first is None else calendar.period_at(first)
        owed = capital_by_period(calendar, ready, usd, data.lifetime_years, "campus")
        charge(cost, bill.site(s), owed)
        add_to(spent, {p: usd})
    findings += _audit_committed(data, tables, seen, ordered)
    findings += _audit_trips(data, tables)
    # the state is in MW, so it may fall by what the solver lets a row be broken, at the price of a MW
    noise_usd = SAME_ABSOLUTE * data.overnight_usd_per_mw * len(dict(data.orders))
    slack = dict.fromkeys(calendar.periods, noise_usd)
    return AuditResult(tuple(findings), cost, spent, slack, slack)


def _audit_committed(
    data: RideThroughData,
    tables: Mapping[str, Table],
    seen: set[SitePeriod],
    ordered: Mapping[str, float],
) -> Iterator[Finding]:
    """Orders of committed sites only, and no more in all than a site can draw."""
    committed = {
        str(row["site"]): day(row, "commit_date") for _, row in rows_of(tables, "commitments")
    }
    for s, p in sorted(seen):
        begun, start = committed.get(s), data.system.calendar.starts[p]
        if begun is None or begun > start:
            what = f"ordered on {start}, committed {begun or 'never'}"
            yield Finding("ride_through.equipped_committed", f"site {s}", what)
    for s, mw in sorted(ordered.items()):
        if exceeds(mw, data.most_mw[s]):
            what = f"{mw:.3f} MW ordered, the site draws at most {data.most_mw[s]:.3f}"
            yield Finding("ride_through.equipped_committed", f"site {s}", what)


def _audit_trips(data: RideThroughData, tables: Mapping[str, Table]) -> Iterator[Finding]:
    """The table of groups against draws and orders, and each trip against its limit."""
    draw = sum_by(tables, "power", ("site",), "grid_mw", data.system.calendar)
    expected = group_table(data, draw, in_service(tables, data))
    rule, keys = "ride_through.trip_groups", ("period_start", "group")
    yield from compare_tables(rule, "trip_groups", tables.get("trip_groups"), expected, keys)
    for row in expected:
        trip, limit = number(row, "trip_mw"), number(row, "max_trip_mw")
        if exceeds(trip, limit):
            what = f"{trip:.3f} MW would trip on {row['period_start']}, at most {limit:g}"
            yield Finding("ride_through.trip_limit", f"group {row['group']}", what)
