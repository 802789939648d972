"""One run: a scenario with some numbers changed, solved, audited and kept.

A run depends on its task alone, on no clock and no other process, so that whoever does it writes the same.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, time
from typing import Any

from siting.core.errors import InfeasibleError, InputError, NoPlanError
from siting.core.plan import Plan
from siting.core.study import Change
from siting.core.yaml_source import parse_document
from siting.instance.build import Instance, build_instance
from siting.instance.changes import changed
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.pipeline import Loaded, finish
from siting.replan.held import States, held, readable, states_of
from siting.scenario import read_scenario
from siting.solver.completion import named
from siting.solver.highs import Limits
from siting.sweep.store import Effort, Start, Store
from siting.timeline.milestones import end_it_mw, late_mw_months, milestone_dates
from siting.timeline.solves import Solver

LAYOUT = 1
"""Of records; one of another layout is not read."""
REFUSED, CRASHED = "REFUSED", "CRASHED"
BASE = "scenario.json"
KIB_PER_MIB = 1024


@dataclass(frozen=True)
class Task:
    """One run, as it is sent to whoever does it.

    Attributes:
        store: folder. scenario: SHA-256 of its ``scenario.json``.
        changes: of that scenario, as data. gap_frac, time_limit_seconds, seed: of the solve.
        keep: tables of the plan that are kept.
        near: run from whose plan and basis this one goes on.
        decisions: of a plan that is held: [variable, labels, period, quantity].
    """

    store: str
    scenario: str
    changes: tuple[Mapping[str, Any], ...]
    gap_frac: float
    time_limit_seconds: float | None
    seed: int
    keep: tuple[str, ...] = ()
    near: str | None = None
    decisions: tuple[tuple[str, tuple[Any, ...], int, float], ...] | None = None

    @property
    def key(self) -> str:
        """SHA-256 of what the run depends on; where it starts from decides only which of the plans within
        the gap it finds."""
        about = {
            "layout": LAYOUT,
            "scenario": self.scenario,
            "changes": self.changes,
            "limits": [self.gap_frac, self.time_limit_seconds, self.seed],
            "keep": sorted(self.keep),
            "decisions": self.decisions,
            "versions": _versions(),
        }
        return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


@lru_cache
def _versions() -> dict[str, str]:
    """Of the engine and the solver."""
    return {name: version(name) for name in ("siting", "highspy")}


def do(task: Task) -> str:
    """Do a run, unless it is done; its key."""
    store, key = Store(Path(task.store)), task.key
    if store.has(key):
        return key
    with store.held(key):
        if not store.has(key):
            began = time()
            record, start = solved(task)
            store.write(key, record, start, Effort(os.getpid(), began, time(), _peak_mib()))
    return key


def _peak_mib() -> float:
    """Most memory that this process ever had; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    kib = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return float(next(kib, 0)) / KIB_PER_MIB


def begin() -> None:
    """Nothing has to be prepared."""


def solved(task: Task) -> tuple[dict[str, Any], Start | None]:
    """Record of a run, and what it leaves for others."""
    began = perf_counter()
    record: dict[str, Any]
    start = None
    try:
        record, start = _planned(task)
    except InputError as error:
        record = _failed(REFUSED, "; ".join(map(str, error.issues)))
    except InfeasibleError as error:
        record = _failed("INFEASIBLE", "; ".join(error.limits))
    except NoPlanError as error:
        record = _failed("NO_SOLUTION", str(error))
    return {**record, "seconds": perf_counter() - began, "near": task.near}, start


def _failed(status: str, message: str) -> dict[str, Any]:
    """A run without a plan."""
    return {"status": status, "message": message}


@lru_cache(maxsize=2)
def _base(store: str, sha256: str) -> Instance:
    """The scenario of a sweep, read once by each process."""
    text = (Path(store) / BASE).read_text(encoding="utf-8")
    if hashlib.sha256(text.encode()).hexdigest() != sha256:
        raise NoPlanError("the scenario of the store is another one")
    return build_instance(read_scenario(parse_document(text, BASE)), json.loads(text))


def _planned(task: Task) -> tuple[dict[str, Any], Start | None]:
    """A run that has a plan."""
    base = _base(task.store, task.scenario)
    changes = [Change.model_validate(change) for change in task.changes]
    instance = changed(base, changes, "sweep") if changes else base
    if instance is None:
        raise NoPlanError("no path of a factor names anything in the scenario")
    model = assemble(instance)
    linear = model.linear
    if task.decisions is not None:
        periods = len(instance.system.calendar)
        follows = frozenset(n for n, (d, _) in readable().items() if d.is_recourse)
        linear = held(linear, states(task.decisions), periods, follows)
    limits = Limits(task.gap_frac, task.time_limit_seconds, 1, task.seed)
    solver = Solver(limits)
    left = None if task.near is None else Store(Path(task.store)).start(task.near)
    if left is not None:
        solver = replace(solver, points=[left.point], basis=left.basis)
    ranked = solver.solve("run", instance, linear)
    if ranked.outcome.status == "INFEASIBLE":
        return _failed("INFEASIBLE", "no plan satisfies every limit"), None
    plan = finish(Loaded(instance, {}), model, linear, ranked, limits, is_written=False)
    assert ranked.outcome.x is not None
    start = Start(named(model.linear, ranked.outcome.x), ranked.outcome.basis)
    return _record(task, instance, model.linear, plan), start if task.decisions is None else None


def _record(task: Task, instance: Instance, program: Program, plan: Plan) -> dict[str, Any]:
    """What is kept of a plan."""
    dates = milestone_dates(plan, None)
    return {
        "status": plan.status,
        "message": "; ".join(plan.findings),
        "cost_usd": plan.objective_usd,
        "bound_usd": plan.bound_usd if abs(plan.bound_usd) < float("inf") else None,
        "late_mw_months": late_mw_months(plan),
        "end_it_mw": end_it_mw(plan),
        **{f"{name}_date": _text(day) for name, day in dates.items()},
        "sites": {
            str(row["site"]): _text(row["commit_date"]) for row in plan.tables["commitments"]
        },
        "decisions": decisions_of(instance, program, plan),
        "tables": {
            name: {
                "columns": plan.tables[name].columns,
                "rows": [
                    [_text(row[column]) for column in plan.tables[name].columns]
                    for row in plan.tables[name]
                ],
            }
            for name in task.keep
            if name in plan.tables
        },
    }


def _text(cell: Any) -> Any:
    """A cell as JSON."""
    return cell.isoformat() if isinstance(cell, date) else cell


def decisions_of(instance: Instance, program: Program, plan: Plan) -> list[list[Any]]:
    """What a plan decides, without what follows by itself: [variable, labels, period, quantity]."""
    known = readable()
    found = states_of(instance, program, plan.tables)
    return [
        [name, list(labels), p, more]
        for (name, labels), rises in sorted(found.rises.items(), key=str)
        if not known[name][0].is_recourse
        for p, more in sorted(rises.items())
    ]


def states(decisions: tuple[tuple[str, tuple[Any, ...], int, float], ...]) -> States:
    """The states that decisions make."""
    rises: dict[Any, dict[int, float]] = {}
    for name, labels, period, more in decisions:
        item = rises.setdefault((name, tuple(labels)), {})
        item[period] = item.get(period, 0.0) + more
    return States(rises, frozenset(), ())
