"""Sections of the families that are on: curtailment, rentals, ride-through, bills, water, air."""

from __future__ import annotations

from siting.core.audit import number
from siting.core.labels import words
from siting.core.plan import Plan
from siting.outputs.features import rows_in
from siting.outputs.report.blocks import Block, Chart, Section, TableBlock, Text
from siting.outputs.report.charts import steps, time_layout
from siting.outputs.report.grid import (
    Column,
    amount,
    kind,
    long_text,
    named,
    plain_table,
    text,
)
from siting.outputs.report.palette import colour_of
from siting.outputs.report.series import by_name, largest_rows, last_rows, series, spans, stacked
from siting.outputs.report.words import MILLION, by_period, tier

PERCENT = 100.0


def curtailment(plan: Plan) -> Section | None:
    """Load that gives way in peak hours, by site and tier."""
    rows = rows_in(plan, "curtailment")
    if not rows:
        return None
    figure = stacked(
        plan,
        [("paused_mw", "Compute pauses"), ("onsite_backup_mw", "Power on site steps in")],
        rows,
        "Gives way at most [MW]",
    )
    periods = spans(rows, ("site", "tier"), ("draw_mw", "give_way_mw", "paused_mw"))
    columns = (
        named(plan, "site", "Site"),
        Column("tier", "Tier", tier),
        text("first", "From"),
        text("last", "Last period from"),
        amount("draw_mw", "Draw, most [MW]"),
        amount("give_way_mw", "Gives way, most [MW]"),
        amount("paused_mw", "Pauses, most [MW]"),
        amount("lost_mwh", "Energy not used, all periods [MWh]"),
        amount("peak_hours_count", "Peak hours a year"),
    )
    for row in periods:
        mine = [r for r in rows if (r["site"], r["tier"]) == (row["site"], row["tier"])]
        row["lost_mwh"] = sum(number(r, "lost_mwh") for r in mine)
        row["peak_hours_count"] = max(number(r, "peak_hours_count") for r in mine)
    blocks: list[Block] = [
        Text("A tier is the share of a year's energy that new load gives up in the peak hours."),
        Chart(
            "curtailment-chart",
            "What gives way in peak hours",
            "Load that gives way by period; figures in the table below",
            figure,
        ),
        TableBlock(plain_table("curtailment-table", "Curtailment by site", columns, periods)),
    ]
    zones = [row for row in rows_in(plan, "curtailment_zones") if number(row, "drawn_mw") > 0]
    if zones:
        zone_columns = (
            named(plan, "zone", "Zone"),
            text("period_start", "Period from"),
            amount("rivals_mw", "Rivals [MW]"),
            amount("drawn_mw", "Drawn [MW]"),
            amount("headroom_mw", "Headroom at the highest tier [MW]"),
            amount("needed_mwh", "Needed to give way [MWh]"),
            amount("offered_mwh", "Offered [MWh]"),
        )
        last = max(str(row["period_start"]) for row in zones)
        final = [row for row in zones if str(row["period_start"]) == last]
        table = plain_table("curtailment-zones", "Curtailment by zone", zone_columns, final)
        blocks.append(TableBlock(table, "By zone, last period"))
    return Section("curtailment", "Load that gives way", "Curtailment", tuple(blocks))


def rentals(plan: Plan) -> Section | None:
    """Units on rent, from when to when."""
    rows = rows_in(plan, "rentals")
    if not rows:
        return None
    periods = spans(rows, ("name", "location"), ("quantity", "capacity_mw", "firm_mw"))
    for row in periods:
        mine = [r for r in rows if (r["name"], r["location"]) == (row["name"], row["location"])]
        row["energy_mwh"] = sum(number(r, "energy_mwh") for r in mine)
    columns = (
        long_text("name", "Unit"),
        named(plan, "location", "At"),
        text("first", "From"),
        text("last", "Last period from"),
        amount("quantity", "Most units"),
        amount("capacity_mw", "Capacity, most [MW]"),
        amount("firm_mw", "Firm, most [MW]"),
        amount("energy_mwh", "Energy, all periods [MWh]"),
    )
    figure = by_name(plan, rows, lambda r: words(str(r["product"])), "capacity_mw", "On rent [MW]")
    chart = Chart(
        "rental-chart", "Rented capacity", "Capacity on rent by kind of unit; figures below", figure
    )
    table = plain_table("rental-table", "Rented units", columns, periods)
    return Section("rentals", "Rented power", "Rented power", (chart, TableBlock(table)))


