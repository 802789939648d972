"""``siting compare`` as a planner meets it: answer, folder, wrong input, killed and run again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from siting.cli.main import main
from siting.outputs.study_folder import SOLVES, working_store
from siting.pipeline import Loaded
from siting.studies.comparison import Comparison
from siting.studies.option import Asked
from siting.studies.run import run_study
from siting.timeline.solves import Solver, StudyStopped
from support.engine import BUILTIN, EXACT, instance_of, toy, write_scenario
from support.futures import banks_and_queue, with_futures
from support.killed_sweeps import cluster


def run(arguments: list[str]) -> int:
    """Exit code of a command line."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


def files(folder: Path) -> dict[str, bytes]:
    """Tables of a study and of its plans, by name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.csv"))}


def test_answer_tables_and_plans(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "study"
    scenario = str(write_scenario(toy(), tmp_path / "toy.json"))
    given = ["compare", scenario, "-o", str(out), "--bottlenecks", "--site", "near"]
    assert run([*given, "--alternatives", "1", "--within", "0.2"]) == 0
    shown = capfd.readouterr().out
    assert max(len(line) for line in shown.splitlines()[:13]) <= 80
    assert len(shown.splitlines()) <= 40
    assert "bridge_then_grid" in shown and "Best: 79.9 M USD" in shown
    summary = json.loads((out / "compare.json").read_text(encoding="utf-8"))
    assert summary["answer"][0] in shown
    assert summary["strategies"]["optimal"]["gap"] <= 1e-6
    assert not working_store(out).exists()
    for plan in sorted((out / "plans").iterdir()):
        assert run(["audit", str(plan)]) == 0
    # the same command again takes every solve from the folder and writes the same bytes
    before = files(out)
    solves = sorted(p.name for p in (out / SOLVES).iterdir())
    capfd.readouterr()
    assert run([*given, "--alternatives", "1", "--within", "0.2"]) == 0
    assert files(out) == before
    assert sorted(p.name for p in (out / SOLVES).iterdir()) == solves


def test_machines_get_one_json_object(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    scenario = str(write_scenario(toy(), tmp_path / "toy.json"))
    given = ["compare", scenario, "-o", str(tmp_path / "o"), "--strategies", "grid_only", "--json"]
    assert run(given) == 0
    shown = capfd.readouterr()
    assert list(json.loads(shown.out)["strategies"]) == ["grid_only", "optimal"]
    assert shown.err == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--strategies", "optimal,hope"], ["strategy 'hope'", "not known", "build_now"]),
        (["--strategies", "wait_until:2029-06"], ["its date does not fit", "2029-01-01"]),
        (["--break-even", "coffee"], ["break-even 'coffee'", "delay_cost"]),
        (["--site", "moon"], ["site 'moon'", "near"]),
    ],
)
def test_wrong_names_are_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    scenario = str(write_scenario(toy(), tmp_path / "toy.json"))
    assert run(["compare", scenario, "-o", str(tmp_path / "out"), *arguments]) == 2
    message = capfd.readouterr().err
    for word in words:
        assert word in message
    assert not (tmp_path / "out").exists()


WRONG: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a field that does not exist": ({"strategies": {"a": {"hurry": True}}}, ["strategies.a.hurry"]),
    "two ways of one change": (
        {
            "bottlenecks": {
                "b": {
                    "about": "x",
                    "family": "land",
                    "changes": [{"path": "p", "add": 1, "set": 2}],
                }
            }
        },
        ["bottlenecks.b.changes.0", "exactly one of 'set', 'add', 'multiply'"],
    ),
    "an empty range": (
        {
            "break_evens": {
                "c": {
                    "paths": ["p"],
                    "lowest": 2,
                    "highest": 1,
                    "resolution": 1,
                    "between": ["build_now", "grid_only"],
                }
            }
        },
        ["break_evens.c", "lowest below highest"],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_studies_are_refused(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    more, words = WRONG[name]
    scenario = str(write_scenario({**toy(), **more}, tmp_path / "toy.json"))
    assert run(["check", scenario]) == 2
    message = capfd.readouterr().err
    for word in words:
        assert word in message


def test_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "letter.txt").write_text("dear", encoding="utf-8")
    scenario = str(write_scenario(toy(), tmp_path / "toy.json"))
    assert run(["compare", scenario, "-o", str(out)]) == 2
    assert [p.name for p in out.iterdir()] == ["letter.txt"]


ASKED = Asked(bottlenecks=("connection_time", "acres"), sites=("near",))


def studied(solver: Solver) -> Comparison:
    """A small study of the toy."""
    return run_study(Loaded(instance_of(toy()), {}), ASKED, solver)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("kept", [0, 1, 3, 6, 9])
def test_stopped_anywhere_it_goes_on_to_the_same_tables(
    tmp_path: Path, kept: int, threads: int
) -> None:
    limits = replace(EXACT, threads=threads)
    whole = studied(Solver(limits))
    store = tmp_path / "solves"
    done: list[str] = []

    one_at_a_time = Lock()

    class Stopping(Solver):
        def _write(self, key: str, ranked: Any) -> None:
            with one_at_a_time:
                if len(done) == kept:
                    raise StudyStopped
                super()._write(key, ranked)
                done.append(key)

    with pytest.raises(StudyStopped):
        studied(Stopping(limits, (store,)))
    assert len(list(store.glob("*.npz"))) == kept
    again = Solver(limits, (store,))
    found = studied(again)
    assert found.tables == whole.tables
    assert found.answer == whole.answer


def test_a_broken_store_is_solved_again(tmp_path: Path) -> None:
    store = tmp_path / "solves"
    whole = studied(Solver(EXACT, (store,)))
    paths = sorted(store.glob("*.npz"))
    paths[0].write_bytes(b"no archive")
    paths[1].write_bytes(paths[1].read_bytes()[:100])
    assert studied(Solver(EXACT, (store,))).tables == whole.tables


def test_killed_for_real_and_run_again(tmp_path: Path) -> None:
    out = tmp_path / "study"
    scenario = BUILTIN / "models" / "transformer-2021.yaml"
    given = ["compare", str(scenario), "-o", str(out), "--gap", "0.02"]
    given += ["--strategies", "build_now,grid_only,wait_until"]
    command = [sys.executable, "-m", "siting.cli", *given]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        store = working_store(out)
        while process.poll() is None and not list(store.glob("[0-9a-f]*.npz")):
            time.sleep(0.05)
        assert process.poll() is None, "it ended before it could be killed"
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.wait()
    assert not out.exists()
    finished = sorted(p.name for p in store.glob("[0-9a-f]*.npz"))
    assert finished
    assert run(given) == 0
    kept = {p.name for p in (out / SOLVES).iterdir()}
    assert set(finished) <= kept
    fresh = tmp_path / "fresh"
    assert run([*given[:3], str(fresh), *given[4:]]) == 0
    assert files(out) == files(fresh)


def test_futures_solved_by_the_workers_of_a_scheduler(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Tables and solves are those of a comparison that had no help; each strategy is solved in each future."""
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    given = with_futures(banks_and_queue("2027-07"), has_units=False)
    given["strategies"] = {"later": {"decided_from_months": 6}}
    scenario = str(write_scenario(given, tmp_path / "toy.json"))
    command = ["compare", scenario, "--strategies", "optimal,later", "-o"]
    here, there = tmp_path / "here", tmp_path / "there"
    assert run([*command, str(here)]) == 0
    capfd.readouterr()
    with cluster() as (_, address):
        assert run([*command, str(there), "--scheduler", address]) == 0
    said = capfd.readouterr().err
    assert "optimal, quick: solved" in said
    assert "later, slow: solved" in said
    assert files(there) == files(here)
    solves = [{path.name for path in (folder / SOLVES).iterdir()} for folder in (here, there)]
    assert solves[0] == solves[1]


def test_a_scheduler_without_futures_to_solve(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    scenario = str(write_scenario(toy(), tmp_path / "toy.json"))
    assert run(["compare", scenario, "-o", str(tmp_path / "out"), "--scheduler", "nowhere"]) == 2
    assert "the scenario has no futures" in capfd.readouterr().err
