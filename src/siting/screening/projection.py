"""Projections chosen for an extent: equal-area for acres, equidistant to find what is nearest.

Features are read into longitude and latitude, made continuous across the antimeridian, and
projected vertex by vertex. Reported distances are geodesics between the nearest points.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Proj, Transformer

from siting.screening.rings import Shapes

M2_PER_ACRE = 4046.8564224
M_PER_KM = 1000.0
DEGREES = 4326
MAX_EDGE_DEGREES = 0.1
"""Longer edges in degrees are divided: a straight line on the map is not one in the projection."""
MAX_SCALE_ERROR = 0.05
"""Scale error of the distance projection above which a screening is told to split [share]."""
HALF_TURN, FULL_TURN = 180.0, 360.0


@dataclass(frozen=True)
class Box:
    """An extent in degrees, ``east`` larger than ``west`` (above 180 beyond the antimeridian)."""

    west: float
    south: float
    east: float
    north: float

    def within(self, other: Box) -> bool:
        """Whether it lies in another, whole turns aside."""
        shift = FULL_TURN * floor((self.west - other.west) / FULL_TURN)
        return (
            other.west <= self.west - shift
            and self.east - shift <= other.east
            and other.south <= self.south
            and self.north <= other.north
        )


@dataclass(frozen=True)
class Projections:
    """The pair of projections of a screening.

    Attributes:
        name: what messages and tables call it. area: equal-area. distance: equidistant.
        box: the extent they were chosen for.
    """

    name: str
    area: str
    distance: str
    box: Box

    @cached_property
    def to_area(self) -> Transformer:
        """From degrees to the equal-area projection."""
        return Transformer.from_crs(DEGREES, CRS(self.area), always_xy=True)

    @cached_property
    def to_distance(self) -> Transformer:
        """From the equal-area to the equidistant projection."""
        return Transformer.from_crs(CRS(self.area), CRS(self.distance), always_xy=True)

    @cached_property
    def distance_to_degrees(self) -> Transformer:
        """From the equidistant projection to degrees."""
        return Transformer.from_crs(CRS(self.distance), DEGREES, always_xy=True)

    @property
    def scale_error_frac(self) -> float:
        """Largest error of the distance projection's scale in the box (share)."""
        proj = Proj(CRS(self.distance))
        lon, lat = np.meshgrid(
            np.linspace(self.box.west, self.box.east, 9),
            np.linspace(max(self.box.south, -89.0), min(self.box.north, 89.0), 9),
        )
        factors = proj.get_factors(wrapped(lon.ravel()), lat.ravel())
        scales = np.concatenate([factors.meridional_scale, factors.parallel_scale])
        return float(np.abs(scales - 1).max())

    def project(self, shapes: Shapes) -> Shapes:
        """Shapes in degrees in the equal-area projection [m]."""
        return moved(shapes, self.to_area)

    def apart(self, shapes: Shapes) -> Shapes:
        """Shapes of the equal-area projection in the equidistant one [m]."""
        return moved(shapes, self.to_distance)


CONTIGUOUS = Box(-130.0, 20.0, -60.0, 52.0)
ALASKA = Box(165.0, 48.0, 235.0, 75.0)
HAWAII = Box(-180.0, 15.0, -150.0, 30.0)
REGIONS = (
    ("contiguous US", CONTIGUOUS, "EPSG:5070", "ESRI:102005"),
    (
        "Alaska",
        ALASKA,
        "EPSG:3338",
        "+proj=eqdc +lat_1=55 +lat_2=65 +lat_0=50 +lon_0=-154 +datum=NAD83",
    ),
    (
        "Hawaii",
        HAWAII,
        "ESRI:102007",
        "+proj=eqdc +lat_1=19 +lat_2=23 +lat_0=13 +lon_0=-157 +datum=NAD83",
    ),
)
SIXTH = 6
"""Standard parallels lie a sixth of the height inside the extent, as Snyder recommends."""


def choose(box: Box) -> Projections:
    """Projections of an extent: the national ones of a region that holds it, else conics of its
    own, rounded to whole degrees so that small changes of the data leave the grid of tiles alone.
    """
    for name, region, area, distance in REGIONS:
        if box.within(region):
            return Projections(name, area, distance, box)
    south, north = floor(box.south), ceil(box.north)
    inset = (north - south) // SIXTH
    low, high = south + inset, north - inset
    if abs(low + high) < 1:
        high += 1  # a cone needs parallels that are not opposite
    middle = round((box.west + box.east) / 2)
    lon = (middle + HALF_TURN) % FULL_TURN - HALF_TURN
    conic = f"+lat_1={low} +lat_2={high} +lat_0={(low + high) // 2} +lon_0={lon:g} +datum=WGS84"
    return Projections("own conic", f"+proj=aea {conic}", f"+proj=eqdc {conic}", box)


