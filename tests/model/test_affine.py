"""Linear expressions against arithmetic on dense vectors, whatever is shared on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.model.affine import Affine
from support.expressions import value_at

COLUMNS = 4
POINT = np.array([2.0, -3.0, 5.0, 0.5])
NUMBERS = st.integers(-3, 3)


def variable(column: int) -> Affine:
    return Affine([column], [1.0], 1, 0.0)


def dense(expression: Affine | float) -> np.ndarray:
    """Value by column, and the constant last."""
    found = np.zeros(COLUMNS + 1)
    if isinstance(expression, Affine):
        np.add.at(found, list(expression.terms()[0]), expression.terms()[1])
        expression = expression.constant
    found[-1] += expression
    return found


@given(
    st.lists(st.tuples(st.sampled_from("+-*rn"), st.integers(0, 30), st.integers(0, 30), NUMBERS))
)
def test_every_result_stays_what_it_was(steps: list[tuple[str, int, int, int]]) -> None:
    """Each step works on earlier results; all of them keep their value to the end."""
    made = [variable(column) for column in range(COLUMNS)]
    expected = [dense(one) for one in made]
    for kind, one, other, number in steps:
        i, j = one % len(made), other % len(made)
        results = {
            "+": lambda a, b, n: (a + b, dense(a) + dense(b)),
            "-": lambda a, b, n: (a - b, dense(a) - dense(b)),
            "*": lambda a, b, n: (n * a, n * dense(a)),
            "r": lambda a, b, n: (n - a, dense(float(n)) - dense(a)),
            "n": lambda a, b, n: (-a + n, dense(float(n)) - dense(a)),
        }
        expression, value = results[kind](made[i], made[j], number)
        made.append(expression)
        expected.append(value)
    for expression, value in zip(made, expected, strict=True):
        assert (dense(expression) == value).all()
        assert value_at(expression, POINT) == pytest.approx(value[:-1] @ POINT + value[-1])


def test_numbers_of_numpy_scale_an_expression() -> None:
    factors: list[Any] = [np.float64(2.5), np.int64(3)]
    for factor in factors:
        assert (dense(factor * variable(1)) == float(factor) * dense(variable(1))).all()
        assert (dense(variable(1) / factor) == dense(variable(1)) / float(factor)).all()
        assert dense(factor + variable(1))[-1] == float(factor)


def test_a_sum_takes_one_step_a_term() -> None:
    """The lists of a sum are one list, not one for each partial sum."""
    parts = [variable(n % COLUMNS) for n in range(1_000)]
    total = parts[0] + parts[1]
    shared = total.columns
    for part in parts[2:]:
        total = total + part
        assert total.columns is shared
    assert len(shared) == 1_000
    assert all(part.count == len(part.columns) == 1 for part in parts)
