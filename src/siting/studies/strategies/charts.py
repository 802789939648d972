"""Charts of strategies: intervals of cost, causes of the difference, and every site's dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from siting.core.audit import day, number
from siting.core.money import MoneyUnit
from siting.core.table import Row
from siting.outputs.report.blocks import Figure
from siting.outputs.report.charts import bars_layout
from siting.outputs.report.gantt import LANE_PX, NARROW_CHARS, WIDE_CHARS, whole_names
from siting.outputs.report.palette import colour_of
from siting.outputs.report.words import family, short, text_of, wrapped
from siting.studies.columns import LEAST, MOST
from siting.studies.strategies.words import differences

OUTLIER = 4.0
"""Times the others' largest increase from which on one leaves the scale and is written at its end."""
ROOM = 1.25
"""Length of the scale over the largest increase on it."""
THIN = 0.006
"""Share of the scale that an interval takes at least, so that it is seen."""
MS_PER_DAY = 86_400_000


def scale_end(rows: Sequence[Row]) -> float:
    """Where the scale of cost increases ends [USD]: those far beyond the others leave it."""
    found = sorted(number(row, MOST) for row in rows)
    while len(found) > 1 and found[-1] > OUTLIER * max(found[-2], 1.0):
        found.pop()
    return ROOM * max(found[-1], 1.0)


def increase_figure(rows: Sequence[Row], unit: MoneyUnit) -> Figure:
    """How much dearer each strategy is than the best plan: from what is proven to what is left open."""
    end = scale_end(rows)
    places = list(range(len(rows)))
    base, width, words = [], [], []
    for row in rows:
        least, most = number(row, LEAST), number(row, MOST)
        start = min(least, end)
        base.append(start)
        width.append(max(min(most, end) - start, THIN * end))
        off = " ▶" if most > end else ""
        ends = dict.fromkeys((unit.shown(least, 1), unit.shown(most, 1)))
        words.append(f"{' to '.join(ends)}{off}")
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "base": [round(usd / unit.usd, 6) for usd in base],
        "x": [round(usd / unit.usd, 6) for usd in width],
        "marker": {"color": "@blue"},
        "text": [text_of(one) for one in words],
        "textposition": "outside",
        "textfont": {"color": "@ink"},
        "cliponaxis": False,
        "customdata": [text_of(row["title"]) for row in rows],
        "hovertemplate": f"%{{customdata}}: %{{text}} {unit.name}<extra></extra>",
    }
    layout = bars_layout(f"Dearer than the best plan [{unit.name}]", len(rows))
    layout["xaxis"] |= {"range": [0, round(1.2 * end / unit.usd, 6)], "zeroline": True}
    names = [str(row["title"]) for row in rows]
    return {
        "data": [trace],
        "layout": {**layout, "yaxis": _names(layout["yaxis"], names, 40)},
        "narrow": {"yaxis": _names(layout["yaxis"], names, 18, is_whole=True)},
    }


def cause_figure(rows: Sequence[Row], best: Row, unit: MoneyUnit) -> Figure:
    """The difference of each strategy's cost to that of the best plan, split by what it is spent on."""
    found = [dict(differences(row, best)) for row in rows]
    total: dict[str, float] = {}
    for one in found:
        for name, usd in one.items():
            total[name] = total.get(name, 0.0) + abs(usd)
    order = sorted(total, key=lambda name: (-total[name], name))
    data = []
    for position, name in enumerate(order):
        colour = "@red" if name == "workloads" else colour_of(position)
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": text_of(family(name)),
                "y": list(range(len(rows))),
                "x": [round(one.get(name, 0.0) / unit.usd, 6) for one in found],
                "marker": {"color": colour},
                "hovertemplate": f"%{{fullData.name}}: %{{x:+,.4~r}} {unit.name}<extra></extra>",
            }
        )
    layout = bars_layout(f"Spent more, or less, than in the best plan [{unit.name}]", len(rows))
    layout |= {"barmode": "relative", "showlegend": True, "height": layout["height"] + 80}
    layout["legend"] = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    layout["xaxis"] |= {"zeroline": True}
    names = [str(row["title"]) for row in rows]
    return {
        "data": data,
        "layout": {**layout, "yaxis": _names(layout["yaxis"], names, 40)},
        "narrow": {
            "yaxis": _names(layout["yaxis"], names, 18, is_whole=True),
            "xaxis": {**layout["xaxis"], "title": {"text": f"Spent more or less [{unit.name}]"}},
        },
    }


