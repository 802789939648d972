"""Goals on the toy scenario: what paper says each gives, and what it costs.

Serving 100 MW all the time costs 79.90 million dollars (the comments of the toy derive it); `far`
alone can serve from 2027-07. With a delay cost of only 10,000 USD per MW-month, a half-year without
the 100 MW costs 6 instead of 180, and it is cheapest to build nothing: 3 * 6 = 18.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from siting.core.goals import GoalResult
from support.engine import plan_of, toy
from support.paper import Scenario, set_at, several

Goals = list[dict[str, Any]]

CHEAP_DELAY = set_at("components.workloads.kinds.training.delay_cost_usd_per_mw_month", 10_000)
MOST = {"goal": "most_mw", "by": "2027-07"}
EARLIEST = {"goal": "earliest", "it_mw": 100}
FEWEST = {"goal": "fewest_late_mw_months"}
COST = {"goal": "least_cost"}
FAR_AT_FIRST = 1 + 15 + 26.28 + 2 * 6
"""`far` opened, its hall paid for three half-years, its energy for one; the other two late."""


def budget(usd: float) -> Callable[[Scenario], None]:
    """A cap on all overnight cost."""
    return set_at("components.budget", {"max_overnight_usd": usd})


# opening and hall: 101 at far, 110 at near; a point of interconnection of 50 MW at far
ONE_SITE = several(
    budget(110e6),
    set_at("nodes", {"poi": {"zone": "dear", "capacity_mw": 50}}),
    set_at("sites.far.node", "poi"),
)


def nothing(_: Scenario) -> None:
    """No change."""


CASES: dict[str, tuple[Goals, Callable[[Scenario], None], list[object], float]] = {
    # goals, change, value of each goal but the last cost, cost
    "cost alone builds nothing": ([COST], CHEAP_DELAY, [], 18),
    "most MW by a date is worth its cost": ([MOST], CHEAP_DELAY, [100.0], FAR_AT_FIRST),
    "the date may lie within the period": (
        [{**MOST, "by": "2027-11-30"}],
        CHEAP_DELAY,
        [100.0],
        FAR_AT_FIRST,
    ),
    "most MW of a workload": (
        [{**MOST, "workload": "training"}],
        CHEAP_DELAY,
        [100.0],
        FAR_AT_FIRST,
    ),
    # the budget pays for far and nothing else: 94.84 for all of its energy, nothing late
    "most MW under a budget that allows far": ([MOST], budget(101e6), [100.0], 94.84),
    "most MW under a budget just too small": ([MOST], budget(100_999_999), [0.0], 540),
    # without a target there is nothing to serve
    "most MW before the target": ([{**MOST, "by": "2027-01"}], CHEAP_DELAY, [0.0], 18),
    # 50 MW of energy for a half-year are 13.14, and the other 50 MW late cost 3
    "half of the most MW may be given away": (
        [{**MOST, "tolerance_frac": 0.5}],
        CHEAP_DELAY,
        [50.0],
        1 + 15 + 13.14 + 3 + 2 * 6,
    ),
    "all of it may be given away": ([{**MOST, "tolerance_frac": 1.0}], CHEAP_DELAY, [0.0], 18),
    "earliest date": ([EARLIEST], nothing, [date(2027, 7, 1)], 79.90),
    "earliest date stays served": ([EARLIEST], CHEAP_DELAY, [date(2027, 7, 1)], 79.90),
    # six months until 2027-07 may become twelve: near alone, and 6 for the delay
    "earliest date a half-year later": (
        [{**EARLIEST, "tolerance_frac": 1.0}],
        CHEAP_DELAY,
        [date(2028, 1, 1)],
        6 + 10 + 10 + 17.52,
    ),
    "earliest date just not a half-year later": (
        [{**EARLIEST, "tolerance_frac": 0.99}],
        CHEAP_DELAY,
        [date(2027, 7, 1)],
        79.90,
    ),
    "earliest date of what no target asks for": (
        [{**EARLIEST, "it_mw": 1000}],
        nothing,
        [None],
        79.90,
    ),
    # the plan goes on with the next goal
    "never, then most MW": (
        [{**EARLIEST, "it_mw": 1000}, MOST],
        CHEAP_DELAY,
        [None, 100.0],
        FAR_AT_FIRST,
    ),
    "never under a budget": ([EARLIEST], budget(100_999_999), [None], 540),
    # a target that ends in 2028 is no longer served
    "never, since it does not stay": (
        [EARLIEST],
        set_at(
            "components.workloads.kinds.training.targets",
            [{"from_date": "2027-07", "it_mw": 100}, {"from_date": "2028-07", "it_mw": 50}],
        ),
        [None],
        # far and near as ever; in the last half-year 50 MW less of near's energy, 4.38
        79.90 - 4.38,
    ),
    "nothing late": ([FEWEST], CHEAP_DELAY, [0.0], 79.90),
    "half of nothing is nothing": (
        [{**FEWEST, "tolerance_frac": 0.5}],
        CHEAP_DELAY,
        [0.0],
        79.90,
    ),
    # far: 1 + 15, 50 MW of energy for 1.5 years 39.42, and 900 MW-months late at 0.3
    "most MW before fewest late": (
        [MOST, FEWEST],
        ONE_SITE,
        [50.0, 900.0],
        1 + 15 + 39.42 + 270,
    ),
    # near from 2028-01: 180 for the delay, 10 + 10 + 17.52
    "fewest late before most MW": ([FEWEST, MOST], ONE_SITE, [600.0, 0.0], 217.52),
    "cost before most MW": ([COST, MOST], CHEAP_DELAY, [18e6, 0.0], 18),
    # 36 may be spent: 1 + 15 for far and its hall leave 2 above 18, a MW for a half-year costs
    # 0.2628 of energy and saves 0.06 of delay: 2 / 0.2028 MW
    "twice the cost for most MW": (
        [{**COST, "tolerance_frac": 1.0}, MOST],
        CHEAP_DELAY,
        [36e6, 2 / 0.2028],
        36,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_goal_on_paper(name: str) -> None:
    goals, change, expected, musd = CASES[name]
    scenario = toy()
    change(scenario)
    scenario["objectives"] = goals
    plan = plan_of(scenario)
    assert plan.status == "OPTIMAL"
    assert plan.findings == ()
    assert plan.objective_usd == pytest.approx(musd * 1e6, rel=1e-9, abs=1.0)
    assert plan.gap < 1e-9
    *before, cost = plan.goals
    assert len(before) == len(expected)
    for result, value in zip(before, expected, strict=True):
        assert _plain(result.value) == value
        assert result.status == "OPTIMAL"
    assert cost.goal.goal == "least_cost"
    assert cost.value == plan.objective_usd


def _plain(value: object) -> object:
    """A value as paper has it: numbers to a millionth."""
    return pytest.approx(value, rel=1e-9, abs=1e-6) if isinstance(value, float) else value


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_best_and_bound_are_those_before_later_goals(share: float) -> None:
    scenario = toy()
    CHEAP_DELAY(scenario)
    scenario["objectives"] = [{**MOST, "tolerance_frac": share}]
    result: GoalResult = plan_of(scenario).goals[0]
    assert result.best == pytest.approx(100)
    assert result.bound == pytest.approx(100)
    assert result.value == pytest.approx(100 * (1 - share), abs=1e-6)
    assert result.gap == 0
