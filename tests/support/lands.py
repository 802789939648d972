"""Made land and lines for screenings, in metres of EPSG:5070 so that areas are plain arithmetic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import shapely

from siting.core.strict import validate
from siting.core.yaml_source import parse_document
from siting.screening.run import Screened, screen
from siting.screening.settings import Screening

M2_PER_ACRE = 4046.8564224
ORIGIN = (-1_400_000.0, 1_600_000.0)
"""A point in Nevada; made shapes are in kilometres east and north of it."""


def acres(square_km: float) -> float:
    """Square kilometres in acres."""
    return square_km * 1e6 / M2_PER_ACRE


def km(*points: tuple[float, float]) -> Any:
    """A polygon of points in kilometres from the origin."""
    return shapely.Polygon([(ORIGIN[0] + 1000 * x, ORIGIN[1] + 1000 * y) for x, y in points])


def rectangle(west: float, south: float, east: float, north: float) -> Any:
    """A rectangle in kilometres from the origin."""
    return km((west, south), (east, south), (east, north), (west, north))


def track(*points: tuple[float, float]) -> Any:
    """A line in kilometres from the origin."""
    return shapely.LineString([(ORIGIN[0] + 1000 * x, ORIGIN[1] + 1000 * y) for x, y in points])


def write_layer(path: Path, shapes: list[Any], crs: int = 5070, **columns: list[Any]) -> str:
    """Write shapes with columns; gives the name of the file."""
    geopandas.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(path)
    return path.name


def land(path: Path, shapes: list[Any], owners: list[str] | None = None, **more: Any) -> str:
    """A land layer; all of it BLM's unless owners are given."""
    return write_layer(path, shapes, agency=owners or ["BLM"] * len(shapes), **more)


def settings_of(layers: dict[str, Any], **changes: Any) -> Screening:
    """Screening settings with these layers."""
    data = {
        "schema_version": 1,
        "name": "made",
        "agencies": {"DOE": {"action": "lease", "review_path": "doe"}, "BLM": {}},
        "layers": layers,
        "campus": {"min_acres": 100, "max_acres": 100_000},
        **changes,
    }
    import json

    return validate(Screening, parse_document(json.dumps(data), "made.yaml"))


def screened(folder: Path, layers: dict[str, Any], threads: int = 1, **changes: Any) -> Screened:
    """Run a screening of layers in a folder."""
    return screen(settings_of(layers, **changes), folder, threads, lambda *step: None)


def only_land(folder: Path, shapes: list[Any], **changes: Any) -> Screened:
    """Run a screening of some polygons of BLM."""
    land(folder / "land.gpkg", shapes)
    return screened(folder, {"land": {"role": "land", "file": "land.gpkg"}}, **changes)
