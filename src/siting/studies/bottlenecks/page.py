"""Bottlenecks on the page: the ranking."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import number
from siting.core.labels import words
from siting.core.money import MILLIONS, unit_of
from siting.outputs.report.blocks import Chart, Section, TableBlock, Text
from siting.outputs.report.charts import bars_figure
from siting.outputs.report.grid import amount, dollars, kind, long_text, plain_table
from siting.studies.base import Result
from siting.studies.bottlenecks.question import Gains


def sections(result: Result[Gains]) -> Iterator[Section]:
    """What would be gained if a limit were relaxed by one step, largest first."""
    if not result.found:
        return
    rows = result.tables["bottlenecks"].rows
    ranked = sorted(rows, key=lambda row: (-number(row, "gain_usd"), str(row["limit"])))
    # never in billions, which hide small gains
    gains = [number(row, key) for row in ranked for key in ("gain_lower_usd", "gain_upper_usd")]
    unit = unit_of(*gains, widest=MILLIONS)
    columns = (
        kind("limit", "Limit"),
        long_text("step", "Relaxed by"),
        dollars("gain_lower_usd", "Gain, at least", unit, 1),
        dollars("gain_upper_usd", "at most", unit, 1),
        dollars("gain_usd", "between the plans", unit, 1),
        amount("gain_mw_months", "Gain [MW-months]"),
    )
    table = plain_table("bottleneck-table", "Bottlenecks", columns, ranked)
    labels = [f"{words(row['limit'])}, {row['step']}" for row in ranked]
    figure = bars_figure(
        labels,
        [number(row, "gain_usd") / unit.usd for row in ranked],
        f"Gain [{unit.name}]",
        unit.decimals(1),
    )
    label = "Gain of each limit relaxed by one step; figures in the table below"
    yield Section(
        "bottlenecks",
        "What holds it back",
        "Bottlenecks",
        (
            Text("What the plan would gain if one limit were relaxed by one step, largest first."),
            Chart("bottleneck-chart", "", label, figure),
            TableBlock(table),
        ),
    )
