"""``plan.gpkg``: layers for QGIS with their styles, the same bytes for the same plan."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas
import pyogrio

from siting.core.plan import Plan
from siting.outputs.layers import layers_of, states
from siting.outputs.styles import style_rows

CLOCK = "OGR_CURRENT_DATE"
FIXED_DATE = "2026-01-01T00:00:00.000Z"
"""Change date written into the file: the real one would differ on each run."""
VERSION = "1.2"
"""GeoPackage version that QGIS 3.22 opens without a warning."""
STYLES = "layer_styles"
"""Table from which QGIS takes the default style of a layer."""


def write_geopackage(plan: Plan, path: Path) -> None:
    """Every layer of the plan over state outlines, and how QGIS draws each: style, labels, dates."""
    layers = {**layers_of(plan), "states": states()}
    with fixed_clock():
        for name, layer in layers.items():
            write_layer(layer, name, path)
        styles = pandas.DataFrame(style_rows(layers, FIXED_DATE))
        styles["update_time"] = pandas.to_datetime(styles["update_time"])
        write_layer(styles, STYLES, path, layer_options={"FID": "id"})


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


def write_layer(frame: Any, layer: str, path: Path, **options: Any) -> None:
    """Append a layer to the file."""
    first = {} if path.exists() else {"dataset_options": {"VERSION": VERSION}}
    more = {"append": True} if path.exists() else first
    pyogrio.write_dataframe(
        frame, path, layer=layer, driver="GPKG", use_arrow=True, **more, **options
    )
