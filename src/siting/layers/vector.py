"""Read map layers through GDAL, with drivers, coordinate systems and geometry checked."""

from __future__ import annotations

import json
import logging
import math
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from siting.core.errors import InputError, Issue

os.environ.setdefault("GDAL_SKIP", "OGR_VRT,GeoRSS,WFS,OAPIF,CSW,CARTO,ElasticSearch,AmigoCloud")

import geopandas
import numpy as np
import pandas
import pyogrio
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

logger = logging.getLogger(__name__)

DRIVERS = {
    ".geojson": {"GeoJSON"},
    ".json": {"GeoJSON", "ESRIJSON", "TopoJSON"},
    ".topojson": {"TopoJSON"},
    ".gpkg": {"GPKG"},
    ".shp": {"ESRI Shapefile"},
    ".zip": {"ESRI Shapefile"},
    ".fgb": {"FlatGeobuf"},
}
DEGREES = 4326


def read_vector(
    path: Path, kind: str, name: str, crs: int | None, layer: str | None, repair: bool
) -> list[Any]:
    """Rows of a map layer in EPSG:4326.

    Raises:
        InputError: an unexpected driver, no or an unknown coordinate system, bad geometry.
    """
    from siting.layers.read import RawRow

    frame = _frame(path, kind, name, layer)
    frame = _in_degrees(frame, kind, name, crs)
    shapes, issues = _checked(
        frame.geometry, [_where(name, i, frame) for i in range(len(frame))], repair
    )
    if issues:
        raise InputError(issues)
    rows = []
    columns = [column for column in frame.columns if column != frame.geometry.name]
    for position, shape in enumerate(shapes):
        values = {column: _plain(frame[column].iloc[position]) for column in columns}
        point = shape if shape.geom_type == "Point" else shape.representative_point()
        geometry = json.loads(shapely.to_geojson(shape))
        rows.append(RawRow(values, geometry, (point.x, point.y), _where(name, position, frame)))
    return rows


def to_degrees(
    points: Sequence[tuple[float, float] | None], crs: int, name: str
) -> list[tuple[float, float] | None]:
    """Points of a coordinate system in longitude and latitude."""
    transformer = Transformer.from_crs(crs_of(crs, name), DEGREES, always_xy=True)
    return [None if p is None else transformer.transform(*p) for p in points]


def _frame(path: Path, kind: str, name: str, layer: str | None) -> geopandas.GeoDataFrame:
    """The layer as a frame, read by an allowed driver only."""
    if kind == ".parquet":
        try:
            return geopandas.read_parquet(path)
        except (ValueError, OSError) as error:
            raise _bad(name, f"not GeoParquet: {error}", "a GeoParquet file") from error
    source = f"/vsizip/{path}" if kind == ".zip" else str(path)
    try:
        driver = pyogrio.read_info(source, layer=layer)["driver"]
        if driver not in DRIVERS[kind]:
            raise _bad(name, f"the content is {driver}", f"one of {sorted(DRIVERS[kind])}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return geopandas.read_file(source, layer=layer, engine="pyogrio")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise _bad(name, f"cannot be read: {str(error)[:200]}", "a map layer") from error


def _in_degrees(
    frame: geopandas.GeoDataFrame, kind: str, name: str, crs: int | None
) -> geopandas.GeoDataFrame:
    """The frame in EPSG:4326, from its own or the stated coordinate system."""
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise _bad(name, "a layer without geometry", "a map layer")
    if frame.crs is None and crs is None:
        raise _bad(
            name,
            "no coordinate system",
            "an EPSG code",
            "State it with crs, for instance crs: 4326",
        )
    if frame.crs is None:
        frame = frame.set_crs(crs_of(int(crs or 0), name))
    elif crs is not None and frame.crs != crs_of(crs, name):
        raise _bad(
            name,
            f"the file says {frame.crs.to_string()}",
            f"EPSG:{crs} as crs states",
            "Remove or correct crs",
        )
    if kind in (".geojson", ".json") and _states_other_crs(frame):
        logger.info("%s: a crs member other than EPSG:4326 is honoured", name)
    return frame.to_crs(DEGREES)


def _states_other_crs(frame: geopandas.GeoDataFrame) -> bool:
    """Whether a GeoJSON file carries the crs member of the old standard."""
    return frame.crs is not None and frame.crs.to_epsg() not in (DEGREES, None)


def crs_of(code: int, name: str) -> CRS:
    """A coordinate system by EPSG code."""
    try:
        return CRS.from_epsg(code)
    except CRSError as error:
        raise _bad(name, f"unknown coordinate system EPSG:{code}", "a known EPSG code") from error


def _checked(shapes: Any, places: Sequence[str], repair: bool) -> tuple[list[Any], list[Issue]]:
    """Geometry that is there, valid and finite; repaired on request."""
    kept, issues = [], []
    repaired = 0
    for shape, where in zip(shapes, places, strict=True):
        fixed = shape
        if shape is None or shape.is_empty:
            issues.append(
                Issue(where, "no geometry", "a point or polygon", "Add or remove the row")
            )
        elif not np.isfinite(shapely.get_coordinates(shape)).all():
            issues.append(
                Issue(
                    where,
                    "coordinates that are not finite",
                    "longitude and latitude",
                    "State the right crs, or swap longitude and latitude",
                )
            )
        elif not shape.is_valid and repair:
            fixed = shapely.make_valid(shape, method="structure", keep_collapsed=False)
            repaired += 1
            if fixed.is_empty:
                issues.append(Issue(where, "geometry that collapses", "a polygon with area", ""))
        elif not shape.is_valid:
            issues.append(
                Issue(
                    where,
                    f"invalid geometry: {shapely.is_valid_reason(shape)}",
                    "a valid geometry",
                    "Correct it, or set repair: true",
                )
            )
        kept.append(fixed)
    if repaired:
        logger.warning("%d invalid geometries repaired", repaired)
    return kept, issues


def _where(name: str, position: int, frame: geopandas.GeoDataFrame) -> str:
    """How messages name a feature."""
    value = frame["id"].iloc[position] if "id" in frame.columns else None
    return f"{name}: feature {position + 1}" + (f" (id '{value}')" if value is not None else "")


def _plain(value: Any) -> object:
    """A cell as text, number, boolean or None."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, str | int | float | bool):
        return value
    if hasattr(value, "isoformat") and not pandas.isna(value):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return None


def _bad(name: str, what: str, expected: str, fix: str = "") -> InputError:
    """An error about a whole layer."""
    return InputError([Issue(name, what, expected, fix)])
