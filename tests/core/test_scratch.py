"""Folders for temporary files: one that a killed run left is removed by the next run."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from siting.core.scratch import scratch_folder, temporary_files_in_scratch

KILLED = """
import os, signal
from siting.core.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "half").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_what_a_killed_run_left_is_removed(place: Path) -> None:
    assert subprocess.run([sys.executable, "-c", KILLED], check=False).returncode == -9
    assert len(list(place.glob("siting-*.work/half"))) == 1
    with scratch_folder() as folder:
        assert list(place.iterdir()) == [folder]
    assert list(place.iterdir()) == []


def test_what_is_used_or_of_somebody_else_stays(place: Path) -> None:
    kept = place / "siting-abcdefgh"
    (kept / "plan").mkdir(parents=True)
    (place / "other").mkdir()
    (place / "siting-aaaaaaaa.work").symlink_to(place / "other", target_is_directory=True)
    with scratch_folder() as first, scratch_folder() as second:
        assert first.is_dir() and second.is_dir() and first != second
    assert sorted(path.name for path in place.iterdir()) == [
        "other",
        "siting-aaaaaaaa.work",
        "siting-abcdefgh",
    ]


def test_temporary_files_of_libraries_are_in_such_a_folder(place: Path) -> None:
    """Also those of a killed run, such as a sheet that openpyxl writes."""
    script = KILLED.replace(
        "with scratch_folder() as folder:\n",
        "import tempfile\nfrom siting.core.scratch import temporary_files_in_scratch\n"
        "with temporary_files_in_scratch():\n    folder = __import__('pathlib').Path(tempfile.mkdtemp())\n",
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert len(list(place.glob("siting-*.work/*/half"))) == 1
    with temporary_files_in_scratch():
        folder = Path(tempfile.gettempdir())
        assert list(place.iterdir()) == [folder]
    assert tempfile.gettempdir() == str(place)
    assert list(place.iterdir()) == []
