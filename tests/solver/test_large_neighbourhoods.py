"""Neighbourhoods: what is free, what stays, and that no plan gets worse."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from siting.model.assemble import assemble
from siting.model.program import Program
from siting.solver.highs import solve
from siting.solver.large_neighbourhoods import Neighbourhood, freed, neighbourhoods
from siting.solver.method import PLAIN
from support.engine import EXACT, instance_of
from support.instances import medium
from support.tuned import tune


def program(seed: int) -> Program:
    return assemble(instance_of(medium(seed))).linear


def rounds(
    model: Program, seed: int = 1, kinds: tuple[str, ...] = PLAIN.neighbourhoods
) -> list[Neighbourhood]:
    relaxed = solve(model.relaxed(), EXACT).x
    assert relaxed is not None
    return list(islice(neighbourhoods(model, relaxed, kinds, seed), 20))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows and areas of the small programs here."""
    tune(monkeypatch, neighbourhood_periods=4, neighbourhood_areas=1)


def test_all_kinds_take_turns() -> None:
    model = program(3)
    ones = np.ones(len(model.cost))
    names = [a.name for a in islice(neighbourhoods(model, ones, PLAIN.neighbourhoods, 1), 5)]
    assert any(name.startswith("periods") for name in names)
    assert any(name.startswith("campus, plants, ") for name in names)
    assert any(name.startswith("areas") for name in names)


def test_the_same_seed_draws_the_same() -> None:
    model = program(3)
    first, again = rounds(model), rounds(model)
    assert [a.name for a in first] == [b.name for b in again]
    assert all((a.columns == b.columns).all() for a, b in zip(first, again, strict=True))
    assert [a.name for a in rounds(model, seed=2)] != [a.name for a in first]


def test_windows_cover_every_period_and_nothing_else() -> None:
    model = program(3)
    windows = [around for around in rounds(model) if around.name.startswith("periods")]
    covered = np.any([around.columns for around in windows], axis=0)
    for (_, key), column in model.columns.items():
        assert covered[column] == isinstance(key[-1], int)


def test_narrow_windows_pass_over_all_of_time_and_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Windows of two periods, each a period after the last; then a wide one, then the same anew."""
    tune(monkeypatch, neighbourhood_periods=4, narrow_periods=2)
    model = program(3)
    last = max(key[-1] for _, key in model.columns if isinstance(key[-1], int))
    passed = [f"periods {start} to {start + 1}" for start in range(last)]
    found = rounds(model, kinds=("narrow", "windows"))
    names = [each.name for each in found]
    count = len(passed)
    assert names[:count] == passed
    assert [each.is_quick for each in found[: count + 1]] == [True] * count + [False]
    assert names[count + 1 : 2 * count + 1] == passed


def test_a_family_round_frees_three_families() -> None:
    model = program(3)
    around = next(a for a in rounds(model) if a.name.startswith("campus, plants, "))
    free = {name.partition(".")[0] for (name, _), c in model.columns.items() if around.columns[c]}
    assert free == set(around.name.split(", "))


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_no_round_makes_a_plan_worse_and_what_is_held_stays(seed: int) -> None:
    model = program(seed)
    start = solve(model, replace(EXACT, gap_frac=0.3))
    best = solve(model, EXACT).objective
    assert start.x is not None
    value = start.objective
    for around in rounds(model):
        part = freed(model, start.x, start.x, around)
        found = solve(part, EXACT)
        assert found.x is not None
        held = model.is_integer & ~around.columns
        assert found.x[held] == pytest.approx(np.round(start.x[held]), abs=1e-9)
        assert best - 1e-6 <= found.objective <= value + 1e-6


def test_only_what_is_used_of_an_area() -> None:
    model = program(3)
    around = Neighbourhood("areas 0", np.ones(len(model.cost), dtype=bool), is_used=True)
    nothing = np.zeros(len(model.cost))
    part = freed(model, nothing, nothing, around)
    assert (part.upper[model.is_integer] == 0).all()
