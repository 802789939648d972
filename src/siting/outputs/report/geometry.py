"""Project places for a cartesian map: the lower states in Albers, Alaska as a scaled inset."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache

from pyproj import Transformer

from siting.core.resources import builtin_path

LOWER = 5070
ALASKA = 3338
ALASKA_SCALE = 0.35
ALASKA_SHIFT_KM = (-1900.0, 420.0)
ALASKA_EAST = -129.0
ALASKA_SOUTH = 50.0
METRES_PER_KM = 1000.0
FRAME_X_KM = (-2420.0, 2320.0)
FRAME_Y_KM = (-60.0, 3230.0)
"""Frame of the map [km], with the inset."""
SOUTH_KM = 230.0
"""Southern edge of the frame where no inset is drawn."""
LEAST_KM, MARGIN_KM = 700.0, 500.0
"""Least height of a regional map, and what it shows around its places [km]."""
REGION_FRAC = 0.75
"""Share of the country's width up to which a region is shown alone."""
NOT_DRAWN = ("HI",)
"""States beyond the map's frame; a place there is listed in the tables only."""


@cache
def _transformer(code: int) -> Transformer:
    """Degrees to metres of a projection."""
    return Transformer.from_crs(4326, code, always_xy=True)


def is_alaska(longitude: float, latitude: float) -> bool:
    """Whether a point belongs in the inset."""
    return latitude > ALASKA_SOUTH and (longitude < ALASKA_EAST or longitude > 0)


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Map position [km] of a point."""
    if is_alaska(longitude, latitude):
        return _inset(*_transformer(ALASKA).transform(longitude, latitude))
    x, y = _transformer(LOWER).transform(longitude, latitude)
    return x / METRES_PER_KM, y / METRES_PER_KM


def is_drawn(longitude: float, latitude: float) -> bool:
    """Whether a point falls within the map's frame."""
    x, y = project(longitude, latitude)
    return FRAME_X_KM[0] <= x <= FRAME_X_KM[1] and FRAME_Y_KM[0] <= y <= FRAME_Y_KM[1]


def frame(
    points: Sequence[tuple[float, float]], has_alaska: bool
) -> tuple[list[float], list[float]]:
    """Part of the map that is shown [km]: the country, or a region where everything lies in one."""
    south = FRAME_Y_KM[0] if has_alaska else SOUTH_KM
    country = [*FRAME_X_KM], [south, FRAME_Y_KM[1]]
    if has_alaska or not points:
        return country
    xs, ys = zip(*points, strict=True)
    aspect = (country[0][1] - country[0][0]) / (country[1][1] - country[1][0])
    height = max(LEAST_KM, max(ys) - min(ys) + MARGIN_KM, (max(xs) - min(xs) + MARGIN_KM) / aspect)
    if height * aspect > REGION_FRAC * (country[0][1] - country[0][0]):
        return country
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    width = height * aspect
    return (
        [round(x - width / 2), round(x + width / 2)],
        [round(y - height / 2), round(y + height / 2)],
    )


def _inset(x: float, y: float) -> tuple[float, float]:
    """Alaska scaled and moved below the south-west."""
    east, north = ALASKA_SHIFT_KM
    return x / METRES_PER_KM * ALASKA_SCALE + east, y / METRES_PER_KM * ALASKA_SCALE + north - 620


def state_lines(has_alaska: bool) -> tuple[list[float | None], list[float | None]]:
    """x and y [km] of the state outlines, rings parted by None."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for state, ring in _rings():
        if state == "AK" and not has_alaska:
            continue
        code = ALASKA if state == "AK" else LOWER
        longitudes, latitudes = zip(*ring, strict=True)
        east, north = _transformer(code).transform(longitudes, latitudes)
        for x, y in zip(east, north, strict=True):
            place = _inset(x, y) if code == ALASKA else (x / METRES_PER_KM, y / METRES_PER_KM)
            xs.append(round(place[0], 1))
            ys.append(round(place[1], 1))
        xs.append(None)
        ys.append(None)
    return xs, ys


def transmission_lines(
    classes: Sequence[str],
) -> tuple[list[float | None], list[float | None]]:
    """x and y [km] of the transmission lines of some voltage classes, lines parted by None."""
    text = builtin_path("data/map/transmission.json").read_text(encoding="utf-8")
    lines = [line for name, lines in json.loads(text).items() if name in classes for line in lines]
    xs: list[float | None] = []
    ys: list[float | None] = []
    for line in lines:
        longitudes, latitudes = zip(*line, strict=True)
        east, north = _transformer(LOWER).transform(longitudes, latitudes)
        xs += [*(round(x / METRES_PER_KM) for x in east), None]
        ys += [*(round(y / METRES_PER_KM) for y in north), None]
    return xs, ys


def _rings() -> Iterator[tuple[str, Sequence[Sequence[float]]]]:
    """(state, outer ring in degrees) of the outlines that are drawn."""
    text = builtin_path("data/geo/states.geojson").read_text(encoding="utf-8")
    for feature in json.loads(text)["features"]:
        state = feature["properties"]["abbreviation"]
        geometry = feature["geometry"]
        polygons = geometry["coordinates"]
        for polygon in polygons if geometry["type"] == "MultiPolygon" else [polygons]:
            if state not in NOT_DRAWN and not (state == "AK" and polygon[0][0][0] > 0):
                yield state, polygon[0]
