"""Bounds from prices of rows: by hand, and never above an optimum found by counting."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import inf

import numpy as np
import pytest
from scipy.sparse import csc_array

from siting.model.dual_bound import dual_bound, implied_upper
from siting.model.program import Program
from siting.solver.highs import Limits
from siting.solver.relaxation import Relaxation

LARGEST = 4
"""Upper bound of the integers of random programs: five values each, counted one by one."""


def program(
    cost: list[float],
    rows: list[list[float]],
    row_limits: list[tuple[float, float]],
    upper: list[float],
    offset: float = 0.0,
) -> Program:
    """A program from dense rows; columns from 0 up."""
    matrix = csc_array(np.array(rows, dtype=float).reshape(len(rows), len(cost)))
    lower, limit = (np.array(side, dtype=float) for side in zip(*row_limits, strict=True))
    return Program(
        cost=np.array(cost, dtype=float),
        offset=offset,
        start=matrix.indptr.astype(np.int32),
        row=matrix.indices.astype(np.int32),
        value=matrix.data,
        row_lower=lower,
        row_upper=limit,
        lower=np.zeros(len(cost)),
        upper=np.array(upper, dtype=float),
        is_integer=np.ones(len(cost), dtype=bool),
        row_names=tuple(("a.row", (n,)) for n in range(len(rows))),
        units={},
        cuts=frozenset(),
        columns={("a.x", (n,)): n for n in range(len(cost))},
        area=np.full(len(cost), -1),
        site=np.full(len(cost), -1),
        decided_at=np.full(len(cost), -1),
    )


# min 3 x + 2 y,  x + y >= 4,  0 <= x <= 3,  0 <= y <= 2:  y = 2, x = 2, cost 10
PAPER = program([3, 2], [[1, 1]], [(4, inf)], [3, 2])


@pytest.mark.parametrize(
    ("price", "bound"),
    [
        (3.0, 10.0),  # 3 * 4 + 0 * x + (2 - 3) * 2: the optimum, so 3 is the dual
        (2.0, 8.0),  # 2 * 4 + (3 - 2) * 0 + 0
        (5.0, 8.0),  # 5 * 4 + (3 - 5) * 3 + (2 - 5) * 2
        (0.0, 0.0),  # nothing is asked for
        (-7.0, 0.0),  # there is no upper limit to be paid for
        (
            1e6,
            -999987.0,
        ),  # 4e6 + (3 - 1e6) * 3 + (2 - 1e6) * 2: a wrong price is worse, never false
    ],
)
def test_two_columns_by_hand(price: float, bound: float) -> None:
    found = dual_bound(PAPER, np.array([price]))
    assert found.value == pytest.approx(bound, rel=1e-12, abs=1e-12)
    assert found.value <= bound
    assert 0 <= found.allowance <= 1e-12 * (1 + abs(bound)) * 10


def test_the_offset_and_an_upper_limit_count() -> None:
    # min -x + 5, 2 x <= 3, x <= 9: x = 1.5, cost 3.5; at -0.5 of the row: 5 - 0.5 * 3 + 0 * x
    model = program([-1], [[2]], [(-inf, 3)], [9], offset=5)
    assert dual_bound(model, np.array([-0.5])).value == pytest.approx(3.5)
    assert dual_bound(model, np.array([0.0])).value == pytest.approx(-4.0)


def test_a_column_without_end_has_a_bound_only_where_rows_or_the_cost_imply_one() -> None:
    # min x + y, x - 10 y <= 0, x + y >= 2, y <= 1: x <= 10 by the first row
    model = program([1, 1], [[1, -10], [1, 1]], [(-inf, 0), (2, inf)], [inf, 1])
    assert implied_upper(model).tolist() == pytest.approx([10, 1])
    # at 1.5 of the second: 3 + (1 - 1.5) * 10 + (1 - 1.5) * 1
    assert dual_bound(model, np.array([0, 1.5])).value == pytest.approx(-2.5)
    free = program([1, 1], [[1, 1]], [(2, inf)], [inf, 1])
    found = dual_bound(free, np.array([1.5]))
    # nothing bounds x but what no plan has: 3 - 0.5 * 1e9 - 0.5 * 1
    assert found.value == pytest.approx(2.5 - 0.5e9)
    assert found.capped.tolist() == [0]
    # a plan of 6 is known: x <= 6, so 3 - 0.5 * 6 - 0.5 * 1
    known = dual_bound(free, np.array([1.5]), most=6.0)
    assert known.value == pytest.approx(-0.5)
    assert known.capped.tolist() == []


def test_rounding_is_taken_off() -> None:
    # 0.3 - 3 * 0.1 is -5.6e-17 in floating point: a column without end costs no more than the allowance
    model = program([0.3, 0], [[0.1, 1]], [(1, inf)], [inf, 4])
    assert 3 * 0.1 > 0.3
    found = dual_bound(model, np.array([3.0]))
    assert found.capped.tolist() == [0]
    assert 3 - 12 - 1e-6 < found.value < 3 - 12
    assert found.allowance < 1e-6


def test_orders_in_turn_that_cost_nothing_together_are_no_way_below_the_optimum() -> None:
    # min y - x, x <= y, y <= x + 1, x + y >= 2: any x = y costs 0, and nothing ends them
    rows = [[1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]
    model = program([-1, 1], rows, [(-inf, 0), (-inf, 1), (2, inf)], [inf, inf])
    found = dual_bound(model, np.array([-1.0, 0.0, 0.0]), most=0.0)
    assert -1e-5 < found.value <= 0.0


def drawn(rng: np.random.Generator) -> Program:
    """A small program in whole units with rows of all kinds, feasible at a drawn point."""
    columns, rows = int(rng.integers(2, 6)), int(rng.integers(1, 6))
    matrix = rng.integers(-4, 5, (rows, columns)) * rng.integers(0, 2, (rows, columns))
    point = rng.integers(0, LARGEST + 1, columns)
    sides = []
    for value in matrix @ point:
        low, high = value - rng.integers(0, 4), value + rng.integers(0, 4)
        kind = rng.integers(0, 4)
        sides.append(((low, inf), (-inf, high), (low, high), (value, value))[kind])
    cost = rng.integers(-5, 9, columns) + np.round(rng.random(columns), 3)
    upper = np.full(columns, float(LARGEST))
    model = program(
        cost.tolist(), matrix.tolist(), sides, upper.tolist(), float(rng.integers(-9, 9))
    )
    return replace(model, is_integer=rng.random(columns) < 0.7)


def counted(model: Program) -> float:
    """The optimum in whole units, by trying every point."""
    points = np.array(list(product(range(LARGEST + 1), repeat=len(model.cost))))
    left = points @ model.matrix.toarray().T
    holds = ((left >= model.row_lower - 1e-9) & (left <= model.row_upper + 1e-9)).all(axis=1)
    return float((points[holds] @ model.cost).min()) + model.offset


@pytest.mark.parametrize("seed", range(60))
def test_no_prices_give_more_than_the_optimum_and_the_duals_give_the_relaxation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = drawn(rng)
    best = counted(model)
    relaxed = replace(model, is_integer=np.zeros_like(model.is_integer))
    outcome = Relaxation(relaxed, Limits(threads=1)).optimum(None)
    assert outcome.row_dual is not None
    bound = dual_bound(model, outcome.row_dual)
    assert bound.value == pytest.approx(outcome.objective, rel=1e-7, abs=1e-6)
    assert bound.value <= best + 1e-9
    for _ in range(200):
        size = 10.0 ** rng.uniform(-9, 6)
        prices = outcome.row_dual + size * rng.normal(size=len(outcome.row_dual))
        prices[rng.random(len(prices)) < 0.2] = 0.0
        # weak duality: below the relaxation, which lies below the optimum
        assert dual_bound(model, prices).value <= min(best, outcome.objective + 1e-6) + 1e-9
        # without some ends the optimum can only be lower
        endless = replace(model, upper=np.where(rng.random(len(model.cost)) < 0.5, inf, LARGEST))
        assert dual_bound(endless, prices, most=best).value <= best + 1e-9
