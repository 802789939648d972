"""Many solves of a study: each starts from the best plan known, and none is done twice.

A finished solve is kept in a folder under the SHA-256 of everything that it depends on: the arrays
of the model, the goals, the limits, and the versions of the engine and the solver. A study that is
killed and run again finds its finished solves there and goes on with the next.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from siting.components.base import Index
from siting.components.registry import COMPONENTS
from siting.instance.build import Instance
from siting.model.assemble import LinearModel
from siting.model.goals import linear_goals
from siting.pipeline import solve_linear
from siting.solver.completion import completed
from siting.solver.highs import Limits, Outcome, Progress
from siting.solver.lexicographic import Ranked, Reached

logger = logging.getLogger(__name__)

Point = Mapping[tuple[str, Index], float]
"""A plan by variable name and index, whatever the model it came from."""
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
        used: names of the stored solves that this study asked for.
    """

    limits: Limits
    stores: tuple[Path, ...] = ()
    on_progress: Callable[[str, Progress], None] | None = None
    points: list[Point] = field(default_factory=list)
    used: dict[str, Path] = field(default_factory=dict)

    def solve(self, name: str, instance: Instance, linear: LinearModel) -> Ranked:
        """The best plan of a model, from the store or by solving it.

        Raises:
            StudyStopped: Ctrl-C; the solve that was running is not kept.
        """
        key = self._key(instance, linear)
        ranked = self._read(key)
        if ranked is None:
            shown = None if self.on_progress is None else _named(self.on_progress, name)
            start = self._start(linear)
            ranked = solve_linear(instance, linear, self.limits, shown, start)
            if ranked.outcome.is_stopped:
                raise StudyStopped
            self._write(key, ranked)
            logger.info("%s: %s in %.1f s", name, ranked.outcome.status, ranked.outcome.seconds)
        if ranked.outcome.x is not None:
            x = ranked.outcome.x
            self.points.append({names: float(x[i]) for names, i in linear.columns.items() if x[i]})
        return ranked

    def _start(self, linear: LinearModel) -> np.ndarray | None:
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

    def _key(self, instance: Instance, linear: LinearModel) -> str:
        """SHA-256 of all that a solve depends on."""
        digest = hashlib.sha256()
        goals = linear_goals(linear, instance)
        about = {
            "limits": asdict(self.limits),
            "versions": {name: version(name) for name in ("siting", "highspy")},
            "goals": [goal.goal.model_dump(mode="json") for goal in goals],
            # rows that are stated as they are broken stand in no array yet
            "unstated": {
                name: instance.scenario.families()[name].model_dump(mode="json")
                for name in sorted(instance.data)
                if COMPONENTS[name].separate is not None
            },
        }
        digest.update(json.dumps(about, sort_keys=True).encode())
        for array in _arrays(linear):
            digest.update(np.ascontiguousarray(array).tobytes())
        for goal in goals:
            digest.update(goal.coefficients.tobytes())
        return digest.hexdigest()

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
        self.used[key] = path


def _named(on_progress: Callable[[str, Progress], None], name: str) -> Callable[[Progress], None]:
    """Progress with the name of the solve."""
    return lambda progress: on_progress(name, progress)


def _arrays(linear: LinearModel) -> Iterator[np.ndarray]:
    """The arrays of a program."""
    yield from (linear.cost, np.array([linear.offset]), linear.start, linear.row, linear.value)
    yield from (linear.row_lower, linear.row_upper, linear.lower, linear.upper, linear.is_integer)


def write_ranked(ranked: Ranked, path: Path) -> None:
    """A finished solve as numpy arrays and one line of JSON; no pickles."""
    outcome = asdict(replace(ranked.outcome, x=None))
    about = {"outcome": outcome, "goals": [asdict(goal) for goal in ranked.goals]}
    x = np.empty(0) if ranked.outcome.x is None else ranked.outcome.x
    np.savez_compressed(path, x=x, about=np.array(json.dumps(about)))


def read_ranked(path: Path) -> Ranked:
    """A finished solve read back.

    Raises:
        OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile: not such a file.
    """
    # opened here: numpy leaves a broken archive open
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        x, about = stored["x"], json.loads(str(stored["about"]))
    outcome = Outcome(**{**about["outcome"], "x": x if x.size else None})
    return Ranked(outcome, tuple(Reached(**goal) for goal in about["goals"]))
