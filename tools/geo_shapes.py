"""Geodesic distances and circles, and rows as GeoJSON features."""

from __future__ import annotations

import json
from math import pi, sin, sqrt
from typing import Any

import shapely
from pyproj import Geod

from geo_facts import Row

GEOD = Geod(ellps="WGS84")
SQUARE_METRES_PER_ACRE = 4046.8564224
CIRCLE_VERTICES = 48
CIRCLE = "approximate circle of total_acres"
POINT = "point"


def distance_km(a: Row, b: Row) -> float:
    """Geodesic distance between two rows."""
    _, _, metres = GEOD.inv(a["longitude"], a["latitude"], b["longitude"], b["latitude"])
    return float(metres) / 1000


def circle(longitude: float, latitude: float, acres: float) -> list[list[float]]:
    """Closed counter-clockwise ring of a regular geodesic polygon with the area of some acres."""
    area = acres * SQUARE_METRES_PER_ACRE
    # A regular polygon of n corners and radius r has the area n/2 r^2 sin(2 pi / n).
    radius = sqrt(2 * area / (CIRCLE_VERTICES * sin(2 * pi / CIRCLE_VERTICES)))
    ring = []
    for corner in range(CIRCLE_VERTICES):
        azimuth = -360.0 * corner / CIRCLE_VERTICES
        lon, lat, _ = GEOD.fwd(longitude, latitude, azimuth, radius)
        ring.append([round(lon, 6), round(lat, 6)])
    return [*ring, ring[0]]


def site_feature(site: Row) -> dict[str, Any]:
    """A site as a circle of its acreage, or a point."""
    if site["geometry_kind"] == POINT:
        return point_feature(site)
    longitude, latitude, acres = site["longitude"], site["latitude"], site["total_acres"]
    ring = circle(float(longitude or 0), float(latitude or 0), float(acres or 0))
    return feature(site, {"type": "Polygon", "coordinates": [ring]})


def point_feature(row: Row) -> dict[str, Any]:
    """A row as a point."""
    point = [row["longitude"], row["latitude"]]
    return feature(row, {"type": "Point", "coordinates": point})


def feature(properties: Row, geometry: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature of a valid geometry."""
    if not shapely.from_geojson(json.dumps(geometry)).is_valid:
        raise ValueError(f"invalid geometry of {properties['id']}")
    return {
        "type": "Feature",
        "id": properties["id"],
        "geometry": geometry,
        "properties": properties,
    }
