"""Rules are evaluated for all indices at once: no row may depend on which others stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.core.errors import SitingError
from siting.core.names import UnknownNameError
from siting.core.resources import builtin_path
from siting.expressions.block import Block
from siting.expressions.labels import Expr, Label, Labels, Relation, Rule, at, labels_of
from siting.families.base import Index, Total
from siting.instance.build import Instance
from siting.model.arrays import ArrayWriter
from siting.model.assemble import written
from siting.model.build import FamilyBuild, ModelBuild
from siting.pipeline import load
from support.engine import instance_of
from support.instances import medium, tiny
from support.pairs import compare, scenario_of

SCENARIOS = ("toy", "restart-pjm", "unlock-headroom")
TOTALS = {
    "mw": Total("mw", ("site",), "MW", "load"),
    "y": Total("y", ("row",), "MW", "what is read"),
}


def stacked(parts: Iterable[Expr]) -> Block:
    """Expressions of one row each, below each other."""
    blocks = [Block.of(part, 1) for part in parts]
    return Block(
        np.repeat(np.arange(len(blocks)), [len(block.rows) for block in blocks]),
        np.concatenate([block.columns for block in blocks]),
        np.concatenate([block.values for block in blocks]),
        np.concatenate([block.constant for block in blocks]),
    )


class OneByOne(FamilyBuild):
    """Calls each rule for every index by itself."""

    def _constrain(self, name: str, over: Iterable[Index], rule: Rule, doc: str, unit: str) -> None:
        def each(*labels: Labels) -> Relation:
            found = [rule(*labels_of([key])) for key in keys_of(labels)]
            left, right = (stacked(getattr(r, side) for r in found) for side in ("left", "right"))
            return left == right if found[0].is_equal else left <= right

        super()._constrain(name, over, each, doc, unit)

    def _add_each(
        self, terms: Any, index: Iterable[Index], rule: Callable[..., tuple[Index, Expr]]
    ) -> None:
        def each(*labels: Labels) -> tuple[Index, Expr]:
            found = [rule(*labels_of([key])) for key in keys_of(labels)]
            places = [[part.items[0] if isinstance(part, Labels) else part for part in place]
                      for place, _ in found]  # fmt: skip
            return tuple(labels_of([tuple(place) for place in places])), stacked(
                term for _, term in found
            )

        super()._add_each(terms, index, each)


def keys_of(labels: Iterable[Labels]) -> list[tuple[Any, ...]]:
    return list(zip(*(part.items for part in labels), strict=True))


def assert_same(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same arrays to the last bit."""
    ours = written(instance)
    with monkeypatch.context() as patch:
        patch.setattr("siting.model.build.FamilyBuild", OneByOne)
        theirs = written(instance)
    families = ["core", *instance.data, "goals"]
    mine, other = ours.writer.matrix(families), theirs.writer.matrix(families)
    assert mine.names == other.names
    for one, two in (
        (mine.matrix.indptr, other.matrix.indptr),
        (mine.matrix.indices, other.matrix.indices),
        (mine.matrix.data, other.matrix.data),
        (mine.lower, other.lower),
        (mine.upper, other.upper),
        (
            ours.writer.total(ours.ledger.costs.sums.in_order())[0],
            theirs.writer.total(theirs.ledger.costs.sums.in_order())[0],
        ),
    ):
        np.testing.assert_array_equal(one, two)
    point = np.random.default_rng(1).uniform(0.0, 9.0, ours.writer.size)
    assert ours.ledger.costs.at(point) == theirs.ledger.costs.at(point)


@pytest.mark.parametrize("name", SCENARIOS)
def test_rows_of_shipped_scenarios_stand_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same(load(Path(builtin_path(f"models/{name}.yaml"))).instance, monkeypatch)


