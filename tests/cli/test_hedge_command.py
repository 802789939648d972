"""``siting hedge``: what it writes and prints, exit codes, folders it refuses, plans it holds."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from siting.cli.main import main
from support.engine import write_scenario
from support.futures import banks_and_queue, with_futures
from support.killed_sweeps import cluster


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(str(ended.value.code))


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    given = with_futures(banks_and_queue("2027-07"), has_units=False)
    return write_scenario(given, tmp_path / "toy.json")


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_folder_with_everything(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run("hedge", scenario, "-o", out, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    told = json.loads((out / "hedge.json").read_text(encoding="utf-8"))
    assert printed["expected_cost_usd"] == told["expected_cost_usd"] == pytest.approx(87.4145e6)
    assert told["status"] == "OPTIMAL"
    assert told["evpi_usd"] == pytest.approx([11.4805e6, 11.4805e6])
    assert {one["name"]: one["probability"] for one in told["futures"]} == pytest.approx(
        {"mid": 0.25, "quick": 0.4, "slow": 0.35}
    )
    expected = sum(float(r["probability"]) * float(r["cost_usd"]) for r in rows(out, "futures"))
    assert expected == pytest.approx(told["expected_cost_usd"])
    assert {p.stem for p in (out / "tables").iterdir()} == {
        "policy", "futures", "regret", "dates", "information",
    }  # fmt: skip
    shown = _features(out)
    assert shown["near"]["first_power_p50_date"] == "2028-07-01"
    assert shown["far"]["built_share_frac"] == pytest.approx(1.0)
    with sqlite3.connect(out / "hedge.gpkg") as base:
        kept = base.execute("select site, built_share_frac from sites order by site").fetchall()
    assert dict(kept)["far"] == pytest.approx(1.0)
    page = (out / "hedge.html").read_text(encoding="utf-8")
    assert "if supply is quick" in page
    assert "http://" not in page.split("<script")[0]
    for future in ("mid", "quick", "slow"):
        assert run("audit", out / "plans" / future) == 0


def _features(out: Path) -> dict[str, dict[str, Any]]:
    """Properties of the features of the map layer, by site."""
    features = json.loads((out / "hedge.geojson").read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["site"]: feature["properties"] for feature in features}


def test_again_into_the_same_folder_with_the_finished_solves(
    scenario: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert run("hedge", scenario, "-o", out) == 0
    first = {path.name for path in (out / "solves").iterdir()}
    tables = {path.name: path.read_bytes() for path in (out / "tables").iterdir()}
    assert first
    assert run("hedge", scenario, "-o", out) == 0
    assert {path.name for path in (out / "solves").iterdir()} == first
    assert {path.name: path.read_bytes() for path in (out / "tables").iterdir()} == tables


def test_a_plan_that_is_held(scenario: Path, tmp_path: Path) -> None:
    assert run("solve", scenario, "-o", tmp_path / "plan") == 0
    assert run("hedge", scenario, "-o", tmp_path / "out", "--hold", tmp_path / "plan") == 0
    told = json.loads((tmp_path / "out" / "hedge.json").read_text(encoding="utf-8"))
    assert told["expected_cost_usd"] >= 87.4145e6 - 1


def test_what_is_refused(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    assert run("hedge", scenario, "-o", tmp_path / "mine") == 2
    assert "a folder with other content" in capsys.readouterr().err
    plain = with_futures(banks_and_queue("2027-07"))
    del plain["futures"]
    plain = write_scenario(plain, tmp_path / "plain.json")  # type: ignore[assignment]
    assert run("hedge", plain, "-o", tmp_path / "none") == 2
    assert "nothing is uncertain" in capsys.readouterr().err


def test_futures_solved_by_the_workers_of_a_scheduler(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    assert run("hedge", scenario, "-o", tmp_path / "here") == 0
    with cluster() as (_, address):
        assert run("hedge", scenario, "-o", tmp_path / "there", "--scheduler", address) == 0
    assert "quick: solved" in capsys.readouterr().err
    for name in ("policy", "futures", "regret", "dates", "information"):
        assert rows(tmp_path / "here", name) == rows(tmp_path / "there", name)
    solves = [{p.name for p in (tmp_path / d / "solves").iterdir()} for d in ("here", "there")]
    assert solves[0] == solves[1]


def test_a_scheduler_that_is_not_there(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("hedge", scenario, "-o", tmp_path / "out", "--scheduler", "nowhere") == 2
    assert "--scheduler" in capsys.readouterr().err
