"""A search that is only asked on which side of a cost the optimum lies: it ends there, and is right."""

from __future__ import annotations

import pytest

from siting.model.assemble import assemble
from siting.model.program import Program
from siting.solver.highs import ANSWERED, FEASIBILITY, Limits
from siting.solver.search import search
from siting.solver.tuning import Tuning
from support.engine import EXACT, instance_of, toy

OPTIMUM = 79.90
"""Of the toy, on paper, in M USD."""


@pytest.fixture(params=[3_000, 1], ids=["small", "in stages"])
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The toy, searched at once or in stages like a large program."""
    tuning = Tuning(large_integers=request.param)
    for module in ("search", "stages"):
        monkeypatch.setattr(f"siting.solver.{module}.TUNING", tuning)
    return assemble(instance_of(toy())).linear


def asked(usd_millions: float) -> Limits:
    """On which side of a cost the optimum lies."""
    return EXACT.by(target=usd_millions, cutoff=usd_millions)


@pytest.mark.parametrize("limit", [80.0, 85.0, 120.0, 1_000.0])
def test_a_plan_as_cheap_is_an_answer(program: Program, limit: float) -> None:
    found = search(program, asked(limit))
    assert found.x is not None
    assert OPTIMUM - FEASIBILITY <= found.objective <= limit
    assert found.bound <= OPTIMUM + 1e-6


@pytest.mark.parametrize("limit", [-50.0, 20.0, 60.0, 79.5])
def test_a_bound_as_high_is_an_answer(program: Program, limit: float) -> None:
    found = search(program, asked(limit))
    assert limit < found.bound <= OPTIMUM + 1e-6
    assert found.objective >= OPTIMUM - 1e-6
    if found.status != "OPTIMAL":
        assert found.ended_by == ANSWERED


def test_a_large_search_ends_with_its_relaxation_where_that_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of plans below -1,000 M USD the relaxation knows enough; without the question it goes on to a plan."""
    tuning = Tuning(large_integers=1)
    for module in ("search", "stages"):
        monkeypatch.setattr(f"siting.solver.{module}.TUNING", tuning)
    program = assemble(instance_of(toy())).linear
    found = search(program, asked(-1_000.0))
    assert (found.x, found.ended_by) == (None, ANSWERED)
    assert [step.stage for step in found.steps] == ["relaxation"]
    assert search(program, EXACT).objective == pytest.approx(OPTIMUM, abs=1e-6)


def test_costs_that_are_lifted_are_asked_for_in_their_own_unit(program: Program) -> None:
    """The solver sees costs of a millionth times a power of two; the limit goes with them."""
    small = program.with_cost(1e-6 * program.cost, 1e-6 * program.offset)
    below, above = (search(small, asked(1e-6 * limit)) for limit in (60.0, 85.0))
    assert 60e-6 < below.bound <= OPTIMUM * 1e-6 * (1 + 1e-6)
    assert OPTIMUM * 1e-6 * (1 - 1e-6) <= above.objective <= 85e-6
