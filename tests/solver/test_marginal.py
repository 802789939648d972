"""What a month must be worth for the marginal campus, on paper."""

from __future__ import annotations

from typing import Any

import pytest

from siting.core.marginal import MARGINAL, marginal_text
from siting.core.plan import Plan
from support.engine import plan_of, toy


def marginal(plan: Plan) -> Any:
    """What the plan says of its marginal campus."""
    return plan.settings.get(MARGINAL)


def test_the_toy_on_paper() -> None:
    """Without `far` 100 MW are late for the six months until `near` comes: 600 MW-months. Saved are its
    opening, 1 MUSD, one and a half years of its hall, 15, and half a year of energy, 100 MW * 4,380 h * 60
    USD = 26.28: 42.28 in all. Without `near` its load stays at `far`, so nothing is late."""
    plan = plan_of(toy())
    found = marginal(plan)
    assert (found["site"], found["it_mw"]) == ("far", 100)
    assert found["usd_per_mw_month"] == pytest.approx(42.28e6 / 600)
    assert found["stated_usd"] == [300_000, 300_000]
    assert found["published_usd"] == []
    assert "worth less than 70,467 USD per MW" in marginal_text(plan)


def test_below_that_value_the_plan_is_cheaper_without_it() -> None:
    """At 1 % less the best plan is without `far`, at 1 % more with it."""
    for share, is_there in ((0.99, False), (1.01, True)):
        scenario = toy()
        kind = scenario["components"]["workloads"]["kinds"]["training"]
        kind["delay_cost_usd_per_mw_month"] = share * 42.28e6 / 600
        built = {row["site"] for row in plan_of(scenario).tables["sites"] if row["is_chosen"]}
        assert ("far" in built) is is_there


def test_a_committed_campus_has_no_such_value() -> None:
    scenario = toy()
    scenario["committed"] = {"a": {"decision": "core.commit", "item": "far", "at_least": 1}}
    assert marginal(plan_of(scenario)) is None


def test_no_delay_cost_no_value() -> None:
    scenario = toy()
    kind = scenario["components"]["workloads"]["kinds"]["training"]
    kind.update(delay_cost_usd_per_mw_month=0.0, must_serve=True)
    plan = plan_of(scenario)
    assert marginal(plan) is None
    assert marginal_text(plan) == ""
