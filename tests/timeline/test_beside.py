"""Work side by side: order, what each piece knows, errors, Ctrl-C, progress."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Event, current_thread, main_thread
from time import sleep
from typing import Any

import numpy as np
import pytest

from siting.instance.build import Instance
from siting.model.assemble import assemble
from siting.solver.basis import Basis
from siting.solver.highs import Outcome, Progress
from siting.solver.lexicographic import Ranked
from siting.timeline.beside import Tell, side_by_side
from siting.timeline.solves import Solver, StudyStopped, read_ranked, write_ranked
from support.engine import EXACT, instance_of, toy

PAIR = replace(EXACT, threads=2)


def silent(_name: str, _progress: Progress | None) -> None:
    """Nothing."""


def test_results_come_in_the_order_asked_for_whichever_is_quicker() -> None:
    is_second_done = Event()

    def slow(_: Tell) -> int:
        assert is_second_done.wait(10)
        return 1

    def quick(_: Tell) -> int:
        is_second_done.set()
        return 2

    seen: list[int] = []
    assert side_by_side([slow, quick], 2, silent, seen.append) == [1, 2]
    assert seen == [1, 2]


def test_as_many_at_once_as_asked_for() -> None:
    together = Barrier(2)

    def work(_: Tell) -> bool:
        together.wait(10)  # breaks unless two run at once
        return True

    assert side_by_side([work] * 4, 2, silent) == [True] * 4


def test_progress_is_told_on_the_thread_of_the_caller() -> None:
    told: list[tuple[str, bool]] = []

    def work(tell: Tell) -> None:
        tell("a", Progress("search", 1.0))
        sleep(0.3)

    def note(name: str, progress: Progress | None) -> None:
        told.append((name, current_thread() is main_thread()))

    side_by_side([work], 1, note)
    assert told == [("a", True)]


def test_an_error_ends_the_others_and_is_raised() -> None:
    ended: list[str] = []

    has_begun = Event()

    def fails(_: Tell) -> None:
        assert has_begun.wait(10)
        raise ValueError("broken")

    def goes_on(tell: Tell) -> None:
        has_begun.set()
        try:
            while True:
                tell("x", Progress("search", 0.0))
                sleep(0.01)
        except KeyboardInterrupt:
            ended.append("x")
            raise

    with pytest.raises(ValueError, match="broken"):
        side_by_side([fails, goes_on], 2, silent)
    assert ended == ["x"]


def test_ctrl_c_ends_solves_that_run_and_keeps_the_finished() -> None:
    """The signal comes to the main thread while two searches run in others."""
    instance = instance_of(toy())
    linear = assemble(instance).linear
    is_stopped: list[bool] = []
    both_solved = Barrier(2, lambda: os.kill(os.getpid(), signal.SIGINT))

    def work(solver: Solver) -> None:
        solver.solve("once", instance, linear)
        assert solver.on_progress is not None
        both_solved.wait(30)
        try:
            while True:
                solver.on_progress("again", Progress("search", 0.0))
                sleep(0.01)
        except KeyboardInterrupt:
            is_stopped.append(True)
            raise

    with pytest.raises(StudyStopped):
        Solver(PAIR).beside([work, work])
    assert is_stopped == [True, True]


def noted(instance: Instance, seen: dict[str, int], name: str) -> Callable[[Solver], str]:
    """Work that notes how many plans its solver knows, then solves."""
    linear = assemble(instance).linear

    def work(solver: Solver) -> str:
        seen[name] = len(solver.points)
        assert solver.limits.threads == 1
        solver.solve(name, instance, linear)
        return name

    return work


def test_who_begins_at_once_knows_nothing_new_and_the_rest_what_the_first_has_found() -> None:
    instance = instance_of(toy())
    seen: dict[str, int] = {}
    solver = Solver(PAIR)
    solver.solve("before", instance, assemble(instance).linear)
    names = ["a", "b", "c", "d"]
    assert solver.beside([noted(instance, seen, name) for name in names]) == names
    assert seen == {"a": 1, "b": 1, "c": 2, "d": 2}
    # each plan once, in order
    assert len(solver.points) == 5


def test_a_stored_solve_keeps_its_basis(tmp_path: Path) -> None:
    """What is read back starts the others as what was solved."""
    basis = Basis(np.array([0, 1, 2], np.int8), np.array([1, 0], np.int8))
    outcome = Outcome("OPTIMAL", np.array([1.0, 0.5, 0.0]), 3.0, 3.0, 0.0, 1.0, basis=basis)
    write_ranked(Ranked(outcome), tmp_path / "solve.npz")
    found = read_ranked(tmp_path / "solve.npz").outcome
    assert found.basis is not None and found.x is not None
    assert (found.basis.column.tolist(), found.basis.row.tolist()) == ([0, 1, 2], [1, 0])
    assert found.basis.column.dtype == np.int8
    assert found.x.tolist() == [1.0, 0.5, 0.0]
    write_ranked(Ranked(replace(outcome, basis=None, x=None)), tmp_path / "none.npz")
    none = read_ranked(tmp_path / "none.npz").outcome
    assert none.basis is None and none.x is None


def test_the_first_that_fails_lets_nobody_wait() -> None:
    def fails(_: Solver) -> Any:
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        Solver(replace(EXACT, threads=1)).beside([fails, fails, fails])
