"""Figures of the report, as plain Plotly data: map, timeline, Gantt, costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from html import escape
from math import sqrt
from typing import Any

from siting.core.audit import day, number, rows_of
from siting.core.plan import Plan
from siting.core.table import Row
from siting.outputs.features import Feature, candidates_of, features_of
from siting.outputs.report.geometry import project, state_lines

Figure = dict[str, Any]
AGENCY_COLOURS = {
    "DOE": "#1f6fb4",
    "DoD": "#4b7f3f",
    "TVA": "#b3541e",
    "BLM": "#8a6d1d",
    "USBR": "#6a4c93",
}
OTHER_COLOUR = "#5b6470"
STAGE_COLOURS = {
    "review": "#9aa5b1",
    "connection": "#c98a1b",
    "transformers": "#c0392b",
    "halls": "#1f6fb4",
    "power plants": "#3d8b5f",
}
MS_PER_DAY = 86_400_000
GW = 1000.0


def text_of(value: object) -> str:
    """Text that Plotly, which reads a little HTML, shows as it is."""
    return escape(str(value), quote=False)


def is_estimated(row: Mapping[str, object]) -> bool:
    """Whether a thing rests on weak numbers: low confidence, or an estimated size."""
    names = str(row.get("estimated") or "").split(";")
    return row.get("confidence") == "low" or bool({"buildable_acres", "capacity_mw"} & set(names))


def hover(feature: Feature, lines: list[str]) -> str:
    """Hover text: name, facts, what is estimated, source and confidence."""
    row = feature.properties
    parts = [f"<b>{text_of(row['name'])}</b>", *map(text_of, lines)]
    if row.get("estimated"):
        shown = ", ".join(str(row["estimated"]).split(";")[:6])
        parts.append(text_of(f"Estimated: {shown}"))
    source = str(row.get("source") or "not stated")
    short = source if len(source) <= 90 else source[:89] + "…"
    parts.append(text_of(f"Source: {short}"))
    parts.append(text_of(f"Confidence: {row.get('confidence') or 'not stated'}"))
    return "<br>".join(parts)


def map_figure(plan: Plan) -> Figure:
    """The national map in kilometres of an Albers projection."""
    xs, ys = state_lines()
    land = {
        "type": "scatter",
        "x": xs,
        "y": ys,
        "mode": "lines",
        "fill": "toself",
        "role": "land",
        "line": {"width": 0.7},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    features = features_of(plan)
    traces = [land, *_candidates(plan), *_upgrades(features), *_plants(features), *_sites(features)]
    layout = {
        "xaxis": {"visible": False, "range": [-2420, 2320], "constrain": "domain"},
        "yaxis": {"visible": False, "range": [-60, 3230], "scaleanchor": "x", "scaleratio": 1},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "legend": {"orientation": "h", "y": -0.02, "yanchor": "top", "itemsizing": "constant"},
        "hovermode": "closest",
        "dragmode": "pan",
    }
    return {"data": traces, "layout": layout}


def _marks(name: str, features: list[Feature], marker: Figure, texts: list[str]) -> Figure:
    """A trace of markers."""
    points = [project(*feature.point) for feature in features]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "marker": marker,
        "x": [round(x, 1) for x, _ in points],
        "y": [round(y, 1) for _, y in points],
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _candidates(plan: Plan) -> Iterator[Figure]:
    """Sites left alone."""
    features = candidates_of(plan)
    if features:
        lines = [
            hover(f, [f"{f.properties['agency']}, {f.properties['state']}: candidate, not built"])
            for f in features
        ]
        marker = {"size": 6, "symbol": "circle-open", "color": "#7b8794", "line": {"width": 1}}
        yield _marks("Candidate, not built", features, marker, lines)


def _sites(features: list[Feature]) -> Iterator[Figure]:
    """Chosen sites by agency, their area in proportion to IT MW, hollow where estimated."""
    sites = [f for f in features if f.kind == "site"]
    for agency in sorted({str(f.properties["agency"]) for f in sites}):
        group = [f for f in sites if f.properties["agency"] == agency]
        lines = []
        for f in group:
            row = f.properties
            lines.append(
                hover(
                    f,
                    [
                        f"{agency}, {row['state']}; zone {row['zone'] or 'none'}",
                        f"{number(row, 'it_mw'):,.0f} MW of IT at the end: "
                        f"{number(row, 'grid_mw'):,.0f} grid, {number(row, 'onsite_mw'):,.0f} on site",
                        f"Commit {row['commit_date']}, first power {row['first_energised_date'] or '-'}",
                    ],
                )
            )
        marker = {
            "size": [9 + 0.55 * sqrt(number(f.properties, "it_mw")) for f in group],
            "symbol": ["circle-open" if is_estimated(f.properties) else "circle" for f in group],
            "color": AGENCY_COLOURS.get(agency, OTHER_COLOUR),
            "opacity": 0.9,
            "line": {"width": 3},
        }
        yield _marks(f"{text_of(agency) or 'Site'} site", group, marker, lines)


def _plants(features: list[Feature]) -> Iterator[Figure]:
    """Plants, on site and in zones."""
    plants = [f for f in features if f.kind == "plant"]
    if plants:
        lines = [
            hover(
                f,
                [
                    f"{f.properties['technology']}, {f.properties['delivery']}",
                    f"{number(f.properties, 'capacity_mw'):,.0f} MW, "
                    f"{number(f.properties, 'firm_mw'):,.0f} firm",
                    f"Start {f.properties['start_date']}, service {f.properties['in_service_date']}",
                ],
            )
            for f in plants
        ]
        symbols = ["diamond-open" if is_estimated(f.properties) else "diamond" for f in plants]
        marker = {
            "size": 10,
            "symbol": symbols,
            "color": STAGE_COLOURS["power plants"],
            "line": {"width": 2},
        }
        yield _marks("Power plant", plants, marker, lines)


def _upgrades(features: list[Feature]) -> Iterator[Figure]:
    """Grid upgrades; all of them are estimates."""
    upgrades = [f for f in features if f.kind == "upgrade"]
    if upgrades:
        lines = [
            hover(
                f,
                [
                    f"+{number(f.properties, 'added_mw'):,.0f} MW, "
                    f"{number(f.properties, 'overnight_usd') / 1e6:,.0f} M USD",
                    f"Start {f.properties['start_date']}, service {f.properties['in_service_date']}",
                ],
            )
            for f in upgrades
        ]
        marker = {
            "size": 11,
            "symbol": "triangle-up-open",
            "color": STAGE_COLOURS["connection"],
            "line": {"width": 2},
        }
        yield _marks("Grid upgrade (est.)", upgrades, marker, lines)


def timeline_figure(plan: Plan) -> Figure:
    """IT load served from grid and on site against the target, by period."""
    starts = sorted({str(row["period_start"]) for row in plan.tables["timeline"]})
    total = {column: dict.fromkeys(starts, 0.0) for column in ("target_mw", "grid_mw", "onsite_mw")}
    end = max(str(row["period_end"]) for row in plan.tables["timeline"])
    for row in plan.tables["timeline"]:
        for column, series in total.items():
            series[str(row["period_start"])] += number(row, column)
    traces = []
    for column, name, colour in (
        ("grid_mw", "Served from the grid", "#1f6fb4"),
        ("onsite_mw", "Served from on-site power", "#3d8b5f"),
    ):
        values = [round(total[column][s] / GW, 4) for s in starts]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "stackgroup": "served",
                "name": name,
                "x": [*starts, end],
                "y": [*values, values[-1]],
                "line": {"shape": "hv", "width": 0.5, "color": colour},
                "fillcolor": colour + "bb",
                "hovertemplate": "%{x|%b %Y}: %{y:.2f} GW<extra>" + name + "</extra>",
            }
        )
    values = [round(total["target_mw"][s] / GW, 4) for s in starts]
    traces.append(
        {
            "type": "scatter",
            "mode": "lines",
            "name": "Target",
            "x": [*starts, end],
            "y": [*values, values[-1]],
            "line": {"shape": "hv", "width": 2, "dash": "dash", "color": "#c0392b"},
            "hovertemplate": "%{x|%b %Y}: %{y:.2f} GW<extra>Target</extra>",
        }
    )
    return {"data": traces, "layout": _axes("IT load [GW]")}


def _axes(title: str) -> Figure:
    """Layout of a chart over time."""
    return {
        "yaxis": {"title": {"text": title}, "rangemode": "tozero"},
        "xaxis": {"type": "date"},
        "margin": {"l": 56, "r": 12, "t": 8, "b": 36},
        "legend": {"orientation": "h", "y": -0.18},
        "hovermode": "x unified",
    }


def gantt_figure(plan: Plan) -> Figure | None:
    """From commitment to power: a bar a stage and site."""
    bars = list(_bars(plan))
    if not bars:
        return None
    first: dict[str, date] = {}
    for site, _, start, _, _ in bars:
        first[site] = min(start, first.get(site, start))
    order = sorted(first, key=lambda s: (first[s], s), reverse=True)
    traces = []
    for stage, colour in STAGE_COLOURS.items():
        group = [bar for bar in bars if bar[1] == stage]
        if group:
            traces.append(
                {
                    "type": "bar",
                    "orientation": "h",
                    "name": stage,
                    "offsetgroup": stage,
                    "y": [text_of(site) for site, *_ in group],
                    "base": [start.isoformat() for _, _, start, _, _ in group],
                    "x": [(end - start).days * MS_PER_DAY for _, _, start, end, _ in group],
                    "marker": {"color": colour},
                    "text": [text_of(words) for *_, words in group],
                    "textposition": "none",
                    "hovertemplate": "%{text}<extra></extra>",
                }
            )
    layout = _axes("")
    layout["yaxis"] = {
        "categoryorder": "array",
        "categoryarray": [text_of(s) for s in order],
        "automargin": True,
    }
    layout.update(
        barmode="group",
        bargap=0.25,
        bargroupgap=0,
        hovermode="closest",
        height=max(240, 58 * len(order) + 90),
        legend={"orientation": "h", "y": -0.06},
        xaxis={"type": "date", "side": "top"},
    )
    layout["margin"] = {"l": 12, "r": 12, "t": 30, "b": 40}
    return {"data": traces, "layout": layout}


Bar = tuple[str, str, date, date, str]


def _bars(plan: Plan) -> Iterator[Bar]:
    """(site, stage, start, end, words) of everything with two dates."""
    stages: list[tuple[str, str, str, str, str]] = [
        ("commitments", "review", "site", "commit_date", "review_done_date"),
        ("connections", "connection", "site", "start_date", "in_service_date"),
        ("orders", "transformers", "site", "order_date", "in_service_date"),
        ("halls", "halls", "site", "start_date", "in_service_date"),
        ("plants", "power plants", "location", "start_date", "in_service_date"),
    ]
    sites = {str(row["site"]) for row in plan.tables["sites"]}
    for table, stage, column, begin, finish in stages:
        for _, row in rows_of(plan.tables, table):
            start, end, site = day(row, begin), day(row, finish), str(row[column])
            if start is not None and end is not None and end > start and site in sites:
                yield site, stage, start, end, _bar_words(stage, site, row, start, end)


def _bar_words(stage: str, site: str, row: Row, start: date, end: date) -> str:
    """Hover text of a bar."""
    what = {
        "review": str(row.get("review_path") or "review").replace("_", " "),
        "transformers": f"{row.get('quantity')} x {row.get('equipment_class')}",
        "halls": f"{row.get('count')} halls of {row.get('block_mw')} MW",
        "power plants": f"{row.get('quantity')} x {row.get('name')}",
    }.get(stage, stage)
    return f"{site}: {what}, {start} to {end}"


def cost_figure(plan: Plan) -> Figure:
    """Discounted cost by family."""
    total: dict[str, float] = {}
    for row in plan.tables["costs"]:
        total[str(row["family"])] = total.get(str(row["family"]), 0.0) + number(row, "usd")
    order = sorted(total, key=lambda family: (total[family], family))
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": order,
        "x": [round(total[f] / 1e9, 4) for f in order],
        "marker": {"color": "#1f6fb4"},
        "hovertemplate": "%{y}: %{x:.2f} B USD<extra></extra>",
        "texttemplate": "%{x:.2f}",
        "textposition": "auto",
    }
    layout = {
        "xaxis": {"title": {"text": "Discounted cost [B USD]"}},
        "yaxis": {"automargin": True},
        "margin": {"l": 12, "r": 12, "t": 8, "b": 44},
        "showlegend": False,
        "height": 60 + 34 * len(order),
    }
    return {"data": [trace], "layout": layout}
