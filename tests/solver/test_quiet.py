"""Nothing of HiGHS reaches standard output, and nothing of others is lost, without the C library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from siting.solver import quiet
from support.engine import TOY

BARE = """
import ctypes, sys
def no_library(name, *args, **kwargs):
    raise OSError(f"no library {name}")
ctypes.CDLL = no_library
for module in ("fcntl", "resource"):
    sys.modules[module] = None
"""
"""A process without what only POSIX systems have: a C library by no name, locks and limits."""


def printed(script: str) -> str:
    """What a process of its own writes to a pipe."""
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.stdout


def test_a_plain_solver_object_would_speak() -> None:
    assert printed("import highspy; highspy.Highs()").encode().startswith(quiet.BANNER)


def test_solver_objects_are_silent_without_the_c_library() -> None:
    script = f"""{BARE}
from siting.solver.quiet import silent_highs
print("before")
kept = [silent_highs() for _ in range(3)]
print("after")
"""
    assert printed(script) == "before\nafter\n"


def test_a_whole_solve_is_silent_and_right_without_the_c_library(tmp_path: Path) -> None:
    script = f"""{BARE}
import siting
plan = siting.solve({str(TOY)!r})
plan.write({str(tmp_path / "out")!r})
print(plan.objective_usd)
"""
    assert float(printed(script)) == pytest.approx(79.9e6, rel=1e-9)


@pytest.mark.skipif(sys.platform == "win32", reason="finds the C library by no name")
def test_what_other_c_code_left_in_the_buffer_is_passed_on() -> None:
    script = """
import ctypes
from siting.solver.quiet import silent_highs
print("one", flush=True)
ctypes.CDLL(None).printf(b"two\\n")
silent_highs()
print("three")
"""
    assert printed(script) == "one\ntwo\nthree\n"


def test_no_room_for_a_file_is_no_reason_to_speak(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(**options: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(quiet, "TemporaryFile", full)
    quiet.silent_highs()
    assert capfd.readouterr().out == ""
