"""Many solves of a study: each starts from the best plan known, and none is done twice.

A finished solve is kept in a folder under the SHA-256 of everything that it depends on: its name, the
arrays of the model, the goals, the limits, and the versions of the engine and the solver. A study that is
killed and run again finds its finished solves there and goes on with the next.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import TypeVar

import numpy as np

from siting.families.base import Index
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.model.goals import linear_goals
from siting.model.program import Program
from siting.pipeline import solve_linear
from siting.solver.basis import Basis
from siting.solver.completion import completed, named
from siting.solver.highs import TIME, Limits, Outcome, Progress
from siting.solver.lexicographic import Ranked, Reached
from siting.solver.record import Step
from siting.solver.search import search
from siting.timeline.beside import Tell, side_by_side

logger = logging.getLogger(__name__)

T = TypeVar("T")
Point = Mapping[tuple[str, Index], float]
"""A plan by variable name and index, whatever the model it came from."""
LAYOUT = 2
"""Of the files of finished solves; one of another layout is not read."""
LOG = "solved.txt"
"""File of a store with the key of each solve that was written to it."""
Search = tuple[str, Program, Limits, np.ndarray | None]
"""Name, program, limits and start of a search."""
KEPT_POINTS = 12
"""Plans that are tried as a start, newest first."""


class StudyStopped(KeyboardInterrupt):
    """Ctrl-C ended the study; what is finished is kept."""


@dataclass
class Solver:
    """Solves the models of one study.

    Attributes:
        limits: gap, time, threads and seed of each solve.
        stores: folders with finished solves; new ones go to the last. Empty for none.
        on_progress: called with the name of the solve and where it stands.
        points: plans known so far, oldest first.
        basis: of the relaxation that was solved first; models that differ in bounds alone go on from it.
        used: names of the stored solves that this study asked for.
    """

    limits: Limits
    stores: tuple[Path, ...] = ()
    on_progress: Tell | None = None
    points: list[Point] = field(default_factory=list)
    basis: Basis | None = None
    used: dict[str, Path] = field(default_factory=dict)

    def beside(
        self,
        works: Sequence[Callable[[Solver], T]],
        on_done: Callable[[T], None] = lambda result: None,
    ) -> list[T]:
        """Independent pieces of work, as many at a time as there are threads, each with a solver of one
        thread; results in the order of the works.

        The first works, one for each thread asked for, know what this solver knows, those after them also
        what the first of all has found: so nothing depends on which is quicker or how many cores there are.

        Args:
            on_done: called with each result, in order.

        Raises:
            StudyStopped: Ctrl-C; solves that were running are not kept.
        """
        at_once = self.limits.threads
        known = len(self.points)
        solvers = [self._alone() for _ in works[:at_once]]
        is_first_done = Event()

        def run(number: int, tell: Tell) -> T:
            if number >= at_once:
                is_first_done.wait()
            solver = solvers[number]
            solver.on_progress = tell
            try:
                return works[number](solver)
            finally:
                if number == 0:
                    solvers.extend(solver._alone() for _ in works[at_once:])
                    is_first_done.set()

        jobs = [partial(run, number) for number in range(len(works))]
        try:
            cores = max(1, min(at_once, os.cpu_count() or 1))
            found = side_by_side(jobs, cores, self.on_progress or _silent, on_done)
        except KeyboardInterrupt as stopped:
            raise StudyStopped from stopped
        for number, solver in enumerate(solvers):
            begun = known if number < at_once else len(solvers[0].points)
            self.points += solver.points[begun:]
            self.used |= solver.used
        self.basis = self.basis or (solvers[0].basis if solvers else None)
        return found

    def _alone(self) -> Solver:
        """A solver of one thread that knows the same."""
        limits = replace(self.limits, threads=1)
        return replace(self, limits=limits, points=[*self.points], used={})

    def solve(self, name: str, instance: Instance, linear: Program) -> Ranked:
        """The best plan of a model, from the store or by solving it.

        Raises:
            StudyStopped: Ctrl-C; the solve that was running is not kept.
        """
        key = self.key(name, instance, linear) if self.stores else ""
        ranked = self._read(key)
        if ranked is None:
            shown = None if self.on_progress is None else partial(self.on_progress, name)
            start = self._start(linear)
            ranked = solve_linear(instance, linear, self.limits, shown, start, self.basis)
            if ranked.outcome.is_stopped:
                raise StudyStopped
            self._write(key, ranked)
            if self.on_progress is not None:
                self.on_progress(name, None)
            logger.info("%s: %s in %.1f s", name, ranked.outcome.status, ranked.outcome.seconds)
        if self.basis is None:
            self.basis = ranked.outcome.basis
        if ranked.outcome.x is not None:
            self.points.append(named(linear, ranked.outcome.x))
        return ranked

    def search(
        self,
        name: str,
        program: Program,
        limits: Limits,
        start: np.ndarray | None = None,
        bound: float = -np.inf,
    ) -> Outcome:
        """The best plan of a program that belongs to no scenario, from the store or by a search.

        Args:
            limits: of this search. start: a plan that is feasible. bound: of all plans, where known.
        """
        key = self.search_key(name, program, limits)
        kept = self._read(key)
        if kept is not None:
            return kept.outcome
        shown = None if self.on_progress is None else partial(self.on_progress, name)
        outcome = search(program, limits, shown, start, bound=bound)
        # what the time limit cut off may end otherwise with more of it
        if not outcome.is_stopped and outcome.ended_by != TIME:
            self._write(key, Ranked(outcome))
            if self.on_progress is not None:
                self.on_progress(name, None)
        return outcome

    def ahead(self, searches: Sequence[Search]) -> None:
        """Have independent searches done before they are asked for, where there is somebody who helps."""

    def search_key(self, name: str, program: Program, limits: Limits) -> str:
        """SHA-256 of all that a search depends on."""
        timeless = asdict(replace(limits, time_limit_seconds=None))
        return _digest({**self._about(name), "limits": timeless}, _arrays(program))

    def has(self, key: str) -> bool:
        """Whether a solve is finished."""
        return any((store / f"{key}.npz").is_file() for store in self.stores)

    def _about(self, name: str) -> dict[str, object]:
        """What every solve depends on beside its arrays."""
        return {
            # solves of one model may start from different plans
            "name": name,
            "limits": asdict(self.limits),
            "versions": {name: version(name) for name in ("siting", "highspy")},
            "layout": LAYOUT,
        }

    def _start(self, linear: Program) -> np.ndarray | None:
        """The cheapest plan known that can be completed to one of this model."""
        best, best_value = None, np.inf
        for point in self.points[-KEPT_POINTS:]:
            x = completed(linear, point, self.limits)
            if x is None:
                continue
            value = float(linear.cost @ x) + linear.offset
            if value < best_value:
                best, best_value = x, value
        return best

    def key(self, name: str, instance: Instance, linear: Program) -> str:
        """SHA-256 of all that a solve depends on."""
        goals = linear_goals(linear, instance)
        about = {
            **self._about(name),
            "goals": [goal.goal.model_dump(mode="json") for goal in goals],
            "first_without": instance.scenario.begins_without(),
            # rows that are stated as they are broken stand in no array yet
            "unstated": {
                name: instance.scenario.families()[name].model_dump(mode="json")
                for name in sorted(instance.data)
                if COMPONENTS[name].separate is not None
            },
        }
        return _digest(about, (*_arrays(linear), *(goal.coefficients for goal in goals)))

    def _read(self, key: str) -> Ranked | None:
        """A finished solve."""
        for store in self.stores:
            path = store / f"{key}.npz"
            if path.is_file():
                try:
                    ranked = read_ranked(path)
                except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
                    logger.warning("%s cannot be read and is solved again: %s", path.name, error)
                    continue
                self.used[key] = path
                return ranked
        return None

    def _write(self, key: str, ranked: Ranked) -> None:
        """Keep a finished solve, whole or not at all."""
        if not self.stores:
            return
        store = self.stores[-1]
        store.mkdir(parents=True, exist_ok=True)
        path = store / f"{key}.npz"
        fresh = store / f".{key}.{os.getpid()}.npz"
        write_ranked(ranked, fresh)
        os.replace(fresh, path)
        with (store / LOG).open("a", encoding="utf-8") as file:
            file.write(f"{key}\n")
        self.used[key] = path


def _digest(about: Mapping[str, object], arrays: Iterable[np.ndarray]) -> str:
    """SHA-256 of plain data and arrays."""
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _silent(name: str, progress: Progress | None) -> None:
    """Nobody wants to know."""


def _arrays(linear: Program) -> Iterator[np.ndarray]:
    """The arrays of a program."""
    yield from (linear.cost, np.array([linear.offset]), linear.start, linear.row, linear.value)
    yield from (linear.row_lower, linear.row_upper, linear.lower, linear.upper, linear.is_integer)


def write_ranked(ranked: Ranked, path: Path) -> None:
    """A finished solve as numpy arrays and one line of JSON; no pickles."""
    outcome = asdict(replace(ranked.outcome, x=None, row_dual=None, basis=None))
    goals = [asdict(goal) for goal in ranked.goals]
    about = {"outcome": outcome, "goals": goals, "is_least": ranked.is_least}
    none = np.empty(0)
    basis = ranked.outcome.basis or Basis(none, none)
    np.savez_compressed(
        path,
        x=none if ranked.outcome.x is None else ranked.outcome.x,
        basis_column=basis.column,
        basis_row=basis.row,
        row_dual=none if ranked.outcome.row_dual is None else ranked.outcome.row_dual,
        about=np.array(json.dumps(about)),
    )


def read_ranked(path: Path) -> Ranked:
    """A finished solve read back.

    Raises:
        OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile: not such a file.
    """
    # opened here: numpy leaves a broken archive open
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        x, about = stored["x"], json.loads(str(stored["about"]))
        basis = Basis(stored["basis_column"], stored["basis_row"])
        dual = stored["row_dual"]
    arrays = {
        "x": x if x.size else None,
        "basis": basis if basis.column.size else None,
        "row_dual": dual if dual.size else None,
        "steps": tuple(Step(**step) for step in about["outcome"]["steps"]),
    }
    outcome = Outcome(**{**about["outcome"], **arrays})
    goals = tuple(Reached(**goal) for goal in about["goals"])
    return Ranked(outcome, goals, is_least=about["is_least"])
