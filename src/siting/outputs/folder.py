"""Output folders appear whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from siting.core.errors import InputError, Issue

PLAN, COMPARISON, HEADROOM, LAYERS = "plan.json", "compare.json", "headroom.json", "layers.json"
"""Files that tell what wrote a folder: only the same may replace it."""
MARK = "siting"
"""First word of ``generated_by`` in a marker."""


def check_target(target: Path, marker: str) -> None:
    """Refuse a target that is not ours to write.

    Args:
        marker: file by which the folder of an earlier run of the same kind is known.

    Raises:
        InputError: a symlink, a file, a folder with other content, or a place below a file.
    """
    what = _refusal(target, marker)
    if what is not None:
        expected = f"a new folder, or one that siting wrote before with {marker} in it"
        raise InputError([Issue(str(target), what, expected, "Choose another name for -o")])


def _refusal(target: Path, marker: str) -> str | None:
    """Why a target is refused."""
    if target.is_symlink():
        return "a symbolic link"
    if target.exists() and not target.is_dir():
        return "a file"
    if target.is_dir():
        is_free = not any(target.iterdir()) or _is_ours(target / marker)
        return None if is_free else "a folder with other content"
    above = next((p for p in target.absolute().parents if p.exists() or p.is_symlink()), None)
    return f"below {above}, which is not a folder" if above and not above.is_dir() else None


def _is_ours(marker: Path) -> bool:
    """Whether an earlier run wrote a marker, by what it says."""
    if marker.is_symlink() or not marker.is_file():
        return False
    try:
        written = json.loads(marker.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return False
    by = written.get("generated_by") if isinstance(written, dict) else None
    return isinstance(by, str) and by.split(" ")[0] == MARK


@contextmanager
def whole_folder(target: Path, marker: str) -> Iterator[Path]:
    """A temporary folder beside the target that takes its place once everything is in it.

    Raises:
        InputError: the target is not ours to write; raised before any work starts.
    """
    check_target(target, marker)
    target = Path(os.path.abspath(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent))
    try:
        yield fresh
        fresh.chmod(0o755)
        check_target(target, marker)
        _put_in_place(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _put_in_place(fresh: Path, target: Path) -> None:
    """Rename, with the earlier plan set aside until the new one is there."""
    if not target.exists():
        os.replace(fresh, target)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".old", dir=target.parent))
    old = aside / target.name
    try:
        os.replace(target, old)
        os.replace(fresh, target)
    finally:
        if old.exists() and not target.exists():
            os.replace(old, target)
        shutil.rmtree(aside, ignore_errors=True)
