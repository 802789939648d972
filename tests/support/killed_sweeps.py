"""Sweeps whose processes are killed at random moments, as a child of the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import sleep

POLL_SECONDS = 0.05
CLUSTER = """
import sys
from distributed import LocalCluster
cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
print(cluster.scheduler_address, flush=True)
sys.stdin.read()
"""
RUN = "from siting.cli.entry import main; main()"


def begin(study: Path, output: Path, *more: str) -> subprocess.Popen[bytes]:
    """``siting sweep`` in a process of its own."""
    command = [sys.executable, "-c", RUN, "sweep", str(study), "-o", str(output)]
    options = more or ("--jobs", "2")
    return subprocess.Popen(
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@contextmanager
def cluster() -> Iterator[tuple[int, str]]:
    """Process and address of a dask cluster of two worker processes, which are replaced when they end."""
    process = subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.pid, process.stdout.readline().decode().strip()
    finally:
        process.stdin.close()
        process.stdout.close()
        process.kill()
        process.wait()


def kill_workers(
    study: Path, output: Path, store: Path, at: tuple[int, str], kills: int, seed: int
) -> int:
    """Run a sweep on a cluster, with some of its workers killed on the way; exit code of the client."""
    rng = Random(seed)
    client = begin(study, output, "--scheduler", at[1])
    for _ in range(kills):
        _wait(client, store, finished(store) + rng.choice((1, 2, 3)))
        workers = workers_of(at[0])
        if client.poll() is None and workers:
            os.kill(rng.choice(workers), signal.SIGKILL)
    return client.wait()


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
