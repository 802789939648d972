"""Break-evens on the page: curves of both costs over the value, and the intervals."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.money import MoneyUnit, unit_of
from siting.outputs.report.blocks import Chart, Figure, Section, TableBlock, Text
from siting.outputs.report.charts import time_layout
from siting.outputs.report.grid import amount, long_text, plain_table, text
from siting.outputs.report.palette import colour_of
from siting.outputs.report.words import text_of
from siting.studies.base import Result
from siting.studies.break_evens.search import BreakEvenResult


def sections(result: Result[tuple[BreakEvenResult, ...]]) -> Iterator[Section]:
    """Curves of both costs over the value, and the intervals."""
    blocks: list[Chart | TableBlock | Text] = []
    for place, one in enumerate(result.found):
        first, second = one.study.between
        unit = unit_of(*(usd for point in one.points for usd in point.cost_usd))
        data = [
            _curve([(p.value, p.cost_usd[side]) for p in one.points], name, side, unit)
            for side, name in enumerate((first, second))
        ]
        axis = {"title": {"text": text_of(one.study.about or one.name)}, "type": "linear"}
        layout = {**time_layout(f"Cost [{unit.name}]"), "xaxis": {**axis, "fixedrange": True}}
        layout["margin"] = {"l": 56, "r": 12, "t": 8, "b": 64}
        layout["legend"] = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
        label = f"Cost of {first} and {second} by value; figures in tables/break_even_curves.csv"
        figure: Figure = {"data": data, "layout": layout}
        blocks.append(Chart(f"break-even-{place}", one.name, label, figure))
    columns = (
        text("break_even", "Break-even"),
        long_text("about", "Of what"),
        amount("low", "Up to", 2),
        text("before", "Better"),
        amount("high", "From", 2),
        text("after", "Better"),
        text("proof", "Proven for"),
    )
    rows = list(result.tables["break_evens"])
    blocks.append(TableBlock(plain_table("break-even-table", "Break-evens", columns, rows)))
    yield Section("break-evens", "Where the answer flips", "Break-evens", tuple(blocks))


def _curve(points: list[tuple[float, float]], name: str, side: int, unit: MoneyUnit) -> Figure:
    """Cost over the value, where there is a plan."""
    known = [(value, usd) for value, usd in points if usd < float("inf")]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": text_of(name),
        "x": [value for value, _ in known],
        "y": [round(usd / unit.usd, 6) for _, usd in known],
        "line": {"color": colour_of(side), "width": 2.5},
        "hovertemplate": f"%{{fullData.name}}: %{{y:,.4~r}} {unit.name}<extra></extra>",
    }
