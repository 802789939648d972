"""CSV and JSON of a plan."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from outputs.sample import HOSTILE, full_plan
from siting.core.table import Cell, Table
from siting.outputs.read import read_plan_tables
from siting.outputs.tables import cell_text, summary, write_json, write_tables


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (date(2029, 7, 1), "2029-07-01"),
        (3, "3"),
        (-3, "-3"),
        (100.0, "100"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333333333"),
        (-1.5, "-1.5"),
        (1e-12, "0"),
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("'x", "''x"),
        ("a=b", "a=b"),
    ],
)
def test_cells(cell: Cell, text: str) -> None:
    assert cell_text(cell) == text


def test_numpy_numbers_are_plain() -> None:
    numpy = pytest.importorskip("numpy")
    assert cell_text(numpy.float64(1.5)) == "1.5"


@pytest.mark.parametrize("cell", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_none_are_refused(cell: float) -> None:
    with pytest.raises(ValueError, match="not a number"):
        cell_text(cell)


def test_bytes_of_a_table(tmp_path: Path) -> None:
    table = Table.of(
        ("site", "it_mw"), [{"site": 'a "b", c', "it_mw": 0.5}, {"site": "é", "it_mw": None}]
    )
    write_tables({"power": table}, tmp_path / "tables")
    assert (tmp_path / "tables" / "power.csv").read_bytes() == (
        b'site,it_mw\n"a ""b"", c",0.5\n\xc3\xa9,\n'
    )


def test_hostile_text_is_neutral_and_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    write_tables(full_plan().tables, folder)
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [c for c in cells if c.startswith(("=", "+", "@", "\t", "\r"))]
        assert not [c for c in cells if c.startswith("-") and not c[1:].replace(".", "").isdigit()]
        assert "-2" not in cells
    names = [row["name"] for row in read_plan_tables(folder.parent)[0]["sites"]]
    assert names[: len(HOSTILE)] == list(HOSTILE)


def test_typed_reading_gives_the_tables_back(tmp_path: Path) -> None:
    plan = full_plan()
    write_tables(plan.tables, tmp_path / "tables")
    tables, findings = read_plan_tables(tmp_path)
    assert findings == []
    assert set(tables) == set(plan.tables)
    for name, table in plan.tables.items():
        assert tables[name].columns == table.columns
        for read, written in zip(tables[name], table, strict=True):
            for column in table.columns:
                assert read[column] == (None if written[column] == "" else written[column]), column


def test_summary_keys_and_audit() -> None:
    plan = full_plan()
    data = summary(plan)
    assert set(data) == {
        "name", "title", "status", "objective_usd", "bound_usd", "gap", "solve_seconds", "model",
        "versions", "inputs", "settings", "audit", "generated_by", "goals", "ended_by", "any_plan_usd",
        "warnings",
    }  # fmt: skip
    assert data["audit"] == {"passed": True, "findings": []}
    assert data["generated_by"] == "siting 0.1.0"
    failed = summary(replace(plan, findings=("land: row 3: too many acres",)))
    assert failed["audit"] == {"passed": False, "findings": ["land: row 3: too many acres"]}


def test_json_is_sorted_strict_and_dated(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_json({"b": 1, "a": {"d": date(2027, 1, 1), "c": "é"}}, path)
    assert path.read_bytes() == (
        '{\n "a": {\n  "c": "é",\n  "d": "2027-01-01"\n },\n "b": 1\n}\n'.encode()
    )
    with pytest.raises(ValueError, match="JSON"):
        write_json({"a": float("nan")}, path)
    with pytest.raises(TypeError, match="set"):
        write_json({"a": {1}}, path)


def test_unproven_bound_is_null(tmp_path: Path) -> None:
    plan = replace(full_plan(), bound_usd=-float("inf"), gap=float("inf"))
    write_json(summary(plan), tmp_path / "plan.json")
    data = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert data["bound_usd"] is None
    assert data["gap"] is None
