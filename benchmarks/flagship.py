"""Measure the flagship: read, build, solve to 0.5 % and write, in seconds; prints a table.

Run with ``make bench``. Figures are those of this machine and this run; nothing is asserted.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from siting.core.resources import builtin_path
from siting.model.assemble import assemble
from siting.outputs.write import write_plan
from siting.pipeline import limits_of, load, run, size_by_family
from siting.solver.highs import Progress, solve

REPEATS = 3
KIB_PER_MIB = 1024


def timed(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    started = perf_counter()
    work()
    return perf_counter() - started


def main() -> None:
    """Print the measurements."""
    path = builtin_path("models/federal-2035.yaml")
    print(
        f"python {platform.python_version()}, pyomo {version('pyomo')}, highspy {version('highspy')}"
    )
    print(f"{os.cpu_count()} cores, seed 1")
    read = sorted(timed(lambda: load(path)) for _ in range(REPEATS))[REPEATS // 2]
    loaded = load(path)
    build = sorted(timed(lambda: assemble(loaded.instance)) for _ in range(REPEATS))[REPEATS // 2]
    print(f"{'read and check, median of 3':42s} {read:8.2f} s")
    print(f"{'build and compile, median of 3':42s} {build:8.2f} s")
    first: list[float] = []
    started = perf_counter()

    def note(progress: Progress) -> None:
        if progress.incumbent is not None and not first:
            first.append(perf_counter() - started)

    plan = run(loaded, note)
    size = plan.model
    print(
        f"{size.rows:,} rows, {size.columns:,} columns, {size.integers:,} integers, "
        f"{size.nonzeros:,} nonzeros"
    )
    if first:
        print(f"{'first plan of any quality, from build on':42s} {first[0]:8.2f} s")
    print(f"{f'proof to 0.5 % (gap {plan.gap:.3%})':42s} {plan.solve_seconds:8.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        write = timed(lambda: write_plan(plan, Path(folder) / "plan"))
    print(f"{'write everything':42s} {write:8.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB
    print(f"{'peak memory':42s} {peak:8.0f} MiB")
    if "--peer" in sys.argv:
        limits = replace(limits_of(loaded.instance), time_limit_seconds=plan.solve_seconds)
        plain = solve(assemble(loaded.instance).linear, limits)
        print(
            f"HiGHS without a first plan, in the same seconds: {plain.status}, gap {plain.gap:.2%}"
        )


def every_family() -> None:
    """Print what the flagship with every family on reaches, and what each family adds."""
    loaded = load(builtin_path("models/federal-2035-full.yaml"))
    for family, size in size_by_family(loaded.instance).items():
        print(f"{family:14s}" + "".join(f"{size[key]:9,} {key}" for key in size))
    limits = replace(limits_of(loaded.instance), time_limit_seconds=FULL_SECONDS)
    plan = run(loaded, limits=limits)
    print(f"every family, {FULL_SECONDS:.0f} s of solving: {plan.status}, gap {plan.gap:.2%}")


FULL_SECONDS = 60.0


if __name__ == "__main__":
    main()
    every_family()
