"""``plan.gpkg`` in real QGIS without a window, its style table, and GeoParquet."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas
import pandas
import pyarrow.parquet
import pyogrio
import pytest

from outputs.sample import CHOSEN, HOSTILE, full_plan, it_mw, site_name, with_rows
from siting.cli.main import main
from siting.core.plan import Plan
from siting.outputs.geopackage import write_geopackage
from siting.outputs.geoparquet import write_geoparquet
from siting.outputs.layers import layers_of
from siting.outputs.styles import Style, Symbol, qml

PYTHON = "/usr/bin/python3"
PROBE = Path(__file__).with_name("qgis_probe.py")
SHOWN = date(2031, 2, 1)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample plan as a GeoPackage, with a site of no agency and one whose name XML cannot hold."""
    path = tmp_path_factory.mktemp("qgis") / "plan.gpkg"
    write_geopackage(odd_plan(), path)
    return path


def odd_plan() -> Plan:
    """The sample plan with two agencies that make no category."""
    plan = full_plan()
    odd = {"SITE-05": "", "SITE-06": "bad \ufffe"}
    rows = [{**r, "agency": odd.get(str(r["site"]), r["agency"])} for r in plan.tables["sites"]]
    return with_rows(plan, "sites", rows)


@pytest.fixture(scope="module")
def opened(package: Path) -> dict[str, Any]:
    """What QGIS made of it at a date."""
    environment = {
        "PATH": os.environ["PATH"],
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(package.parent),
    }
    try:
        probe = subprocess.run(
            [PYTHON, "-c", "import qgis.core"], env=environment, capture_output=True, check=False
        )
    except FileNotFoundError:
        pytest.skip(f"no {PYTHON}, the interpreter for which Debian packs QGIS")
    if probe.returncode != 0:
        pytest.skip("QGIS is not installed (Debian: python3-qgis)")
    picture = package.with_name("map.png")
    done = subprocess.run(
        [PYTHON, str(PROBE), str(package), SHOWN.isoformat(), str(picture)],
        env=environment,
        capture_output=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert picture.read_bytes().startswith(b"\x89PNG")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def served_then() -> int:
    """Sites with load at the date, from the service table."""
    plan = full_plan()
    periods = plan.tables["timeline"]
    start = max(
        day for row in periods if isinstance(day := row["period_start"], date) and day <= SHOWN
    )
    rows = [row for row in plan.tables["service"] if row["period_start"] == start]
    return len({row["site"] for row in rows if float(str(row["it_mw"])) > 0})


def test_every_layer_has_its_style(opened: dict[str, Any]) -> None:
    places = {"states", "sites", "site_areas", "site_periods", "plants", "upgrades"}
    assert set(opened) == places
    assert all(layer["style_loaded"] for layer in opened.values())
    assert opened["sites"]["renderer"] == "categorizedSymbol"
    agencies = [f"site {agency}" for agency in ("BLM", "DOE", "DoD", "TVA")]
    assert opened["sites"]["categories"] == ["candidate", *agencies, ""]
    # what no category names is drawn all the same
    assert opened["site_periods"]["drawn"] == opened["site_periods"]["all"]
    assert opened["sites"]["drawn"] == opened["sites"]["all"]
    assert opened["plants"]["drawn"] == opened["plants"]["all"]
    assert opened["sites"]["labels"]


def test_marks_grow_with_the_load(opened: dict[str, Any]) -> None:
    most = 1.6 + 0.16 * it_mw(CHOSEN - 1) ** 0.5
    assert opened["sites"]["sizes"] == pytest.approx([1.4, most])


def test_time_shows_what_is_in_service(opened: dict[str, Any]) -> None:
    periods = opened["site_periods"]
    assert periods["is_temporal"]
    assert (periods["start"], periods["end"], periods["mode"]) == ("start_date", "end_date", 4)
    assert periods["shown"] == served_then() > 0
    assert periods["all"] > periods["shown"]
    plan = full_plan()
    for name in ("plants", "upgrades"):
        assert opened[name]["is_temporal"]
        ready = [
            row
            for row in plan.tables[name]
            if isinstance(row["in_service_date"], date) and row["in_service_date"] <= SHOWN
        ]
        assert opened[name]["shown"] == len(ready)
    assert not opened["sites"]["is_temporal"]


def test_a_frame_shows_its_own_period_alone(opened: dict[str, Any]) -> None:
    """The half-year from January 2031 holds nothing of the one that begins where it ends."""
    assert opened["site_periods"]["in_frame"] == ["2031-01-01"]


def test_a_legend_evaluates_no_agency() -> None:
    style = Style("", (("[% 1+41 %]", "[% 1+41 %] site", Symbol("circle", "ink")),), '"agency"')
    root = ElementTree.fromstring(qml(style))
    (category,) = root.iter("category")
    assert category.get("value") == "[% 1+41 %]"
    assert "[%" not in str(category.get("label"))


def test_style_table_is_whole_and_evaluates_no_value(package: Path) -> None:
    base = sqlite3.connect(package)
    try:
        rows = base.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
        ).fetchall()
        kind = base.execute(
            "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
        ).fetchone()
    finally:
        base.close()
    spatial = [name for name, geometry in pyogrio.list_layers(package) if geometry]
    assert sorted(name for name, *_ in rows) == sorted(spatial)
    assert kind == ("attributes",)
    for _, column, is_default, text in rows:
        assert (column, is_default) == ("geom", 1)
        root = ElementTree.fromstring(text)
        assert root.tag == "qgis"
        expressions = [
            node.get("value", "")
            for node in root.iter("Option")
            if node.get("name") == "expression"
        ]
        assert not any(name in expression for name in HOSTILE for expression in expressions)


