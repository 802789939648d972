"""Every rule over whole arrays against the same rule evaluated row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.core.resources import builtin_path
from siting.families.whole import Expr, Label, at, whole
from siting.instance.build import Instance
from siting.model.affine import Affine
from siting.model.arrays import ArrayWriter
from siting.model.assemble import declare_all
from siting.model.build import ModelBuild
from siting.model.ledger import Total
from siting.pipeline import load
from support.engine import instance_of
from support.instances import medium, tiny

SCENARIOS = sorted(path.stem for path in Path(builtin_path("models")).glob("*.yaml"))


def both(instance: Instance) -> tuple[ModelBuild, ModelBuild]:
    """The model by whole arrays, and row by row."""
    writers = ArrayWriter(), ArrayWriter()
    builds = ModelBuild(writers[0], whole=writers[0]), ModelBuild(writers[1])
    for build in builds:
        declare_all(build, instance)
    return builds


def assert_same(instance: Instance) -> None:
    """The same arrays to the last bit, and the same terms of each total."""
    ours, theirs = both(instance)
    assert isinstance(ours.writer, ArrayWriter)
    assert isinstance(theirs.writer, ArrayWriter)
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
    assert ours.units == theirs.units
    for part, row_by_row in zip(ours.writer.declared, theirs.writer.declared, strict=True):
        assert (part.name, part.index) == (row_by_row.name, row_by_row.index)
        np.testing.assert_array_equal(part.upper, row_by_row.upper)
    assert set(ours.ledger.totals) == set(theirs.ledger.totals)
    for name, total in ours.ledger.totals.items():
        assert read(total) == read(theirs.ledger.totals[name]), name
    assert read(ours.ledger.costs) == read(theirs.ledger.costs)


def read(total: Total) -> dict[Any, list[Any]]:
    """Columns with values, and constants, that each family added at each key, sorted."""
    found: dict[Any, list[Any]] = {}
    for key, terms in total.terms.items():
        for family, term in terms:
            here = found.setdefault((key, family), [])
            is_number = not isinstance(term, Affine)
            here.extend(() if is_number else zip(*term.terms(), strict=True))
            here.append((-1, float(term if is_number else term.constant)))
    return {key: sorted(terms) for key, terms in found.items()}


@pytest.mark.parametrize("name", SCENARIOS)
def test_shipped_scenarios_are_the_same_row_by_row(name: str) -> None:
    assert_same(load(Path(builtin_path(f"models/{name}.yaml"))).instance)


@pytest.mark.parametrize("seed", range(8))
def test_random_instances_are_the_same_row_by_row(seed: int) -> None:
    assert_same(instance_of(medium(seed)))


@pytest.mark.parametrize("seed", range(30))
def test_small_instances_with_families_off_are_the_same_row_by_row(seed: int) -> None:
    assert_same(instance_of(tiny(seed)))


ROWS = range(5)
NUMBERS = st.sampled_from([-2.0, 0.0, 0.5, 3.0])
SOME = st.lists(NUMBERS, min_size=len(ROWS), max_size=len(ROWS))
CREATED = st.sets(st.sampled_from(ROWS))


@given(CREATED, CREATED, st.lists(SOME, min_size=4, max_size=4), st.booleans(), st.booleans())
def test_sides_without_variables_are_the_same_row_by_row(
    on_left: set[int], on_right: set[int], numbers: list[list[float]], is_equal: bool, is_read: bool
) -> None:
    """A row of which one side or both are numbers is turned round, dropped or impossible."""
    a, b, c, d = (dict(enumerate(some)) for some in numbers)

    def build_with(build: ModelBuild) -> tuple[Any, ...]:
        family = build.family("one")
        x = family.variable("x", [(i,) for i in sorted(on_left)], doc="x")
        y = family.variable("y", [(i,) for i in sorted(on_right)], doc="y")

        def rule(i: Label) -> tuple[Expr, Expr]:
            left = family.total("y", (i,)) if is_read else a_times(x, i)
            return left + at(c, i), at(b, i) * y.get((i,)) + at(d, i)

        def a_times(variable: Any, i: Label) -> Expr:
            return at(a, i) * variable.get((i,))

        family.add_each("y", [(i,) for i in sorted(on_right)], lambda i: ((i,), a_times(y, i)))
        state = family.equal if is_equal else family.at_most
        state("row", [(i,) for i in ROWS], whole(rule), doc="row")
        assert isinstance(build.writer, ArrayWriter)
        stacked = build.writer.matrix(["one"])
        broken = [*((*one, "") for one in stacked.impossible), *build.impossible]
        matrix = stacked.matrix.toarray().tolist()
        return (
            stacked.names,
            matrix,
            *(sorted(broken), stacked.lower.tolist(), stacked.upper.tolist()),
        )

    writer = ArrayWriter()
    assert build_with(ModelBuild(writer, whole=writer)) == build_with(ModelBuild(ArrayWriter()))


def test_a_row_whose_left_side_is_a_number_stands_the_other_way_round() -> None:
    """3 <= 2 x is a lower limit; 3 <= 4 holds; 5 <= 4 is impossible by 1."""
    writer = ArrayWriter()
    family = ModelBuild(writer, whole=writer).family("one")
    x = family.variable("x", [("a",)], doc="x")
    left = {"a": 3.0, "b": 3.0, "c": 5.0}

    @whole
    def row(s: Label) -> tuple[Expr, Expr]:
        return at(left, s), 2 * x.get((s,)) + at({"a": 0.0, "b": 4.0, "c": 4.0}, s)

    family.at_most("row", [("a",), ("b",), ("c",)], row, doc="row")
    stacked = writer.matrix(["one"])
    assert stacked.names == (("one.row", ("a",)),)
    assert stacked.matrix.toarray().tolist() == [[2.0]]
    assert (stacked.lower.tolist(), stacked.upper.tolist()) == ([3.0], [np.inf])
    assert stacked.impossible == [("one.row", ("c",), 1.0)]


def test_a_total_is_read_with_terms_added_one_by_one_and_many_at_once() -> None:
    writer = ArrayWriter()
    build = ModelBuild(writer, whole=writer)
    one, other = build.family("one"), build.family("other")
    x = one.variable("x", [("a", 0), ("a", 1), ("b", 0)], doc="x")
    one.add("mw", ("a",), 5.0)
    one.add_each("mw", [("a", 0), ("a", 1), ("b", 0)], lambda s, p: ((s,), 2 * x[s, p] + 1))
    other.add("mw", ("a",), 3 * x["a", 0])
    single = other.total("mw", ("a",))
    assert sorted(zip(*single.terms(), strict=True)) == [(0, 2.0), (0, 3.0), (1, 2.0)]
    assert single.constant == 7.0
    x_at = np.array([10.0, 100.0, 1000.0])
    assert build.ledger.total("mw").at(x_at) == {
        ("a",): [("one", 5.0), ("one", 21.0), ("one", 201.0), ("other", 30.0)],
        ("b",): [("one", 2001.0)],
    }
    assert other.total("mw", ("c",)) == 0
    one.add_each("all_mw", [("a", 0), ("b", 0)], lambda s, p: (("all",), x[s, p]))
    assert sorted(zip(*one.total("all_mw", ("all",)).terms(), strict=True)) == [(0, 1.0), (2, 1.0)]

    @whole
    def row(s: Label) -> tuple[Expr, Expr]:
        return other.total("mw", (s,)), 20.0

    other.at_most("row", [("b",), ("c",), ("a",)], row, doc="row")
    stacked = writer.matrix(["other"])
    assert [key for _, key in stacked.names] == [("b",), ("a",)]
    assert stacked.matrix.toarray().tolist() == [[0.0, 0.0, 2.0], [5.0, 2.0, 0.0]]
    assert stacked.upper.tolist() == [19.0, 13.0]
    for add in (one.add, one.add_each):
        with pytest.raises(Exception, match="one adds to the total 'mw' after it was read"):
            add("mw", (), lambda: ((), 1.0))
