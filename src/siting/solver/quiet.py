"""A HiGHS object that writes nothing."""

from __future__ import annotations

import ctypes
import os
import sys
from threading import RLock

import highspy

STDOUT = RLock()
"""File 1 belongs to the process, not to the thread that exchanges it: whoever writes to it while another
thread may make a solver holds this too, or the text is lost."""


def silent_highs() -> highspy.Highs:
    """A HiGHS object without its banner, which the constructor writes straight to file 1."""
    libc = _c_library()
    with STDOUT:
        sys.stdout.flush()
        libc.fflush(None)
        kept = os.dup(1)
        try:
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                highs = highspy.Highs()  # type: ignore[no-untyped-call]
                libc.fflush(None)
        finally:
            os.dup2(kept, 1)
            os.close(kept)
    return highs


def _c_library() -> ctypes.CDLL:
    """The C library through whose buffers HiGHS writes."""
    return ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
