"""A short part of the campaign that audits plans of all families together."""

from __future__ import annotations

import pytest
from campaigns.audit import failures

SEEDS = range(80)


@pytest.mark.parametrize("seed", SEEDS)
def test_plan_passes_its_audit_solved_and_read_back(seed: int) -> None:
    assert failures(seed) == []
