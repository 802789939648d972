"""What a plan makes of the decisions that its scenario fixes or bounds: a table, and its audit.

Everything follows from the tables in which families show their decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from siting.core.audit import AuditResult, Finding, day, exceeds, number, rest, rows_of
from siting.core.bill import NO_PLACE, Bill, charge
from siting.core.committed import NAME, Committed
from siting.core.table import Cell, Row, Table
from siting.families.declarations import Shown
from siting.families.declared import decisions
from siting.instance.build import Instance
from siting.instance.committed import committed_sites

COLUMNS = (
    "id",
    "name",
    "decision",
    "item",
    "from_date",
    "until_date",
    "at_least_count",
    "at_most_count",
    "planned_least_count",
    "planned_most_count",
    "dropped_count",
    "cancellation_usd",
    "source",
    "confidence",
    "estimated",
)
KEY = ("id",)
SITE = "site"
"""Column of the place in every table of what may be needed at a site."""


def committed_table(instance: Instance, tables: Mapping[str, Table]) -> Table:
    """A row for each: what is asked for, what is planned while it holds, what is dropped and its price."""
    return Table.of(COLUMNS, _rows(instance, tables))


def _rows(instance: Instance, tables: Mapping[str, Table]) -> Iterator[dict[str, Cell]]:
    """The rows of the table."""
    for name, one in sorted(instance.scenario.committed.items()):
        planned = planned_of(instance, tables, one)
        dropped = rest(one.least or 0.0, min(planned))
        yield {
            "id": name,
            "name": one.name,
            "decision": one.decision,
            "item": one.item,
            "from_date": one.date,
            "until_date": one.until,
            "at_least_count": one.least,
            "at_most_count": one.most,
            "planned_least_count": min(planned),
            "planned_most_count": max(planned),
            "dropped_count": max(0.0, dropped),
            "cancellation_usd": (one.cancellation_usd or 0.0) * max(0.0, dropped),
            "source": one.source,
            "confidence": one.confidence,
            "estimated": one.estimated,
        }


def planned_of(instance: Instance, tables: Mapping[str, Table], one: Committed) -> list[float]:
    """How many a plan has of a decision in each period in which it is fixed or bounded."""
    starts = instance.system.calendar.starts
    decision = decisions()[one.decision]
    shown = decision.shown
    if shown is None:
        return [0.0]
    rows = list(rows_about(tables, shown, one))
    amounts = [(day(row, shown.date), _count(shown, row)) for _, row in rows]
    return [
        sum(
            count
            for when, count in amounts
            if when is not None and (when == start if decision.is_rented else when <= start)
        )
        for start in starts
        if one.holds(start)
    ]


def rows_about(
    tables: Mapping[str, Table], shown: Shown, one: Committed
) -> Iterator[tuple[str, Row]]:
    """Rows of the table of a decision that are about what is committed to, with their names."""
    for row_name, row in rows_of(tables, shown.table):
        if shown.is_of(row, one.parts):
            yield row_name, row


def _count(shown: Shown, row: Row) -> float:
    """How many a row stands for."""
    return number(row, shown.count) if shown.count else 1.0


def held_rows(instance: Instance, tables: Mapping[str, Table]) -> set[str]:
    """Names of the rows that are there because the scenario commits to them."""
    found: set[str] = set()
    for one in instance.scenario.committed.values():
        shown = decisions()[one.decision].shown
        if one.least and shown is not None:
            found |= {row_name for row_name, _ in rows_about(tables, shown, one)}
    return found


def needed_rows(instance: Instance, tables: Mapping[str, Table]) -> set[str]:
    """Names of the rows of what may be needed at the sites to which the scenario commits."""
    sites = committed_sites(instance.scenario)
    shown = [of.shown for of in decisions().values() if of.is_needed and of.shown]
    return {
        row_name
        for one in shown
        for row_name, row in rows_of(tables, one.table)
        if one.holds(row) and row[SITE] in sites
    }


def audit_committed(instance: Instance, tables: Mapping[str, Table]) -> AuditResult:
    """Nothing is dropped that has no price, nothing exceeds its bound; the cost of what is dropped."""
    calendar = instance.system.calendar
    findings: list[Finding] = []
    cost: Bill = {}
    for name, one in sorted(instance.scenario.committed.items()):
        planned = planned_of(instance, tables, one)
        least, most = one.least or 0.0, one.most
        row = f"{NAME} {name}"
        if exceeds(least, min(planned)):
            if one.cancellation_usd is None:
                what = f"{min(planned):g} of {one.decision} at {one.item}, at least {least:g}"
                findings.append(Finding(f"{NAME}.held", row, what))
            else:
                first = next(p for p in calendar.periods if one.holds(calendar.starts[p]))
                usd = one.cancellation_usd * (least - min(planned))
                charge(cost, NO_PLACE, {first: calendar.discount(first) * usd})
        if most is not None and exceeds(max(planned), most):
            what = f"{max(planned):g} of {one.decision} at {one.item}, at most {most:g}"
            findings.append(Finding(f"{NAME}.capped", row, what))
    return AuditResult(tuple(findings), cost)
