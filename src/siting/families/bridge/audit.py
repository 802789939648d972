"""The rules of ``bridge`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from siting.core import bill
from siting.core.audit import AuditResult, Finding, day, exceeds, number, row_differences, rows_of
from siting.core.bill import Bill, charge
from siting.core.calendar import add_months
from siting.core.table import Row, Table
from siting.families.bridge.data import BridgeData, Key
from siting.families.bridge.tables import rental_row


def audit(data: BridgeData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check dates, commitment, fleet and hours; re-derive every cell; recompute the cost."""
    calendar = data.system.calendar
    findings: list[Finding] = []
    cost: Bill = {}
    rows: dict[Key, tuple[str, Row]] = {}
    on_rent: dict[Key, int] = {}
    allowed = set(data.rentals)
    for row_name, row in rows_of(tables, "rentals"):
        start, count = day(row, "period_start"), number(row, "quantity")
        p = None if start is None else calendar.period_at(start)
        key = (str(row["product"]), str(row["location"]), -1 if p is None else p)
        if key not in allowed or key in rows:
            what = "no such product can be on rent there then, once"
            findings.append(Finding("bridge.period", row_name, what))
        elif count != round(count) or not 0 < count <= data.max_units[key]:
            what = f"whole units, 1 to {data.max_units[key]}"
            findings.append(Finding("bridge.units", row_name, what))
        else:
            rows[key], on_rent[key] = (row_name, row), int(count)
    committed = {
        str(row["site"]): day(row, "commit_date") for _, row in rows_of(tables, "commitments")
    }
    for (k, s, p), (row_name, row) in rows.items():
        before = on_rent.get((k, s, p - 1), 0)
        expected = rental_row(data, (k, s, p), on_rent[k, s, p], before, number(row, "energy_mwh"))
        findings += row_differences("bridge.cells", row_name, row, expected)
        findings += _audit_row(data, committed.get(s), row_name, expected)
        product = data.products[k]
        rent = calendar.months(p) * product.rent_usd_per_mw_month
        usd = rent * number(expected, "capacity_mw")
        usd += product.mobilisation_usd_per_unit * number(expected, "arrival_count")
        usd += product.output_usd_per_mwh * number(expected, "energy_mwh")
        charge(cost, bill.site(s), {p: calendar.discount(p) * usd})
    findings += _audit_fleet(data, on_rent)
    return AuditResult(tuple(findings), cost)


def _audit_row(
    data: BridgeData, committed: date | None, row_name: str, row: Row
) -> Iterator[Finding]:
    """One row: mobilised after the commitment, energy within the permit."""
    product, start = data.products[str(row["product"])], day(row, "period_start")
    ready = None if committed is None else add_months(committed, product.mobilisation_months)
    if ready is None or start is None or ready > start:
        yield Finding("bridge.committed", row_name, f"mobilised {ready or 'never'}")
    most_mw = product.output_frac * number(row, "capacity_mw")
    if exceeds(number(row, "average_mw"), most_mw):
        what = f"{number(row, 'average_mw'):.3f} MW on average, the permit gives {most_mw:.3f}"
        yield Finding("bridge.permit_hours", row_name, what)


def _audit_fleet(data: BridgeData, on_rent: Mapping[Key, int]) -> Iterator[Finding]:
    """Units on rent in the whole country."""
    total: dict[tuple[str, int], int] = {}
    for (k, _, p), count in on_rent.items():
        total[k, p] = total.get((k, p), 0) + count
    for (k, p), count in sorted(total.items()):
        most = data.products[k].fleet_units
        if most is not None and count > most:
            what = f"{count} units on {data.system.calendar.starts[p]}, at most {most}"
            yield Finding("bridge.fleet", f"product {k}", what)
