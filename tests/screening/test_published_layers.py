"""The contiguous United States from the published layers, against computations of another kind."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import Geod

from siting.pipeline import limits_of, load, run
from siting.screening.projection import choose, degrees_of, extent_of
from siting.screening.read import read_features
from siting.screening.ready import ready
from siting.screening.run import Screened, read_screening, screen
from siting.screening.settings import LayerSettings
from siting.screening.write import ledger, write_screened
from support.engine import BUILTIN, SHARED

DATA = SHARED / "data"
M2_PER_ACRE = 4046.8564224
OURS = {"DOD": "DoD", "BOR": "USBR"}
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not there")


@pytest.fixture(scope="module")
def conus() -> Screened:
    """The shipped screening of the contiguous United States."""
    settings = read_screening(BUILTIN / "models" / "screening" / "conus.yaml")
    return screen(settings, DATA, 2, lambda *step: None)


@pytest.fixture(scope="module")
def file(conus: Screened, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The screening, written."""
    path = tmp_path_factory.mktemp("conus") / "candidates.gpkg"
    write_screened(conus, path)
    return path


def raw_features() -> list[dict[str, Any]]:
    """Features of the raw file as JSON, no geometry library involved."""
    path = DATA / "federal_lands_us" / "federal_lands_raw.geojson.gz"
    found: list[dict[str, Any]] = json.loads(gzip.decompress(path.read_bytes()))["features"]
    return found


def rings(geometry: dict[str, Any]) -> Iterator[list[Any]]:
    """Every ring of a GeoJSON geometry."""
    one = geometry["type"] == "Polygon"
    for polygon in [geometry["coordinates"]] if one else geometry["coordinates"]:
        yield from polygon


def test_all_degenerate_features_are_reported_and_none_is_lost(conus: Screened, file: Path) -> None:
    features = raw_features()
    short = [f for f in features if all(len(ring) < 4 for ring in rings(f["geometry"]))]
    assert len(short) == 1705  # the figure of the file's own description
    rows = geopandas.read_file(file, layer="rejected")
    lost = rows[rows["reason"].str.startswith("degenerate: every ring") & (rows["layer"] == "land")]
    assert len(lost) == 1705 and lost["id"].is_unique
    owners = Counter(OURS.get(f["properties"]["type"], f["properties"]["type"]) for f in short)
    assert Counter(lost["agency"]) == owners
    places = {
        (round(lon, 6), round(lat, 6))
        for lon, lat in zip(lost["longitude"], lost["latitude"], strict=True)
    }
    firsts = {tuple(round(v, 6) for v in next(rings(f["geometry"]))[0]) for f in short}
    assert places == firsts
    land = conus.layers["land"]
    assert land.features.read == len(features) == len(land.features) + len(land.lost)
    assert len(land.mended) >= 351  # features that keep some rings and lose others


def test_acres_by_agency_against_another_projection_and_file(conus: Screened) -> None:
    clean = geopandas.read_file(DATA / "federal_lands_us" / "federal_lands_clean.gpkg")
    theirs = (
        clean.assign(acres=clean.to_crs(6933).area / M2_PER_ACRE).groupby("type")["acres"].sum()
    )
    ours = {str(row["agency"]): float(str(row["read_acres"])) for row in ledger(conus)}
    # As published with the file, rounded: value and half a unit of its last digit.
    published = {
        "BLM": (181.7e6, 5e4),
        "FS": (210.4e6, 5e4),
        "DOD": (19.3e6, 5e4),
        "DOE": (1.88e6, 5e3),
        "NASA": (0.15e6, 5e3),
        "TVA": (0.46e6, 5e3),
    }
    for agency in ("BLM", "FS", "DOD", "DOE", "BOR", "TVA", "NASA"):
        mine = ours[OURS.get(agency, agency)]
        assert mine == pytest.approx(theirs[agency], rel=0.005), agency
        if agency in published:
            value, rounding = published[agency]
            assert mine == pytest.approx(value, abs=0.005 * value + rounding), agency
    parts = {"read_acres", "agency", "candidates"}
    for row in ledger(conus):
        rest = sum(float(str(v)) for k, v in row.items() if k not in parts)
        assert rest == pytest.approx(float(str(row["read_acres"])), rel=1e-6, abs=0.1)


