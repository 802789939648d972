"""The rules of ``workloads`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Mapping

from siting.core import bill
from siting.core.audit import (
    KEPT_RELATIVE,
    NOISE,
    SAME_RELATIVE,
    AuditResult,
    Finding,
    compare_tables,
    day,
    exceeds,
    is_near,
    is_same,
    number,
    rows_of,
)
from siting.core.bill import Bill, charge
from siting.core.finance import add_to, present_year
from siting.core.table import Table
from siting.families.workloads.data import WorkloadsData
from siting.families.workloads.tables import MOVE_COLUMNS, move_rows
from siting.families.workloads.value import delay_usd_per_month


def audit(data: WorkloadsData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check targets, links and campuses; recompute delay and service cost."""
    calendar = data.system.calendar
    findings: list[Finding] = []
    cost: Bill = {}
    rounding_usd = 0.0
    served: dict[tuple[str, str, int], float] = {}
    campus: dict[tuple[str, str, int], float] = {}
    for row_name, row in rows_of(tables, "service"):
        start = day(row, "period_start")
        period = None if start is None else calendar.period_at(start)
        w, r, s = str(row["workload"]), str(row["region"]), str(row["site"])
        if period is None or (w, r, s) not in data.service_usd or number(row, "it_mw") <= 0:
            findings.append(Finding("workloads.link", row_name, "not an allowed service"))
            continue
        mw = number(row, "it_mw")
        if not is_same(number(row, "it_mw_months"), mw * calendar.months(period)):
            findings.append(Finding("workloads.months", row_name, "MW-months do not follow"))
        served[w, r, period] = served.get((w, r, period), 0.0) + mw
        campus[w, s, period] = campus.get((w, s, period), 0.0) + mw
        usd = present_year(calendar, period) * data.service_usd[w, r, s] * mw
        charge(cost, bill.site(s), {period: usd})
    for key in sorted(set(served) | set(data.target_mw)):
        w, r, period = key
        target, done = data.target_mw.get(key, 0.0), served.get(key, 0.0)
        late = target - done
        must_serve = key not in data.late_periods
        if exceeds(done, target) or (must_serve and exceeds(target, done)):
            what = f"{done:.3f} MW served of {target:.3f} on {calendar.starts[period]}"
            findings.append(Finding("workloads.meet_target", f"{w} of {r}", what))
        bands = data.bands.get(key, ())
        months = calendar.discount(period) * calendar.months(period)
        charge(cost, bill.DELAY, {period: months * delay_usd_per_month(bands, late)})
        dearest = max((band.usd_per_mw_month for band in bands), default=0.0)
        rounding_usd += months * dearest * KEPT_RELATIVE * max(target, done)
    findings += _audit_campuses(data, campus)
    if data.move_usd:
        moves = Table.of(MOVE_COLUMNS, move_rows(data, campus))
        keys = ("period_start", "workload", "site")
        found = tables.get("moves")
        findings += compare_tables("workloads.moves", "moves", found, moves, keys)
        for row in moves:
            start = day(row, "period_start")
            p = calendar.period_at(start) if start else None
            if p is not None:
                usd = calendar.discount(p) * number(row, "move_usd")
                charge(cost, bill.site(str(row["site"])), {p: usd})
    slack_usd = left_out_usd(data)
    return AuditResult(tuple(findings), cost, slack_usd=slack_usd, rounding_usd=rounding_usd)


def left_out_usd(data: WorkloadsData) -> dict[int, float]:
    """What load that no table shows may cost by period, late or moved: each site's may be left out as
    noise, and sums round."""
    calendar = data.system.calendar
    slack: dict[int, float] = {}
    for (w, r, p), target in data.target_mw.items():
        mw = NOISE * (1 + len(data.sites_of.get((w, r, p), ()))) + SAME_RELATIVE * target
        usd = data.bands[w, r, p][-1].usd_per_mw_month
        add_to(slack, {p: calendar.discount(p) * calendar.months(p) * usd * mw})
    for w, s, p in data.move_index:
        mw = 2 * NOISE * (1 + len(data.regions_at.get((w, s, p), ())))
        add_to(slack, {p: calendar.discount(p) * data.move_usd[w] * mw})
    return slack


def _audit_campuses(
    data: WorkloadsData, campus: Mapping[tuple[str, str, int], float]
) -> list[Finding]:
    """Each campus at least the minimum, from its first period to the end."""
    findings = []
    last = len(data.system.calendar)
    firsts: dict[tuple[str, str], int] = {}
    for w, s, p in campus:
        firsts[w, s] = min(p, firsts.get((w, s), last))
    for w, most in sorted(data.max_sites.items()):
        hosts = sorted(s for w2, s in firsts if w2 == w)
        if len(hosts) > most:
            what = f"{', '.join(hosts)} serve it, at most {most}"
            findings.append(Finding("workloads.campus_count", f"workload {w}", what))
    for (w, s), first in sorted(firsts.items()):
        for period in range(first, last):
            mw = campus.get((w, s, period), 0.0)
            floor = data.floor_mw[w, period]
            if exceeds(floor, mw) and not is_near(floor, 0.0):
                what = f"{mw:.3f} MW on {data.system.calendar.starts[period]}, at least {floor:g}"
                findings.append(Finding("workloads.campus_floor", f"{w} at {s}", what))
    return findings