def test_dates_and_flags_keep_their_type(package: Path) -> None:
    info = pyogrio.read_info(package, layer="sites")
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert types["commit_date"] == "OFTDate"
    assert types["it_mw"] == "OFTReal"
    assert (
        dict(zip(info["fields"], info["ogr_subtypes"], strict=True))["is_chosen"] == "OFSTBoolean"
    )


def test_same_plan_same_package(package: Path, tmp_path: Path) -> None:
    write_geopackage(odd_plan(), tmp_path / "again.gpkg")
    assert (tmp_path / "again.gpkg").read_bytes() == package.read_bytes()


def test_geoparquet(tmp_path: Path) -> None:
    plan = full_plan()
    write_geoparquet(plan, tmp_path / "layers")
    layers = layers_of(plan)
    assert {path.stem for path in (tmp_path / "layers").glob("*.parquet")} == set(layers)
    sites = geopandas.read_parquet(tmp_path / "layers" / "sites.parquet")
    assert sites.crs.to_epsg() == 4326
    assert set(sites["name"]) == {site_name(number) for number in range(20)}
    assert isinstance(sites["commit_date"].dropna().iloc[0], date)
    stated = pyarrow.parquet.read_schema(tmp_path / "layers" / "sites.parquet").metadata[b"geo"]
    assert json.loads(stated)["version"] == "1.1.0"
    assert "bbox" in json.loads(stated)["columns"]["geometry"]["covering"]
    timeline = pandas.read_parquet(tmp_path / "layers" / "timeline.parquet")
    assert len(timeline) == len(plan.tables["timeline"])


def test_export_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as done:
            main([*arguments])
        return int(str(done.value.code))

    plan, layers = tmp_path / "plan", tmp_path / "layers"
    assert run("solve", "models/toy.yaml", "-o", str(plan)) == 0
    for _ in range(2):
        assert run("export", str(plan), "-o", str(layers)) == 0
    assert len(geopandas.read_parquet(layers / "sites.parquet")) == 3
    # a plan is never replaced by its layers
    kept = sorted(path.name for path in plan.iterdir())
    assert run("export", str(plan), "-o", str(plan)) == 2
    assert sorted(path.name for path in plan.iterdir()) == kept
    assert run("export", str(tmp_path), "-o", str(tmp_path / "other")) == 2
    assert "a folder written by 'siting solve'" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()