def ride_through(plan: Plan) -> Section | None:
    """Load that would trip together against its limit, and what is equipped."""
    groups, orders = rows_in(plan, "trip_groups"), rows_in(plan, "ride_through")
    blocks: list[Block] = []
    if groups:
        data = []
        names = sorted({str(row["group"]) for row in groups})
        for position, name in enumerate(names):
            mine = [row for row in groups if str(row["group"]) == name]
            for column, word, dash in (
                ("trip_mw", "would trip", "solid"),
                ("max_trip_mw", "limit", "dot"),
            ):
                values = series(mine, column)
                if column == "max_trip_mw":
                    # the limit holds before there is any load too
                    values = dict.fromkeys(by_period(plan, "target_mw"), max(values.values()))
                label = f"{words(name)}, {word}"
                data.append(
                    steps(plan, values, label, colour_of(position), dash, unit=1, suffix="MW")
                )
        figure = {"data": data, "layout": time_layout("Trips together [MW]")}
        blocks += [
            Text("Load that drops off together in a fault must stay below what the grid can bear."),
            Chart(
                "trip-chart",
                "Load that would trip together",
                "Load that would trip by group, and its limit; figures in the table below",
                figure,
            ),
        ]
        final = last_rows(groups, "group")
        columns = (
            kind("group", "Group"),
            text("period_start", "Period from"),
            amount("drawn_mw", "Drawn [MW]"),
            amount("held_mw", "Rides through [MW]"),
            amount("trip_mw", "Would trip [MW]"),
            amount("max_trip_mw", "Limit [MW]"),
        )
        table = plain_table("trip-table", "Load that would trip, last period", columns, final)
        blocks.append(TableBlock(table, "Last period"))
    if orders:
        order_columns = (
            named(plan, "site", "Site"),
            amount("equipped_mw", "Equipped [MW]"),
            amount("overnight_usd", "Overnight cost [M USD]", 1, MILLION),
            text("start_date", "Start"),
            text("in_service_date", "In service"),
        )
        table = plain_table("ride-table", "Ride-through equipment", order_columns, orders)
        blocks.append(TableBlock(table, "Equipment"))
    if not blocks:
        return None
    return Section("ride-through", "Riding through faults", "Ride-through", tuple(blocks))


def ratepayer(plan: Plan) -> Section | None:
    """Effect on the bills of other customers, by zone."""
    rows = rows_in(plan, "ratepayer")
    if not rows:
        return None
    touched = {str(r["zone"]) for r in rows if abs(number(r, "bill_effect_frac")) > 1e-9}
    data = []
    for position, zone in enumerate(sorted(touched)):
        mine = [row for row in rows if str(row["zone"]) == zone]
        values = {start: PERCENT * v for start, v in series(mine, "bill_effect_frac").items()}
        data.append(steps(plan, values, zone, colour_of(position), unit=1, suffix="%"))
    shown = [
        {**row, "effect": PERCENT * number(row, "bill_effect_frac")}
        for row in largest_rows(rows, "zone", "bill_effect_frac")
    ]
    columns = (
        named(plan, "zone", "Zone"),
        text("period_start", "Period from"),
        amount("surplus_before_mw", "Surplus before [MW]"),
        amount("surplus_after_mw", "Surplus after [MW]"),
        amount("price_before_usd_per_mw_day", "Capacity price before [USD/MW-day]", 1),
        amount("price_after_usd_per_mw_day", "Capacity price after [USD/MW-day]", 1),
        amount("network_usd", "Network [M USD a year]", 1, MILLION),
        amount("capacity_usd", "Capacity [M USD a year]", 1, MILLION),
        amount("effect", "Effect on bills [%]", 2),
    )
    blocks: list[Block] = [
        Text("What the plan adds to, or takes off, the yearly bill of the customers of a zone.")
    ]
    if data:
        layout = time_layout("Effect on bills [%]")
        layout["yaxis"]["rangemode"] = "normal"
        blocks.append(
            Chart(
                "bill-chart",
                "Bills of other customers",
                "Effect on bills by zone and period; the largest of each zone is in the table",
                {"data": data, "layout": layout},
            )
        )
    table = plain_table("bill-table", "Largest effect on bills by zone", columns, shown)
    blocks.append(TableBlock(table, "Largest effect by zone"))
    return Section("bills", "Bills of other customers", "Bills", tuple(blocks))
