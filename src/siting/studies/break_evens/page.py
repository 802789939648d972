"""Break-evens on the page: a sentence, a chart of both costs over the value, and who is better where."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.labels import words
from siting.core.money import MoneyUnit, unit_of
from siting.core.table import Row
from siting.core.wording import unit_of as unit_of_path
from siting.outputs.report.blocks import Block, Chart, Figure, Section, TableBlock, Text
from siting.outputs.report.charts import time_layout
from siting.outputs.report.grid import Column, amount, long_text, plain_table, text
from siting.outputs.report.palette import colour_of
from siting.outputs.report.words import EMPTY, text_of
from siting.studies.base import Result
from siting.studies.break_evens.search import BreakEvenResult
from siting.studies.break_evens.words import sentence

DASHES = ("solid", "dash")
"""Lines of the first and the second strategy: told apart without colour too."""


def sections(result: Result[tuple[BreakEvenResult, ...]]) -> Iterator[Section]:
    """Each break-even in a sentence and as curves, and a table of who is better from where to where."""
    blocks: list[Block] = []
    for place, one in enumerate(result.found):
        title = one.study.about or words(one.name)
        label = (
            f"Cost of both strategies by value: {title}; figures in tables/break_even_curves.csv"
        )
        blocks.append(Chart(f"break-even-{place}", title, label, _figure(one), sentence(one)))
    titles = {one.name: one.study.about or words(one.name) for one in result.found}
    units = {one.name: unit_of_value(one) for one in result.found}
    rows: list[Row] = [
        {
            **row,
            "about": titles[str(row["break_even"])],
            "unit": units[str(row["break_even"])],
            "better": row["better"] or ("both as good" if row["is_tie"] else "open within the gap"),
        }
        for row in result.tables["break_even_stretches"]
    ]
    columns = (
        long_text("about", "Value"),
        text("unit", "Unit"),
        amount("low", "From", 2),
        amount("high", "To", 2),
        Column("better", "Better", lambda cell: words(cell) or EMPTY),
    )
    blocks.append(TableBlock(plain_table("break-even-table", "Break-evens", columns, rows)))
    note = Text("A strategy is better where its cost lies below the proven bound of the other.")
    yield Section("break-evens", "Where the answer flips", "Break-evens", (note, *blocks))


def unit_of_value(one: BreakEvenResult) -> str:
    """Unit of the value: that of the numbers it replaces or is added to, or times them."""
    if one.study.way == "multiply":
        return "times"
    found = {unit_of_path(tuple(path.split("."))) for path in one.study.paths}
    return found.pop() if len(found) == 1 else ""


def _figure(one: BreakEvenResult) -> Figure:
    """Both costs over the value."""
    unit = unit_of(*(usd for point in one.points for usd in point.cost_usd if usd < float("inf")))
    data = [
        _curve([(p.value, p.cost_usd[side]) for p in one.points], words(name), side, unit)
        for side, name in enumerate(one.study.between)
    ]
    of = unit_of_value(one)
    axis = {"title": {"text": text_of(f"Value [{of}]" if of else "Value")}, "type": "linear"}
    layout = {**time_layout(f"Cost [{unit.name}]"), "xaxis": {**axis, "fixedrange": True}}
    layout["margin"] = {"l": 56, "r": 12, "t": 8, "b": 64}
    layout["legend"] = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    return {"data": data, "layout": layout}


def _curve(points: list[tuple[float, float]], name: str, side: int, unit: MoneyUnit) -> Figure:
    """Cost over the value, where there is a plan."""
    known = [(value, usd) for value, usd in points if usd < float("inf")]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": text_of(name),
        "x": [value for value, _ in known],
        "y": [round(usd / unit.usd, 6) for _, usd in known],
        "line": {"color": colour_of(side), "width": 2.5, "dash": DASHES[side]},
        "hovertemplate": f"%{{fullData.name}}: %{{y:,.4~r}} {unit.name}<extra></extra>",
    }
