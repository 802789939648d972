"""Plans with some decisions held: one stands at once, whatever time is left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from siting.futures.build import hedged
from siting.futures.holding import any_plan, first_completed, starts
from siting.futures.search import HedgeSearch
from siting.futures.states import in_time
from siting.model.program import Program
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of
from support.futures import banks, banks_and_queue, demand, with_futures
from support.tuned import tune

AT_ONCE = replace(EXACT, time_limit_seconds=0.0)
CASES = [
    (banks_and_queue("2027-07"), 87.4145),
    (banks("delivery"), 86.16),
    (demand("2028-01"), 188.76),
]
"""Facts, and a bound of every plan on paper (``test_extensive.py``)."""


def is_plan(program: Program, x: np.ndarray) -> bool:
    """Whether a point keeps every bound and row, in whole units."""
    rows, slack = program.matrix @ x, 1e-6
    whole = x[program.is_integer]
    return bool(
        (np.abs(whole - np.round(whole)) < slack).all()
        and (x >= program.lower - slack).all()
        and (x <= program.upper + slack).all()
        and (rows >= program.row_lower - slack).all()
        and (rows <= program.row_upper + slack).all()
    )


def begun(futures: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> HedgeSearch:
    """A search of a large program that has its futures as if they were known."""
    tune(monkeypatch, large_integers=0)
    search = HedgeSearch(hedged(instance_of(with_futures(futures, has_units=False))), Solver(EXACT))
    search._wait_and_see()
    return search


@pytest.mark.parametrize(("futures", "least"), CASES)
@pytest.mark.parametrize("is_all", [False, True])
def test_a_plan_stands_when_no_time_is_left(
    futures: dict[str, Any], least: float, is_all: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = begun(futures, monkeypatch)
    holding, seen = search.holding, search.found.seen
    assert holding is not None
    for number in range(len(seen)):
        x = np.zeros(len(holding.over.program.cost))
        x[holding.over.place[number]] = seen[number].x
        points = [each.x for each in seen]
        solver = Solver(AT_ONCE)
        found, _ = holding.plan("one", x, points, solver, AT_ONCE, is_all=is_all)
        assert found is not None
        assert is_plan(search.hedged.whole.program, found)
        assert search.value_of(found) >= least - 1e-6
        root = holding.over.is_root[holding.over.place[number]]
        kept = found[search.hedged.whole.place[number]]
        assert kept[root] == pytest.approx(seen[number].x[root])


def test_no_state_falls_below_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    search = begun(banks_and_queue("2027-07"), monkeypatch)
    over, (mid, quick, _) = search.over, (each.x for each in search.found.seen)
    x = np.zeros(len(over.program.cost))
    x[over.place[0]] = mid
    held, is_held = x[over.place[1]], over.is_root[over.place[1]]
    program = over.parts[1].held(is_held, held)
    own, none = starts(program, is_held, held, quick)
    for point in (own, none):
        assert (point[is_held] == held[is_held]).all()
        for line in in_time(program.columns):
            states = point[[column for column in line if program.is_integer[column]]]
            assert (np.diff(states) >= 0).all()
    later = program.is_integer & ~is_held
    assert (own[later] >= np.minimum(quick, program.upper)[later]).all()
    assert (none[later] <= own[later]).all()
    completed = first_completed(program, iter((own, none)), EXACT)
    assert completed is not None
    assert is_plan(program, completed)


def test_what_cannot_be_completed_is_no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    search = begun(demand("2028-01"), monkeypatch)
    part = search.over.parts[0]
    # every integer at its upper bound: more is built than the acres take
    anything = any_plan(part, EXACT)
    assert anything is not None
    assert is_plan(part, anything)
    most = np.where(np.isfinite(part.upper), part.upper, 9.0)
    assert first_completed(part, iter((np.where(part.is_integer, most, 0.0),)), EXACT) is None
