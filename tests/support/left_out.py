"""What becomes of a scenario when one of its constraints is left out of the program.

A constraint counts as missed where the program without it has a cheaper optimum, or where what it
takes for the optimum fails the audit. Names of the constraints that are missed in some small scenario
were found by ``python -m support.left_out NAME ...``, which prints one for each.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import numpy as np

from siting.core.errors import SitingError
from siting.instance.build import Instance
from siting.model.assemble import Model, assemble
from siting.model.program import Program
from siting.pipeline import Loaded, finish, solve_linear
from support.engine import EXACT, instance_of, toy
from support.instances import medium, small, tiny
from support.instances_joined import joined
from support.pairs import PAIRS, scenario_of


def late(_: int) -> dict[str, Any]:
    """The toy whose site near the load has no connection within the horizon."""
    data = toy()
    data["zones"]["cheap"]["connection_months"] = 60
    return data


def slow(_: int) -> dict[str, Any]:
    """The toy with one commitment a year."""
    data = toy()
    data["components"]["land"]["max_commitments_per_year"] = 1
    return data


def optioned(_: int) -> dict[str, Any]:
    """The toy with one commitment a year, the first of ``far``, and offers that end at once: ``near`` is
    committed a year later, under an option."""
    data = slow(0)
    del data["components"]["plants"]
    data["zones"]["cheap"]["connection_months"] = 0
    data["components"]["land"]["options"] = {"offers_end": "2027-01", "usd_per_acre_year": 5000}
    far = {"decision": "core.commit", "item": "far", "date": "2027-01", "at_least": 1}
    return {**data, "committed": {"far": far}}


def narrow(_: int) -> dict[str, Any]:
    """The ranch of the toy alone, with room for a hall and half of the cells that it would need."""
    data = toy()
    del data["sites"]["near"], data["sites"]["far"]
    data["sites"]["ranch"]["buildable_acres"] = 150
    for technology in data["components"]["plants"]["technologies"].values():
        technology["acres_per_mw"] = 1.0
    return data


def tiering(_: int) -> dict[str, Any]:
    """The toy on paths that serve nobody, and a review of half a year to tier from; months, then years."""
    data = toy()
    data["discount_rate_frac"] = 0.05
    data["horizon"]["steps"] = [
        {"until": "2028-01", "step": "month"},
        {"until": "2030-01", "step": "year"},
    ]
    data["components"]["land"] |= {
        "review_paths": {"none": {"months": 0}, "slow": {"months": 48}},
        "default_path": "slow",
        "programmatic": {
            "plan": {
                "sites": ["far", "near"],
                "months": 6,
                "cost_usd": 2_000_000,
                "tiered_path": "none",
            }
        },
    }
    return data


def overdrawn(_: int) -> dict[str, Any]:
    """Two sites of a zone that takes 40 MW firm and more for little energy given up. The 90 MW that are
    not flexible can be at one of them alone; the 10 MW that are could cover them if they drew 25."""
    data = toy()
    data["sites"]["near"]["zone"] = "dear"
    del data["sites"]["ranch"], data["components"]["plants"]
    data["components"]["transformers"]["classes"]["main_bank"]["stock_units"] = 2
    zone = data["zones"]["dear"]
    del zone["headroom_mw"]
    zone |= {"headroom_mw_0pct": 40, "headroom_mw_1pct": 120, "headroom_mw_5pct": 150}
    tier = {"hours_per_year": 1800, "depth_frac": 0.4}
    data["components"]["curtailment"] = {
        "tiers": {"1pct": tier, "5pct": tier},
        "flexible_frac": {"training": 1.0, "serving": 0.0},
        "lost_usd_per_mwh": 100,
    }
    workloads = data["components"]["workloads"]
    workloads["regions"] = {"east": {"longitude": -77.0, "latitude": 40.5}}
    kinds = workloads["kinds"]
    serving = {"from_date": "2027-07", "it_mw": 90, "region": "east"}
    kinds["serving"] = kinds["training"] | {"targets": [serving], "max_latency_ms": 5.0}
    kinds["training"]["targets"] = [{"from_date": "2027-07", "it_mw": 10}]
    return data


KINDS = {
    "tiering": tiering,
    "overdrawn": overdrawn,
    "tiny": tiny,
    "small": small,
    "medium": medium,
    "joined": joined,
    "late": late,
    "slow": slow,
    "optioned": optioned,
    "narrow": narrow,
}
TRIES = 80
CHEAPER = 1e-6
"""Relative difference of cost from which on a program counts as cheaper."""


def scenario(kind: str, number: int) -> dict[str, Any]:
    """A small scenario: of a pair of families, ``a+b``, or of a kind."""
    if kind in KINDS:
        return KINDS[kind](number)
    one, _, other = kind.partition("+")
    return scenario_of((one, other), number)


def without(linear: Program, *names: str) -> Program:
    """The program without the rows of some constraints, by limits that nothing breaks."""
    rows = np.array([row for row, (known, _) in enumerate(linear.row_names) if known in names], int)
    lower, upper = linear.row_lower.copy(), linear.row_upper.copy()
    lower[rows], upper[rows] = -np.inf, np.inf
    return replace(linear, row_lower=lower, row_upper=upper)


def names_in(linear: Program) -> set[str]:
    """Constraints of a program that are no valid inequalities."""
    return {name for name, _ in linear.row_names} - linear.cuts


def solved(instance: Instance, model: Model) -> float | None:
    """The optimum; None where there is no plan."""
    outcome = solve_linear(instance, model.linear, EXACT).outcome
    return None if outcome.x is None else outcome.objective


def is_missed(instance: Instance, model: Model, optimum: float | None, *names: str) -> bool:
    """Whether the constraint is missed, or several that are left out together."""
    linear = without(model.linear, *names)
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


def candidates(family: str) -> Iterator[tuple[str, int]]:
    """Scenarios to look in for the constraints of a family."""
    pairs = [pair for pair in PAIRS if family in pair] or list(PAIRS)
    rng = Random(family)
    for _ in range(TRIES):
        yield "+".join(rng.choice(pairs)), rng.randrange(10_000)
        yield rng.choice(("tiny", "small", "medium", "joined")), rng.randrange(1000)


def main(names: list[str]) -> None:
    """Print a scenario in which each of some constraints is missed."""
    left = set(names)
    for family in sorted({name.partition(".")[0] for name in names}):
        for kind, number in candidates(family):
            own = {name for name in left if name.startswith(f"{family}.")}
            if not own:
                break
            try:
                instance = instance_of(scenario(kind, number))
                model = assemble(instance)
            except SitingError:
                continue
            there = sorted(own & names_in(model.linear))
            optimum = solved(instance, model) if there else None
            for name in there:
                if is_missed(instance, model, optimum, name):
                    print(f'    "{name}": ("{kind}", {number}),', flush=True)
                    left.discard(name)
    print("not found:", sorted(left))


if __name__ == "__main__":
    main(sys.argv[1:])
