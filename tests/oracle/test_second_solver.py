"""Medium random scenarios: another solver finds the same optimum of the same model."""

from __future__ import annotations

import pytest

from campaigns import rooms, second_solver
from siting.model.assemble import assemble
from siting.solver.highs import solve
from support.engine import EXACT, instance_of
from support.instances import medium


@pytest.mark.parametrize("seed", range(10))
def test_optimum_equals_scip(seed: int) -> None:
    linear = assemble(instance_of(medium(seed))).linear
    outcome = solve(linear, EXACT)
    status, value = second_solver.scip(linear)
    assert (outcome.status, status) == ("OPTIMAL", "optimal")
    assert int(linear.is_integer.sum()) > 100
    assert outcome.objective == pytest.approx(value, rel=1e-6)


def test_small_scenarios_too_with_and_without_a_plan() -> None:
    assert list(second_solver.run(1, 60)) == []


def test_rows_without_room() -> None:
    assert list(rooms.run(1, 8)) == []
