"""Invalid areas made valid: a part that lies inside another is its hole, or an island in its hole.

Programs that lose which ring is a hole write holes as further parts of a multipolygon. A union fills
them, so parts that lie within others are taken even-odd; parts that only overlap, and a part that is
drawn twice, are joined.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

INSIDE = 0.99
"""Share of a part's area in a larger one from which on it lies inside; simplified borders cross."""

MAX_PAIRS, CHUNK = 250_000, 64
"""Pairs of parts of a feature that touch each other, and parts looked up at a time."""


class TooNested(ValueError):
    """A feature whose parts lie in each other beyond reason."""


def made_valid(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Valid areas of polygons, multipolygons and collections of them.

    Raises:
        TooNested: one of them has parts in each other beyond reason.
    """
    plain = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    found: NDArray[np.object_] = np.atleast_1d(np.asarray(plain, dtype=object))
    for i in np.flatnonzero(shapely.get_num_geometries(shapes) > 1):
        parts = np.array(
            [p for p in shapely.get_parts(shapes[i]) if shapely.get_dimensions(p) == 2],
            dtype=object,
        )
        depth = _depths(parts) if len(parts) > 1 else np.zeros(1, dtype=np.int64)
        if depth.any():
            found[i] = _even_odd(parts, depth)
    return found


def _depths(parts: NDArray[np.object_]) -> NDArray[np.int64]:
    """How many larger parts each part lies in."""
    depth = np.zeros(len(parts), dtype=np.int64)
    whole = shapely.make_valid(parts, method="structure", keep_collapsed=False)
    areas = shapely.area(whole)
    inner, outer = _touching(whole)
    inner, outer = inner[inner != outer], outer[inner != outer]
    shared = shapely.area(shapely.intersection(whole[inner], whole[outer]))
    is_inside = (shared >= INSIDE * areas[inner]) & (areas[inner] > 0)
    is_larger = INSIDE * areas[outer] > areas[inner]
    is_same = is_inside & ~is_larger & (shared >= INSIDE * areas[outer]) & (inner > outer)
    counts = is_inside & is_larger & ~np.isin(outer, inner[is_same])  # one drawn twice counts once
    np.add.at(depth, inner[counts], 1)
    return depth


def _touching(parts: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of parts that touch, by position.

    Raises:
        TooNested: more pairs than any map has.
    """
    tree = shapely.STRtree(parts)
    found: list[NDArray[np.int64]] = []
    pairs = 0
    for start in range(0, len(parts), CHUNK):
        some = tree.query(parts[start : start + CHUNK], predicate="intersects")
        found.append(some + np.array([[start], [0]]))
        pairs += some.shape[1]
        if pairs > MAX_PAIRS:
            raise TooNested(f"a feature of {len(parts):,} parts that lie in each other")
    both = np.concatenate(found, axis=1)
    return both[0], both[1]


def _even_odd(parts: NDArray[np.object_], depth: NDArray[np.int64]) -> Any:
    """Parts joined from the outermost inwards, those at odd depth cut out."""
    whole = shapely.make_valid(parts, method="structure", keep_collapsed=False)
    result = shapely.union_all(whole[depth == 0])
    for level in range(1, int(depth.max()) + 1):
        some = shapely.union_all(whole[depth == level])
        result = shapely.difference(result, some) if level % 2 else shapely.union(result, some)
    areas = [p for p in shapely.get_parts(result) if shapely.get_dimensions(p) == 2]
    return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)
