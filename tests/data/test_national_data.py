"""The built-in data: complete, referenced, with provenance, and right where paper can tell.

The raw outlines are not part of the project; set ``SITING_STATES_TOPOJSON`` to ``states-10m.json`` of
the npm package us-atlas 3 to run the tests that need them.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
import yaml
from pyproj import Geod
from shapely.ops import nearest_points

from support.engine import BUILTIN, SHARED

GEO = BUILTIN / "data" / "geo"
FACTS = SHARED / "facts"
ATLAS = os.environ.get("SITING_STATES_TOPOJSON", "")
GEOD = Geod(ellps="WGS84")
LAYERS = ("federal_sites.geojson", "grid_zones.geojson", "plants.geojson", "states.geojson")
TABLES = {
    "nodes.csv": "node_id",
    "upgrades.csv": "upgrade_id",
    "zone_needs.csv": "need_id",
    "rivals.csv": "rival_id",
    "zone_prices.csv": "price_id",
    "gas_prices.csv": "gas_id",
    "tariffs.csv": "tariff_id",
}
FILES = (*LAYERS, *TABLES)
SQUARE_METRES_PER_ACRE = 4046.8564224
OUTSIDE_THEIR_STATE: dict[str, str] = {}
"""Sites that the facts put more than 30 km outside the state they name, with the reason."""
UNKNOWN_WHERE_BLANK = {
    "accredited_mw",
    "heat_rate_mmbtu_per_mwh",
    "offered_acres",
    "own_supply_mw",
    "planned_mw",
    "sold_mw",
}
"""Numbers that nobody has published for every row: no rule fills them."""

needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not beside the checkout")
needs_atlas = pytest.mark.skipif(not ATLAS, reason="SITING_STATES_TOPOJSON is not set")


def features(name: str) -> dict[str, dict[str, Any]]:
    """Features of a layer by id."""
    found = json.loads((GEO / name).read_text(encoding="utf-8"))["features"]
    return {f["properties"]["id"]: f for f in found}


def records(name: str) -> list[dict[str, Any]]:
    """Rows of any layer, without geometry."""
    if name in TABLES:
        with (GEO / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    found = json.loads((GEO / name).read_text(encoding="utf-8"))["features"]
    return [f["properties"] for f in found]


def by_id(name: str) -> dict[str, dict[str, Any]]:
    """Rows of any layer by id."""
    return {row[TABLES.get(name, "id")]: row for row in records(name)}


def shape(feature: dict[str, Any]) -> Any:
    """Geometry of a feature."""
    return shapely.from_geojson(json.dumps(feature["geometry"]))


def catalogue() -> dict[str, Any]:
    """The catalogue of layers."""
    found: dict[str, Any] = yaml.safe_load((GEO / "layers.yaml").read_text(encoding="utf-8"))
    return found


def test_counts() -> None:
    assert [len(records(name)) for name in LAYERS] == [59, 31, 31, 51]
    # 59 sites less three in Alaska, three of the rest at one point of interconnection
    assert len(records("nodes.csv")) == 59 - 3 - 2
    thin = sum(float(node["poi_kv"]) <= 230 for node in records("nodes.csv"))
    assert len(records("upgrades.csv")) == 54 + thin + 31


@pytest.mark.parametrize("name", FILES)
def test_ids_are_unique_well_formed_and_sorted(name: str) -> None:
    ids = [row[TABLES.get(name, "id")] for row in records(name)]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", found) for found in ids)


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_its_provenance(name: str) -> None:
    for row in records(name):
        assert row["source"].strip()
        assert row["confidence"] in ("high", "medium", "low")
        estimated = row["estimated"].split(";") if row["estimated"] else []
        assert set(estimated) <= set(row)
        assert estimated == sorted(set(estimated))


SECOND_HAND = (
    "AI-compiled",
    "AI-written",
    "as carried by",
    "citing",
    "general knowledge",
    "not opened",
    "unverified",
)


@pytest.mark.parametrize("name", [n for n in FILES if n != "states.geojson"])
def test_no_row_is_surer_than_a_source_that_nobody_opened(name: str) -> None:
    """Cells that the fact of a site calls unverified stand in ``estimated``; they do not count here."""
    for row in records(name):
        for column in row:
            prefix, _, last = column.rpartition("confidence")
            source = str(row.get(f"{prefix}source") or "").partition(" | cells named in")[0]
            if not last and any(word in source for word in SECOND_HAND):
                assert row[column] == "low", (next(iter(row.values())), column)


@pytest.mark.parametrize("name", FILES)
def test_no_nan_and_no_blank_number(name: str) -> None:
    assert not re.search(r"\b(NaN|nan|Infinity|inf)\b", (GEO / name).read_text(encoding="utf-8"))
    numbers = catalogue()["layers"][name]["units"]
    for row in records(name):
        for column in numbers:
            if row[column] is None and column in UNKNOWN_WHERE_BLANK:
                continue
            if name == "tariffs.csv" and row[column] == "":
                continue  # a term that is not published
            if (name, column, row.get("zone")) == ("zone_needs.csv", "peak_mw", "NYISO"):
                assert row[column] == ""  # of Long Island, which no source states
                continue
            assert math.isfinite(float(row[column])), (row, column)


def test_references() -> None:
    zones = set(by_id("grid_zones.geojson"))
    nodes = by_id("nodes.csv")
    assert {node["zone"] for node in nodes.values()} <= zones
    for site in records("federal_sites.geojson"):
        if site["state"] == "AK":
            assert (site["zone"], site["node"]) == (None, None)
        else:
            node = nodes[site["node"]]
            assert (node["zone"], float(node["poi_kv"])) == (site["zone"], site["poi_kv"])
    assert {site["node"] for site in records("federal_sites.geojson")} == {None, *nodes}
    plants = by_id("plants.geojson")
    for plant in plants.values():
        assert plant["zone"] in zones
        assert plant["rights_from"] is None or plant["rights_from"] in plants
    for upgrade in records("upgrades.csv"):
        assert (upgrade["node"] in nodes) != (upgrade["zone"] in zones)


def test_catalogue_matches_the_files() -> None:
    layers = catalogue()["layers"]
    assert set(layers) == set(FILES)
    for name, entry in layers.items():
        rows = records(name)
        assert entry["sha256"] == hashlib.sha256((GEO / name).read_bytes()).hexdigest()
        assert (entry["file"], entry["crs"], entry["rows"]) == (name, 4326, len(rows))
        assert all(entry[key] for key in ("title", "geometry", "source", "licence", "vintage"))
        for level in ("high", "medium", "low"):
            count = sum(row["confidence"] == level for row in rows)
            assert entry["confidence_counts"][level] == count
        for column in rows[0]:
            count = sum(column in row["estimated"].split(";") for row in rows)
            assert entry["estimated_counts"].get(column, 0) == count
        if name in LAYERS:
            numbers = {k for r in rows for k, v in r.items() if type(v) in (int, float)}
            assert numbers == set(entry["units"])


@pytest.mark.parametrize("name", LAYERS)
def test_layers_are_rfc_7946(name: str) -> None:
    data = json.loads((GEO / name).read_text(encoding="utf-8"))
    assert data["type"] == "FeatureCollection"
    assert "crs" not in data
    for feature in data["features"]:
        for polygon in shapely.get_parts(shape(feature)):
            west, south, east, north = polygon.bounds
            assert -180 <= west <= east <= 180
            assert -90 <= south <= north <= 90
            assert east - west < 180, "crosses the antimeridian"
            if polygon.geom_type == "Polygon":
                assert shapely.LinearRing(polygon.exterior).is_ccw
                assert not any(shapely.LinearRing(hole).is_ccw for hole in polygon.interiors)
            decimals = 4 if name == "states.geojson" else 6
            coordinates = shapely.get_coordinates(polygon)
            assert (coordinates.round(decimals) == coordinates).all()


def test_circles_have_the_stated_area() -> None:
    circles = 0
    for feature in features("federal_sites.geojson").values():
        site, drawn = feature["properties"], shape(feature)
        place = shapely.Point(site["longitude"], site["latitude"])
        if drawn.geom_type == "Point":
            assert site["geometry_kind"] == "point"
            assert "total_acres" in site["estimated"]
            assert drawn == place
            continue
        circles += 1
        assert site["geometry_kind"] == "approximate circle of total_acres"
        assert len(drawn.exterior.coords) == 49
        area, _ = GEOD.geometry_area_perimeter(drawn)
        assert area / SQUARE_METRES_PER_ACRE == pytest.approx(site["total_acres"], rel=0.005)
        reach = [GEOD.inv(place.x, place.y, x, y)[2] for x, y in drawn.exterior.coords]
        assert max(reach) == pytest.approx(min(reach), rel=0.005, abs=0.2)
    assert circles == 59 - 7


def test_sites_lie_in_their_states() -> None:
    states = {f["properties"]["abbreviation"]: f for f in features("states.geojson").values()}
    for name in ("federal_sites.geojson", "plants.geojson"):
        for row in records(name):
            point = shapely.Point(row["longitude"], row["latitude"])
            near, _ = nearest_points(shape(states[row["state"]]), point)
            _, _, metres = GEOD.inv(near.x, near.y, point.x, point.y)
            assert (metres <= 30_000) != (row["id"] in OUTSIDE_THEIR_STATE), row["id"]


def test_states_are_valid_and_share_their_borders() -> None:
    outlines = {i: shape(f) for i, f in features("states.geojson").items()}
    assert all(outline.is_valid and not outline.is_empty for outline in outlines.values())
    assert shapely.coverage_is_valid(list(outlines.values()))
    assert (GEO / "states.geojson").stat().st_size < 350_000
    # Colorado, by the Census: 104,094 square miles of 2.58999 km2
    area, _ = GEOD.geometry_area_perimeter(outlines["08"])
    assert area / 1e6 == pytest.approx(104_094 * 2.58999, rel=0.005)


@needs_atlas
def test_raw_outlines_hold_one_invalid_state() -> None:
    raw = pyogrio.read_dataframe(ATLAS, layer="states")
    assert list(raw[~raw.geometry.is_valid]["name"]) == ["Oregon"]


UNPUBLISHED = {"IPCO", "NEVP", "PNM", "WACM", "EPE", "IID", "LGEE", "TEPC", "WALC"}
"""Zones that are not among the 22 balancing areas of Norris et al. (2025)."""


def test_published_headroom_sums_to_the_published_totals() -> None:
    """76, 98 and 126 GW at 0.25, 0.5 and 1 %, to half a percent: the zones hold a reproduction.

    Its own sums are 75.9, 98.2 and 125.5 GW, so the third rounds to 125 rather than 126.
    """
    zones = by_id("grid_zones.geojson")
    estimated = {
        z for z, row in zones.items() if "headroom_mw_0_5pct" in row["estimated"].split(";")
    }
    assert estimated == UNPUBLISHED
    published = [row for zone, row in zones.items() if zone not in estimated]
    assert len(published) == 22
    for tier, gw in (("0_25", 76), ("0_5", 98), ("1", 126)):
        total = sum(row[f"headroom_mw_{tier}pct"] for row in published)
        assert total / 1000 == pytest.approx(gw, rel=0.005), tier


@needs_facts
def test_the_catalogue_says_which_headroom_is_published() -> None:
    """Every area that differs from its published figure at 0.5 % is named, and those without one."""
    rule = catalogue()["rules"]["headroom"]
    assert "76, 98 and 126 GW" in rule and f"Those of {', '.join(sorted(UNPUBLISHED))} are" in rule
    with (FACTS / "grid_zones.csv").open(encoding="utf-8", newline="") as file:
        facts = {
            row["zone"]: row["duke_published_headroom_gw_at_0_5pct"] for row in csv.DictReader(file)
        }
    assert {zone for zone, gw in facts.items() if not gw} <= UNPUBLISHED
    zones = by_id("grid_zones.geojson")
    for zone, gw in facts.items():
        if gw:
            differs = abs(zones[zone]["headroom_mw_0_5pct"] / 1000 - float(gw)) > 0.0501
            assert (f"{zone} " in rule) == differs, zone


def test_surplus_on_paper() -> None:
    zones = by_id("grid_zones.geojson")
    # PJM: stated 29.7 % in 2026 and 18.9 % in 2029, so 26.1 % and 22.5 % between; then flat. The
    # reference is 18.6, 20.1, 21.9, 23.9, 26.3 %, the larger peak 153.1 GW in summer.
    pjm = [zones["PJM"][f"accredited_surplus_mw_{year}"] for year in range(2026, 2031)]
    assert pjm == pytest.approx([0.111 * 153_100, 0.06 * 153_100, 0.006 * 153_100, 0, 0])
    # TVA: only 2026 is stated, 19.1 % against 15 %; its larger peak is 34.4 GW in winter.
    tva = [zones["TVA"][f"accredited_surplus_mw_{year}"] for year in range(2026, 2031)]
    assert tva == pytest.approx([0.041 * 34_400] * 5)
    assert "accredited_surplus_mw_2028" in zones["TVA"]["estimated"]


def test_fallbacks_of_zones_on_paper() -> None:
    zones = by_id("grid_zones.geojson")
    # Stated capacity prices: 117.7, 126.19, 140.7, 333.44; their median is halfway
    assert zones["SPP"]["capacity_usd_per_mw_day"] == pytest.approx((126.19 + 140.7) / 2)
    assert zones["AZPS"]["capacity_credit_solar_frac"] == 0.25
    assert zones["IPCO"]["capacity_credit_solar_frac"] == 0.25
    assert zones["TVA"]["capacity_credit_solar_frac"] == 0.10
    assert zones["MISO"]["capacity_credit_solar_frac"] == 0.50
    assert zones["MISO"]["capacity_credit_battery_frac"] == 0.59
    assert "capacity_credit_battery_frac" in zones["MISO"]["estimated"]


def test_points_serve_what_their_class_does_with_one_circuit_out() -> None:
    """Low, typical and high MW of the class of each voltage, in place of twice the surge impedance loading."""
    nodes = by_id("nodes.csv")
    columns = ("capacity_mw_low", "capacity_mw", "capacity_mw_high")
    for name, expected in (
        ("POI-DOE-PORTSMOUTH", [800, 1500, 3000]),  # 765 kV, was 4,500
        ("POI-BLM-AGUA-CALIENTE", [500, 1000, 2200]),  # 500 kV, was 1,800
        ("POI-BLM-AFTON", [250, 700, 1200]),  # 345 kV, was 800
        ("POI-DOE-INL", [100, 300, 600]),  # 230 kV, was 280
        ("POI-BLM-MILLERS", [40, 100, 250]),  # 120 kV, of the class from 115 kV
    ):
        assert [float(nodes[name][column]) for column in columns] == expected
    assert all("capacity_mw" in node["estimated"].split(";") for node in nodes.values())
    assert {node["confidence"] for node in nodes.values()} == {"low"}


@needs_facts
def test_every_point_has_the_recommendation_of_the_facts() -> None:
    with (FACTS / "poi_headroom_by_class.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["evidence_type"] == "recommended"]
    for node in records("nodes.csv"):
        kv = float(node["poi_kv"])
        (row,) = [
            r
            for r in rows
            if float(r["voltage_kv"].split("-")[0]) <= kv <= float(r["voltage_kv"].split("-")[-1])
        ]
        assert float(node["capacity_mw"]) == float(row["typical_mw"])
        assert node["circuits"] == row["circuits"]


def test_upgrades_on_paper() -> None:
    rows = {
        name: [float(row[c]) for c in ("added_mw", "lead_time_months", "overnight_usd")]
        for name, row in by_id("upgrades.csv").items()
    }
    km = 50 * 1.609344
    # 345 kV: two circuits on one line of towers at 3.698 MUSD a km, four positions of 4.9 MUSD
    new = [500, 108, (1.3 * km * 3.698 + 4 * 4.9) * 1e6]
    assert rows["POI-BLM-AFTON.new_line"] == pytest.approx(new, rel=1e-6)
    # 138 kV: of the class from 115 kV
    new = [150, 60, (1.3 * km * 1.771 + 4 * 2.0) * 1e6]
    assert rows["POI-DOE-NNSS.new_line"] == pytest.approx(new, rel=1e-6)
    # 765 kV: two lines at 3.48 MUSD a km, positions of 500 kV
    new = [1500, 120, (1.3 * km * 2 * 3.48 + 4 * 7.3) * 1e6]
    assert rows["POI-DOE-PORTSMOUTH.new_line"] == pytest.approx(new, rel=1e-6)
    # other wires gain 0.35 of 657 MVA at 230 kV, of 100 MW below, and nothing from 345 kV on
    other = [0.35 * 0.95 * 657, 27, (0.33 * km * 1.429 + 2 * 3.0) * 1e6]
    assert rows["POI-DOE-INL.reconductor"] == pytest.approx(other, rel=1e-5)
    other = [35, 27, (0.33 * km * 1.243 + 2 * 2.0) * 1e6]
    assert rows["POI-DOE-NNSS.reconductor"] == pytest.approx(other, rel=1e-6)
    wired = {row["node"] for n, row in by_id("upgrades.csv").items() if n.endswith(".reconductor")}
    thin = {n for n, node in by_id("nodes.csv").items() if float(node["poi_kv"]) <= 230}
    assert wired == thin
    # 150 mi x 1.3 x 4.6 MUSD + 2 x 26.9 MUSD
    assert rows["PJM.regional_line"] == pytest.approx([900, 120, 950.8e6])
    assert {row["dollar_year"] for row in records("upgrades.csv")} == {"2024"}


def test_sites_near_each_other_share_a_node() -> None:
    sites = by_id("federal_sites.geojson")
    cluster = ("DOE-ORNL", "DOE-ETTP", "TVA-CLINCH-RIVER")
    assert {sites[site]["node"] for site in cluster} == {"POI-DOE-ETTP"}
    # Bull Run is 17 km from Oak Ridge, Hanford 12 km from PNNL: each has its own
    assert sites["TVA-BULL-RUN"]["node"] == "POI-TVA-BULL-RUN"
    assert sites["DOE-PNNL"]["node"] != sites["DOE-HANFORD"]["node"]


def test_acres_and_gen_tie_on_paper() -> None:
    sites = by_id("federal_sites.geojson")
    assert sites["DOE-INL"]["buildable_acres"] == 44_000  # stated
    # DOE states twelve figures, the middle two 150 and 295
    assert sites["DOE-FERMILAB"]["buildable_acres"] == 222.5
    assert sites["DOE-PPPL"]["buildable_acres"] == 91  # all it has
    # announced campuses at 0.6 acres a MW: 10,000 MW would need more than all of Portsmouth
    assert sites["DOE-PORTSMOUTH"]["buildable_acres"] == 3700
    assert sites["DOE-PADUCAH"]["buildable_acres"] == pytest.approx(0.6 * 3000)
    assert sites["DOD-FORT-BRAGG"]["buildable_acres"] == 300  # 100 MW need less than the median
    # TVA and Reclamation state none; of all 34 figures the middle two are 2,400 and 2,550
    assert sites["TVA-BULL-RUN"]["buildable_acres"] == 2475
    assert sites["USBR-HOOVER"]["total_acres"] == 2475  # not known, so the same
    assert sites["TVA-CLINCH-RIVER"]["buildable_acres"] == 935  # all it has
    assert sites["DOE-INL"]["gen_tie_km"] == pytest.approx(1.3 * 5.6)
    assert "gen_tie_km" in sites["DOE-INL"]["estimated"]


def test_crane_borrows_the_rights_of_eddystone() -> None:
    plants = by_id("plants.geojson")
    crane, eddystone = plants["crane"], plants["eddystone_3_4"]
    assert (crane["capacity_mw"], crane["rights_mw"]) == (835, 835)
    assert (crane["rights_from"], crane["own_rights_from"]) == ("eddystone_3_4", "2031-01-01")
    assert crane["earliest_in_service"] == "2027-10-01"
    assert eddystone["rights_mw"] == 760
    for name, plant in plants.items():
        if name != "crane":
            assert (plant["rights_from"], plant["own_rights_from"]) == (None, None)
            assert plant["rights_mw"] == plant["capacity_mw"]


def test_plants_on_paper() -> None:
    plants = by_id("plants.geojson")
    assert plants["eddystone_3_4"]["overnight_usd"] == 760_000 * 150
    assert plants["campbell"]["overnight_usd"] == 1_420_000 * 200
    assert plants["joppa"]["overnight_usd"] == 1_100_000 * 2500
    assert plants["kewaunee_new"]["capacity_mw"] == 1117
    assert plants["kewaunee_new"]["overnight_usd"] == 1_117_000 * 9500
    assert plants["palisades"]["overnight_usd"] == 1_520_000_000
    assert "overnight_usd" in plants["palisades"]["estimated"]
    bellefonte, widows = plants["bellefonte_1_2"], plants["widows_creek"]
    assert (bellefonte["earliest_in_service"], bellefonte["lead_time_months"]) == (
        "2038-01-01",
        150,
    )
    assert (widows["earliest_in_service"], widows["lead_time_months"]) == ("2031-12-01", 60)
    for plant in plants.values():
        date.fromisoformat(plant["earliest_in_service"])
        assert plant["earliest_in_service"].endswith("-01")
        if plant["technology"] == "coal_interconnection_reuse":
            assert plant["lead_time_months"] >= 60
            assert plant["earliest_in_service"] >= "2027-01-01"


def topology(path: Path) -> Path:
    """Two states of one degree square that share a border, as TopoJSON."""
    arcs = [
        [[0, 0], [0, 10]],  # the border, northward
        [[0, 10], [-10, 0], [0, -10], [10, 0]],  # round the west
        [[0, 0], [10, 0], [0, 10], [-10, 0]],  # round the east
    ]
    states = [
        {"type": "Polygon", "id": "08", "properties": {"name": "Colorado"}, "arcs": [[0, 1]]},
        {"type": "MultiPolygon", "id": "20", "properties": {"name": "Kansas"}, "arcs": [[[2, -1]]]},
        {"type": "Polygon", "id": "72", "properties": {"name": "Puerto Rico"}, "arcs": [[0, 1]]},
    ]
    whole = {
        "transform": {"scale": [0.1, 0.1], "translate": [-102, 38]},
        "arcs": arcs,
        "objects": {"states": {"geometries": states}},
    }
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def rebuild(states: Path | str, target: Path, seed: str = "0") -> None:
    """Run the script as its users do."""
    script = BUILTIN / "tools" / "build_data.py"
    command = [sys.executable, str(script), str(FACTS), str(states), str(target)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})


@needs_facts
def test_data_follow_from_the_facts(tmp_path: Path) -> None:
    states = topology(tmp_path / "states.json")
    rebuild(states, tmp_path / "once", "1")
    rebuild(states, tmp_path / "twice", "2")
    for name in (*FILES, "layers.yaml"):
        assert (tmp_path / "once" / name).read_bytes() == (tmp_path / "twice" / name).read_bytes()
        if name not in ("states.geojson", "layers.yaml"):
            assert (tmp_path / "once" / name).read_bytes() == (GEO / name).read_bytes(), name
    text = (tmp_path / "once" / "states.geojson").read_text(encoding="utf-8")
    found = {f["id"]: f for f in json.loads(text)["features"]}
    assert {i: f["properties"]["abbreviation"] for i, f in found.items()} == {
        "08": "CO",
        "20": "KS",
    }
    assert shape(found["08"]).equals(shapely.box(-103, 38, -102, 39))
    assert shape(found["20"]).equals(shapely.box(-102, 38, -101, 39))


@needs_facts
@needs_atlas
def test_outlines_follow_from_the_atlas(tmp_path: Path) -> None:
    rebuild(ATLAS, tmp_path)
    for name in ("states.geojson", "layers.yaml"):
        assert (tmp_path / name).read_bytes() == (GEO / name).read_bytes(), name


def test_restarts_under_way_keep_their_date() -> None:
    """37 months from September 2024 end in October 2027: the decision is made, the date holds."""
    plants = by_id("plants.geojson")
    under_way = {
        name for name, plant in plants.items() if plant["kind"] in ("restart", "gas repower")
    }
    under_way = {name for name in under_way if plants[name]["lead_time_months"] == 0}
    assert under_way == {"crane", "palisades", "duane_arnold", "homer_city"}
    assert plants["crane"]["earliest_in_service"] == "2027-10-01"
    assert plants["indian_point_2_3"]["lead_time_months"] == 60
