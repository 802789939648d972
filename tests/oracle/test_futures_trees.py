"""A short part of the campaign on plans under uncertainty."""

from __future__ import annotations

import pytest

from support.plain_futures import compare_dates, compare_deliveries


@pytest.mark.parametrize("number", range(16))
def test_facts_known_at_dates(number: int) -> None:
    assert compare_dates(number) is None


@pytest.mark.parametrize("number", range(6))
def test_facts_learnt_from_the_first_delivery(number: int) -> None:
    assert compare_deliveries(number) is None


@pytest.mark.parametrize("number", [974, 1007])
def test_the_plan_of_the_likeliest_future_holds_in_no_other(number: int) -> None:
    assert compare_dates(number) is None
