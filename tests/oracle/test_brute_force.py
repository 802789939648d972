"""Tiny random scenarios have the optimum that enumeration finds."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siting.core.errors import InfeasibleError, InputError
from support.brute_force import Brute
from support.engine import plan_of
from support.instances import tiny


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(seed=st.integers(min_value=0, max_value=10**9))
def test_optimum_equals_enumeration(seed: int) -> None:
    scenario = tiny(seed)
    expected = Brute(scenario).solve()
    try:
        plan = plan_of(scenario)
    except InfeasibleError:
        assert expected == inf
        return
    except InputError as error:
        assert "horizon" in str(error)
        return
    assert plan.status == "OPTIMAL"
    assert plan.findings == ()
    assert plan.objective_usd == pytest.approx(expected, rel=1e-6, abs=1.0)
