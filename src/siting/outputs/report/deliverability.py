"""Sections on what the grid can deliver: lines near their limit, and power between zones."""

from __future__ import annotations

from siting.core.audit import number
from siting.core.plan import Plan
from siting.core.table import Row
from siting.outputs.features import rows_in
from siting.outputs.report.blocks import Section, TableBlock, Text
from siting.outputs.report.grid import amount, named, plain_table, text

NOTE = (
    "Flows at the peak hour of lines above nine tenths of their limit: the rating, or what flows "
    "without the plan where that is more. With an outage: the worst one of that line."
)
PERCENT = 0.01


def network(plan: Plan) -> Section | None:
    """The period in which each line is loaded most; left out where no network is on."""
    if not rows_in(plan, "attachments"):
        return None
    worst: dict[tuple[str, str], Row] = {}
    for row in rows_in(plan, "flows"):
        key = str(row["branch"]), str(row["outage"] or "")
        if key not in worst or number(row, "loading_frac") > number(worst[key], "loading_frac"):
            worst[key] = row
    lines = sorted(worst.values(), key=lambda r: (-number(r, "loading_frac"), str(r["branch"])))
    columns = (
        text("branch", "Line"),
        text("outage", "With this out"),
        text("period_start", "Most loaded from"),
        amount("flow_mw", "Flow [MW]"),
        amount("rating_mw", "Limit [MW]"),
        amount("loading_frac", "Loading [%]", 1, PERCENT),
    )
    title = "Lines near their limit"
    table = plain_table("flow-table", title, columns, lines)
    where = (
        named(plan, "site", "Site"),
        text("bus", "Bus"),
        amount("base_kv", "Voltage [kV]"),
        amount("distance_km", "Distance [km]", 1),
    )
    places = plain_table("attachment-table", "Buses of sites", where, rows_in(plan, "attachments"))
    blocks = (Text(NOTE), TableBlock(table, title), TableBlock(places, "Buses of sites"))
    return Section("network", "What the lines carry", "Network", blocks)


def interfaces(plan: Plan) -> Section | None:
    """The largest transfer between zones over each interface."""
    most: dict[tuple[str, str], Row] = {}
    for row in rows_in(plan, "transfers"):
        key = str(row["interface"]), str(row["from_zone"])
        if key not in most or number(row, "sent_mw") > number(most[key], "sent_mw"):
            most[key] = row
    if not most:
        return None
    columns = (
        text("interface", "Interface"),
        named(plan, "from_zone", "From"),
        named(plan, "to_zone", "To"),
        text("period_start", "Most from"),
        amount("sent_mw", "Sent [MW]"),
        amount("arrived_mw", "Arrived [MW]"),
        amount("limit_mw", "Limit [MW]"),
    )
    rows = [most[key] for key in sorted(most)]
    title = "Largest transfers"
    table = TableBlock(plain_table("transfer-table", title, columns, rows), title)
    return Section("interfaces", "Power between zones", "Between zones", (table,))
