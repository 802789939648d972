"""Geometry as RFC 7946 asks: counter-clockwise, six decimals, cut at the antimeridian."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

DECIMALS = 6
FULL_TURN = 360.0
HALF_TURN = 180.0
POLE = 90.0


def oriented(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """Geometry with outer rings counter-clockwise, six decimals, none across the antimeridian."""
    shape = shapely.force_2d(shapely.from_geojson(json.dumps(geometry, allow_nan=False)))
    if "Polygon" in shape.geom_type:
        shape = cut_at_antimeridian(shape)
    rounded = shapely.transform(shape, lambda points: points.round(DECIMALS) + 0.0)
    if not shapely.is_empty(shape) and not rounded.is_valid:
        rounded = shape
    return json.loads(json.dumps(mapping(shapely.orient_polygons(rounded))))  # type: ignore[no-any-return]


def cut_at_antimeridian(shape: BaseGeometry) -> BaseGeometry:
    """Polygons with every longitude within 180 degrees, cut where they pass it."""
    pieces = []
    for polygon in shapely.get_parts(shape):
        whole = shapely.Polygon(
            _continuous(shapely.get_coordinates(polygon.exterior)),
            [_continuous(shapely.get_coordinates(ring)) for ring in polygon.interiors],
        )
        west, _, east, _ = whole.bounds
        if west >= -HALF_TURN and east <= HALF_TURN:
            pieces.append(whole)
            continue
        for turn in (-FULL_TURN, 0.0, FULL_TURN):
            world = shapely.box(turn - HALF_TURN, -POLE, turn + HALF_TURN, POLE)
            inside = shapely.transform(whole.intersection(world), _moved(-turn))
            pieces += [p for p in shapely.get_parts(inside) if p.geom_type == "Polygon"]
    return pieces[0] if len(pieces) == 1 else shapely.MultiPolygon(pieces)


def _continuous(points: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
    """A ring without jumps of more than half a turn between neighbours."""
    steps = numpy.diff(points[:, 0])
    turns = -numpy.round(steps / FULL_TURN) * FULL_TURN
    ring = points.copy()
    ring[1:, 0] += numpy.cumsum(turns)
    return ring


def _moved(degrees: float) -> Any:
    """Function that moves points east."""
    return lambda points: points + numpy.array([degrees, 0.0])
