"""Build or wait as a picture: load served under each strategy, and what each costs more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from matplotlib import dates
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from siting.core.audit import day, number
from siting.core.errors import InputError, Issue
from siting.core.table import Row, Table
from siting.outputs.pictures.canvas import drawable, new_figure, style, write_figure
from siting.outputs.report.palette import LIGHT, SERIES

WIDTH_INCHES, HEIGHT_INCHES, DPI = 12.8, 6.0, 125
LINES = ("-", "--", "-.", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
"""Line styles of strategies: told apart without colour too."""
MILLION, GW = 1e6, 1000.0
NAME_LENGTH = 26
untyped: Any = dates
PANELS = ((0.06, 0.12, 0.45, 0.70), (0.69, 0.12, 0.24, 0.70))


def write_strategy_chart(tables: Mapping[str, Table], title: str, path: Path, kind: str) -> None:
    """Draw the chart of a comparison.

    Args:
        tables: of the comparison; ``strategies`` and ``timeline`` are read.
        kind: ``png``, ``svg`` or ``pdf``.

    Raises:
        InputError: tables that are missing or without a plan, or a place that cannot be written.
    """
    solved = [row for row in tables["strategies"] if row["cost_usd"] is not None]
    if not solved:
        what = "no strategy has a plan"
        raise InputError([Issue("strategies", what, "at least one plan", "Compare again")])
    with style():
        write_figure(strategy_figure(tables, solved, title), path, kind, DPI)


def strategy_figure(tables: Mapping[str, Table], solved: Sequence[Row], title: str) -> Figure:
    """The whole picture: curves on the left, extra cost on the right."""
    figure = new_figure(WIDTH_INCHES, HEIGHT_INCHES)
    ink = LIGHT["ink"]
    figure.text(0.02, 0.93, drawable(title, 90), fontsize=17, weight="bold", color=ink, gid="title")
    served, extra = (figure.add_axes(panel) for panel in PANELS)
    for axes in (served, extra):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=9)
    titles = {str(row["strategy"]): str(row.get("title") or row["strategy"]) for row in solved}
    _served(served, tables["timeline"], titles)
    _extra(extra, solved)
    return figure


def _served(axes: Any, timeline: Table, titles: Mapping[str, str]) -> None:
    """Load served by date under each strategy, by its name in words, against the target."""
    names = list(titles)
    axes.set_title("IT load served [GW]", fontsize=11, loc="left", pad=10)
    target = _by_period(timeline, names[0], "target_mw")
    _step(axes, target, label="target", color=LIGHT["ink"], linewidth=3.5, alpha=0.25)
    for place, name in reversed([*enumerate(names)]):
        _step(
            axes,
            _by_period(timeline, name, "served_mw"),
            label=drawable(titles[name], NAME_LENGTH),
            color=_colour(place),
            linestyle=LINES[place % len(LINES)],
            linewidth=2.4 if place == 0 else 1.7,
            gid=f"served-{place}",
        )
    locator = untyped.AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(untyped.ConciseDateFormatter(locator))
    axes.set_ylim(bottom=0)
    axes.margins(x=0.01)
    handles, labels = axes.get_legend_handles_labels()
    order = [0, *range(len(labels) - 1, 0, -1)]
    axes.legend([handles[i] for i in order], [labels[i] for i in order], frameon=False, fontsize=9)


def _by_period(timeline: Table, name: str, column: str) -> dict[date, float]:
    """A column of one strategy, summed over workloads, by start of period; its end repeats."""
    total: dict[date, float] = {}
    end = date.min
    for row in timeline:
        start, until = day(row, "period_start"), day(row, "period_end")
        if str(row["strategy"]) == name and start is not None:
            total[start] = total.get(start, 0.0) + number(row, column)
            end = max(end, until or start)
    if total:
        total[end] = total[max(total)]
    return dict(sorted(total.items()))


def _step(axes: Any, series: Mapping[date, float], **look: Any) -> None:
    """A series that holds through each period [GW]."""
    days = [float(untyped.date2num(start)) for start in series]
    axes.step(days, [mw / GW for mw in series.values()], where="post", **look)


def _extra(axes: Any, solved: Sequence[Row]) -> None:
    """What each strategy costs more than the best plan: between certain and possible."""
    axes.set_title(
        "Dearer than the best plan, least to most [M USD]", fontsize=11, loc="left", pad=10
    )
    rows = solved[1:]
    most = [number(row, "cost_increase_upper_usd") / MILLION for row in rows]
    least = [number(row, "cost_increase_lower_usd") / MILLION for row in rows]
    places = range(len(rows))
    axes.barh(places, least, color=[_colour(i + 1) for i in places], height=0.55, gid="least")
    for place in places:
        axes.plot(
            [least[place], most[place]],
            [place, place],
            color=_colour(place + 1),
            linewidth=3,
            solid_capstyle="butt",
            marker="|",
            markersize=13,
            gid=f"extra-{place + 1}",
        )
        words = f" {least[place]:,.0f} to {most[place]:,.0f}"
        axes.text(most[place], place, words, va="center", fontsize=9, color=LIGHT["ink"])
    axes.set_yticks(
        places, [drawable(row.get("title") or row["strategy"], NAME_LENGTH) for row in rows]
    )
    axes.invert_yaxis()
    axes.set_xscale("symlog", linthresh=100)
    axes.set_xlim(0, max([*most, 100.0]) * 12)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xticks([t for t in (0, 100, 1e3, 1e4, 1e5, 1e6) if t <= max([*most, 100.0]) * 2])
    axes.minorticks_off()


def _colour(place: int) -> str:
    """Colour of a strategy by its place."""
    return LIGHT[SERIES[place % len(SERIES)]]
