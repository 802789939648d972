"""Sites over state outlines, larger and darker the more often they are built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from siting.outputs.report.blocks import Figure
from siting.outputs.report.geometry import frame, is_alaska, is_drawn, project, state_lines

MAP_PX, NARROW_PX = 430, 250
"""Height of the map, and on a phone."""
LEAST_PX, MORE_PX = 9.0, 13.0
"""Diameter of a site that is never built, and what one that always is has more."""
NEVER_OPACITY = 0.12


@dataclass(frozen=True)
class Dot:
    """A site: longitude and latitude, in what share it is built, and what is said of it, as markup."""

    point: tuple[float, float]
    share_frac: float
    said: str


def share_map(dots: Sequence[Dot]) -> Figure:
    """The map; a site beyond its frame is not drawn."""
    shown = [dot for dot in dots if is_drawn(*dot.point)]
    has_alaska = any(is_alaska(*dot.point) for dot in shown)
    places = [project(*dot.point) for dot in shown]
    xs, ys = state_lines(has_alaska)
    outlines = {
        "type": "scatter",
        "x": xs,
        "y": ys,
        "mode": "lines",
        "fill": "toself",
        "fillcolor": "@land",
        "line": {"width": 0.7, "color": "@border"},
        "hoverinfo": "skip",
    }
    sites = {
        "type": "scatter",
        "mode": "markers",
        "x": [round(x, 1) for x, _ in places],
        "y": [round(y, 1) for _, y in places],
        "marker": {
            "size": [round(LEAST_PX + MORE_PX * sqrt(dot.share_frac), 1) for dot in shown],
            "color": "@blue",
            "opacity": [
                round(NEVER_OPACITY + (1 - NEVER_OPACITY) * dot.share_frac, 3) for dot in shown
            ],
            "line": {"width": 1, "color": "@ink"},
        },
        "hovertext": [dot.said for dot in shown],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return {
        "data": [outlines, sites],
        "layout": _layout(places, has_alaska),
        "narrow": {"height": NARROW_PX},
    }


def _layout(places: Sequence[tuple[float, float]], has_alaska: bool) -> Figure:
    """The country, or the region in which all sites lie."""
    x_range, y_range = frame(places, has_alaska)
    axis = {"visible": False, "showgrid": False, "zeroline": False, "fixedrange": True}
    return {
        "xaxis": {**axis, "range": x_range, "constrain": "domain"},
        "yaxis": {
            **axis,
            "range": y_range,
            "constrain": "domain",
            "scaleanchor": "x",
            "scaleratio": 1,
        },
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "height": MAP_PX,
    }
