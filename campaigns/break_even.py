"""Random break-evens against a fine sweep: both strategies solved alone at many values."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from siting.core.errors import InfeasibleError, InputError
from siting.core.study import BreakEven, Strategy
from siting.model.assemble import USD_PER_OBJECTIVE, assemble
from siting.pipeline import Loaded
from siting.solver.search import search
from siting.studies.break_evens.search import BreakEvenResult, find_break_even
from siting.studies.break_evens.stretches import FIRST, OPEN, SECOND, TIE
from siting.studies.break_evens.value import with_value
from siting.timeline.plans import same_usd
from siting.timeline.restrict import restricted
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, toy
from support.instances import tiny

ABOUT = "break-evens of random scenarios against a fine sweep, none missed and none invented"
COUNT = 300
SWEEP = 47
"""Values of the sweep; no divisor of what the search halves."""
TOYS = 0.6
"""Share of the scenarios that are toys, whose strategies are close: on the tiny ones few answers flip."""
SEARCHED = 24
"""Widths of the resolution in the range."""

STRATEGIES = {
    "optimal": {},
    "soon": {"decided_within_months": 6},
    "late": {"decided_from_months": 6},
    "grid": {"new_supply": [], "is_rental_allowed": False},
    "own": {"is_headroom_used": False},
    "asked": {"is_grid_asked_at_once": True},
}
NUMBERS: tuple[dict[str, Any], ...] = (
    {
        "paths": ["components.workloads.kinds.*.delay_cost_usd_per_mw_month"],
        "way": "multiply",
        "lowest": 0.0,
        "highest": 4.0,
    },
    {"paths": ["zones.*.energy_usd_per_mwh"], "way": "multiply", "lowest": 0.0, "highest": 5.0},
    {"paths": ["sites.*.preparation_usd"], "way": "set", "lowest": 0.0, "highest": 3e7},
    {"paths": ["zones.*.headroom_mw"], "way": "multiply", "lowest": 0.0, "highest": 2.0},
    {"paths": ["zones.*.connection_months"], "way": "add", "lowest": -12.0, "highest": 12.0},
    {
        "paths": ["components.transformers.classes.*.lead_times.*.weeks"],
        "way": "add",
        "lowest": -26.0,
        "highest": 52.0,
    },
)


def varied_toy(rng: Random) -> dict[str, Any]:
    """The toy over three years with other prices and times: grid, own power, now and later are close."""
    scenario = toy()
    scenario["horizon"] = {"start": "2027-01", "steps": [{"until": "2030-01", "step": "half_year"}]}
    scenario["discount_rate_frac"] = rng.choice([0.0, 0.08])
    for zone in scenario["zones"].values():
        zone["energy_usd_per_mwh"] = rng.choice([20, 45, 70, 110])
        zone["connection_months"] = rng.choice([6, 12, 18])
        zone["headroom_mw"] = rng.choice([50, 100, 150])
    for site in scenario["sites"].values():
        site["preparation_usd"] = rng.choice([1e6, 10e6, 40e6])
    bank = scenario["components"]["transformers"]["classes"]["main_bank"]
    bank["stock_units"] = rng.choice([0, 1])
    training = scenario["components"]["workloads"]["kinds"]["training"]
    training["delay_cost_usd_per_mw_month"] = rng.choice([10_000, 25_000, 60_000, 150_000])
    for technology in scenario["components"]["plants"]["technologies"].values():
        technology["overnight_usd_per_kw"] = rng.choice([500, 1500, 4200])
    return scenario


def case(seed: int) -> tuple[Loaded, BreakEven, dict[str, Strategy]] | None:
    """A scenario and what is asked of it; None where the number is not in the scenario."""
    rng = Random(f"{seed} break-even")
    scenario = varied_toy(rng) if rng.random() < TOYS else tiny(rng.randrange(10**6))
    between = rng.sample(sorted(STRATEGIES), 2)
    number = rng.choice(NUMBERS)
    about = {**number, "between": between, "curve_points": rng.choice([2, 3, 5])}
    about["resolution"] = (number["highest"] - number["lowest"]) / SEARCHED
    study = BreakEven.model_validate(about, strict=False)
    try:
        loaded = Loaded(instance_of(scenario), {})
        for value in (study.lowest, study.highest):
            assemble(with_value(loaded.instance, "case", study, value))
    except (InputError, InfeasibleError):
        return None
    return loaded, study, {name: Strategy.model_validate(STRATEGIES[name]) for name in between}


def cost_at(
    loaded: Loaded, study: BreakEven, strategies: dict[str, Strategy], value: float
) -> tuple[float, float]:
    """Cost of both strategies, solved alone; inf without a plan."""
    instance = with_value(loaded.instance, "case", study, value)
    model = assemble(instance)
    found = [search(restricted(model, instance, strategies[name]), EXACT) for name in study.between]
    first, second = (outcome.objective * USD_PER_OBJECTIVE for outcome in found)
    return first, second


def wrong(
    loaded: Loaded, study: BreakEven, strategies: dict[str, Strategy], result: BreakEvenResult
) -> Iterator[str]:
    """Values of the sweep at which another one is better than the result says, and stretches that are left
    open though the solves are exact."""
    for stretch in result.stretches:
        if stretch.winner == OPEN and stretch.high - stretch.low > study.resolution * (1 + 1e-9):
            yield f"open from {stretch.low:g} to {stretch.high:g}"
    for number in range(SWEEP):
        value = study.lowest + (study.highest - study.lowest) * number / (SWEEP - 1)
        first, second = cost_at(loaded, study, strategies, value)
        margin = 2 * same_usd(first, second)
        truth = TIE
        if first != second and abs(first - second) > margin:
            truth = FIRST if first < second else SECOND
        inside = {s.winner for s in result.stretches if s.low <= value <= s.high}
        if truth not in inside and OPEN not in inside:
            yield f"at {value:g}: {first:,.2f} and {second:,.2f}, said {sorted(inside)}"


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each."""
    done, number = 0, seed * 100_000
    while done < count:
        number += 1
        asked = case(number)
        if asked is None:
            continue
        done += 1
        loaded, study, strategies = asked
        result = find_break_even(loaded, "case", study, strategies, Solver(EXACT))
        for what in wrong(loaded, study, strategies, result):
            yield f"case {number}, {study.paths[0]}, {study.between}, {result.proof}: {what}"
            break
