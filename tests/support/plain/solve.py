"""A scenario as a plain mixed-integer program: the formulations as they read, and nothing else.

No bound is tighter than it must be, no variable is left out because it seems of no use, states are
starts by period instead of cumulative counts, and there is no valid inequality. It is slow and
meant for small scenarios. Goals beside the cost, and limits on latency, are not in it; of strategies
only dates, headroom, energy sources and rental.
"""

from __future__ import annotations

import json
from typing import Any

from siting.core.study import Strategy
from siting.core.yaml_source import parse_document
from siting.scenario import read_scenario
from support.plain import caps, demand, flows, gear, grid, sites, supply, tiers
from support.plain.linear import Program
from support.plain.world import ANYTHING, MILLION, World

DECLARE = (
    sites.declare_land,
    demand.declare_workloads,
    sites.declare_campus,
    demand.declare_energy,
    grid.declare_headroom,
    grid.declare_interfaces,
    tiers.declare_curtailment,
    supply.declare_plants,
    supply.declare_bridge,
)
"""What adds to totals; ``declare_land`` first, since the others ask who is committed."""
HOLD = (
    gear.hold_transformers,
    sites.hold_campus,
    demand.hold_workloads,
    demand.hold_cooling,
    demand.hold_energy,
    grid.hold_headroom,
    tiers.hold_curtailment,
    grid.hold_adequacy,
    grid.hold_capacity,
    grid.hold_ratepayer,
    supply.hold_plants,
    flows.hold_network,
    caps.hold_ride_through,
    caps.hold_emissions,
    caps.hold_water,
    sites.hold_land,
    caps.hold_budget,
)
"""What reads totals; the budget last, since ride-through and transformers spend."""


def plain_program(scenario: dict[str, Any], strategy: Strategy = ANYTHING) -> Program:
    """The program of a scenario given as plain data, or of a strategy of it."""
    read = read_scenario(parse_document(json.dumps(scenario), "scenario.json"))
    world = World(read, strategy=strategy)
    for step in (*DECLARE, *HOLD):
        step(world)
    return world.program


def plain_usd(scenario: dict[str, Any], strategy: Strategy = ANYTHING) -> float:
    """Least cost [USD]; infinite where no plan satisfies every limit."""
    return MILLION * plain_program(scenario, strategy).least()
