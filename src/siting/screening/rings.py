"""Geometry as files hold it: broken rings salvaged from WKB, invalid polygons repaired.

A ring of fewer than four points bounds no area; strict readers refuse the whole feature for one of
them. Here such rings are dropped and counted, and a feature of nothing else is reported.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from siting.layers.nested import made_valid

Shapes = NDArray[np.object_]
MIN_POINTS = 4
"""Points of the smallest ring that bounds an area, the first repeated at the end."""
DEGENERATE = "degenerate: every ring has fewer than four points or no extent"
COLLAPSED = "degenerate: no area is left after repair"
EMPTY = "no geometry"
UNREADABLE = "unreadable geometry"
MAX_NESTING = 8
POLYGON, MULTIPOLYGON, COLLECTION = 3, 6, 7
"""Kinds of geometry in WKB."""
GEOMETRY_COLLECTION = 7
"""The same in shapely."""


def parsed(blobs: Sequence[bytes | None]) -> tuple[Shapes, dict[int, str], set[int]]:
    """Shapes of WKB; what is wrong with those that are None, and positions of salvaged ones."""
    shapes = _from_wkb(blobs)
    reasons: dict[int, str] = {}
    salvaged: set[int] = set()
    for position in np.flatnonzero(shapely.is_missing(shapes) | _has_short_ring(shapes)):
        blob = blobs[int(position)]
        if not blob:
            reasons[int(position)] = EMPTY
            continue
        shape, reason = _salvaged(blob)
        shapes[position] = shape
        if shape is None:
            reasons[int(position)] = reason
        else:
            salvaged.add(int(position))
    for position in np.flatnonzero(shapely.is_empty(shapes)):
        shapes[position] = None
        reasons[int(position)] = EMPTY
    return shapes, reasons, salvaged


def _from_wkb(blobs: Sequence[bytes | None]) -> Shapes:
    """Shapes of WKB, None where GEOS refuses one."""
    try:
        found = shapely.from_wkb(np.array(blobs, dtype=object), on_invalid="ignore")
        return np.atleast_1d(np.asarray(found, dtype=object))
    except (NotImplementedError, shapely.errors.GEOSException, ValueError):
        shapes: Shapes = np.full(len(blobs), None, dtype=object)
    for position, blob in enumerate(blobs):
        with suppress(NotImplementedError, shapely.errors.GEOSException, ValueError):
            shapes[position] = shapely.from_wkb(blob, on_invalid="ignore")
    return shapes


def _has_short_ring(shapes: Shapes) -> NDArray[np.bool_]:
    """Whether a polygon has a ring that bounds nothing whatever its other rings do."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    west, south, east, north = shapely.bounds(rings).T
    short = (shapely.get_num_coordinates(rings) < MIN_POINTS) | ((west == east) & (south == north))
    found = np.zeros(len(shapes), dtype=bool)
    found[owner[part[short]]] = True
    return found


def _is_ring(ring: NDArray[np.float64]) -> bool:
    """Whether a ring has four points and some extent."""
    return len(ring) >= MIN_POINTS and bool(np.ptp(ring, axis=0).any())


def _salvaged(blob: bytes) -> tuple[Any, str]:
    """The polygons of a feature without their short rings; None and the reason if none is left."""
    try:
        polygons, _ = _polygons(blob, 0, 0)
    except (struct.error, ValueError, IndexError):
        return None, UNREADABLE
    kept = []
    for rings in polygons:
        whole = [_closed(ring) for ring in rings if _is_ring(ring)]
        if rings and _is_ring(rings[0]):
            kept.append(shapely.Polygon(whole[0], whole[1:]))
    if not kept:
        return None, DEGENERATE if polygons else UNREADABLE
    return (kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)), ""


def _closed(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """A ring that ends where it began."""
    return ring if (ring[0] == ring[-1]).all() else np.vstack([ring, ring[:1]])


def _polygons(blob: bytes, offset: int, depth: int) -> tuple[list[list[NDArray[np.float64]]], int]:
    """Rings of every polygon from an offset on, and the offset after them."""
    if depth > MAX_NESTING:
        raise ValueError("nested too deeply")
    order = "<" if blob[offset] == 1 else ">"
    code, count = struct.unpack_from(f"{order}II", blob, offset + 1)
    kind, dimensions = code % 1000 & 0xFF, 2
    if code & 0x80000000 or (code & 0xFFFF) // 1000 in (1, 3):
        dimensions += 1
    if code & 0x40000000 or (code & 0xFFFF) // 1000 in (2, 3):
        dimensions += 1
    offset += 9
    if kind == POLYGON:
        rings = []
        for _ in range(count):
            (points,) = struct.unpack_from(f"{order}I", blob, offset)
            size = points * dimensions
            ring = np.frombuffer(blob, f"{order}f8", size, offset + 4).reshape(points, dimensions)
            rings.append(ring[:, :2].astype(float))
            offset += 4 + 8 * size
        return [rings], offset
    if kind not in (MULTIPOLYGON, COLLECTION):
        raise ValueError("not a polygon")
    found: list[list[NDArray[np.float64]]] = []
    for _ in range(count):
        inner, offset = _polygons(blob, offset, depth + 1)
        found += inner
    return found, offset


def repaired(shapes: Shapes) -> tuple[Shapes, dict[int, str], dict[int, str]]:
    """Valid shapes; positions repaired with what was wrong, and positions lost with the reason.

    Args:
        shapes: projected shapes, none missing. Lines and points stay as they are.
    """
    fixed = shapes.copy()
    is_area = shapely.get_dimensions(shapes) == 2
    for position in np.flatnonzero(shapely.get_type_id(fixed) == GEOMETRY_COLLECTION):
        fixed[position] = _areas_only(fixed[position])
    bad = np.flatnonzero(is_area & ~shapely.is_valid(fixed))
    what = [shapely.is_valid_reason(fixed[i]).split("[")[0] for i in bad]
    if len(bad):
        fixed[bad] = made_valid(fixed[bad])
    lost = {int(i): COLLAPSED for i in np.flatnonzero(is_area & ~(shapely.area(fixed) > 0))}
    mended = {int(i): why for i, why in zip(bad, what, strict=True) if int(i) not in lost}
    return fixed, mended, lost


def _areas_only(shape: Any) -> Any:
    """The polygons of a collection, the whole collection where it has none."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    polygons = [p for p in parts if shapely.get_dimensions(p) == 2]
    return shapely.MultiPolygon(polygons) if polygons else shape


def first_coordinates(blob: bytes | None) -> tuple[float, float] | None:
    """The first finite coordinates of a polygon's WKB, or None."""
    try:
        polygons, _ = _polygons(blob or b"", 0, 0)
    except (struct.error, ValueError, IndexError):
        return None
    for rings in polygons:
        for ring in rings:
            if len(ring) and np.isfinite(ring[0]).all():
                return float(ring[0][0]), float(ring[0][1])
    return None
