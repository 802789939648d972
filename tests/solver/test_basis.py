"""Relaxations that go on from the basis of another: the same optimum, fewer iterations."""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
import pytest

from siting.model.assemble import assemble
from siting.model.program import Program
from siting.solver.basis import Basis
from siting.solver.column_generation import Sites, relax_by_columns
from siting.solver.highs import solve
from siting.solver.relaxation import Relaxation
from siting.solver.search import search
from support.engine import EXACT, instance_of
from support.instances import medium
from support.tuned import tune

SEEDS = (3, 5, 7)


def program(seed: int) -> Program:
    return assemble(instance_of(medium(seed))).linear.limits_alone()


def narrowed(model: Program, seed: int) -> Program:
    """The model with a third of its integers held at zero; load may be late, so it has a plan."""
    gone = model.is_integer & (np.random.default_rng(seed).random(len(model.cost)) < 1 / 3)
    other = replace(model, upper=np.where(gone, 0.0, model.upper))
    assert relaxed_value(model) < relaxed_value(other) < np.inf
    return other


def relaxed_value(model: Program) -> float:
    return solve(replace(model, is_integer=np.zeros_like(model.is_integer)), EXACT).objective


@pytest.mark.parametrize("seed", SEEDS)
def test_other_bounds_from_a_basis_have_the_optimum_of_a_fresh_start(seed: int) -> None:
    model = program(seed)
    basis = Relaxation(model, EXACT).optimum(None).basis
    assert basis is not None
    other = narrowed(model, seed)
    warm = Relaxation(other, EXACT)
    warm.begin_at(basis)
    assert warm.optimum(None).objective == pytest.approx(relaxed_value(other), rel=1e-7)


def test_the_optimum_itself_takes_no_iteration() -> None:
    model = program(3)
    basis = Relaxation(model, EXACT).optimum(None).basis
    assert basis is not None
    again = Relaxation(model, EXACT)
    again.begin_at(basis)
    assert again.optimum(None, most_iterations=0).status == "OPTIMAL"
    # and a fresh start takes some
    fresh = Relaxation(model, EXACT.by(lp_method="simplex"))
    assert fresh.optimum(None, most_iterations=0).status != "OPTIMAL"


@pytest.mark.parametrize("seed", SEEDS)
def test_the_basis_of_some_sites_is_one_of_the_whole_model(seed: int) -> None:
    """It has as many basic statuses as rows, and of its own sites it is the optimal basis."""
    model = program(seed)
    sites = Sites(model, EXACT)
    priced, _ = relax_by_columns(sites, EXACT)
    assert priced is not None
    assert priced.basis.fitted(len(model.cost), len(model.row_lower)) is not None
    basic = (priced.basis.column == 1).sum() + (priced.basis.row == 1).sum()
    assert basic == len(model.row_lower)
    part = sites.part(priced.sites)
    again = Relaxation(part.model, EXACT)
    again.begin_at(priced.basis.within(part.columns, part.rows))
    found = again.optimum(None, most_iterations=0)
    assert found.objective == pytest.approx(relaxed_value(model), rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("most_iterations", [0, 5_000])
def test_site_generation_from_a_basis_gives_the_same_bound(
    seed: int, most_iterations: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With and without the iterations it may take before an interior point begins anew."""
    tune(monkeypatch, basis_iterations=most_iterations)
    model = program(seed)
    priced, _ = relax_by_columns(Sites(model, EXACT), EXACT)
    assert priced is not None
    other = narrowed(model, seed)
    warm, _ = relax_by_columns(Sites(other, EXACT), EXACT, basis=priced.basis)
    assert warm is not None
    assert warm.bound == pytest.approx(relaxed_value(other), rel=1e-6)


def test_a_search_gives_its_basis_and_leaves_alone_one_that_does_not_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tune(monkeypatch, large_integers=0, many_sites=0)
    model = program(5)
    first = search(model, EXACT)
    assert first.basis is not None
    strange = Basis(np.zeros(3, np.int8), np.ones(2, np.int8))
    for basis in (first.basis, strange):
        again = search(model, EXACT, basis=basis)
        assert again.status == "OPTIMAL"
        assert again.objective == pytest.approx(first.objective, rel=1e-6)


def test_statuses_are_those_of_the_solver() -> None:
    """Numbers stand in stored solves: they must stay what they are."""
    kinds = highspy.HighsBasisStatus
    assert [int(kinds.kLower), int(kinds.kBasic), int(kinds.kUpper)] == [0, 1, 2]
