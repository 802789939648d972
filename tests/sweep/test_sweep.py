"""Whole sweeps of toys: thresholds on paper, growth, failures as rows, regret, and kills."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from siting.core.errors import InputError
from siting.outputs.report.blocks import Chart
from siting.solver.basis import Basis
from siting.sweep.indices import UNTOLD
from siting.sweep.page import sweep_page
from siting.sweep.store import Start, Store
from siting.sweep.study import read_sweep
from siting.sweep.work import REFUSED
from siting.sweep.write import store_of
from support.engine import toy
from support.killed_sweeps import begin, cluster, kill_at_random, kill_workers
from support.sweeps import (
    CHEAP,
    DEAR,
    factor,
    solved_keys,
    sweep_here,
    table_bytes,
    write_study,
)
from support.two_sites import BREAK_EVEN_WEEKS, two_sites

WEEKS = "components.transformers.classes.main_bank.lead_times.0.weeks"
ALONE: dict[str, Any] = {"kind": "one_at_a_time", "points": 3}


def rows_of(found: Any, table: str) -> list[Any]:
    """Rows of a table of a sweep."""
    return list(found.tables[table])


def test_thresholds_of_the_toy_on_paper(tmp_path: Path) -> None:
    """`near` costs 79.90 + 0.876 (c - 20) against 88.65376; 53.62 + 0.438 d against 16 + 1.314 d."""
    factors = {"cheap": {**CHEAP, "resolution": 0.5}, "dear": {**DEAR, "resolution": 0.5}}
    study = write_study(tmp_path, factors, ALONE, regret={"plans": 0})
    found = sweep_here(study, tmp_path / "store")
    (leaves, enters) = rows_of(found, "thresholds")
    assert (leaves["factor"], leaves["site"], leaves["change"]) == ("cheap", "near", "leaves")
    assert leaves["low"] <= 20 + (88.65376 - 79.90) / 0.876 <= leaves["high"] <= leaves["low"] + 0.5
    assert (enters["factor"], enters["site"], enters["change"]) == ("dear", "near", "enters")
    assert enters["low"] <= 37.62 / 0.876 <= enters["high"] <= enters["low"] + 0.5
    dear, cheap = rows_of(found, "tornado")
    assert cheap["low_cost_usd"] == pytest.approx(79.90e6 - 15 * 0.876e6)
    assert dear["low_cost_usd"] == pytest.approx(16e6 + 20 * 1.314e6)


def test_the_threshold_of_a_lead_time_to_half_a_week(tmp_path: Path) -> None:
    """The grid is better as long as the bank comes within 139 weeks, own power from then on; cells are
    offered in Alaska alone, so that it is one site or the other."""
    scenario = two_sites()
    scenario["components"]["plants"]["technologies"]["fuel_cell"]["states"] = ["AK"]
    factors = {"weeks": factor(WEEKS, 131, 147, 131, resolution=0.5)}
    study = write_study(
        tmp_path, factors, {"kind": "one_at_a_time", "points": 2}, scenario, regret={"plans": 0}
    )
    found = sweep_here(study, tmp_path / "store")
    rows = {row["site"]: row for row in rows_of(found, "thresholds")}
    assert (rows["near"]["change"], rows["ranch"]["change"]) == ("leaves", "enters")
    for row in rows.values():
        assert row["low"] <= BREAK_EVEN_WEEKS <= row["high"] <= row["low"] + 0.5


def test_growth_solves_only_what_is_new(tmp_path: Path) -> None:
    factors = {"cheap": CHEAP, "dear": DEAR}
    found = {}
    for count in (2, 4):
        design = {"kind": "sobol", "samples": count}
        study = write_study(tmp_path / str(count), factors, design, regret={"plans": 0})
        found[count] = sweep_here(study, tmp_path / "store")
    assert (found[2].solved, found[2].reused) == (1 + 2 * 4, 0)
    assert (found[4].solved, found[4].reused) == (2 * 4, 1 + 2 * 4)
    small, large = (rows_of(found[count], "runs") for count in (2, 4))
    assert large[: len(small)] == small
    keys = solved_keys(tmp_path / "store")
    assert len(keys) == len(set(keys)) == 17


def test_failures_are_rows(tmp_path: Path) -> None:
    """A negative price is refused, and no plan serves a load that must be and cannot."""
    scenario = toy()
    scenario["components"]["workloads"]["kinds"]["training"]["must_serve"] = True
    shell = factor("components.campus.shell_months", 6, 18, 6)
    price = factor("zones.dear.energy_usd_per_mwh", -10, 60, 60)
    study = write_study(
        tmp_path, {"shell": shell, "price": price}, {**ALONE, "points": 2}, scenario
    )
    found = sweep_here(study, tmp_path / "store")
    status = {row["label"]: row["status"] for row in rows_of(found, "runs")}
    assert status["base"] == "OPTIMAL"
    assert status["shell 1"] == "INFEASIBLE"
    assert status["price 0"] == REFUSED
    assert "2 infeasible" in " ".join(found.answer) or "1 infeasible" in " ".join(found.answer)


def test_regret_of_plans_that_are_held(tmp_path: Path) -> None:
    """With `near` at 80 USD/MWh the best plan costs 88.65376. Who has decided on `near` stays at `far`, whose
    energy is cheaper: 94.84, 10 for opening `near` and 0.1 for its bank; its hall is not started."""
    factors = {"cheap": {**CHEAP, "values": [20.0, 80.0], "lowest": None, "highest": None}}
    study = write_study(tmp_path, factors, ALONE, regret={"plans": 2, "within_frac": 0.1})
    found = sweep_here(study, tmp_path / "store")
    regret = {
        (row["plan"], found.runs[row["run"]].point.values["cheap"]): row["regret_usd"]
        for row in rows_of(found, "regret")
    }
    sites = {row["plan"]: row["sites"] for row in rows_of(found, "plans")}
    near, far = sorted(sites, key=lambda plan: -len(sites[plan]))
    assert (sites[near], sites[far]) == ("far;near", "far")
    assert regret[near, 20.0] == pytest.approx(0.0, abs=1.0)
    assert regret[far, 80.0] == pytest.approx(0.0, abs=1.0)
    assert regret[far, 20.0] == pytest.approx(8.75376e6, abs=1.0)
    assert regret[near, 80.0] == pytest.approx(104.94e6 - 88.65376e6, abs=1.0)


def test_starts_are_bounded_and_the_oldest_go(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for n in range(4):
        store.write(f"{n}{n}key", {"status": "X"}, Start({("a.b", ("s", n)): 1.0}, None))
    size = next(tmp_path.glob("*/*.start")).stat().st_size
    store.shrink(2.5 * size / 1e6)
    assert len(list(tmp_path.glob("*/*.start"))) == 2
    assert all(store.has(f"{n}{n}key") for n in range(4))
    left = store.start("33key")
    assert left is not None
    assert left.point == {("a.b", ("s", 3)): 1.0}
    assert store.start("00key") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"point": 1, "column": [], "row": []}',
        '{"point": [], "column": [999], "row": []}',
        "[" * 9999,
    ],
)
def test_a_start_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    store.write("aakey", {"status": "OPTIMAL"}, Start({("core.commit", ("a", 0)): 1.0}, None))
    (path,) = tmp_path.glob("*/*.start")
    for data in (zlib.compress(text.encode()), text.encode(), path.read_bytes()[:9]):
        path.write_bytes(data)
        assert store.start("aakey") is None


def test_a_start_is_read_as_it_was_written(tmp_path: Path) -> None:
    """One that was cut off, or is none, is no start."""
    store = Store(tmp_path)
    basis = Basis(np.array([0, 1], np.int8), np.array([1], np.int8))
    store.write(
        "aakey", {"status": "X"}, Start({("a.b", ("s", 2)): 1 / 3, ("c.d", ()): -2.0}, basis)
    )
    found = store.start("aakey")
    assert found is not None
    assert found.basis is not None
    assert dict(found.point) == {("a.b", ("s", 2)): 1 / 3, ("c.d", ()): -2.0}
    for read, written in ((found.basis.column, basis.column), (found.basis.row, basis.row)):
        assert read.dtype == written.dtype
        assert read.tolist() == written.tolist()
    (file,) = tmp_path.glob("*/*.start")
    whole = file.read_bytes()
    for data in (whole[: len(whole) // 2], b"PK", b""):
        file.write_bytes(data)
        assert store.start("aakey") is None


def test_a_base_outside_its_factor(tmp_path: Path) -> None:
    study = write_study(tmp_path, {"cheap": {**CHEAP, "base": 100}}, ALONE)
    with pytest.raises(InputError, match="lies outside"):
        read_sweep(study)


def test_few_points_are_not_shown_as_indices(tmp_path: Path) -> None:
    """Two points: the table has no index, the page and the answer say so; sites stand on state outlines."""
    pytest.importorskip("SALib")
    design = {"kind": "sobol", "samples": 2}
    study = write_study(tmp_path, {"cheap": CHEAP, "dear": DEAR}, design, regret={"plans": 0})
    found = sweep_here(study, tmp_path / "store")
    cost = [row for row in rows_of(found, "sobol_indices") if row["answer"] == "cost_usd"]
    assert [(row["factor"], row["total_frac"], row["is_told"]) for row in cost] == [
        ("cheap", None, False),
        ("dear", None, False),
    ]
    assert f"What cheap, dear decide: {UNTOLD}, 2 points." in found.answer
    blocks = {
        block.id: block
        for section in sweep_page(found).sections
        for block in section.blocks
        if isinstance(block, Chart)
    }
    assert "indices-chart" not in blocks
    outlines, sites = blocks["site-map"].figure["data"]
    assert len(outlines["x"]) > 1000
    assert len(sites["x"]) == 3
    shares = {row["site"]: row["share_frac"] for row in rows_of(found, "site_frequency")}
    assert [f"{shares.get(name, 0.0):.0%}" in said for name, said in said_of(sites)] == [True] * 3


def said_of(sites: Any) -> list[tuple[str, str]]:
    """Sites of the toy in order, with what the map says of each."""
    return list(zip(("far", "near", "ranch"), sites["hovertext"], strict=True))


@pytest.mark.skipif(sys.platform != "linux", reason="workers are looked for in /proc")
def test_kills_of_workers_and_client_lose_nothing(tmp_path: Path) -> None:
    """None is solved twice, and the tables are those of a sweep that nobody disturbed."""
    factors = {"cheap": CHEAP, "dear": DEAR}
    design = {"kind": "grid", "points": 3}
    study = write_study(tmp_path, factors, design, regret={"plans": 0})
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    assert begin(study, calm).wait() == 0
    codes = kill_at_random(study, killed, store_of(killed), 2, seed=7)
    assert codes[-1] == 0
    assert table_bytes(killed) == table_bytes(calm)
    keys = solved_keys(store_of(killed))
    assert len(keys) == len(set(keys))
    assert set(keys) <= set(solved_keys(store_of(calm)))
    frame = pd.read_parquet(killed / "tables" / "runs.parquet")
    assert len(frame) == 1 + 3 * 3


@pytest.mark.skipif(sys.platform != "linux", reason="workers are looked for in /proc")
def test_workers_of_a_cluster_that_are_killed_give_the_same_tables(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    study = write_study(tmp_path, {"cheap": CHEAP, "dear": DEAR}, ALONE, regret={"plans": 1})
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    assert begin(study, calm).wait() == 0
    with cluster() as at:
        assert kill_workers(study, killed, store_of(killed), at, 2, seed=3) == 0
    assert table_bytes(killed) == table_bytes(calm)
    keys = solved_keys(store_of(killed))
    assert len(keys) == len(set(keys))


def test_a_scheduler_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    study = write_study(tmp_path, {"cheap": CHEAP}, ALONE)
    client = begin(study, tmp_path / "out", "--scheduler", "nonsense")
    assert client.wait() == 2
