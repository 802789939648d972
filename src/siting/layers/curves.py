"""Arcs of circles in WKB as lines: GEOS knows no curves, while GIS exports mix them with polygons."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siting.layers.wkb import (
    COLLECTION,
    LINE,
    MULTILINE,
    MULTIPOINT,
    MULTIPOLYGON,
    POINT,
    POLYGON,
    line,
    many,
    point,
    polygon,
)

CIRCULAR, COMPOUND, CURVED_POLYGON, MULTICURVE, MULTISURFACE = 8, 9, 10, 11, 12
STEP_RAD = math.radians(2)
"""Largest angle that one line stands for: 0.015 % of the radius is cut off."""
MAX_NESTING = 8
Points = NDArray[np.float64]


def straightened(blob: bytes | None) -> bytes | None:
    """WKB without curves; as it is where it has none or cannot be read."""
    if not blob or len(blob) < 9:
        return blob
    kind = struct.unpack_from("<I" if blob[0] == 1 else ">I", blob, 1)[0] % 1000 & 0xFF
    if kind not in (COLLECTION, CIRCULAR, COMPOUND, CURVED_POLYGON, MULTICURVE, MULTISURFACE):
        return blob
    try:
        return _Reader(blob).geometry(0)
    except (struct.error, ValueError, IndexError, OverflowError):
        return blob


class _Reader:
    """Reads WKB from the front, two coordinates of each point."""

    def __init__(self, blob: bytes) -> None:
        self.blob, self.place = blob, 0

    def _head(self, depth: int) -> tuple[str, int, int]:
        """Byte order, kind and number of coordinates of a geometry."""
        if depth > MAX_NESTING:
            raise ValueError("nested too deeply")
        order = "<" if self.blob[self.place] == 1 else ">"
        (code,) = struct.unpack_from(f"{order}I", self.blob, self.place + 1)
        self.place += 5
        if code & 0x20000000:
            self.place += 4  # the number of a coordinate system
        more = (code & 0xFFFF) // 1000
        size = 2 + (code & 0x80000000 > 0 or more in (1, 3)) + (code & 0x40000000 > 0 or more > 1)
        return order, (code & 0xFFFF) % 1000, size

    def _count(self, order: str) -> int:
        (count,) = struct.unpack_from(f"{order}I", self.blob, self.place)
        self.place += 4
        return int(count)

    def _points(self, order: str, size: int, count: int | None = None) -> Points:
        count = self._count(order) if count is None else count
        found = np.frombuffer(self.blob, f"{order}f8", count * size, self.place)
        self.place += 8 * count * size
        return found.reshape(count, size)[:, :2].astype(float)

    def geometry(self, depth: int) -> bytes:
        """The next geometry, straight."""
        start = self.place
        order, kind, size = self._head(depth)
        if kind == POINT:
            x, y = self._points(order, size, 1)[0]
            return point(float(x), float(y))
        if kind == POLYGON:
            rings = [self._points(order, size) for _ in range(self._count(order))]
            return polygon([ring.tolist() for ring in rings])
        if kind == CURVED_POLYGON:
            return polygon([self._curve(depth + 1).tolist() for _ in range(self._count(order))])
        if kind in (LINE, CIRCULAR, COMPOUND):
            self.place = start
            return line(self._curve(depth).tolist())
        as_kind = {MULTICURVE: MULTILINE, MULTISURFACE: MULTIPOLYGON}.get(kind, kind)
        if as_kind not in (MULTIPOINT, MULTILINE, MULTIPOLYGON, COLLECTION):
            raise ValueError(f"geometry of kind {kind}")
        return many(as_kind, [self.geometry(depth + 1) for _ in range(self._count(order))])

    def _curve(self, depth: int) -> Points:
        """Points of the next line or curve."""
        order, kind, size = self._head(depth)
        if kind == LINE:
            return self._points(order, size)
        if kind == CIRCULAR:
            return _arcs(self._points(order, size))
        if kind != COMPOUND:
            raise ValueError(f"a curve of kind {kind}")
        parts = [self._curve(depth + 1) for _ in range(self._count(order))]
        return np.concatenate([part[int(i > 0) :] for i, part in enumerate(parts)])


def _arcs(points: Points) -> Points:
    """Points along arcs that each go through three: start, between, end, which starts the next."""
    if len(points) < 3 or len(points) % 2 == 0:
        raise ValueError("arcs of a number of points that fits none")
    parts = [points[:1]]
    parts += [_arc(*points[i : i + 3]) for i in range(0, len(points) - 2, 2)]
    return np.concatenate(parts)


def _arc(start: Any, between: Any, end: Any) -> Points:
    """Points after the start of the arc through three points; a full circle where it ends at its start."""
    if np.array_equal(start, end):
        centre, turn = (start + between) / 2, 2 * math.pi
    else:
        (ax, ay), (bx, by) = between - start, end - start
        cross = 2 * (ax * by - ay * bx)
        if cross == 0 or not np.isfinite(cross):
            return np.array([between, end])
        a, b = ax * ax + ay * ay, bx * bx + by * by
        centre = start + np.array([by * a - ay * b, ax * b - bx * a]) / cross
        first, last = (math.atan2(*(p - centre)[::-1]) for p in (start, end))
        turn = (last - first) % (2 * math.pi)
        turn = turn if cross > 0 else turn - 2 * math.pi
    first = math.atan2(*(start - centre)[::-1])
    steps = max(2, math.ceil(abs(turn) / STEP_RAD))
    angles = first + turn * np.arange(1, steps) / steps
    radius = math.hypot(*(start - centre))
    inner = centre + radius * np.column_stack([np.cos(angles), np.sin(angles)])
    return np.concatenate([inner, [end]])
