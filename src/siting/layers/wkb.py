"""Geometry of GeoJSON, ESRI JSON and TopoJSON as WKB, as it stands: rings may be open or too short.

A strict constructor would refuse a whole feature for one ring; here the bytes are written as the file
has the points, and whoever reads them repairs, loses or refuses the feature by name.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

POINT, LINE, POLYGON, MULTIPOINT, MULTILINE, MULTIPOLYGON, COLLECTION = range(1, 8)
MAX_NESTING = 8
MAX_PAIRS = 1_000_000
"""Pairs of rings of a feature that lie in each other."""
KINDS = {
    "Point": POINT, "LineString": LINE, "Polygon": POLYGON, "MultiPoint": MULTIPOINT,
    "MultiLineString": MULTILINE, "MultiPolygon": MULTIPOLYGON,
}  # fmt: skip
Points = Sequence[Sequence[float]]


class NoGeometry(ValueError):
    """What a feature has in place of a geometry."""


def from_geojson(geometry: Any, depth: int = 0) -> bytes | None:
    """WKB of a GeoJSON geometry; None where there is none.

    Raises:
        NoGeometry: not a geometry of GeoJSON.
    """
    if geometry is None:
        return None
    if not isinstance(geometry, Mapping) or depth > MAX_NESTING:
        raise NoGeometry("no geometry of GeoJSON")
    kind = geometry.get("type")
    try:
        if kind == "GeometryCollection":
            parts = [from_geojson(part, depth + 1) for part in geometry["geometries"]]
            return many(COLLECTION, [part for part in parts if part])
        if kind not in KINDS:
            raise NoGeometry(f"unknown geometry '{str(kind)[:40]}'")
        return _simple(KINDS[kind], geometry["coordinates"])
    except (KeyError, TypeError, IndexError, struct.error, OverflowError) as error:
        raise NoGeometry(f"coordinates that are not those of a {kind}") from error


def _simple(kind: int, coordinates: Any) -> bytes | None:
    """WKB of coordinates nested as a kind of geometry needs."""
    if kind == POINT:
        return point(coordinates[0], coordinates[1]) if coordinates else None
    if kind == LINE:
        return line(coordinates)
    if kind == POLYGON:
        return polygon(coordinates)
    single = {MULTIPOINT: POINT, MULTILINE: LINE, MULTIPOLYGON: POLYGON}[kind]
    parts = [_simple(single, part) for part in coordinates]
    return many(kind, [part for part in parts if part])


def point(x: float, y: float) -> bytes:
    """WKB of a point."""
    return struct.pack("<BIdd", 1, POINT, x, y)


def _packed(points: Points) -> bytes:
    """Number of points and their first two coordinates."""
    flat = [number for place in points for number in (place[0], place[1])]
    return struct.pack(f"<I{len(flat)}d", len(points), *flat)


def line(points: Points) -> bytes:
    """WKB of a line."""
    return struct.pack("<BI", 1, LINE) + _packed(points)


def polygon(rings: Sequence[Points]) -> bytes:
    """WKB of a polygon, the outer ring first."""
    head = struct.pack("<BII", 1, POLYGON, len(rings))
    return head + b"".join(_packed(ring) for ring in rings)


def many(kind: int, parts: Sequence[bytes]) -> bytes:
    """WKB of several geometries."""
    return struct.pack("<BII", 1, kind, len(parts)) + b"".join(parts)


def from_esri(geometry: Any) -> bytes | None:
    """WKB of a geometry of ESRI JSON; None where there is none.

    Raises:
        NoGeometry: curves, or nothing of ESRI JSON.
    """
    if geometry is None or geometry == {}:
        return None
    if not isinstance(geometry, Mapping):
        raise NoGeometry("no geometry of ESRI JSON")
    try:
        if "rings" in geometry:
            return from_rings(geometry["rings"])
        if "paths" in geometry:
            return many(MULTILINE, [line(path) for path in geometry["paths"]])
        if "points" in geometry:
            return many(MULTIPOINT, [point(p[0], p[1]) for p in geometry["points"]])
        if "x" in geometry:
            x, y = geometry["x"], geometry["y"]
            return None if x is None or x == "NaN" else point(x, y)
    except (KeyError, TypeError, IndexError, struct.error, OverflowError) as error:
        raise NoGeometry("coordinates that are not those of ESRI JSON") from error
    known = [key for key in geometry if str(key).startswith("curve")]
    raise NoGeometry("curves, which are not read" if known else "no geometry of ESRI JSON")


def from_rings(rings: Sequence[Points]) -> bytes:
    """WKB of rings in no order: one inside an odd number of others is a hole of the smallest.

    Raises:
        NoGeometry: rings nested beyond reason.
    """
    if len(rings) == 1:
        return polygon(rings)
    whole = [ring for ring in rings if len(ring) > 3]
    areas = shapely.polygons([np.array([p[:2] for p in ring], dtype=float) for ring in whole])
    order = np.argsort(-shapely.area(areas), kind="stable")
    inside = _containers(areas)
    parts: dict[int, list[Points]] = {}
    for position in map(int, order):
        around = inside.get(position, [])
        if len(around) % 2 == 0:
            parts[position] = [whole[position]]
        else:
            owner = min(around, key=lambda i: float(shapely.area(areas[i])))
            parts.setdefault(owner, [whole[owner]]).append(whole[position])
    return many(MULTIPOLYGON, [polygon(part) for part in parts.values()])


def _containers(areas: Any) -> dict[int, list[int]]:
    """Polygons that hold each polygon, by position; a smaller one never holds a larger."""
    tree = shapely.STRtree(areas)
    sizes = shapely.area(areas)
    inside: dict[int, list[int]] = {}
    pairs = 0
    for start in range(0, len(areas), 256):
        points = shapely.point_on_surface(areas[start : start + 256])
        inner, outer = tree.query(points, predicate="intersects")
        pairs += len(inner)
        if pairs > MAX_PAIRS:
            raise NoGeometry("rings nested in each other beyond reason")
        for i, o in zip(inner + start, outer, strict=True):
            if i != o and (sizes[o], o) > (sizes[i], i):
                inside.setdefault(int(i), []).append(int(o))
    return inside
