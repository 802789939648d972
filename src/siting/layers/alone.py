"""Leave a process nothing but some files to read, where the system sees to it (Linux, Landlock).

HDF5 follows links to other files by itself, and no option of it forbids that. After ``only_reads`` the
process can open the named files and its own libraries, write nothing, and connect to nothing.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CREATE, ADD, RESTRICT = 444, 445, 446
"""Numbers of the system calls, the same on every architecture."""
VERSION, BENEATH, NO_NEW_PRIVILEGES = 1, 1, 38
EXECUTE, READ_FILE, READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
ALL_FILES, ALL_TCP = (1 << 13) - 1, (1 << 2) - 1
"""Rights that are taken: of files since the first version, to bind and connect since the fourth."""
FIRST_WITH_TCP = 4
SYSTEM = ("/usr", "/lib", "/lib64", "/proc", "/sys", "/etc/ld.so.cache", "/etc/localtime", "/dev/null",
          "/dev/urandom")  # fmt: skip


class _Rights(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("tcp", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def only_reads(files: Iterable[Path]) -> bool:
    """Give up every right but to read some files, and what Python and its packages consist of.

    Returns:
        Whether the system can see to it.
    """
    if sys.platform != "linux":
        return False
    system = ctypes.CDLL(None, use_errno=True)
    call = system.syscall
    version = call(CREATE, None, ctypes.c_size_t(0), VERSION)
    if version < 1:
        return False
    taken = _Rights(ALL_FILES, ALL_TCP if version >= FIRST_WITH_TCP else 0)
    size = ctypes.sizeof(taken) if version >= FIRST_WITH_TCP else ctypes.sizeof(ctypes.c_uint64)
    rules = call(CREATE, ctypes.byref(taken), ctypes.c_size_t(size), 0)
    if rules < 0:
        return False
    # the first of the path is the current folder
    libraries = [sys.prefix, sys.base_prefix, *sys.path[1:], *SYSTEM]
    for path in (*files, *map(Path, libraries)):
        _allow(call, rules, path)
    is_alone = system.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 and call(RESTRICT, rules, 0) == 0
    os.close(rules)
    return bool(is_alone)


def _allow(call: Any, rules: int, path: Path) -> None:
    """Allow to read a file, or everything in a folder; what does not exist is left out."""
    try:
        opened = os.open(path, os.O_PATH)
    except OSError:
        return
    rights = EXECUTE | READ_FILE | (READ_FOLDER if path.is_dir() else 0)
    call(ADD, rules, BENEATH, ctypes.byref(_Beneath(rights, opened)), 0)
    os.close(opened)
