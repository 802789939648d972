"""What each site costs: its share of the cost of the plan, by kind and for each MWh and MW-month."""

from __future__ import annotations

from siting.core.audit import number
from siting.core.money import money, unit_of
from siting.core.plan import Plan
from siting.core.table import Cell
from siting.outputs.features import rows_in
from siting.outputs.report.blocks import Section, TableBlock, Text
from siting.outputs.report.grid import ReportTable, amount, dollars, line, long_text

TITLE = "What each site costs"
NOTE = (
    "The cost of the plan, discounted, shared to its sites: what is bought for a zone or a node by the energy "
    "that each site draws there. MWh are those of the whole facility, MW-months those of IT load, discounted "
    "as the cost is. All counts within the horizon only, halls as annuities, so that a site whose load moves "
    "on still pays for halls that stand empty."
)
PURPOSES = (
    ("land_usd", "Land and review"),
    ("halls_usd", "Halls and cooling"),
    ("grid_usd", "Grid connection"),
    ("power_usd", "Power"),
    ("other_usd", "Other"),
)


def site_cost_section(plan: Plan) -> Section | None:
    """The table, where the plan has one, and what of the cost is the worth of time."""
    table = site_cost_table(plan)
    if not table.lines:
        return None
    delay = sum(number(row, "delay_usd") for row in rows_in(plan, "site_costs"))
    late = f"Late load is valued at {money(delay, 2)}, which nobody pays; it is in none of these figures."
    texts = [Text(NOTE), *([Text(late)] if delay else [])]
    return Section("site-costs", TITLE, "Cost by site", (*texts, TableBlock(table)))


def site_cost_table(plan: Plan) -> ReportTable:
    """Sites, the dearest first, what no site bears, and the sum; without kinds that cost nothing."""
    rows = [row for row in rows_in(plan, "site_costs") if row["site"] or number(row, "cost_usd")]
    ranked = sorted(rows, key=lambda row: (not row["site"], -number(row, "cost_usd")))
    total: dict[str, Cell] = {"name": "Total"}
    for key in ("cost_usd", *(key for key, _ in PURPOSES)):
        total[key] = sum(number(row, key) for row in rows)
    unit = unit_of(number(total, "cost_usd"))
    kinds = [(key, label) for key, label in PURPOSES if any(number(row, key) for row in rows)]
    columns = (
        long_text("name", "Site"),
        amount("usd_per_mwh", "USD a MWh", 2),
        amount("usd_per_mw_month", "USD a MW-month"),
        dollars("cost_usd", "Cost", unit, 2),
        *(dollars(key, label, unit, 2) for key, label in kinds),
    )
    return ReportTable(
        "site-cost-table",
        TITLE,
        columns,
        tuple(line(columns, row) for row in ranked),
        total=line(columns, total).cells,
    )
