"""Sections of cooling, water and emissions, and tables of how land is leased and reviewed."""

from __future__ import annotations

from collections.abc import Sequence

from siting.core.audit import number
from siting.core.labels import words
from siting.core.plan import Plan
from siting.core.table import Row
from siting.outputs.features import rows_in
from siting.outputs.report.blocks import Block, Chart, Figure, Section, TableBlock, Text
from siting.outputs.report.charts import time_layout
from siting.outputs.report.grid import Column, amount, kind, named, plain_table, text
from siting.outputs.report.palette import colour_of
from siting.outputs.report.series import by_name, spans
from siting.outputs.report.words import EMPTY, MILLION, text_of

THOUSAND = 1e3


def water(plan: Plan) -> Section | None:
    """Cooling of each site, and the water that plants and cooling take."""
    rows = rows_in(plan, "cooling")
    blocks: list[Block] = []
    if rows:
        figure = by_name(plan, rows, lambda row: words(str(row["option"])), "it_mw", "IT load [MW]")
        periods = spans(rows, ("site", "option"), ("it_mw", "facility_mw"))
        for row in periods:
            mine = [r for r in rows if (r["site"], r["option"]) == (row["site"], row["option"])]
            row["water_m3"] = sum(number(r, "water_m3") for r in mine)
        columns = (
            named(plan, "site", "Site"),
            kind("option", "Cooling"),
            text("first", "From"),
            text("last", "Last period from"),
            amount("it_mw", "IT load, most [MW]"),
            amount("facility_mw", "Facility, most [MW]"),
            amount("water_m3", "Water, all periods [thousand m3]", 1, THOUSAND),
        )
        label = "IT load by cooling; figures in the table below"
        blocks += [
            Chart("cooling-chart", "IT load by cooling", label, figure),
            TableBlock(plain_table("cooling-table", "Cooling by site", columns, periods)),
        ]
    blocks += _footprint(plan, "water_m3", "Water [M m3 a year]", "water", MILLION)
    if not blocks:
        return None
    return Section("water", "Cooling and water", "Water", tuple(blocks))


def emissions(plan: Plan) -> Section | None:
    """CO2 by where it comes from."""
    blocks = _footprint(plan, "emissions_t", "Emissions [Mt CO2 a year]", "emissions", MILLION)
    return Section("emissions", "Emissions", "Emissions", tuple(blocks)) if blocks else None


def _footprint(plan: Plan, column: str, axis: str, family: str, unit: float) -> list[Block]:
    """What is taken or emitted by year and source, and against caps."""
    rows = [row for row in rows_in(plan, "footprint") if number(row, column)]
    caps = rows_in(plan, f"{family}_caps")
    blocks: list[Block] = []
    if rows:
        label = f"{words(family)} by year and source; figures in tables/footprint.csv"
        figure = _years(rows, column, axis, unit)
        blocks.append(Chart(f"{family}-chart", f"{words(family)} by source", label, figure))
    if caps:
        limit = next(key for key in caps[0] if key not in ("year", "rule", "group", column))
        columns = (
            amount_of_year(),
            kind("rule", "Cap"),
            kind("group", "Of"),
            amount(column, f"Taken [{_unit(column)}]"),
            amount(limit, f"Cap [{_unit(column)}]"),
        )
        title = f"Caps on {family}"
        blocks.append(TableBlock(plain_table(f"{family}-caps", title, columns, caps), title))
    if rows and not caps:
        blocks.append(Text(f"The scenario sets no cap on {family}."))
    return blocks


def amount_of_year() -> Column:
    """A column of calendar years, which take no thousands separator."""
    return Column("year", "Year", lambda cell: f"{cell:.0f}" if cell else EMPTY)


def _unit(column: str) -> str:
    """Unit of a column, as a planner writes it."""
    return {"water_m3": "m3", "emissions_t": "t"}[column]


def _years(rows: Sequence[Row], column: str, axis: str, unit: float) -> Figure:
    """Bars by calendar year, stacked by source."""
    names = sorted({(str(row["kind"]), str(row["source"])) for row in rows})
    years = sorted({int(number(row, "year")) for row in rows})
    data = []
    for position, (source_kind, source) in enumerate(names):
        amounts = {
            int(number(row, "year")): number(row, column)
            for row in rows
            if (str(row["kind"]), str(row["source"])) == (source_kind, source)
        }
        label = text_of(f"{words(source)} ({words(source_kind).lower()})")
        data.append(
            {
                "type": "bar",
                "name": label,
                "x": [str(year) for year in years],
                "y": [round(amounts.get(year, 0.0) / unit, 6) for year in years],
                "marker": {"color": colour_of(position)},
                "hovertemplate": "%{fullData.name}: %{y:,.4~r}<extra></extra>",
            }
        )
    layout = {**time_layout(axis), "barmode": "stack"}
    return {"data": data, "layout": {**layout, "xaxis": {"type": "category", "fixedrange": True}}}


def land_blocks(plan: Plan) -> list[Block]:
    """Phases in which land is leased, options on sites, and reviews that serve several."""
    blocks: list[Block] = []
    phases, reviews = rows_in(plan, "lease_phases"), rows_in(plan, "programmatic_reviews")
    if phases:
        columns = (
            named(plan, "site", "Site"),
            text("start_date", "From"),
            amount("count", "Phases"),
            amount("acres", "Land [acres]"),
        )
        table = plain_table("phase-table", "Lease phases", columns, phases)
        blocks.append(TableBlock(table, "Lease phases"))
    options = rows_in(plan, "lease_options")
    if options:
        option_columns = (
            named(plan, "site", "Site"),
            text("start_date", "From"),
            text("end_date", "Until"),
            text("ends", "Then"),
            amount("fee_usd_per_year", "Fee [M USD a year]", 2, MILLION),
        )
        title = "Options on sites"
        table = plain_table("option-table", title, option_columns, options)
        blocks.append(TableBlock(table, title))
    if reviews:
        review_columns = (
            kind("id", "Review"),
            text("agency", "Agency"),
            amount("months", "Months", 1),
            amount("cost_usd", "Cost [M USD]", 1, MILLION),
            text("start_date", "Start"),
            text("done_date", "Done"),
        )
        title = "Programmatic reviews"
        blocks.append(
            TableBlock(plain_table("review-table", title, review_columns, reviews), title)
        )
    return blocks
