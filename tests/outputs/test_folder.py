"""Output folders appear whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from siting.core.errors import InputError
from siting.outputs.folder import (
    COMPARISON,
    HEADROOM,
    LAYERS,
    NEW,
    OLD,
    PLAN,
    check_target,
    settle,
    whole_folder,
    working_folder,
)


def write_marker(folder: Path, by: str = "siting 0.1.0") -> None:
    """Make a folder look like one of ours."""
    folder.mkdir(exist_ok=True)
    (folder / "plan.json").write_text(json.dumps({"generated_by": by}), encoding="utf-8")


def test_new_folder_appears_with_its_content(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "plan"
    with whole_folder(target, PLAN) as folder:
        (folder / "a.txt").write_text("a", encoding="utf-8")
        assert not target.exists()
        assert folder.parent.parent == target.parent
    assert (target / "a.txt").read_text(encoding="utf-8") == "a"
    assert [p.name for p in target.parent.iterdir()] == ["plan"]
    assert target.stat().st_mode & 0o777 == 0o755


def test_earlier_plan_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    with whole_folder(target, PLAN) as folder:
        write_marker(folder)
        (folder / "old.txt").write_text("old", encoding="utf-8")
    with whole_folder(target, PLAN) as folder:
        (folder / "new.txt").write_text("new", encoding="utf-8")
        assert (target / "old.txt").exists()
    assert [p.name for p in target.iterdir()] == ["new.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_failure_leaves_the_earlier_plan(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "plan"
    write_marker(target)
    with pytest.raises(error), whole_folder(target, PLAN) as folder:
        (folder / "half.txt").write_text("half", encoding="utf-8")
        raise error
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]
    assert [p.name for p in target.iterdir()] == ["plan.json"]


def test_failure_leaves_nothing_new(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), whole_folder(tmp_path / "plan", PLAN):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_failed_rename_puts_the_earlier_plan_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "plan"
    write_marker(target)
    real = os.replace
    seen: list[str] = []

    def second_fails(source: Path, goal: Path) -> None:
        seen.append(str(source))
        if len(seen) == 2:
            raise OSError("no space")
        real(source, goal)

    monkeypatch.setattr(os, "replace", second_fails)
    with pytest.raises(OSError, match="no space"), whole_folder(target, PLAN) as folder:
        (folder / "new.txt").write_text("new", encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]
    assert [p.name for p in target.iterdir()] == ["plan.json"]


@pytest.mark.parametrize(
    "marker",
    [None, "[]", "{", "{}", '{"generated_by": 3}', '{"generated_by": "other 1"}', "[" * 9999],
)
def test_foreign_folder_is_refused_before_work(tmp_path: Path, marker: str | None) -> None:
    target = tmp_path / "plan"
    target.mkdir()
    (target / "thesis.txt").write_text("mine", encoding="utf-8")
    if marker is not None:
        (target / "plan.json").write_text(marker, encoding="utf-8")
    with pytest.raises(InputError, match="other content"), whole_folder(target, PLAN):
        pytest.fail("work started")
    assert (target / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_links_and_files_are_refused(tmp_path: Path) -> None:
    write_marker(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "dangling").symlink_to(tmp_path / "none")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for name, words in (
        ("link", "symbolic link"),
        ("dangling", "symbolic link"),
        ("file", "a file"),
        ("file/below", "not a folder"),
    ):
        with pytest.raises(InputError, match=words):
            check_target(tmp_path / name, PLAN)


def test_marker_that_is_a_link_is_not_ours(tmp_path: Path) -> None:
    write_marker(tmp_path / "real")
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "plan.json").symlink_to(tmp_path / "real" / "plan.json")
    with pytest.raises(InputError, match="other content"):
        check_target(tmp_path / "plan", PLAN)


def test_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    with whole_folder(tmp_path / "plan", PLAN) as folder:
        (folder / "a").touch()
    assert (tmp_path / "plan" / "a").exists()


@pytest.mark.parametrize("other", [COMPARISON, HEADROOM, LAYERS])
def test_nothing_else_takes_the_place_of_a_plan(other: str, tmp_path: Path) -> None:
    target = tmp_path / "plan"
    write_marker(target)
    with (
        pytest.raises(InputError, match="a folder with other content"),
        whole_folder(target, other) as folder,
    ):
        (folder / other).touch()
    assert [p.name for p in target.iterdir()] == [PLAN]


def write_run(target: Path, text: str, marker: str = PLAN) -> None:
    """A run that writes a marker and a table."""
    with whole_folder(target, marker) as folder:
        (folder / marker).write_text('{"generated_by": "siting 0.1.0"}', encoding="utf-8")
        (folder / "tables").mkdir()
        (folder / "tables" / f"{text}.csv").write_text(text, encoding="utf-8")


def contents(folder: Path) -> dict[str, str]:
    """Text of every file but the marker, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (PLAN, COMPARISON, HEADROOM, LAYERS)
    }


