"""Who does the runs: processes of this machine, or the workers of a dask scheduler by its address.

Whatever ends a process, the runs that were finished are in the store, and the others are done again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from siting.core.errors import InputError, Issue
from siting.solver.workers import in_pool, in_processes, processes
from siting.sweep.store import Store
from siting.sweep.work import CRASHED, Task, begin, do

logger = logging.getLogger(__name__)

TRIES = 3
"""Times that a run may end the process that does it, alone, before it counts as one that cannot be done."""
BREAKS = 3
"""Times in turn that a pool may break without a run being finished before runs are done one by one."""
RETRIES = 10
"""Times that a run is given to a cluster which loses every worker that has it."""

Done = Callable[[str], Sequence[Task]]
"""Called with the key of each run that is finished; the runs that it returns are done too."""


class Pool(Protocol):
    """Who does runs."""

    def do(self, tasks: Sequence[Task], on_done: Done) -> None:
        """Do all runs."""


class Processes:
    """Processes of this machine, kept from wave to wave."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._kept = ExitStack()
        self._pool: ProcessPoolExecutor | None = None

    def do(self, tasks: Sequence[Task], on_done: Done) -> None:
        """Do all runs; a process that is killed is replaced.

        Raises:
            KeyboardInterrupt: Ctrl-C or SIGTERM; finished runs are kept.
        """
        left, breaks = {task.key: task for task in tasks}, 0
        done = _noted(left, on_done)

        def alone(_: int, key: str) -> None:
            done(key)

        while left:
            before = set(left)
            try:
                if breaks < BREAKS:
                    in_pool(self._processes(), do, list(left.values()), lambda _, key: done(key))
                else:
                    in_processes(1, begin, do, list(left.values())[:1], alone)
            except BrokenProcessPool as broken:
                logger.warning("a process was ended from outside; its runs are done again")
                self.__exit__(type(broken), broken, broken.__traceback__)
            breaks = 0 if before - left.keys() else breaks + 1
            if breaks >= BREAKS + TRIES:
                done(_given_up(next(iter(left.values()))))
                breaks = BREAKS

    def _processes(self) -> ProcessPoolExecutor:
        """Those that are there, or new ones."""
        if self._pool is None:
            self._pool = self._kept.enter_context(processes(self.jobs, begin))
        return self._pool

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *error: Any) -> None:
        """Idle processes end by themselves; where something went wrong they are ended at once."""
        self._pool = None
        kept, self._kept = self._kept, ExitStack()
        kept.__exit__(*error)


def _noted(left: dict[str, Task], on_done: Done) -> Done:
    """The same call, which notes what is finished and what more there is to do."""

    def done(key: str) -> Sequence[Task]:
        left.pop(key, None)
        more = on_done(key)
        left.update((task.key, task) for task in more)
        return more

    return done


def _given_up(task: Task) -> str:
    """A run that ends every process that does it is a row like any other; its key."""
    message = "it ended every process that did it; most likely for want of memory"
    Store(Path(task.store)).write(task.key, {"status": CRASHED, "message": message}, None)
    return task.key


class Cluster:
    """Workers of a dask scheduler, which see the store under the same path."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def do(self, tasks: Sequence[Task], on_done: Done) -> None:
        """Do all runs; those of a worker that is lost are given to another."""
        left, lost = {task.key: task for task in tasks}, Counter[str]()
        done = _noted(left, on_done)
        while left:
            self._round(list(left.values()), done)
            lost.update(list(left))
            for key in [key for key in left if lost[key] >= RETRIES]:
                done(_given_up(left[key]))

    def _round(self, tasks: Sequence[Task], done: Done) -> None:
        """Each run once; what a lost worker had is left for the next round."""
        module = import_module("distributed")
        futures = [self.client.submit(do, task, pure=False) for task in tasks]
        finished = module.as_completed(list(futures))
        try:
            for future in finished:
                error = future.exception()
                if error is None:
                    more = [self.client.submit(do, t, pure=False) for t in done(future.result())]
                    futures += more
                    finished.update(more)
                elif not isinstance(error, module.scheduler.KilledWorker):
                    raise error
        finally:
            self.client.cancel(futures)


@contextmanager
def pool_at(scheduler: str | None, jobs: int) -> Iterator[Pool]:
    """The workers of a scheduler, or processes where there is none.

    Raises:
        InputError: no dask here, or no scheduler there.
    """
    if scheduler is None:
        with Processes(jobs) as local:
            yield local
        return
    try:
        client_of = import_module("distributed").Client
    except ImportError as error:
        fix = "pip install 'siting[distributed]'"
        raise InputError(
            [Issue("--scheduler", "dask.distributed is not installed", "the extra", fix)]
        ) from error
    try:
        client = client_of(scheduler, timeout="20s")
    except (OSError, ValueError) as error:
        what = f"{scheduler} cannot be reached ({error})"
        expected = "the address of a dask scheduler, such as tcp://host:8786"
        raise InputError(
            [Issue("--scheduler", what, expected, "Start one, or correct it")]
        ) from error
    try:
        yield Cluster(client)
    finally:
        client.close()
