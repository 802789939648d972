"""Tables that every plan has: orders, sites, plants, upgrades, connections, costs, sources."""

from __future__ import annotations

from collections.abc import Iterable

from siting.core.audit import number
from siting.core.money import unit_of
from siting.core.plan import Plan
from siting.core.table import Row
from siting.outputs.features import rows_in
from siting.outputs.report.grid import (
    Column,
    ReportTable,
    Sources,
    amount,
    dollars,
    kind,
    line,
    marked_table,
    named,
    plain_table,
    text,
)
from siting.outputs.report.words import EMPTY, MILLION, family


def order_table(plan: Plan) -> ReportTable:
    """Transformers and breakers to order, soonest first."""
    columns = (
        text("order_date", "Order by"),
        kind("equipment_class", "Class"),
        amount("quantity", "Quantity"),
        named(plan, "site", "For", empty="Pool, not assigned"),
        kind("procurement", "Bought for"),
        text("delivery_date", "Delivery"),
        text("in_service_date", "In service"),
    )
    rows = sorted(
        rows_in(plan, "orders"), key=lambda row: (str(row["order_date"]), str(row["item"]))
    )
    return plain_table("order-table", "Transformers to order", columns, rows)


def site_tables(plan: Plan) -> tuple[ReportTable, ReportTable]:
    """Sites that are built, then those left alone."""
    sources, head = Sources(plan), (text("name", "Site"), text("agency", "Agency"))
    where = (text("state", "State"), text("zone", "Zone"))
    built = (
        *head,
        *where,
        kind("review_path", "Review path"),
        text("commit_date", "Commit"),
        text("review_done_date", "Review done"),
        text("first_energised_date", "First power"),
        amount("it_mw", "IT load [MW]"),
        amount("grid_mw", "Grid [MW]"),
        amount("onsite_mw", "On site [MW]"),
        amount("acres_used", "Land used [acres]"),
        amount("buildable_acres", "Buildable [acres]"),
    )
    rows = rows_in(plan, "sites")
    chosen = sorted(
        (row for row in rows if row["is_chosen"]),
        key=lambda row: (-number(row, "it_mw"), str(row["site"])),
    )
    others = [row for row in rows if not row["is_chosen"]]
    candidates = (*head, *where, amount("buildable_acres", "Buildable [acres]"))
    return (
        marked_table("site-table", "Sites that are built", built, chosen, sources, ["site"]),
        marked_table(
            "candidate-table", "Candidates not built", candidates, others, sources, ["site"]
        ),
    )


def plant_table(plan: Plan) -> ReportTable:
    """Units on site and in zones, and named plants."""
    columns = (
        text("name", "Plant"),
        kind("technology", "Technology"),
        kind("delivery", "Delivery"),
        named(plan, "location", "At"),
        amount("quantity", "Quantity"),
        amount("capacity_mw", "Capacity [MW]"),
        amount("firm_mw", "Firm [MW]"),
        text("start_date", "Start"),
        text("permit_date", "Permit"),
        text("equipment_date", "Equipment"),
        text("in_service_date", "In service"),
    )
    rows, keys = rows_in(plan, "plants"), ["item", "technology"]
    return marked_table("plant-table", "Power plants", columns, rows, Sources(plan), keys)


def upgrade_table(plan: Plan) -> ReportTable:
    """Grid upgrades."""
    columns = (
        text("name", "Upgrade"),
        named(plan, "place", "At"),
        amount("added_mw", "Added [MW]"),
        amount("overnight_usd", "Overnight cost [M USD]", 1, MILLION),
        text("start_date", "Start"),
        text("in_service_date", "In service"),
    )
    rows = [{**row, "place": row["node"] or row["zone"]} for row in rows_in(plan, "upgrades")]
    return marked_table("upgrade-table", "Grid upgrades", columns, rows, Sources(plan), ["upgrade"])


def connection_table(plan: Plan) -> ReportTable:
    """Connections of sites to the grid."""
    columns = (
        named(plan, "site", "Site"),
        named(plan, "node", "Node"),
        amount("gen_tie_km", "Gen-tie [km]", 1),
        amount("overnight_usd", "Overnight cost [M USD]", 1, MILLION),
        text("start_date", "Start"),
        text("in_service_date", "In service"),
        text("firm_date", "Firm from"),
    )
    return plain_table(
        "connection-table", "Grid connections", columns, rows_in(plan, "connections")
    )


def cost_table(plan: Plan) -> ReportTable:
    """Discounted cost and overnight spending by family, largest first."""
    usd, overnight = costs_by_family(plan), spending_by_family(plan)
    whole = sum(usd.values())
    unit = unit_of(whole, sum(overnight.values()))
    columns = (
        Column("family", "Part", family),
        dollars("usd", "Discounted cost", unit, 2),
        amount("share", "Share [%]", 1),
        dollars("overnight_usd", "Overnight spending", unit, 2),
    )
    names = sorted({*usd, *overnight}, key=lambda name: (-usd.get(name, 0.0), name))
    rows: list[Row] = [
        {
            "family": name,
            "usd": usd.get(name, 0.0),
            "share": 100 * usd.get(name, 0.0) / whole if whole else None,
            "overnight_usd": overnight.get(name),
        }
        for name in names
    ]
    last = {
        "family": "Total",
        "usd": whole,
        "share": 100.0,
        "overnight_usd": sum(overnight.values()),
    }
    total = ("Total", *(column.show(last[column.key]) for column in columns[1:]))
    lines = tuple(line(columns, row) for row in rows)
    return ReportTable("cost-table", "Cost by part", columns, lines, total=total)


def costs_by_family(plan: Plan) -> dict[str, float]:
    """Discounted cost of each family [USD]."""
    return _sums(rows_in(plan, "costs"), "usd")


def spending_by_family(plan: Plan) -> dict[str, float]:
    """Overnight spending of each family [USD]."""
    return _sums(rows_in(plan, "spending"), "overnight_usd")


def _sums(rows: Iterable[Row], column: str) -> dict[str, float]:
    """Sum of a column by family."""
    total: dict[str, float] = {}
    for row in rows:
        total[str(row["family"])] = total.get(str(row["family"]), 0.0) + number(row, column)
    return total


def source_table(plan: Plan) -> ReportTable:
    """Every row of input with its source, confidence and estimates."""
    columns = (
        text("id", "Id"),
        text("kind", "Kind"),
        text("name", "Name"),
        text("confidence", "Confidence"),
        Column("estimated", "Estimated", lambda cell: ", ".join(str(cell or EMPTY).split(";"))),
        Column("source", "Source", lambda cell: str(cell or "Scenario file")),
    )
    lines = tuple(line(columns, row) for row in rows_in(plan, "sources"))
    return ReportTable("sources", "Rows of input", columns, lines, is_target=True)
