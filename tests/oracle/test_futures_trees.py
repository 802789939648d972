"""A short part of the campaign on plans under uncertainty."""

from __future__ import annotations

import pytest

from support.plain_futures import compare_dates, compare_deliveries


@pytest.mark.parametrize("number", [*range(14), 974, 1007])
def test_facts_known_at_dates(number: int) -> None:
    """In 974 and 1007 the plan of the likeliest future holds in no other one."""
    assert compare_dates(number) is None


@pytest.mark.parametrize("number", [*range(5), 19, 2541])
def test_facts_learnt_from_the_first_delivery(number: int) -> None:
    """In 19 nothing bounds an order but that nothing needs it, in 2541 a budget of two orders."""
    assert compare_deliveries(number) is None


@pytest.mark.parametrize("number", [974, 1007])
def test_the_plan_of_the_likeliest_future_holds_in_no_other(number: int) -> None:
    assert compare_dates(number) is None


@pytest.mark.parametrize("number", [50005, 50046])
def test_orders_that_one_future_never_sees_tell(number: int) -> None:
    """In the slow future an order comes after the horizon, and is no column: that nothing came tells."""
    assert compare_deliveries(number) is None
