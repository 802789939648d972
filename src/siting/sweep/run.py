"""A whole sweep: its runs in waves, the values at which sites change, and plans held under every run."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from siting.pipeline import Loaded, limits_of
from siting.sweep.design import Point, base_of, points_of, waves
from siting.sweep.flow import Begin, Flow
from siting.sweep.pool import Pool
from siting.sweep.store import Store
from siting.sweep.study import Sweep
from siting.sweep.work import BASE, Task

SHRINK_EVERY = 200
"""Runs after which starts of others are looked at, whether they take more than they may."""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Run:
    """A run of the design with its record."""

    point: Point
    key: str
    record: dict[str, Any]

    @property
    def has_plan(self) -> bool:
        """Whether it came to a plan."""
        return is_planned(self.record)

    @property
    def sites(self) -> frozenset[str]:
        """Sites of its plan."""
        return frozenset(self.record.get("sites", ()))


@dataclass
class Sweeping:
    """A sweep under way.

    Attributes:
        loaded: the scenario. folder: the store. pool: who does the runs.
        tell: called with a line of progress.
        reused: how many runs were in the store when they could begin.
    """

    sweep: Sweep
    loaded: Loaded
    folder: Path
    pool: Pool
    tell: Tell = lambda line: None
    reused: int = 0
    solved: int = 0
    _began: float = field(default_factory=perf_counter)
    _sha256: str = ""

    @property
    def store(self) -> Store:
        """Finished runs."""
        return Store(self.folder)

    def prepare(self) -> None:
        """Put the scenario where every process finds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        data = json.loads(json.dumps(dict(self.loaded.instance.resolved), default=str))
        text = json.dumps(data, sort_keys=True)
        self._sha256 = hashlib.sha256(text.encode()).hexdigest()
        fresh = self.folder / f".{BASE}.new"
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.folder / BASE)

    def task(self, point: Point, near: str | None = None, decisions: Any = None) -> Task:
        """The run of a point."""
        sweep, limits = self.sweep, limits_of(self.loaded.instance)
        changes = tuple(
            change.model_dump(mode="json", exclude_none=True)
            for name, value in point.values.items()
            for change in sweep.factors[name].changes(value)
        )
        held = None
        if decisions is not None:
            held = tuple((name, tuple(labels), p, more) for name, labels, p, more in decisions)
        return Task(
            store=str(self.folder.absolute()),
            scenario=self._sha256,
            changes=changes,
            gap_frac=limits.gap_frac if sweep.gap_frac is None else sweep.gap_frac,
            time_limit_seconds=sweep.time_limit_seconds or limits.time_limit_seconds,
            seed=limits.seed,
            keep=() if decisions is not None else tuple(sweep.keep),
            near=near,
            decisions=held,
        )

    def runs(self) -> list[Run]:
        """Every run of the design, then those between values at which sites change."""
        points = points_of(self.sweep)
        found = self._found(points, waves(points))
        while more := between(self.sweep, found):
            every = range(len(found)), range(len(found), len(found) + len(more))
            found = self._found([*(run.point for run in found), *more], every, found)
        return found

    def held(self, runs: Sequence[Run], plans: Sequence[Run]) -> dict[tuple[str, str], Run]:
        """Each plan held under each run, by the keys of both."""
        pairs = [(plan, run) for plan in plans for run in runs if run.has_plan]
        tasks = [self.task(run.point, run.key, plan.record["decisions"]) for plan, run in pairs]
        self._do(tasks, len(tasks))
        return {
            (plan.key, run.key): Run(run.point, task.key, self.store.read(task.key))
            for (plan, run), task in zip(pairs, tasks, strict=True)
        }

    def _found(
        self, points: Sequence[Point], parts: Sequence[range], known: Sequence[Run] = ()
    ) -> list[Run]:
        """Runs of points, each once it is known from which it starts.

        Args:
            parts: waves of the points. known: runs that are at hand.
        """
        low, high = np.array([factor.bounds for factor in self.sweep.factors.values()]).T
        values = np.array([[one.values[name] for name in self.sweep.factors] for one in points])
        flow = Flow(values / (high - low), parts)
        tasks = [self.task(point) for point in points]
        keys = [task.key for task in tasks]
        records = {run.key: run.record for run in known}
        waiting: dict[str, list[int]] = {}

        def ready(may_begin: Sequence[Begin]) -> list[Task]:
            begun, left = [], deque(may_begin)
            while left:
                number, near = left.popleft()
                key = keys[number]
                if key not in records and self.store.has(key):
                    records[key] = self.store.read(key)
                    self.reused += 1
                if key in records:
                    left += flow.finished(number, has_plan=is_planned(records[key]))
                    continue
                if key not in waiting:
                    begun.append(replace(tasks[number], near=None if near is None else keys[near]))
                waiting.setdefault(key, []).append(number)
            return begun

        def done(key: str) -> list[Task]:
            records[key] = self.store.read(key)
            self._tell_of(len(points))
            has_plan = is_planned(records[key])
            numbers = waiting.pop(key)
            return ready([one for n in numbers for one in flow.finished(n, has_plan=has_plan)])

        self.pool.do(ready(flow.begin()), done)
        self.store.shrink(self.sweep.store_mb)
        return [Run(point, key, records[key]) for point, key in zip(points, keys, strict=True)]

    def _do(self, tasks: Sequence[Task], count: int) -> None:
        """Do those that are not done yet, each once."""
        every = {task.key: task for task in tasks}
        left = {key: task for key, task in every.items() if not self.store.has(key)}
        self.reused += len(every) - len(left)

        def done(key: str) -> Sequence[Task]:
            self._tell_of(count)
            return ()

        self.pool.do(list(left.values()), done)

    def _tell_of(self, count: int) -> None:
        """Count a run that was solved, and say how far the sweep is."""
        self.solved += 1
        if self.solved % SHRINK_EVERY == 0:
            self.store.shrink(self.sweep.store_mb)
        spent = perf_counter() - self._began
        rate = self.solved / spent if spent else 0.0
        rest = max(0, count - self.reused - self.solved)
        self.tell(
            f"{self.solved + self.reused:,} of {count:,} runs, {rate:.2f} a second, "
            f"{rest / rate if rate else 0:,.0f} s left"
        )


def is_planned(record: Mapping[str, Any]) -> bool:
    """Whether a run came to a plan."""
    return "cost_usd" in record


def between(sweep: Sweep, runs: Sequence[Run]) -> list[Point]:
    """Middles of intervals at whose ends the sites differ and that are wider than asked for, with all other
    factors at their base."""
    base = base_of(sweep)
    points = []
    for name, factor in sweep.factors.items():
        if factor.resolution is None:
            continue
        line = along(runs, base, name)
        for (low, first), (high, second) in pairwise(line):
            if high - low > factor.resolution and _differ(first, second):
                middle = (low + high) / 2
                points.append(Point(f"{name} at {middle:g}", {**base, name: middle}))
    return points


def along(runs: Sequence[Run], base: Any, name: str) -> list[tuple[float, Run]]:
    """Runs in which one factor alone leaves its base, by its value."""
    found = {
        run.point.values[name]: run
        for run in runs
        if all(run.point.values[other] == value for other, value in base.items() if other != name)
    }
    return sorted(found.items())


def _differ(first: Run, second: Run) -> bool:
    """Whether two runs have plans on other sites, or one has none."""
    return first.has_plan != second.has_plan or first.sites != second.sites
