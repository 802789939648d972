"""A headroom run that is stopped keeps what is done, and the next one goes on from there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from siting.cli.main import main
from siting.core.errors import NoPlanError
from siting.solver import bus_headroom
from siting.solver.bus_headroom import network_headroom
from siting.solver.tuning import TUNING
from support.killed import make_inputs
from support.network import hand

GROUP = TUNING.buses_together

SCRIPT = """
import os, signal, sys
from siting.solver import bus_headroom
real, solved = bus_headroom._solve_bus, []
def stopping(program, bus, *more):
    solved.append(bus)
    if len(solved) == int(os.environ["AFTER"]):
        os.kill(os.getpid(), getattr(signal, os.environ["SIGNAL"]))
    return real(program, bus, *more)
bus_headroom._solve_bus = stopping
from siting.cli.entry import main
sys.argv = ["siting", *sys.argv[1:]]
try:
    main()
finally:
    print("solved", len(solved), file=sys.stderr)
"""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A ring of thirty buses, of which some groups are left after the first."""
    make_inputs(tmp_path / "inputs")
    return tmp_path / "inputs" / "network-a.m"


def headroom(case: Path, out: Path, after: int = 0, name: str = "SIGINT") -> tuple[int, int, str]:
    """Exit code, buses solved and errors of a run that a signal stops at its n-th bus."""
    script = case.parent / "run.py"
    script.write_text(SCRIPT, encoding="utf-8")
    words = [sys.executable, str(script), "headroom", "network", str(case), "--jobs", "1"]
    given = {**os.environ, "AFTER": str(after), "SIGNAL": name}
    done = subprocess.run(
        [*words, "-o", str(out)], capture_output=True, text=True, check=False, env=given
    )
    said, _, solved = done.stderr.rpartition("solved ")
    return done.returncode, int(solved), said


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder; the lines for a scenario name the folder itself."""
    return {
        path.name: path.read_bytes().replace(str(folder).encode(), b"OUT")
        for path in folder.iterdir()
    }


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_what_is_done_is_written_and_taken_up(made: Path, tmp_path: Path, name: str) -> None:
    whole, out, place = tmp_path / "whole", tmp_path / "place" / "out", tmp_path / "place"
    assert headroom(made, whole)[:2] == (0, 30)

    code, _, said = headroom(made, out, GROUP + 2, name)
    assert code == 4 and "Traceback" not in said
    stated = json.loads((out / "headroom.json").read_text(encoding="utf-8"))
    assert (stated["is_complete"], stated["buses"]) == (False, GROUP)
    assert stated["missing_buses"] == 30 - GROUP
    first = (whole / "headroom.csv").read_bytes().splitlines(keepends=True)[: GROUP + 1]
    assert (out / "headroom.csv").read_bytes() == b"".join(first)

    assert headroom(made, out)[:2] == (0, 30 - GROUP)
    assert contents(out) == contents(whole)
    assert [path.name for path in place.iterdir()] == ["out"]


def test_a_stop_before_the_first_results_writes_nothing(made: Path, tmp_path: Path) -> None:
    code, _, said = headroom(made, tmp_path / "place" / "out", 2)
    assert code == 5 and "nothing was written" in said
    assert not list((tmp_path / "place").glob("*"))


def test_kept_results_of_something_else_are_not_taken(made: Path, tmp_path: Path) -> None:
    """Another rating, and a line that a kill cut short."""
    out = tmp_path / "out"
    assert headroom(made, out, GROUP + 2)[0] == 4
    kept = tmp_path / ".out.headroom"
    text = kept.read_text(encoding="utf-8")
    assert text.count("\n") == 1 + GROUP
    kept.write_text(text[:-5], encoding="utf-8")
    assert headroom(made, out, GROUP + 2)[0] == 4, "the group lacks a bus, so it is solved again"
    assert kept.read_text(encoding="utf-8") == text
    made.write_text(made.read_text(encoding="utf-8").replace(" 930 ", " 931 "), encoding="utf-8")
    assert headroom(made, out)[:2] == (0, 30)
    assert not kept.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_processes_end_with_a_stop_and_what_is_done_is_taken_up(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = [sys.executable, "-m", "siting.cli", "headroom", "network", str(made), "--jobs", "2"]
    process = subprocess.Popen(
        [*words, "-o", str(out)], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "HEADROOM_TEST": str(out)}, start_new_session=True,
    )  # fmt: skip
    while process.poll() is None and not (tmp_path / ".out.headroom").exists():
        time.sleep(0.001)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    said = process.communicate()[1]
    # the run may have come to its end before the signal
    assert process.returncode in (0, 4) and "Traceback" not in said
    mark = f"HEADROOM_TEST={out}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            alive = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        assert mark not in alive
    assert (
        subprocess.run([*words, "-o", str(out)], capture_output=True, check=False).returncode == 0
    )
    whole = tmp_path / "whole"
    assert (
        subprocess.run([*words, "-o", str(whole)], capture_output=True, check=False).returncode == 0
    )
    assert contents(out) == contents(whole)


def failing(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Let the solver fail at bus 1 so many times; the program of each try."""
    real, tried = bus_headroom._solve_bus, list[int]()

    def solve(program: Any, bus: int, *more: Any) -> Any:
        if bus == 1:
            tried.append(id(program))
            if len(tried) <= times:
                raise NoPlanError("The solver stopped without an answer: Not Set.")
        return real(program, bus, *more)

    monkeypatch.setattr(bus_headroom, "_solve_bus", solve)
    return tried


def test_a_bus_that_fails_is_solved_again_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """200 MW of generation, 60 of load with 10 of their own behind a line of 80: 150 and 30."""
    network = hand([("a", 0), ("b", 60)], [("a", "b", 0.1, 80)], [("a", 0, 200), ("b", 0, 10)])
    tried = failing(monkeypatch, 1)
    found = network_headroom(network, [0, 1, 0])
    assert [r.headroom_mw for r in found.buses] == [150.0, 30.0, 150.0]
    assert len(set(tried)) == 2 and not found.unsolved


def test_a_bus_without_an_answer_is_named_and_the_rest_is_kept(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, 2)
    out = tmp_path / "out"
    with pytest.raises(SystemExit) as stop:
        main(["headroom", "network", str(made), "--jobs", "1", "-o", str(out)])
    assert stop.value.code == 4
    said = " ".join(capfd.readouterr().out.split())
    assert "bus 2 has no answer, warm or cold: The solver stopped" in said
    stated = json.loads((out / "headroom.json").read_text(encoding="utf-8"))
    assert (stated["buses"], stated["unsolved_buses"]) == (29, ["2"])
    assert not (tmp_path / ".out.headroom").exists()
