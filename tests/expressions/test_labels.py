"""Look-ups and sums over labels, each against the same call for one index at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from siting.expressions.block import Block
from siting.expressions.labels import (
    Expr,
    Label,
    Labels,
    at,
    keys_in,
    labels_of,
    parts,
    pick,
    signed_sum,
    sum_over,
)
from siting.model.arrays import Columns

INDEX = [("a", 0), ("a", 1), ("b", 0), ("c", 1)]
X = Columns("family.x", {("a", 0): 0, ("a", 1): 1, ("b", 0): 2, ("b", 1): 3})
GROUPS: dict[str, tuple[str, ...]] = {"a": ("b", "a", "b"), "b": (), "c": ("b",)}
TERMS: dict[tuple[str, int], tuple[tuple[int, int], ...]] = {
    ("a", 0): ((-1, 0), (1, 1)),
    ("a", 1): (),
    ("b", 0): ((1, 0),),
    ("c", 1): ((1, 1),),
}
MW = {"a": 1.5, "b": 2.0, "c": -1.0}


def values(expression: Expr) -> list[tuple[dict[int, float], float]]:
    """Coefficients by column and the constant, a row each."""
    if not isinstance(expression, Block):
        return [({}, float(number)) for number in np.atleast_1d(expression)]
    made: list[tuple[dict[int, float], float]] = [({}, float(c)) for c in expression.constant]
    for row, column, value in zip(
        expression.rows, expression.columns, expression.values, strict=True
    ):
        found = made[row][0]
        found[int(column)] = found.get(int(column), 0.0) + float(value)
    return [({k: v for k, v in found.items() if v}, constant) for found, constant in made]


CASES: dict[str, Callable[[Label, Label], Expr]] = {
    "at": lambda s, p: at(MW, s) * X.get((s, p)),
    "at a function": lambda s, p: at(lambda site, period: MW[site] + period, s, p) * X.get((s, p)),
    "shift": lambda s, p: X.get((s, p)) - X.get((s, p - 1)),
    "pick": lambda s, p: X.get((pick({"a": "b", "b": "a", "c": "b"}, s), p)),
    "one label": lambda s, p: X.get(("b", p)) + at(MW, s),
    "sum_over": lambda s, p: sum_over(pick(GROUPS, s), lambda t, p: X.get((t, p)), p),
    "sum_over the same": lambda s, p: sum_over(("a", "b"), lambda t: X.get((t, p))),
    "sum_over numbers": lambda s, p: sum_over(pick(GROUPS, s), lambda t: at(MW, t)),
    "sum_over none": lambda s, p: sum_over(pick(lambda site: (), s), lambda t: X.get((t, 0))),
    "sum_over sums": lambda s, p: sum_over(
        pick(GROUPS, s), lambda t: sum_over(pick(GROUPS, t), lambda u: at(MW, u) * X.get((u, 0)))
    ),
    "signed_sum": lambda s, p: signed_sum(pick(TERMS, s, p), lambda t, q: X.get((t, q)), s),
    "signed_sum the same": lambda s, p: signed_sum(((-1, 0), (1, 1)), lambda q: X.get((s, q))),
    "parts": lambda s, p: X.get(parts(pick(lambda site, period: (site, 1 - period), s, p))),
}


@pytest.mark.parametrize("name", CASES)
def test_all_rows_at_once_are_the_rows_one_by_one(name: str) -> None:
    rule = CASES[name]
    one_by_one = [values(rule(*labels_of([key])))[0] for key in INDEX]
    assert values(rule(*labels_of(INDEX))) == one_by_one
    # two cases are known by hand, so that both sides cannot be wrong alike
    if name == "signed_sum":
        assert one_by_one == [({0: -1.0, 1: 1.0}, 0.0), ({}, 0), ({2: 1.0}, 0.0), ({}, 0.0)]
    if name == "sum_over":
        assert one_by_one[0] == ({0: 1.0, 2: 2.0}, 0.0)


def test_a_missing_variable_is_an_error_but_to_get() -> None:
    with pytest.raises(KeyError):
        X[tuple(labels_of(INDEX))]
    assert values(X.get(tuple(labels_of(INDEX))))[3] == ({}, 0.0)


def test_keys_are_the_index_again() -> None:
    sites, periods = labels_of(INDEX)
    assert list(keys_in((sites, periods))) == INDEX
    assert list(keys_in((sites, 7))) == [(site, 7) for site, _ in INDEX]


def test_labels_are_neither_keys_nor_compared() -> None:
    """A plain look-up or condition in a rule fails at once."""
    label: Label = Labels(["a"])
    wrong: list[Callable[[], object]] = [
        lambda: MW[label],
        lambda: MW.get(label, 0.0),
        lambda: label in MW,
        lambda: label in ("a", "b"),
        lambda: label == "a",
        lambda: 1 if label else 0,
        lambda: min(label, 3),
    ]
    for use in wrong:
        with pytest.raises(TypeError):
            use()