def test_candidates_do_not_overlap_and_keep_their_promises(conus: Screened) -> None:
    assert len(conus.candidates) >= 2000
    shapes = np.array([c.piece.shape for c in conus.candidates], dtype=object)
    assert shapely.union_all(shapes).area == pytest.approx(shapely.area(shapes).sum(), rel=1e-6)
    campus = conus.settings.campus
    sizes = shapely.area(shapes) / M2_PER_ACRE
    assert sizes.min() >= campus.min_acres and sizes.max() <= campus.max_acres * 1.000001
    # Somewhere each holds a disc of the least width: a circle of it fits at the farthest point.
    inside = shapely.length(shapely.maximum_inscribed_circle(shapes[::40], tolerance=5.0))
    assert inside.min() >= 0.99 * 1000 * campus.min_width_km / 2
    assert {c.values["state"] for c in conus.candidates} <= set(
        geopandas.read_file(BUILTIN / "data/geo/states.geojson")["abbreviation"]
    )


def test_line_distances_against_geodesics_in_degrees(conus: Screened) -> None:
    """Independent: vertices every 100 m or so in degrees, no projection, no spatial index."""
    files = ("im3_hifld_lines_345kV_plus_conus", "im3_hifld_lines_220_287kV_conus")
    frames = [geopandas.read_file(DATA / "transmission_hifld" / f"{name}.gpkg") for name in files]
    lines = np.concatenate(
        [frame[frame["VOLT_CLASS"] != "DC"].geometry.to_numpy() for frame in frames]
    )
    geod = Geod(ellps="GRS80")
    some = [c for c in conus.candidates if float(str(c.values["line_km"])) > 0][::150]
    outlines = degrees_of(np.array([c.piece.shape for c in some], dtype=object), conus.projections)
    assert len(some) >= 10
    for candidate, outline in zip(some, outlines, strict=True):
        west, south, east, north = outline.bounds
        near = shapely.clip_by_rect(lines, west - 0.2, south - 0.2, east + 0.2, north + 0.2)
        near = shapely.segmentize(near[~shapely.is_empty(near)], 0.001)
        edge = shapely.get_coordinates(shapely.segmentize(outline.exterior, 0.001))
        wires = shapely.get_coordinates(near)
        east_to_north = np.array([np.cos(np.radians((south + north) / 2)), 1.0])
        tree = shapely.STRtree(shapely.points(wires * east_to_north))
        mine, theirs = tree.query_nearest(shapely.points(edge * east_to_north), all_matches=False)
        _, _, metres = geod.inv(*edge[mine].T, *wires[theirs].T)
        assert candidate.values["line_km"] == pytest.approx(np.min(metres) / 1000, abs=0.15)


def test_states_and_zones_against_a_point_in_polygon(conus: Screened) -> None:
    points = [
        shapely.Point(float(str(c.values["longitude"])), float(str(c.values["latitude"])))
        for c in conus.candidates
    ]
    inner = [
        c.values["state_share_frac"] == 1 and c.values["zone_share_frac"] == 1
        for c in conus.candidates
    ]
    frame = geopandas.GeoDataFrame({"n": range(len(points))}, geometry=points, crs=4326)[inner]
    states = geopandas.read_file(DATA / "boundaries_us" / "cb_2018_us_state_5m.zip").to_crs(4326)
    zones = geopandas.read_file(DATA / "boundaries_us" / "reeds_rb_and_ba_areas.gpkg").to_crs(4326)
    zones["geometry"] = zones.geometry.make_valid()
    names = conus.settings.zone_names
    by_state = frame.sjoin(states[["STUSPS", "geometry"]])
    by_zone = frame.sjoin(zones[["rb", "geometry"]])
    assert len(by_state) > 2000 and len(by_zone) > 2000
    wrong = [
        n
        for n, s in zip(by_state["n"], by_state["STUSPS"], strict=True)
        if conus.candidates[n].values["state"] != s
    ]
    assert not wrong
    wrong = [
        n
        for n, z in zip(by_zone["n"], by_zone["rb"], strict=True)
        if conus.candidates[n].values["zone"] != names[z]
    ]
    assert len(wrong) <= 0.005 * len(by_zone)  # the zones overlap a little at their own borders


