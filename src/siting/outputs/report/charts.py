"""Charts over time and of cost, as plain Plotly data; colours are names of the style sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from siting.core.audit import day, number
from siting.core.labels import words
from siting.core.money import BILLIONS, unit_of
from siting.core.plan import Plan
from siting.families.registry import COMPONENTS
from siting.outputs.features import rows_in
from siting.outputs.report.blocks import Figure
from siting.outputs.report.palette import colour_of
from siting.outputs.report.schedule import setting
from siting.outputs.report.tables import costs_by_family
from siting.outputs.report.words import (
    GW,
    by_period,
    family,
    money,
    short,
    text_of,
    wrapped,
)

SUPPLIES = (("grid_mw", "From the grid"), ("onsite_mw", "From power on site"))
MISSING = "Asked for, not yet served"
FACTORY = ("pool", "site")
"""Ways of buying that take a slot of the factory."""
BAR_PX = 32
NARROW_CHARS, LINE_PX = 20, 15
"""Characters in a line of a label on a phone, and the height of that line."""
DASHES = ("solid", "dash", "dashdot", "longdash", "longdashdot")
"""Lines of several plans, which may run over each other; dots are those of targets."""


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
            label = f"{words(name)}, {word}"
            data.append(steps(plan, series, label, colour_of(position), dash))
    return {"data": data, "layout": time_layout("IT load [GW]")}


def served_figure(best: Plan, plans: Mapping[str, Plan]) -> Figure:
    """Load served under each of several plans, by name, against the target of the best one."""
    data = [steps(best, by_period(best, "target_mw"), "Target", "@ink", dash="dot")]
    for position, (name, plan) in enumerate(plans.items()):
        dash = DASHES[position % len(DASHES)]
        data.append(steps(plan, by_period(plan, "served_mw"), name, colour_of(position), dash))
    return {"data": data, "layout": time_layout("IT load served [GW]")}


def supply_figure(plan: Plan) -> Figure | None:
    """Load served, stacked by where its power comes from, what is missing, and the target."""
    if not rows_in(plan, "timeline"):
        return None
    data = [
        area(plan, by_period(plan, column), label, colour_of(position))
        for position, (column, label) in enumerate(SUPPLIES)
    ]
    missing = by_period(plan, "unserved_mw")
    if any(missing.values()):
        hatched = area(plan, missing, MISSING, "@red")
        pattern = {"shape": "/", "size": 6, "solidity": 0.35, "fgcolor": "@red"}
        data.append({**hatched, "fillpattern": {**pattern, "bgcolor": "@paper"}})
    data.append(steps(plan, by_period(plan, "target_mw"), "Target", "@ink", "dot"))
    return {"data": data, "layout": time_layout("IT load [GW]")}


def generation_figure(plan: Plan) -> Figure | None:
    """Capacity in service of the plan's plants and rented units, stacked by technology."""
    series: dict[str, dict[date, float]] = {}
    supplies = (
        (table, columns.supply)
        for component in COMPONENTS.values()
        for table, columns in component.columns.items()
        if columns.supply is not None
    )
    for table, supply in supplies:
        for row in rows_in(plan, table):
            start = day(row, "period_start")
            if start is not None:
                layer = series.setdefault(words(str(row[supply.kind])) + supply.suffix, {})
                layer[start] = layer.get(start, 0.0) + number(row, "capacity_mw")
    if not series:
        return None
    data = [
        area(plan, series[name], name, colour_of(position + 2))
        for position, name in enumerate(sorted(series))
    ]
    return {"data": data, "layout": time_layout("Capacity [GW]")}


