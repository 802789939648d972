"""Gantt chart: every site from commitment to power, then plants that feed the grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from siting.core.audit import day
from siting.core.plan import Plan
from siting.core.table import Row
from siting.outputs.features import rows_in
from siting.outputs.report.charts import Figure
from siting.outputs.report.words import is_weak, short, text_of, words

MS_PER_DAY = 86_400_000
LANE_PX = 9
STAGES = {
    "Review": "@grey",
    "Connection": "@amber",
    "Transformers": "@red",
    "Halls": "@blue",
    "Power plants": "@green",
}
"""Stages in the order of their lanes, with colours of the style sheet."""


@dataclass(frozen=True)
class Bar:
    """A stage of a row of the chart."""

    row: str
    stage: str
    start: date
    end: date
    words: str


def gantt_figure(plan: Plan) -> Figure | None:
    """From commitment to power: a row a site or plant, a lane a stage."""
    bars = list(_bars(plan))
    if not bars:
        return None
    begin: dict[str, date] = {}
    for bar in bars:
        begin[bar.row] = min(bar.start, begin.get(bar.row, bar.start))
    order = sorted(begin, key=lambda row: (row[0] != "s", begin[row], row))
    traces = [_trace(stage, [b for b in bars if b.stage == stage]) for stage in STAGES]
    traces = [trace for trace in traces if trace["y"]]
    first = _first_power(plan, set(order))
    lanes = len(traces)
    names = {row: _row_name(plan, row) for row in order}
    layout = {
        "xaxis": {"type": "date", "side": "top", "fixedrange": True, "ticks": "outside"},
        "yaxis": _rows_axis(order, names, 30),
        "barmode": "group",
        "bargap": 0.3,
        "bargroupgap": 0,
        "hovermode": "closest",
        "dragmode": False,
        "height": max(220, (lanes + 2) * LANE_PX * len(order) + 96),
        "legend": {"orientation": "h", "y": 0, "yanchor": "top", "yref": "paper", "x": 0},
        "margin": {"l": 8, "r": 12, "t": 30, "b": 48},
    }
    narrow = {"yaxis": _rows_axis(order, names, 15)}
    return {"data": [*traces, *first], "layout": layout, "narrow": narrow}


def _rows_axis(order: list[str], names: dict[str, str], length: int) -> Figure:
    """Axis with a tick a row, first on top."""
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": [text_of(row) for row in order],
        "range": [len(order) - 0.5, -0.5],
        "tickvals": [text_of(row) for row in order],
        "ticktext": [text_of(short(names[row], length)) for row in order],
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
    }


def _row_name(plan: Plan, row: str) -> str:
    """Name of a site or plant of the chart."""
    kind, _, name = row.partition(":")
    if kind == "s":
        return str(plan.places.get(name, {}).get("name") or name)
    return next(str(r["name"] or name) for r in rows_in(plan, "plants") if str(r["item"]) == name)


def _trace(stage: str, bars: list[Bar]) -> Figure:
    """Bars of a stage."""
    return {
        "type": "bar",
        "orientation": "h",
        "name": stage,
        "offsetgroup": stage,
        "y": [text_of(bar.row) for bar in bars],
        "base": [bar.start.isoformat() for bar in bars],
        "x": [(bar.end - bar.start).days * MS_PER_DAY for bar in bars],
        "marker": {"color": STAGES[stage], "line": {"width": 0.7, "color": "@paper"}},
        "text": [text_of(bar.words) for bar in bars],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _first_power(plan: Plan, rows: set[str]) -> Iterator[Figure]:
    """Date at which each site is first energised."""
    points = [
        (f"s:{row['site']}", energised)
        for row in rows_in(plan, "sites")
        if (energised := day(row, "first_energised_date")) and f"s:{row['site']}" in rows
    ]
    if points:
        yield {
            "type": "scatter",
            "mode": "markers",
            "name": "First power",
            "y": [text_of(row) for row, _ in points],
            "x": [energised.isoformat() for _, energised in points],
            "marker": {
                "symbol": "star",
                "size": 13,
                "color": "@ink",
                "line": {"width": 1.5, "color": "@paper"},
            },
            "hovertemplate": "First power %{x|%Y-%m-%d}<extra></extra>",
        }


def _bars(plan: Plan) -> Iterator[Bar]:
    """Everything with two dates, at its site or, for plants that feed the grid, on its own row."""
    sites = {str(row["site"]): row for row in rows_in(plan, "sites")}
    for table, stage, place, begin, finish in (
        ("sites", "Review", "site", "commit_date", "review_done_date"),
        ("connections", "Connection", "site", "start_date", "in_service_date"),
        ("orders", "Transformers", "site", "order_date", "in_service_date"),
        ("halls", "Halls", "site", "start_date", "in_service_date"),
        ("plants", "Power plants", "location", "start_date", "in_service_date"),
    ):
        for row in rows_in(plan, table):
            start, end, where = day(row, begin), day(row, finish), str(row[place])
            if start is None or end is None or end <= start:
                continue
            if where in sites:
                yield Bar(f"s:{where}", stage, start, end, _bar_words(stage, row, start, end))
            elif table == "plants":
                name = f"p:{row['item']}"
                yield Bar(name, stage, start, end, _bar_words(stage, row, start, end))


def _bar_words(stage: str, row: Row, start: date, end: date) -> str:
    """Hover text of a bar."""
    what = {
        "Review": f"Review: {words(row.get('review_path')) or 'path not stated'}",
        "Connection": f"Connection to {row.get('node')}",
        "Transformers": f"{row.get('quantity')} x {words(row.get('equipment_class')).lower()}",
        "Halls": f"{row.get('count')} halls of {row.get('block_mw')} MW",
        "Power plants": f"{row.get('quantity')} x {row.get('name')}",
    }[stage]
    mark = " (est.)" if stage == "Power plants" and is_weak(row) else ""
    return f"{what}{mark}, {start} to {end}"
