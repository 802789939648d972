"""State outlines from TopoJSON: decoded, repaired, simplified along shared borders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping, shape

CODES = (
    "01:AL 02:AK 04:AZ 05:AR 06:CA 08:CO 09:CT 10:DE 11:DC 12:FL 13:GA 15:HI "
    "16:ID 17:IL 18:IN 19:IA 20:KS 21:KY 22:LA 23:ME 24:MD 25:MA 26:MI 27:MN "
    "28:MS 29:MO 30:MT 31:NE 32:NV 33:NH 34:NJ 35:NM 36:NY 37:NC 38:ND 39:OH "
    "40:OK 41:OR 42:PA 44:RI 45:SC 46:SD 47:TN 48:TX 49:UT 50:VT 51:VA 53:WA "
    "54:WV 55:WI 56:WY"
)
"""FIPS code and postal abbreviation of every state and the District of Columbia."""
POSTAL = dict(pair.split(":") for pair in CODES.split())
TOLERANCE_DEGREES = 0.02
DECIMALS = 4


def decode(topology: dict[str, Any]) -> dict[str, Any]:
    """Geometry of every state by FIPS code, as found."""
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * scale[0] + translate[0], y * scale[1] + translate[1]))
        arcs.append(line)

    def ring(indices: list[int]) -> list[tuple[float, float]]:
        points: list[tuple[float, float]] = []
        for index in indices:
            part = arcs[index] if index >= 0 else arcs[~index][::-1]
            points += part[1:] if points else part
        return points

    shapes = {}
    for item in topology["objects"]["states"]["geometries"]:
        polygons = item["arcs"] if item["type"] == "MultiPolygon" else [item["arcs"]]
        coordinates = [[ring(r) for r in polygon] for polygon in polygons]
        shapes[str(item["id"])] = (
            item["properties"]["name"],
            shape({"type": "MultiPolygon", "coordinates": coordinates}),
        )
    return shapes


def state_features(path: Path) -> list[dict[str, Any]]:
    """Features of the fifty states and the District of Columbia, all valid."""
    decoded = decode(json.loads(path.read_text(encoding="utf-8")))
    kept = {code: decoded[code] for code in sorted(decoded) if code in POSTAL}
    valid = [
        shapely.make_valid(geometry, method="structure", keep_collapsed=False)
        for _, geometry in kept.values()
    ]
    simple = shapely.coverage_simplify(valid, TOLERANCE_DEGREES)
    features = []
    for (code, (name, _)), geometry in zip(kept.items(), simple, strict=True):
        clean = _clean(geometry)
        features.append(
            {
                "type": "Feature",
                "id": code,
                "geometry": mapping(clean),
                "properties": {
                    "id": code,
                    "name": name,
                    "abbreviation": POSTAL[code],
                    "source": "US Census cartographic boundaries 2017 (us-atlas 3, 1:10 million)",
                    "confidence": "high",
                    "estimated": "",
                },
            }
        )
    return features


def _clean(geometry: Any) -> Any:
    """Rounded, valid, counter-clockwise; an island that rounding makes nothing of is left out."""
    rounded = shapely.set_precision(geometry, 10**-DECIMALS)
    whole = shapely.make_valid(rounded, method="structure", keep_collapsed=False)
    oriented = shapely.orient_polygons(whole)
    tidy = shapely.transform(oriented, lambda c: c.round(DECIMALS))
    if not tidy.is_valid or tidy.is_empty:
        raise ValueError("a state outline is not valid after cleaning")
    return tidy