def cost_figure(plan: Plan) -> Figure | None:
    """Waterfall of the discounted cost: largest part first, total last."""
    total = costs_by_family(plan)
    order = sorted(total, key=lambda name: (-total[name], name))
    if not order:
        return None
    values = [*(total[name] for name in order), sum(total.values())]
    unit = unit_of(*values)
    names = [*(family(name) for name in order), "Total"]
    trace = {
        "type": "waterfall",
        "orientation": "h",
        "y": [text_of(name) for name in names],
        "x": [round(value / unit.usd, 4) for value in values],
        "measure": [*("relative" for _ in order), "total"],
        "increasing": {"marker": {"color": "@blue"}},
        "decreasing": {"marker": {"color": "@green"}},
        "totals": {"marker": {"color": "@ink"}},
        "connector": {"line": {"color": "@border", "width": 1}},
        "text": [_brief(value) for value in values],
        "textposition": "outside",
        "textfont": {"color": "@ink"},
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    layout = bars_layout(f"Discounted cost, added up [{unit.name}]", len(names))
    layout["yaxis"]["autorange"] = "reversed"
    return {"data": [trace], "layout": {**layout, "margin": {"l": 8, "r": 72, "t": 8, "b": 56}}}


def _brief(usd: float) -> str:
    """A cost with the digits it needs."""
    if abs(usd) >= BILLIONS.usd / 10:
        return f"{BILLIONS.shown(usd, 2)} B"
    return money(usd).removesuffix(" USD")


def slot_figure(plan: Plan) -> Figure | None:
    """Units ordered from the factory in each year, against the slots that this plan can book."""
    ordered: dict[str, dict[int, float]] = {}
    for row in rows_in(plan, "orders"):
        placed = day(row, "order_date")
        if placed is not None and row["procurement"] in FACTORY:
            years = ordered.setdefault(str(row["equipment_class"]), {})
            years[placed.year] = years.get(placed.year, 0.0) + number(row, "quantity")
    if not ordered:
        return None
    months = months_by_year(plan)
    data: list[Figure] = []
    for position, name in enumerate(sorted(ordered)):
        shown = [year for year in months if year <= max(max(y) for y in ordered.values())]
        colour, word = colour_of(position), words(name)
        data.append(
            {
                "type": "bar",
                "name": text_of(f"{word}, ordered"),
                "x": [str(year) for year in shown],
                "y": [round(ordered[name].get(year, 0.0), 4) for year in shown],
                "marker": {"color": colour},
                "hovertemplate": "%{fullData.name}: %{y:,}<extra></extra>",
            }
        )
        rate = setting(plan, "transformers", "classes", name, "slots_per_year")
        if isinstance(rate, int | float) and not isinstance(rate, bool):
            data.append(_slots(word, colour, {y: rate * months[y] / 12 for y in shown}))
    return {
        "data": data,
        "layout": {
            **time_layout("Units"),
            "xaxis": {"type": "category", "fixedrange": True},
            "barmode": "group",
        },
    }


def _slots(word: str, colour: str, slots: Mapping[int, float]) -> Figure:
    """Factory slots of a class, a dash a year."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": text_of(f"{word}, factory slots"),
        "x": [str(year) for year in slots],
        "y": [round(value, 4) for value in slots.values()],
        "marker": {
            "symbol": "line-ew",
            "size": 34,
            "color": colour,
            "line": {"width": 3, "color": colour},
        },
        "hovertemplate": "%{fullData.name}: %{y:,}<extra></extra>",
    }


def months_by_year(plan: Plan) -> dict[int, int]:
    """Months of the horizon by the year in which their period starts, as orders are counted."""
    spans = {
        (start, end)
        for row in rows_in(plan, "timeline")
        if (start := day(row, "period_start")) and (end := day(row, "period_end"))
    }
    months: dict[int, int] = {}
    for start, end in sorted(spans):
        length = (end.year - start.year) * 12 + end.month - start.month
        months[start.year] = months.get(start.year, 0) + length
    return months


def bars_figure(
    labels: Sequence[str], values: Sequence[float], axis: str, decimals: int = 1
) -> Figure:
    """Horizontal bars, first on top, each with its value; on a phone labels take several lines."""
    places = list(range(len(labels)))
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "x": [round(value, 6) for value in values],
        "text": [text_of(label) for label in labels],
        "marker": {"color": "@blue"},
        "texttemplate": f"%{{x:,.{decimals}f}}",
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": f"%{{text}}: %{{x:,.{decimals}f}}<extra></extra>",
    }
    layout = bars_layout(axis, len(labels))

    def rows(names: Sequence[str]) -> Figure:
        ticks = {"type": "linear", "autorange": "reversed", "tickvals": places, "ticktext": names}
        return {**layout["yaxis"], **ticks, "zeroline": False}

    whole = [wrapped(label, NARROW_CHARS) for label in labels]
    lines = max((name.count("<br>") + 1 for name in whole), default=1)
    narrow = {"yaxis": rows(whole), "height": 88 + max(BAR_PX, LINE_PX * lines + 6) * len(labels)}
    wide = rows([text_of(short(label, 60)) for label in labels])
    return {"data": [trace], "layout": {**layout, "yaxis": wide}, "narrow": narrow}


def bars_layout(axis: str, count: int) -> Figure:
    """Layout of horizontal bars."""
    return {
        "xaxis": {
            "title": {"text": text_of(axis)},
            "fixedrange": True,
            "nticks": 5,
            "tickformat": ",.4~r",
        },
        "yaxis": {"type": "category", "automargin": True, "fixedrange": True, "showgrid": False},
        "margin": {"l": 8, "r": 64, "t": 8, "b": 56},
        "showlegend": False,
        "dragmode": False,
        "height": 88 + BAR_PX * count,
    }


def area(
    plan: Plan, series: Mapping[date, float], label: str, colour: str, unit: float = GW
) -> Figure:
    """An area of a stack."""
    line = {"shape": "hv", "width": 0, "color": colour}
    trace = {**steps(plan, series, label, colour, unit=unit), "stackgroup": "all"}
    return {**trace, "line": line, "fillcolor": colour}


def steps(
    plan: Plan,
    series: Mapping[date, float],
    label: str,
    colour: str,
    dash: str = "solid",
    unit: float = GW,
    suffix: str = "GW",
) -> Figure:
    """A line that holds over each period, to the end of the horizon."""
    starts = sorted(by_period(plan, "target_mw")) or sorted(series)
    values = [round(series.get(start, 0.0) / unit, 5) for start in starts]
    ends = [end for row in rows_in(plan, "timeline") if (end := day(row, "period_end"))]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": text_of(label),
        "x": [start.isoformat() for start in [*starts, max(ends, default=starts[-1])]],
        "y": [*values, values[-1]],
        "line": {"shape": "hv", "width": 2.5, "dash": dash, "color": colour},
        "hovertemplate": f"%{{fullData.name}}: %{{y:,.4~r}} {text_of(suffix)}<extra></extra>",
    }


def time_layout(title: str) -> Figure:
    """Layout of a chart over time."""
    return {
        "yaxis": {
            "title": {"text": text_of(title)},
            "rangemode": "tozero",
            "fixedrange": True,
            "automargin": True,
            "tickformat": ",.4~r",
        },
        "xaxis": {"type": "date", "fixedrange": True, "hoverformat": "%b %Y"},
        "margin": {"l": 56, "r": 12, "t": 8, "b": 36},
        "legend": {"orientation": "h", "y": -0.12, "yanchor": "top", "x": 0},
        "hovermode": "x unified",
        "dragmode": False,
        "showlegend": True,
        "height": 340,
    }
