"""Whatever a plan says of its goals is compared with its tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from siting.cli.audit_plan import audit_folder
from siting.core.plan import Plan
from siting.instance.build import Instance
from siting.outputs.write import write_plan
from siting.solution.goals import audit_goals
from support.engine import instance_of, plan_of, toy

Rows = list[dict[str, Any]]
GOALS = [
    {"goal": "most_mw", "by": "2027-07", "tolerance_frac": 0.5},
    {"goal": "earliest", "it_mw": 40, "workload": "training"},
    {"goal": "fewest_late_mw_months"},
]


@pytest.fixture(scope="module")
def solved() -> tuple[Instance, Plan]:
    """The toy with every kind of goal, under a budget that lets far take 50 MW."""
    scenario = toy()
    scenario["objectives"] = GOALS
    scenario["components"]["budget"] = {"max_overnight_usd": 110_000_000}
    scenario["nodes"] = {"poi": {"zone": "dear", "capacity_mw": 50}}
    scenario["sites"]["far"]["node"] = "poi"
    return instance_of(scenario), plan_of(scenario)


def put(place: int, key: str, value: object) -> Callable[[Rows], None]:
    """A change of one value of a goal."""

    def change(rows: Rows) -> None:
        rows[place][key] = value

    return change


CASES: dict[str, tuple[Callable[[Rows], None], str, str]] = {
    "more MW": (put(0, "value", 60.0), "goals.value", "goals.0"),
    "a little more MW": (put(0, "value", 50.001), "goals.value", "goals.0"),
    "no MW": (put(0, "value", None), "goals.type", "goals.0"),
    "text for MW": (put(0, "value", "50 MW"), "goals.type", "goals.0"),
    "an earlier date": (put(1, "value", "2027-01-01"), "goals.value", "goals.1"),
    "no date": (put(1, "value", None), "goals.value", "goals.1"),
    "not a date": (put(1, "value", 3), "goals.type", "goals.1"),
    "fewer late": (put(2, "value", 899.0), "goals.value", "goals.2"),
    "another cost": (put(3, "value", 1e8), "goals.value", "goals.3"),
    "gave away more than allowed": (put(0, "best", 101.0), "goals.tolerance", "goals.0"),
    "reached later than allowed": (put(1, "best", "2027-01-01"), "goals.tolerance", "goals.1"),
    "better than its best": (put(2, "best", 1000.0), "goals.tolerance", "goals.2"),
    "better than its bound": (put(0, "bound", 40.0), "goals.bound", "goals.0"),
    "earlier than its bound": (put(1, "bound", "2028-01-01"), "goals.bound", "goals.1"),
    "cheaper than its bound": (put(3, "bound", 1e12), "goals.bound", "goals.3"),
    "another date asked for": (put(0, "by", "2028-01-01"), "goals.list", "goals.0"),
    "another load asked for": (put(1, "it_mw", 30), "goals.list", "goals.1"),
    "another workload": (put(1, "workload", None), "goals.list", "goals.1"),
    "more tolerance": (put(0, "tolerance_frac", 1.0), "goals.list", "goals.0"),
    "another order": (lambda rows: rows.insert(0, rows.pop(1)), "goals.list", "goals.0"),
    "a goal left out": (lambda rows: rows.clear(), "goals.list", "plan.json"),
}


def test_plan_passes(solved: tuple[Instance, Plan]) -> None:
    instance, plan = solved
    # far is the only site, so the tolerance of the first goal gives nothing away to the others
    assert [r.as_json()["value"] for r in plan.goals[:3]] == [50.0, "2027-07-01", 900.0]
    assert plan.findings == ()
    assert audit_goals(instance, plan.tables, [r.as_json() for r in plan.goals]) == ()


@pytest.mark.parametrize("name", CASES)
def test_wrong_goal_is_found(name: str, solved: tuple[Instance, Plan]) -> None:
    instance, plan = solved
    change, rule, where = CASES[name]
    rows = [r.as_json() for r in plan.goals]
    change(rows)
    findings = audit_goals(instance, plan.tables, rows)
    assert any(f.rule == rule and where in f.row for f in findings), findings


@pytest.mark.parametrize("stated", [None, {}, "most", [1, 2, 3, 4], 7])
def test_what_is_no_list_of_goals_is_found(stated: object, solved: tuple[Instance, Plan]) -> None:
    instance, plan = solved
    assert [f.rule for f in audit_goals(instance, plan.tables, stated)] == ["goals.list"]


def test_changed_plan_json_is_found(solved: tuple[Instance, Plan], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_plan(solved[1], folder)
    assert audit_folder(folder) == []
    path = folder / "plan.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    summary["goals"][2]["value"] = 0.0
    path.write_text(json.dumps(summary), encoding="utf-8")
    assert any(f.startswith("goals.value: plan.json goals.2") for f in audit_folder(folder))
