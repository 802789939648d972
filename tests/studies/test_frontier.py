"""Cost and lateness by the date before which nothing is decided: on paper, and where it must never fall."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from siting.core.audit import number
from siting.core.plan import Plan
from siting.pipeline import Loaded
from siting.studies.comparison import Comparison
from siting.studies.frontier.question import MOST_DATES
from siting.studies.option import Asked
from siting.studies.page import comparison_page
from siting.studies.run import run_study
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, toy
from support.instances import small

FREE_USD, LATE_USD = 79.90e6, 392.28e6
"""Decided from 2028-01, `far` serves the last half-year: 12 months late are 360, opening 1, half a year of
its hall 5, of energy 26.28; cells and `near` come too late."""


def studied(scenario: dict[str, Any], **asked: Any) -> Comparison:
    """The frontier beside the optimum."""
    wanted = Asked(strategies=("optimal",), frontier=True, **asked)
    return run_study(Loaded(instance_of(scenario), {}), wanted, Solver(EXACT))


def test_the_toy_on_paper() -> None:
    found = studied(toy())
    rows = list(found.tables["frontier"])
    assert [row["decided_from_date"] for row in rows] == [date(2027, 1, 1), date(2028, 1, 1)]
    assert [number(row, "cost_usd") for row in rows] == pytest.approx([FREE_USD, LATE_USD])
    increase = LATE_USD - FREE_USD
    assert number(rows[1], "cost_increase_lower_usd") == pytest.approx(increase, rel=1e-5)
    assert number(rows[1], "cost_increase_upper_usd") == pytest.approx(increase, rel=1e-5)
    assert [number(row, "late_mw_months") for row in rows] == pytest.approx([0, 1200])
    assert rows[1]["first_date"] == date(2028, 7, 1)
    assert "No later start than 2027-01 is free among the dates tried." in found.answer
    assert "Deciding nothing before 2028-01 costs 312.4 M USD more." in found.answer
    assert [s.id for s in comparison_page(found).sections].count("frontier") == 1


def test_nothing_asked_until_the_end_waits_for_free() -> None:
    """A target of the last half-year alone is served as cheaply from a decision in 2028-01."""
    scenario = toy()
    targets = scenario["components"]["workloads"]["kinds"]["training"]["targets"]
    targets[0]["from_date"] = "2028-07"
    # from 2028-01 `far` alone is in time: 1 + 5 + 26.28; in 2027 `near` can be: 10 + 5 + 8.76
    found = studied(scenario)
    costs = [number(row, "cost_usd") for row in found.tables["frontier"]]
    assert costs == pytest.approx([23.76e6, 32.28e6])
    del scenario["sites"]["near"], scenario["components"]["plants"]
    found = studied(scenario)
    assert "Deciding nothing before 2028-01 costs nothing." in found.answer


@pytest.mark.parametrize("seed", [0, 2, 3, 4, 5, 6, 9, 10, 11])
def test_neither_bounds_nor_plans_fall_with_the_date(seed: int) -> None:
    scenario = small(seed)
    found = studied(scenario)
    rows = list(found.tables["frontier"])
    assert len(rows) <= MOST_DATES + 1
    for column in ("cost_usd", "bound_usd"):
        known = [number(row, column) for row in rows if row[column] is not None]
        assert all(a <= b + 1e-6 * (1 + abs(b)) for a, b in pairwise(known))
    for row in rows[1:]:
        waited = studied_from(scenario, str(row["decided_from_date"])[:7])
        assert (waited is None) == (row["cost_usd"] is None)
        if waited is not None:
            assert number(row, "cost_usd") == pytest.approx(waited.objective_usd, rel=1e-5, abs=10)


def studied_from(scenario: dict[str, Any], month: str) -> Plan | None:
    """The plan of a strategy that waits for the date, by itself."""
    asked = Asked(strategies=(f"wait_until:{month}",))
    found = run_study(Loaded(instance_of(scenario), {}), asked, Solver(EXACT))
    return found.results[1].plan
