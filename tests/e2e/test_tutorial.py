"""The tutorial, followed to the letter: what it types is typed, what it shows is shown."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from siting.outputs.planner_book import HEADER
from siting.outputs.stored import read_plan
from support.engine import BUILTIN
from support.shown import difference

PAGE = BUILTIN / "docs" / "guide" / "spreadsheet-to-map.md"
BLOCK = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EDIT = re.compile(r"^\| `(\w+)` \| `(\w+)` \| `(\w+)` \| `([^`]+)` \|$", re.MULTILINE)


def siting(line: str, folder: Path) -> str:
    """What a command of the page prints."""
    words = shlex.split(line)
    assert words[0] == "siting"
    done = subprocess.run(
        [sys.executable, "-m", "siting.cli", *words[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def fill_in(book: openpyxl.Workbook, edits: list[tuple[str, str, str, str]]) -> None:
    """Make the changes of the page: in the row whose id or first name is stated, or a new one."""
    for sheet, row, column, value in edits:
        page = book[sheet]
        header = [cell.value for cell in page[HEADER]]
        ids = header.index("id" if "id" in header else "workload") + 1
        known = {page.cell(line, ids).value: line for line in range(HEADER + 1, page.max_row + 1)}
        line = known.get(row, page.max_row + 1)
        page.cell(line, ids).value = row
        is_number = re.fullmatch(r"-?[0-9.]+", value)
        page.cell(line, header.index(column) + 1).value = float(value) if is_number else value


@pytest.mark.slow
def test_the_tutorial_leads_from_the_workbook_to_a_map(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    printed = ""
    asked = 0
    for part in re.split(r"(?=^## )", text, flags=re.MULTILINE):
        edits = [found.groups() for found in EDIT.finditer(part)]
        if edits:
            path = tmp_path / "mine" / "planning.xlsx"
            book = openpyxl.load_workbook(path)
            fill_in(book, [(a, b, c, d) for a, b, c, d in edits])
            book.save(path)
        for block in BLOCK.findall(part):
            if block.startswith("siting "):
                for line in block.strip().splitlines():
                    printed = siting(line, tmp_path)
                    asked += 1
            else:
                assert difference(block, printed) == ""
    assert asked == 7
    plan = read_plan(tmp_path / "mine" / "out")
    assert plan.status == "OPTIMAL" and plan.findings == ()
    sites = {row["site"]: row for row in plan.tables["sites"]}
    assert set(sites) == {"north", "south", "ridge"}
    assert sites["north"]["buildable_acres"] == 300
    served = [row for row in plan.tables["timeline"] if row["workload"] == "training"]
    assert [row["target_mw"] for row in served if str(row["period_start"]) == "2032-01-01"] == [500]
    assert (tmp_path / "mine" / "map.png").stat().st_size > 10_000
    # another price, another cost
    dear = read_plan(tmp_path / "mine" / "dear")
    assert dear.objective_usd > plan.bound_usd
    for name in ("report.html", "plan.gpkg", "plan.xlsx", "plan.geojson"):
        assert (tmp_path / "mine" / "out" / name).exists()
