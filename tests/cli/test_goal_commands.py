"""Goals as a planner meets them: scenario, check, solve, report."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pytest

from siting.cli.main import main
from siting.outputs.report.provenance import proof
from siting.outputs.report.words import headline
from support.engine import plan_of, toy, write_scenario


def run(arguments: list[str]) -> int:
    """Exit code of a command line."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


GOALS: list[dict[str, Any]] = [
    {"goal": "earliest", "it_mw": 50, "workload": "training", "tolerance_frac": 0.25},
    {"goal": "most_mw", "by": "2028-01"},
]


def scenario_with(tmp_path: Path, goals: object) -> str:
    """A file of the toy with goals."""
    return str(write_scenario({**toy(), "objectives": goals}, tmp_path / "scenario.json"))


WRONG: dict[str, tuple[object, list[str]]] = {
    "unknown goal": (
        [{"goal": "least_regret"}],
        ["objectives", "'least_regret'", "most_mw", "fewest_late_mw_months"],
    ),
    "misspelt goal": ([{"goal": "most_mv", "by": "2027-07"}], ["'most_mv'", "Write 'most_mw'"]),
    "no name": ([{"by": "2027-07"}], ["objectives", "missing key 'goal'"]),
    "no date": ([{"goal": "most_mw"}], ["objectives", "missing key 'by'"]),
    "not a date": ([{"goal": "most_mw", "by": "soon"}], ["by", "YYYY-MM", "soon"]),
    "no load": ([{"goal": "earliest"}], ["missing key 'it_mw'"]),
    "a load of nothing": ([{"goal": "earliest", "it_mw": 0}], ["it_mw", "MW above 0"]),
    "a key of another goal": (
        [{"goal": "least_cost", "by": "2027-07"}],
        ["unknown key 'by'", "tolerance_frac"],
    ),
    "percent": (
        [{"goal": "least_cost", "tolerance_frac": 5}],
        ["tolerance_frac", "share between 0 and 1", "0.05"],
    ),
    "before the horizon": (
        [{"goal": "most_mw", "by": "2026-12"}],
        ["objectives.0.by", "2026-12-01", "2027-01-01", "2029-01-01"],
    ),
    "after the horizon": (
        [{"goal": "least_cost"}, {"goal": "most_mw", "by": "2029-01"}],
        ["objectives.1.by", "2029-01-01 is not in the horizon"],
    ),
    "unknown workload": (
        [{"goal": "earliest", "it_mw": 5, "workload": "trainig"}],
        ["objectives.0.workload", "'trainig'", "training"],
    ),
    "no goal": ([], ["objectives", "at least 1 items"]),
    "not a list": ({"goal": "least_cost"}, ["objectives", "a list"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_goal_is_refused(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    goals, words = WRONG[name]
    assert run(["check", scenario_with(tmp_path, goals)]) == 2
    message = capfd.readouterr().err
    assert "Traceback" not in message
    for word in words:
        assert word in message


def test_check_prints_the_goals(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = scenario_with(tmp_path, GOALS)
    assert run(["check", path]) == 0
    text = capfd.readouterr().out
    first = "1. earliest date from which 50 MW of IT load of training are served"
    assert f"{first} (may give away 25 %)" in text
    assert "2. most IT load served in 2028-01" in text
    assert "3. least discounted cost, delay included (decides among equals)" in text
    assert run(["check", path, "--json"]) == 0
    data = json.loads(capfd.readouterr().out)
    assert [goal["goal"] for goal in data["goals"]] == ["earliest", "most_mw", "least_cost"]
    assert data["families"]["goals"]["columns"] == 3
    assert run(["check", scenario_with(tmp_path, [{"goal": "least_cost"}])]) == 0
    assert "Goal: least discounted cost" in capfd.readouterr().out


def test_solve_says_what_came_of_each(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(["solve", scenario_with(tmp_path, GOALS), "-o", str(out)]) == 0
    shown = capfd.readouterr()
    assert "served: 2027-07, proven best." in shown.out
    assert "most IT load served in 2028-01: 100 MW, proven best." in shown.out
    assert "goal 1 of 3, earliest: " in shown.err
    summary = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    first, second, last = summary["goals"]
    assert first == {
        "goal": "earliest",
        "it_mw": 50,
        "workload": "training",
        "tolerance_frac": 0.25,
        "unit": "date",
        "value": "2027-07-01",
        "best": "2027-07-01",
        "bound": "2027-07-01",
        "gap": 0,
        "status": "OPTIMAL",
    }
    assert second["by"] == "2028-01-01"
    assert last["value"] == summary["objective_usd"]
    assert run(["audit", str(out)]) == 0
    html = (out / "report.html").read_text(encoding="utf-8")
    assert "Goal 2: most IT load served in 2028-01" in html
    # what was solved can be solved again
    assert run(["solve", str(out / "scenario.json"), "-o", str(tmp_path / "again"), "--json"]) == 0


def test_schema_holds_the_goals(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    schema = json.loads(capfd.readouterr().out)
    goals = schema["$defs"]["Scenario.whole"]["properties"]["objectives"]["items"]["oneOf"]
    assert [goal["$ref"].rpartition("/")[2] for goal in goals] == [
        "LeastCost", "MostMw", "Earliest", "FewestLateMwMonths",
    ]  # fmt: skip


def test_words_of_the_report() -> None:
    plan = plan_of({**toy(), "objectives": GOALS})
    assert headline(plan).endswith("proven optimal in each of its 3 goals.")
    lines = dict(proof(plan))
    assert lines["Goal 2: most IT load served in 2028-01"] == "100 MW, proven best"
    assert "No plan that keeps the goals before can cost less than" in lines
    unknown = replace(plan.goals[2], bound=-inf, gap=inf, status="FEASIBLE")
    text = dict(proof(replace(plan, goals=(*plan.goals[:2], unknown))))[
        "Goal 3: least discounted cost, delay included"
    ]
    assert text.endswith("M USD, whether a better one exists is not known")
    never = plan_of({**toy(), "objectives": [{"goal": "earliest", "it_mw": 1000}]})
    text = dict(proof(never))["Goal 1: earliest date from which 1,000 MW of IT load are served"]
    assert text == "not within the horizon, proven best"
    assert "Goal 1: least discounted cost, delay included" not in dict(proof(plan_of(toy())))
