"""Measure ``siting compare`` on the national case as if offered: six strategies against single solves.

Run with ``make bench``. Figures are those of this machine and this run; nothing is asserted.
"""

from __future__ import annotations

import os
from time import perf_counter, process_time

from siting.core.resources import builtin_path
from siting.pipeline import limits_of, load, run
from siting.timeline.compare import StrategyResult, compare_strategies
from siting.timeline.library import strategies_for
from siting.timeline.solves import Solver


def main() -> None:
    """Print what one solve takes, then when each strategy is done."""
    loaded = load(builtin_path("models/federal-2035-open.yaml"))
    limits = limits_of(loaded.instance)
    print(f"siting compare, {os.cpu_count()} cores")
    started = perf_counter()
    run(loaded)
    single = perf_counter() - started
    print(f"one solve {single:.1f} s", flush=True)
    started, used = perf_counter(), process_time()

    def done(result: StrategyResult) -> None:
        after = perf_counter() - started
        print(
            f"{result.name:20s} {result.status:10s} gap {result.gap:7.3%} {after:6.1f} s",
            flush=True,
        )

    strategies = strategies_for(loaded.instance)
    compare_strategies(loaded, strategies, Solver(limits), done)
    took = perf_counter() - started
    print(
        f"{len(strategies)} strategies {took:.1f} s, {took / single:.1f} single solves, "
        f"{process_time() - used:.1f} s of processor time"
    )


if __name__ == "__main__":
    main()
