"""The built-in data: complete, referenced, with provenance, and right where paper can tell."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml
from pyproj import Geod

from support.engine import BUILTIN, SHARED

GEO = BUILTIN / "data" / "geo"
LAYERS = ("federal_sites.geojson", "grid_zones.geojson", "plants.geojson", "states.geojson")


def features(name: str) -> dict[str, dict[str, Any]]:
    """Features of a layer by id."""
    found = json.loads((GEO / name).read_text(encoding="utf-8"))["features"]
    return {f["properties"]["id"]: f for f in found}


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a CSV layer."""
    with (GEO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_counts() -> None:
    assert [len(features(name)) for name in LAYERS] == [59, 26, 31, 51]
    assert len(rows("nodes.csv")) == 54
    assert len(rows("upgrades.csv")) == 2 * 54 + 26


def test_every_row_has_source_and_confidence() -> None:
    records = [f["properties"] for name in LAYERS for f in features(name).values()]
    for record in [*records, *rows("nodes.csv"), *rows("upgrades.csv")]:
        assert record["source"]
        assert record["confidence"] in ("high", "medium", "low")
        assert "estimated" in record


def test_references() -> None:
    zones = set(features("grid_zones.geojson"))
    nodes = {row["node_id"]: row["zone"] for row in rows("nodes.csv")}
    for site in features("federal_sites.geojson").values():
        record = site["properties"]
        assert record["zone"] in zones or (record["zone"] is None and record["state"] == "AK")
        assert record["zone"] is None or nodes[record["node"]] == record["zone"]
    for plant in features("plants.geojson").values():
        assert plant["properties"]["zone"] in zones
    for upgrade in rows("upgrades.csv"):
        assert (upgrade["node"] in nodes) != (upgrade["zone"] in zones)


def test_catalogue_matches_the_files() -> None:
    catalogue = yaml.safe_load((GEO / "layers.yaml").read_text(encoding="utf-8"))
    for name, entry in catalogue["layers"].items():
        assert entry["sha256"] == hashlib.sha256((GEO / name).read_bytes()).hexdigest()
        assert entry["crs"] == 4326
        assert {"title", "source", "licence", "vintage", "units"} <= set(entry)
    assert {"loadability", "surplus", "acres", "circle"} <= set(catalogue["rules"])


def test_circles_have_the_stated_area() -> None:
    geod = Geod(ellps="WGS84")
    circles = 0
    for site in features("federal_sites.geojson").values():
        if site["geometry"]["type"] == "Polygon":
            area, _ = geod.geometry_area_perimeter(
                shapely.from_geojson(json.dumps(site["geometry"]))
            )
            assert area / 4046.8564224 == pytest.approx(
                site["properties"]["total_acres"], rel=0.005
            )
            assert site["properties"]["geometry_kind"].startswith("approximate")
            circles += 1
    assert circles > 40


def test_sites_lie_in_their_states() -> None:
    states = {
        f["properties"]["abbreviation"]: shapely.from_geojson(json.dumps(f["geometry"]))
        for f in features("states.geojson").values()
    }
    for site in features("federal_sites.geojson").values():
        record = site["properties"]
        point = shapely.Point(record["longitude"], record["latitude"])
        assert states[record["state"]].distance(point) < 0.3, record["id"]  # degrees, about 30 km


def test_states_are_valid() -> None:
    for feature in features("states.geojson").values():
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shape.is_valid
        assert not shape.is_empty
        assert (
            shape.bounds[2] - shape.bounds[0] < 60 or feature["properties"]["abbreviation"] == "AK"
        )


def test_surplus_on_paper() -> None:
    # PJM 2026: anticipated 29.7 %, reference 18.6 %, of a 153.1 GW summer peak
    pjm = features("grid_zones.geojson")["PJM"]["properties"]
    assert pjm["accredited_surplus_mw_2026"] == pytest.approx((0.297 - 0.186) * 153_100)
    # PJM 2029: anticipated 18.9 % is below the reference of 23.9 %
    assert pjm["accredited_surplus_mw_2029"] == 0
    # MISO 2029: 8.6 % against 8.5 % of 120.8 GW
    miso = features("grid_zones.geojson")["MISO"]["properties"]
    assert miso["accredited_surplus_mw_2029"] == pytest.approx(0.001 * 120_800)


def test_loadability_on_paper() -> None:
    nodes = {row["node_id"]: row for row in rows("nodes.csv")}
    assert float(nodes["POI-DOE-PORTSMOUTH"]["capacity_mw"]) == 2 * 2250  # 765 kV
    assert float(nodes["POI-DOE-INL"]["capacity_mw"]) == 2 * 140  # 230 kV
    assert all("capacity_mw" in row["estimated"] for row in nodes.values())


def test_sites_near_each_other_share_a_node() -> None:
    sites = features("federal_sites.geojson")
    shared = [sites[s]["properties"]["node"] for s in ("DOE-ORNL", "DOE-ETTP", "TVA-CLINCH-RIVER")]
    assert len(set(shared)) == 1


def test_crane_borrows_the_rights_of_eddystone() -> None:
    plants = features("plants.geojson")
    crane, eddystone = plants["crane"]["properties"], plants["eddystone_3_4"]["properties"]
    assert (crane["capacity_mw"], crane["rights_from"]) == (835, "eddystone_3_4")
    assert crane["own_rights_from"] == "2031-01-01"
    assert crane["earliest_in_service"] == "2027-10-01"
    assert eddystone["rights_mw"] == 760


@pytest.mark.skipif(not (SHARED / "facts").is_dir(), reason="the facts are not beside the checkout")
def test_data_follow_from_the_facts(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, 'tools'); import build_data as b; from pathlib import Path\n"
        "b.TARGET = Path(sys.argv[2]); facts = Path(sys.argv[1])\n"
        "b.state_features = lambda _: []\n"
        "b.main(facts, facts)\n"
    )
    command = [sys.executable, "-c", script, str(SHARED / "facts"), str(tmp_path)]
    subprocess.run(command, check=True, cwd=BUILTIN)
    for name in (
        "federal_sites.geojson",
        "grid_zones.geojson",
        "plants.geojson",
        "nodes.csv",
        "upgrades.csv",
    ):
        assert (tmp_path / name).read_bytes() == (GEO / name).read_bytes(), name
