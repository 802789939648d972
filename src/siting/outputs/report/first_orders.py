"""What has to be ordered first, the load behind each order, and what a month lost beyond its slack costs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from siting.core.audit import day, number
from siting.core.money import MILLIONS, unit_of
from siting.core.plan import Plan
from siting.core.table import Row
from siting.families.workloads.settings import WorkloadsConfig
from siting.outputs.features import rows_in
from siting.outputs.report.grid import (
    ReportTable,
    amount,
    dollars,
    kind,
    named,
    plain_table,
    text,
)
from siting.outputs.report.schedule import setting

FIRST = 5
"""Orders that are shown."""
TITLE = "First orders to place, and what is at stake"
NOTE = (
    "The load behind an order is what is energised at its site with it. A month lost beyond the slack leaves "
    "that load late for a month, at the value of delay of its workloads, undiscounted."
)


def first_orders(plan: Plan) -> ReportTable:
    """The soonest orders with load, slack and the cost of a month."""
    dated = [row for row in rows_in(plan, "orders") if day(row, "order_date") is not None]
    soonest = sorted(dated, key=lambda row: (str(row["order_date"]), str(row["item"])))[:FIRST]
    rows = [{"overnight_usd": None, **row, **_stake(plan, row)} for row in soonest]
    unit = unit_of(*(number(row, "overnight_usd") for row in rows), widest=MILLIONS)
    month = unit_of(*(number(row, "month_usd") for row in rows), widest=MILLIONS)
    columns = (
        text("order_date", "Order by"),
        kind("equipment_class", "Class"),
        amount("quantity", "Quantity"),
        named(plan, "site", "For", empty="Pool, not assigned"),
        dollars("overnight_usd", "Overnight cost", unit, 1),
        amount("behind_mw", "Load behind it [MW]"),
        amount("slack_months", "Slack [months]", 1),
        dollars("month_usd", "A month beyond it costs", month, 1),
    )
    return plain_table("first-order-table", TITLE, columns, rows)


def _stake(plan: Plan, order: Row) -> dict[str, float | None]:
    """Load that is energised with an order, its least slack, and what a month of its delay costs."""
    wanted = (
        order["site"],
        order["equipment_class"],
        order["order_date"],
        order["in_service_date"],
    )
    steps = [
        step
        for step in rows_in(plan, "critical_path")
        if step["step"] == "transformers"
        and (step["site"], step["item"], step["started_date"], step["finished_date"]) == wanted
    ]
    if not steps:
        return {"behind_mw": None, "slack_months": None, "month_usd": None}
    load = {str(step["energised_date"]): number(step, "added_it_mw") for step in steps}
    worth = _worth(plan)
    usd = 0.0
    for step in steps:
        when = day(step, "energised_date")
        mix = _mix(plan, str(step["site"]), when)
        total = sum(mix.values())
        for workload, mw in mix.items():
            usd += number(step, "added_it_mw") * mw / total * worth.get(workload, 0.0)
    return {
        "behind_mw": sum(load.values()),
        "slack_months": min(number(step, "slack_months") for step in steps),
        "month_usd": usd if worth else None,
    }


def _mix(plan: Plan, site: str, when: date | None) -> dict[str, float]:
    """Load of each workload that a site serves in the period from a date [MW]."""
    mix: dict[str, float] = {}
    for row in rows_in(plan, "service"):
        if row["site"] == site and day(row, "period_start") == when and number(row, "it_mw") > 0:
            name = str(row["workload"])
            mix[name] = mix.get(name, 0.0) + number(row, "it_mw")
    return mix


def _worth(plan: Plan) -> dict[str, float]:
    """Level of the delay cost of each workload [USD per MW and month]; empty where none is stated."""
    settings = setting(plan, "workloads")
    if not isinstance(settings, Mapping) or not settings.get("kinds"):
        return {}
    config = WorkloadsConfig.model_validate(settings)
    return {name: config.delay_usd(name) for name in config.kinds}
