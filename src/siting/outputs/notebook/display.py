"""How tables and figures of the report show in a notebook: HTML text, plotly's own figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas
import plotly.graph_objects

from siting.core.errors import InputError, Issue
from siting.core.table import Cell, Table
from siting.outputs.layers import typed
from siting.outputs.report.palette import LIGHT

MILLION = 1e6
CHART_HEIGHT_PX = 380


def frame(tables: Mapping[str, Table], name: str) -> pandas.DataFrame:
    """A table as a DataFrame with dates, numbers and flags of one type a column.

    Raises:
        InputError: no table of this name; says which there are.
    """
    if name not in tables:
        raise InputError([Issue("frame", f"no table '{name}'", f"one of {sorted(tables)}", "")])
    return typed(tables[name].columns, tables[name].rows)


def html_table(columns: Iterable[str], rows: Iterable[Mapping[str, Cell]]) -> str:
    """Rows as an HTML table."""
    names = list(columns)
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(_cell(row[name]))}</td>' for name in names)}</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(cell: Cell) -> str:
    """A cell as people read it."""
    if cell is None:
        return ""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return str(cell)
    return f"{round(cell, 6):,.6g}" if abs(cell) < MILLION else f"{cell:,.0f}"


def figure_of(figure: Mapping[str, Any], height_px: int) -> Any:
    """A figure of the report as plotly's own, in the colours of light grounds."""
    data = [{k: v for k, v in trace.items() if k != "paper"} for trace in figure["data"]]
    layout = {
        **figure["layout"],
        "height": height_px,
        "paper_bgcolor": LIGHT["paper"],
        "plot_bgcolor": LIGHT["paper"],
        "font": {"color": LIGHT["ink"]},
    }
    return plotly.graph_objects.Figure(_coloured({"data": data, "layout": layout}))


def _coloured(part: Any, key: str = "") -> Any:
    """A part of a figure with the names of colours replaced; text stays as it is."""
    if isinstance(part, dict):
        return {name: _coloured(value, name) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_coloured(value, key) for value in part]
    if not (isinstance(part, str) and part.startswith("@")):
        return part
    if key == "shadow":
        return f"0 0 3px {LIGHT[part[1:]]}"
    return LIGHT[part[1:]] if "color" in key else part
