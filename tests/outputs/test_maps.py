"""GeoJSON by RFC 7946, checked by hand, and GeoPackage."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest

from outputs.sample import (
    CHOSEN,
    SCRIPT,
    circle,
    full_plan,
    minimal_plan,
    position,
    site_id,
    site_name,
)
from siting.core.plan import Plan
from siting.core.table import Cell
from siting.outputs.areas import oriented
from siting.outputs.geojson import write_geojson
from siting.outputs.geopackage import FIXED_DATE, write_geopackage
from siting.outputs.layers import flat

Ring = list[list[float]]


def read(plan: Plan, folder: Path) -> dict[str, Any]:
    """The GeoJSON of a plan; a constant such as NaN is an error."""
    path = folder / "plan.geojson"
    write_geojson(plan, path)

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    return data


def polygons(geometry: dict[str, Any]) -> Iterator[list[Ring]]:
    """Polygons of a geometry."""
    if geometry["type"] == "Polygon":
        yield geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        yield from geometry["coordinates"]


def signed_area(ring: Ring) -> float:
    """Shoelace formula: positive where a ring runs counter-clockwise."""
    pairs = itertools.pairwise(ring)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs) / 2


def check_rfc_7946(data: dict[str, Any]) -> None:
    """Members, ranges, closed rings, winding, precision."""
    assert data["type"] == "FeatureCollection"
    assert "crs" not in data
    ids = [feature["id"] for feature in data["features"]]
    assert len(ids) == len(set(ids))
    for feature in data["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        assert all(not isinstance(v, dict | list) for v in feature["properties"].values())
        for key in ("kind", "id", "name", "source", "confidence", "estimated"):
            assert isinstance(feature["properties"][key], str)
        check_geometry(feature["geometry"])


def check_geometry(geometry: dict[str, Any]) -> None:
    """A point or polygons within the ranges of longitude and latitude."""
    points = [geometry["coordinates"]] if geometry["type"] == "Point" else []
    for outer, *holes in polygons(geometry):
        assert signed_area(outer) > 0
        assert all(signed_area(hole) < 0 for hole in holes)
        for ring in (outer, *holes):
            assert len(ring) >= 4
            assert ring[0] == ring[-1]
            points += ring
    assert points
    for longitude, latitude in points:
        assert -180 <= longitude <= 180
        assert -90 <= latitude <= 90
        assert longitude == round(longitude, 6)
        assert latitude == round(latitude, 6)


def test_features_follow_the_rfc(tmp_path: Path) -> None:
    data = read(full_plan(), tmp_path)
    check_rfc_7946(data)
    kinds = [feature["properties"]["kind"] for feature in data["features"]]
    counts = {kind: kinds.count(kind) for kind in kinds}
    assert counts == {"site": CHOSEN, "candidate": 20 - CHOSEN, "plant": 3, "upgrade": 2}


def test_properties_are_flat_dated_and_sourced(tmp_path: Path) -> None:
    first = read(full_plan(), tmp_path)["features"][0]
    assert first["id"] == "site/SITE-00"
    assert first["properties"]["name"] == SCRIPT
    assert first["properties"]["it_mw"] == 100
    assert first["properties"]["commit_date"] == "2027-01-01"
    assert first["properties"]["confidence"] == "low"
    assert first["properties"]["estimated"] == "buildable_acres;zone"


def test_things_stand_where_they_belong(tmp_path: Path) -> None:
    features = {f["id"]: f["geometry"] for f in read(full_plan(), tmp_path)["features"]}
    assert features["plant/fuel_cell@SITE-01#1"]["coordinates"] == list(position(1))
    assert features["plant/solar@ZONE-A#2"]["coordinates"] == [-95.0, 40.0]
    assert features["plant/PLANT-1#3"]["coordinates"] == [-80.0, 40.0]
    assert features["upgrade/UP-0"]["coordinates"] == [-100.0, 40.0]
    assert features["upgrade/UP-1"]["coordinates"] == [-95.0, 40.0]
    assert features["site/SITE-00"]["type"] == "Point"
    assert features["site/SITE-01"]["type"] == "Polygon"


def test_place_without_position_is_left_out(tmp_path: Path) -> None:
    plan = full_plan()
    places = {**plan.places, "SITE-00": {"kind": "site", "name": "nowhere"}}
    ids = [f["id"] for f in read(replace(plan, places=places), tmp_path)["features"]]
    assert "site/SITE-00" not in ids
    assert "site/SITE-01" in ids


def test_area_alone_gives_a_point_inside_it(tmp_path: Path) -> None:
    plan = full_plan()
    record = {"kind": "zone", "name": "Z", "geometry": circle(-95.0, 40.0)}
    data = read(replace(plan, places={**plan.places, "ZONE-A": record}), tmp_path)
    point = next(f for f in data["features"] if f["id"] == "upgrade/UP-1")["geometry"][
        "coordinates"
    ]
    assert point == pytest.approx([-95.0, 40.0], abs=0.5)


@pytest.mark.parametrize("east", [180.0, -180.0, 179.8, -179.8])
@pytest.mark.parametrize("is_wrapped", [True, False])
def test_antimeridian_is_cut(east: float, is_wrapped: bool) -> None:
    given = circle(east, 52.0, is_clockwise=True)
    if is_wrapped:
        for point in given["coordinates"][0]:  # type: ignore[index]
            point[0] = (point[0] + 180) % 360 - 180
    geometry = oriented(given)
    check_geometry(geometry)
    assert geometry["type"] == "MultiPolygon"
    sides = {all(x > 0 for x, _ in outer) for outer, *_ in polygons(geometry)}
    assert sides == {True, False}
    # a regular octagon of circumradius r covers 2 sqrt(2) r^2
    area = sum(signed_area(outer) for outer, *_ in polygons(geometry))
    assert area == pytest.approx(2 * 2**0.5 * 0.25, rel=1e-4)


def test_holes_run_clockwise() -> None:
    square = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]]
    hole = [[1.0, 1.0], [2.0, 1.0], [2.0, 2.0], [1.0, 2.0], [1.0, 1.0]]
    geometry = oriented({"type": "Polygon", "coordinates": [square[::-1], hole]})
    check_geometry(geometry)
    assert len(geometry["coordinates"]) == 2


def test_minimal_plan_has_only_sites(tmp_path: Path) -> None:
    data = read(minimal_plan(), tmp_path)
    check_rfc_7946(data)
    assert {f["properties"]["kind"] for f in data["features"]} == {"site", "candidate"}


def test_geopandas_opens_the_geojson(tmp_path: Path) -> None:
    read(full_plan(), tmp_path)
    frame = geopandas.read_file(tmp_path / "plan.geojson")
    assert frame.crs.to_epsg() == 4326
    assert len(frame) == 20 + 5
    assert frame.geometry.is_valid.all()


def test_geopackage_layers(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    write_geopackage(full_plan(), path)
    layers = {name: kind for name, kind in pyogrio.list_layers(path)}
    assert layers == {
        "sites": "Point",
        "site_areas": "MultiPolygon",
        "plants": "Point",
        "upgrades": "Point",
        "site_periods": "Point",
        "states": "MultiPolygon",
        "timeline": None,
        "layer_styles": None,
    }
    sites = geopandas.read_file(path, layer="sites")
    assert sites.crs.to_epsg() == 4326
    assert sorted(sites["site"]) == [site_id(n) for n in range(20)]
    assert int(sites["is_chosen"].sum()) == CHOSEN
    assert set(sites["name"]) == {site_name(n) for n in range(20)}
    assert len(geopandas.read_file(path, layer="site_areas")) == 10
    assert len(pyogrio.read_dataframe(path, layer="timeline")) == 24


def test_geopackage_version_and_clock(tmp_path: Path) -> None:
    for plan in (full_plan(), replace(minimal_plan(), places={})):
        path = tmp_path / "plan.gpkg"
        path.unlink(missing_ok=True)
        write_geopackage(plan, path)
        base = sqlite3.connect(path)
        try:
            assert base.execute("PRAGMA user_version").fetchone() == (10200,)
            stamps = base.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall()
        finally:
            base.close()
        assert stamps == [(FIXED_DATE,)]
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_reserved_columns_are_renamed() -> None:
    row: dict[str, Cell] = {"id": "a", "FID": 1, "Name": "b", "name": "c", "day": date(2027, 1, 1)}
    assert flat(row) == {
        "feature_id": "a",
        "feature_id_": 1,
        "Name": "b",
        "name_": "c",
        "day": date(2027, 1, 1),
    }
