"""Files of a plan: RFC 7946, GeoPackage, CSV text, whole folders, hostile names."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pyogrio
import pytest

from siting.core.audit import number
from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.outputs.folder import PLAN, whole_folder
from siting.outputs.read import read_plan_tables
from siting.outputs.tables import cell_text
from siting.outputs.write import write_plan
from support.engine import plan_of, toy

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://x")',
    "</script><script>alert(2)</script>",
)


def hostile_plan() -> Plan:
    """The toy plan with hostile names."""
    scenario = toy()
    for name, text in zip(scenario["sites"], HOSTILE, strict=True):
        scenario["sites"][name]["name"] = text
        scenario["sites"][name]["source"] = text
    scenario["title"] = HOSTILE[0]
    return plan_of(scenario)


def signed_area(ring: list[list[float]]) -> float:
    """Twice the signed area of a ring; positive when counter-clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring))


def test_geojson_is_rfc_7946(pjm_folder: Path) -> None:
    data = json.loads((pjm_folder / "plan.geojson").read_text(encoding="utf-8"))
    assert set(data) == {"type", "features"}
    assert data["type"] == "FeatureCollection"
    assert {f["properties"]["kind"] for f in data["features"]} == {"site", "candidate", "plant"}
    status = {"site": "chosen", "candidate": "not chosen", "plant": None}
    of_kind = {(f["properties"]["kind"], f["properties"].get("status")) for f in data["features"]}
    assert of_kind == set(status.items())
    assert len({f["id"] for f in data["features"]}) == len(data["features"])
    polygons = 0
    for feature in data["features"]:
        assert feature["type"] == "Feature"
        properties, geometry = feature["properties"], feature["geometry"]
        assert {"source", "confidence", "estimated", "name", "kind"} <= set(properties)
        assert properties["source"]
        assert properties["confidence"]
        assert not any(isinstance(v, dict | list) for v in properties.values())
        rings = (
            geometry["coordinates"]
            if geometry["type"] == "Polygon"
            else [[geometry["coordinates"]]]
        )
        for position, ring in enumerate(rings):
            assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)
            if geometry["type"] == "Polygon":
                polygons += 1
                assert len(ring) >= 4
                assert ring[0] == ring[-1]
                assert (signed_area(ring) > 0) == (position == 0)
    assert polygons > 0


def test_features_of_a_bare_scenario_say_where_they_come_from(
    tmp_path: Path, toy_plan: Plan
) -> None:
    write_plan(toy_plan, tmp_path / "out")
    data = json.loads((tmp_path / "out" / "plan.geojson").read_text(encoding="utf-8"))
    assert {f["properties"]["source"] for f in data["features"]} == {"scenario"}
    assert {f["properties"]["confidence"] for f in data["features"]} == {"not stated"}


def test_geojson_opens_in_geopandas(pjm_folder: Path, pjm_plan: Plan) -> None:
    frame = geopandas.read_file(pjm_folder / "plan.geojson")
    assert frame.crs.to_epsg() == 4326
    chosen = [str(row["site"]) for row in pjm_plan.tables["sites"] if row["is_chosen"]]
    assert sorted(frame[frame["kind"] == "site"]["site"]) == sorted(chosen)


def test_geopackage_layers(pjm_folder: Path, pjm_plan: Plan) -> None:
    path = pjm_folder / "plan.gpkg"
    layers = {name for name, _ in pyogrio.list_layers(path)}
    assert layers == {
        "sites", "site_areas", "site_periods", "plants", "nodes", "node_periods", "zones", "zone_periods",
        "timeline", "states", "layer_styles",
    }  # fmt: skip
    nodes = geopandas.read_file(path, layer="nodes").set_index("node")
    last = max(str(row["period_start"]) for row in pjm_plan.tables["headroom"])
    zones = geopandas.read_file(path, layer="zone_periods").set_index(["zone", "start_date"])
    used = geopandas.read_file(path, layer="node_periods").set_index(["node", "start_date"])
    for row in pjm_plan.tables["headroom"]:
        left = pytest.approx(row["left_mw"], abs=1e-6)
        at = str(row["place"]), pandas.Timestamp(str(row["period_start"]))
        if row["level"] == "node" and str(row["period_start"]) == last:
            assert nodes.loc[str(row["place"]), "left_mw"] == left
        if row["level"] == "zone" and at[0] in pjm_plan.places:
            assert zones.loc[at, "left_mw"] == left
        elif number(row, "used_mw") > 0:
            assert used.loc[at, "left_mw"] == left
    sites = geopandas.read_file(path, layer="sites")
    assert len(sites) == len(pjm_plan.tables["sites"])
    assert sites.crs.to_epsg() == 4326
    assert len(pyogrio.read_dataframe(path, layer="timeline")) == len(pjm_plan.tables["timeline"])


