"""What becomes of a scenario when one of its constraints is left out of the program.

A constraint counts as missed where the program without it has a cheaper optimum, or where what it
takes for the optimum fails the audit. Names of the constraints that are missed in some small scenario
were found by ``python -m support.left_out``, which prints one for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import numpy as np

from siting.core.errors import InfeasibleError, SitingError
from siting.instance.build import Instance
from siting.model.assemble import Model, assemble
from siting.model.program import Program
from siting.pipeline import Loaded, finish, solve_linear
from support.engine import EXACT, instance_of
from support.instances import medium
from support.instances_joined import joined
from support.pairs import PAIRS, scenario_of

CHEAPER = 1e-6
"""Relative difference of cost from which on a program counts as cheaper."""


def scenario(kind: str, number: int) -> dict[str, Any]:
    """A small scenario: of a pair of families, ``a+b``, or of a kind."""
    if kind == "medium":
        return medium(number)
    if kind == "joined":
        return joined(number)
    one, _, other = kind.partition("+")
    return scenario_of((one, other), number)


def without(linear: Program, name: str) -> Program:
    """The program without the rows of a constraint, by limits that nothing breaks."""
    rows = np.array([row for row, (known, _) in enumerate(linear.row_names) if known == name], int)
    lower, upper = linear.row_lower.copy(), linear.row_upper.copy()
    lower[rows], upper[rows] = -np.inf, np.inf
    return replace(linear, row_lower=lower, row_upper=upper)


def names_in(linear: Program) -> set[str]:
    """Constraints of a program that are no valid inequalities."""
    return {name for name, _ in linear.row_names} - linear.valid


def solved(instance: Instance, model: Model) -> float | None:
    """The optimum; None where there is no plan."""
    outcome = solve_linear(instance, model.linear, EXACT).outcome
    return None if outcome.x is None else outcome.objective


def is_missed(instance: Instance, model: Model, optimum: float | None, name: str) -> bool:
    """Whether the constraint is missed."""
    linear = without(model.linear, name)
    ranked = solve_linear(instance, linear, EXACT)
    if ranked.outcome.x is None:
        return False
    if optimum is None or ranked.outcome.objective < optimum - CHEAPER * max(1.0, abs(optimum)):
        return True
    try:
        plan = finish(Loaded(instance, {}), replace(model, linear=linear), linear, ranked, EXACT)
    except SitingError:
        return True
    return plan.status == "AUDIT_FAILED"


@cache
def prepared(kind: str, number: int) -> tuple[Instance, Model, float | None]:
    """A scenario's instance and model, and its optimum."""
    instance = instance_of(scenario(kind, number))
    model = assemble(instance)
    return instance, model, solved(instance, model)


def candidates(seed: int) -> Iterator[tuple[str, int]]:
    """Scenarios to look in, without end."""
    rng = Random(seed)
    while True:
        one, other = rng.choice(PAIRS)
        yield f"{one}+{other}", rng.randrange(10_000)
        if rng.random() < 0.05:
            yield "medium", rng.randrange(1000)
            yield "joined", rng.randrange(1000)


def main() -> None:
    """Print a scenario for each constraint."""
    found: dict[str, tuple[str, int]] = {}
    tried: dict[str, int] = {}
    for kind, number in candidates(1):
        try:
            instance, model, optimum = prepared.__wrapped__(kind, number)
        except InfeasibleError:
            continue
        for name in sorted(names_in(model.linear) - set(found)):
            tried[name] = tried.get(name, 0) + 1
            if tried[name] <= 400 and is_missed(instance, model, optimum, name):
                found[name] = kind, number
                print(f'    "{name}": ("{kind}", {number}),', flush=True)
        left = {name: count for name, count in tried.items() if name not in found}
        if len(tried) > 80 and all(count > 400 for count in left.values()):
            break
    print("not found:", sorted(set(tried) - set(found)))


if __name__ == "__main__":
    main()
