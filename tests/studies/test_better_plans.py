"""The best plan that any solve of a study finds is that of the optimum, and every figure follows it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from siting.core.errors import InputError
from siting.instance.build import Instance
from siting.model.program import Program
from siting.pipeline import Loaded
from siting.solver.highs import Outcome
from siting.solver.lexicographic import Ranked, Reached
from siting.studies import alternatives, bottlenecks, break_evens, site_timing
from siting.studies.base import R, Study
from siting.studies.comparison import Comparison
from siting.studies.option import Asked
from siting.studies.run import run_study
from siting.timeline.plans import (
    Interval,
    difference,
    surely_better,
    surely_no_worse,
)
from siting.timeline.solves import Solver
from siting.timeline.words import dearer
from support.engine import EXACT, instance_of, toy
from support.hurried import BOUND_MUSD, Hurried

BEST_MUSD = 79.90


def studied(scenario: dict[str, Any], asked: Asked, *hurried: str) -> Comparison:
    """A study in which some searches end too soon."""

    class Some(Hurried):
        def is_hurried(self, name: str) -> bool:
            return name in hurried

    return run_study(Loaded(instance_of(scenario), {}), asked, Some(EXACT))


@pytest.mark.parametrize(
    "asked",
    [
        Asked(strategies=("grid_only",)),
        Asked(strategies=("optimal",), sites=("near",)),
        Asked(strategies=("optimal",), alternatives=2, within_frac=0.0),
        Asked(strategies=("optimal",), bottlenecks=("acres",)),
    ],
    ids=["a strategy", "the timing of a site", "an alternative", "a limit that is not used"],
)
def test_what_any_solve_finds_is_the_optimum(asked: Asked) -> None:
    """The search for the optimum came to nothing, 540, with a bound of 70. Its true value is 79.90."""
    found = studied(toy(), asked, "optimal")
    best = found.results[0]
    assert best.cost_usd == pytest.approx(BEST_MUSD * 1e6)
    assert found.best.findings == ()
    assert number_of(found, "cost_usd") == pytest.approx(BEST_MUSD * 1e6)
    assert best.gap == pytest.approx((BEST_MUSD - BOUND_MUSD) / BEST_MUSD)
    for result in found.results:
        assert result.cost_usd >= best.cost_usd - 1.0
        assert result.bound_usd >= best.bound_usd - 1.0
    for gain in of(found, bottlenecks.STUDY):
        assert 0 <= gain.least_usd <= gain.plan_usd <= gain.most_usd
        assert gain.plan_usd == pytest.approx(0, abs=1.0)
    for timing in of(found, site_timing.STUDY):
        assert min(case.cost_usd for case in timing.cases) == timing.case("free").cost_usd
    for alternative in of(found, alternatives.STUDY):
        assert alternative.plan.objective_usd >= best.cost_usd - 1.0
    assert found.answer[0].startswith("Best: 79.9 M USD")


def of(found: Comparison, study: Study[Any, Any, tuple[R, ...]]) -> tuple[R, ...]:
    """What a study found, nothing where it was not asked for."""
    is_asked = study.name in {part.study.name for part in found.parts}
    return found.found(study) if is_asked else ()


def number_of(found: Comparison, column: str) -> float:
    """A figure of the optimum in the table of strategies."""
    value = found.tables["strategies"].rows[0][column]
    assert isinstance(value, float)
    return value


def test_a_relaxed_limit_never_costs() -> None:
    """The search with the step came to nothing; the optimum without it holds under it."""
    asked = Asked(strategies=("optimal",), bottlenecks=("acres", "connection_time"))
    found = studied(toy(), asked, "acres")
    gains = {gain.name: gain for gain in of(found, bottlenecks.STUDY)}
    assert gains["acres"].usd.plan == pytest.approx(0, abs=1.0)
    assert gains["acres"].usd.most == pytest.approx((BEST_MUSD - BOUND_MUSD) * 1e6)
    assert gains["acres"].is_relaxation
    assert gains["connection_time"].plan_usd == pytest.approx(28.62e6)


def test_a_longer_wait_never_costs_less_nor_a_strategy() -> None:
    """The searches for never and for a strategy came to nothing; what a wait found holds for never too:
    88.65376 in place of 540, and it is proven by the wait."""
    asked = Asked(strategies=("build_now",), sites=("near",))
    found = studied(toy(), asked, "near never", "build_now")
    assert found.results[1].cost_usd == pytest.approx(BEST_MUSD * 1e6)
    (timing,) = of(found, site_timing.STUDY)
    assert timing.case("now").cost_usd == pytest.approx(BEST_MUSD * 1e6)
    never = timing.case("never")
    assert never.cost_usd == pytest.approx(88.65376e6) == pytest.approx(never.bound_usd)
    waits = [case.cost_usd for case in timing.waits]
    assert waits == sorted(waits)
    bounds = [case.bound_usd for case in timing.waits]
    assert bounds == sorted(bounds)
    text = " ".join(found.answer)
    assert "near: without it the plan is 8.8 M USD dearer." in text


def test_a_step_that_asks_for_more_than_it_gives_is_said_to_be_none() -> None:
    scenario = toy()
    path = "components.energy.pue"
    scenario["bottlenecks"] = {
        "worse": {
            "about": "w",
            "family": "energy",
            "changes": [{"path": path, "set": 1.2, "is_new": True}],
        }
    }
    found = studied(scenario, Asked(strategies=("optimal",), bottlenecks=("worse",)))
    (gain,) = of(found, bottlenecks.STUDY)
    assert not gain.is_relaxation and gain.most_usd < 0
    assert any(line.startswith("No relaxation here") and "worse" in line for line in found.answer)


def test_differences_of_intervals() -> None:
    assert difference((10.0, 8.0), (9.0, 7.0), is_never_less=False) == Interval(-1.0, 1.0, 3.0)
    assert difference((10.0, 8.0), (9.0, 7.0), is_never_less=True) == Interval(0.0, 1.0, 3.0)
    assert dearer(Interval(0.0, 2e8, 3e8)) == "0 USD to 300.0 M USD dearer, perhaps as good"
    assert dearer(Interval(1e6, 2e8, 3e8)) == "1.0 M USD to 300.0 M USD dearer"
    assert dearer(Interval(-3e6, -2e6, -1e6)) == "1.0 M USD to 3.0 M USD cheaper"
    assert dearer(Interval(0.0, 0.0, 0.0)) == "as good"


def ranked(*goals: tuple[float, float]) -> Ranked:
    """A result with the value and the bound of each goal."""
    reached = tuple(Reached(v, v, b, 0.0, is_proven=True) for v, b in goals)
    return Ranked(Outcome("OPTIMAL", np.zeros(1), *goals[-1], 0.0, 0.0), reached)


def test_who_is_better_in_the_first_goal_that_differs() -> None:
    assert surely_better(ranked((1, 1), (9, 9)), ranked((2, 2), (5, 5)))
    assert not surely_better(ranked((1, 1), (9, 9)), ranked((1, 0), (12, 12)))
    assert surely_better(ranked((1, 1), (9, 8)), ranked((1, 1), (12, 10)))
    assert not surely_better(ranked((9, 8)), ranked((10, 9)))
    assert surely_no_worse(ranked((9, 8)), ranked((10, 9)))
    assert not surely_no_worse(ranked((9, 8)), ranked((10, 8.5)))


class Untouched(Solver):
    """No solve may begin."""

    def solve(self, name: str, instance: Instance, linear: Program) -> Ranked:
        raise AssertionError(f"{name} was solved")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked(bottlenecks=("own",)), "no path names a number"),
        (Asked(bottlenecks=()), "no path names a number"),
        (Asked(bottlenecks=("emergency_permits",)), "emergency_procedure"),
        (Asked(break_evens=("nothing",)), "no path names a number"),
    ],
)
def test_what_was_named_and_does_not_apply_is_refused_before_any_solve(
    asked: Asked, words: str
) -> None:
    scenario = toy()
    changes = [{"path": "components.energy.nothing", "add": 1}]
    scenario["bottlenecks"] = {"own": {"about": "x", "family": "energy", "changes": changes}}
    scenario["break_evens"] = {
        "nothing": {
            "paths": ["components.energy.nothing"],
            "lowest": 0,
            "highest": 1,
            "resolution": 0.1,
            "between": ["optimal", "grid_only"],
        }
    }
    with pytest.raises(InputError, match=words):
        run_study(Loaded(instance_of(scenario), {}), asked, Untouched(EXACT))


def test_what_the_library_has_and_the_scenario_cannot_take_is_left_out() -> None:
    """The waiver is for land of BLM and Reclamation, of which there is none."""
    scenario = toy()
    for site in scenario["sites"].values():
        site["agency"] = "DOE"
    paths = scenario["components"]["land"].setdefault("review_paths", {})
    for name in (
        "environmental_impact_statement",
        "environmental_assessment",
        "blm_right_of_way",
        "emergency_procedure",
        "emergency_assessment",
        "blm_emergency_right_of_way",
    ):
        paths[name] = {"months": 1}
    told: list[str] = []
    asked = Asked(strategies=("optimal",), bottlenecks=())
    found = run_study(Loaded(instance_of(scenario), {}), asked, Solver(EXACT), told.append)
    assert "emergency_permits" not in {gain.name for gain in of(found, bottlenecks.STUDY)}
    (note,) = found.notes
    assert note.startswith("Bottlenecks that do not apply") and "emergency_permits" in note
    # once, in the answer
    assert found.answer.count(note) == 1 and note not in told


def test_a_strategy_without_effect_says_so() -> None:
    found = studied(toy(), Asked(strategies=("restart_first",)))
    result = found.results[1]
    assert not result.has_effect
    assert result.cost_usd == found.results[0].cost_usd
    said = "Restart first: restricts nothing in this scenario; the same as the best plan."
    assert said in found.answer
    assert not any("perhaps as good" in line for line in found.answer)


def test_a_dated_strategy_is_described_as_what_it_is() -> None:
    found = studied(toy(), Asked(strategies=("wait_until:2028-01",)))
    assert found.results[1].strategy.about == "No decision before 2028-01."
    assert found.tables["strategies"].rows[1]["about"] == "No decision before 2028-01."


def test_every_study_of_one_period_and_one_site() -> None:
    """Now 17.52 = 100 MW * 8760 h * 20 USD; never 360 = 100 MW * 12 months * 0.3."""
    scenario = {
        "schema_version": 1,
        "name": "one-period",
        "horizon": {"start": "2027-01", "steps": [{"until": "2028-01", "step": "year"}]},
        "zones": {"z": {"energy_usd_per_mwh": 20}},
        "sites": {"a": {"zone": "z"}},
        "components": {
            "land": {},
            "workloads": {
                "kinds": {
                    "training": {
                        "targets": [{"from_date": "2027-01", "it_mw": 100}],
                        "delay_cost_usd_per_mw_month": 300000,
                    }
                }
            },
            "energy": {},
        },
        "break_evens": {
            "price": {
                "paths": ["zones.*.energy_usd_per_mwh"],
                "lowest": 0,
                "highest": 1000,
                "resolution": 1,
                "between": ["optimal", "nuclear_only"],
            }
        },
    }
    asked = Asked(
        sites=("a",), alternatives=2, within_frac=1.0, bottlenecks=(), break_evens=("price",)
    )
    found = studied(scenario, asked)
    (timing,) = of(found, site_timing.STUDY)
    assert timing.case("now").cost_usd == pytest.approx(17.52e6)
    assert timing.case("never").cost_usd == pytest.approx(360e6)
    assert timing.waits == [] and timing.wins_until is timing.loses_from is None
    assert any("There is no later date to wait for." in line for line in found.answer)
    # serving pays up to 360e6 / 876,000 MWh = 410.96 USD; from there on nobody serves
    (result,) = of(found, break_evens.STUDY)
    wide = [s for s in result.stretches if s.high - s.low > 0.01]
    assert wide[0].high == pytest.approx(360e6 / 876_000, rel=1e-6)


def behind_a_line() -> dict[str, Any]:
    """a: 1 + 17.52 = 18.52; b hangs on a line of 1 MW: 1 + 0.1752 + 99 MW * 12 * 0.3 = 357.5752."""
    training = {
        "targets": [{"from_date": "2027-01", "it_mw": 100}],
        "delay_cost_usd_per_mw_month": 300000,
    }
    branch = {"from_bus": "p", "x_pu": 0.1}
    return {
        "schema_version": 1,
        "name": "behind-a-line",
        "horizon": {"start": "2027-01", "steps": [{"until": "2028-01", "step": "year"}]},
        "zones": {"z": {"energy_usd_per_mwh": 20}},
        "sites": {s: {"zone": "z", "preparation_usd": 1000000} for s in ("a", "b")},
        "components": {
            "land": {"max_sites": 1},
            "headroom": {},
            "network": {
                "buses": {"p": {}, "qa": {}, "qb": {}},
                "branches": {
                    "la": {**branch, "to_bus": "qa"},
                    "lb": {**branch, "to_bus": "qb", "rating_mw": 1},
                },
                "generators": {"g": {"bus": "p", "max_mw": 500}},
                "bus_of_site": {"a": "qa", "b": "qb"},
            },
            "workloads": {"kinds": {"training": training}},
            "energy": {},
        },
    }


@pytest.mark.parametrize(("within", "costs"), [(0.01, [18.52]), (20.0, [18.52, 357.5752, 360.0])])
def test_alternatives_keep_the_limits_of_lines_and_of_the_cost(
    within: float, costs: list[float]
) -> None:
    asked = Asked(strategies=("optimal",), alternatives=3, within_frac=within)
    found = studied(behind_a_line(), asked)
    reached = sorted(a.plan.objective_usd / 1e6 for a in of(found, alternatives.STUDY))
    assert reached == pytest.approx(costs)
    if within < 1:
        assert any(line.startswith("No plan on other sites") for line in found.answer)


def test_alternatives_are_as_good_in_the_goals_before_the_cost() -> None:
    """Most MW first: a plan that serves nothing is cheaper, and no alternative."""
    scenario = toy()
    scenario["objectives"] = [{"goal": "most_mw", "by": "2028-06"}, {"goal": "least_cost"}]
    training = scenario["components"]["workloads"]["kinds"]["training"]
    training["delay_cost_usd_per_mw_month"] = 0
    asked = Asked(strategies=("grid_only",), alternatives=3, within_frac=0.5)
    found = studied(scenario, asked)
    assert len(of(found, alternatives.STUDY)) > 1
    for alternative in of(found, alternatives.STUDY):
        assert alternative.plan.goals[0].value == pytest.approx(100)