def test_same_plan_same_bytes(toy_plan: Plan, tmp_path: Path) -> None:
    sums = []
    for name in ("one", "two"):
        write_plan(toy_plan, tmp_path / "plan")
        folder = (tmp_path / "plan").rename(tmp_path / name)
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        sums.append(
            [(p.relative_to(folder), hashlib.sha256(p.read_bytes()).hexdigest()) for p in files]
        )
    assert sums[0] == sums[1]


def test_tables_read_back_equal(pjm_folder: Path, pjm_plan: Plan) -> None:
    tables, findings = read_plan_tables(pjm_folder)
    assert findings == []
    assert set(tables) == set(pjm_plan.tables)
    for name, table in pjm_plan.tables.items():
        for written, row in zip(tables[name], table, strict=True):
            for column, cell in row.items():
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    assert written[column] == pytest.approx(cell, rel=1e-12, abs=1e-9)
                else:
                    assert (written[column] or None) == (cell or None) or cell is False


def test_required_columns(pjm_folder: Path) -> None:
    expected = {
        "timeline": "period_start workload target_mw served_mw unserved_mw grid_mw onsite_mw",
        "orders": "item equipment_class site quantity order_date delivery_date in_service_date",
        "costs": "family period_start usd",
    }
    for name, columns in expected.items():
        with (pjm_folder / "tables" / f"{name}.csv").open(encoding="utf-8") as file:
            assert set(columns.split()) <= set(next(csv.reader(file)))
    for name in ("sites", "plants", "upgrades", "headroom", "sources"):
        assert (pjm_folder / "tables" / f"{name}.csv").is_file()


def test_costs_sum_to_the_objective(pjm_plan: Plan) -> None:
    total = sum(number(row, "usd") for row in pjm_plan.tables["costs"])
    assert total == pytest.approx(pjm_plan.objective_usd, rel=1e-9)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-5", "'-5"),
        (-5.0, "-5"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (True, "true"),
        (None, ""),
        ("plain", "plain"),
    ],
)
def test_cell_text(cell: Any, text: str) -> None:
    assert cell_text(cell) == text


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    write_plan(hostile_plan(), tmp_path / "out")
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<img src=x" not in html
    assert "<script>alert" not in html
    sites = (tmp_path / "out" / "tables" / "sites.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK" in sites
    assert ",=HYPERLINK" not in sites


def test_failure_leaves_the_earlier_plan(tmp_path: Path, toy_plan: Plan) -> None:
    target = tmp_path / "plan"
    write_plan(toy_plan, target)
    before = (target / "plan.json").read_bytes()
    broken = replace(toy_plan, objective_usd=float("nan"))
    with pytest.raises(ValueError, match="JSON"):
        write_plan(broken, target)
    assert (target / "plan.json").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]


def test_interrupt_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), whole_folder(tmp_path / "plan", PLAN) as folder:
        (folder / "half").write_text("half", encoding="utf-8")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_targets_that_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(InputError), whole_folder(tmp_path / name, PLAN):
            pass


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Debian's chromium")
@pytest.mark.parametrize("width", [1280, 390, 360])
@pytest.mark.parametrize("is_dark", [False, True])
def test_report_in_a_browser(tmp_path: Path, width: int, is_dark: bool) -> None:
    from playwright.sync_api import sync_playwright

    write_plan(hostile_plan(), tmp_path / "out")
    report = tmp_path / "out" / "report.html"
    flags = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
        "--disable-background-networking --disable-component-update --disable-sync"
    )
    noise: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=flags.split()
        )
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            offline=True,
            color_scheme="dark" if is_dark else "light",
        )
        page = context.new_page()
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("dialog", lambda dialog: noise.append(dialog.message))
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(report.as_uri())
        page.wait_for_selector("#map .main-svg")
        page.hover("#map .point >> nth=0", force=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("h1").inner_text() == HOSTILE[0]
        drawn = page.evaluate("document.querySelectorAll('.js-plotly-plot').length")
        browser.close()
    assert noise == []
    assert requests == [report.as_uri()]
    assert drawn == 5