def _names(axis: Figure, names: Sequence[str], length: int, *, is_whole: bool = False) -> Figure:
    """An axis with the names of the rows, first on top, cut or whole over several lines."""
    shown = [wrapped(name, length) if is_whole else text_of(short(name, length)) for name in names]
    ticks = {"tickvals": list(range(len(names))), "ticktext": shown}
    return {**axis, "type": "linear", "autorange": "reversed", "zeroline": False, **ticks}


def sites_figure(rows: Sequence[Row], titles: dict[str, str], most: int) -> Figure | None:
    """Each site from commitment to first power, pale, and to full power, under each strategy.

    Args:
        rows: of ``site_dates``. titles: of the strategies shown, in order. most: sites shown, those with
            the most load under any strategy.
    """
    largest: dict[str, float] = {}
    first: dict[str, date] = {}
    for row in rows:
        site, begun = str(row["site"]), day(row, "commit_date")
        if row["strategy"] in titles and begun is not None:
            largest[site] = max(largest.get(site, 0.0), number(row, "it_mw"))
            first[site] = min(first.get(site, begun), begun)
    shown = sorted(largest, key=lambda site: (-largest[site], site))[:most]
    if not shown:
        return None
    order = sorted(shown, key=lambda site: (first[site], site))
    lanes = len(titles) + 1
    top = {site: place * lanes for place, site in enumerate(order)}
    data = []
    for position, (strategy, title) in enumerate(titles.items()):
        mine = [row for row in rows if row["strategy"] == strategy and row["site"] in top]
        lane = [top[str(row["site"])] + position + 0.5 for row in mine]
        data += _bars(mine, lane, title, colour_of(position))
    names = {str(row["site"]): str(row["name"]) for row in rows}
    centres = [top[site] + len(titles) / 2 for site in order]
    axis = {
        "type": "linear",
        "range": [lanes * len(order), -0.5],
        "tickvals": centres,
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
    }

    shown_names = [names[site] for site in order]
    layout = {
        "xaxis": {"type": "date", "side": "top", "fixedrange": True, "ticks": "outside"},
        "yaxis": axis,
        "barmode": "overlay",
        "hovermode": "closest",
        "dragmode": False,
        "height": LANE_PX * lanes * len(order) + 100,
        "legend": {"orientation": "h", "y": 0, "yanchor": "top", "x": 0, "itemclick": False},
        "margin": {"l": 8, "r": 12, "t": 30, "b": 70},
    }
    layout |= whole_names(layout, centres, shown_names, WIDE_CHARS)
    return {
        "data": data,
        "layout": layout,
        "narrow": whole_names(layout, centres, shown_names, NARROW_CHARS),
        "paper": {"height": layout["height"]},
    }


def _bars(rows: Sequence[Row], lane: Sequence[float], title: str, colour: str) -> list[Figure]:
    """Two bars a site: until first power, and from then until full power."""
    waiting: Figure = {"y": [], "base": [], "x": [], "text": []}
    filling: Figure = {"y": [], "base": [], "x": [], "text": []}
    for row, place in zip(rows, lane, strict=True):
        begun, power, full = (
            day(row, key) for key in ("commit_date", "first_energised_date", "full_energised_date")
        )
        if begun is None or power is None or full is None:
            continue
        waited = f", waited for {row['waited_for']}" if row["waited_for"] else ""
        words = (
            f"{title}, {row['name']}: committed {begun}, first power {power}{waited}; "
            f"full power {full}, {number(row, 'it_mw'):,.0f} MW at the end"
        )
        for trace, since, until in ((waiting, begun, power), (filling, power, full)):
            trace["y"].append(place)
            trace["base"].append(since.isoformat())
            trace["x"].append(max((until - since).days, 20) * MS_PER_DAY)
            trace["text"].append(text_of(words))
    common = {
        "type": "bar",
        "orientation": "h",
        "width": 0.8,
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "legendgroup": title,
    }
    return [
        {
            **common,
            **waiting,
            "showlegend": False,
            "marker": {"color": "@paper", "line": {"width": 1.2, "color": colour}},
        },
        {**common, **filling, "name": text_of(title), "marker": {"color": colour}},
    ]
