"""``plan.gpkg``: layers for QGIS, the same bytes for the same plan."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pyogrio
import shapely

from siting.core.plan import Plan
from siting.core.table import Cell
from siting.outputs.areas import oriented
from siting.outputs.features import Feature, candidates_of, features_of, plain, rows_in

CLOCK = "OGR_CURRENT_DATE"
FIXED_DATE = "2026-01-01T00:00:00.000Z"
"""Change date written into the file: the real one would differ on each run."""
VERSION = "1.2"
"""GeoPackage version that QGIS 3.22 opens without a warning."""
RESERVED = {"id": "feature_id", "fid": "feature_id", "ogc_fid": "feature_id", "geom": "geom_text"}
"""Column names, lower case, that GeoPackage or its readers take for their own."""


def write_geopackage(plan: Plan, path: Path) -> None:
    """Sites (all candidates, as points), their areas, plants, upgrades, and the timeline."""
    features = features_of(plan)
    sites = [f for f in features if f.kind == "site"] + candidates_of(plan)
    areas = [f for f in sites if "Polygon" in f.geometry["type"]]
    layers: list[tuple[str, list[Feature], bool]] = [
        ("sites", sites, True),
        ("site_areas", areas, False),
        ("plants", [f for f in features if f.kind == "plant"], True),
        ("upgrades", [f for f in features if f.kind == "upgrade"], True),
    ]
    with fixed_clock():
        for name, rows, is_point in layers:
            if rows:
                _write(_frame(rows, is_point), name, path)
        timeline = [flat(row) for row in rows_in(plan, "timeline")]
        if timeline:
            _write(pandas.DataFrame(timeline), "timeline", path)


@contextmanager
def fixed_clock() -> Iterator[None]:
    """GDAL's clock set to a fixed date."""
    before, option = os.environ.get(CLOCK), pyogrio.get_gdal_config_option(CLOCK)
    os.environ[CLOCK] = FIXED_DATE
    pyogrio.set_gdal_config_options({CLOCK: FIXED_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({CLOCK: None if before == option else option})
        if before is None:
            del os.environ[CLOCK]
        else:
            os.environ[CLOCK] = before


def _frame(rows: list[Feature], is_point: bool) -> geopandas.GeoDataFrame:
    """Features of one kind as a frame."""
    shapes = [
        shapely.Point(f.point)
        if is_point
        else shapely.from_geojson(json.dumps(oriented(f.geometry)))
        for f in rows
    ]
    data = pandas.DataFrame([flat(f.properties) for f in rows])
    return geopandas.GeoDataFrame(data, geometry=shapes, crs=4326)


def flat(row: Mapping[str, Cell]) -> dict[str, Cell]:
    """A row with column names that GeoPackage takes, distinct when case is ignored."""
    columns: dict[str, Cell] = {}
    taken: set[str] = set()
    for key, value in row.items():
        name = RESERVED.get(key.lower(), key)
        while name.lower() in taken:
            name += "_"
        taken.add(name.lower())
        columns[name] = plain(value)
    return columns


def _write(frame: Any, layer: str, path: Path) -> None:
    """Append a layer to the file."""
    options: dict[str, Any] = {"append": True}
    if not path.exists():
        options = {"dataset_options": {"VERSION": VERSION}}
    if layer == "site_areas":
        options["promote_to_multi"] = True
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", **options)
