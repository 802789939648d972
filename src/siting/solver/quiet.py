"""A HiGHS object that writes nothing, on every system that has file descriptors."""

from __future__ import annotations

import os
import sys
from tempfile import TemporaryFile
from threading import RLock
from typing import IO

import highspy

STDOUT = RLock()
"""File 1 belongs to the process, not to the thread that exchanges it: whoever writes to it while another
thread may make a solver holds this too, or the text is lost."""
BANNER = b"Running HiGHS "
"""How what the constructor writes begins."""


def silent_highs() -> highspy.Highs:
    """A HiGHS object without its banner, which the constructor writes straight to file 1.

    No option comes before the constructor, so file 1 is another one meanwhile. HiGHS flushes what it
    writes. With that goes what other C code had left in the buffer before; it is passed on.
    """
    with STDOUT, _apart() as apart:
        sys.stdout.flush()
        kept = os.dup(1)
        try:
            os.dup2(apart.fileno(), 1)
            highs = highspy.Highs()  # type: ignore[no-untyped-call]
        finally:
            os.dup2(kept, 1)
            os.close(kept)
        apart.seek(0)
        others = apart.read().partition(BANNER)[0]
        if others:
            os.write(1, others)
    return highs


def _apart() -> IO[bytes]:
    """A file for what is written meanwhile; nowhere, where there is no room for one."""
    try:
        return TemporaryFile(buffering=0)
    except OSError:
        return open(os.devnull, "w+b", buffering=0)
