"""A short part of the campaign on purchases that nobody needs."""

from __future__ import annotations

import pytest
from campaigns.purchases import failures


@pytest.mark.parametrize("seed", range(25))
def test_plan_buys_nothing_that_nobody_needs(seed: int) -> None:
    assert list(failures(seed)) == []
