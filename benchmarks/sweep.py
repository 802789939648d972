"""Measure a sweep: time beside the solves, memory of each worker, and what growth uses again.

``python benchmarks/sweep.py [STUDY.yaml [FOLDER [SMALL [LARGE [JOBS]]]]]``: points of a Sobol sequence, first
SMALL of them (256), then LARGE (1,024), of the shipped study of PJM. FOLDER keeps the finished runs, so
that a benchmark that is stopped goes on. All figures are from the store's own log of who solved what and
when; they are those of this machine and this run, and nothing is asserted.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

from siting.pipeline import load
from siting.sweep.pool import Processes
from siting.sweep.run import Sweeping
from siting.sweep.store import Effort, Store
from siting.sweep.study import Sweep, read_sweep

STUDY = Path(__file__).parents[1] / "models" / "sweeps" / "restart-pjm.yaml"
SMALL, LARGE, JOBS = 256, 1024, 2


def points(study: Path, folder: Path, samples: int, jobs: int) -> Sweeping:
    """Solve the points of a sample, without the rows that indices need."""
    asked: Sweep = read_sweep(study)
    design = asked.design.model_copy(update={"samples": samples, "with_indices": False})
    asked = asked.model_copy(update={"design": design})
    loaded = load(study.parent / asked.scenario, asked.set)
    with Processes(jobs) as pool:
        sweeping = Sweeping(asked, loaded, folder, pool)
        sweeping.prepare()
        sweeping.runs()
    return sweeping


def between_runs(efforts: Sequence[Effort]) -> list[float]:
    """Seconds from the end of each run to the start of the next one of the same worker."""
    by_worker = defaultdict(list)
    for effort in efforts:
        by_worker[effort.worker].append(effort)
    return [
        after.began_seconds - before.ended_seconds
        for runs in by_worker.values()
        for before, after in pairwise(sorted(runs, key=lambda run: run.began_seconds))
    ]


def report(what: str, sweeping: Sweeping, efforts: Sequence[Effort]) -> None:
    """One sample."""
    print(f"{what}: {sweeping.solved:,} runs solved, {sweeping.reused:,} used again")
    if len(efforts) < 2:
        return
    solves = [effort.ended_seconds - effort.began_seconds for effort in efforts]
    gaps = [1e3 * seconds for seconds in between_runs(efforts)]
    began = min(effort.began_seconds for effort in efforts)
    clock = max(effort.ended_seconds for effort in efforts) - began
    print(f"  {clock:,.0f} s, {len(efforts) / clock:.2f} runs a second")
    print(f"  a solve: median {median(solves):.2f} s, longest {max(solves):.2f} s")
    print(
        f"  between two solves of a worker: median {median(gaps):.1f} ms, mean {mean(gaps):.1f} ms"
    )
    print("  (the mean has the waits of a worker at the end of each wave)")
    print(f"  most memory of a worker: {max(effort.peak_mib for effort in efforts):,.0f} MiB")


def main(arguments: Sequence[str]) -> None:
    """Measure both samples."""
    study = Path(arguments[0]) if arguments else STUDY
    kept = arguments[1] if len(arguments) > 1 else tempfile.mkdtemp(prefix="sweep-")
    numbers = (*map(int, arguments[2:]), *(SMALL, LARGE, JOBS)[len(arguments[2:]) :])
    print(f"{platform.machine()}, {os.cpu_count()} cores; runs are kept in {kept}", flush=True)
    *samples, jobs = numbers
    for count in samples:
        folder = Path(kept)
        before = len(Store(folder).efforts())
        sweeping = points(study, folder, count, jobs)
        report(f"{count:,} points", sweeping, [e for _, e in Store(folder).efforts()[before:]])


if __name__ == "__main__":
    main(sys.argv[1:])
