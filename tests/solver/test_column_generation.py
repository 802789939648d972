"""Site generation against the whole model: its relaxation, its optimum, and what it leaves out."""

from __future__ import annotations

import signal
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csc_array

from siting.model.assemble import assemble
from siting.model.dual_bound import dual_bound
from siting.model.program import Program
from siting.solver import highs
from siting.solver import search as search_module
from siting.solver import stages as stages_module
from siting.solver.basis import Basis
from siting.solver.column_generation import Priced, Sites, fixed_by_reduced_cost, relax_by_columns
from siting.solver.highs import Limits, Outcome, Progress, solve
from siting.solver.relaxation import Relaxation
from siting.solver.search import search
from support.engine import EXACT, instance_of, plan_of, toy
from support.instances import medium
from support.tuned import tune

SEEDS = (2, 5, 6, 7, 8, 9)


def many(seed: int) -> dict[str, Any]:
    """A medium scenario with four versions of each site, smaller, larger, dearer, later."""
    scenario = medium(seed)
    rng = Random(f"{seed} many")
    for name, site in sorted(scenario["sites"].items()):
        for number in range(3):
            other = deepcopy(site)
            for field in ("buildable_acres", "total_acres", "max_it_mw"):
                if other.get(field):
                    other[field] = round(other[field] * rng.uniform(0.5, 1.6), 3)
            other["preparation_usd"] = rng.choice([0, 2e7, 1e9])
            other["gen_tie_km"] = rng.choice([0, 3, 40])
            scenario["sites"][f"{name}-{number}"] = other
    return scenario


def program(seed: int) -> Program:
    return assemble(instance_of(many(seed))).linear


