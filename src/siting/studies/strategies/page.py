"""Strategies on the page: cost and dates side by side, load over time, and what it waited for."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import number
from siting.core.table import Row
from siting.outputs.report.blocks import Chart, Section, TableBlock, Text
from siting.outputs.report.charts import bars_figure, served_figure
from siting.outputs.report.grid import amount, dollars, long_text, plain_table, text
from siting.outputs.report.words import MILLION
from siting.studies.base import Result
from siting.studies.columns import dearer_columns, unit_for
from siting.studies.strategies.question import Results, plans
from siting.timeline.plans import Interval
from siting.timeline.words import money, span

NOTE = (
    "Each strategy only narrows what the scenario allows and is proven to its own bound. How much dearer "
    "it is than the best plan is an interval: at least what is proven, at most what the bounds leave open."
)
DISPLAYED = {
    "strategies": (
        "strategy",
        "cost_usd",
        "cost_increase_lower_usd",
        "cost_increase_upper_usd",
        "late_mw_months",
        "first_date",
        "full_date",
    )
}
"""What a notebook shows."""


def sections(result: Result[Results]) -> Iterator[Section]:
    """Side by side, when load is served, and what late load waited for."""
    yield _strategies(result)
    yield _when(result)
    yield from _waits(result)


def numbers(result: Result[Results]) -> Iterator[tuple[str, str]]:
    """What the best plan costs, and what each strategy costs more."""
    yield money(result.best.objective_usd), "discounted cost of the best plan, delay included"
    rows = [row for row in result.tables["strategies"] if row["cost_usd"] is not None][1:]
    rows = [row for row in rows if row["has_effect"]]
    for row in sorted(rows, key=lambda row: number(row, "cost_increase_upper_usd"))[:4]:
        least, most = number(row, "cost_increase_lower_usd"), number(row, "cost_increase_upper_usd")
        yield f"+{span(Interval(least, most, most))}", f"for {row['strategy']}"


def _strategies(result: Result[Results]) -> Section:
    """Cost and dates of each strategy."""
    rows = list(result.tables["strategies"])
    solved = [row for row in rows if row["cost_usd"] is not None]
    unit = unit_for(solved, "cost_usd")
    figure = bars_figure(
        [str(row["strategy"]) for row in solved],
        [number(row, "cost_usd") / unit.usd for row in solved],
        f"Discounted cost [{unit.name}]",
        unit.decimals(2),
    )
    columns = (
        text("strategy", "Strategy"),
        text("status", "Status"),
        dollars("cost_usd", "Cost", unit, 2),
        *dearer_columns(solved),
        amount("gap_frac", "Gap [%]", 2, 0.01),
        amount("late_mw_months", "Late [MW-months]"),
        text("first_date", "First MW"),
        text("half_date", "Half"),
        text("full_date", "All"),
        amount("emissions_t", "Emissions [Mt]", 1, MILLION),
        amount("water_m3", "Water [M m3]", 1, MILLION),
    )
    table = plain_table("strategy-table", "Strategies", columns, rows)
    label = "Cost of each strategy; figures in the table below"
    meaning = (text("strategy", "Strategy"), long_text("about", "What it means"))
    blocks = (
        Text(NOTE),
        Chart("strategy-costs", "", label, figure),
        TableBlock(table),
        TableBlock(plain_table("meaning-table", "What the strategies mean", meaning, rows)),
    )
    return Section("strategies", "Strategies side by side", "Strategies", blocks)


def _when(result: Result[Results]) -> Section:
    """Load served by period and strategy."""
    figure = served_figure(result.best, plans(result.found))
    figure["layout"] = {**figure["layout"], "height": 420}
    label = "Load served by period under each strategy; figures in tables/timeline.csv"
    chart = Chart("strategy-curves", "", label, figure)
    return Section("when", "When load is served", "When", (chart,))


def _waits(result: Result[Results]) -> Iterator[Section]:
    """What late load waited for, by strategy."""
    total: dict[tuple[str, str], float] = {}
    for row in result.tables["waits"]:
        key = (str(row["strategy"]), str(row["waited_for"]))
        total[key] = total.get(key, 0.0) + number(row, "late_mw_months")
    rows: list[Row] = [
        {"strategy": strategy, "waited_for": step, "late_mw_months": amount_}
        for (strategy, step), amount_ in sorted(
            total.items(), key=lambda item: (item[0][0], -item[1], item[0][1])
        )
    ]
    if not rows:
        return
    columns = (
        text("strategy", "Strategy"),
        text("waited_for", "Waited for"),
        amount("late_mw_months", "Late [MW-months]"),
    )
    table = plain_table("wait-table", "Waits", columns, rows)
    note = (
        "Late load is served by the energisations that follow it; each waited for the step that "
        "finished last and could not have begun sooner."
    )
    yield Section("waits", "What late load waited for", "Waits", (Text(note), TableBlock(table)))