@pytest.mark.parametrize("marker", [PLAN, COMPARISON, HEADROOM, LAYERS])
def test_what_no_run_wrote_is_kept(marker: str, tmp_path: Path) -> None:
    target = tmp_path / "plan"
    write_run(target, "one", marker)
    (target / "notes.txt").write_text("mine", encoding="utf-8")
    (target / "tables" / "mine.txt").write_text("mine too", encoding="utf-8")
    (target / "link").symlink_to("notes.txt")
    write_run(target / "sub", "below", marker)
    for text in ("two", "three"):
        write_run(target, text, marker)
        assert contents(target) == {
            "notes.txt": "mine",
            "link": "mine",
            "sub/tables/below.csv": "below",
            "tables/mine.txt": "mine too",
            f"tables/{text}.csv": text,
        }
    assert (target / "link").is_symlink()
    listed = json.loads((target / marker).read_text(encoding="utf-8"))["files"]
    assert listed == [marker, "tables/three.csv"]
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]


def test_a_folder_without_a_list_keeps_all_but_what_comes_again(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    write_marker(target)
    (target / "notes.txt").write_text("mine", encoding="utf-8")
    write_run(target, "one")
    assert contents(target) == {"notes.txt": "mine", "tables/one.csv": "one"}


def test_a_file_in_the_way_of_a_new_one_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    write_run(target, "one")
    (target / "tables" / "two.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"two.csv: in the way of a file of the new run"):
        write_run(target, "two")
    assert contents(target) == {"tables/one.csv": "one", "tables/two.csv": "mine"}
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]


KILLED = """
import os, signal, sys
from pathlib import Path
from siting.outputs import folder

def kill():
    os.kill(os.getpid(), signal.SIGKILL)

where, moves = Path(sys.argv[1]), int(sys.argv[2])
real, seen = os.replace, []

def replace(source, goal):
    if len(seen) == moves:
        kill()
    seen.append(source)
    real(source, goal)

os.replace = replace
with folder.whole_folder(where, folder.PLAN) as work:
    (work / folder.PLAN).write_text('{"generated_by": "siting 0.1.0"}')
    (work / "new.txt").write_text("new")
kill()
"""


@pytest.mark.parametrize(
    ("moves", "found"),
    [
        (0, {"notes.txt": "mine", "tables/one.csv": "one"}),
        (1, {"new.txt": "new", "notes.txt": "mine"}),
        (2, {"new.txt": "new", "notes.txt": "mine"}),
    ],
)
def test_a_killed_run_is_put_right_by_the_next_command(
    moves: int, found: dict[str, str], tmp_path: Path
) -> None:
    """Killed before the old folder is moved, between the two moves, and after both."""
    target = tmp_path / "plan"
    write_run(target, "one")
    (target / "notes.txt").write_text("mine", encoding="utf-8")
    command = [sys.executable, "-c", KILLED, str(target), str(moves)]
    assert subprocess.run(command, check=False).returncode == -9
    settle(target)
    assert contents(target) == found
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]


def test_a_run_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    with working_folder(target) as work:
        (work / "half.txt").write_text("half", encoding="utf-8")
        settle(target)
        write_run(target, "one")
        assert (work / "half.txt").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]


def test_two_folders_that_both_may_be_wanted_are_left_alone(tmp_path: Path) -> None:
    """The earlier folder was set aside by a killed run, and its owner has made another since."""
    target = tmp_path / "plan"
    write_run(target, "one")
    work = tmp_path / ".plan.abcdefgh.work"
    work.mkdir()
    shutil.copytree(target, work / OLD)
    shutil.copytree(target, work / NEW)
    settle(target)
    assert (work / OLD).is_dir()
    assert (work / NEW).is_dir()
