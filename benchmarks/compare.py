"""Measure ``siting compare`` on the flagship: six strategies against the optimum, in seconds.

Run with ``make bench``. Figures are those of this machine and this run; nothing is asserted.
"""

from __future__ import annotations

import os
from time import perf_counter

from siting.core.resources import builtin_path
from siting.pipeline import limits_of, load
from siting.timeline.compare import StrategyResult, compare_strategies
from siting.timeline.solves import Solver
from siting.timeline.studies import strategies_for


def main() -> None:
    """Print seconds and gap of each strategy."""
    loaded = load(builtin_path("models/federal-2035.yaml"))
    print(f"siting compare, {os.cpu_count()} cores")
    started = last = perf_counter()

    def done(result: StrategyResult) -> None:
        nonlocal last
        now = perf_counter()
        print(f"{result.name:20s} {result.status:10s} gap {result.gap:7.3%} {now - last:8.1f} s")
        last = now

    strategies = strategies_for(loaded.instance)
    compare_strategies(loaded, strategies, Solver(limits_of(loaded.instance)), done)
    print(f"{len(strategies)} strategies {perf_counter() - started:28.1f} s")


if __name__ == "__main__":
    main()
