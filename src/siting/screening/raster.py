"""Rasters as layers: cells above a value become polygons. Needs ``pip install siting[raster]``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from siting.core.errors import InputError, Issue
from siting.layers.source import MAX_LAYER_BYTES as MAX_BYTES
from siting.screening.projection import MAX_EDGE_DEGREES
from siting.screening.rings import Shapes
from siting.screening.settings import LayerSettings

KINDS = (".tif", ".tiff")
SIGNATURES = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
MIN_CELLS, CELLS_PER_BYTE = 50_000_000, 200
"""Cells of a raster of any size, and for each byte of a larger one."""
BLOCK = 2048
"""Rows and columns read at a time."""


def is_raster(settings: LayerSettings) -> bool:
    """Whether a layer is a raster, by its name."""
    return settings.file.lower().endswith(KINDS)


def cells_above(path: Path, name: str, settings: LayerSettings) -> tuple[Shapes, str]:
    """Polygons in degrees of the cells above ``settings.above``, and the file's CRS.

    Raises:
        InputError: no raster library, no GeoTIFF, no coordinate system, or no threshold.
    """
    rasterio = _library(name)
    if settings.role not in ("exclusion", "preference") or settings.above is None:
        raise _bad(
            name,
            f"a raster of role '{settings.role}'"
            + ("" if settings.above is not None else " without a threshold"),
            "role exclusion or preference, with above",
            "State above, for instance above: 10 for percent slope",
        )
    if not path.is_file():
        raise _bad(name, "no such file", "an existing file", "Correct the path")
    if path.stat().st_size > MAX_BYTES:
        raise _bad(name, "the file is too large", f"at most {MAX_BYTES // 2**30} GiB")
    with path.open("rb") as file:
        if not file.read(4).startswith(SIGNATURES):
            raise _bad(name, "the content is not a GeoTIFF", "a GeoTIFF")
    try:
        # no file beside the raster, nor what one in it may name, is opened
        alone = rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_PAM_ENABLED="NO")
        with alone, rasterio.open(path, driver="GTiff") as raster:
            if raster.width * raster.height > max(MIN_CELLS, CELLS_PER_BYTE * path.stat().st_size):
                size = f"{raster.width:,} x {raster.height:,} cells in so small a file"
                raise _bad(name, size, f"at most {CELLS_PER_BYTE} cells a byte", "Cut it first")
            if raster.crs is None:
                raise _bad(name, "no coordinate system", "a GeoTIFF with one")
            return _polygons(raster, settings.above), raster.crs.to_wkt()
    except rasterio.errors.RasterioError as error:
        raise _bad(name, f"cannot be read: {str(error)[:200]}", "a GeoTIFF") from error


def _library(name: str) -> Any:
    """rasterio, which is optional."""
    try:
        import rasterio
        import rasterio.errors
        import rasterio.features
        import rasterio.warp
        import rasterio.windows
    except ImportError as error:
        raise _bad(
            name,
            "a raster, and rasterio is not installed",
            "the optional extra 'raster'",
            "Install it with pip install 'siting[raster]', or leave the layer out",
        ) from error
    return rasterio


def _polygons(raster: Any, above: float) -> Shapes:
    """Polygons of the cells above a value, block by block, in degrees."""
    from pyproj import CRS, Transformer
    from rasterio.features import shapes as outlines
    from rasterio.windows import Window

    found = []
    for row in range(0, raster.height, BLOCK):
        for column in range(0, raster.width, BLOCK):
            window = Window(
                column, row, min(BLOCK, raster.width - column), min(BLOCK, raster.height - row)
            )
            values = raster.read(1, window=window, masked=True)
            chosen = np.ma.filled(values.astype("float64") > above, False)
            place = _shifted(raster.transform, row, column)
            for outline, _ in outlines(chosen.astype("uint8"), mask=chosen, transform=place):
                found.append(shapely.geometry.shape(outline))
    if not found:
        return np.array([], dtype=object)
    merged = np.array(shapely.get_parts(shapely.union_all(np.array(found, dtype=object))))
    back = Transformer.from_crs(CRS.from_wkt(raster.crs.to_wkt()), 4326, always_xy=True)

    def each(points: Any) -> Any:
        return np.column_stack(back.transform(points[:, 0], points[:, 1]))

    result: Shapes = shapely.segmentize(shapely.transform(merged, each), MAX_EDGE_DEGREES)
    return result


def _shifted(place: Any, row: int, column: int) -> Any:
    """The transform of a block that starts at a row and column of the raster."""
    from rasterio.transform import Affine

    x, y = place.a * column + place.b * row, place.d * column + place.e * row
    return Affine(place.a, place.b, place.c + x, place.d, place.e, place.f + y)


def _bad(name: str, what: str, expected: str, fix: str = "") -> InputError:
    """An error about a whole raster."""
    return InputError([Issue(name, what, expected, fix)])
