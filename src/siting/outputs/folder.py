"""Output folders appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from siting.core.errors import InputError, Issue

MARKER = "plan.json"
"""File that tells a folder of ours, which may be replaced, from anybody else's."""


def check_target(target: Path) -> None:
    """Refuse a target that is not ours to write.

    Raises:
        InputError: a symlink, a file, or a folder with other content.
    """
    what = None
    if target.is_symlink():
        what = "a symbolic link"
    elif target.exists() and not target.is_dir():
        what = "a file"
    elif target.is_dir() and any(target.iterdir()) and not (target / MARKER).is_file():
        what = "a folder with other content"
    if what is not None:
        raise InputError(
            [
                Issue(
                    str(target),
                    what,
                    "a new folder, or that of an earlier plan",
                    "Choose another name for -o",
                )
            ]
        )


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A temporary folder beside the target that takes its place once everything is in it."""
    check_target(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield fresh
        fresh.chmod(0o755)
        if target.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
            os.replace(target, old / "plan")
            os.replace(fresh, target)
            shutil.rmtree(old)
        else:
            os.replace(fresh, target)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