def extent_of(shapes: Shapes) -> Box:
    """The smallest box around shapes in degrees, the antimeridian no obstacle."""
    west, south, east, north = shapely.bounds(shapes).T
    straight = float(np.min(west)), float(np.max(east))
    low = np.where(west < 0, west + FULL_TURN, west)
    turned = float(np.min(low)), float(np.max(low + (east - west)))
    lows, highs = (
        straight
        if straight[1] - straight[0] <= HALF_TURN
        else min((straight, turned), key=lambda pair: pair[1] - pair[0])
    )
    return Box(lows, float(np.min(south)), highs, float(np.max(north)))


def continuous(shapes: Shapes) -> Shapes:
    """Shapes in degrees whose western half is moved a turn east where they are wider than half a
    turn, so that an edge across the antimeridian stays short."""
    west, _, east, _ = shapely.bounds(shapes).T
    wide = np.flatnonzero(east - west > HALF_TURN)
    if not len(wide):
        return shapes
    moved_shapes = shapes.copy()
    moved_shapes[wide] = shapely.transform(shapes[wide], _eastward)
    return moved_shapes


def _eastward(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points with longitudes from 0 to 360."""
    longitudes = np.where(points[:, 0] < 0, points[:, 0] + FULL_TURN, points[:, 0])
    return np.column_stack([longitudes, points[:, 1]])


def wrapped(longitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitudes from -180 to 180."""
    turned: NDArray[np.float64] = (longitudes + HALF_TURN) % FULL_TURN - HALF_TURN
    return np.where((turned == -HALF_TURN) & (longitudes > 0), HALF_TURN, turned)


def moved(shapes: Shapes, transformer: Transformer) -> Shapes:
    """Shapes with every vertex transformed."""

    def each(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    result: Shapes = shapely.transform(shapes, each)
    return result


def divided(shapes: Shapes) -> Shapes:
    """Shapes in degrees with long edges divided."""
    result: Shapes = shapely.segmentize(shapes, MAX_EDGE_DEGREES)
    return result


def degrees_of(shapes: Shapes, projections: Projections) -> Shapes:
    """Polygons in degrees for output, cut at the antimeridian (RFC 7946), valid, 7 decimals."""
    back = Transformer.from_crs(CRS(projections.area), DEGREES, always_xy=True)
    found = continuous(moved(shapes, back))
    cut = np.array([_cut(shape) for shape in found], dtype=object)
    rounded = shapely.transform(cut, lambda points: np.round(points, 7))
    bad = np.flatnonzero(~shapely.is_valid(rounded))
    if len(bad):
        rounded[bad] = shapely.make_valid(rounded[bad], method="structure", keep_collapsed=False)
    result: Shapes = rounded
    return result


def _cut(shape: Any) -> Any:
    """A shape that reaches beyond 180 degrees as one part on either side."""
    west, south, east, north = shapely.bounds(shape)
    if not (west < HALF_TURN < east):
        return shape
    near = shapely.intersection(shape, shapely.box(west, south, HALF_TURN, north))
    far = shapely.intersection(shape, shapely.box(HALF_TURN, south, east, north))
    far = shapely.transform(far, lambda points: points - np.array([FULL_TURN, 0.0]))
    parts = [p for p in shapely.get_parts([near, far]) if shapely.get_dimensions(p) == 2]
    return shapely.MultiPolygon(parts)


GEOD = Geod(ellps="GRS80")


def geodesic_km(lines: Shapes, projections: Projections) -> NDArray[np.float64]:
    """Geodesic length [km] between the ends of two-point lines of the distance projection."""
    points = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    lon_a, lat_a = projections.distance_to_degrees.transform(points[:, 0, 0], points[:, 0, 1])
    lon_b, lat_b = projections.distance_to_degrees.transform(points[:, 1, 0], points[:, 1, 1])
    _, _, metres = GEOD.inv(lon_a, lat_a, lon_b, lat_b)
    return np.asarray(metres, dtype=float) / M_PER_KM
