"""Independent solves done by the workers of a dask scheduler, ahead of the search that needs them.

A task solves, writes to the store, which a worker sees under the same path, and returns the key. Whatever
is killed, what is finished is there, and the search finds it. A solve has the same name for every client,
and a lock in the store, which goes with the process that holds it: what a killed client has left running is
waited for and not begun again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.study import Strategy
from siting.core.yaml_source import Document
from siting.futures.build import hedged
from siting.futures.known import known_limits
from siting.instance.build import Instance, build_instance
from siting.scenario import read_scenario
from siting.solver.highs import Limits
from siting.timeline.restrict import restricted
from siting.timeline.solves import Search, Solver

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

ROUNDS = 10
"""How often what lost workers had is given to others; what is left then is solved by the client."""


@dataclass(frozen=True)
class Known:
    """A future to be solved as if it were known.

    Attributes:
        resolved: the scenario with its facts. limits: of all futures together. store: folder of finished
            solves. strategy: that restricts it, if any.
    """

    resolved: Mapping[str, Any]
    number: int
    limits: Limits
    store: str
    strategy: Strategy | None = None

    @property
    def key(self) -> str:
        """Name of the task."""
        own = None if self.strategy is None else self.strategy.model_dump(mode="json")
        text = json.dumps([self.resolved, self.number, asdict(self.limits), own], default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def done(self) -> str:
        """Solve it and keep it; the key of the solve."""
        data = dict(self.resolved)
        model = hedged(build_instance(read_scenario(Document(data, {})), data))
        limits = known_limits(self.limits, len(model.models), is_passing=model.is_told_by_acts)
        solver = Solver(replace(limits, threads=1), (Path(self.store),))
        instance, future = model.instances[self.number], model.models[self.number]
        own = self.strategy
        linear = future.linear if own is None else restricted(future, instance, own)
        name = model.tree.futures[self.number].name
        solver.solve(name, instance, linear)
        return solver.key(name, instance, linear)


@dataclass(frozen=True)
class Part:
    """A program to be searched.

    Attributes:
        key: of the search in the store. own: limits of the solver that asks for it.
    """

    key: str
    search: Search
    own: Limits
    store: str

    def done(self) -> str:
        """Search it and keep it; the key of the search."""
        Solver(self.own, (Path(self.store),)).search(*self.search)
        return self.key


Task = Known | Part


@dataclass
class Helped(Solver):
    """A solver whose independent searches are done by workers.

    Attributes:
        client: of the scheduler; None where there is none.
    """

    client: Any = field(default=None, repr=False)

    def ahead(self, searches: Sequence[Search]) -> None:
        """Have searches of one thread done by the workers that no store has yet."""
        if self.client is None:
            return
        own, store = replace(self.limits, threads=1), str(self.stores[-1].absolute())
        keys = [replace(self, limits=own).search_key(*search[:3]) for search in searches]
        pairs = zip(keys, searches, strict=True)
        _do(self.client, [Part(key, s, own, store) for key, s in pairs if not self.has(key)])


def solve_ahead(task: Task) -> str:
    """Do a task unless it is done, once whoever does it already has ended; its key in the store."""
    store = Path(task.store)
    store.mkdir(parents=True, exist_ok=True)
    with (store / f".{task.key}.lock").open("w") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        return task.done()


def solve_all_ahead(
    solver: Solver,
    base: Instance,
    names: Sequence[str],
    on_done: Callable[[str], None],
    strategies: Mapping[str, Strategy] = MappingProxyType({}),
) -> None:
    """Have every future solved by the workers of a scheduler, where there is one.

    Args:
        solver: of the search that follows. names: of the futures, in their order.
        strategies: each of which restricts them all; as they are without any.
    """
    if not isinstance(solver, Helped) or solver.client is None:
        return
    store, resolved = str(solver.stores[-1].absolute()), dict(base.resolved)
    tasks, said = [], {}
    for strategy, restriction in strategies.items() or (("", None),):
        for number, name in enumerate(names):
            tasks.append(Known(resolved, number, solver.limits, store, restriction))
            said[tasks[-1].key] = f"{strategy}, {name}: solved" if strategy else f"{name}: solved"
    _do(solver.client, tasks, lambda task: on_done(said[task.key]))


def _do(client: Any, tasks: Sequence[Any], on_done: Callable[[Any], None] = lambda _: None) -> None:
    """Have tasks done; those of a worker that is lost are given to another."""
    dask = import_module("distributed")
    left = {task.key: task for task in tasks}
    for again in range(ROUNDS):
        waiting = {
            client.submit(solve_ahead, task, key=f"siting-{key}-{again}"): task
            for key, task in left.items()
        }
        try:
            for future in dask.as_completed(list(waiting)):
                error = future.exception()
                if error is None:
                    on_done(left.pop(waiting[future].key))
                elif not isinstance(error, dask.scheduler.KilledWorker):
                    raise error
        except BaseException:
            client.cancel(list(waiting))
            raise
        if not left:
            return


@contextmanager
def helped(solver: Solver, address: str) -> Iterator[Helped]:
    """A solver with the workers of a scheduler.

    Raises:
        InputError: no dask here, or no scheduler there.
    """
    client = _client(address)
    try:
        yield Helped(solver.limits, solver.stores, solver.on_progress, client=client)
    finally:
        client.close()


def _client(address: str) -> Any:
    """A client of a scheduler."""
    try:
        dask = import_module("distributed")
    except ImportError as error:
        fix = "pip install 'siting[distributed]'"
        what = "dask.distributed is not installed"
        raise InputError([Issue("--scheduler", what, "the extra", fix)]) from error
    try:
        return dask.Client(address, timeout="20s")
    except (OSError, ValueError) as error:
        what = f"{address} cannot be reached ({error})"
        expected = "the address of a dask scheduler, such as tcp://host:8786"
        fix = "Start one, or correct it"
        raise InputError([Issue("--scheduler", what, expected, fix)]) from error
