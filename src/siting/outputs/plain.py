"""Read files of a plan folder, whatever stands in their place."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

MAX_BYTES = 256 * 2**20
"""Size of a file beyond which it is none that a plan wrote."""
MAX_SHOWN = 40
"""Characters of a cell or name that findings show."""


class UnreadableError(Exception):
    """Why a file cannot be read."""


def read_bytes(path: Path) -> bytes:
    """Content of a regular file; links are not followed, and nothing is waited for.

    Raises:
        UnreadableError: a link, a folder, a device, a file that is too large or not permitted.
    """
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            raise UnreadableError("a symbolic link")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("not a file")
        if status.st_size > MAX_BYTES:
            raise UnreadableError(f"larger than {MAX_BYTES // 2**20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(os.strerror(error.errno or 0)) from error


def read_text(path: Path) -> str:
    """The same as text.

    Raises:
        UnreadableError: also bytes that are no UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start} is no UTF-8") from error


def sha256_of(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        UnreadableError: it cannot be read.
    """
    return hashlib.sha256(read_bytes(path)).hexdigest()


def shown(text: str) -> str:
    """As much of a cell or name as findings show."""
    return text[:MAX_SHOWN]
