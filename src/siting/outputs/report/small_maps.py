"""Small maps of several plans at the same date: where each has power by then, and what still waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from math import ceil, sqrt
from typing import Any

import shapely

from siting.core.audit import day, number
from siting.core.plan import Plan
from siting.outputs.features import rows_in
from siting.outputs.report.blocks import Figure
from siting.outputs.report.geometry import frame, is_alaska, is_drawn, project, state_lines
from siting.outputs.report.grid import name_of
from siting.outputs.report.palette import colour_of
from siting.outputs.report.words import by_period, power, short, text_of

WIDE, NARROW = 3, 2
"""Maps side by side on a desk and on a phone."""
MAP_PX, NARROW_PX, TITLE_PX = 250, 120, 44
GAP_FRAC = 0.02
LEAST_PX, PX_PER_ROOT_MW = 5.0, 0.35
COARSE_KM = 12.0
"""How far an outline may stray."""


def widest_date(best: Plan, plans: Mapping[str, Plan]) -> date:
    """The period in which plans serve loads that differ most from that of the best one."""
    own = by_period(best, "served_mw")
    apart = dict.fromkeys(sorted(own), 0.0)
    for plan in plans.values():
        served = by_period(plan, "served_mw")
        for start in apart:
            apart[start] += abs(served.get(start, 0.0) - own[start])
    return max(apart, key=lambda start: apart[start])


def load_at(plan: Plan, at: date) -> dict[str, float]:
    """IT load of each site that the plan builds, in the period that starts at a date [MW]."""
    load = {str(row["site"]): 0.0 for row in rows_in(plan, "sites") if row["is_chosen"]}
    for row in rows_in(plan, "power"):
        if day(row, "period_start") == at:
            load[str(row["site"])] = load.get(str(row["site"]), 0.0) + number(row, "it_mw")
    return load


def small_maps_figure(plans: Mapping[str, Plan], at: date) -> Figure | None:
    """A map a plan, by title: discs are loads at the date, rings sites that are built but have none yet.

    Args:
        at: start of a period.
    """
    loads = {title: load_at(plan, at) for title, plan in plans.items()}
    spots = {
        site: place
        for title, plan in plans.items()
        for site in loads[title]
        if (place := _place(plan, site)) is not None
    }
    if not spots:
        return None
    has_alaska = any(alaska for *_, alaska in spots.values())
    shown = frame([(x, y) for x, y, _ in spots.values()], has_alaska)
    land = _land(has_alaska)
    data = []
    for position, (title, plan) in enumerate(plans.items()):
        axes = {"xaxis": _axis("x", position), "yaxis": _axis("y", position)}
        data += [{**land, **axes}, *_sites(plan, loads[title], spots, colour_of(position), axes)]
    heads = [_head(title, loads[title]) for title in plans]
    layout = _layout(heads, shown, WIDE, MAP_PX)
    return {
        "data": data,
        "layout": layout | {"margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "showlegend": False},
        "narrow": _layout(heads, shown, NARROW, NARROW_PX),
        "paper": {"height": layout["height"]},
    }


def _place(plan: Plan, site: str) -> tuple[float, float, bool] | None:
    """Map position of a site, and whether that is in Alaska; None beyond the frame."""
    known = plan.places.get(site, {})
    longitude, latitude = known.get("longitude"), known.get("latitude")
    if not isinstance(longitude, int | float) or not isinstance(latitude, int | float):
        return None
    if not is_drawn(longitude, latitude):
        return None
    x, y = project(longitude, latitude)
    return round(x, 1), round(y, 1), is_alaska(longitude, latitude)


def _land(has_alaska: bool) -> Figure:
    """State outlines with the points that a small map needs."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    ring: list[tuple[float, float]] = []
    for x, y in zip(*state_lines(has_alaska), strict=True):
        if x is not None and y is not None:
            ring.append((x, y))
            continue
        for px, py in shapely.LineString(ring).simplify(COARSE_KM).coords:
            xs.append(round(px))
            ys.append(round(py))
        xs.append(None)
        ys.append(None)
        ring = []
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": ys,
        "fill": "toself",
        "fillcolor": "@land",
        "line": {"width": 0.5, "color": "@border"},
        "hoverinfo": "skip",
    }


def _sites(
    plan: Plan,
    load: Mapping[str, float],
    spots: Mapping[str, tuple[float, float, bool]],
    colour: str,
    axes: Mapping[str, str],
) -> Iterator[Figure]:
    """Discs and rings of a plan."""
    sites = [site for site in sorted(load, key=lambda s: (-load[s], s)) if site in spots]
    if sites:
        yield {
            "type": "scatter",
            "mode": "markers",
            "x": [spots[site][0] for site in sites],
            "y": [spots[site][1] for site in sites],
            "text": [text_of(f"{name_of(plan, site)}: {power(load[site])}") for site in sites],
            "hovertemplate": "%{text}<extra></extra>",
            "marker": {
                "size": [round(LEAST_PX + PX_PER_ROOT_MW * sqrt(load[s]), 1) for s in sites],
                "symbol": ["circle" if load[s] > 0 else "circle-open" for s in sites],
                "color": colour,
                "opacity": 0.85,
                "line": {"width": 1, "color": colour},
            },
            **axes,
        }


def _head(title: str, load: Mapping[str, float]) -> str:
    """What stands over a map."""
    with_power = [mw for mw in load.values() if mw > 0]
    said = f"{power(sum(with_power))} at {len(with_power)} of {len(load)} sites"
    return f"<b>{text_of(short(title, 24))}</b><br>{said}"


def _axis(name: str, position: int) -> str:
    """Plotly's name of an axis."""
    return name if position == 0 else f"{name}{position + 1}"


def _layout(
    heads: list[str], shown: tuple[list[float], list[float]], columns: int, map_px: int
) -> Figure:
    """Maps in rows, each with its words above."""
    rows = ceil(len(heads) / columns)
    height = rows * (map_px + TITLE_PX)
    row, title = 1 / rows, TITLE_PX / height
    layout: dict[str, Any] = {"height": height, "dragmode": False, "hovermode": "closest"}
    layout["annotations"] = []
    for position, head in enumerate(heads):
        left, top = (position % columns) / columns, 1 - (position // columns) * row
        axis = {"visible": False, "fixedrange": True, "constrain": "domain"}
        x, y = _axis("x", position), _axis("y", position)
        layout[f"xaxis{x[1:]}"] = {
            **axis,
            "range": shown[0],
            "anchor": y,
            "domain": [left, left + 1 / columns - GAP_FRAC],
        }
        layout[f"yaxis{y[1:]}"] = {
            **axis,
            "range": shown[1],
            "anchor": x,
            "domain": [max(0.0, top - row), top - title],
            "scaleanchor": x,
        }
        layout["annotations"].append(
            {
                "text": head,
                "xref": "paper",
                "yref": "paper",
                "x": left,
                "y": top,
                "xanchor": "left",
                "yanchor": "top",
                "align": "left",
                "showarrow": False,
            }
        )
    return layout
