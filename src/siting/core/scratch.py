"""Folders for what is not finished: held by a lock as long as their process lives, cleared by the next."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: folders of killed runs stay until they are removed by hand
    fcntl = None  # type: ignore[assignment]

HAS_LOCKS = fcntl is not None
PREFIX, SUFFIX = "siting-", ".work"
FORM = re.compile(rf"{PREFIX}[a-z0-9_]{{8}}{re.escape(SUFFIX)}")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for temporary files; those of killed runs of the same user are removed first."""
    place = Path(tempfile.gettempdir())
    _clear(place)
    folder, held = held_folder(place, PREFIX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        release(held)


@contextmanager
def temporary_files_in_scratch() -> Iterator[None]:
    """Let temporary files of libraries be in a scratch folder, so that a killed run leaves none for good."""
    before = tempfile.tempdir
    with scratch_folder() as folder:
        tempfile.tempdir = str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = before


def _clear(place: Path) -> None:
    """Remove what killed runs left."""
    try:
        left = [path for path in place.iterdir() if FORM.fullmatch(path.name) and _is_ours(path)]
    except OSError:
        return
    for folder in left if HAS_LOCKS else ():
        held = hold(folder)
        if held is not None:
            shutil.rmtree(folder, ignore_errors=True)
            release(held)


def _is_ours(path: Path) -> bool:
    """Whether a folder, no link to one, belongs to this user."""
    try:
        return not path.is_symlink() and path.is_dir() and path.stat().st_uid == os.geteuid()
    except (OSError, AttributeError):
        return False


def held_folder(place: Path, prefix: str) -> tuple[Path, int]:
    """A new folder with its lock."""
    while True:
        # another run may take the folder for left behind before it is held
        folder = Path(tempfile.mkdtemp(prefix=prefix, suffix=SUFFIX, dir=place))
        held = hold(folder, is_new=True)
        if held is not None:
            return folder, held


def hold(folder: Path, *, is_new: bool = False) -> int | None:
    """Lock a folder until this process ends; None if another holds it or has removed it.

    Args:
        is_new: whether it is ours, so that it does without where there are no locks.
    """
    if not HAS_LOCKS:
        return -1
    try:
        held = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(held)
        return -1 if is_new and not isinstance(error, BlockingIOError) else None
    if folder.exists():
        return held
    os.close(held)
    return None


def release(held: int) -> None:
    """Give up a lock."""
    if held >= 0:
        os.close(held)
