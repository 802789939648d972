"""What can only help never makes the best plan dearer; what nobody takes leaves its cost as it is."""

from __future__ import annotations

from copy import deepcopy
from random import Random

from siting.core.errors import InfeasibleError, InputError
from support.engine import plan_of
from support.instances_joined import joined
from support.instances_lean import lean
from support.relaxations import CHANGES, NEUTRAL, Data

INFEASIBLE = float("inf")
CANDIDATES = tuple(name for name in CHANGES if name.partition(" ")[0] in ("one", "more"))
LIMITS = tuple(name for name in CHANGES if name not in (*CANDIDATES, *NEUTRAL))


def scenario_of(seed: int) -> Data:
    """The scenario of a seed: of few parts where it is even, of all families where it is odd."""
    return joined(seed) if seed % 2 else lean(seed)


def cost(scenario: Data) -> float:
    """Optimal cost; infinite where there is no plan.

    Raises:
        AssertionError: the plan fails its audit or is not proven.
        InputError: the scenario is refused.
    """
    try:
        plan = plan_of(scenario)
    except InfeasibleError:
        return INFEASIBLE
    assert plan.findings == (), plan.findings[:3]
    assert plan.status == "OPTIMAL", plan.status
    return plan.objective_usd


def cases(seed: int, count: int) -> list[str]:
    """Changes to try on the scenario of a seed: candidates and options, candidates that nobody takes
    and wider limits by turns."""
    rng = Random(f"{seed} changes")
    kinds = (CANDIDATES, tuple(NEUTRAL), LIMITS)
    chosen = [rng.choice(kinds[n % 3]) for n in range(6 * count)]
    return list(dict.fromkeys(["dear site", *chosen]))


def broken(seed: int, count: int) -> list[str]:
    """Changes that move the cost of the scenario of a seed as they should not, of ``count`` that apply."""
    scenario = scenario_of(seed)
    try:
        before = cost(scenario)
    except InputError:
        return []
    found, tried = [], 0
    for name in cases(seed, count):
        changed = deepcopy(scenario)
        if tried == count or not CHANGES[name](changed, Random(f"{seed} {name}")):
            continue
        tried += 1
        after = cost(changed)
        least = before if name in NEUTRAL else -INFEASIBLE
        tolerance = 1 + 1e-6 * abs(before) if before < INFEASIBLE else 0.0
        if not least - tolerance <= after <= before + tolerance:
            found.append(f"seed {seed}, {name}: {before / 1e6:.6f} to {after / 1e6:.6f} M USD")
    return found
