"""Charts over time and of cost, as plain Plotly data; colours are names of the style sheet."""

from __future__ import annotations

from datetime import date
from typing import Any

from siting.core.audit import day, number
from siting.core.plan import Plan
from siting.outputs.features import rows_in
from siting.outputs.report.tables import costs_by_family
from siting.outputs.report.words import (
    BILLION,
    GW,
    by_period,
    family,
    text_of,
    words,
)

Figure = dict[str, Any]
COLOURS = ("blue", "amber", "green", "purple", "teal", "red", "brown", "grey")
"""Colours of the style sheet, in the order in which series take them."""


def colour_of(position: int) -> str:
    """Colour of a series; the script swaps the name for the theme's value."""
    return f"@{COLOURS[position % len(COLOURS)]}"


def workload_figure(plan: Plan) -> Figure | None:
    """Load served and asked for, by workload."""
    names = sorted({str(row["workload"]) for row in rows_in(plan, "timeline")})
    if not names:
        return None
    data = []
    for position, name in enumerate(names):
        for column, word, dash in (
            ("served_mw", "served", "solid"),
            ("target_mw", "target", "dot"),
        ):
            series: dict[date, float] = {}
            for row in rows_in(plan, "timeline"):
                start = day(row, "period_start")
                if start is not None and str(row["workload"]) == name:
                    series[start] = series.get(start, 0.0) + number(row, column)
            line = {"shape": "hv", "width": 2.5, "dash": dash, "color": colour_of(position)}
            label = f"{words(name)}, {word}"
            data.append({**_steps(plan, series, label), "mode": "lines", "line": line})
    return {"data": data, "layout": _time_layout("IT load [GW]")}


def supply_figure(plan: Plan) -> Figure | None:
    """Load served, stacked by where its power comes from, against the target."""
    if not rows_in(plan, "timeline"):
        return None
    data = [
        _layer(plan, by_period(plan, column), label, position)
        for position, (column, label) in enumerate(
            (("grid_mw", "From the grid"), ("onsite_mw", "From power on site"))
        )
    ]
    line = {"shape": "hv", "width": 2, "dash": "dot", "color": "@ink"}
    target = _steps(plan, by_period(plan, "target_mw"), "Target")
    return {
        "data": [*data, {**target, "mode": "lines", "line": line}],
        "layout": _time_layout("IT load [GW]"),
    }


def generation_figure(plan: Plan) -> Figure | None:
    """Capacity in service of the plan's plants and rented units, stacked by technology."""
    series: dict[str, dict[date, float]] = {}
    for table, column, suffix in (
        ("generation", "technology", ""),
        ("rentals", "product", ", rented"),
    ):
        for row in rows_in(plan, table):
            start = day(row, "period_start")
            if start is not None:
                layer = series.setdefault(words(str(row[column])) + suffix, {})
                layer[start] = layer.get(start, 0.0) + number(row, "capacity_mw")
    if not series:
        return None
    data = [
        _layer(plan, series[name], name, position + 2)
        for position, name in enumerate(sorted(series))
    ]
    return {"data": data, "layout": _time_layout("Capacity [GW]")}


def cost_figure(plan: Plan) -> Figure | None:
    """Discounted cost by family."""
    total = costs_by_family(plan)
    order = sorted(total, key=lambda name: (total[name], name))
    if not order:
        return None
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": [text_of(family(name)) for name in order],
        "x": [round(total[name] / BILLION, 4) for name in order],
        "marker": {"color": "@blue"},
        "hovertemplate": "%{y}: %{x:,.2f} B USD<extra></extra>",
        "texttemplate": "%{x:,.2f}",
        "textposition": "outside",
        "cliponaxis": False,
    }
    layout = {
        "xaxis": {"title": {"text": "Discounted cost [B USD]"}, "fixedrange": True},
        "yaxis": {"type": "category", "automargin": True, "fixedrange": True, "showgrid": False},
        "margin": {"l": 8, "r": 56, "t": 8, "b": 60},
        "showlegend": False,
        "dragmode": False,
        "height": 88 + 32 * len(order),
    }
    return {"data": [trace], "layout": layout}


def _layer(plan: Plan, series: dict[date, float], label: str, position: int) -> Figure:
    """An area of a stack."""
    colour = colour_of(position)
    return {
        **_steps(plan, series, label),
        "mode": "lines",
        "stackgroup": "all",
        "line": {"shape": "hv", "width": 0, "color": colour},
        "fillcolor": colour,
    }


def _steps(plan: Plan, series: dict[date, float], label: str) -> Figure:
    """A line that holds over each period, to the end of the horizon."""
    starts = sorted(by_period(plan, "target_mw")) or sorted(series)
    values = [round(series.get(start, 0.0) / GW, 4) for start in starts]
    ends = [end for row in rows_in(plan, "timeline") if (end := day(row, "period_end"))]
    return {
        "type": "scatter",
        "name": text_of(label),
        "x": [start.isoformat() for start in [*starts, max(ends, default=starts[-1])]],
        "y": [*values, values[-1]],
        "hovertemplate": "%{fullData.name}: %{y:,.2f} GW<extra></extra>",
    }


def _time_layout(title: str) -> Figure:
    """Layout of a chart over time."""
    return {
        "yaxis": {"title": {"text": title}, "rangemode": "tozero", "fixedrange": True},
        "xaxis": {"type": "date", "fixedrange": True, "hoverformat": "%b %Y"},
        "margin": {"l": 56, "r": 12, "t": 8, "b": 36},
        "legend": {"orientation": "h", "y": -0.12, "yanchor": "top", "x": 0},
        "hovermode": "x unified",
        "dragmode": False,
    }
