"""Blocks of expressions against plain arithmetic on dictionaries, row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.expressions.block import Block, Relation

ROWS, COLUMNS = 4, 3
CONSTANT = "constant"
Plain = dict[Any, float]
"""Coefficient by column, and the constant."""

NUMBERS = st.integers(-3, 3).map(float)
BY_ROW = st.lists(NUMBERS, min_size=ROWS, max_size=ROWS)
ENTRIES = st.lists(
    st.tuples(st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1), NUMBERS), max_size=8
)


def block_of(entries: list[tuple[int, int, float]], constant: list[float]) -> Block:
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    return Block(
        np.array(rows, dtype=np.int64),
        np.array(columns, dtype=np.int64),
        np.array(values, dtype=float),
        np.array(constant),
    )


def plain_of(entries: list[tuple[int, int, float]], constant: list[float]) -> list[Plain]:
    made: list[Plain] = [{CONSTANT: number} for number in constant]
    for row, column, value in entries:
        made[row][column] = made[row].get(column, 0.0) + value
    return made


def combined(a: Plain, b: Plain, sign: float) -> Plain:
    return {key: a.get(key, 0.0) + sign * b.get(key, 0.0) for key in {**a, **b}}


def scaled(a: Plain, factor: float) -> Plain:
    return {key: factor * value for key, value in a.items()}


def read(block: Block) -> list[Plain]:
    """A block's expressions, by its arrays alone."""
    made: list[Plain] = [{CONSTANT: float(number)} for number in block.constant]
    for row, column, value in zip(block.rows, block.columns, block.values, strict=True):
        made[row][int(column)] = made[row].get(int(column), 0.0) + float(value)
    return made


def assert_is(block: Block, expected: list[Plain]) -> None:
    assert len(block) == len(expected)
    for mine, theirs in zip(read(block), expected, strict=True):
        for key in {**mine, **theirs}:
            assert mine.get(key, 0.0) == pytest.approx(theirs.get(key, 0.0))


@given(ENTRIES, BY_ROW, ENTRIES, BY_ROW, BY_ROW, NUMBERS)
def test_arithmetic_is_that_of_each_row(
    some: list[tuple[int, int, float]],
    constants: list[float],
    more: list[tuple[int, int, float]],
    others: list[float],
    by_row: list[float],
    number: float,
) -> None:
    a, b = block_of(some, constants), block_of(more, others)
    x, y = plain_of(some, constants), plain_of(more, others)
    array = np.array(by_row)
    numbers: list[Plain] = [{CONSTANT: one} for one in by_row]
    same: list[Plain] = [{CONSTANT: number} for _ in by_row]
    cases: list[tuple[Block, Callable[[int], Plain]]] = [
        (a + b, lambda i: combined(x[i], y[i], 1.0)),
        (a - b, lambda i: combined(x[i], y[i], -1.0)),
        (-a, lambda i: scaled(x[i], -1.0)),
        (a + number, lambda i: combined(x[i], same[i], 1.0)),
        (number - a, lambda i: combined(same[i], x[i], -1.0)),
        (a + array, lambda i: combined(x[i], numbers[i], 1.0)),
        (array + a, lambda i: combined(x[i], numbers[i], 1.0)),
        (a - array, lambda i: combined(x[i], numbers[i], -1.0)),
        (array - a, lambda i: combined(numbers[i], x[i], -1.0)),
        (number * a, lambda i: scaled(x[i], number)),
        (a * number, lambda i: scaled(x[i], number)),
        (array * a, lambda i: scaled(x[i], by_row[i])),
        (a / 4, lambda i: scaled(x[i], 0.25)),
        (a / (array + 8), lambda i: scaled(x[i], 1 / (by_row[i] + 8))),
        (sum([a, b], 0) + b, lambda i: combined(combined(x[i], y[i], 1.0), y[i], 1.0)),
        (Block.of(number, ROWS), lambda i: same[i]),
        (Block.of(array, ROWS), lambda i: numbers[i]),
    ]
    for result, expected in cases:
        assert_is(result, [expected(i) for i in range(ROWS)])
    assert_is(a, x)
    assert_is(b, y)


@given(ENTRIES, BY_ROW, st.lists(st.integers(0, 2), min_size=ROWS, max_size=ROWS))
def test_a_fold_adds_the_rows_of_each_target(
    entries: list[tuple[int, int, float]], constants: list[float], target: list[int]
) -> None:
    expected: list[Plain] = [{CONSTANT: 0.0} for _ in range(3)]
    for row, plain in enumerate(plain_of(entries, constants)):
        expected[target[row]] = combined(expected[target[row]], plain, 1.0)
    assert_is(block_of(entries, constants).fold(np.array(target), 3), expected)


@given(ENTRIES, BY_ROW)
def test_values_at_a_point_are_those_of_each_row(
    entries: list[tuple[int, int, float]], constants: list[float]
) -> None:
    block = block_of(entries, constants)
    point = [2.0, -3.0, 5.0]
    found = block.at(np.array(point))
    for row, plain in enumerate(plain_of(entries, constants)):
        expected = sum(plain.get(column, 0.0) * point[column] for column in range(COLUMNS))
        assert found[row] == pytest.approx(expected + plain[CONSTANT])
        assert block.has_terms()[row] == any(entry[0] == row for entry in entries)


def test_terms_of_a_row_keep_the_order_in_which_they_were_added() -> None:
    """A sum of floating-point numbers depends on it in its last bit."""
    block = block_of([(0, 0, 0.1), (1, 0, 9.0)], [0.0] * ROWS)
    block = block + block_of([(0, 0, 0.2)], [0.0] * ROWS) + block_of([(0, 0, 0.3)], [0.0] * ROWS)
    assert block.values[block.rows == 0].tolist() == [0.1, 0.2, 0.3]


def test_relations_keep_their_sides_whatever_stands_left() -> None:
    block, numbers = block_of([(0, 0, 1.0)], [0.0] * ROWS), np.arange(float(ROWS))
    for relation, left, right, is_equal in (
        (block <= numbers, block, numbers, False),
        (numbers <= block, numbers, block, False),
        (block >= 3.0, 3.0, block, False),
        (block >= 3.0, 3.0, block, False),
        (block == 0.0, block, 0.0, True),
        (block <= -block, block, None, False),
    ):
        assert isinstance(relation, Relation)
        assert relation.left is left or relation.left == left
        assert right is None or relation.right is right or relation.right == right
        assert relation.is_equal == is_equal


def test_expressions_are_not_tested_nor_mixed_in_size() -> None:
    block = block_of([(0, 0, 1.0)], [0.0] * ROWS)
    with pytest.raises(TypeError, match="no value before it is solved"):
        bool(block)
    with pytest.raises(TypeError, match="returned by a rule, not tested"):
        bool(block <= 1.0)
    with pytest.raises(ValueError, match="4 expressions for 5 rows"):
        Block.of(block, 5)
    with pytest.raises(ValueError, match="expressions of 4 and of 1 rows"):
        block + Block.of(1.0, 1)
