"""Overrides reach rows of tables that come from files, by the paths of inline rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from siting.core.errors import InputError
from siting.core.study import Change
from siting.instance.changes import changed, find
from siting.pipeline import load

SCENARIO = """
schema_version: 1
name: rows
horizon: {{start: 2028-01, steps: [{{until: 2029-01, step: half_year}}]}}
zones: {zones}
sites: {{s: {{zone: Z.one}}}}
components:
  land: {{}}
  energy: {{}}
  headroom: {{}}
  workloads: {{kinds: {{w: {{targets: [{{from_date: 2028-01, it_mw: 10}}], delay_cost_usd_per_mw_month: 1}}}}}}
"""
ROWS = [("Z.one", 100), ("Z", 200)]


def write_csv(path: Path) -> None:
    text = "id,headroom_mw\n" + "".join(f"{name},{mw}\n" for name, mw in ROWS)
    path.write_text(text, encoding="utf-8")


def write_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (("id", "headroom_mw"), *ROWS):
        page.append(row)
    book.save(path)


def write_geojson(path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"id": name, "headroom_mw": mw},
            "geometry": {"type": "Point", "coordinates": [-100, 40]},
        }
        for name, mw in ROWS
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def scenario(tmp_path: Path, kind: str) -> Path:
    """A scenario with its zones in a file of one kind, read by a file that extends it."""
    writers: dict[str, Callable[[Path], None]] = {
        "csv": write_csv,
        "xlsx": write_xlsx,
        "geojson": write_geojson,
    }
    if kind != "inline":
        writers[kind](tmp_path / f"zones.{kind}")
    inline = "{Z.one: {headroom_mw: 100}, Z: {headroom_mw: 200}}"
    zones = inline if kind == "inline" else f"{{file: zones.{kind}}}"
    (tmp_path / "base.yaml").write_text(SCENARIO.format(zones=zones), encoding="utf-8")
    (tmp_path / "top.yaml").write_text("extends: base.yaml\nname: top\n", encoding="utf-8")
    return tmp_path / "top.yaml"


KINDS = ("inline", "csv", "xlsx", "geojson")


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_by_id_and_a_new_column(kind: str, tmp_path: Path) -> None:
    given: dict[str, Any] = {
        "zones.Z.one.headroom_mw": 7,
        "zones.Z.headroom_mw": 8,
        "zones.*.energy_usd_per_mwh": 30,
    }
    zones = load(scenario(tmp_path, kind), given).instance.system.zones
    assert {z: (zone.headroom_mw, zone.energy_usd_per_mwh) for z, zone in zones.items()} == {
        "Z.one": (7, 30),
        "Z": (8, 30),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_studies_take_the_same_paths(kind: str, tmp_path: Path) -> None:
    instance = load(scenario(tmp_path, kind)).instance
    assert find(instance, "zones.Z.one.headroom_mw") == [100]
    assert find(instance, "zones.*.headroom_mw") == [200, 100]
    moved = changed(instance, [Change(path="zones.Z.one.headroom_mw", add=-1)], "here")
    assert moved is not None
    assert moved.system.zones["Z.one"].headroom_mw == 99


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("path", "fix"),
    [
        ("zone.Z.headroom_mw", "Write zones.Z.headroom_mw"),
        ("zones.Z.one.headrom_mw", "Write 'headroom_mw' instead"),
        ("headroom.tier", "Write components.headroom.tier"),
    ],
)
def test_the_nearest_path_is_named(path: str, fix: str, kind: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(scenario(tmp_path, kind), {path: 1})
    (issue,) = caught.value.issues
    assert issue.where.startswith(f"override {path}")
    assert fix in issue.fix


def test_the_file_itself_may_be_another(tmp_path: Path) -> None:
    path = scenario(tmp_path, "csv")
    (tmp_path / "other.csv").write_text("id,headroom_mw\nZ.one,55\n", encoding="utf-8")
    given = {"zones.Z.one.capacity_usd_per_mw_day": 3, "zones.file": "other.csv"}
    zones = load(path, given).instance.system.zones
    assert (zones["Z.one"].headroom_mw, zones["Z.one"].capacity_usd_per_mw_day) == (55, 3)


def test_a_file_that_cannot_be_read_is_named_first(tmp_path: Path) -> None:
    path = scenario(tmp_path, "csv")
    with pytest.raises(InputError, match=r"no file 'none.csv'"):
        load(path, {"zones.file": "none.csv", "zones.Z.headroom_mw": 3})
