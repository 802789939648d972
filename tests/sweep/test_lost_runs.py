"""Runs that workers lose again and again, and stores that several clients look after."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from siting.sweep.pool import RETRIES, Cluster, Done
from siting.sweep.store import Start, Store
from siting.sweep.work import CRASHED, Task


def task(store: Path, seed: int) -> Task:
    return Task(str(store), "0" * 64, (), 0.0, None, seed)


class Losing(Cluster):
    """Loses one run in every round; another ends in the last round of the first's tries, and what may begin
    then is lost once."""

    def __init__(self, lost: str, late: str) -> None:
        super().__init__(None)
        self.lost, self.late, self.rounds = lost, late, 0

    def _round(self, tasks: Sequence[Task], done: Done) -> None:
        self.rounds += 1
        for each in tasks:
            if each.key != self.lost and (each.key != self.late or self.rounds == RETRIES):
                done(each.key)


def test_each_run_has_tries_of_its_own(tmp_path: Path) -> None:
    store = Store(tmp_path)
    lost, late, after = (task(tmp_path, seed) for seed in range(3))
    found: list[str] = []

    def on_done(key: str) -> Sequence[Task]:
        found.append(key)
        return [after] if key == late.key else []

    Losing(lost.key, late.key).do([lost, late], on_done)
    assert found == [late.key, lost.key, after.key]
    assert store.read(lost.key)["status"] == CRASHED
    assert not store.has(after.key)


def test_what_is_being_written_is_not_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does a start that another client lets go meanwhile end a sweep."""
    store, start = Store(tmp_path), Start({("a.b", ("s", 0)): 1.0}, None)
    moved: list[str] = []
    really = os.replace

    def replace(fresh: Any, path: Any) -> None:
        if not moved:
            store.shrink(0.0)
        moved.append(Path(path).name)
        really(fresh, path)

    monkeypatch.setattr("siting.sweep.store.os.replace", replace)
    store.write("aakey", {"status": "X"}, start)
    assert moved == ["aakey.start", "aakey.json"]
    (tmp_path / "bb").mkdir()
    (tmp_path / "bb" / "bbkey.start").symlink_to("nowhere")
    store.shrink(1.0)
    assert store.start("aakey") is not None