def test_thirty_candidates_of_one_state_run_to_a_plan(conus: Screened, file: Path) -> None:
    ids = [c.name for c in conus.candidates if c.values["state"] == "NV"][:30]
    assert len(ids) == 30
    scenario = {
        "extends": "builtin:models/libraries/screened.yaml",
        "name": "nevada",
        "sites": {"file": file.name, "layer": "candidates", "only": ids},
        "nodes": {"file": file.name, "layer": "nodes"},
        "components": {
            "land": {"max_sites": 4},
            "workloads": {
                "kinds": {
                    "training": {
                        "min_campus_it_mw": 100,
                        "targets": [{"from_date": "2033-01", "it_mw": 300}],
                    }
                }
            },
        },
    }
    path = file.with_name("plan.json")
    path.write_text(json.dumps(scenario), encoding="utf-8")
    loaded = load(path)
    assert len(loaded.instance.system.sites) == 30
    plan = run(loaded, limits=limits_of(loaded.instance))
    assert plan.status == "OPTIMAL" and not plan.findings
    used = {str(row["site"]) for row in plan.tables["commitments"]}
    assert used and used <= set(ids)


@pytest.mark.parametrize("name", ["conus", "desert-southwest"])
def test_shipped_screenings_are_valid(name: str) -> None:
    settings = read_screening(BUILTIN / "models" / "screening" / f"{name}.yaml")
    assert len(settings.zone_names) == 134
    known = geopandas.read_file(BUILTIN / "data/geo/grid_zones.geojson")["id"]
    assert set(settings.zone_names.values()) <= set(known)
    assert (BUILTIN / "models" / "screening" / settings.folder).resolve() == DATA.resolve()


STATED_NEAR = 0.0035
"""The Nevada allotments were simplified after their acres were stated."""


def test_allotments_keep_their_holes_by_their_own_acreage() -> None:
    """Unions of nested parts would add 24,000 acres; even-odd comes nearer to what is stated."""
    name = "blm_grazing-allotments-nv.geojson.gz"
    settings = LayerSettings(role="preference", file=f"federal_lands_us/{name}")
    layer = read_features("blm", settings, DATA, 10_000, lambda *step: None)
    found = ready(layer, choose(extent_of(layer.shapes)))
    stated = {
        f["properties"]["allot_no"]: f["properties"]["acres"]
        for f in json.loads(gzip.decompress((DATA / settings.file).read_bytes()))["features"]
    }
    (lost,) = found.lost  # a line there and back, of which the file says 0 acres
    assert (lost.feature, lost.values["acres"]) == ("01012", 0) and layer.read == 759
    assert found.stated_acres == pytest.approx(48_073_474)  # the sum of the file's column
    assert found.measured_acres == pytest.approx(found.stated_acres, rel=STATED_NEAR)
    ids = list(found.features.ids)
    for nested in ("00622", "02118", "10022"):  # three whose nested part is more than 4 %
        area = shapely.area(found.shapes[ids.index(nested)]) / M2_PER_ACRE
        assert area == pytest.approx(stated[nested], rel=0.02)


PUBLISHED_KM = {
    "345kV_plus": (105_862 + 46_664 + 3_879 + 2_541, 0.001),
    "220_287kV": (143_554, 0.007),  # of the tiles; the file drawn from them holds 0.6 % less
}


@pytest.mark.parametrize("name", sorted(PUBLISHED_KM))
def test_lines_have_their_published_length(name: str) -> None:
    file = f"transmission_hifld/im3_hifld_lines_{name}_conus.gpkg"
    settings = LayerSettings(role="lines", file=file)
    layer = read_features("lines", settings, DATA, 10_000, lambda *step: None)
    geod = Geod(ellps="WGS84")
    km = sum(geod.geometry_length(shape) for shape in layer.shapes) / 1000
    theirs = geopandas.read_file(DATA / file).geometry
    assert len(layer) == layer.read == len(theirs) and not layer.lost
    assert km == pytest.approx(sum(map(geod.geometry_length, theirs)) / 1000, rel=1e-6)
    published, difference = PUBLISHED_KM[name]
    assert km == pytest.approx(published, rel=difference)
