"""Output folders appear whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from siting.core.errors import InputError
from siting.outputs.folder import COMPARISON, HEADROOM, LAYERS, PLAN, check_target, whole_folder


def write_marker(folder: Path, by: str = "siting 0.1.0") -> None:
    """Make a folder look like one of ours."""
    folder.mkdir(exist_ok=True)
    (folder / "plan.json").write_text(json.dumps({"generated_by": by}), encoding="utf-8")


def test_new_folder_appears_with_its_content(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "plan"
    with whole_folder(target, PLAN) as folder:
        (folder / "a.txt").write_text("a", encoding="utf-8")
        assert not target.exists()
        assert folder.parent == target.parent
    assert (target / "a.txt").read_text(encoding="utf-8") == "a"
    assert [p.name for p in target.parent.iterdir()] == ["plan"]
    assert target.stat().st_mode & 0o777 == 0o755


def test_earlier_plan_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    write_marker(target)
    (target / "old.txt").write_text("old", encoding="utf-8")
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
