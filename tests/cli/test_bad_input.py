"""Wrong input gets one clear message a problem, all at once, exit 2 or 3, and no folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from siting.cli.main import main
from siting.core.errors import InputError
from support.engine import TOY, instance_of, toy, write_scenario

Change = Callable[[dict[str, Any], Path], None]


def run(arguments: list[str]) -> int:
    """Exit code of a command line."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


def put(path: str, value: object) -> Change:
    """Set a value at a dotted path."""

    def change(scenario: dict[str, Any], folder: Path) -> None:
        *parents, last = path.split(".")
        place: Any = scenario
        for key in parents:
            place = place.setdefault(key, {})
        place[last] = value

    return change


def table(name: str, content: str, path: str = "sites", **settings: object) -> Change:
    """Put a table in a file and refer to it."""

    def change(scenario: dict[str, Any], folder: Path) -> None:
        (folder / name).write_text(content, encoding="utf-8")
        put(path, {"file": name, **settings})(scenario, folder)

    return change


def polygon(*points: tuple[float, float]) -> str:
    """A GeoJSON file of one site."""
    geometry = {"type": "Polygon", "coordinates": [list(map(list, points))]} if points else None
    feature = {"type": "Feature", "properties": {"id": "a", "zone": "dear"}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


CASES: dict[str, tuple[Change, int, list[str]]] = {
    "unknown key": (
        put("components.campus.hall_mw", 5),
        2,
        ["components.campus.hall_mw", "unknown key", "hall_it_mw"],
    ),
    "unknown family": (put("components.transfomers", {}), 2, ["transfomers", "transformers"]),
    "text for a number": (put("zones.cheap.headroom_mw", "lots"), 2, ["headroom_mw", "MW"]),
    "a unit in a number": (put("zones.cheap.headroom_mw", "500 MW"), 2, ["headroom_mw", "500 MW"]),
    "percent for a share": (
        put("zones.cheap.reserve_margin_frac", -15),
        2,
        ["reserve_margin_frac"],
    ),
    "negative MW": (put("components.campus.hall_it_mw", -100), 2, ["hall_it_mw", "-100"]),
    "unknown zone": (put("sites.near.zone", "chaep"), 2, ["sites.near.zone", "chaep", "cheap"]),
    "unknown node": (put("sites.near.node", "nowhere"), 2, ["sites.near.node", "nowhere"]),
    "unknown site in a link": (
        put(
            "components.workloads.links",
            {"x": {"workload": "training", "site": "nera", "region": "anywhere"}},
        ),
        2,
        ["links.x.site", "nera"],
    ),
    "unknown step-up class": (
        put("components.plants.technologies.fuel_cell.step_up_class", "main_bank"),
        2,
        ["fuel_cell.step_up_class", "main_bank", "role step_up"],
    ),
    "unknown region": (
        put(
            "components.workloads.kinds.training.targets",
            [{"from_date": "2027-07", "it_mw": 1, "region": "mars"}],
        ),
        2,
        ["region", "mars"],
    ),
    "end before start": (
        put("horizon.steps", [{"until": "2026-01", "step": "year"}]),
        2,
        ["horizon.steps", "whole number of steps"],
    ),
    "not a date": (put("horizon.start", "January"), 2, ["horizon.start", "YYYY-MM"]),
    "a horizon from the 31st": (
        put(
            "horizon", {"start": "2027-01-31", "steps": [{"until": "2027-07-31", "step": "month"}]}
        ),
        2,
        ["horizon.start: 2027-01-31 is not the first day", "horizon.steps.0.until: 2027-07-31"],
    ),
    "a section that ends within a month": (
        put("horizon.steps", [{"until": "2029-01-15", "step": "half_year"}]),
        2,
        ["horizon.steps.0.until", "2029-01-15", "YYYY-MM", "Write 2029-01 or the month after"],
    ),
    "a horizon too short": (
        put("horizon.steps", [{"until": "2027-07", "step": "half_year"}]),
        2,
        ["horizon", "no site can carry load", "shell_months"],
    ),
    "cyclic rights": (
        put(
            "components.plants.named",
            {
                name: {
                    "technology": "fuel_cell",
                    "zone": "cheap",
                    "capacity_mw": 10,
                    "earliest_in_service": "2027-01",
                    "rights_from": other,
                }
                for name, other in (("a", "b"), ("b", "a"))
            },
        ),
        2,
        ["circle", "a -> b -> a"],
    ),
    "a family without what it needs": (
        lambda scenario, _: scenario["components"].pop("energy"),
        2,
        ["energy", "headroom", "needs"],
    ),
    "duplicate id in a table": (
        table("sites.csv", "id,zone\na,dear\na,dear\n"),
        2,
        ["sites.csv:3", "'a' again", "sites.csv:2"],
    ),
    "negative MW in a table": (
        table("sites.csv", "id,zone,max_it_mw\na,dear,-5\n"),
        2,
        ["sites.csv:2", "max_it_mw", "-5"],
    ),
    "nan in a table": (
        table("sites.csv", "id,zone,max_it_mw\na,dear,nan\n"),
        2,
        ["sites.csv:2", "max_it_mw"],
    ),
    "no such table": (put("sites", {"file": "sties.csv"}), 2, ["sites.file", "sties.csv"]),
    "no such column": (
        table("sites.csv", "name,zone\na,dear\n", columns={"id": "nmae"}),
        2,
        ["nmae", "name"],
    ),
    "latitude and longitude swapped": (
        table("sites.csv", "id,zone,longitude,latitude\na,dear,37.5,-116.0\nb,dear,40,-77\n"),
        2,
        ["sites.csv", "swapped"],
    ),
    "crossed polygon": (
        table("sites.geojson", polygon((0, 0), (1, 1), (1, 0), (0, 1), (0, 0))),
        2,
        ["feature 1 (id 'a')", "Self-intersection", "repair"],
    ),
    "empty geometry": (table("sites.geojson", polygon()), 2, ["feature 1", "no geometry"]),
    "degrees that are metres": (
        table("sites.geojson", polygon((5e5, 4e6), (5.1e5, 4e6), (5e5, 4.1e6), (5e5, 4e6))),
        2,
        ["sites.geojson", "not"],
    ),
    "a VRT named GeoJSON": (
        table("sites.geojson", "<OGRVRTDataSource></OGRVRTDataSource>"),
        2,
        ["sites.geojson", "not JSON"],
    ),
    "a remote file": (put("sites", {"file": "/vsicurl/http://host/x.geojson"}), 2, ["sites.file"]),
    "built-in data escaped": (
        put("sites", {"file": "builtin:../../etc/passwd"}),
        2,
        ["sites.file"],
    ),
    "an infeasible cap": (
        lambda scenario, _: (
            put("components.workloads.kinds.training.must_serve", True)(scenario, _),
            put("components.land.max_sites", 0)(scenario, _),
        )[0],
        3,
        ["land.group_limit[all]", "short by 1 sites"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_message(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    change, code, words = CASES[name]
    scenario = toy()
    change(scenario, tmp_path)
    path = write_scenario(scenario, tmp_path / "scenario.json")
    found = run(["solve", str(path), "-o", str(tmp_path / "out")])
    output = capfd.readouterr()
    assert found == code, output.err
    assert "Traceback" not in output.err
    for word in words:
        assert word in output.err
    assert (tmp_path / "out").exists() == (code == 0)
    assert not list(tmp_path.glob(".out*"))


def test_infeasible_names_limit_date_and_amount(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    scenario = toy()
    scenario["components"]["workloads"]["kinds"]["training"]["must_serve"] = True
    scenario["zones"]["dear"]["headroom_mw"] = 70
    path = write_scenario(scenario, tmp_path / "scenario.json")
    assert run(["solve", str(path), "-o", str(tmp_path / "out")]) == 3
    message = capfd.readouterr().err
    # only far can serve in 2027-07, and its zone takes 70 of 100 MW
    assert "2027-07-01" in message
    assert "short by 30 MW" in message
    assert not (tmp_path / "out").exists()


def test_every_problem_at_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = TOY.read_text(encoding="utf-8")
    text = text.replace("hall_it_mw: 100", "hall_it_mw: -1").replace(
        "unit_mva: 125", "unit_mva: big"
    )
    text = text.replace("zone: cheap, longitude", "zonne: cheap, longitude")
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    assert run(["check", str(path)]) == 2
    message = capfd.readouterr().err
    for word in ("hall_it_mw", "unit_mva", "zonne"):
        lines = [line for line in message.splitlines() if word in line]
        number = next(i for i, line in enumerate(text.splitlines(), 1) if word in line)
        assert any(f"broken.yaml:{number}:" in line for line in lines), message


def test_problems_of_tables_and_settings_together(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    scenario = toy()
    table("sites.csv", "id,zone\na,dear\na,dear\n")(scenario, tmp_path)
    table("zones.csv", "id,headroom_mw\ndear,-1\n", "zones")(scenario, tmp_path)
    put("components.campus.hall_it_mw", -100)(scenario, tmp_path)
    path = write_scenario(scenario, tmp_path / "scenario.json")
    assert run(["check", str(path)]) == 2
    message = capfd.readouterr().err
    assert "The input is wrong (3)" in message
    for word in ("sites.csv:3", "zones.csv:2", "hall_it_mw"):
        assert word in message


@pytest.mark.parametrize("text", ["", "[]", "a: [", "a: &x 1", "- 1", "\x00", "a: 1\na: 2"])
def test_not_a_scenario(text: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    assert run(["check", str(path)]) == 2
    assert "Traceback" not in capfd.readouterr().err


def test_missing_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["solve", str(tmp_path / "none.yaml"), "-o", str(tmp_path / "out")]) == 2
    assert "none.yaml" in capfd.readouterr().err


def test_target_that_is_not_ours(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "precious.txt").write_text("mine", encoding="utf-8")
    assert run(["solve", str(TOY), "-o", str(tmp_path)]) == 2
    assert "other content" in capfd.readouterr().err
    assert (tmp_path / "precious.txt").read_text(encoding="utf-8") == "mine"


def test_text_from_files_is_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No escape sequence, no markup, no emoji: line 100 is a number."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    lines = ["# " + "x" * n for n in range(99)]
    text = "\n".join([*lines, 'nmae: "[bold]:key:[/bold] \\u202e"']) + "\n"
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["check", str(tmp_path / "s.yaml")])
    assert "s.yaml:100:" in capsys.readouterr().err
    queue = tmp_path / "q.csv"
    queue.write_text(
        "sheet_outcome,queue_id,tech_1,mw_poi,date_cod_requested,date_queue\n"
        "active,1,Solar,\x1b]0;title\x07\x1b[31m[red]:100:,2028-01-01,2020-01-01\n",
        encoding="utf-8",
    )
    with pytest.raises(SystemExit):
        main(["headroom", "queue", str(queue), "--zone", "Z"])
    said = capsys.readouterr().err
    assert "[red]:100:" in said and "\x1b]" not in said and "\x07" not in said


def test_tables_lie_below_the_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = toy()
    rows = ["id,zone,buildable_acres", "near,cheap,200", "far,dear,200"]
    (tmp_path / "sites.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    scenario["sites"] = {"file": "../sites.csv"}
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "s.json").write_text(json.dumps(scenario), encoding="utf-8")
    for arguments, code in (([], 2), (["--allow-outside"], 0)):
        with pytest.raises(SystemExit) as ended:
            main(["check", str(inner / "s.json"), *arguments])
        assert ended.value.code == code
    assert "outside the scenario's folder" in capsys.readouterr().err


def test_set_takes_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.json").write_text(json.dumps(toy()), encoding="utf-8")
    for text in ("discount_rate_frac=0.1\nname: x", "name=a\u2028b", "name=a\rb"):
        with pytest.raises(SystemExit) as ended:
            main(["check", str(tmp_path / "s.json"), "--set", text])
        assert ended.value.code == 2 and "a line break" in capsys.readouterr().err


def test_many_faults_are_counted_not_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = json.dumps(toy() | {f"k{n}": 1 for n in range(3000)})
    (tmp_path / "s.json").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["check", str(tmp_path / "s.json")])
    said = capsys.readouterr().err
    assert said.count("unknown key") == 99 and "2,901 more faults" in said


@pytest.mark.parametrize(("sites", "is_refused"), [(900, True), (60, False)])
def test_places_times_periods_are_limited(sites: int, is_refused: bool) -> None:
    """Each within its own limit; 480 months."""
    scenario = toy()
    scenario["sites"] = {f"s{i}": {"zone": "cheap"} for i in range(sites)}
    scenario["horizon"] = {"start": "2027-01", "steps": [{"until": "2067-01", "step": "month"}]}
    if is_refused:
        with pytest.raises(InputError, match="places times periods of at most 200,000"):
            instance_of(scenario)
    else:
        assert len(instance_of(scenario).system.calendar.starts) == 480


@pytest.mark.parametrize(("sites", "is_built"), [(100, False), (2, True)])
def test_what_is_large_is_checked_without_its_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sites: int, is_built: bool
) -> None:
    scenario = toy()
    scenario["sites"] = {f"s{i}": {"zone": "cheap"} for i in range(sites)}
    scenario["horizon"] = {"start": "2027-01", "steps": [{"until": "2067-01", "step": "month"}]}
    (tmp_path / "s.json").write_text(json.dumps(scenario), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["check", str(tmp_path / "s.json"), "--json"])
    assert ended.value.code == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["model"] is not None) == is_built == bool(said["families"])


def test_a_path_that_is_set_has_an_end(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", str(TOY), "--set", ".".join(["a"] * 50_000) + "=1"])
    assert ended.value.code == 2 and "a path of 99,999 characters" in capsys.readouterr().err
