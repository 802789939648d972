"""Tiny scenarios: the optimum of the engine and of an enumeration of every integer decision."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from siting.core.errors import InfeasibleError, InputError
from support.brute_force import Brute
from support.engine import plan_of
from support.instances import tiny

ABOUT = "optimum of the engine and of an enumeration on tiny scenarios"
COUNT = 600
RELATIVE, LEAST_USD = 1e-6, 1.0
"""Differences of cost that count as none."""


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each."""
    for number in range(seed * COUNT, seed * COUNT + count):
        found = difference(number)
        if found is not None:
            yield f"tiny({number}): {found}"


def difference(seed: int) -> str | None:
    """What engine and enumeration say differently of a tiny scenario; None where they agree."""
    scenario = tiny(seed)
    expected = Brute(scenario).solve()
    try:
        plan = plan_of(scenario)
    except InfeasibleError:
        return None if expected == inf else f"no plan, enumeration {expected:,.2f} USD"
    except InputError as error:
        return None if "horizon" in str(error) else str(error)
    if plan.status != "OPTIMAL" or plan.findings:
        return f"{plan.status}: {'; '.join(plan.findings)}"
    if abs(plan.objective_usd - expected) > max(LEAST_USD, RELATIVE * abs(expected)):
        return f"{plan.objective_usd:,.2f} USD, enumeration {expected:,.2f} USD"
    return None
