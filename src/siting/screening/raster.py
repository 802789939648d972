"""Rasters as layers: cells above a value become polygons. Needs ``pip install siting[raster]``.

The file is read in a process of its own with limits of time and memory (``raster_cells``).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import shapely

from siting.core.errors import InputError, Issue
from siting.layers.room import answering
from siting.layers.source import BATCH
from siting.layers.source import MAX_LAYER_BYTES as MAX_BYTES
from siting.screening.rings import Shapes
from siting.screening.settings import LayerSettings

KINDS = (".tif", ".tiff")
SIGNATURES = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def is_raster(settings: LayerSettings) -> bool:
    """Whether a layer is a raster, by its name."""
    return settings.file.lower().endswith(KINDS)


def cells_above(path: Path, name: str, settings: LayerSettings) -> tuple[Shapes, str]:
    """Polygons in degrees of the cells above ``settings.above``, and the file's CRS.

    Raises:
        InputError: no raster library, no GeoTIFF, no coordinate system, or no threshold.
    """
    if find_spec("rasterio") is None:
        raise _bad(
            name,
            "a raster, and rasterio is not installed",
            "the optional extra 'raster'",
            "Install it with pip install 'siting[raster]', or leave the layer out",
        )
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
    task = {"path": str(path.absolute()), "name": name, "above": settings.above, "rows": BATCH}
    with answering("siting.screening.raster_cells", task, path, name) as (head, batches):
        blobs = [blob for batch in batches for blob in batch.column(0).to_pylist()]
    return shapely.from_wkb(np.array(blobs, dtype=object)), str(head["crs"])


def _bad(name: str, what: str, expected: str, fix: str = "") -> InputError:
    """An error about a whole raster."""
    return InputError([Issue(name, what, expected, fix)])
