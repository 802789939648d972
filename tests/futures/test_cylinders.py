"""The command of the guide for mpi-sppy, with three ranks, on the toy."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

import pytest

from support.killed_hedges import write_scenario
from support.ranks import begin, command, kill_a_rank, mpiexec

HEDGE_USD, KNOWN_USD = 87.4145e6, 75.934e6


@pytest.fixture(autouse=True)
def _mpi() -> None:
    pytest.importorskip("mpisppy.generic.parsing", reason="mpi-sppy is not installed")
    pytest.importorskip("mpi4py", reason="mpi4py is not installed")
    if mpiexec() is None:
        pytest.skip("no mpiexec: MPI is not installed")


def test_three_ranks_hold_the_optimum_between_their_bounds(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    assert begin(command(write_scenario(tmp_path), result, 2)).wait() == 0
    found = json.loads(result.read_text(encoding="utf-8"))
    # without prices on agreeing its bound is that of futures that are known
    assert KNOWN_USD * (1 - 1e-3) <= found["bound_usd"] <= HEDGE_USD + 1
    assert HEDGE_USD - 1 <= found["value_usd"] < float("inf")


@pytest.mark.skipif(sys.platform != "linux", reason="ranks are looked for in /proc")
def test_a_killed_rank_ends_the_run_without_a_result(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    words = command(write_scenario(tmp_path), result, 100)
    assert kill_a_rank(words, 0.5, Random(3)) != 0
    assert not list(tmp_path.glob("*result.json*"))
