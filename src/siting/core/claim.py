"""One run at a time writes a place: a locked file beside it says so, and who it is.

The system gives the lock up when its process ends, however that ends; the file that a killed run leaves
is taken over by the next. Where there are no locks, nothing is claimed.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from siting.core.errors import InputError, Issue

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

SUFFIX = ".siting-lock"
MOST_PID_BYTES = 20
TRIES, PAUSE_SECONDS = 3, 0.1
"""A run that ends, or one that clears the lock of a killed run, holds it for a moment only."""
LONGEST_NAME = 230
"""Bytes of the name of a target to which the suffix can be added."""
_held: dict[Path, int] = {}
"""Open files of the locks that this process holds."""


def claim(target: Path) -> None:
    """Keep others from writing a target until this process ends or gives all up.

    Raises:
        InputError: another process is writing it.
        OSError: no lock can be placed beside it.
    """
    path, *others = _locks_of(target)
    if fcntl is None or path in _held:
        return
    for other in others:
        _refuse_held(target, other)
    tries = TRIES
    while True:
        file = _opened(path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            tries -= 1
            if tries:
                os.close(file)
                time.sleep(PAUSE_SECONDS)
                continue
            raise InputError([_taken(target, file)]) from error
        except OSError:  # a file system without locks
            os.close(file)
            with suppress(OSError):
                path.unlink()
            return
        if _is_at(file, path):
            break
        # the one who held it has removed it meanwhile
        os.close(file)
    with suppress(OSError):  # it may be another user's, to be read only
        os.truncate(file, 0)
        os.write(file, f"{os.getpid()}".encode())
    if not _held:
        atexit.register(give_up_all)
    _held[path] = file


def _opened(path: Path) -> int:
    """A lock file, new or as another run left it; links are not followed."""
    plain = getattr(os, "O_NOFOLLOW", 0)
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | plain, 0o644)
    except PermissionError:
        return os.open(path, os.O_RDONLY | plain)


@contextmanager
def claimed(target: Path) -> Iterator[None]:
    """Hold a target meanwhile; longer where this process holds it already."""
    path = _lock_of(target)
    is_held = path in _held
    claim(target)
    try:
        yield
    finally:
        if not is_held:
            _give_up(path)


def give_up_all() -> None:
    """Let others write again."""
    for path in list(_held):
        _give_up(path)


def clear_lock(target: Path) -> None:
    """Remove the lock that a killed run left beside a target; one that is held stays."""
    path = _lock_of(target)
    if path.is_file() and not path.is_symlink():
        with suppress(InputError, OSError), claimed(target):
            pass


def _give_up(path: Path) -> None:
    """Remove a lock before it is opened to others."""
    file = _held.pop(path, None)
    if file is None:
        return
    if _is_at(file, path):
        with suppress(OSError):
            path.unlink()
    os.close(file)


def _is_at(file: int, path: Path) -> bool:
    """Whether a path leads to an open file."""
    try:
        return os.path.samestat(os.fstat(file), path.lstat())
    except OSError:
        return False


def _locks_of(target: Path) -> list[Path]:
    """Where the lock of a target may be: beside it, or in a folder above, where a run locked it before the
    folders on its way were there. The first is that of a run which begins now."""
    target = Path(os.path.abspath(target))
    hashed = hashlib.sha256(os.fsencode(target)).hexdigest()[:16]
    is_short = len(os.fsencode(target.name)) <= LONGEST_NAME
    own = target.name if is_short else hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]
    names = [own, *(hashed for _ in target.parents[1:])]
    pairs = zip(target.parents, names, strict=True)
    return [place / f".{name}{SUFFIX}" for place, name in pairs if place.is_dir()]


def _lock_of(target: Path) -> Path:
    """Where a run that begins now has its lock."""
    return _locks_of(target)[0]


def _refuse_held(target: Path, path: Path) -> None:
    """Refuse a target that a run holds by another lock.

    Raises:
        InputError: it does.
    """
    if path in _held or not path.is_file() or path.is_symlink():
        return
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:  # removed meanwhile, or another user's
        return
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InputError([_taken(target, os.dup(file))]) from error
    except OSError:  # a file system without locks
        return
    finally:
        os.close(file)


def _taken(target: Path, file: int) -> Issue:
    """The issue of a place that another process is writing, whose lock is closed here."""
    by = os.read(file, MOST_PID_BYTES).decode("ascii", "replace")
    os.close(file)
    who = f" (process {by})" if by.isdigit() else ""
    what = f"another run of siting{who} is writing here"
    return Issue(str(target), what, "one run at a time", "Wait for it, or choose another name")
