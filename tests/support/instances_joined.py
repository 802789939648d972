"""Random scenarios in which all families may meet: zones that trade, caps on bills, generations of units,
tiers on offer, a network."""

from __future__ import annotations

from random import Random
from typing import Any

from support.instances import FAMILIES, put_together
from support.instances_land import with_land_features
from support.instances_more import add_more

Data = dict[str, Any]
TIERS = ("0_25pct", "0_5pct", "1pct", "5pct")
HOURS = {"0_25pct": 85, "0_5pct": 180, "1pct": 370, "5pct": 1800}
CURVE = {"0_25pct": 1.0, "0_5pct": 1.25, "1pct": 1.5, "5pct": 1.75}
"""Headroom by tier as a multiple of the shallowest: each step asks more curtailment a MW."""


def joined(seed: int) -> Data:
    """A scenario of three sites, four periods and three zones, one of them without a site."""
    rng = Random(f"{seed} joined")
    on = {family for family in FAMILIES if rng.random() < 0.7}
    scenario = put_together(rng, 3, 4, on, True, is_tiny=False)
    add_more(with_land_features(seed, scenario), seed, is_tiny=False)
    zones = scenario["zones"]
    zones["north"] = {**zones["west"], "generation_queue_months": rng.choice([0, 12])}
    for add in (_trade, _unlimited, _generations, _tiers, _network):
        add(scenario, rng)
    return scenario


def _trade(scenario: Data, rng: Random) -> None:
    """Interfaces in most scenarios, with losses in some."""
    if rng.random() < 0.3:
        return
    limits = {
        name: {
            "from_zone": start,
            "to_zone": end,
            "forward_mw": rng.choice([0, 60, 200]),
            "reverse_mw": rng.choice([0, 60, 200]),
            "loss_frac": rng.choice([0.0, 0.05, 0.5]),
        }
        for name, start, end in (("ew", "east", "west"), ("wn", "west", "north"))
    }
    scenario["components"]["interfaces"] = {"limits": limits}


def _unlimited(scenario: Data, rng: Random) -> None:
    """Some zones that state no headroom, some scenarios in which none limits."""
    for zone in scenario["zones"].values():
        if rng.random() < 0.2:
            for key in [key for key in zone if key.startswith("headroom_mw")]:
                del zone[key]
    if "headroom" in scenario["components"] and rng.random() < 0.15:
        scenario["components"]["headroom"]["is_zone_limited"] = False


def _generations(scenario: Data, rng: Random) -> None:
    """Units that may be several at a place, and a cheaper kind after some of the first."""
    plants = scenario["components"].get("plants")
    if plants is None:
        return
    first = plants["technologies"]["engine"]
    if rng.random() < 0.7:
        del first["max_units_per_place"]
    if rng.random() < 0.5:
        plants["technologies"]["later"] = {
            **first,
            "delivery": rng.choice([["on_site"], ["grid"], ["on_site", "grid"]]),
            "overnight_usd_per_kw": first["overnight_usd_per_kw"] / 4,
            "heat_rate_mmbtu_per_mwh": 0,
            "after": "engine",
            "after_units": rng.choice([1, 2, 3]),
            "after_milestone": rng.choice(["start", "in_service"]),
        }


def _tiers(scenario: Data, rng: Random) -> None:
    """Headroom by tier, of which some are on offer, each with its own connection."""
    components = scenario["components"]
    if "curtailment" not in components or rng.random() < 0.3:
        return
    stated = sorted(rng.sample(TIERS, rng.randint(1, 4)), key=TIERS.index)
    for zone in scenario["zones"].values():
        known = [zone.pop(key) for key in [*zone] if key.startswith("headroom_mw")]
        if not known:
            continue
        for tier in stated:
            zone[f"headroom_mw_{tier}"] = CURVE[tier] * max(known) / 2
        if rng.random() < 0.3:
            zone["headroom_mw_0pct"] = max(known) / 8
    offered = rng.sample(TIERS, rng.randint(1, 3))
    components["curtailment"]["tiers"] = {
        tier: {
            "hours_per_year": HOURS[tier],
            "depth_frac": rng.choice([1.0, 0.5]),
            **({"connection_months": rng.choice([0, 6, 18])} if rng.random() < 0.6 else {}),
        }
        for tier in TIERS
        if tier in offered
    }


def _network(scenario: Data, rng: Random) -> None:
    """In some scenarios with headroom a triangle of buses, the sites at two of them."""
    if "headroom" not in scenario["components"] or rng.random() < 0.75:
        return
    buses = ("b0", "b1", "b2")
    scenario["components"]["network"] = {
        "buses": {bus: {"load_mw": rng.choice([20, 60])} for bus in buses},
        "branches": {
            f"{a}-{b}": {
                "from_bus": a,
                "to_bus": b,
                "x_pu": 0.05,
                "rating_mw": rng.choice([60, 150]),
            }
            for a, b in (("b0", "b1"), ("b1", "b2"), ("b0", "b2"))
        },
        "generators": {
            "g0": {"bus": "b0", "min_mw": 0, "max_mw": 400},
            "g2": {"bus": "b2", "min_mw": 0, "max_mw": rng.choice([50, 300])},
        },
        "bus_of_site": {
            s: rng.choice(buses[1:]) for s, v in scenario["sites"].items() if "zone" in v
        },
        "is_n_minus_1": rng.random() < 0.3,
    }
