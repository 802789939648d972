"""Warnings on the terminal, in JSON, in plan.json and in the report; ``--strict``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from siting.cli.main import main
from siting.outputs.stored import read_plan
from support.engine import toy, write_scenario

WORDS = "being late costs nothing for 'training': the cheapest plan never serves it"
NOTHING = "plan: the plan serves nothing: 'training', 100 MW"


def run(arguments: list[str]) -> int:
    """Exit code of a command line."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


@pytest.fixture
def free(tmp_path: Path) -> Path:
    """The toy with targets that cost nothing when they are late: the empty plan is optimal, 0 USD."""
    scenario: dict[str, Any] = toy()
    scenario["components"]["workloads"]["kinds"]["training"]["delay_cost_usd_per_mw_month"] = 0
    return write_scenario(scenario, tmp_path / "free.yaml")


def test_check_says_it_and_strict_refuses(free: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(free)]) == 0
    assert WORDS in " ".join(capfd.readouterr().out.split())
    assert run(["check", str(free), "--json"]) == 0
    (one,) = json.loads(capfd.readouterr().out)["warnings"]
    assert one.startswith(f"{free}:")
    assert WORDS in one
    assert run(["check", str(free), "--strict"]) == 2
    assert WORDS in " ".join(capfd.readouterr().err.split())


def test_an_empty_plan_is_told(
    free: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(["solve", str(free), "-o", str(out)]) == 0
    printed = " ".join(capfd.readouterr().out.split())
    assert WORDS in printed
    assert NOTHING in printed
    told = json.loads((out / "plan.json").read_text(encoding="utf-8"))["warnings"]
    assert [WORDS in told[0], NOTHING in told[1], len(told)] == [True, True, 2]
    assert read_plan(out).warnings == tuple(told)
    assert "the plan serves nothing" in (out / "report.html").read_text(encoding="utf-8")


def test_strict_refuses_before_solving(free: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(["solve", str(free), "-o", str(out), "--strict"]) == 2
    assert run(["compare", str(free), "-o", str(out), "--strict"]) == 2
    assert not out.exists()


def test_strict_after_solving_keeps_the_plan(tmp_path: Path) -> None:
    """A delay of a thousandth of what serving costs: no plan pays for it, as only solving shows."""
    scenario = toy()
    scenario["components"]["workloads"]["kinds"]["training"]["delay_cost_usd_per_mw_month"] = 1000
    path, out = write_scenario(scenario, tmp_path / "cheap.yaml"), tmp_path / "out"
    assert run(["solve", str(path), "-o", str(out), "--strict"]) == 2
    (one,) = json.loads((out / "plan.json").read_text(encoding="utf-8"))["warnings"]
    assert NOTHING in one


def test_a_study_tells_them(free: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    given = ["compare", str(free), "-o", str(out), "--strategies", "optimal,build_now"]
    assert run(given) == 0
    assert WORDS in " ".join(capfd.readouterr().out.split())
    assert len(json.loads((out / "compare.json").read_text(encoding="utf-8"))["warnings"]) == 2
    assert WORDS in (out / "compare.html").read_text(encoding="utf-8").replace("&#39;", "'")


def test_a_right_scenario_has_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_scenario(toy(), tmp_path / "toy.yaml")
    assert run(["solve", str(path), "-o", str(tmp_path / "out"), "--strict"]) == 0
    assert "Warnings" not in capfd.readouterr().out
