"""Processes end with the one that started them, and no signal but that of their parent ends them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from siting.solver.workers import in_processes

SCRIPT = """
import os, sys, time
from functools import partial
from siting.core.stop import listen
from siting.solver.workers import in_processes
def start():
    pass
def work(folder):
    open(os.path.join(folder, str(os.getpid())), "w").close()
    time.sleep(600)
if __name__ == "__main__":
    listen()
    try:
        in_processes(2, start, work, [sys.argv[1]] * 2, print)
    except KeyboardInterrupt:
        print("stopped")
"""


def start() -> None:
    """Nothing to prepare."""


def square(number: int) -> int:
    """Some work."""
    return number * number


def fails(number: int) -> int:
    """Work that cannot be done."""
    raise ValueError(f"no {number}")


def test_results_come_with_their_numbers() -> None:
    found: dict[int, int] = {}
    in_processes(2, start, square, [3, 4, 5], found.__setitem__)
    assert found == {0: 9, 1: 16, 2: 25}


def test_what_a_work_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="no 3"):
        in_processes(2, start, fails, [3], lambda number, result: None)


def is_alive(pid: int) -> bool:
    """Whether a process goes on."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split(")")[1][:3]
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize(
    ("number", "is_group"),
    [
        (signal.SIGKILL, False),
        (signal.SIGINT, False),
        (signal.SIGINT, True),
        (signal.SIGTERM, True),
    ],
)
def test_no_process_outlives_its_parent(
    tmp_path: Path, number: signal.Signals, is_group: bool
) -> None:
    script, made = tmp_path / "run.py", tmp_path / "made"
    script.write_text(SCRIPT, encoding="utf-8")
    made.mkdir()
    process = subprocess.Popen(
        [sys.executable, str(script), str(made)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while len(list(made.iterdir())) < 2:
        time.sleep(0.05)
        assert process.poll() is None
    pids = [int(path.name) for path in made.iterdir()]
    assert all(map(is_alive, pids))
    (os.killpg if is_group else os.kill)(process.pid, number)
    said, wrong = process.communicate()
    if number != signal.SIGKILL:
        assert (process.returncode, said, wrong) == (0, "stopped\n", "")
    while any(map(is_alive, pids)):
        time.sleep(0.05)
