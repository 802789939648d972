"""Independent pieces of work side by side: each on a thread, watched by the one that asked for them.

Solving happens outside Python's lock, so threads are as good as processes here and share the model.
Progress is told, and Ctrl-C taken, by the thread that asked: the others learn of it the next time they
report where they stand, which every search does several times a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Event
from typing import TypeVar

from siting.solver.highs import POLL_SECONDS, Progress
from siting.solver.quiet import STDOUT

T = TypeVar("T")
Tell = Callable[[str, Progress | None], None]
"""Called with the name of a solve and where it stands, None once it has ended."""


def side_by_side(
    works: Sequence[Callable[[Tell], T]],
    at_once: int,
    tell: Tell,
    on_done: Callable[[T], None] = lambda result: None,
) -> list[T]:
    """Results in the order of the works, whichever ends first.

    Args:
        works: called with what takes their progress, which raises KeyboardInterrupt in them once all
            shall end. at_once: how many run at a time.
        tell: takes the progress of all of them, on_done each result, in order; on the thread of the
            caller.

    Raises:
        KeyboardInterrupt: Ctrl-C, once those that run have ended. Whatever a work raises, likewise.
    """
    stop = Event()
    told: SimpleQueue[tuple[str, Progress | None]] = SimpleQueue()

    def note(name: str, progress: Progress | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        told.put((name, progress))

    results: list[T] = []
    with ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(work, note) for work in works]
        try:
            for future in futures:
                _watch(future, told, tell)
                results.append(future.result())
                with STDOUT:
                    on_done(results[-1])
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
    return results


def _watch(future: Future[T], told: SimpleQueue[tuple[str, Progress | None]], tell: Tell) -> None:
    """Tell what is told until a work has ended."""
    while not future.done():
        try:
            news = told.get(timeout=POLL_SECONDS)
        except Empty:
            continue
        with STDOUT:
            tell(*news)
