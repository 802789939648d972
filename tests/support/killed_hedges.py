"""Plans under uncertainty whose workers and clients are killed at random moments, as children of the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from time import sleep

import yaml

from siting.outputs.study_folder import working_store
from siting.timeline.solves import LOG
from support.futures import banks_and_queue, with_futures
from support.killed_sweeps import POLL_SECONDS, RUN, workers_of

PAUSE_SECONDS = 0.3
"""Longest time between a finished solve and a kill, so that it hits the next one on its way."""


def write_scenario(folder: Path) -> Path:
    """The toy under three futures, in a file."""
    path = folder / "toy.yaml"
    scenario = with_futures(banks_and_queue("2027-07"), has_units=False)
    path.write_text(yaml.safe_dump(scenario), encoding="utf-8")
    return path


def begin(scenario: Path, output: Path, *more: str) -> subprocess.Popen[bytes]:
    """``siting hedge`` in a process of its own."""
    command = [sys.executable, "-c", RUN, "hedge", str(scenario), "-o", str(output), *more]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_at_random(
    scenario: Path, output: Path, at: tuple[int, str], kills: int, seed: int
) -> tuple[int, list[str], int]:
    """Run to the end on a cluster, with kills of a worker or of the client on the way; where a run ends
    before the kill there is no more of them.

    Args:
        at: process and address of the cluster.

    Returns:
        Exit code of the last client, the key of every solve that was written, by each of its writings, and
        how many kills there were.
    """
    rng, done = Random(seed), 0
    with written(output) as keys:
        client = begin(scenario, output, "--scheduler", at[1])
        for _ in range(kills):
            least = len(keys) + rng.choice((0, 1, 2))
            while client.poll() is None and len(keys) < least:
                sleep(POLL_SECONDS)
            sleep(rng.uniform(0, PAUSE_SECONDS))
            if client.poll() is not None:
                break
            done += 1
            workers = workers_of(at[0])
            if workers and rng.random() < 0.6:
                os.kill(rng.choice(workers), signal.SIGKILL)
            else:
                client.kill()
                client.wait()
                client = begin(scenario, output, "--scheduler", at[1])
        return client.wait(), keys, done


@contextmanager
def written(output: Path) -> Iterator[list[str]]:
    """Keys of the solves of a study as they are written; the store goes once the study is there."""
    log, keys, stop = working_store(output) / LOG, list[str](), Event()

    def watch() -> None:
        while not stop.wait(POLL_SECONDS / 2):
            now = log.read_text(encoding="utf-8").split() if log.is_file() else []
            keys.extend(now[len(keys) :])

    thread = Thread(target=watch)
    thread.start()
    try:
        yield keys
    finally:
        stop.set()
        thread.join()
