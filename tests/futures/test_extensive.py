"""The toy under uncertainty, each optimum derived on paper, and relations that must hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from siting.futures.build import Hedged, hedged
from siting.solver.highs import Outcome, solve
from support.engine import EXACT, instance_of
from support.futures import banks, banks_and_queue, demand, outcome, with_futures

HALL = 10.0
"""M USD a year of 100 MW of halls."""
FAR, NEAR = 52.56, 17.52
"""M USD a year of energy for 100 MW: 100 * 8760 * 60 and 20 USD."""
OPEN_FAR, OPEN_NEAR = 1.0, 10.0
BANK = 0.1
"""M USD a year of a bank that is delivered."""


def built(futures: dict[str, Any], *, has_units: bool = True) -> Hedged:
    return hedged(instance_of(with_futures(futures, has_units=has_units)))


def optimum(model: Hedged) -> Outcome:
    found = solve(model.whole.program, EXACT)
    assert found.status == "OPTIMAL"
    return found


def wait_and_see(model: Hedged) -> list[float]:
    return [solve(part, EXACT).objective for part in model.whole.parts]


def far_then_near(near_years: float, bank_years: float) -> float:
    """``far`` from 2027-07 with the bank in stock, then ``near`` for the last years of 2."""
    far_years = 1.5 - near_years
    halls = HALL * (1.5 + near_years)
    energy = FAR * far_years + NEAR * near_years
    return OPEN_FAR + OPEN_NEAR + halls + energy + BANK * bank_years


def test_banks_and_queue() -> None:
    # `near` from 2027-07 with the bank in stock, where its connection takes 6 months
    quick = OPEN_NEAR + HALL * 1.5 + NEAR * 1.5
    assert quick == pytest.approx(51.28)
    # a slow bank comes in 2028-07, and so does the connection of 18 months: the bank is then ordered
    # half a year later and paid for half a year
    late = far_then_near(0.5, 0.5)
    assert late == pytest.approx(92.37)
    model = built(banks_and_queue("2027-07"), has_units=False)
    assert [future.name for future in model.tree.futures] == ["mid", "quick", "slow"]
    assert wait_and_see(model) == pytest.approx([late, quick, late])
    # nobody may bet on `near` alone: it would leave 100 MW unserved for a year at 0.3 M USD per MW-month.
    # So both are opened, the hall is begun at `far`, and the bank is ordered at once. In `quick` it is
    # paid for 1.5 years and `near` runs from 2028 on, with a hall begun when that is known
    quick, mid = far_then_near(1.0, 1.5), far_then_near(0.5, 1.0)
    assert (mid, quick) == pytest.approx((92.42, 79.95))
    expected = 0.25 * mid + 0.4 * quick + 0.35 * late
    assert expected == pytest.approx(87.4145)
    found = optimum(model)
    assert found.objective == pytest.approx(expected)
    assert model.whole.costs(found.x if found.x is not None else np.zeros(0)) == pytest.approx(
        [mid, quick, late]
    )
    seen = float(model.tree.probabilities @ wait_and_see(model))
    assert expected - seen == pytest.approx(11.4805)


def test_news_that_comes_later_costs_more() -> None:
    # the hall at `near` is begun in 2027-07 before anybody knows: half a year of an idle hall and a
    # quicker move where the connection takes 6 months, nothing gained elsewhere
    seen, soon, late, never = (
        optimum(built(banks_and_queue(known), has_units=False)).objective
        for known in ("2027-01", "2027-07", "2028-01", "2028-12")
    )
    assert seen == pytest.approx(75.934)
    assert soon == pytest.approx(87.4145)
    assert late == pytest.approx(88.4065)
    assert never >= late


def test_banks_that_the_first_delivery_tells() -> None:
    # with the first half-year's order in hand, quick banks move the load to `near` in 2028 and slow ones
    # in 2028-07; never told apart, everything stays at `far` with two fuel cells, which save 3.09375 M
    # USD each in 2028: 94.84 - 6.1862
    quick, slow = far_then_near(1.0, 1.5), far_then_near(0.5, 0.5)
    assert optimum(built(banks("delivery"))).objective == pytest.approx((quick + slow) / 2)
    assert (quick + slow) / 2 == pytest.approx(86.16)
    assert optimum(built(banks("2028-12"))).objective == pytest.approx(88.65376)
    assert float(np.mean(wait_and_see(built(banks("delivery"))))) == pytest.approx(84.27688)


def test_orders_have_room_for_the_larger_demand() -> None:
    # 200 MW want two halls at each site, which low demand alone could never use; bounds from its own
    # future would keep the plan from opening for both
    model = built(demand("2028-01"))
    assert float(np.mean(wait_and_see(model))) == pytest.approx(183.71)
    assert optimum(model).objective == pytest.approx(188.76)
    assert optimum(built(demand("2028-12"))).objective == pytest.approx(188.76)


def test_one_future_is_the_scenario() -> None:
    one = {
        "facts": {"banks": {"known": "2027-07", "outcomes": {"as_stated": {"probability": 1.0}}}}
    }
    model = built(one)
    assert model.whole.program.row_lower.size == model.models[0].linear.row_lower.size
    assert optimum(model).objective == pytest.approx(79.90)


def test_what_differs_only_in_price_is_hedged_at_the_mean() -> None:
    # the delay cost says nothing before it is known, and nothing is late: the plan is the same
    path = "components.workloads.kinds.training.delay_cost_usd_per_mw_month"
    outcomes = {"low": {"probability": 0.5}, "high": outcome(0.5, usd=(path, 400_000))}
    facts = {"facts": {"delay": {"known": "2028-01", "outcomes": outcomes}}}
    assert optimum(built(facts)).objective == pytest.approx(79.90)


def test_order_and_names_of_futures_change_nothing() -> None:
    plain = banks_and_queue("2027-07")
    facts = plain["facts"]["supply"]["outcomes"]
    turned = {f"z_{name}": facts[name] for name in reversed(facts)}
    other = {"facts": {"renamed": {"known": "2027-07", "outcomes": turned}}}
    one, two = (optimum(built(each, has_units=False)).objective for each in (plain, other))
    assert one == pytest.approx(two, abs=1e-9)


def test_decisions_agree_until_the_date() -> None:
    model = built(banks_and_queue("2027-07"), has_units=False)
    found = optimum(model)
    assert found.x is not None
    points = model.whole.of(found.x)
    for number, part in enumerate(model.whole.parts):
        for name, column in part.columns.items():
            if part.decided_at[column] == 0:
                values = {
                    float(point[other.columns[name]])
                    for point, other in zip(points, model.whole.parts, strict=True)
                    if name in other.columns
                }
                assert len(values) == 1, (number, name)
