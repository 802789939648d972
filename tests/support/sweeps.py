"""Sweeps in this process, and studies as files."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from siting.pipeline import load
from siting.sweep.answer import Swept, swept
from siting.sweep.pool import Done, Pool
from siting.sweep.run import Sweeping
from siting.sweep.store import Store
from siting.sweep.study import Sweep, read_sweep
from siting.sweep.work import Task, do
from support.engine import toy, write_scenario


class Here:
    """Does runs one after another, in this process."""

    def do(self, tasks: Sequence[Task], on_done: Done) -> None:
        """Do all runs."""
        left = deque(tasks)
        while left:
            left += on_done(do(left.popleft()))


def factor(path: str, low: float, high: float, base: float, **more: Any) -> dict[str, Any]:
    """A factor of one number."""
    return {"paths": [path], "lowest": low, "highest": high, "base": base, **more}


CHEAP = factor("zones.cheap.energy_usd_per_mwh", 5, 80, 20)
DEAR = factor("zones.dear.energy_usd_per_mwh", 20, 90, 60)


def write_study(
    folder: Path,
    factors: Mapping[str, Any],
    design: Mapping[str, Any],
    scenario: Mapping[str, Any] | None = None,
    **more: Any,
) -> Path:
    """A study file beside its scenario, the toy where none is given."""
    folder.mkdir(parents=True, exist_ok=True)
    write_scenario(dict(scenario or toy()), folder / "scenario.json")
    study = {"scenario": "scenario.json", "factors": factors, "design": design, **more}
    (folder / "study.json").write_text(json.dumps(study), encoding="utf-8")
    return folder / "study.json"


def sweep_here(study: Path, store: Path, pool: Pool | None = None) -> Swept:
    """A sweep in this process."""
    asked: Sweep = read_sweep(study)
    loaded = load(study.parent / asked.scenario, asked.set)
    return swept(Sweeping(asked, loaded, store, pool or Here()))


def solved_keys(store: Path) -> list[str]:
    """Keys of the runs that were solved, in order."""
    return [key for key, _ in Store(store).efforts()]


def table_bytes(folder: Path) -> dict[str, bytes]:
    """Tables of a written sweep."""
    return {path.name: path.read_bytes() for path in sorted((folder / "tables").iterdir())}
