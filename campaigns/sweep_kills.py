"""Sweeps whose workers and clients are killed at random moments, as the operating system sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from siting.sweep.write import store_of
from support.killed_sweeps import begin, kill_at_random
from support.sweeps import CHEAP, DEAR, solved_keys, table_bytes, write_study

ABOUT = "sweeps killed with SIGKILL, worker or client, at random moments: tables to the byte, no run twice"
COUNT = 30


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each; so many kills in all."""
    design = {"kind": "grid", "points": 6}
    with TemporaryDirectory() as folder:
        study = write_study(
            Path(folder), {"cheap": CHEAP, "dear": DEAR}, design, regret={"plans": 2}
        )
        calm = Path(folder) / "calm"
        if begin(study, calm).wait():
            yield "the sweep fails when nobody disturbs it"
            return
        killed = Path(folder) / "killed"
        codes = kill_at_random(study, killed, store_of(killed), count, seed)
        if codes[-1]:
            yield f"seed {seed}: the last client ends with {codes[-1]}"
        elif table_bytes(killed) != table_bytes(calm):
            yield f"seed {seed}: other tables"
        keys = solved_keys(store_of(killed))
        if len(keys) != len(set(keys)):
            yield f"seed {seed}: {len(keys) - len(set(keys))} runs solved twice"
