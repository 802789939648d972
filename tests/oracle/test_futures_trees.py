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
