"""The version is that of the last tag; without tags, or without a history, there is one all the same."""

from __future__ import annotations

import os
import subprocess
import tomllib
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from support.engine import BUILTIN

scm = pytest.importorskip("setuptools_scm", reason="the build's own tool is not installed")
pytestmark = pytest.mark.skipif(which("git") is None, reason="git is not installed")


def options() -> dict[str, Any]:
    """How the project makes its version."""
    project = tomllib.loads((BUILTIN / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    found: dict[str, Any] = project["tool"]["hatch"]["version"]["raw-options"]
    return found


def git(folder: Path, *words: str) -> None:
    """Run git as nobody in particular."""
    names = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
    environment = {**os.environ, **dict.fromkeys(names, "a@b"), "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env=environment)


def commit(folder: Path, text: str) -> None:
    """A commit that changes a file."""
    (folder / "file.txt").write_text(text, encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "-m", text)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with a commit."""
    git(tmp_path, "init", "-b", "main")
    commit(tmp_path, "one")
    return tmp_path


def test_without_a_tag_it_is_the_first_to_come(clone: Path) -> None:
    assert scm.get_version(root=str(clone), **options()) == "0.1.0.dev1"


def test_on_a_tag_it_is_that_one(clone: Path) -> None:
    git(clone, "tag", "v0.3.0")
    assert scm.get_version(root=str(clone), **options()) == "0.3.0"


def test_after_a_tag_it_is_the_next_one(clone: Path) -> None:
    git(clone, "tag", "v0.3.0")
    commit(clone, "two")
    commit(clone, "three")
    assert scm.get_version(root=str(clone), **options()) == "0.4.0.dev2"


def test_an_archive_says_its_own(tmp_path: Path) -> None:
    (tmp_path / "PKG-INFO").write_text("Metadata-Version: 2.4\nName: siting\nVersion: 0.7.1\n")
    assert scm.get_version(root=str(tmp_path), **options()) == "0.7.1"


def test_without_a_history_there_is_one(tmp_path: Path) -> None:
    assert scm.get_version(root=str(tmp_path), **options()) == "0.1.0.dev0"
