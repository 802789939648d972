"""Rows of a map layer in longitude and latitude, with coordinate systems and geometry checked."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from siting.core.errors import InputError, Issue, first_of
from siting.layers.nested import TooNested, made_valid
from siting.layers.safety import MAX_BYTES, MAX_ROWS, growth, refused
from siting.layers.source import (
    DEGREES,
    Source,
    are_degrees,
    batches,
    crs_of,
    opened,
    to_degrees_from,
)

logger = logging.getLogger(__name__)

BYTES_PER_POINT = 16


def read_vector(
    path: Path, name: str, crs: int | None, layer: str | None, repair: bool
) -> list[Any]:
    """Rows of a map layer in EPSG:4326.

    Raises:
        InputError: content of another kind, no or an unknown coordinate system, bad geometry.
    """
    from siting.layers.row import RawRow

    with opened(path, name, layer, MAX_BYTES) as source:
        transformer = _transformer(source, crs)
        cells: dict[str, list[Any]] = {column: [] for column in source.columns}
        blobs: list[bytes | None] = []
        faults: dict[int, str] = {}
        for batch in batches(source, source.columns, MAX_ROWS):
            faults.update({len(blobs) + i: what for i, what in batch.faults.items()})
            blobs += batch.blobs
            for column in source.columns:
                cells[column] += batch.values[column]
    if sum(len(blob or b"") for blob in blobs) > growth(path.stat().st_size):
        raise refused(name, "geometry far larger than the file", "plain geometry")
    ids = cells.get("id", [None] * len(blobs))
    places = [_where(name, i, value) for i, value in enumerate(ids)]
    shapes = _checked(_parsed(blobs, places, faults), places, repair, transformer)
    rows = []
    for i, shape in enumerate(shapes):
        values = {column: _plain(column_cells[i]) for column, column_cells in cells.items()}
        point = shape if shape.geom_type == "Point" else shape.representative_point()
        geometry = json.loads(shapely.to_geojson(shape))
        rows.append(RawRow(values, geometry, (point.x, point.y), places[i]))
    return rows


def to_degrees(
    points: Sequence[tuple[float, float] | None], crs: int, name: str
) -> list[tuple[float, float] | None]:
    """Points of a coordinate system in longitude and latitude."""
    transformer = to_degrees_from(crs_of(crs, name), name)
    if any(p is not None and are_degrees((*p, *p), transformer) for p in points):
        expected = f"those of EPSG:{crs}, as crs states"
        raise refused(name, "coordinates in degrees", expected, "Remove or correct crs")
    return [None if p is None else transformer.transform(*p) for p in points]


def _transformer(source: Source, stated: int | None) -> Transformer | None:
    """From the file's own or the stated coordinate system to degrees; None where it is in degrees."""
    given = None if stated is None else crs_of(stated, source.name)
    crs = source.crs or given or source.usual_crs
    if crs is None:
        raise refused(
            source.name,
            "no coordinate system",
            "an EPSG code",
            "State it with crs, for instance crs: 4326",
        )
    if source.crs is not None and given is not None and source.crs != given:
        raise refused(
            source.name,
            f"the file says {source.crs.name[:80]}",
            f"EPSG:{stated} as crs states",
            "Remove or correct crs",
        )
    if crs.to_epsg() == DEGREES or crs.name == "WGS 84 (CRS84)":
        return None
    return to_degrees_from(crs, source.name)


def _parsed(
    blobs: Sequence[bytes | None], places: Sequence[str], faults: dict[int, str]
) -> list[Any]:
    """Shapes of WKB, flat.

    Raises:
        InputError: features whose geometry cannot be read, each with the reason.
    """
    shapes: list[Any] = []
    issues = []
    for i, blob in enumerate(blobs):
        what = faults.get(i, "")
        shape = None
        if not what and blob:
            try:
                shape = shapely.force_2d(shapely.from_wkb(blob))
            except (shapely.errors.GEOSException, NotImplementedError, ValueError) as error:
                what = f"geometry that cannot be read: {' '.join(str(error).split())[:100]}"
        if what:
            issues.append(Issue(places[i], what, "closed rings and whole lines", "Correct it"))
        shapes.append(shape)
    if issues:
        raise InputError(first_of(issues, places[0].partition(": feature")[0]))
    return shapes


def _checked(
    shapes: list[Any], places: Sequence[str], repair: bool, transformer: Transformer | None
) -> list[Any]:
    """Shapes in degrees that are there, valid and finite; repaired on request.

    Raises:
        InputError: every shape that is not.
    """
    kept, issues = [], []
    repaired = 0
    for shape, where in zip(shapes, places, strict=True):
        fixed, what, expected, fix = shape, "", "a point or polygon", "Add or remove the row"
        if shape is None or shape.is_empty:
            what = "no geometry"
        elif not np.isfinite(shapely.get_coordinates(shape)).all():
            what, expected = "coordinates that are not finite", "longitude and latitude"
            fix = "Correct them"
        elif not shape.is_valid and not repair:
            what = f"invalid geometry: {shapely.is_valid_reason(shape)}"
            expected, fix = "a valid geometry", "Correct it, or set repair: true"
        elif are_degrees(shape.bounds, transformer):
            what, expected = (
                "coordinates in degrees",
                "those of the projected system that is stated",
            )
            fix = "Correct the coordinate system of the file, or crs"
        else:
            if not shape.is_valid:
                fixed = _repaired(shape, where)
                repaired += 1
            fixed = _moved(fixed, transformer)
            if fixed.is_empty:
                what, expected, fix = "geometry that collapses", "a polygon with area", ""
            elif not np.isfinite(shapely.get_coordinates(fixed)).all():
                what, expected = "coordinates that are not on Earth", "longitude and latitude"
                fix = "State the right crs, or swap longitude and latitude"
        if what:
            issues.append(Issue(where, what, expected, fix))
        kept.append(fixed)
    if repaired:
        logger.warning("%d invalid geometries repaired", repaired)
    if issues:
        raise InputError(first_of(issues, places[0].partition(": feature")[0]))
    return kept


def _repaired(shape: Any, where: str) -> Any:
    """A valid shape; parts inside others are holes."""
    try:
        return made_valid(np.array([shape], dtype=object))[0]
    except TooNested as error:
        raise refused(where, str(error), "a plain polygon", "Repair it first") from error


def _moved(shape: Any, transformer: Transformer | None) -> Any:
    """A shape in degrees."""
    if transformer is None:
        return shape
    return shapely.transform(shape, lambda xy: np.column_stack(transformer.transform(*xy.T)))


def _where(name: str, position: int, value: Any) -> str:
    """How messages name a feature."""
    return f"{name}: feature {position + 1}" + (f" (id '{value}')" if value is not None else "")


def _plain(value: Any) -> object:
    """A cell as text, number, boolean or None."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str | int | float | bool):
        return value
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return None
