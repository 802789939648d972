"""Whatever number or date of a plan is changed, the audit finds it and names the row."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from siting.core.audit import Finding
from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.outputs.read import read_plan_tables
from siting.pipeline import load
from siting.solution.audit import audit_tables
from support.engine import plan_of, toy

ROWS_PER_TABLE = 12


def test_plan_as_written_passes(pjm_folder: Path) -> None:
    assert _audit(pjm_folder, {}) == ()


def test_every_changed_number_is_found(pjm_folder: Path) -> None:
    rng = Random(7)
    tables, _ = read_plan_tables(pjm_folder)
    tried = 0
    for name, table in tables.items():
        positions = sorted(rng.sample(range(len(table)), min(ROWS_PER_TABLE, len(table))))
        for position in positions:
            for column, cell in table.rows[position].items():
                changed = _changed(cell)
                if changed is None:
                    continue
                tampered = _replaced(table, position, column, changed)
                findings = _audit(pjm_folder, {name: tampered})
                place = f"tables/{name}.csv line {position + 2}"
                assert findings, f"{place}: {column} {cell} -> {changed} went unnoticed"
                assert any(place in finding.row for finding in findings) or column == "year"
                assert all(finding.rule for finding in findings)
                tried += 1
    assert tried > 300


def test_removed_row_is_found(pjm_folder: Path) -> None:
    tables, _ = read_plan_tables(pjm_folder)
    for name, table in tables.items():
        if len(table):
            shorter = Table(table.columns, table.rows[1:])
            assert _audit(pjm_folder, {name: shorter}), name


def test_invented_plant_is_found(pjm_folder: Path) -> None:
    tables, _ = read_plan_tables(pjm_folder)
    row = {**tables["plants"].rows[0], "item": "fusion", "technology": "fusion"}
    longer = Table(tables["plants"].columns, (*tables["plants"].rows, row))
    assert any(f.rule == "plants.item" for f in _audit(pjm_folder, {"plants": longer}))


@pytest.mark.parametrize("factor", [0.999, 1.001])
def test_changed_objective_is_found(pjm_folder: Path, factor: float) -> None:
    tables, _ = read_plan_tables(pjm_folder)
    loaded = load(pjm_folder / "scenario.json")
    stated = json.loads((pjm_folder / "plan.json").read_text(encoding="utf-8"))["objective_usd"]
    findings = audit_tables(loaded.instance, tables, stated * factor)
    assert [f.rule for f in findings] == ["costs.objective"]


def test_plan_of_one_scenario_fails_under_another(toy_plan: Plan) -> None:
    other = toy()
    other["components"]["transformers"]["classes"]["main_bank"]["lead_times"][1]["weeks"] = 27
    from support.engine import instance_of

    findings = audit_tables(instance_of(other), toy_plan.tables, toy_plan.objective_usd)
    assert any(f.rule == "transformers.lead_time" for f in findings)


def test_rules_are_audited_without_the_model() -> None:
    script = (
        "import sys\n"
        "from siting.solution import audit, claims, goals, purchases\n"
        "assert 'siting.model.build' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_audit_needs_neither_pyomo_nor_highs(pjm_folder: Path) -> None:
    script = (
        "import sys; sys.modules['pyomo'] = None; sys.modules['highspy'] = None\n"
        "from pathlib import Path\n"
        "from siting.cli.audit_plan import audit_folder\n"
        f"assert audit_folder(Path({str(pjm_folder)!r})) == []\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_failed_audit_is_never_optimal(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Finding("land.test", "row", "broken by hand")
    monkeypatch.setattr("siting.pipeline.audit_tables", lambda *_: (finding,))
    assert plan_of(toy()).status == "AUDIT_FAILED"


def _changed(cell: Cell) -> Cell:
    """Another number or date; None for text and blanks."""
    if isinstance(cell, bool) or cell is None or isinstance(cell, str):
        return None
    return cell + 1 if isinstance(cell, int | float) else cell + timedelta(days=1)


def _replaced(table: Table, position: int, column: str, value: Cell) -> Table:
    """The table with one cell changed."""
    rows = list(table.rows)
    rows[position] = {**rows[position], column: value}
    return Table(table.columns, tuple(rows))


_KNOWN: dict[Path, tuple[object, dict[str, Table], float]] = {}


def _audit(folder: Path, changes: dict[str, Table]) -> tuple[Finding, ...]:
    """Findings of a written plan with some tables changed."""
    if folder not in _KNOWN:
        tables, unreadable = read_plan_tables(folder)
        assert not unreadable
        stated = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["objective_usd"]
        _KNOWN[folder] = (load(folder / "scenario.json").instance, tables, stated)
    instance, tables, stated = _KNOWN[folder]
    return audit_tables(instance, {**tables, **changes}, stated)  # type: ignore[arg-type]
