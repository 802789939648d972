"""Random small scenarios in which given families are on, and what engine and plain program find.

A scenario follows from the names of its families and a number alone. Settings are drawn so that
they bind and meet: surplus near zero, thin interfaces, caps of a few per cent, one slot a year.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import combinations
from math import inf, isinf
from random import Random
from typing import Any

from siting.core.errors import InfeasibleError, InputError
from siting.core.study import Strategy
from siting.families.registry import COMPONENTS
from siting.model.assemble import USD_PER_OBJECTIVE, assemble
from siting.pipeline import Loaded, run
from siting.timeline.restrict import restricted
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of
from support.pairs_families import SETTINGS
from support.pairs_ground import Ground
from support.plain.solve import plain_usd

Data = dict[str, Any]

RELATIVE = 1e-6
"""Relative difference of cost that counts as none."""
LEAST_USD = 2.0
"""Difference of cost that counts as none: a cent a row of the plan."""
ALWAYS = ("land", "workloads")
FURTHER = (0, 0, 0, 0, 0, 0, 1, 1, 1, 6)
"""Families that are on beside the two; each number is as likely."""
LIMITED = 0.7
"""Part of those with power in which the grid is limited, so that supply and transfers matter."""
LIMITS = (("adequacy",), ("headroom",), ("adequacy", "headroom"))
COMPANY = {
    "water": ("cooling", "plants", "bridge"),
    "budget": ("campus", "plants", "transformers"),
    "interfaces": ("adequacy", "headroom"),
}
"""Families that say little without one of some others."""
TRIES = 50
PAIRS = tuple(combinations(sorted(COMPONENTS), 2))


def families_of(names: Iterable[str]) -> set[str]:
    """The families, those that they require, and those without which there is no plan."""
    on = {*names, *ALWAYS}
    while more := {other for name in on for other in COMPONENTS[name].requires} - on:
        on |= more
    return on


def scenario_of(pair: tuple[str, str], number: int) -> Data:
    """A scenario that the engine takes, with a pair of families on."""
    for attempt in range(TRIES):
        rng = Random(f"{pair} {number} {attempt}")
        on = families_of(pair)
        more = [rng.choice(COMPANY[name]) for name in sorted(COMPANY) if name in pair]
        more += rng.sample(sorted(COMPONENTS), rng.choice(FURTHER))
        on = families_of({*on, *more})
        if "energy" in on and rng.random() < LIMITED:
            on = families_of({*on, *rng.choice(LIMITS)})
        scenario = _draw(rng, on, set(pair))
        try:
            instance_of(scenario)
        except InputError:
            continue
        return scenario
    raise ValueError(f"no scenario of {pair} {number} is taken")


def _draw(rng: Random, on: set[str], rich: set[str]) -> Data:
    """A scenario of some families; ``rich`` are drawn with all that they know."""
    starts, horizon = _horizon(rng)
    zones = [f"z{i}" for i in range(rng.choice([1, 1, 2, 2, 3]))]
    if "interfaces" in on and len(zones) == 1:
        zones.append("z1")
    sites = [f"s{i}" for i in range(rng.choice([1, 1, 2, 2, 3]))]
    nodes = {
        n: {"zone": rng.choice(zones), "capacity_mw": rng.choice([0, 30, 60, 100])}
        for n in ("n0", "n1")[: rng.choice([0, 0, 1, 2])]
    }
    ground = Ground(starts, sites, zones, sorted(nodes), on, rich)
    return {
        "schema_version": 1,
        "name": "pair",
        "discount_rate_frac": rng.choice([0, 0, 0.05, 0.1]),
        "horizon": horizon,
        "sites": {s: _site(rng, ground, nodes) for s in sites},
        "zones": {z: _zone(rng, on) for z in zones},
        "nodes": nodes,
        "components": {name: SETTINGS[name](rng, ground) for name in sorted(on)},
    }


MONTHS = {"quarter": 3, "half_year": 6, "year": 12}


def _horizon(rng: Random) -> tuple[list[date], Data]:
    """Three to eight periods, of one length or of two."""
    first = date(rng.choice([2026, 2027]), rng.choice([1, 1, 4, 7]), 1)
    parts = rng.choice(
        [
            [("year", 3)],
            [("year", 5)],
            [("half_year", 4)],
            [("half_year", 6)],
            [("half_year", 2), ("year", 2)],
            [("quarter", 4), ("year", 2)],
            [("quarter", 2), ("half_year", 3)],
        ]
    )
    starts, steps, month = [], [], first.year * 12 + first.month - 1
    for step, count in parts:
        for _ in range(count):
            starts.append(date(month // 12, month % 12 + 1, 1))
            month += MONTHS[step]
        steps.append({"until": f"{month // 12}-{month % 12 + 1:02d}", "step": step})
    return starts, {"start": f"{first:%Y-%m}", "steps": steps}


def _site(rng: Random, ground: Ground, nodes: Data) -> Data:
    """A site, one in eight outside every zone."""
    site: Data = {"agency": rng.choice(["doe", "army"]), "state": rng.choice(["TX", "NM"])}
    if rng.random() < 7 / 8:
        site["zone"] = rng.choice(ground.zones)
        near = [n for n in ground.nodes if nodes[n]["zone"] == site["zone"]]
        if near and rng.random() < 0.6:
            site["node"] = rng.choice(near)
        site["gen_tie_km"] = rng.choice([0, 10])
        if rng.random() < 0.2:
            site["connection_months"] = rng.choice([0, 6, 18])
    if rng.random() < 0.4:
        site["max_it_mw"] = rng.choice([25, 40, 70, 110])
    if rng.random() < 0.4:
        site["buildable_acres"] = rng.choice([0, 30, 60, 120])
    if rng.random() < 0.5:
        site["preparation_usd"] = rng.choice([0, 1e6, 2e7])
    if rng.random() < 0.5:
        site["basin"] = rng.choice(["b0", "b1"])
    if "land" in ground.rich and rng.random() < 0.5:
        site["review_path"] = rng.choice(["quick", "slow"])
    return site


def _zone(rng: Random, on: set[str]) -> Data:
    """A zone; little surplus, headroom as one number or by tier."""
    firm = rng.choice([0, 10, 30, 60])
    zone: Data = {
        "summer_peak_mw": rng.choice([400, 1000] if "ratepayer" in on else [0, 1000]),
        "reserve_margin_frac": rng.choice([0, 0.1, 0.25]),
        "connection_months": rng.choice([0, 0, 6, 12]),
        "generation_queue_months": rng.choice([0, 0, 12, 24]),
        "energy_usd_per_mwh": rng.choice([0, 20, 60]),
        "capacity_usd_per_mw_day": rng.choice([0, 100]),
        "carbon_kg_per_mwh": rng.choice([100, 400]),
        "capacity_credit_solar_frac": 0.3,
        "capacity_credit_wind_frac": 0.15,
        "capacity_credit_battery_frac": 0.6,
    }
    if rng.random() < 0.8:
        zone["accredited_surplus_mw"] = rng.choice([0, 5, 40, 90])
    kind = rng.random()
    if kind < 0.35:
        zone["headroom_mw"] = rng.choice([0, 20, 50, 100])
    elif kind < 0.8:
        if rng.random() < 0.5:
            zone["headroom_mw_0pct"] = firm
        for tier, more in (("0_25pct", 15), ("0_5pct", 25), ("1pct", 50), ("5pct", 90)):
            zone[f"headroom_mw_{tier}"] = firm + more
    return zone


def compare(scenario: Data) -> str | None:
    """What engine and plain program say differently of a scenario; None where they agree."""
    expected = plain_usd(scenario)
    found, status, findings = inf, "INFEASIBLE", ""
    try:
        plan = run(Loaded(instance_of(scenario), {}), limits=EXACT)
    except InfeasibleError:
        pass
    else:
        found, status, findings = plan.objective_usd, plan.status, "; ".join(plan.findings)
    if not _is_same(found, expected):
        return f"engine {status} {found:,.2f} USD, plain program {expected:,.2f} USD"
    if status not in ("OPTIMAL", "INFEASIBLE"):
        return f"engine {status} at the optimum of {found:,.2f} USD: {findings[:300]}"
    return None


def compare_strategy(scenario: Data, strategy: Strategy) -> str | None:
    """The same of a strategy that the plain program knows."""
    expected = plain_usd(scenario, strategy)
    instance, found = instance_of(scenario), inf
    try:
        model = assemble(instance)
    except InfeasibleError:
        pass
    else:
        program = restricted(model, instance, strategy)
        outcome = Solver(EXACT).solve("strategy", instance, program).outcome
        if outcome.status != "INFEASIBLE":
            found = outcome.objective * USD_PER_OBJECTIVE
    if not _is_same(found, expected):
        return f"engine {found:,.2f} USD, plain program {expected:,.2f} USD"
    return None


def _is_same(one: float, two: float) -> bool:
    """Whether two costs are the same, or both infinite."""
    if isinf(one) or isinf(two):
        return one == two
    return abs(one - two) <= max(LEAST_USD, RELATIVE * max(abs(one), abs(two)))
