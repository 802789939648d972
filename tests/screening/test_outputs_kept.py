"""A screening replaces only what a screening wrote, unchanged since."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pytest
import shapely

from siting.core.errors import InputError
from siting.screening.scenario import write_scenario
from siting.screening.write import check_output, write_screened
from support.lands import only_land, rectangle, settings_of


def layer(path: Path, name: str) -> None:
    """A layer of a point."""
    frame = geopandas.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(-100, 40)], crs=4326)
    frame.to_file(path, layer=name, driver="GPKG")


def test_a_geopackage_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.gpkg"
    layer(path, "parcels")
    with pytest.raises(InputError, match="a GeoPackage with other layers: parcels"):
        check_output(path, ".gpkg", "-o")
    path.write_bytes(b"no database")
    with pytest.raises(InputError, match="no GeoPackage"):
        check_output(path, ".gpkg", "-o")


def test_a_layer_that_was_added_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "candidates.gpkg"
    layer(path, "candidates")
    check_output(path, ".gpkg", "-o")
    layer(path, "notes")
    with pytest.raises(InputError, match="other layers: notes"):
        check_output(path, ".gpkg", "-o")


def test_a_scenario_that_was_changed_is_kept(tmp_path: Path) -> None:
    settings = settings_of({"land": {"role": "land", "file": "land.gpkg"}})
    found = only_land(tmp_path, [rectangle(0, 0, 3, 3)])
    path, file = tmp_path / "plan.yaml", tmp_path / "candidates.gpkg"
    write_screened(found, file)
    for _ in range(2):
        check_output(path, ".yaml", "--scenario")
        write_scenario(settings, found.candidates, Path(file.name), path)
    with path.open("a", encoding="utf-8") as text:
        text.write("# my note\n")
    with pytest.raises(InputError, match="changed by hand"):
        check_output(path, ".yaml", "--scenario")
