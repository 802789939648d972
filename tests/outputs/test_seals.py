"""Folders that are no plans any more, files that were changed, and what is claimed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from siting.cli.audit_plan import audit_whole
from siting.cli.main import main
from siting.outputs.entry import write_entry
from siting.outputs.stored import read_folder
from support.tampering import OUTPUTS, seal_anew


@pytest.fixture
def folder(pjm_folder: Path, tmp_path: Path) -> Path:
    """A written plan, free to change."""
    shutil.copytree(pjm_folder, tmp_path / "plan")
    return tmp_path / "plan"


def _code(*arguments: str) -> int:
    """Exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        main([*arguments])
    return int(ended.value.code or 0)


def _replace(path: Path, column: str, text: str) -> None:
    """Another text in a column of the first row."""
    head, row, *rest = path.read_text(encoding="utf-8").split("\n")
    cells = row.split(",")
    cells[head.split(",").index(column)] = text
    path.write_text("\n".join([head, ",".join(cells), *rest]), encoding="utf-8")


@pytest.mark.parametrize(
    ("table", "column", "text", "rule"),
    [
        ("service", "site", "zzz", "table.name"),
        ("generation", "technology", "", "table.name"),
        ("service", "site", "x" * 131_073, "table.text"),
        ("service", "it_mw", "1e999", "table.type"),
        ("service", "it_mw", "1_000", "table.type"),
        ("service", "period_start", "20270101", "table.type"),
        ("service", "period_start", "9999-12-31", "workloads."),
        ("commitments", "is_tiered", "true", "land."),
    ],
)
def test_a_wrong_cell_is_named_with_its_row(
    folder: Path, table: str, column: str, text: str, rule: str
) -> None:
    _replace(folder / "tables" / f"{table}.csv", column, text)
    assert seal_anew(folder)
    findings = audit_whole(folder).findings
    assert any(f.startswith(rule) and f"tables/{table}.csv line 2" in f for f in findings), findings
    assert _code("audit", str(folder)) == 6


def test_a_table_of_another_plan_and_a_link_are_named(folder: Path) -> None:
    (folder / "tables" / "extra.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "tables" / "power.csv").unlink()
    (folder / "tables" / "power.csv").symlink_to("/etc/hostname")
    findings = audit_whole(folder).findings
    assert "seal.extra: tables/extra.csv: not written with the plan" in findings
    assert "table.text: tables/power.csv: a symbolic link" in findings


@pytest.mark.parametrize("text", ["-Infinity", "1e999", "NaN", "7"])
@pytest.mark.parametrize("key", ["solve_seconds", "gap", "bound_usd", "any_plan_usd"])
def test_text_in_place_of_a_number_is_no_plan_to_draw(
    folder: Path, tmp_path: Path, key: str, text: str
) -> None:
    summary = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    (folder / "plan.json").write_text(json.dumps({**summary, key: text}), encoding="utf-8")
    assert _code("export", str(folder), "-o", str(tmp_path / "layers")) == 2


@pytest.mark.parametrize("name", ["plan.json", "scenario.json"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[" * 100_000, b"NaN", b"[]"])
def test_a_folder_that_is_no_plan_is_refused(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    assert _code("audit", str(folder)) == 2


@pytest.mark.parametrize("name", OUTPUTS)
def test_changed_outputs_are_named_apart_from_rules(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"mine")
    audited = audit_whole(folder)
    assert (audited.findings, audited.changed) == (
        (),
        (f"seal.changed: {name}: not what was written",),
    )
    assert _code("audit", str(folder)) == 0
    (folder / name).unlink()
    assert audit_whole(folder).changed == (f"seal.missing: {name}: the file is missing",)
    assert _code("audit", str(folder), "--strict") == 6


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("gap", 0.5, "claims.gap"),
        ("bound_usd", 9e14, "claims.bound"),
        ("status", "AUDIT_FAILED", "claims.status"),
        ("any_plan_usd", -1.0, "claims.any_plan"),
        ("audit", {"passed": True, "findings": ["a"]}, "claims.audit"),
        ("title", "another", "seal.changed: plan.json"),
    ],
)
def test_changed_claims_are_found(folder: Path, key: str, value: object, rule: str) -> None:
    stated = json.loads((folder / "plan.json").read_bytes())
    (folder / "plan.json").write_text(json.dumps({**stated, key: value}), encoding="utf-8")
    if rule.startswith("claims."):
        assert seal_anew(folder)
    assert any(f.startswith(rule) for f in audit_whole(folder).findings)


@pytest.mark.parametrize("key", ["bound", "gap"])
@pytest.mark.parametrize("value", [0.25, -1, None, "zzz", [], 1e300])
def test_the_cost_among_the_goals_says_what_the_plan_says(
    folder: Path, key: str, value: object
) -> None:
    stated = json.loads((folder / "plan.json").read_bytes())
    stated["goals"][-1][key] = value
    (folder / "plan.json").write_text(json.dumps(stated), encoding="utf-8")
    assert seal_anew(folder)
    assert any(f.startswith("claims.goal: plan.json") for f in audit_whole(folder).findings)


def test_a_plan_without_seals_is_named(folder: Path) -> None:
    stated = json.loads((folder / "plan.json").read_bytes())
    del stated["seals"]
    (folder / "plan.json").write_text(json.dumps(stated), encoding="utf-8")
    assert audit_whole(folder).findings == (
        "seal.missing: plan.json: no seals of the files of the plan",
    )


def test_what_siting_adds_to_the_map_is_sealed(folder: Path) -> None:
    system = read_folder(folder).instance.system
    write_entry(folder, system, next(iter(system.sites)), 1.0, 2)
    assert audit_whole(folder).changed == ()
