"""Terminal, report, tables, workbook, maps and calendar of a plan show the same numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting.cli.main import main
from siting.core.resources import builtin_path
from support.agreement import disagreements
from support.engine import toy, write_scenario
from support.instances_all import any_scenario

SEEDS = (2, 5, 9, 12, 16, 23, 31, 47, 58, 63)
"""Scenarios in which many families are on and something is served."""


def shown_by(scenario: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Disagreements of a scenario that is solved from the command line."""
    with pytest.raises(SystemExit) as stop:
        main(["solve", str(scenario), "-o", str(folder)])
    assert stop.value.code == 0
    return disagreements(folder, capsys.readouterr().out)


@pytest.mark.parametrize("seed", SEEDS)
def test_all_families(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_scenario(any_scenario(seed), tmp_path / "scenario.json")
    assert shown_by(path, tmp_path / "out", capsys) == []


@pytest.mark.parametrize("name", ["toy", "unlock-headroom", "shared-line", "smr-fleet"])
def test_shipped(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown_by(builtin_path(f"models/{name}.yaml"), tmp_path / "out", capsys) == []


@pytest.mark.slow
def test_national(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = builtin_path("models/federal-2035.yaml")
    assert shown_by(path, tmp_path / "out", capsys) == []


def test_a_changed_number_is_a_disagreement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_scenario(toy(), tmp_path / "scenario.json")
    folder = tmp_path / "out"
    assert shown_by(path, folder, capsys) == []
    table = folder / "tables" / "orders.csv"
    text = table.read_text(encoding="utf-8")
    before = text.splitlines()[1].split(",")[-1]
    table.write_text(text.replace(before, "2031-07-01"), encoding="utf-8")
    outputs = {line.partition(":")[0] for line in disagreements(folder, "")}
    assert {"plan.xlsx", "orders.ics", "report.html", "terminal"} <= outputs
