"""The rules of ``interfaces`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Mapping

from siting.core.audit import AuditResult, Finding, exceeds, is_near, number, rows_of
from siting.core.table import Table
from siting.families.interfaces.data import InterfacesData
from siting.families.interfaces.tables import transfer_row


def audit(data: InterfacesData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check limits and losses; the families that use the supply recompute it from this table."""
    calendar = data.system.calendar
    ways = {(name, *ends): (name, way) for (name, way), ends in data.ends.items()}
    findings, seen = [], set()
    for row_name, row in rows_of(tables, "transfers"):
        key = ways.get((str(row["interface"]), str(row["from_zone"]), str(row["to_zone"])))
        starts = [p for p in calendar.periods if calendar.starts[p] == row["period_start"]]
        if key is None or not starts or (key, starts[0]) in seen:
            findings.append(Finding("interfaces.transfer", row_name, "not one of an interface"))
            continue
        seen.add((key, starts[0]))
        sent = number(row, "sent_mw")
        expected = transfer_row(data, key, starts[0], sent)
        for column in ("arrived_mw", "limit_mw"):
            if not is_near(number(row, column), float(str(expected[column]))):
                what = f"{column} is {row[column]}, should be {expected[column]}"
                findings.append(Finding("interfaces.loss", row_name, what))
        if sent < 0 or exceeds(sent, data.most_mw[key]):
            what = f"{sent:.3f} MW of {data.most_mw[key]:g}"
            findings.append(Finding("interfaces.interface_limit", row_name, what))
    return AuditResult(tuple(findings))
