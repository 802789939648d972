"""Solves by the workers of a dask scheduler: what is killed loses nothing, and nothing is done twice."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from siting.futures.build import hedged
from siting.futures.cluster import Helped, Known, Part, solve_ahead
from siting.futures.known import known_limits
from siting.timeline.solves import LOG, Solver
from support.engine import EXACT, instance_of
from support.futures import banks_and_queue, with_futures
from support.killed_hedges import begin, kill_at_random, write_scenario
from support.killed_sweeps import cluster
from support.sweeps import table_bytes


@pytest.mark.skipif(sys.platform != "linux", reason="workers are looked for in /proc")
def test_kills_of_workers_and_client_lose_nothing(tmp_path: Path) -> None:
    """The tables are those of a run that nobody disturbed and that had no help."""
    pytest.importorskip("distributed")
    scenario = write_scenario(tmp_path)
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    assert begin(scenario, calm).wait() == 0
    with cluster() as at:
        code, keys, _ = kill_at_random(scenario, killed, at, 2, seed=5)
    assert code == 0
    assert table_bytes(killed) == table_bytes(calm)
    assert len(keys) == len(set(keys)) > 3


def test_a_task_leaves_its_solve_under_the_key_it_returns(tmp_path: Path) -> None:
    base = instance_of(with_futures(banks_and_queue("2027-07"), has_units=False))
    model = hedged(base)
    known = Known(dict(base.resolved), 1, EXACT, str(tmp_path))
    assert solve_ahead(known) == solve_ahead(known)
    solver = Solver(EXACT, (tmp_path,))
    part = model.models[0].linear
    key = solver.search_key("part", part, EXACT)
    assert solve_ahead(Part(key, ("part", part, EXACT, None), EXACT, str(tmp_path))) == key
    solver.search("part", part, EXACT)
    # the search of the client takes what is there
    name, instance = model.tree.futures[1].name, model.instances[1]
    limits = replace(known_limits(EXACT, len(model.models), is_passing=False), threads=1)
    asking = Solver(limits, (tmp_path,))
    asking.solve(name, instance, model.models[1].linear)
    log = (tmp_path / LOG).read_text(encoding="utf-8").split()
    assert log == [asking.key(name, instance, model.models[1].linear), key]


def test_without_a_scheduler_nothing_is_done_ahead(tmp_path: Path) -> None:
    program = (
        hedged(instance_of(with_futures(banks_and_queue("2027-07"), has_units=False)))
        .models[0]
        .linear
    )
    Helped(EXACT, (tmp_path,)).ahead([("part", program, EXACT, None)])
    assert not list(tmp_path.iterdir())


def test_a_scheduler_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    client = begin(write_scenario(tmp_path), tmp_path / "out", "--scheduler", "nonsense")
    assert client.wait() == 2
    assert not (tmp_path / "out").exists()
