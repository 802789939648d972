"""The page of a study: the answer, strategies side by side, waits, break-evens, bottlenecks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from siting.core.audit import number
from siting.core.money import BILLIONS, MILLIONS, MoneyUnit, unit_of
from siting.core.table import Row
from siting.outputs.report.blocks import Bullets, Chart, Figure, Section, TableBlock, Text
from siting.outputs.report.charts import bars_figure, steps, time_layout
from siting.outputs.report.grid import Column, amount, dollars, long_text, plain_table, text
from siting.outputs.report.page import Page, write_page
from siting.outputs.report.palette import colour_of
from siting.outputs.report.sections import bottlenecks, warnings_of
from siting.outputs.report.words import MILLION, by_period, text_of
from siting.timeline.comparison import Comparison
from siting.timeline.plans import Interval
from siting.timeline.words import money, span

NOTE = (
    "Each strategy only narrows what the scenario allows and is proven to its own bound. How much dearer "
    "it is than the best plan is an interval: at least what is proven, at most what the bounds leave open."
)


def write_comparison_page(comparison: Comparison, path: Path) -> None:
    """Write the page of a study."""
    write_page(comparison_page(comparison), path)


def comparison_page(comparison: Comparison) -> Page:
    """The page of a study."""
    plans = [result.plan for result in comparison.results if result.plan is not None]
    failed = any(plan.findings for plan in plans)
    found = (
        _answer(comparison),
        warnings_of(comparison.best),
        _strategies(comparison),
        _when(comparison),
        _waits(comparison),
        _bottlenecks(comparison),
        _break_evens(comparison),
        _alternatives(comparison),
    )
    return Page(
        kicker=f"Build or wait · {comparison.name}",
        title=comparison.title,
        lead=comparison.answer[0],
        numbers=tuple(_numbers(comparison)),
        sections=tuple(section for section in found if section is not None),
        version=comparison.best.versions.get("siting", ""),
        alarm="An audit failed. Do not rely on this study." if failed else "",
    )


def _numbers(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """What the best plan costs, and what each strategy costs more."""
    yield money(comparison.best.objective_usd), "discounted cost of the best plan, delay included"
    rows = [row for row in comparison.tables["strategies"] if row["cost_usd"] is not None][1:]
    rows = [row for row in rows if row["has_effect"]]
    for row in sorted(rows, key=lambda row: number(row, "cost_increase_upper_usd"))[:4]:
        least, most = number(row, "cost_increase_lower_usd"), number(row, "cost_increase_upper_usd")
        yield f"+{span(Interval(least, most, most))}", f"for {row['strategy']}"


def _answer(comparison: Comparison) -> Section:
    """The answer in sentences."""
    return Section("answer", "In words", "In words", (Bullets("", comparison.answer[1:]),))


def _strategies(comparison: Comparison) -> Section:
    """Cost and dates of each strategy."""
    rows = list(comparison.tables["strategies"])
    solved = [row for row in rows if row["cost_usd"] is not None]
    unit = _unit(solved, "cost_usd")
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
        *_dearer(solved),
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


def _when(comparison: Comparison) -> Section:
    """Load served by period and strategy."""
    best = comparison.best
    data = [steps(best, by_period(best, "target_mw"), "Target", "@ink", dash="dot")]
    for position, result in enumerate(comparison.results):
        if result.plan is not None:
            served = by_period(result.plan, "served_mw")
            data.append(steps(result.plan, served, result.name, colour_of(position)))
    layout = {**time_layout("IT load served [GW]"), "height": 420}
    label = "Load served by period under each strategy; figures in tables/timeline.csv"
    chart = Chart("strategy-curves", "", label, {"data": data, "layout": layout})
    return Section("when", "When load is served", "When", (chart,))


def _waits(comparison: Comparison) -> Section | None:
    """What late load waited for, by strategy."""
    total: dict[tuple[str, str], float] = {}
    for row in comparison.tables["waits"]:
        key = (str(row["strategy"]), str(row["waited_for"]))
        total[key] = total.get(key, 0.0) + number(row, "late_mw_months")
    rows: list[Row] = [
        {"strategy": strategy, "waited_for": step, "late_mw_months": amount_}
        for (strategy, step), amount_ in sorted(
            total.items(), key=lambda item: (item[0][0], -item[1], item[0][1])
        )
    ]
    if not rows:
        return None
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
    return Section("waits", "What late load waited for", "Waits", (Text(note), TableBlock(table)))


def _bottlenecks(comparison: Comparison) -> Section | None:
    """The ranking, as on the page of a plan."""
    if not comparison.bottlenecks:
        return None
    tables = {**comparison.best.tables, "bottlenecks": comparison.tables["bottlenecks"]}
    return bottlenecks(replace(comparison.best, tables=tables))


def _break_evens(comparison: Comparison) -> Section | None:
    """Curves of both costs over the value, and the intervals."""
    if not comparison.break_evens:
        return None
    blocks: list[Chart | TableBlock | Text] = []
    for place, result in enumerate(comparison.break_evens):
        first, second = result.study.between
        unit = unit_of(*(usd for point in result.points for usd in point.cost_usd))
        data = [
            _curve([(p.value, p.cost_usd[side]) for p in result.points], name, side, unit)
            for side, name in enumerate((first, second))
        ]
        axis = {"title": {"text": text_of(result.study.about or result.name)}, "type": "linear"}
        layout = {**time_layout(f"Cost [{unit.name}]"), "xaxis": {**axis, "fixedrange": True}}
        layout["margin"] = {"l": 56, "r": 12, "t": 8, "b": 64}
        layout["legend"] = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
        label = f"Cost of {first} and {second} by value; figures in tables/break_even_curves.csv"
        figure: Figure = {"data": data, "layout": layout}
        blocks.append(Chart(f"break-even-{place}", result.name, label, figure))
    columns = (
        text("break_even", "Break-even"),
        long_text("about", "Of what"),
        amount("low", "Up to", 2),
        text("before", "Better"),
        amount("high", "From", 2),
        text("after", "Better"),
        text("proof", "Proven for"),
    )
    rows = list(comparison.tables["break_evens"])
    blocks.append(TableBlock(plain_table("break-even-table", "Break-evens", columns, rows)))
    return Section("break-evens", "Where the answer flips", "Break-evens", tuple(blocks))


def _unit(rows: Sequence[Row], *keys: str, widest: MoneyUnit = BILLIONS) -> MoneyUnit:
    """The unit of columns of money that are read together."""
    return unit_of(*(number(row, key) for row in rows for key in keys), widest=widest)


def _dearer(rows: Sequence[Row]) -> tuple[Column, Column]:
    """Columns of how much dearer plans are, as an interval; never in billions, which hide small ones."""
    unit = _unit(rows, "cost_increase_lower_usd", "cost_increase_upper_usd", widest=MILLIONS)
    least = dollars("cost_increase_lower_usd", "Dearer, at least", unit, 1)
    return least, dollars("cost_increase_upper_usd", "at most", unit, 1)


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


def _alternatives(comparison: Comparison) -> Section | None:
    """Plans on other sites."""
    if not comparison.alternatives:
        return None
    rows = list(comparison.tables["alternatives"])
    columns = (
        text("plan", "Plan"),
        dollars("cost_usd", "Cost", _unit(rows, "cost_usd"), 2),
        *_dearer(rows),
        long_text("new_sites", "Sites that the best plan leaves alone"),
    )
    table = plain_table("alternative-table", "Alternatives", columns, rows)
    return Section("alternatives", "Plans on other sites", "Alternatives", (TableBlock(table),))
