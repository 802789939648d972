"""The audit: re-check every rule and every cost of a plan from its tables alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from siting.core.audit import (
    Finding,
    compare_tables,
    day,
    is_same_usd,
    number,
    rows_of,
)
from siting.core.bill import Bearer
from siting.core.table import Table
from siting.instance.build import Instance
from siting.solution.audits import audits
from siting.solution.derive import KEYS, derived_tables
from siting.solution.provenance import sources_table
from siting.solution.shape import declared
from siting.solution.site_costs import KEY as SITE_COSTS_KEY
from siting.solution.site_costs import NAME as SITE_COSTS
from siting.solution.site_costs import as_stated, site_costs


def audit_tables(
    instance: Instance, tables: Mapping[str, Table], objective_usd: float
) -> tuple[Finding, ...]:
    """Findings of every family, of costs and spending, and of the derived tables.

    Args:
        instance: the problem, from the scenario that came with the plan.
        tables: the plan's tables, as written.
        objective_usd: the plan's stated objective.
    """
    tables = declared(tables)
    findings: list[Finding] = []
    slack: dict[tuple[str, int], float] = {}
    spending_slack: dict[tuple[str, int], float] = {}
    costs: dict[tuple[str, int], float] = {}
    spending: dict[tuple[str, int], float] = {}
    calendar = instance.system.calendar
    bills: dict[str, Mapping[tuple[Bearer, int], float]] = {}
    rounding_usd = 0.0
    for name, result in audits(instance, tables):
        bills[name] = result.cost_usd
        rounding_usd += result.rounding_usd
        findings += result.findings
        for (_, period), usd in result.cost_usd.items():
            costs[name, period] = costs.get((name, period), 0.0) + usd
        slack |= {(name, period): usd for period, usd in result.slack_usd.items()}
        for period, usd in result.spending_usd.items():
            key = (name, calendar.starts[period].year)
            spending[key] = spending.get(key, 0.0) + usd
        for period, usd in result.spending_slack_usd.items():
            key = (name, calendar.starts[period].year)
            spending_slack[key] = spending_slack.get(key, 0.0) + usd
    findings += _audit_costs(instance, tables, costs, slack, objective_usd)
    findings += _audit_spending(tables, spending, spending_slack)
    derived = derived_tables(instance, tables)
    by_site = site_costs(instance, tables, bills)
    derived[SITE_COSTS] = as_stated(tables.get(SITE_COSTS), by_site, rounding_usd)
    keys = {**KEYS, SITE_COSTS: SITE_COSTS_KEY}
    for name, table in derived.items():
        findings += compare_tables(f"{name}.table", name, tables.get(name), table, keys[name])
    findings += compare_tables(
        "sources.table", "sources", tables.get("sources"), sources_table(instance), ("kind", "id")
    )
    return tuple(sorted(set(findings)))


def _audit_costs(
    instance: Instance,
    tables: Mapping[str, Table],
    costs: Mapping[tuple[str, int], float],
    slack: Mapping[tuple[str, int], float],
    objective_usd: float,
) -> Iterator[Finding]:
    """Each cost row against the recomputed cost, and their sum against the objective."""
    calendar = instance.system.calendar
    left = dict(costs)
    total = 0.0
    for row_name, row in rows_of(tables, "costs"):
        start = day(row, "period_start")
        period = None if start is None else calendar.period_at(start)
        key = str(row["family"]), -1 if period is None else period
        usd = left.pop(key, 0.0)
        total += number(row, "usd")
        if not is_same_usd(number(row, "usd"), usd, slack.get(key, 0.0)):
            what = f"usd is {number(row, 'usd'):.2f}, the tables give {usd:.2f}"
            yield Finding("costs.family", row_name, what)
    for (family, period), usd in sorted(left.items()):
        if not is_same_usd(0.0, usd, slack.get((family, period), 0.0)):
            what = f"no row for {usd:.2f} USD on {calendar.starts[period]}"
            yield Finding("costs.family", f"tables/costs.csv ({family})", what)
    if not is_same_usd(total, objective_usd, sum(slack.values())):
        what = f"objective_usd is {objective_usd:.2f}, the costs sum to {total:.2f}"
        yield Finding("costs.objective", "plan.json", what)


def _audit_spending(
    tables: Mapping[str, Table],
    spending: Mapping[tuple[str, int], float],
    slack: Mapping[tuple[str, int], float],
) -> Iterator[Finding]:
    """Each spending row against the recomputed overnight cost."""
    left = dict(spending)
    for row_name, row in rows_of(tables, "spending"):
        key = str(row["family"]), int(number(row, "year"))
        usd = left.pop(key, 0.0)
        if not is_same_usd(number(row, "overnight_usd"), usd, slack.get(key, 0.0)):
            what = f"overnight_usd is {number(row, 'overnight_usd'):.2f}, the tables give {usd:.2f}"
            yield Finding("spending.family", row_name, what)
    for (family, year), usd in sorted(left.items()):
        if not is_same_usd(0.0, usd, slack.get((family, year), 0.0)):
            yield Finding("spending.family", f"{family} {year}", f"no row for {usd:.2f} USD")