def relaxed(model: Program) -> Program:
    return replace(model, is_integer=np.zeros_like(model.is_integer))


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Site generation whatever the size, a single site of a zone joining in a round."""
    tune(monkeypatch, large_integers=0, many_sites=1, joining_sites=1, pricing_batch=3)


def priced(model: Program, start: np.ndarray | None = None) -> tuple[Sites, Priced]:
    """The model taken apart, and its relaxation by site generation."""
    sites = Sites(model, EXACT)
    found, is_stopped = relax_by_columns(sites, EXACT, start=start)
    assert found is not None
    assert not is_stopped
    return sites, found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.usefixtures("always")
def test_the_bound_is_that_of_the_whole_relaxation(seed: int) -> None:
    model = program(seed)
    whole = solve(relaxed(model), EXACT)
    sites, found = priced(model)
    assert sites.count == 24
    assert found.bound == pytest.approx(whole.objective, rel=1e-6, abs=1e-6)
    left_out = ~np.isin(model.site, [-1, *found.sites])
    assert not found.x[left_out].any()
    value = float(model.cost @ found.x) + model.offset
    assert value == pytest.approx(whole.objective, rel=1e-6, abs=1e-6)
    # the duals of sites that never were in a program with the others prove as much, without the solver
    proven = dual_bound(model, found.by_row, most=1.5 * abs(value) + 1)
    assert proven.value == pytest.approx(whole.objective, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", (2, 6, 7))
@pytest.mark.usefixtures("always")
def test_sites_that_are_not_open_and_sites_that_are_committed(seed: int) -> None:
    """The first and the last are taken and have no column; another one is held, whatever it costs."""
    scenario = many(seed)
    names = sorted(scenario["sites"])
    for name in (names[0], names[11], names[-1]):
        scenario["sites"][name]["land_status"] = "awarded"
    scenario["committed"] = {"held": {"decision": "core.commit", "item": names[5], "at_least": 1}}
    model = assemble(instance_of(scenario)).linear
    whole = solve(relaxed(model), EXACT)
    _, found = priced(model)
    assert found.bound == pytest.approx(whole.objective, rel=1e-6, abs=1e-6)
    best = search(model, EXACT)
    assert best.objective == pytest.approx(solve(model, EXACT).objective, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.usefixtures("always")
def test_any_duals_give_a_bound(seed: int) -> None:
    """The bound after each round, with the duals of a program of few sites, is below the optimum."""
    model = program(seed)
    whole = solve(relaxed(model), EXACT)
    bounds: list[float] = []

    def note(progress: Progress) -> None:
        if progress.bound is not None:
            bounds.append(progress.bound)

    relax_by_columns(Sites(model, EXACT), EXACT, note)
    assert bounds
    assert max(bounds) <= whole.objective + 1e-6 * abs(whole.objective) + 1e-6


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.usefixtures("always")
def test_the_optimum_is_that_of_the_whole_model(seed: int) -> None:
    model = program(seed)
    whole = solve(model, EXACT)
    found = search(model, EXACT)
    assert found.status == "OPTIMAL"
    assert found.objective == pytest.approx(whole.objective, rel=1e-6, abs=1e-6)
    assert found.bound <= found.objective + 1e-6 * abs(found.objective) + 1e-9
    assert found.x is not None
    assert_feasible(model, found.x)
    again = search(model, EXACT)
    assert again.x is not None
    assert (again.x == found.x).all()


def assert_feasible(model: Program, x: np.ndarray) -> None:
    """A point keeps bounds, integrality and every row of the whole model."""
    shape = (len(model.row_lower), len(model.cost))
    rows = csc_array((model.value, model.row, model.start), shape=shape) @ x
    scale = 1e-6 * (1 + np.abs(rows))
    assert (rows >= model.row_lower - scale).all()
    assert (rows <= model.row_upper + scale).all()
    assert (x >= model.lower - 1e-6).all()
    assert (x <= model.upper + 1e-6).all()
    assert (x[model.is_integer] == np.round(x[model.is_integer])).all()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.usefixtures("always")
def test_a_plan_with_a_dispensable_site_costs_more(seed: int) -> None:
    """Of each site proven dispensable the best plan that commits it is found by the solver."""
    model = program(seed)
    whole = solve(model, EXACT)
    sites, found = priced(model)
    gone, least = fixed_by_reduced_cost(sites, found, whole.objective)
    assert least > whole.objective
    for site in gone[:4]:
        lower = model.lower.copy()
        lower[sites.committed[site]] = 1.0
        forced = solve(replace(model, lower=lower), EXACT)
        assert forced.objective >= least - 1e-6 * abs(least)
    # a site in the best plan is none of them
    assert whole.x is not None
    used = {int(s) for s in sites.model.site[np.abs(whole.x) > 0.5] if s >= 0}
    assert not used & set(gone.tolist())


@pytest.mark.usefixtures("always")
def test_some_sites_are_dispensable() -> None:
    """Otherwise the test above shows nothing."""
    counts = []
    for seed in SEEDS:
        model = program(seed)
        sites, found = priced(model)
        counts.append(len(fixed_by_reduced_cost(sites, found, solve(model, EXACT).objective)[0]))
    assert max(counts) >= 4


@pytest.mark.parametrize(("is_tied", "gone"), [(True, [0]), (False, [])])
def test_a_site_that_helps_uncommitted_is_not_dispensable(is_tied: bool, gone: list[int]) -> None:
    """On paper: a site serves x for 1, and committing it costs 10; elsewhere u costs 5.

    u + x >= 1 links them. At a dual of 0.5 the bound is 0.5, and 10.5 with the site committed, more
    than 5. But where x does not need the commitment (x <= c is missing), the best plan costs 1.
    """
    tie = -1.0 if is_tied else 1.0
    model = Program(
        cost=np.array([5.0, 10.0, 1.0]),
        offset=0.0,
        start=np.array([0, 1, 2, 4], dtype=np.int32),
        row=np.array([0, 1, 0, 1], dtype=np.int32),
        value=np.array([1.0, tie, 1.0, 1.0]),
        row_lower=np.array([1.0, -np.inf]),
        row_upper=np.array([np.inf, 0.0 if is_tied else 2.0]),
        lower=np.zeros(3),
        upper=np.ones(3),
        is_integer=np.array([False, True, False]),
        row_names=(("a.link", ()), ("a.own", ())),
        units={},
        cuts=frozenset(),
        columns={("a.u", (0,)): 0, ("core.commit", ("s", 0)): 1, ("a.x", ("s", 0)): 2},
        area=np.array([-1, 0, 0]),
        site=np.array([-1, 0, 0]),
        decided_at=np.array([-1, 0, -1]),
    )
    assert solve(model, EXACT).objective == pytest.approx(5.0 if is_tied else 1.0)
    nothing = np.zeros(0, dtype=int)
    found = Priced(
        np.zeros(3),
        0.5,
        np.array([0.5]),
        np.array([0.5, 0.0]),
        nothing,
        np.zeros(1),
        Basis(np.zeros(3), np.ones(2)),
    )
    dropped, least = fixed_by_reduced_cost(Sites(model, EXACT), found, 5.0)
    assert dropped.tolist() == gone
    assert least == pytest.approx(10.5 if is_tied else np.inf)


@pytest.mark.usefixtures("always")
def test_sites_of_a_start_are_in_and_a_site_that_must_be_used_is_always_in() -> None:
    model = program(5)
    best = solve(model, EXACT)
    assert best.x is not None
    sites, found = priced(model, best.x)
    used = {int(s) for s in model.site[np.abs(best.x) > 1e-6] if s >= 0}
    assert len(used) > 1
    assert used <= set(found.sites.tolist())
    lower = model.lower.copy()
    lower[sites.committed[5]] = 1.0
    forced = replace(model, lower=lower)
    assert Sites(forced, EXACT).always.tolist() == [5]
    whole, ours = solve(forced, EXACT), search(forced, EXACT)
    assert ours.objective == pytest.approx(whole.objective, rel=1e-6)


@pytest.mark.usefixtures("always")
def test_a_proof_over_the_rest_does_not_exceed_what_holds_for_those_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The model without some sites may prove more than the plans with them allow."""
    model = program(7)
    optimum = solve(model, EXACT).objective

    def lax(sites: Sites, priced: Any, most: float) -> tuple[np.ndarray, float]:
        return np.arange(sites.count), optimum - 5.0

    monkeypatch.setattr(search_module, "fixed_by_reduced_cost", lax)
    found = search(model, replace(EXACT, gap_frac=1e-7))
    assert found.bound <= optimum + 1e-6


