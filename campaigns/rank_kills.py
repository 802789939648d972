"""Futures under MPI of which a rank is killed at a random moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from support.killed_hedges import write_scenario
from support.ranks import begin, command, kill_a_rank

ABOUT = "mpi-sppy with three ranks, one of them killed with SIGKILL: no result or a whole one, then the same"
COUNT = 30
LONGEST_SECONDS = 12.0
"""From when the ranks are there to the kill."""
HEDGE_USD = 87.4145e6


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each; so many runs with a kill, then one without."""
    with TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        words = command(write_scenario(Path(folder)), result, 20)
        for number in range(count):
            code = kill_a_rank(words, LONGEST_SECONDS, Random(f"{seed}/{number}"))
            if code == 0 or result.exists():
                yield from _faults(result, f"seed {seed}, kill {number}, exit {code}")
            result.unlink(missing_ok=True)
        if code := begin(words).wait():
            yield f"seed {seed}: a run that nobody disturbs ends with {code}"
        else:
            yield from _faults(result, f"seed {seed}, undisturbed")


def _faults(result: Path, where: str) -> Iterator[str]:
    """What is wrong with a result."""
    if not result.is_file():
        yield f"{where}: no result"
        return
    found = json.loads(result.read_text(encoding="utf-8"))
    if not found["bound_usd"] - 1 <= HEDGE_USD <= found["value_usd"] + 1:
        yield f"{where}: {found}"
