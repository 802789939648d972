"""The process that makes polygons of a GeoTIFF for ``raster``; its task is its only argument."""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np
import pyarrow
import pyproj
import rasterio
import rasterio.errors
import rasterio.features
import rasterio.windows
import shapely

from siting.core.errors import InputError, Issue
from siting.layers.room_main import Read, limit, serve
from siting.layers.source import to_degrees_from
from siting.screening.projection import MAX_EDGE_DEGREES
from siting.screening.rings import Shapes

MIN_CELLS, CELLS_PER_BYTE = 50_000_000, 200
"""Cells of a raster of any size, and for each byte of a larger one."""
BLOCK = 2048
"""Rows and columns read at a time."""
SCHEMA = pyarrow.schema([("shape", pyarrow.large_binary())])


def _read(task: dict[str, Any]) -> Read:
    """Polygons in degrees of the cells above a value, and the file's CRS."""
    limit(task)
    # no file beside the raster, nor what one in it may name, is opened
    alone = rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_PAM_ENABLED="NO")
    with alone, rasterio.open(task["path"], driver="GTiff") as raster:
        size = raster.width * raster.height
        if size > max(MIN_CELLS, CELLS_PER_BYTE * os.path.getsize(task["path"])):
            what = f"{raster.width:,} x {raster.height:,} cells in so small a file"
            expected = f"at most {CELLS_PER_BYTE} cells a byte"
            raise InputError([Issue(task["name"], what, expected, "Cut it first")])
        if raster.crs is None:
            what = "no coordinate system"
            raise InputError([Issue(task["name"], what, "a GeoTIFF with one", "")])
        head = {"crs": raster.crs.to_wkt()}
        shapes = _polygons(raster, task["above"], task["name"])
    blobs = pyarrow.array(list(shapely.to_wkb(shapes)), pyarrow.large_binary())
    whole = pyarrow.RecordBatch.from_arrays([blobs], schema=SCHEMA)
    return head, SCHEMA, iter([whole])


def _polygons(raster: Any, above: float, name: str) -> Shapes:
    """Polygons of the cells above a value, block by block, in degrees."""
    found = []
    for row in range(0, raster.height, BLOCK):
        for column in range(0, raster.width, BLOCK):
            window = rasterio.windows.Window(
                column, row, min(BLOCK, raster.width - column), min(BLOCK, raster.height - row)
            )
            values = raster.read(1, window=window, masked=True)
            chosen = np.ma.filled(values.astype("float64") > above, False)
            place = _shifted(raster.transform, row, column)
            for outline, _ in rasterio.features.shapes(
                chosen.astype("uint8"), mask=chosen, transform=place
            ):
                found.append(shapely.geometry.shape(outline))
    if not found:
        return np.array([], dtype=object)
    if not (shapely.area(np.array(found, dtype=object)) > 0).all():
        expected = "cells with a width and a height"
        raise InputError([Issue(name, "cells without area", expected, "Correct its transform")])
    merged = shapely.get_parts(shapely.union_all(np.array(found, dtype=object)))
    back = to_degrees_from(pyproj.CRS.from_wkt(raster.crs.to_wkt()), name)

    def each(points: Any) -> Any:
        return np.column_stack(back.transform(points[:, 0], points[:, 1]))

    result: Shapes = shapely.segmentize(shapely.transform(merged, each), MAX_EDGE_DEGREES)
    return result


def _shifted(place: Any, row: int, column: int) -> Any:
    """The transform of a block that starts at a row and column of the raster."""
    x, y = place.a * column + place.b * row, place.d * column + place.e * row
    return rasterio.Affine(place.a, place.b, place.c + x, place.d, place.e, place.f + y)


if __name__ == "__main__":
    sys.exit(serve(_read))