class Interrupting:
    """Progress that sends Ctrl-C at a call while sites are priced."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.bound: float | None = None
        self.incumbent: float | None = None

    def __call__(self, progress: Progress) -> None:
        if progress.phase == "sites":
            self.bound, self.incumbent = progress.bound, progress.incumbent
            self.left -= 1
            if self.left == 0:
                signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("has_start", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3, 4, 5, 8, 12])
def test_ctrl_c_while_sites_are_priced_ends_the_search(at: int, has_start: bool) -> None:
    """In a restricted program or between two batches: the plan so far is kept, nothing goes on."""
    model = program(7)
    start = solve(model, replace(EXACT, gap_frac=0.2)).x if has_start else None
    stop = Interrupting(at)
    found = search(model, EXACT, stop, start)
    assert stop.left == 0
    assert found.is_stopped
    assert found.bound == (-np.inf if stop.bound is None else stop.bound)
    # a plan that was shown is kept; a round without any site has one, that builds nothing
    assert found.status == ("NO_SOLUTION" if stop.incumbent is None else "FEASIBLE")
    assert (found.x is None) == (stop.incumbent is None)
    if found.x is not None:
        assert found.objective == stop.incumbent
        assert_feasible(model, found.x)
    if start is not None:
        assert found.x is not None
        assert found.objective <= model.cost @ start + model.offset


@pytest.mark.usefixtures("always")
def test_nothing_built_is_the_first_plan() -> None:
    """On paper: 100 MW late for 18 months at 0.3 million USD a MW-month."""
    shown: list[Progress] = []
    model = assemble(instance_of(toy())).linear
    search(model, EXACT, shown.append)
    first = next(p for p in shown if p.incumbent is not None)
    assert first.phase == "sites"
    assert first.incumbent == pytest.approx(100 * 18 * 0.3)


@pytest.mark.usefixtures("always")
def test_ctrl_c_while_dispensable_sites_are_sought_keeps_the_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = program(7).limits_alone()
    start = solve(model, replace(EXACT, gap_frac=0.2)).x

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(search_module, "fixed_by_reduced_cost", stop)
    monkeypatch.setattr(stages_module.Stages, "plans", lambda *_: None)
    found = search(model, EXACT, start=start)
    assert found.is_stopped
    assert found.status == "FEASIBLE"
    assert found.x is not None
    assert_feasible(model, found.x)
    assert found.bound == pytest.approx(solve(relaxed(model), EXACT).objective, rel=1e-6)


@pytest.mark.usefixtures("always")
def test_a_program_without_a_plan_of_few_sites_is_searched_whole() -> None:
    """Load that must be served: no restricted program of no sites has an optimum."""
    scenario = toy()
    for kind in scenario["components"]["workloads"]["kinds"].values():
        kind["must_serve"] = True
        kind["targets"] = [{"from_date": "2028-07", "it_mw": 60}]
    model = assemble(instance_of(scenario)).linear
    whole, ours = solve(model, EXACT), search(model, EXACT)
    assert whole.status == ours.status == "OPTIMAL"
    assert ours.objective == pytest.approx(whole.objective, rel=1e-6)
    assert relax_by_columns(Sites(model, EXACT), EXACT) == (None, False)


@pytest.mark.usefixtures("always")
def test_time_is_that_of_the_whole_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Site generation gets a share; where it comes to nothing the rest has what it left."""
    clock = [0.0]
    given: list[float | None] = []

    def nothing(sites: Sites, limits: Limits, *_: Any) -> tuple[None, bool]:
        given.append(limits.time_limit_seconds)
        clock[0] += 45.0
        return None, False

    def record(model: Program, limits: Limits, *_: Any, **__: Any) -> Outcome:
        given.append(limits.time_limit_seconds)
        return Outcome("NO_SOLUTION", None, np.inf, -np.inf, np.inf, 0.0)

    for timed in (search_module, stages_module):
        monkeypatch.setattr(timed, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(highs, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(search_module, "relax_by_columns", nothing)
    monkeypatch.setattr(stages_module, "solve", record)
    search(program(6), Limits(gap_frac=1e-9, time_limit_seconds=60.0, threads=1))
    assert given == [24.0, 15.0, 15.0]  # 40 % of 60, then what 45 leave, for relaxation and search


def test_few_sites_are_searched_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Outcome:
        raise AssertionError

    called: Callable[..., Outcome] = refuse
    monkeypatch.setattr(search_module, "_search_sites", called)
    tune(monkeypatch, large_integers=0)
    assert search(program(6), EXACT).status == "OPTIMAL"


def test_each_round_has_its_own_seconds() -> None:
    """HiGHS counts the seconds of all runs of a linear program against one limit."""
    live = Relaxation(program(7), EXACT)
    assert live.optimum(None).status == "OPTIMAL"
    before = live._highs.getRunTime()
    assert before > 0
    assert live.optimum(5.0).status == "OPTIMAL"
    assert live._highs.getOptionValue("time_limit")[1] == pytest.approx(before + 5.0, abs=1e-9)


@pytest.mark.parametrize("many_sites", [1, 99], ids=["by sites", "at once"])
@pytest.mark.parametrize("seed", SEEDS[:2])
@pytest.mark.usefixtures("always")
def test_a_search_in_stages_hands_on_the_duals_of_its_relaxation(
    seed: int, many_sites: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tune(monkeypatch, many_sites=many_sites)
    whole = solve(relaxed(program(seed).limits_alone()), EXACT)
    first, again = (plan_of(many(seed), EXACT) for _ in range(2))
    assert first.relaxation["bound_usd"] == pytest.approx(1e6 * whole.objective, rel=1e-6, abs=1.0)
    assert first.relaxation["bound_usd"] <= first.objective_usd + 1.0
    assert first.relaxation["rows_with_dual"] > 0
    # the steps of the search and what proves its bound are the same each time
    assert first.search_log == again.search_log
    assert first.relaxation == again.relaxation
    assert "relaxation" in first.search_log