@pytest.mark.parametrize("seed", range(6))
def test_rows_of_random_instances_stand_alone(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same(instance_of(medium(seed)), monkeypatch)


@pytest.mark.parametrize("seed", range(20))
def test_rows_of_small_instances_stand_alone(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same(instance_of(tiny(seed)), monkeypatch)


ROWS = range(5)
NUMBERS = st.sampled_from([-2.0, 0.0, 0.5, 3.0])
SOME = st.lists(NUMBERS, min_size=len(ROWS), max_size=len(ROWS))
CREATED = st.sets(st.sampled_from(ROWS))


@given(CREATED, CREATED, st.lists(SOME, min_size=4, max_size=4), st.booleans(), st.booleans())
def test_sides_without_variables_are_turned_round_dropped_or_impossible(
    on_left: set[int], on_right: set[int], numbers: list[list[float]], is_equal: bool, is_read: bool
) -> None:
    """``a x + c`` against ``b y + d``, each row on paper."""
    a, b, c, d = (dict(enumerate(some)) for some in numbers)
    build = ModelBuild(ArrayWriter(), TOTALS)
    family = build.family("one")
    x = family.variable("x", [(i,) for i in sorted(on_left)], doc="x")
    y = family.variable("y", [(i,) for i in sorted(on_right)], doc="y")
    family.add_each("y", [(i,) for i in sorted(on_right)], lambda i: ((i,), at(a, i) * y[(i,)]))

    @family.constraint(over=[(i,) for i in ROWS], doc="row")
    def row(i: Label) -> Relation:
        left = family.total("y", (i,)) if is_read else at(a, i) * x.get((i,))
        right = at(b, i) * y.get((i,)) + at(d, i)
        return left + at(c, i) == right if is_equal else left + at(c, i) <= right

    rows = build.writer.matrix(["one"])
    column = {("x", i): n for n, i in enumerate(sorted(on_left))}
    column |= {("y", i): len(column) + n for n, i in enumerate(sorted(on_right))}
    found = {key: n for n, (_, key) in enumerate(rows.names)}
    broken = {key: excess for _, key, excess in rows.impossible}
    for i in ROWS:
        on_this = ("y" if is_read else "x", i)
        entries = {column[on_this]: a[i]} if on_this in column else {}
        if ("y", i) in column:
            entries[column["y", i]] = entries.get(column["y", i], 0.0) - b[i]
        entries = {at_column: value for at_column, value in entries.items() if value}
        excess = c[i] - d[i]
        if not entries:
            is_kept = excess == 0 if is_equal else excess <= 0
            assert broken.get((i,), 0.0) == (0.0 if is_kept else abs(excess))
            assert (i,) not in found
            continue
        line = rows.matrix[[found[i,]]].toarray()[0]
        low, high = rows.lower[found[i,]], rows.upper[found[i,]]
        if not any(np.sign(line[n]) == np.sign(value) for n, value in entries.items()):
            line, low, high = -line, -high, -low
        assert {n: value for n, value in enumerate(line) if value} == pytest.approx(entries)
        assert high == pytest.approx(-excess)
        assert low == (pytest.approx(-excess) if is_equal else -np.inf)


def test_a_row_whose_left_side_is_a_number_stands_the_other_way_round() -> None:
    """3 <= 2 x is a lower limit; 3 <= 4 holds; 5 <= 4 is impossible by 1."""
    writer = ArrayWriter()
    family = ModelBuild(writer, TOTALS).family("one")
    x = family.variable("x", [("a",)], doc="x")
    left = {"a": 3.0, "b": 3.0, "c": 5.0}

    @family.constraint(over=[("a",), ("b",), ("c",)], doc="row")
    def row(s: Label) -> Relation:
        return at(left, s) <= 2 * x.get((s,)) + at({"a": 0.0, "b": 4.0, "c": 4.0}, s)

    stacked_rows = writer.matrix(["one"])
    assert stacked_rows.names == (("one.row", ("a",)),)
    assert stacked_rows.matrix.toarray().tolist() == [[2.0]]
    assert (stacked_rows.lower.tolist(), stacked_rows.upper.tolist()) == ([3.0], [np.inf])
    assert stacked_rows.impossible == [("one.row", ("c",), 1.0)]


def test_a_total_is_the_sum_of_what_families_add() -> None:
    writer = ArrayWriter()
    build = ModelBuild(writer, TOTALS)
    one, other = build.family("one"), build.family("other")
    x = one.variable("x", [("a", 0), ("a", 1), ("b", 0)], doc="x")
    one.add_each("mw", [("a",)], lambda s: ((s,), 5.0))
    one.add_each("mw", [("a", 0), ("a", 1), ("b", 0)], lambda s, p: ((s,), 2 * x[s, p] + 1))
    other.add_each("mw", [("a", 0)], lambda s, p: ((s,), 3 * x[s, p]))
    x_at = np.array([10.0, 100.0, 1000.0])
    assert build.ledger.total("mw").at(x_at) == {
        ("a",): [("one", 5.0), ("one", 21.0), ("one", 201.0), ("other", 30.0)],
        ("b",): [("one", 2001.0)],
    }

    @other.constraint(over=[("b",), ("c",), ("a",)], doc="row")
    def row(s: Label) -> Relation:
        return other.total("mw", (s,)) <= 20.0

    rows = writer.matrix(["other"])
    assert [key for _, key in rows.names] == [("b",), ("a",)]
    assert rows.matrix.toarray().tolist() == [[0.0, 0.0, 2.0], [5.0, 2.0, 0.0]]
    assert rows.upper.tolist() == [19.0, 13.0]
    with pytest.raises(SitingError, match="one adds to the total 'mw' after it was read"):
        one.add_each("mw", [("a",)], lambda s: ((s,), 1.0))


def test_names_that_are_wrong_fail_with_the_nearest() -> None:
    family = ModelBuild(ArrayWriter(), TOTALS).family("one")
    family.variable("units", [("a",)], doc="units")
    with pytest.raises(SitingError, match="one declares the variable 'units' twice"):
        family.variable("units", [("a",)], doc="units")
    with pytest.raises(UnknownNameError, match="variable of one 'unit', did you mean 'units'"):
        family.variables["unit"]
    with pytest.raises(UnknownNameError, match="ledger total 'mws', did you mean 'mw'"):
        family.add_each("mws", [("a",)], lambda s: ((s,), 1.0))
    with pytest.raises(UnknownNameError, match="ledger total 'wm'"):
        family.total("wm", (Labels(["a"]),))
    with pytest.raises(SitingError, match="'mw' is by site, not by 2 parts"):
        family.total("mw", (Labels(["a"]), Labels([1])))


def test_rules_that_give_no_relation_fail() -> None:
    family = ModelBuild(ArrayWriter(), TOTALS).family("one")
    x = family.variable("x", [("a",)], doc="x")

    def pair(s: Label) -> Relation:
        return x[s,], 1.0

    with pytest.raises(SitingError, match=r"one\.pair gives tuple, not 'left <= right'"):
        family.constraint(over=[("a",)], doc="no relation")(pair)
    with pytest.raises(SitingError, match="one states the constraint 'pair' twice"):
        family.constraint(over=[], doc="twice")(pair)
    with pytest.raises(TypeError, match="no labels of the rule's index"):
        family.constraint(over=[("a",)], doc="one site", name="one")(lambda s: x["a",] <= 1.0)
    with pytest.raises(TypeError, match="returned by a rule, not tested"):
        family.constraint(over=[("a",)], doc="tested", name="two")(lambda s: 0 <= x[s,] <= 1.0)


def test_a_rule_of_numbers_that_holds_states_no_rows() -> None:
    """Where nothing is declared that a rule counts, both of its sides are numbers."""
    build = ModelBuild(ArrayWriter(), TOTALS)
    family = build.family("one")
    family.constraint(over=[("a",)], doc="holds", name="holds")(lambda s: sum([]) <= 0.0)
    family.constraint(over=[("a",)], doc="each", name="each")(lambda s: at({"a": 1.0}, s) <= 1.0)
    assert not build.writer.matrix(["one"]).names


def test_a_rule_of_numbers_that_does_not_hold_is_a_row_that_cannot() -> None:
    build = ModelBuild(ArrayWriter(), TOTALS)
    family = build.family("one")
    family.constraint(over=[("a",)], doc="broken", name="broken")(lambda s: sum([]) >= 1.0)
    over = [("a",), ("b",)]
    family.constraint(over=over, doc="some", name="some")(lambda s: at({"a": 2, "b": 0}, s) <= 1.0)
    rows = build.writer.matrix(["one"])
    broken = [("one.broken", ("a",)), ("one.some", ("a",))]
    assert [(name, key) for name, key, _ in rows.impossible] == broken
    assert not rows.names and build.bare == {"one.broken", "one.some"}


def test_terms_at_what_the_scenario_does_not_have_fail() -> None:
    build = ModelBuild(ArrayWriter(), TOTALS, {"site": {"a"}, "period": range(2)})
    family = build.family("one")
    family.add_each("mw", [("a",)], lambda s: ((s,), 1.0))
    with pytest.raises(SitingError, match="to the total 'mw' at the site 'b', which is none here"):
        family.add_each("mw", [("b",)], lambda s: ((s,), 1.0))
    with pytest.raises(SitingError, match=r"'mw' at \('a', 1\), which is not site"):
        family.add_each("mw", [("a", 1)], lambda s, p: ((s, p), 1.0))
    family.cost_each([(1,)], lambda p: (p, 1.0))
    with pytest.raises(SitingError, match="adds a cost at the period '2', which is none here"):
        family.cost_each([(2,)], lambda p: (p, 1.0))


def test_an_upper_bound_that_is_no_number_fails() -> None:
    family = ModelBuild(ArrayWriter(), TOTALS).family("one")
    with pytest.raises(SitingError, match=r"bound of one\.x at \('b',\) is no number"):
        family.variable(
            "x", [("a",), ("b",)], doc="x", upper=lambda s: at({"a": 1.0, "b": float("nan")}, s)
        )


def test_breakers_of_no_class_build_the_same() -> None:
    assert compare(scenario_of(("bridge", "transformers"), 128)) is None  # breakers of no class
