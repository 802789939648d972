"""Ctrl-C and SIGTERM: at once where nothing would be lost, else once what is held is safe.

Outside ``held`` a signal raises KeyboardInterrupt wherever the program is, and ends it at once while
modules are loaded. Inside, the first one is only noted: searches end at their next ``check`` with the
best plan they have, and what is being written is finished. A second one ends a search at once, but never
the writing of a plan. Once all is done, ``finish``, they change nothing.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from siting.core.claim import give_up_all

IMPORTS = "<frozen importlib._bootstrap>"
STDERR, STOPPED = 2, 5
"""Where it is told, and the exit code, if a signal comes while modules are loaded."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)
_asked = threading.Event()
_told = threading.Event()
_is_listening = threading.Event()
_depth = [0, 0]
"""How many ``held`` are open, and how many of them are firm; changed by the main thread alone."""


def listen() -> None:
    """Take the signals from now on; only the main thread can."""
    _asked.clear()
    _told.clear()
    _is_listening.set()
    for number in SIGNALS:
        signal.signal(number, _take)


def finish() -> None:
    """What was asked for is done and kept: signals are ignored from now on, while Python ends too."""
    if _is_listening.is_set():
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        # An interrupt that passed through code made from text, as dataclasses are, makes Python end itself
        # by SIGINT whatever the exit code, unless more such code has run since.
        exec("")


def _take(number: int, frame: FrameType | None) -> None:
    """A signal has come."""
    is_first = not _asked.is_set()
    _asked.set()
    held, firm = _depth
    if firm or (held and is_first):
        return
    if _is_importing(frame):
        # modules in C turn what is raised while they are loaded into errors of their own
        give_up_all()
        with suppress(OSError):
            os.write(STDERR, b"Stopped; nothing was written.\n")
        os._exit(STOPPED)
    raise KeyboardInterrupt


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a module is being loaded."""
    while frame is not None:
        if frame.f_code.co_filename == IMPORTS:
            return True
        frame = frame.f_back
    return False


@contextmanager
def held(*, firm: bool = False) -> Iterator[None]:
    """Note signals, and let what is going on come to an end.

    Args:
        firm: whether a second signal is only noted too.
    """
    _depth[0] += 1
    _depth[1] += firm
    try:
        yield
    finally:
        _depth[0] -= 1
        _depth[1] -= firm


def is_asked() -> bool:
    """Whether a signal has come."""
    return _asked.is_set()


def check() -> None:
    """Raise KeyboardInterrupt if a signal has come, the first time that this is asked after it."""
    if _asked.is_set() and not _told.is_set():
        _told.set()
        raise KeyboardInterrupt
