"""Operations of a program against its arrays, and stacks of programs against their parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from siting.model.assemble import assemble
from siting.model.program import Program, stacked
from siting.solver.highs import solve
from support.engine import EXACT, instance_of
from support.instances import tiny

SEEDS = range(6)


def program(seed: int) -> Program:
    return assemble(instance_of(tiny(seed))).linear


def optimum(of: Program) -> float:
    outcome = solve(of, EXACT)
    assert outcome.status == "OPTIMAL"
    return outcome.objective


@pytest.mark.parametrize("seed", SEEDS)
def test_a_part_has_the_rows_and_columns_asked_for(seed: int) -> None:
    whole = program(seed)
    draw = np.random.default_rng(seed)
    columns = draw.permutation(len(whole.cost))[: len(whole.cost) // 2]
    rows = draw.permutation(len(whole.row_lower))[: len(whole.row_lower) // 2]
    part = whole.part(columns, rows)
    dense = whole.matrix.toarray()
    np.testing.assert_array_equal(part.matrix.toarray(), dense[np.ix_(rows, columns)])
    assert [part.row_names[n] for n in range(len(rows))] == [whole.row_names[n] for n in rows]
    assert {part.columns[name]: whole.columns[name] for name in part.columns} == dict(
        enumerate(columns.tolist())
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_more_rows_and_slacks_stand_beside_what_is_there(seed: int) -> None:
    whole = program(seed)
    best = optimum(whole)
    capped = whole.with_caps(
        whole.cost[np.newaxis, :], np.array([best - whole.offset - 1.0]), "cap"
    )
    assert solve(capped, EXACT).status == "INFEASIBLE"
    row = len(capped.row_lower) - 1
    from scipy.sparse import csc_array

    slack = csc_array(([-1.0], ([row], [0])), shape=(row + 1, 1))
    relaxed = capped.without_cost().with_slacks(slack, np.array([1.0]))
    assert optimum(relaxed) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_point_that_is_held_costs_what_it_costs(seed: int) -> None:
    whole = program(seed)
    x = solve(whole, EXACT).x
    assert x is not None
    assert whole.cost_of(x) == pytest.approx(optimum(whole))
    assert optimum(whole.dispatch(x)) == pytest.approx(optimum(whole))
    assert optimum(whole.relaxed()) <= optimum(whole) + 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_programs_that_share_nothing_cost_the_weighted_sum(seed: int) -> None:
    one, other = program(seed), program(seed + 100)
    both = stacked([one, other], [0.25, 0.75])
    assert optimum(both) == pytest.approx(0.25 * optimum(one) + 0.75 * optimum(other), rel=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_program_twice_with_all_shared_costs_the_same(seed: int) -> None:
    one = program(seed)
    both = stacked([one, one], [0.25, 0.75], one.columns)
    assert len(both.cost) == len(one.cost)
    assert optimum(both) == pytest.approx(optimum(one), rel=1e-7)


def test_a_decision_that_is_shared_serves_both_on_paper() -> None:
    """x is bought before the demand is known: 1 a unit; what lacks costs 4, by futures of 10 and 20.
    At 0.3 for 20 a unit more saves 0.3 * 4 = 1.2, so 20 are bought; at 0.2 only 0.8, so 10."""

    def future(demand: float) -> Program:
        return Program(
            cost=np.array([1.0, 4.0]),
            offset=0.0,
            start=np.array([0, 1, 2], dtype=np.int32),
            row=np.array([0, 0], dtype=np.int32),
            value=np.array([1.0, 1.0]),
            row_lower=np.array([demand]),
            row_upper=np.array([np.inf]),
            lower=np.zeros(2),
            upper=np.full(2, 100.0),
            is_integer=np.array([True, False]),
            row_names=(("demand.met", (0,)),),
            units={"demand.met": "MW"},
            cuts=frozenset(),
            columns={("first.x", ()): 0, ("then.lacks", ()): 1},
            area=np.full(2, -1),
            site=np.full(2, -1),
            decided_at=np.array([0, -1]),
        )

    for high, bought, cost in ((0.3, 20.0, 20.0), (0.2, 10.0, 10.0 + 0.2 * 4 * 10)):
        both = stacked([future(10.0), future(20.0)], [1 - high, high], [("first.x", ())])
        outcome = solve(both, EXACT)
        assert outcome.objective == pytest.approx(cost)
        assert outcome.x is not None
        assert outcome.x[both.columns["first.x", ()]] == pytest.approx(bought)
        assert both.decided_at.tolist() == [0, -1, -1]
    narrow = replace(future(20.0), upper=np.array([15.0, 100.0]))
    both = stacked([future(10.0), narrow], [0.7, 0.3], [("first.x", ())])
    assert both.upper[both.columns["first.x", ()]] == 15.0
