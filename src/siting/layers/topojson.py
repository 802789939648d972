"""Geometry of TopoJSON: arcs that features share, put together to rings and lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siting.layers.wkb import (
    MULTILINE,
    MULTIPOINT,
    MULTIPOLYGON,
    NoGeometry,
    line,
    many,
    point,
    polygon,
)

Arc = NDArray[np.float64]


class Topology:
    """One object of a topology as features."""

    def __init__(self, root: Mapping[str, Any], chosen: Any, most_points: int) -> None:
        """Decode the arcs.

        Args:
            root: the topology. chosen: one of its objects.
            most_points: that the features may have together; arcs may be used again and again.
        """
        transform = root.get("transform")
        self.scale = np.array(transform["scale"] if transform else [1.0, 1.0], dtype=float)
        self.shift = np.array(transform["translate"] if transform else [0.0, 0.0], dtype=float)
        self.is_delta = transform is not None
        self.arcs = [self._arc(arc) for arc in root.get("arcs", [])]
        is_many = chosen.get("type") == "GeometryCollection"
        self.geometries: list[Any] = chosen["geometries"] if is_many else [chosen]
        if not all(isinstance(raw, Mapping) for raw in self.geometries):
            raise ValueError("an object in place of a geometry")
        self.left = most_points
        self.count = len(self.geometries)
        found: dict[str, None] = {}
        for raw in self.geometries:
            found.update(dict.fromkeys(values_of(raw)))
        self.columns = tuple(found)

    def features(self) -> Iterator[tuple[bytes | None, dict[str, Any], str]]:
        """WKB, values, and what is wrong with the geometry."""
        for raw in self.geometries:
            try:
                yield self._shape(raw), values_of(raw), ""
            except (NoGeometry, KeyError, TypeError, IndexError, ValueError) as error:
                yield None, values_of(raw), str(error)[:80] or "no geometry of TopoJSON"

    def _arc(self, raw: Any) -> Arc:
        points = np.array([p[:2] for p in raw], dtype=float).reshape(-1, 2)
        if not self.is_delta:
            return points
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused later
            return np.asarray(np.cumsum(points, axis=0) * self.scale + self.shift)

    def _ring(self, numbers: Any) -> Any:
        """Points of joined arcs; a negative number is an arc backwards."""
        parts: list[Arc] = []
        for number in numbers:
            arc = self.arcs[number] if number >= 0 else self.arcs[~number][::-1]
            self.left -= len(arc)
            if self.left < 0:
                raise NoGeometry("arcs used again beyond reason")
            parts.append(arc if not parts else arc[1:])
        return np.concatenate(parts).tolist()

    def _point(self, raw: Any) -> bytes:
        x, y = np.array(raw[:2], dtype=float) * self.scale + self.shift
        return point(float(x), float(y))

    def _shape(self, raw: Mapping[str, Any]) -> bytes | None:
        """WKB of one geometry."""
        match raw.get("type"):
            case "Polygon":
                return polygon([self._ring(ring) for ring in raw["arcs"]])
            case "MultiPolygon":
                parts = [polygon([self._ring(r) for r in part]) for part in raw["arcs"]]
                return many(MULTIPOLYGON, parts)
            case "LineString":
                return line(self._ring(raw["arcs"]))
            case "MultiLineString":
                return many(MULTILINE, [line(self._ring(part)) for part in raw["arcs"]])
            case "Point":
                return self._point(raw["coordinates"])
            case "MultiPoint":
                return many(MULTIPOINT, [self._point(p) for p in raw["coordinates"]])
            case None:
                return None
            case kind:
                raise NoGeometry(f"unknown geometry '{str(kind)[:40]}'")


def values_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Properties of a feature, its id among them; nested ones as text.

    Raises:
        ValueError: text that is not Unicode: one half of a character that JSON writes in two.
    """
    found = raw.get("properties", raw.get("attributes"))
    values = dict(found) if isinstance(found, Mapping) else {}
    name = raw.get("id")
    if "id" not in values and isinstance(name, str | int | float):
        values["id"] = name
    for column, cell in values.items():
        if isinstance(cell, dict | list):
            values[column] = json.dumps(cell, ensure_ascii=False)
    for text in (*values, *values.values()):
        if isinstance(text, str) and not text.isascii():
            text.encode()
    return values
