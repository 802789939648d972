"""Outlines of the states, and whether a place lies in one: plain arithmetic on the built-in layer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import cos, hypot, radians
from typing import Any

import numpy as np

from siting.core.geodesy import great_circle_km
from siting.core.resources import builtin_path

LAYER = "data/geo/states.geojson"
KM_PER_DEGREE = great_circle_km(0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Outline:
    """Border of a state: the two ends of each edge in degrees, and the box around it."""

    name: str
    start: np.ndarray
    end: np.ndarray
    box: tuple[float, float, float, float]

    def is_inside(self, longitude: float, latitude: float) -> bool:
        """Whether a place lies in the state: a ray to the east crosses the border an odd number of
        times."""
        (x1, y1), (x2, y2) = self.start.T, self.end.T
        meets = (y1 > latitude) != (y2 > latitude)
        x1, y1, x2, y2 = x1[meets], y1[meets], x2[meets], y2[meets]
        at = x1 + (latitude - y1) / (y2 - y1) * (x2 - x1)
        return bool(np.count_nonzero(at > longitude) % 2)

    def away_km(self, longitude: float, latitude: float) -> float:
        """Distance of a place from the state [km], 0 within it."""
        if self.is_inside(longitude, latitude):
            return 0.0
        scale = np.array([cos(radians(latitude)), 1.0]) * KM_PER_DEGREE
        here = np.array([longitude, latitude])
        start, along = (self.start - here) * scale, (self.end - self.start) * scale
        length = np.maximum((along**2).sum(axis=1), np.finfo(float).tiny)
        share = np.clip(-(start * along).sum(axis=1) / length, 0.0, 1.0)
        return float(np.sqrt(((start + share[:, None] * along) ** 2).sum(axis=1)).min())

    def is_near(self, longitude: float, latitude: float, km: float) -> bool:
        """Whether a place lies in the state, or so near to it."""
        west, south, east, north = self.box
        margin = hypot(km, km) / (KM_PER_DEGREE * max(cos(radians(latitude)), 0.01))
        in_box = west - margin <= longitude <= east + margin
        in_box = in_box and south - margin <= latitude <= north + margin
        return in_box and self.away_km(longitude, latitude) <= km


@cache
def outlines() -> Mapping[str, Outline]:
    """Outline of each state, by abbreviation."""
    layer = json.loads(builtin_path(LAYER).read_text(encoding="utf-8"))
    return {
        f["properties"]["abbreviation"]: _outline(f["properties"]["name"], f["geometry"])
        for f in layer["features"]
    }


def _outline(name: str, geometry: Mapping[str, Any]) -> Outline:
    """Edges of every ring; those of holes count like any other."""
    parts = geometry["coordinates"]
    polygons = parts if geometry["type"] == "MultiPolygon" else [parts]
    rings = [np.asarray(ring, float)[:, :2] for polygon in polygons for ring in polygon]
    points = np.concatenate(rings)
    return Outline(
        name,
        np.concatenate([ring[:-1] for ring in rings]),
        np.concatenate([ring[1:] for ring in rings]),
        (*points.min(axis=0), *points.max(axis=0)),
    )
