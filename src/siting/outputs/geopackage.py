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
from siting.outputs.features import Feature, candidates_of, features_of, plain

FIXED_DATE = "2026-01-01T00:00:00.000Z"
"""Change date written into the file: the real one would differ on each run."""


def write_geopackage(plan: Plan, path: Path) -> None:
    """Sites (all candidates, as points), their areas, plants, upgrades, and the timeline."""
    features = features_of(plan)
    sites = [f for f in features if f.kind == "site"] + candidates_of(plan)
    areas = [f for f in sites if f.geometry["type"] != "Point"]
    layers: list[tuple[str, list[Feature], bool]] = [
        ("sites", sites, True),
        ("site_areas", areas, False),
        ("plants", [f for f in features if f.kind == "plant"], True),
        ("upgrades", [f for f in features if f.kind == "upgrade"], True),
    ]
    with _fixed_date():
        for name, rows, is_point in layers:
            if rows:
                _write(_frame(rows, is_point), name, path)
        timeline = pandas.DataFrame([_flat(row) for row in plan.tables["timeline"]])
        pyogrio.write_dataframe(
            timeline, path, layer="timeline", driver="GPKG", append=path.exists()
        )


@contextmanager
def _fixed_date() -> Iterator[None]:
    """GDAL's clock set to a fixed date."""
    before = os.environ.get("OGR_CURRENT_DATE")
    os.environ["OGR_CURRENT_DATE"] = FIXED_DATE
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        if before is None:
            del os.environ["OGR_CURRENT_DATE"]
        else:
            os.environ["OGR_CURRENT_DATE"] = before


def _frame(rows: list[Feature], is_point: bool) -> geopandas.GeoDataFrame:
    """Features of one kind as a frame."""
    shapes = [
        shapely.Point(f.point) if is_point else shapely.from_geojson(json.dumps(f.geometry))
        for f in rows
    ]
    data = pandas.DataFrame([_flat(f.properties) for f in rows])
    return geopandas.GeoDataFrame(data, geometry=shapes, crs=4326)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with names that GeoPackage takes."""
    return {
        ("feature_id" if key in ("id", "fid") else key): plain(value) for key, value in row.items()
    }


def _write(frame: geopandas.GeoDataFrame, layer: str, path: Path) -> None:
    """Append a layer to the file."""
    pyogrio.write_dataframe(
        frame,
        path,
        layer=layer,
        driver="GPKG",
        append=path.exists(),
        dataset_options=None if path.exists() else {"VERSION": "1.2"},
    )
