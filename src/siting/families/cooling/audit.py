"""The rules of ``cooling`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from siting.core import bill
from siting.core.audit import (
    AuditResult,
    Finding,
    day,
    exceeds,
    is_near,
    is_same,
    number,
    rows_of,
    sum_by,
)
from siting.core.bill import Bill, charge
from siting.core.finance import present_year
from siting.core.table import Table
from siting.families.cooling.data import CoolingData
from siting.families.cooling.tables import cells


def audit(data: CoolingData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check loads, choices and racks; re-derive power and water; recompute the cost."""
    calendar = data.system.calendar
    service = sum_by(tables, "service", ("site",), "it_mw", calendar)
    findings: list[Finding] = []
    cost: Bill = {}
    chosen: dict[str, str] = {}
    seen: set[tuple[str, int]] = set()
    for row_name, row in rows_of(tables, "cooling"):
        start, s, c = day(row, "period_start"), str(row["site"]), str(row["option"])
        p = None if start is None else calendar.period_at(start)
        if p is None or s not in data.system.first_service or c not in data.options:
            findings.append(Finding("cooling.option", row_name, "no such period, site or option"))
            continue
        if chosen.setdefault(s, c) != c or (s, p) in seen:
            findings.append(Finding("cooling.one_option", row_name, f"{s} has {chosen[s]} already"))
        seen.add((s, p))
        it_mw = number(row, "it_mw")
        if not is_near(it_mw, service.get((s, p), 0.0)):
            what = f"service is {service.get((s, p), 0.0):.6f} MW"
            findings.append(Finding("cooling.split", row_name, what))
        expected = cells(data, c, p, it_mw)
        for column in ("facility_mw", "mean_facility_mw", "water_m3"):
            if not is_same(number(row, column), number(expected, column)):
                what = f"{column} should be {number(expected, column):.6f}"
                findings.append(Finding(f"cooling.{column}", row_name, what))
        yearly = present_year(calendar, p) * data.options[c].usd_per_it_mw_year
        charge(cost, bill.site(s), {p: yearly * it_mw})
    for s, p in sorted(set(service) - seen):
        if service[s, p] > 0:
            what = f"load on {calendar.starts[p]} without cooling"
            findings.append(Finding("cooling.split", f"site {s}", what))
    findings += _audit_racks(data, tables, chosen)
    return AuditResult(tuple(findings), cost)


def _audit_racks(
    data: CoolingData, tables: Mapping[str, Table], chosen: Mapping[str, str]
) -> Iterator[Finding]:
    """No workload whose racks are too dense for its site's cooling."""
    for row_name, row in rows_of(tables, "service"):
        option = data.options.get(chosen.get(str(row["site"]), ""))
        rack_kw = data.system.rack_kw.get(str(row["workload"]))
        if option is None or rack_kw is None or option.can_cool(rack_kw):
            continue
        if exceeds(number(row, "it_mw"), 0.0):
            what = f"racks of {rack_kw:g} kW, cooled up to {option.max_rack_kw:g}"
            yield Finding("cooling.rack_density", row_name, what)
