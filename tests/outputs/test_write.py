"""The whole folder: the same bytes for the same plan, all or nothing."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from outputs.sample import full_plan, minimal_plan
from siting.core.plan import Plan
from siting.outputs import geopackage
from siting.outputs.write import write_plan

MAPS = {"plan.geojson", "plan.gpkg", "report.html"}
PROOF = {"certificate.json", "search.log"}
FILES = {
    "plan.stac.json",
    "plan.json",
    "scenario.json",
    "plan.xlsx",
    "orders.ics",
    "tables",
    *PROOF,
    *MAPS,
}


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("plan", [full_plan(), minimal_plan()], ids=["full", "minimal"])
def test_two_writes_are_identical(plan: Plan, tmp_path: Path) -> None:
    write_plan(plan, tmp_path / "one")
    write_plan(plan, tmp_path / "two")
    assert {p.name for p in (tmp_path / "one").iterdir()} == FILES
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert {p.stem for p in (tmp_path / "one" / "tables").iterdir()} == set(plan.tables)
    assert str(tmp_path) not in (tmp_path / "one" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_failure_in_the_middle_keeps_the_earlier_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    target = tmp_path / "plan"
    write_plan(full_plan(), target)
    before = digests(target)

    def fail(plan: Plan, path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise error

    monkeypatch.setattr(geopackage, "write_geopackage", fail)
    for goal in (target, tmp_path / "other"):
        with pytest.raises(error):
            write_plan(minimal_plan(), goal)
    assert os.listdir(tmp_path) == ["plan"]
    assert digests(target) == before
