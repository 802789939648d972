"""Changes of the toy scenario whose cost is derived on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from siting.core.plan import Plan
from support.engine import plan_of, toy

Scenario = dict[str, Any]
Change = Callable[[Scenario], None]


def set_at(path: str, value: object) -> Callable[[Scenario], None]:
    """A change of one value."""

    def change(scenario: Scenario) -> None:
        *parents, last = path.split(".")
        place: Any = scenario
        for key in parents:
            place = place.setdefault(key, {})
        place[last] = value

    return change


def several(*changes: Callable[[Scenario], None]) -> Callable[[Scenario], None]:
    """Changes one after another."""

    def change(scenario: Scenario) -> None:
        for each in changes:
            each(scenario)

    return change


def check_case(change: Change, expected_musd: float) -> Plan:
    """The toy scenario after a change costs what paper says, and its plan passes the audit."""
    scenario = toy()
    change(scenario)
    plan = plan_of(scenario)
    assert plan.status == "OPTIMAL"
    assert plan.findings == ()
    assert plan.objective_usd == pytest.approx(expected_musd * 1e6, rel=1e-9, abs=1.0)
    return plan
