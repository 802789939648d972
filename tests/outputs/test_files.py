"""Several files take their places together, or after a kill with the next command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from siting.outputs.folder import MOVES, settle, whole_files
from siting.outputs.plain import sha256_of
from siting.outputs.stored import read_folder
from siting.outputs.write import write_plan
from support.engine import plan_of, toy

NAMES = ("out.gpkg", "out.png", "sub/out.yaml")
KILLED = """
import os, signal, sys
from pathlib import Path
from siting.outputs.folder import whole_files
real, left = os.replace, [int(sys.argv[1])]
def replace(*paths):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    real(*paths)
os.replace = replace
with whole_files([Path(name) for name in sys.argv[2:]]) as fresh:
    for path in fresh:
        path.write_text("new")
"""


def texts(folder: Path) -> list[str]:
    """What is in the files."""
    return [(folder / name).read_text(encoding="utf-8") for name in NAMES]


def left(folder: Path) -> list[str]:
    """Everything else."""
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    return sorted(set(found) - set(NAMES) - {"sub"})


def place(folder: Path) -> list[Path]:
    """Files of an earlier run."""
    (folder / "sub").mkdir()
    for name in NAMES:
        (folder / name).write_text("old", encoding="utf-8")
    return [folder / name for name in NAMES]


def test_files_take_their_places_together(tmp_path: Path) -> None:
    targets = place(tmp_path)
    with whole_files(targets) as fresh:
        for path in fresh:
            path.write_text("new", encoding="utf-8")
        assert texts(tmp_path) == ["old"] * 3
        assert [path.suffix for path in fresh] == [path.suffix for path in targets]
    assert texts(tmp_path) == ["new"] * 3
    assert left(tmp_path) == []


@pytest.mark.parametrize("moves", range(4))
def test_killed_at_each_move(tmp_path: Path, moves: int) -> None:
    """The first move makes the record of what is ready; without it nothing has changed."""
    targets = place(tmp_path)
    words = [sys.executable, "-c", KILLED, str(moves), *map(str, targets)]
    assert subprocess.run(words, check=False).returncode == -9
    for target in targets:
        settle(target)
    assert texts(tmp_path) == ["new" if moves else "old"] * 3
    assert left(tmp_path) == []


def test_a_record_moves_nothing_but_from_working_folders_beside_the_place(tmp_path: Path) -> None:
    """Somebody else may have put it there."""
    work, home = tmp_path / ".out.gpkg.abcdefgh.work", tmp_path / "home"
    for folder in (work, home, home / "sub"):
        folder.mkdir()
    (home / "mine").write_text("mine", encoding="utf-8")
    (work / "theirs").write_text("theirs", encoding="utf-8")
    moves: list[object] = [
        [str(work / "theirs"), str(home / "mine")],
        [str(work / "theirs"), str(work / ".." / "home" / "mine")],
        [str(home / "mine"), str(tmp_path / "out.gpkg")],
        [str(work / "theirs"), str(home / "sub")],
    ]
    for record in (moves, {"a": 1}, [[1, 2]], 7, "x"):
        work.mkdir(exist_ok=True)
        (work / MOVES).write_text(json.dumps(record), encoding="utf-8")
        settle(tmp_path / "out.gpkg")
        assert (home / "mine").read_text(encoding="utf-8") == "mine"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]


def test_a_map_and_its_seal_change_together(tmp_path: Path) -> None:
    """``siting explain --write``, killed when the map is in place but not yet its seal."""
    target = tmp_path / "plan"
    write_plan(plan_of(toy()), target)
    script = KILLED.partition("with whole_files")[0] + (
        "from siting.outputs.entry import write_entry\n"
        "from siting.outputs.stored import read_folder\n"
        "folder = Path(sys.argv[2])\n"
        "write_entry(folder, read_folder(folder).instance.system, 'far', 7.0, 3)\n"
    )
    words = [sys.executable, "-c", script, "2", str(target)]
    assert subprocess.run(words, check=False).returncode == -9
    stated = json.loads((target / "plan.json").read_bytes())
    assert stated["seals"]["plan.geojson"] != sha256_of(target / "plan.geojson")
    sealed = read_folder(target).summary["seals"]
    assert sealed["plan.geojson"] == sha256_of(target / "plan.geojson")
