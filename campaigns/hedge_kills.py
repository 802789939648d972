"""Plans under uncertainty whose dask workers and clients are killed at random moments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from support.killed_hedges import begin, kill_at_random, write_scenario
from support.killed_sweeps import cluster
from support.sweeps import table_bytes

ABOUT = "hedges killed with SIGKILL, worker or client, at random moments: tables to the byte, none solved twice"
COUNT = 30
ROUND = 3
"""Kills of one run, so that a run is begun, disturbed and ended again and again."""


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each; so many kills in all."""
    with TemporaryDirectory() as folder:
        scenario = write_scenario(Path(folder))
        calm = Path(folder) / "calm"
        if begin(scenario, calm).wait():
            yield "the plan fails when nobody disturbs it"
            return
        with cluster() as at:
            kills = number = 0
            while kills < count:
                killed, number = Path(folder) / f"killed{number}", number + 1
                most = min(ROUND, count - kills)
                code, keys, done = kill_at_random(scenario, killed, at, most, seed * 1000 + number)
                kills += done
                where = f"seed {seed * 1000 + number}, {done} kills"
                if code:
                    yield f"{where}: the last client ends with {code}"
                elif table_bytes(killed) != table_bytes(calm):
                    yield f"{where}: other tables"
                if len(keys) != len(set(keys)):
                    yield f"{where}: {len(keys) - len(set(keys))} solves done twice"
