"""Work in processes that end with the one that started them, whatever ends that."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

from siting.core.stop import SIGNALS

T = TypeVar("T")
R = TypeVar("R")
OnDone = Callable[[int, R], Iterable[T] | None]


def in_processes(
    jobs: int,
    start: Callable[[], None],
    work: Callable[[T], R],
    items: Sequence[T],
    on_done: OnDone[R, T],
) -> None:
    """Do each item in one of several processes.

    Args:
        jobs: processes. start: is called in each before its first item.
        on_done: takes the number of an item and its result, as they come; what it returns is done too.

    Raises:
        KeyboardInterrupt: Ctrl-C or SIGTERM; the processes are ended at once. Whatever a work raises.
    """
    with processes(jobs, start) as pool:
        in_pool(pool, work, items, on_done)


@contextmanager
def processes(jobs: int, start: Callable[[], None]) -> Iterator[ProcessPoolExecutor]:
    """Processes that are kept for several rounds of work, and ended at once where one of these fails."""
    others = set(active_children())
    # spawn: a forked HiGHS may wait for threads that were not forked with it
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (start,))
    try:
        yield pool
    except BaseException:
        for process in set(active_children()) - others:
            process.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def in_pool(
    pool: ProcessPoolExecutor,
    work: Callable[[T], R],
    items: Sequence[T],
    on_done: OnDone[R, T],
) -> None:
    """Do each item in one of the processes of a pool."""
    finished: SimpleQueue[Future[R]] = SimpleQueue()
    numbers: dict[Future[R], int] = {}
    left = deque(items)
    count = 0
    while left or numbers:
        with _signals_wait():
            while left:
                future = pool.submit(work, left.popleft())
                numbers[future], count = count, count + 1
                future.add_done_callback(finished.put)
        future = finished.get()
        left += on_done(numbers.pop(future), future.result()) or ()


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Keep signals back; processes started meanwhile never take them, only their parent does."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(start: Callable[[], None]) -> None:
    """Prepare a process."""
    Thread(target=_end_with_parent, daemon=True).start()
    start()


def _end_with_parent() -> None:
    """End this process once the one that started it has ended."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
