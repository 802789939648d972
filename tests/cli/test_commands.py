"""Commands as a planner types them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from siting.cli.audit_plan import audit_folder
from siting.cli.main import main
from siting.cli.starter import starters
from siting.families.registry import COMPONENTS
from siting.pipeline import load
from support.engine import BUILTIN, TOY, write_scenario
from support.networks import lattice


def run(arguments: list[str]) -> int:
    """Exit code of a command line."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


def test_init_check_solve_audit(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    demo, out = tmp_path / "demo", tmp_path / "out"
    assert run(["init", str(demo), "--scenario", "toy"]) == 0
    assert run(["check", str(demo / "scenario.yaml"), "--json"]) == 0
    assert run(["solve", str(demo / "scenario.yaml"), "-o", str(out), "--json"]) == 0
    assert run(["audit", str(out)]) == 0
    assert "passes its audit" in capfd.readouterr().out
    names = {p.name for p in out.iterdir()}
    assert names == {
        "plan.json",
        "scenario.json",
        "plan.geojson",
        "plan.gpkg",
        "plan.xlsx",
        "orders.ics",
        "plan.stac.json",
        "report.html",
        "certificate.json",
        "search.log",
        "tables",
    }
    # a plan can be replaced by the next one
    assert run(["solve", str(out / "scenario.json"), "-o", str(out)]) == 0


def test_toy_equals_the_paper_answer(tmp_path: Path) -> None:
    assert run(["solve", str(TOY), "-o", str(tmp_path / "out"), "--json"]) == 0
    plan = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert plan["objective_usd"] == pytest.approx(79_900_000, rel=1e-9)
    assert "79,900,000" in TOY.read_text(encoding="utf-8")
    keys = {"status", "objective_usd", "bound_usd", "gap", "solve_seconds", "model", "versions"}
    assert keys | {"inputs", "settings"} <= set(plan)
    assert set(plan["model"]) == {"rows", "columns", "integers", "nonzeros"}
    assert len(plan["inputs"]["toy.yaml"]) == 64


def test_tampered_plan_exits_6(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(["solve", str(TOY), "-o", str(out), "--json"]) == 0
    orders = out / "tables" / "orders.csv"
    orders.write_text(orders.read_text().replace("2027-12-30", "2027-11-30"), encoding="utf-8")
    assert run(["audit", str(out)]) == 6
    assert "transformers.lead_time: tables/orders.csv line 3" in capfd.readouterr().out


def test_json_is_all_that_stdout_holds(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["solve", str(TOY), "-o", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["status"] == "OPTIMAL"
    assert run(["check", "none.yaml", "--json"]) == 2
    assert json.loads(capfd.readouterr().out)["exit_code"] == 2


def test_version(capfd: pytest.CaptureFixture[str]) -> None:
    """The version of the package that is installed."""
    assert run(["--version"]) == 0
    assert capfd.readouterr().out == f"siting {version('siting')}\n"


def test_schema_is_json_schema(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    schema = json.loads(capfd.readouterr().out)
    whole = schema["$defs"]["Scenario.whole"]
    assert whole["type"] == "object"
    assert {"sites", "horizon", "components"} <= set(whole["required"])


def test_wrong_command_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["solve", str(TOY)]) == 2
    assert run(["slove"]) == 2
    assert run(["solve", str(TOY), "-o", "x", "--set", "nonsense"]) == 2
    assert "Traceback" not in capfd.readouterr().err


def test_override(tmp_path: Path) -> None:
    change = "components.energy.network_usd_per_mw_year=10000"
    assert run(["solve", str(TOY), "-o", str(tmp_path / "out"), "--set", change, "--json"]) == 0
    plan = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert plan["objective_usd"] == pytest.approx(81_400_000, rel=1e-9)


def test_stopped_at_a_limit_keeps_the_plan(tmp_path: Path) -> None:
    """A lattice whose first plan takes a second and whose proof takes hours."""
    scenario = write_scenario(lattice(), tmp_path / "lattice.json")
    arguments = ["--gap", "0", "--time-limit", "10", "--json"]
    assert run(["solve", str(scenario), "-o", str(tmp_path / "out"), *arguments]) == 4
    plan = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert plan["status"] == "FEASIBLE"
    assert 0 < plan["gap"] < 1
    assert plan["audit"]["passed"]
    assert audit_folder(tmp_path / "out") == []


def test_interrupt_keeps_the_plan(tmp_path: Path) -> None:
    scenario = BUILTIN / "models" / "federal-2035.yaml"
    command = [
        sys.executable,
        "-m",
        "siting.cli",
        "solve",
        str(scenario),
        "-o",
        str(tmp_path / "out"),
    ]
    process = subprocess.Popen(
        [*command, "--gap", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    time.sleep(30)
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=180)
    assert process.returncode in (4, 5), errors
    assert "Traceback" not in errors
    assert (tmp_path / "out" / "plan.json").is_file() == (process.returncode == 4)


def test_explain_names_the_steps_on_the_way_to_power(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--family", "campus"]) == 0
    printed = capfd.readouterr().out
    assert "    Halls  delayed by the review of the site, the ramp of its halls\n" in printed
    assert run(["explain", "--family", "water"]) == 0
    assert "Steps on the way to power" not in capfd.readouterr().out


@pytest.mark.parametrize("family", sorted(COMPONENTS))
def test_explain_prints_the_formulation(family: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--family", family]) == 0
    printed = capfd.readouterr().out
    for section in ("Question:", "Formulation", "Symbols", "Sources:", "Limits:"):
        assert section in printed
    component = COMPONENTS[family]
    for name, decision in component.decisions.items():
        assert re.search(
            rf"^    {name} +{re.escape(decision.commits)}; {decision.decided}$", printed, re.M
        )
    for rule in (*component.limits, *component.logic):
        assert f"\n    ({rule}) " in printed
    assert run(["explain", "--family", "all"]) == 0
    assert f"\n{family} " in "\n" + capfd.readouterr().out


def test_explain_of_an_unknown_family(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--family", "tides"]) == 2
    printed = capfd.readouterr()
    assert "unknown family 'tides'" in printed.err + printed.out


@pytest.mark.parametrize("name", starters())
def test_every_built_in_scenario_can_be_started_from(name: str, tmp_path: Path) -> None:
    assert run(["init", str(tmp_path / "demo"), "--scenario", name]) == 0
    instance = load(tmp_path / "demo" / "scenario.yaml").instance
    assert instance.scenario.name == name
