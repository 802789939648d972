"""``siting headroom`` as a planner types it, and its tables as input of a scenario."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
import yaml

from siting.cli.main import main
from siting.pipeline import load
from siting.pipeline import run as solve
from support.engine import toy, write_scenario

CASE = """function mpc = two
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
  1 3 0  0 0 0 1 1 0 230 1 1.1 0.9;
  2 1 50 0 0 0 1 1 0 115 1 1.1 0.9;
];
mpc.gen = [ 1 0 0 0 0 1 100 1 400 0 ];
mpc.branch = [ 1 2 0.01 0.1 0 110 0 0 0 0 1 -360 360 ];
mpc.gencost = [ 2 0 0 2 30 0 ];
mpc.bus_name = { '=HYPERLINK("http://x")'; '<img src=x onerror=alert(1)>'; };
"""


def run(arguments: list[str]) -> int:
    """Exit code of a command line."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


def answer(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What a command prints for machines."""
    capfd.readouterr()
    assert run([*arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return found


def rows_of(path: Path) -> list[dict[str, str]]:
    """Rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case of two buses: the second takes 110 - 50 = 60 MW, the first what is generated."""
    path = tmp_path / "two.m"
    path.write_text(CASE, encoding="utf-8")
    places = tmp_path / "places.csv"
    places.write_text("bus,longitude,latitude\n1,-116.5,37.5\n2,-116,37\n", encoding="utf-8")
    return path


def test_network_tables_map_and_names(case: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = case.parent / "out"
    arguments = ["headroom", "network", str(case), "-o", str(out), "--jobs", "1"]
    assert run([*arguments, "--coordinates", str(case.parent / "places.csv")]) == 0
    printed = capfd.readouterr().out
    assert "nodes: {file:" in printed and "Written to" in printed
    rows = rows_of(out / "headroom.csv")
    assert [row["headroom_mw"] for row in rows] == ["350", "60"]
    assert [row["binding_branches"] for row in rows] == ["", "1-2"]
    assert [row["limited_by"] for row in rows] == ["generation", "branches"]
    # no spreadsheet takes a name for a formula
    assert rows[0]["name"].startswith("'=")
    drawn = json.loads((out / "headroom.geojson").read_text(encoding="utf-8"))
    assert set(drawn) == {"type", "features"} and drawn["type"] == "FeatureCollection"
    assert drawn["features"][1]["geometry"] == {"type": "Point", "coordinates": [-116.0, 37.0]}
    assert drawn["features"][1]["properties"]["headroom_mw"] == 60
    # the same bytes again, in the same folder
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    assert run([*arguments, "--coordinates", str(case.parent / "places.csv")]) == 0
    assert before == {p.name: p.read_bytes() for p in out.iterdir()}


def test_places_may_be_partial_under_a_column_of_their_own(
    case: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = case.parent / "out"
    table = case.parent / "some.csv"
    table.write_text("Bus Number,lon,lat\n2,-116,37\n99,-115,36\n1,,\n", encoding="utf-8")
    asked = ["headroom", "network", str(case), "--jobs", "1", "-o", str(out)]
    asked += ["--coordinates", str(table)]
    found = answer([*asked, "--id-column", "Bus Number"], capfd)
    assert [(r["bus"], r["longitude"]) for r in found["rows"]] == [("1", None), ("2", -116.0)]
    assert "1 of 2 buses have no place in some.csv: 1" in found["notes"]
    drawn = json.loads((out / "headroom.geojson").read_text(encoding="utf-8"))
    assert [f["properties"]["bus"] for f in drawn["features"]] == ["2"]
    assert run(asked) == 2
    assert "no column 'id'" in capfd.readouterr().err
    table.write_text("id,lon,lat\n77,-116,37\n", encoding="utf-8")
    assert run(asked) == 2
    assert "no place of any bus; the network has 1, 2, the file ['77']" in capfd.readouterr().err
    assert run([*asked[:-2], "--id-column", "id"]) == 2
    assert "--coordinates too" in capfd.readouterr().err


def test_network_without_places_has_no_map(case: Path) -> None:
    out = case.parent / "out"
    assert run(["headroom", "network", str(case), "-o", str(out)]) == 0
    tables = {"headroom.csv", "buses.csv", "branches.csv", "generators.csv"}
    assert {p.name for p in out.iterdir()} == {*tables, "headroom.json"}


def test_network_options(case: Path, capfd: pytest.CaptureFixture[str]) -> None:
    asked = ["headroom", "network", str(case), "--jobs", "1"]
    found = answer([*asked, "--buses", "2", "--extra-mw", "50"], capfd)
    assert [(r["headroom_mw"], r["is_enough"]) for r in found["rows"]] == [(50.0, True)]
    found = answer([*asked, "--min-kv", "200", "--n-1"], capfd)
    assert [r["bus"] for r in found["rows"]] == ["1"]
    assert found["splitting_branches"] == ["1-2"]
    assert run([*asked, "--buses", "2,77,78"]) == 2
    said = capfd.readouterr().err
    assert "--buses 77: no such bus" in said and "--buses 78" in said
    assert run([*asked, "--min-kv", "999"]) == 2


def test_dispatch(case: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = case.parent / "out"
    found = answer(["headroom", "network", str(case), "--dispatch", "-o", str(out)], capfd)
    assert found["cost_usd_per_hour"] == pytest.approx(50 * 30)
    assert rows_of(out / "dispatch.csv")[0]["output_mw"] == "50"
    assert rows_of(out / "flows.csv")[0]["flow_mw"] == "50"


def test_an_overloaded_network_ends_with_words_and_no_folder(
    case: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    case.write_text(CASE.replace("0 110 0", "0 40 0"), encoding="utf-8")
    out = case.parent / "out"
    assert run(["headroom", "network", str(case), "-o", str(out)]) == 3
    assert "branch 1-2: 10.00 MW above its limit of 40.0 MW" in capfd.readouterr().err
    assert not out.exists()


def test_bus_headroom_limits_a_plan(
    case: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The toy's 100 MW do not fit behind bus 2, which takes 60 MW; at bus 1 they do.

    The printed line is taken as it is. ``far`` sits at a bus; ``near`` and ``ranch`` are removed, so
    that the grid at the bus is all there is.
    """
    out = tmp_path / "out"
    found = answer(["headroom", "network", str(case), "-o", str(out)], capfd)
    snippet = yaml.safe_load(found["scenario"].replace(str(tmp_path) + "/", ""))
    served = {}
    for bus in ("1", "2"):
        scenario = toy()
        scenario.update(snippet)
        scenario["sites"] = {"far": {**scenario["sites"]["far"], "node": bus}}
        del scenario["components"]["plants"]
        plan = solve(load(write_scenario(scenario, tmp_path / f"at-{bus}.json")))
        assert not plan.findings
        served[bus] = max(float(str(row["it_mw"])) for row in plan.tables["service"])
        assert plan.places[bus]["capacity_mw"] == {"1": 350.0, "2": 60.0}[bus]
        assert plan.places[bus]["poi_kv"] == {"1": 230.0, "2": 115.0}[bus]
    assert served == {"1": 100.0, "2": 60.0}


@pytest.fixture
def demand(tmp_path: Path) -> Path:
    """A year of two zones at 1,000 MW with three hours of 1,400 in January and in July."""
    hours = pandas.date_range("2023-01-01", "2023-12-31 23:00", freq="h")
    mw = 1000.0 + 1e-9 * (np.arange(len(hours)) // 100 % 2)  # no value stands for a week
    for day in ("2023-01-10", "2023-07-10"):
        first = int(hours.get_loc(pandas.Timestamp(f"{day} 15:00")))
        mw[first - 1 : first + 4] = [1200, 1400, 1400, 1400, 1200]
    frame = pandas.DataFrame({"time": hours, "cheap": mw, "dear": 0.1 * mw})
    path = tmp_path / "demand.csv"
    frame.to_csv(path, index=False)
    return path


def test_loads_tables(demand: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Margins of ``cheap``: 6 hours of 0, 4 of 200, the rest 400.

    At 0.25 %: up to 200 MW only six hours are curtailed, 6 L; to 400 MW ten, 10 L - 800; above it all,
    10 L - 800 + 8750 (L - 400) = 21.9 L: L = 3,500,800 / 8738.1 = 400.636.
    """
    out = demand.parent / "out"
    found = answer(["headroom", "loads", str(demand), "-o", str(out)], capfd)
    rows = rows_of(out / "headroom.csv")
    assert [row["curtailment_rate"] for row in rows[:4]] == ["0.0025", "0.005", "0.01", "0.05"]
    assert float(rows[0]["headroom_mw"]) == pytest.approx(3_500_800 / 8738.1, abs=1e-3)
    assert float(rows[4]["headroom_mw"]) == pytest.approx(350_080 / 8738.1, abs=1e-3)
    assert found["notes"] == []
    zones = rows_of(out / "zones.csv")
    assert zones[0]["headroom_mw_0_25pct"] == rows[0]["headroom_mw"]
    assert (zones[0]["summer_peak_mw"], zones[0]["winter_peak_mw"]) == ("1400", "1400")
    assert run(["headroom", "loads", str(demand), "--rate", "2"]) == 2
    assert run(["headroom", "loads", str(demand), "--unit", "GW"]) == 2
    assert "more than that of the whole United States" in capfd.readouterr().err


@pytest.mark.parametrize("table", ["headroom", "zones"])
def test_loads_are_the_zones_of_a_scenario(
    demand: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], table: str
) -> None:
    """The printed lines, with the other fields of each zone under ``records``.

    ``dear`` keeps 40 MW of its 100 MW at the tier of the scenario (0.5 %) or of the printed line.
    """
    out = tmp_path / "out"
    found = answer(["headroom", "loads", str(demand), "-o", str(out)], capfd)
    text = found["scenario"].replace(str(tmp_path) + "/", "")
    if table == "zones":
        text = "zones: {file: out/zones.csv, id_column: zone}"
    scenario = toy()
    kept = ("accredited_surplus_mw", "energy_usd_per_mwh", "connection_months")
    records = {
        zone: {key: fields[key] for key in kept} for zone, fields in scenario["zones"].items()
    }
    reference = yaml.safe_load(text)["zones"]
    scenario["zones"] = {**reference, "records": records}
    scenario["sites"] = {"far": scenario["sites"]["far"]}
    del scenario["components"]["plants"]
    scenario["components"]["headroom"]["tier"] = "0_5pct"
    loaded = load(write_scenario(scenario, tmp_path / "scenario.json"))
    zones = loaded.instance.system.zones
    rows = [row for row in rows_of(out / "headroom.csv") if row["zone"] == "dear"]
    rate = "0.0025" if table == "headroom" else "0.005"
    mw = next(float(row["headroom_mw"]) for row in rows if row["curtailment_rate"] == rate)
    assert zones["dear"].tier_headroom_mw("0_5pct") == mw
    assert zones["cheap"].summer_peak_mw == 1400
    plan = solve(loaded)
    assert not plan.findings
    served = max(float(str(row["it_mw"])) for row in plan.tables["service"])
    assert served == pytest.approx(mw, abs=1e-6)


def test_queue_rivals_are_those_of_a_scenario(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """200 MW with a probability of one half leave 500 - 100 = 400 MW in the zone."""
    queue = tmp_path / "queue.csv"
    queue.write_text(
        "sheet_outcome,queue_id,project_name,tech_1,mw_poi,poi,date_queue,date_cod_requested,"
        "date_cod_current_or_actual\n"
        "active,5,=cmd(),solar,200,P,2024-01-01,,2025-01-01\n",
        encoding="utf-8",
    )
    points = tmp_path / "points.csv"
    points.write_text("poi,node\nelsewhere,X\n", encoding="utf-8")
    out = tmp_path / "out"
    found = answer(
        ["headroom", "queue", str(queue), "--zone", "dear", "--points", str(points),
         "--probability", "0.5", "-o", str(out)],
        capfd,
    )  # fmt: skip
    assert (found["draw_mw"], found["expected_draw_mw"]) == (200, 100)
    scenario = toy()
    snippet = yaml.safe_load(found["scenario"].replace(str(tmp_path) + "/", ""))
    scenario["components"]["headroom"] = snippet["components"]["headroom"]
    loaded = load(write_scenario(scenario, tmp_path / "scenario.json"))
    data = loaded.instance.data["headroom"]
    assert {mw for (zone, _), mw in data.zone_mw.items() if zone == "dear"} == {400.0}


def test_other_folders_are_left_alone(case: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = case.parent / "mine"
    out.mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    assert run(["headroom", "network", str(case), "-o", str(out)]) == 2
    assert "a folder with other content" in capfd.readouterr().err
    assert [p.name for p in out.iterdir()] == ["notes.txt"]
