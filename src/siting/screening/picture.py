"""A picture of a screening: state outlines, candidates by agency, rejected land in grey, a scale."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path as Outline

from siting.core.resources import builtin_path
from siting.outputs.pictures.canvas import drawable, new_figure, scale_bar, style, write_figure
from siting.screening.projection import M_PER_KM, Projections
from siting.screening.rings import Shapes
from siting.screening.run import OUTSIDE, Screened

WIDTH_INCHES, DPI = 12.0, 150
COLORS = ("#d95f02", "#1b9e77", "#7570b3", "#e7298a", "#1f78b4", "#a6761d", "#66a61e", "#000000")
"""ColorBrewer Dark2, told apart by most colour-blind readers; the last repeats."""
REJECTED, LAND, BORDER = "#b9bec4", "#f4f2ec", "#8c8c8c"
MARGIN = 0.03
SMALL_PIXELS = 3.0
"""A candidate smaller than this on paper is drawn as a dot."""
SIMPLE_PIXELS = 0.3
MAX_LABEL = 40


def write_picture(found: Screened, path: Path) -> None:
    """Draw the map as PNG; the same screening gives the same bytes."""
    with style():
        write_figure(_figure(found), path, "png", DPI)


def _figure(found: Screened) -> Figure:
    """The whole picture."""
    kept: Shapes = np.array([c.piece.shape for c in found.candidates], dtype=object)
    lost = [p.shape for p in found.refused if p.shape is not None and p.reason != OUTSIDE]
    lost += [d.candidate.piece.shape for d in found.dropped]
    grey: Shapes = np.array(lost, dtype=object)
    states = _states(found.projections)
    west, south, east, north = _frame(kept, grey, states)
    grey = grey[shapely.intersects(grey, shapely.box(west, south, east, north))]
    ratio = (north - south) / (east - west)
    figure = new_figure(WIDTH_INCHES, min(max(WIDTH_INCHES * ratio, 5.0), 14.0) + 1.2)
    axes = figure.add_axes((0.01, 0.07, 0.98, 0.86))
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    axes.set_axis_off()
    pixel = (east - west) / (WIDTH_INCHES * DPI)
    _fill(axes, states, LAND, "none", 0.0, pixel)
    _fill(axes, grey, REJECTED, "none", 0.0, pixel)
    handles = _candidates(axes, found, pixel)
    _fill(axes, states, "none", BORDER, 0.6, pixel)
    if len(grey):
        handles.append(_mark(REJECTED, f"rejected here, {_acres(grey)} acres"))
    columns = 4 if len(handles) > 4 else max(1, len(handles))
    figure.legend(handles=handles, loc="lower center", ncols=columns, frameon=False, fontsize=9)
    scale_bar(axes, metres_per_unit=1)
    title = found.settings.title or found.settings.name
    text = f"{title}: {len(found.candidates):,} candidate campuses"
    figure.suptitle(drawable(text, 120), fontsize=14, y=0.975)
    return figure


def _frame(kept: Shapes, grey: Shapes, states: Shapes) -> tuple[float, float, float, float]:
    """Extent of the picture [m]: the states with candidates, or else all land; with a margin."""
    shapes = kept if len(kept) else grey if len(grey) else _square()
    if len(kept):
        touched = np.unique(shapely.STRtree(states).query(kept, predicate="intersects")[1])
        shapes = np.concatenate([kept, states[touched]])
    west, south, east, north = shapely.total_bounds(shapes)
    margin = MARGIN * max(east - west, north - south, 10 * M_PER_KM)
    return west - margin, south - margin, east + margin, north + margin


def _square() -> Shapes:
    """Something to frame where there is no land at all."""
    return np.array([shapely.box(-1e5, -1e5, 1e5, 1e5)], dtype=object)


def _states(projections: Projections) -> Shapes:
    """Built-in outlines of states in the projection of the picture."""
    text = builtin_path("data/geo/states.geojson").read_text(encoding="utf-8")
    shapes = [
        shapely.from_geojson(json.dumps(feature["geometry"]))
        for feature in json.loads(text)["features"]
    ]
    projected = projections.project(np.array(shapes, dtype=object))
    finite = np.isfinite(shapely.bounds(projected)).all(axis=1)
    result: Shapes = projected[finite]
    return result


def _candidates(axes: Any, found: Screened, pixel: float) -> list[Any]:
    """Draw candidates by agency; a legend entry for each."""
    handles = []
    for number, agency in enumerate(found.settings.agencies):
        shapes: Shapes = np.array(
            [c.piece.shape for c in found.candidates if c.piece.agency == agency], dtype=object
        )
        if not len(shapes):
            continue
        color = COLORS[min(number, len(COLORS) - 1)]
        _fill(axes, shapes, color, color, 0.3, pixel)
        size = np.sqrt(shapely.area(shapes))
        dots = shapely.centroid(shapes[size < SMALL_PIXELS * pixel])
        axes.scatter(
            shapely.get_x(dots), shapely.get_y(dots), s=3.0, c=color, linewidths=0, zorder=4
        )
        handles.append(_mark(color, f"{agency[:MAX_LABEL]}: {len(shapes):,}"))
    return handles


def _mark(color: str, label: str) -> Any:
    """An entry of the legend."""
    return Line2D(
        [], [], color=color, marker="s", markersize=9, linestyle="none", label=drawable(label, 80)
    )


def _fill(axes: Any, shapes: Shapes, face: str, edge: str, width: float, pixel: float) -> None:
    """Polygons as one collection, simplified to what can be seen."""
    if not len(shapes):
        return
    parts = shapely.get_parts(shapely.simplify(shapes, SIMPLE_PIXELS * pixel))
    parts = parts[shapely.get_dimensions(parts) == 2]
    parts = parts[~shapely.is_empty(parts)]
    paths = [_outline(part) for part in parts]
    axes.add_collection(
        PathCollection(paths, facecolors=face, edgecolors=edge, linewidths=width, zorder=2)
    )


def _outline(polygon: Any) -> Outline:
    """A polygon with its holes as a path."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(polygon)]
    codes = []
    for ring in rings:
        codes += [Outline.MOVETO, *[Outline.LINETO] * (len(ring) - 2), Outline.CLOSEPOLY]
    return Outline(np.concatenate(rings), codes)


def _acres(shapes: Shapes) -> str:
    """Area in words."""
    from siting.screening.projection import M2_PER_ACRE

    acres = float(shapely.area(shapes).sum()) / M2_PER_ACRE
    return f"{acres / 1e6:,.1f} million" if acres >= 1e6 else f"{acres:,.0f}"
