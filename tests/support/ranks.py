"""The futures of a scenario under MPI, by the command of the guide, as children of the test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from time import sleep

from support.killed_sweeps import POLL_SECONDS, workers_of

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "uncertainty.md"
RANKS = 3


def mpiexec() -> str | None:
    """The command of MPI, beside the interpreter or of the system."""
    own = Path(sys.executable).parent / "mpiexec"
    return str(own) if own.is_file() else shutil.which("mpiexec")


def command(scenario: Path, result: Path, iterations: int) -> list[str]:
    """The line of the guide with a scenario, a result and a number of iterations in place of its own."""
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    (words,) = [line.split() for line in lines if line.startswith("mpiexec ")]
    own = {"--scenario": scenario, "--result": result, "--max-iterations": iterations}
    for option, value in own.items():
        words[words.index(option) + 1] = str(value)
    words[words.index("python")] = sys.executable
    return [str(mpiexec()), *words[1:]]


def begin(words: list[str]) -> subprocess.Popen[bytes]:
    """Run a command in the folder of its scenario, since mpi-sppy leaves logs where it is run."""
    folder = Path(words[words.index("--scenario") + 1]).parent
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)


def kill_a_rank(words: list[str], seconds: float, rng: Random) -> int:
    """Run a command, kill one of its ranks after at most so many seconds; its exit code."""
    process = begin(words)
    ranks: list[int] = []
    while process.poll() is None and len(ranks) < RANKS:
        sleep(POLL_SECONDS)
        ranks = [rank for proxy in workers_of(process.pid) for rank in workers_of(proxy)]
    sleep(rng.uniform(0, seconds))
    if process.poll() is None:
        os.kill(rng.choice(ranks), signal.SIGKILL)
    return process.wait()
