"""Layers of a plan as GeoParquet, one file a layer: dates, numbers and flags keep their type."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pyarrow
import pyarrow.parquet

from siting.core.plan import Plan
from siting.outputs.folder import LAYERS, whole_folder
from siting.outputs.layers import layers_of
from siting.outputs.tables import summary, write_json

VERSION = "1.1.0"
"""GeoParquet version, with a bounding box for each feature, by which readers skip rows."""


def write_geoparquet(plan: Plan, target: Path) -> None:
    """Write a folder of layers that appears whole or not at all, with the summary of the plan beside them.

    Raises:
        InputError: the target is not a new folder nor one that was written before.
    """
    with whole_folder(target, LAYERS) as folder:
        for name, layer in layers_of(plan).items():
            path = folder / f"{name}.parquet"
            if isinstance(layer, geopandas.GeoDataFrame):
                layer.to_parquet(
                    path, index=False, schema_version=VERSION, write_covering_bbox=True
                )
            else:
                table = pyarrow.Table.from_pandas(layer, preserve_index=False)
                pyarrow.parquet.write_table(table, path)
        write_json(summary(plan), folder / LAYERS)
