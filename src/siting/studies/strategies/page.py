"""Strategies on the page: cost and dates side by side, load over time, and what it waited for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from siting.core.audit import number
from siting.core.table import Row
from siting.outputs.report.blocks import Block, Chart, Fold, Links, Section, TableBlock, Text
from siting.outputs.report.charts import served_figure
from siting.outputs.report.grid import amount, dollars, kind, long_text, plain_table, text
from siting.outputs.report.small_maps import small_maps_figure, widest_date
from siting.outputs.report.words import MILLION
from siting.outputs.study_folder import PLANS, folders_of
from siting.studies.base import Result
from siting.studies.columns import MOST, dearer_columns, gap_column, unit_for, with_gap_text
from siting.studies.strategies.charts import (
    cause_figure,
    increase_figure,
    scale_end,
    sites_figure,
)
from siting.studies.strategies.question import Results, plans
from siting.studies.strategies.words import committed_sites, increase
from siting.timeline.words import is_as_good, money, span

NOTE = (
    "Each strategy only narrows what the scenario allows and is proven to its own bound. How much dearer "
    "it is than the best plan is an interval: at least what is proven, at most what the bounds leave open."
)
COMMITTED = (
    "What the scenario commits to stands under every strategy, with the decisions that it needs: {}. "
    "A strategy restricts all else."
)
CAUSES = (
    "Difference of the two plans, not of what is proven; to the right what a strategy spends more on, to the "
    "left what it saves."
)
BEYOND = " Strategies that leave the scale above are left out."
MOST_SITES = 12
"""Sites that the chart of dates shows."""
SITES = (
    "Hollow: from commitment to first power; filled: from first to full power. What a site waited for is "
    f"shown by pointing at its bar, and in the table below. At most {MOST_SITES} sites, those with the most "
    "load; all of them in tables/site_dates.csv."
)
DISPLAYED = {
    "strategies": (
        "title",
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
    """Side by side, when load is served, where and when it is built, and what late load waited for."""
    yield _strategies(result)
    yield _when(result)
    yield from _where(result)
    yield from _sites(result)
    yield from _waits(result)


def numbers(result: Result[Results]) -> Iterator[tuple[str, str]]:
    """What the best plan costs, and what each strategy costs more."""
    yield money(result.best.objective_usd), "discounted cost of the best plan, delay included"
    best = result.tables["strategies"].rows[0]
    found = [(increase(row, best), str(row["title"])) for row in _others(result)]
    for usd, title in sorted(found, key=lambda one: one[0].most)[:4]:
        yield "as good" if is_as_good(usd) else f"+{span(replace(usd, plan=usd.most))}", title


def _others(result: Result[Results]) -> list[Row]:
    """Strategies that restrict something and have a plan."""
    rows = list(result.tables["strategies"])[1:]
    return [row for row in rows if row["cost_usd"] is not None and row["has_effect"]]


def _titles(result: Result[Results]) -> dict[str, str]:
    """Names in words of the best plan and of the others that differ from it."""
    best = result.tables["strategies"].rows[0]
    return {str(row["strategy"]): str(row["title"]) for row in (best, *_others(result))}


def _strategies(result: Result[Results]) -> Section:
    """Cost and dates of each strategy, as differences to the best plan."""
    rows = list(result.tables["strategies"])
    others = _others(result)
    blocks: list[Block] = [Text(NOTE)]
    if committed := committed_sites(result.best):
        blocks.append(Text(COMMITTED.format(", ".join(committed))))
    if bounded := [row for row in others if row[MOST] is not None]:
        unit = unit_for(bounded, MOST)
        intervals = increase_figure(bounded, unit)
        label = "How much dearer each strategy is; figures in the table below"
        blocks.append(Chart("strategy-costs", "", label, intervals))
        near = [row for row in bounded if number(row, MOST) <= scale_end(bounded)]
        split = cause_figure(near, rows[0], unit_for(near, MOST))
        label = "Difference of cost by cause; figures in tables/strategies.csv"
        title = "What the difference is spent on"
        note = CAUSES + (BEYOND if len(near) < len(bounded) else "")
        blocks.append(Chart("strategy-causes", title, label, split, note))
    unit = unit_for([row for row in rows if row["cost_usd"] is not None], "cost_usd")
    columns = (
        long_text("title", "Strategy"),
        text("status", "Status"),
        dollars("cost_usd", "Cost", unit, 2),
        *dearer_columns(others),
        gap_column(),
        amount("late_mw_months", "Late [MW-months]"),
        text("first_date", "First MW"),
        text("half_date", "Half"),
        text("full_date", "All"),
        amount("end_it_mw", "At the end [MW]"),
        amount("emissions_t", "Emissions [Mt]", 1, MILLION),
        amount("water_m3", "Water [M m3]", 1, MILLION),
    )
    meaning = (text("title", "Strategy"), long_text("about", "What it means"))
    blocks += [
        TableBlock(plain_table("strategy-table", "Strategies", columns, with_gap_text(rows))),
        TableBlock(plain_table("meaning-table", "What the strategies mean", meaning, rows)),
        Links("Folder of each plan", tuple(_folders(result))),
    ]
    return Section("strategies", "Strategies side by side", "Strategies", tuple(blocks))


def _folders(result: Result[Results]) -> Iterator[tuple[str, str]]:
    """Name in words and address of the plan of each strategy."""
    titles = {str(row["strategy"]): str(row["title"]) for row in result.tables["strategies"]}
    for name, folder in folders_of(plans(result.found)).items():
        yield titles[name], f"{PLANS}/{folder}/"


def _when(result: Result[Results]) -> Section:
    """Load served by period and strategy."""
    titles = _titles(result)
    found = plans(result.found)
    figure = served_figure(result.best, {titles[name]: found[name] for name in titles})
    figure["layout"] = {**figure["layout"], "height": 420}
    label = "Load served by period under each strategy; figures in tables/timeline.csv"
    chart = Chart("strategy-curves", "", label, figure)
    return Section("when", "When load is served", "When", (chart,))


def _where(result: Result[Results]) -> Iterator[Section]:
    """A small map a strategy, all at the date at which they differ most; none of one plan alone."""
    titles, found = _titles(result), plans(result.found)
    if len(titles) < 2:
        return
    shown = {titles[name]: found[name] for name in titles}
    at = widest_date(result.best, shown)
    figure = small_maps_figure(shown, at)
    if figure is not None:
        label = (
            "Load by site under each strategy at one date; figures in each plan's tables/power.csv"
        )
        note = (
            f"All in the period from {at:%Y-%m}, in which the strategies differ most. Discs are load with "
            "power by then, larger for more; rings are sites that are built and still wait for it."
        )
        chart = Chart("strategy-maps", "", label, figure, note)
        yield Section("where", f"Where there is power in {at:%Y-%m}", "Where", (chart,))


def _sites(result: Result[Results]) -> Iterator[Section]:
    """Dates of each site under each strategy."""
    figure = sites_figure(result.tables["site_dates"].rows, _titles(result), MOST_SITES)
    if figure is not None:
        label = "Dates of each site by strategy; figures in tables/site_dates.csv"
        chart = Chart("strategy-sites", "", label, figure)
        yield Section("sites", "Site by site", "Sites", (Text(SITES), chart, _dates(result)))


def _dates(result: Result[Results]) -> Fold:
    """The same dates as a table, with what each site waited for."""
    titles = _titles(result)
    rows: list[Row] = [
        {**row, "title": titles[str(row["strategy"])]}
        for row in result.tables["site_dates"]
        if row["strategy"] in titles
    ]
    rows.sort(key=lambda row: str(row["name"]))
    columns = (
        long_text("name", "Site"),
        long_text("title", "Strategy"),
        text("commit_date", "Committed"),
        text("first_energised_date", "First power"),
        text("full_energised_date", "Full power"),
        amount("it_mw", "IT load [MW]"),
        long_text("waited_for", "Waited for"),
    )
    table = plain_table("site-date-table", "Dates of each site by strategy", columns, rows)
    return Fold("site-date-fold", f"{len(rows)} rows of dates", (TableBlock(table),))


def _waits(result: Result[Results]) -> Iterator[Section]:
    """What late load waited for, by strategy."""
    titles = {str(row["strategy"]): str(row["title"]) for row in result.tables["strategies"]}
    order = list(titles)
    total: dict[tuple[str, str], float] = {}
    for row in result.tables["waits"]:
        key = (str(row["strategy"]), str(row["waited_for"]))
        total[key] = total.get(key, 0.0) + number(row, "late_mw_months")
    rows: list[Row] = [
        {"strategy": titles.get(strategy, strategy), "waited_for": step, "late_mw_months": amount_}
        for (strategy, step), amount_ in sorted(
            total.items(), key=lambda item: (order.index(item[0][0]), -item[1], item[0][1])
        )
    ]
    if not rows:
        return
    columns = (
        text("strategy", "Strategy"),
        kind("waited_for", "Waited for"),
        amount("late_mw_months", "Late [MW-months]"),
    )
    table = plain_table("wait-table", "Waits", columns, rows)
    note = (
        "Late load is served by the energisations that follow it; each waited for the step that "
        "finished last and could not have begun sooner."
    )
    yield Section("waits", "What late load waited for", "Waits", (Text(note), TableBlock(table)))
