"""Gantt chart: every site from commitment to power, then plants that feed the grid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from siting.core.audit import day
from siting.core.plan import Plan
from siting.core.table import Row
from siting.outputs.features import rows_in
from siting.outputs.report.blocks import Figure
from siting.outputs.report.grid import ReportTable, amount, long_text, name_of, plain_table, text
from siting.outputs.report.schedule import Bar, Schedule, stage_of, stage_titles, stages_shown
from siting.outputs.report.words import text_of, wrapped

MS_PER_DAY = 86_400_000
LANE_PX = 11
GAP_LANES = 1.0
"""Lanes left blank between rows."""
LEGEND_PX = 130
WIDE_CHARS, NARROW_CHARS, LINE_PX = 30, 15, 15
"""Characters in a line of a name, on a desk and on a phone, and the height of that line."""
LAST = "Outlined: on the critical path of an energisation"


@dataclass(frozen=True)
class Rows:
    """Where each row and each bar stands, in lanes from the top."""

    order: tuple[str, ...]
    centre: dict[str, float]
    lane: dict[Bar, float]
    lanes: float


def gantt_figure(plan: Plan, schedule: Schedule) -> Figure | None:
    """From commitment to power: a row a site or plant, a lane a stage."""
    if not schedule.bars:
        return None
    rows = _rows(schedule.bars)
    traces = list(_traces(schedule, rows))
    first = list(_first_power(plan, rows))
    names = [_row_name(plan, row, schedule.bars) for row in rows.order]
    layout = {
        "xaxis": {"type": "date", "side": "top", "fixedrange": True, "ticks": "outside"},
        "yaxis": _rows_axis(rows),
        "barmode": "overlay",
        "hovermode": "closest",
        "dragmode": False,
        "height": round(rows.lanes * LANE_PX + 30 + LEGEND_PX),
        "legend": {
            "orientation": "h",
            "y": 0,
            "yanchor": "top",
            "x": 0,
            "itemclick": False,
            "itemdoubleclick": False,
        },
        "margin": {"l": 8, "r": 12, "t": 30, "b": LEGEND_PX},
    }
    centres = [rows.centre[row] for row in rows.order]
    layout |= whole_names(layout, centres, names, WIDE_CHARS)
    return {
        "data": [*traces, *first],
        "layout": layout,
        "narrow": whole_names(layout, centres, names, NARROW_CHARS),
        "paper": {"height": layout["height"]},
    }


def energisation_table(plan: Plan, schedule: Schedule) -> ReportTable:
    """Every rise of load at a site, what came last before it, and what of that it waited for."""
    columns = (
        long_text("site", "Site"),
        text("date", "Energised"),
        amount("added_mw", "Added IT load [MW]"),
        long_text("last", "Finished last"),
        text("done", "On"),
        long_text("critical", "Waited for"),
        text("waited", "Load waited"),
    )
    rows = [
        {
            "site": name_of(plan, rise.site),
            "date": rise.date,
            "added_mw": rise.added_mw,
            "last": stages(rise.last),
            "critical": stages(rise.critical),
            "done": max(
                (day(row, "finished_date") or rise.date for row in rise.last), default=None
            ),
            "waited": "yes" if rise.is_waiting else "no",
        }
        for rise in schedule.energisations
    ]
    title = "What finished last before each energisation"
    return plain_table("energisation-table", title, columns, rows)


def stages(steps: Iterable[Row]) -> str:
    """Stages of some steps, each once."""
    return ", ".join(dict.fromkeys(stage_of(row) for row in steps))


def waiting_sentence(schedule: Schedule) -> str:
    """How often load waited, and for what."""
    waiting = [rise for rise in schedule.energisations if rise.is_waiting]
    count = len(schedule.energisations)
    if not waiting:
        return f"No load waited before any of the {count} energisations." if count else ""
    counts = [
        (sum(any(stage_of(row) == stage for row in rise.critical) for rise in waiting), stage)
        for stage in stage_titles().values()
    ]
    parts = [f"{stage.lower()} {n}" for n, stage in sorted(counts, key=lambda c: -c[0]) if n]
    text = f"Load was waiting before {len(waiting)} of {count} energisations"
    return f"{text}. It waited for {', '.join(parts)}." if parts else f"{text}."


def _rows(bars: Sequence[Bar]) -> Rows:
    """Rows by kind and first date, and within them a lane for every stage; bars of one stage that
    overlap in time take lanes of their own."""
    begin = {bar.row: min(b.start for b in bars if b.row == bar.row) for bar in bars}
    order = sorted(begin, key=lambda row: (row[0] != "s", begin[row], row))
    lane: dict[Bar, float] = {}
    centre: dict[str, float] = {}
    top = GAP_LANES / 2
    stages = [stage.title for stage in stages_shown()]
    for row in order:
        used = 0
        for stage in stages:
            ends: list[Bar] = []
            mine = [b for b in bars if b.row == row and b.stage == stage]
            for bar in sorted(mine, key=lambda b: (b.start, b.end, b.words)):
                free = next((i for i, b in enumerate(ends) if b.end <= bar.start), len(ends))
                ends[free : free + 1] = [bar]
                lane[bar] = top + used + free + 0.5
            used += len(ends)
        centre[row] = top + used / 2
        top += used + GAP_LANES
    return Rows(tuple(order), centre, lane, top - GAP_LANES / 2)


def _rows_axis(rows: Rows) -> Figure:
    """Axis with a tick a row, first on top."""
    return {
        "type": "linear",
        "range": [rows.lanes, 0],
        "tickvals": [round(rows.centre[row], 2) for row in rows.order],
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
    }


def whole_names(
    layout: Figure, centres: Sequence[float], names: Sequence[str], length: int
) -> Figure:
    """The axis with names whole over several lines, and the height that rows tall enough for them take.

    Args:
        layout: of the figure, its rows in lanes of ``LANE_PX``. centres: of the rows, in lanes, ascending.
        length: characters in a line.
    """
    shown = [wrapped(name, length) for name in names]
    lines = [name.count("<br>") + 1 for name in shown]
    edges = [layout["yaxis"]["range"][1], *centres, layout["yaxis"]["range"][0]]
    apart = [
        LINE_PX * (above + below) / 2 / (LANE_PX * max(later - earlier, 0.1))
        for above, below, earlier, later in zip(
            lines, lines[1:], centres, centres[1:], strict=False
        )
    ]
    ends = [
        LINE_PX * count / 2 / (LANE_PX * max(abs(edge - centre), 0.1))
        for count, edge, centre in (
            (lines[0], edges[0], centres[0]),
            (lines[-1], edges[-1], centres[-1]),
        )
    ]
    margin = layout["margin"]["t"] + layout["margin"]["b"]
    height = margin + (layout["height"] - margin) * max(1.0, *apart, *ends)
    return {"yaxis": {**layout["yaxis"], "ticktext": shown}, "height": round(height)}


def _row_name(plan: Plan, row: str, bars: Iterable[Bar]) -> str:
    """Name of a site or plant of the chart."""
    kind, _, name = row.partition(":")
    if kind == "s":
        return name_of(plan, name)
    named = (bar.name for bar in bars if bar.row == row and bar.name)
    return next(named, f"Zone {name}")


def _traces(schedule: Schedule, rows: Rows) -> Iterator[Figure]:
    """Bars by stage, those for which load waited apart, and an entry of the legend for the outline."""
    for stage in stages_shown():
        mine = [b for b in schedule.bars if b.stage == stage.title]
        late = [b for b in mine if b in schedule.late]
        bars = [b for b in mine if b not in schedule.late]
        if bars:
            yield _trace(stage.title, f"@{stage.colour}", bars, rows, schedule)
        if late:
            yield _trace(stage.late, "@red", late, rows, schedule)
    if schedule.critical:
        yield {
            "type": "bar",
            "orientation": "h",
            "name": LAST,
            "x": [None],
            "y": [None],
            "marker": {"color": "@paper", "line": {"width": 2, "color": "@ink"}},
        }


def _trace(name: str, colour: str, bars: Iterable[Bar], rows: Rows, schedule: Schedule) -> Figure:
    """Bars of a stage; those that finished last are outlined."""
    # critical bars come last, so that a neighbour does not cover their outline
    shown = sorted(bars, key=lambda bar: bar in schedule.critical)
    marks = [bar in schedule.critical for bar in shown]
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": [round(rows.lane[bar], 2) for bar in shown],
        "width": 0.8,
        "base": [bar.start.isoformat() for bar in shown],
        "x": [(bar.end - bar.start).days * MS_PER_DAY for bar in shown],
        "marker": {
            "color": colour,
            "line": {
                "width": [2 if mark else 0.7 for mark in marks],
                "color": ["@ink" if mark else "@paper" for mark in marks],
            },
        },
        "text": [
            text_of(bar.words + (". On the critical path" if mark else ""))
            for bar, mark in zip(shown, marks, strict=True)
        ],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _first_power(plan: Plan, rows: Rows) -> Iterator[Figure]:
    """Date at which each site is first energised."""
    points = [
        (rows.centre[f"s:{row['site']}"], energised)
        for row in rows_in(plan, "sites")
        if (energised := day(row, "first_energised_date")) and f"s:{row['site']}" in rows.centre
    ]
    if points:
        yield {
            "type": "scatter",
            "mode": "markers",
            "name": "First power",
            "y": [round(centre, 2) for centre, _ in points],
            "x": [energised.isoformat() for _, energised in points],
            "marker": {
                "symbol": "star",
                "size": 13,
                "color": "@ink",
                "line": {"width": 1.5, "color": "@paper"},
            },
            "hovertemplate": "First power %{x|%Y-%m-%d}<extra></extra>",
        }
