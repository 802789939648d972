"""Programs with a row that leaves next to no room: what an earlier solve found is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np

from siting.instance.build import Instance
from siting.model.assemble import assemble
from siting.model.goals import SERVE
from siting.model.program import Program
from siting.solver.scale import cost_factor, scaled
from siting.solver.search import search
from siting.solver.tidy import Promise
from support.engine import EXACT, instance_of

ROOMS = (0.0, 1e-12, 1e-11, 1e-10, 5e-10)
"""Room of a row as a share of its size."""
FACTORS = (0.3, 0.7, 1.1, 1.7, 3, 10)


def better_late() -> dict[str, Any]:
    """80 MW are wanted in the last half-year. Late they cost 80 * 6 * 20,000 USD, 9.6 million. Served and
    cooled dry they draw 120 MW: 120 * 0.8 * 4380 h * 20 USD, 8.4096 million, and 1.2 for the network, 9.6096;
    cooled wet 88 MW, 7.0470, and 4 for cooling. So nothing is served, and the least that is bought is
    nothing."""
    return {
        "schema_version": 1,
        "name": "better-late",
        "horizon": {"start": "2027-07", "steps": [{"until": "2030-07", "step": "half_year"}]},
        "sites": {"s0": {"zone": "z0"}},
        "zones": {"z0": {"energy_usd_per_mwh": 20, "carbon_kg_per_mwh": 100}},
        "components": {
            "cooling": {
                "options": {
                    "dry": {"pue": 1.5},
                    "wet": {"pue": 1.1, "usd_per_it_mw_year": 100_000},
                }
            },
            "emissions": {"max_t_per_year": 120_000},
            "energy": {"load_factor_frac": 0.8, "network_usd_per_mw_year": 20_000},
            "headroom": {},
            "land": {},
            "workloads": {
                "kinds": {
                    "training": {
                        "targets": [{"from_date": "2030-01", "it_mw": 80}],
                        "delay_cost_usd_per_mw_month": 20_000,
                    }
                }
            },
        },
    }


def varied(seed: int) -> dict[str, Any]:
    """That scenario with other prices, load and times."""
    rng = Random(f"{seed} rooms")

    def times(value: float) -> float:
        return round(value * rng.choice(FACTORS), 6) if rng.random() < 0.4 else value

    scenario = better_late()
    scenario["discount_rate_frac"] = rng.choice([0.0, 0.0, 0.03, 0.1])
    scenario["zones"]["z0"]["energy_usd_per_mwh"] = times(20)
    parts = scenario["components"]
    parts["emissions"]["max_t_per_year"] = rng.choice([36_000, 84_000, 120_000, 360_000])
    parts["energy"]["network_usd_per_mw_year"] = times(20_000)
    parts["cooling"]["options"]["dry"]["pue"] = rng.choice([1.35, 1.5, 1.65])
    parts["cooling"]["options"]["wet"]["usd_per_it_mw_year"] = times(100_000)
    parts["land"] = {"preparation_usd": rng.choice([0, 0, 500_000, 2_000_000])}
    training = parts["workloads"]["kinds"]["training"]
    training["delay_cost_usd_per_mw_month"] = times(20_000)
    start = rng.choice(["2028-07", "2029-07", "2030-01"])
    training["targets"] = [{"from_date": start, "it_mw": times(80)}]
    return scenario


@dataclass(frozen=True)
class Best:
    """The best plan of a scenario, and the program that it is of, in the unit that it is solved in."""

    instance: Instance
    model: Program
    x: np.ndarray


def best_of(scenario: dict[str, Any]) -> Best:
    """The best plan of a scenario that has one."""
    instance = instance_of(scenario)
    model = assemble(instance).linear
    model = scaled(model, cost_factor(model))
    found = search(model, EXACT)
    assert found.x is not None
    return Best(instance, model, found.x)


def least_bought(best: Best, room: float) -> Program:
    """The least that is bought at the cost of the best plan."""
    model, promise = best.model, Promise(best.model, best.instance.system.calendar)
    limit = np.array([(1 + room) * promise.cost(best.x) - model.offset])
    program = promise.taking_away(best.x).with_caps(model.cost[np.newaxis, :], limit, "kept")
    return replace(program, cost=promise.weight, offset=0.0)


def cost_of_most_served(best: Best, room: float) -> Program:
    """The least cost of serving the most."""
    model = best.model
    goal = np.zeros(len(model.cost))
    goal[[column for (name, _), column in model.columns.items() if name == SERVE]] = -1.0
    most = search(replace(model, cost=goal, offset=0.0), EXACT)
    assert most.x is not None
    served = float(goal @ most.x)
    return model.with_caps(goal[np.newaxis, :], np.array([served + room * abs(served)]), "kept")


PROGRAMS = {"least bought": least_bought, "cost of most served": cost_of_most_served}
