"""Sweeps whose processes are killed at random moments, as a child of the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from time import sleep

POLL_SECONDS = 0.05
RUN = "from siting.cli.entry import main; main()"


def begin(study: Path, output: Path, jobs: int = 2) -> subprocess.Popen[bytes]:
    """``siting sweep`` in a process of its own."""
    command = [sys.executable, "-c", RUN, "sweep", str(study), "-o", str(output)]
    return subprocess.Popen(
        [*command, "--jobs", str(jobs)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def workers_of(pid: int) -> list[int]:
    """Processes that a process has started, and theirs."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                status = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(status[1]) == pid:
                found.append(int(folder.name))
    return found


def finished(store: Path) -> int:
    """Runs that are in the store."""
    return len(list(store.glob("*/*.json")))


def kill_at_random(study: Path, output: Path, store: Path, kills: int, seed: int) -> list[int]:
    """Run a sweep to its end, with some kills of a worker or of the client on the way.

    A kill comes once a random number of further runs is finished, so that it hits the work on any machine.

    Returns:
        Exit codes of the clients.
    """
    rng = Random(seed)
    codes: list[int] = []
    client = begin(study, output)
    for _ in range(kills):
        _wait(client, store, finished(store) + rng.choice((1, 1, 2, 3)))
        if client.poll() is not None:
            break
        workers = workers_of(client.pid)
        if workers and rng.random() < 0.6:
            os.kill(rng.choice(workers), signal.SIGKILL)
        else:
            client.kill()
            codes.append(client.wait())
            client = begin(study, output)
    codes.append(client.wait())
    return codes


def _wait(client: subprocess.Popen[bytes], store: Path, count: int) -> None:
    """Until so many runs are finished, or the client has ended."""
    while client.poll() is None and finished(store) < count:
        sleep(POLL_SECONDS)
