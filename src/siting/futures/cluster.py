"""Futures solved as if they were known by the workers of a dask scheduler, ahead of the search.

A worker builds the futures again, solves one, and writes it to the store, which it sees under the same
path; what it returns is a name. So whatever is killed, finished solves are there, and none is done twice:
the search finds them in the store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.yaml_source import Document
from siting.futures.build import hedged
from siting.futures.search import known_limits
from siting.instance.build import Instance, build_instance
from siting.scenario import read_scenario
from siting.solver.highs import Limits
from siting.timeline.solves import Solver

RETRIES = 10
"""Workers that may be lost during one solve."""


@dataclass(frozen=True)
class Ahead:
    """One future to be solved.

    Attributes:
        resolved: the scenario with its facts. store: folder of finished solves.
    """

    resolved: Mapping[str, Any]
    number: int
    limits: Limits
    store: str


def solve_ahead(task: Ahead) -> str:
    """Solve a future and keep it; its name."""
    data = dict(task.resolved)
    model = hedged(build_instance(read_scenario(Document(data, {})), data))
    name = model.tree.futures[task.number].name
    solver = Solver(task.limits, (Path(task.store),))
    solver.solve(name, model.instances[task.number], model.models[task.number].linear)
    return name


def solve_all_ahead(
    address: str,
    base: Instance,
    count: int,
    limits: Limits,
    store: Path,
    on_done: Callable[[str], None],
) -> None:
    """Have every future solved by the workers of a scheduler.

    Args:
        count: of the futures. limits: of the search that follows.

    Raises:
        InputError: no dask here, or no scheduler there.
    """
    own = replace(known_limits(limits, count), threads=1)
    tasks = [Ahead(dict(base.resolved), n, own, str(store.absolute())) for n in range(count)]
    client, as_completed = _client(address)
    try:
        waiting = [client.submit(solve_ahead, task, pure=False, retries=RETRIES) for task in tasks]
        try:
            for done in as_completed(waiting):
                on_done(f"{done.result()}: solved")
        except BaseException:
            client.cancel(waiting)
            raise
    finally:
        client.close()


def _client(address: str) -> tuple[Any, Any]:
    """A client of a scheduler, and what gives finished tasks."""
    try:
        dask = import_module("distributed")
    except ImportError as error:
        fix = "pip install 'siting[distributed]'"
        what = "dask.distributed is not installed"
        raise InputError([Issue("--scheduler", what, "the extra", fix)]) from error
    try:
        return dask.Client(address, timeout="20s"), dask.as_completed
    except (OSError, ValueError) as error:
        what = f"{address} cannot be reached ({error})"
        expected = "the address of a dask scheduler, such as tcp://host:8786"
        fix = "Start one, or correct it"
        raise InputError([Issue("--scheduler", what, expected, fix)]) from error
