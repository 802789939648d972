"""The page of a sweep: what decides, where sites enter and leave, how often they are built."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from siting.core.audit import number
from siting.core.money import unit_of
from siting.core.table import Row
from siting.outputs.report.blocks import Block, Bullets, Chart, Figure, Section, TableBlock, Text
from siting.outputs.report.charts import bars_figure
from siting.outputs.report.grid import Column, amount, dollars, long_text, plain_table, text
from siting.outputs.report.page import Page, write_page
from siting.outputs.report.palette import colour_of
from siting.outputs.report.share_map import Dot, share_map
from siting.outputs.report.words import text_of
from siting.sweep.answer import Swept
from siting.sweep.design import base_of
from siting.sweep.indices import LEAST_POINTS, MOST_HALF_WIDTH, UNTOLD
from siting.sweep.run import Run, along
from siting.sweep.tables import names_of, planned
from siting.timeline.words import money

MOST_LINES = 500
"""Runs that parallel coordinates draw; the table has all of them."""
CLASSES = 4
"""Of cost, in parallel coordinates."""
ANSWER_WORDS = {
    "cost_usd": "cost",
    "late_mw_months": "late MW-months",
    "site_count": "number of sites",
}
SOLVED_ONLY = "Every value shown was solved; between them nothing is interpolated."


def write_sweep_page(found: Swept, path: Path) -> None:
    """Write the page of a sweep."""
    write_page(sweep_page(found), path)


def sweep_page(found: Swept) -> Page:
    """The page of a sweep."""
    said = found.answer
    sections = (
        Section("answer", "In words", "In words", (Bullets("", tuple(said[1:])),)),
        _factors(found),
        _sliders(found),
        _thresholds(found),
        _frequency(found),
        _parallel(found),
        _plans(found),
    )
    return Page(
        kicker=f"Sweep · {found.sweep.name}",
        title=found.sweep.title or found.instance.scenario.title or found.sweep.name,
        lead=said[0],
        numbers=tuple(_numbers(found)),
        sections=tuple(section for section in sections if section is not None),
        version=version("siting"),
    )


def _numbers(found: Swept) -> Iterator[tuple[str, str]]:
    """Runs and their costs."""
    known = planned(found.runs)
    yield f"{len(found.runs):,}", "runs"
    if known:
        costs = [float(run.record["cost_usd"]) for run in known]
        yield money(min(costs)), "least cost"
        yield money(max(costs)), "largest cost"
        yield f"{len({run.sites for run in known}):,}", "choices of sites"


def _factors(found: Swept) -> Section | None:
    """Tornado, or Sobol indices of the cost."""
    blocks: list[Block] = []
    rows = list(found.tables["tornado"])
    if rows:
        unit = unit_of(*(number(row, "high_cost_usd") for row in rows))
        label = "By how much each factor moves the cost; figures in the table below"
        names = [str(row["factor"]) for row in rows]
        swings = [number(row, "swing_usd") / unit.usd for row in rows]
        figure = bars_figure(names, swings, f"Cost moved [{unit.name}]", unit.decimals(2))
        columns = (
            text("factor", "Factor"),
            _about(amount("low", "From", 2), "Least value of the factor."),
            _about(amount("high", "To", 2), "Largest value of the factor."),
            dollars("low_cost_usd", "Cost there", unit, 2),
            dollars("base_cost_usd", "At the base", unit, 2),
            dollars("high_cost_usd", "Cost there", unit, 2),
            dollars("swing_usd", "Moved", unit, 2),
        )
        blocks += [
            Chart("tornado-chart", "One at a time", label, figure),
            TableBlock(plain_table("tornado-table", "One at a time", columns, rows)),
        ]
    if "sobol_indices" in found.tables:
        blocks += _indices(list(found.tables["sobol_indices"]))
    if not blocks:
        return None
    return Section("factors", "What decides", "What decides", tuple(blocks))


def _indices(rows: Sequence[Row]) -> Iterator[Block]:
    """Main and total indices, those that the runs can tell."""
    cost = [row for row in rows if row["answer"] == "cost_usd"]
    told = [row for row in cost if row["total_frac"] is not None]
    if told:
        names = [str(row["factor"]) for row in told]
        totals = [100 * number(row, "total_frac") for row in told]
        figure = bars_figure(names, totals, "Total Sobol index of the cost [%]", 1)
        label = "Total Sobol index of the cost by factor; figures in the table below"
        yield Chart("indices-chart", "Over the whole space", label, figure)
    if not all(row["is_told"] for row in rows):
        yield Text(
            f"Where it says “{UNTOLD}”, an index is not shown: it takes {LEAST_POINTS} points at the "
            f"least, and an interval of no more than {MOST_HALF_WIDTH:g} to either side. A larger sample "
            "solves only what is new."
        )
    columns = (
        replace(
            text("answer", "Of what"), show=lambda cell: ANSWER_WORDS.get(str(cell), str(cell))
        ),
        text("factor", "Factor"),
        *_index("main", "Main"),
        *_index("total", "Total"),
        amount("sample_count", "Points"),
    )
    yield TableBlock(plain_table("indices-table", "Sobol indices", columns, rows))


def _about(column: Column, meaning: str) -> Column:
    """A column with its own meaning on this page."""
    return replace(column, about=meaning)


def _index(kind: str, label: str) -> Iterator[Column]:
    """An index and half the width of its interval."""
    index = amount(f"{kind}_frac", label, 3)
    yield replace(index, show=lambda cell: UNTOLD if cell is None else index.show(cell))
    yield amount(f"{kind}_confidence_frac", f"{label}, ±", 3)


def _named(found: Swept, sites: Iterable[object]) -> str:
    """Sites by name."""
    called = names_of(found.instance)
    return ", ".join(called.get(site, site) for site in map(str, sites))


def _site_column(found: Swept) -> Column:
    """Sites by name, in a table."""
    return replace(long_text("site", "Site"), show=lambda cell: _named(found, [cell]))


def _sliders(found: Swept) -> Section | None:
    """Cost and sites along each factor, with a slider over the runs that were solved."""
    base = base_of(found.sweep)
    charts: list[Block] = []
    for place, name in enumerate(found.sweep.factors):
        line = [(v, run) for v, run in along(found.runs, base, name) if run.has_plan]
        if len(line) > 2:
            figure = _slider_figure(found, name, line)
            label = f"Cost along {name}, the others at their base; figures in tables/runs.csv"
            charts.append(Chart(f"slider-{place}", name, label, figure))
    if not charts:
        return None
    return Section("along", "Along each factor", "Along", (Text(SOLVED_ONLY), *charts))


def _slider_figure(found: Swept, name: str, line: Sequence[tuple[float, Run]]) -> Figure:
    """Costs of the solved values, and the one that the slider is at with its sites."""
    unit = unit_of(*(float(run.record["cost_usd"]) for _, run in line))
    x = [value for value, _ in line]
    y = [round(float(run.record["cost_usd"]) / unit.usd, 6) for _, run in line]
    said = [text_of(_named(found, sorted(run.sites)) or "no site") for _, run in line]
    steps: list[dict[str, Any]] = [
        {
            "label": f"{value:g}",
            "method": "update",
            "args": [{"x": [[value]], "y": [[cost]]}, {"title.text": sites}, [1]],
        }
        for value, cost, sites in zip(x, y, said, strict=True)
    ]
    dots: Figure = {
        "type": "scatter",
        "mode": "markers+lines",
        "x": x,
        "y": y,
        "text": said,
        "name": "runs",
    }
    dots["line"] = {"shape": "hv", "dash": "dot", "width": 1, "color": colour_of(0)}
    here: Figure = {
        "type": "scatter",
        "mode": "markers",
        "x": x[:1],
        "y": y[:1],
        "name": "this run",
    }
    here["marker"] = {"size": 16, "color": colour_of(1)}
    layout = {
        "height": 380,
        "showlegend": False,
        "title": {"text": said[0], "font": {"size": 13}},
        "xaxis": {"title": {"text": text_of(name)}, "fixedrange": True},
        "yaxis": {"title": {"text": f"Cost [{unit.name}]"}, "fixedrange": True},
        "margin": {"l": 64, "r": 12, "t": 40, "b": 48},
        "sliders": [{"active": 0, "steps": steps, "pad": {"t": 44}}],
    }
    return {"data": [dots, here], "layout": layout}


def _thresholds(found: Swept) -> Section | None:
    """Where sites enter and leave."""
    rows = list(found.tables["thresholds"])
    if not rows:
        return None
    columns = (
        text("factor", "Factor"),
        _site_column(found),
        text("change", "As it grows, it"),
        _about(amount("low", "After", 3), "Largest value solved before the change."),
        _about(amount("high", "By", 3), "Least value solved after it."),
    )
    factors = list(dict.fromkeys(row["factor"] for row in rows))
    spans = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": [number(row, "low"), number(row, "high")],
            "y": [text_of(f"{_named(found, [row['site']])} {row['change']}")] * 2,
            "name": text_of(str(row["factor"])),
            "legendgroup": str(row["factor"]),
            "showlegend": row["factor"] not in {other["factor"] for other in rows[:place]},
            "line": {"width": 6, "color": colour_of(factors.index(row["factor"]))},
        }
        for place, row in enumerate(rows)
    ]
    layout = {
        "height": 150 + 36 * len(rows),
        "margin": {"l": 12, "r": 12, "t": 36, "b": 48},
        "xaxis": {"title": {"text": "Value of the factor"}, "fixedrange": True},
        "yaxis": {"fixedrange": True, "type": "category", "automargin": True},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "showlegend": len(factors) > 1,
    }
    label = "Between which values sites enter and leave; figures in the table below"
    blocks = (
        Text(SOLVED_ONLY),
        Chart("threshold-chart", "", label, {"data": spans, "layout": layout}),
        TableBlock(plain_table("threshold-table", "Thresholds", columns, rows)),
    )
    return Section("thresholds", "Where sites enter and leave", "Thresholds", blocks)


def _frequency(found: Swept) -> Section:
    """How often each site is built by the end."""
    every = list(found.tables["site_frequency"])
    last = max((number(row, "year") for row in every), default=0.0)
    rows = [row for row in every if number(row, "year") == last and number(row, "run_count") > 0]
    rows.sort(key=lambda row: (-number(row, "share_frac"), str(row["site"])))
    names = [_named(found, [row["site"]]) for row in rows]
    shares = [100 * number(row, "share_frac") for row in rows]
    figure = bars_figure(names, shares, "Runs that build the site [%]", 1)
    columns = (
        _site_column(found),
        amount("run_count", "Runs"),
        amount("of_count", "Of"),
        amount("share_frac", "Share [%]", 1, 0.01),
    )
    rules = [str(row["sentence"]) for row in found.tables["rules"]]
    blocks: list[Block] = [
        Chart(
            "frequency-chart",
            "",
            "How often each site is built; figures in the table below",
            figure,
        ),
        *_map(found, {str(row["site"]): number(row, "share_frac") for row in rows}),
        TableBlock(plain_table("frequency-table", "How often sites are built", columns, rows)),
    ]
    if rules:
        blocks.append(Bullets("Rules", tuple(rules)))
    return Section("frequency", "How often sites are built", "Frequency", tuple(blocks))


def _map(found: Swept, share: dict[str, float]) -> Iterator[Block]:
    """Sites where they lie, by how often they are built."""
    dots = []
    for name, site in sorted(found.instance.system.sites.items()):
        if site.longitude is not None and site.latitude is not None:
            built = share.get(name, 0.0)
            said = f"<b>{text_of(site.name or name)}</b><br>Built in {built:.0%} of the runs"
            dots.append(Dot((site.longitude, site.latitude), built, said))
    if dots:
        label = "Sites over state outlines, larger and darker the more often they are built"
        yield Chart("site-map", "", label, share_map(dots))


def _parallel(found: Swept) -> Section | None:
    """Every run as a line through its factors and its cost, in classes of cost that can be hidden."""
    known = planned(found.runs)[:MOST_LINES]
    if len(known) < 3:
        return None
    unit = unit_of(*(float(run.record["cost_usd"]) for run in known))
    axes = [
        (name, [run.point.values[name] for run in known], found.sweep.factors[name].bounds)
        for name in found.sweep.factors
    ]
    costs = [float(run.record["cost_usd"]) / unit.usd for run in known]
    axes.append((f"cost [{unit.name}]", costs, (min(costs), max(costs))))
    order = sorted(range(len(known)), key=lambda n: (costs[n], n))
    data = []
    for part in range(CLASSES):
        runs = order[part * len(order) // CLASSES : (part + 1) * len(order) // CLASSES]
        if runs:
            low, high = costs[runs[0]], costs[runs[-1]]
            data.append(_lines(axes, runs, f"{low:,.4g} to {high:,.4g} {unit.name}", part))
    labels = [f"{text_of(name)}<br>{low:.4g} to {high:.4g}" for name, _, (low, high) in axes]
    layout = {
        "height": 420,
        "margin": {"l": 72, "r": 72, "t": 8, "b": 64},
        "xaxis": {"tickvals": list(range(len(axes))), "ticktext": labels, "fixedrange": True},
        "yaxis": {"visible": False, "fixedrange": True},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }
    label = "Runs through their factors and costs; figures in tables/runs.csv"
    chart = Chart("parallel-chart", "", label, {"data": data, "layout": layout})
    more = len(planned(found.runs)) - len(known)
    note = f" The first {MOST_LINES:,} runs are drawn; tables/runs.csv has all." if more else ""
    said = Text(
        "Each line is a run, from the least to the largest value of each factor. Choose a class of cost in "
        f"the legend to hide or show it.{note}"
    )
    return Section("parallel", "All runs", "All runs", (said, chart))


def _lines(
    axes: Sequence[tuple[str, Sequence[float], tuple[float, float]]],
    runs: Sequence[int],
    name: str,
    part: int,
) -> Figure:
    """Some runs as lines of one colour, each from axis to axis."""
    x: list[float | None] = []
    y: list[float | None] = []
    for n in runs:
        for place, (_, values, (low, high)) in enumerate(axes):
            x.append(place)
            y.append(round((values[n] - low) / (high - low), 4) if high > low else 0.5)
        x.append(None)
        y.append(None)
    line = {"width": 1, "color": colour_of(part)}
    return {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "line": line}


def _plans(found: Swept) -> Section | None:
    """Plans that were held under every run."""
    if "plans" not in found.tables:
        return None
    rows = list(found.tables["plans"])
    unit = unit_of(*(number(row, "most_regret_usd") for row in rows))
    columns = (
        text("plan", "Plan"),
        amount("found_count", "Found in runs"),
        amount("held_count", "Can be held in"),
        amount("covered_count", "Good in"),
        amount("of_count", "Of"),
        dollars("mean_regret_usd", "Regret, mean", unit, 2),
        dollars("most_regret_usd", "at most", unit, 2),
        amount("robust_rank", "Taken as"),
        replace(
            long_text("sites", "Sites"), show=lambda cell: _named(found, str(cell or "").split(";"))
        ),
    )
    note = (
        "Each plan's decisions are held and the rest is solved again under the numbers of each run. Its "
        f"regret is what it then costs more than the best plan known there; good is within "
        f"{100 * found.sweep.regret.within_frac:.3g} % of that."
    )
    table = plain_table("plan-table", "Plans under every run", columns, rows)
    return Section("plans", "Plans that hold up", "Plans", (Text(note), TableBlock(table)))
