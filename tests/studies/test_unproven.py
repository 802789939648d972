"""Strategies of which the time limit left no bound: nothing is said of how far from the optimum they are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from siting.core.study import Strategy
from siting.instance.build import Instance
from siting.model.program import Program
from siting.pipeline import Loaded
from siting.solver.lexicographic import Ranked
from siting.studies.columns import gap_text, with_gap_text
from siting.studies.strategies.tables import comparison_tables
from siting.studies.strategies.words import increase
from siting.timeline.compare import StrategyResult, compare_strategies
from siting.timeline.solves import Solver
from siting.timeline.words import dearer
from support.engine import EXACT, instance_of, toy

FREE, FOR_HALF_A_YEAR_LATER = 79.90, 243.56 - 3.09312
"""Million dollars; the second is nothing decided before 2027-07, on paper in ``test_strategies.py``."""


@dataclass
class Hurried(Solver):
    """A solver whose relaxation was never finished: the first bound of site generation is all there is."""

    def solve(self, name: str, instance: Instance, linear: Program) -> Ranked:
        """The plan, with a bound that says nothing."""
        ranked = super().solve(name, instance, linear)
        cost = ranked.outcome.objective
        gap, bound = 47.05, cost - 47.05 * cost
        outcome = replace(
            ranked.outcome, status="FEASIBLE", bound=bound, gap=gap, ended_by="the time limit"
        )
        goal = replace(ranked.goals[0], bound=bound, gap=gap, is_proven=False)
        return replace(ranked, outcome=outcome, goals=(goal,))


@pytest.fixture(scope="module")
def found() -> tuple[StrategyResult, ...]:
    """The optimum, and nothing decided in the first half-year."""
    strategies = {"optimal": Strategy(), "later": Strategy(decided_from_months=6)}
    return compare_strategies(Loaded(instance_of(toy()), {}), strategies, Hurried(EXACT))


def test_a_bound_below_nothing_is_none(found: tuple[StrategyResult, ...]) -> None:
    assert [result.status for result in found] == ["FEASIBLE", "FEASIBLE"]
    assert {result.bound_usd for result in found} == {-float("inf")}
    assert {result.gap for result in found} == {float("inf")}


def test_tables_leave_it_blank_and_pages_say_so(found: tuple[StrategyResult, ...]) -> None:
    best, later = comparison_tables(found)["strategies"].rows
    for row in (best, later):
        assert row["bound_usd"] is row["gap_frac"] is None
        assert gap_text(row) == "not proven"
    assert [row["gap"] for row in with_gap_text([best, later])] == ["not proven"] * 2
    assert later["cost_increase_lower_usd"] == 0
    assert later["cost_increase_upper_usd"] is None
    usd = increase(later, best)
    assert usd.plan == pytest.approx((FOR_HALF_A_YEAR_LATER - FREE) * 1e6)
    assert dearer(usd) == "0 USD to any amount dearer, perhaps as good"


def test_a_gap_is_rounded_up() -> None:
    row = {"cost_usd": 1e9, "gap_frac": 0.00503}
    assert gap_text(row) == "0.51"
    assert gap_text({**row, "cost_usd": None, "gap_frac": None}) == ""
