"""Whether a place can be written, found out before the work that it shall hold is done."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from siting.core.errors import InputError, Issue

MOST_PATH_BYTES = 4000
"""Length of a path that leaves room for the names within a folder; systems take 4,096."""
MOST_NAME_BYTES = 255
LEAST_FREE_BYTES = 16 * 2**20
"""Free space below which no plan fits: the page alone carries 5 MB."""
REASONS = {
    errno.ENOSPC: ("no space left on the disk", "Free some, or choose another place"),
    errno.EDQUOT: ("the quota of the disk is used up", "Free some, or choose another place"),
    errno.EACCES: ("no permission", "Change its permissions, or choose another place"),
    errno.EPERM: ("not permitted", "Choose another place"),
    errno.EROFS: ("the file system is read-only", "Choose another place"),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter one"),
    errno.ENOENT: ("there is no such place", "Choose one that exists"),
    errno.ENOTDIR: ("part of the path is not a folder", "Choose another place"),
    errno.EIO: ("the disk reports an error", "Choose another place"),
    errno.EMFILE: ("too many files are open", "Raise the limit of open files (ulimit -n)"),
}


def words_of(error: OSError) -> tuple[str, str]:
    """What the system refused, and what to do about it."""
    known = REASONS.get(error.errno or 0)
    return known or ((error.strerror or str(error)).lower(), "")


def issue_of(error: OSError, where: str = "") -> Issue:
    """The issue of something that the system refused."""
    what, fix = words_of(error)
    place = where or str(error.filename or "the file system")
    return Issue(place, what, "", fix)


def prove_writable(target: Path) -> None:
    """Refuse a target that could not be written when the work is done.

    Args:
        target: a file or folder that need not exist, nor what it lies in.

    Raises:
        InputError: why it cannot be written.
    """
    shown = "".join(c if c.isprintable() else "?" for c in str(target))
    if shown != str(target):
        what = "a name with control characters"
        raise InputError([Issue(shown, what, "printable characters", "Choose another name for -o")])
    place = Path(os.path.abspath(target))
    if not place.name:
        what = "the root of the file system"
        raise InputError([Issue(shown, what, "a place below it", "Choose another name for -o")])
    try:
        long = [part for part in place.parts if len(os.fsencode(part)) > MOST_NAME_BYTES]
        if long or len(os.fsencode(place)) > MOST_PATH_BYTES:
            raise OSError(errno.ENAMETOOLONG, "")
        above = next(parent for parent in place.parents if parent.exists())
        with tempfile.TemporaryFile(dir=above) as file:
            file.write(b"siting")
        is_replaced = place.is_dir()
        if is_replaced and not os.access(place, os.W_OK | os.X_OK):
            raise OSError(errno.EACCES, "")
        _prove_space(above)
    except OSError as error:
        raise InputError([issue_of(error, str(target))]) from error


def _prove_space(place: Path) -> None:
    """Refuse a disk on which nothing of any size fits."""
    if not hasattr(os, "statvfs"):
        return
    disk = os.statvfs(place)
    if disk.f_blocks and disk.f_bavail * disk.f_frsize < LEAST_FREE_BYTES:
        raise OSError(errno.ENOSPC, "")
