"""The frontier on the page: a band of cost, lateness below it, and the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from siting.core.audit import day, number
from siting.core.table import Row
from siting.outputs.report.blocks import Chart, Figure, Section, TableBlock, Text
from siting.outputs.report.charts import time_layout
from siting.outputs.report.grid import amount, plain_table, text
from siting.studies.base import Result
from siting.studies.columns import dearer_columns, unit_for
from siting.studies.frontier.search import Waited

LOWER, UPPER = "cost_increase_lower_usd", "cost_increase_upper_usd"
NOTE = (
    "Nothing is decided before the date: no site, order, request for connection, upgrade or plant. The cost "
    "lies within the band, proven below by bounds and above by plans. Neither falls with the date, so "
    "between two dates it lies between the bound of the earlier and the plan of the later."
)
DISPLAYED = {"frontier": ("decided_from_date", LOWER, UPPER, "late_mw_months", "half_date")}
"""What a notebook shows."""


def sections(result: Result[tuple[Waited, ...]]) -> Iterator[Section]:
    """Cost and lateness by date."""
    rows = list(result.tables["frontier"])
    known = [row for row in rows if row[UPPER] is not None]
    unit = unit_for(known, UPPER)
    data = [
        _line(known, LOWER, unit.usd, "At least", "@blue", ("hv", "dot")),
        {
            **_line(known, UPPER, unit.usd, "At most", "@blue", ("vh", "solid")),
            "fill": "tonexty",
            "fillcolor": "@blue",
        },
    ]
    cost: Figure = {"data": data, "layout": _layout(f"Dearer [{unit.name}]")}
    late = _line(known, "late_mw_months", 1000.0, "Late load", "@red", ("linear", "solid"))
    waits: Figure = {"data": [late], "layout": _layout("Late [GW-months]")}
    columns = (
        text("decided_from_date", "Decided from"),
        text("status", "Status"),
        *dearer_columns(known),
        amount("late_mw_months", "Late [MW-months]"),
        text("first_date", "First MW"),
        text("half_date", "Half"),
        text("full_date", "All"),
        amount("end_it_mw", "At the end [MW]"),
    )
    label = "by the date before which nothing is decided; figures in the table below"
    blocks = (
        Text(NOTE),
        Chart("frontier-cost", "Cost", f"Cost {label}", cost),
        Chart("frontier-late", "Lateness", f"Lateness {label}", waits),
        TableBlock(plain_table("frontier-table", "Frontier", columns, rows)),
    )
    yield Section("frontier", "What each year of waiting costs", "Frontier", blocks)


def _line(
    rows: Sequence[Row], key: str, unit: float, name: str, colour: str, look: tuple[str, str]
) -> Figure:
    """A column by date; ``look`` is how points are joined, and the dashes."""
    shape, dash = look
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": [str(day(row, "decided_from_date")) for row in rows],
        "y": [round(number(row, key) / unit, 6) for row in rows],
        "line": {"color": colour, "width": 2, "shape": shape, "dash": dash},
        "hovertemplate": f"{name}: %{{y:,.4~r}}<extra></extra>",
    }


def _layout(title: str) -> Figure:
    """Axes of a chart by date."""
    return {**time_layout(title), "height": 280}
