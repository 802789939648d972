"""Random scenarios of few parts, in which most limits bind: what one family alone says shows at once."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Data = dict[str, Any]
ZONES = ("a", "b", "c")
THEMES: dict[str, dict[str, float]] = {
    "trade": {"adequacy": 1, "interfaces": 1, "plants": 0.9, "headroom": 0.3},
    "bills": {"adequacy": 0.6, "ratepayer": 1, "headroom": 0.8, "plants": 0.8, "interfaces": 0.4},
    "tiers": {"headroom": 1, "curtailment": 1, "plants": 0.5, "interfaces": 0.3, "bridge": 0.3},
    "own": {"plants": 1, "bridge": 0.4, "headroom": 0.3, "adequacy": 0.5, "emissions": 0.3},
    "mix": {"adequacy": 0.6, "headroom": 0.7, "curtailment": 0.3, "interfaces": 0.5, "plants": 0.8}
    | {"ratepayer": 0.4, "bridge": 0.2, "emissions": 0.2},
}
"""Chance of each family by what a scenario is about."""


def lean(seed: int) -> Data:
    """A scenario of one or two sites, two or three years and three zones, most of whose families are off."""
    rng = Random(f"{seed} lean")
    years = rng.choice([2, 3])
    components: Data = {"land": {}, "energy": {}, "workloads": _workloads(rng)}
    theme = rng.choice(sorted(THEMES))
    makers: dict[str, Callable[[], Data]] = {
        "adequacy": lambda: {},
        "headroom": lambda: _headroom(rng),
        "interfaces": lambda: _interfaces(rng),
        "plants": lambda: _plants(rng),
        "ratepayer": lambda: _ratepayer(rng),
        "bridge": lambda: _bridge(rng),
        "emissions": lambda: {"max_t_per_year": rng.choice([0, 200000])},
        "curtailment": lambda: _curtailment(rng),
    }
    for family, make in makers.items():
        if rng.random() < THEMES[theme].get(family, 0.0):
            components[family] = make()
    if "headroom" not in components:
        components.pop("curtailment", None)
    scenario: Data = {
        "schema_version": 1,
        "name": "lean",
        "horizon": {"start": "2027-01", "steps": [{"until": f"{2027 + years}-01", "step": "year"}]},
        "zones": {zone: _zone(rng) for zone in ZONES},
        "sites": {"s": {"zone": "a"}},
        "nodes": {"n": {"capacity_mw": rng.choice([0, 150]), "zone": "a"}},
        "components": components,
    }
    if rng.random() < (0.6 if theme == "bills" else 0.2):
        scenario["sites"]["s"]["node"] = "n"
    if theme == "trade":
        scenario["zones"]["a"]["generation_queue_months"] = 60
    if rng.random() < 0.3:
        scenario["sites"]["t"] = {"zone": rng.choice(["a", "b"]), "max_it_mw": rng.choice([10, 60])}
    if rng.random() < 0.15:
        del scenario["sites"]["s"]["zone"]
        scenario["sites"]["s"].pop("node", None)
    return scenario


def _zone(rng: Random) -> Data:
    """A zone: firm headroom, headroom by tier, or none stated."""
    zone: Data = {
        "accredited_surplus_mw": rng.choice([0, 0, 60, 100]),
        "reserve_margin_frac": rng.choice([0.0, 0.0, 0.15]),
        "summer_peak_mw": 1000,
        "connection_months": rng.choice([0, 12]),
        "generation_queue_months": rng.choice([0, 0, 12, 60]),
        "energy_usd_per_mwh": rng.choice([0, 50]),
        "carbon_kg_per_mwh": rng.choice([0, 500]),
    }
    kind = rng.choice(["none", "firm", "tiers", "tiers"])
    if kind == "firm":
        zone["headroom_mw"] = rng.choice([0, 60, 200])
    if kind == "tiers":
        base = rng.choice([40, 80])
        steps = (("0_25pct", 1.0), ("0_5pct", 1.25), ("1pct", 1.5), ("5pct", 1.75))
        zone |= {f"headroom_mw_{t}": base * step for t, step in steps if rng.random() < 0.7}
    return zone


def _workloads(rng: Random) -> Data:
    """100 MW from the start or a year later, in some cases falling again."""
    targets = [{"from_date": rng.choice(["2027-01", "2028-01"]), "it_mw": 100}]
    if rng.random() < 0.2:
        targets.append({"from_date": "2029-01", "it_mw": rng.choice([40, 130])})
    kind: Data = {"targets": targets, "delay_cost_usd_per_mw_month": rng.choice([30000, 300000])}
    if rng.random() < 0.15:
        kind["campus_floors"] = [{"from_date": "2028-01", "it_mw": rng.choice([30, 90])}]
    return {"kinds": {"training": kind}}


def _headroom(rng: Random) -> Data:
    """Connections that cost something, and dear upgrades."""
    settings: Data = {"connection_lifetime_years": 40, "connection_costs": []}
    if rng.random() < 0.5:
        line = {"from_kv": 0, "line_usd_per_km": 0, "substation_usd": 40_000_000}
        settings["connection_costs"] = [line]
    upgrades = {
        "u": {"node": "n", "overnight_usd": rng.choice([0, 6e8])},
        "v": {"zone": rng.choice(ZONES), "overnight_usd": rng.choice([0, 6e7])},
    }
    settings["upgrades"] = {
        name: {
            **upgrade,
            "added_mw": 100,
            "lead_time_months": rng.choice([0, 12]),
            "lifetime_years": 30,
        }
        for name, upgrade in upgrades.items()
        if rng.random() < 0.6
    }
    return settings


def _interfaces(rng: Random) -> Data:
    """A chain of zones."""
    pairs = (("b", "a"), ("c", "b"))
    return {
        "limits": {
            f"{start}{end}": {
                "from_zone": start,
                "to_zone": end,
                "forward_mw": rng.choice([60, 100, 200]),
                "reverse_mw": rng.choice([0, 100]),
                "loss_frac": rng.choice([0.0, 0.0, 0.1, 0.5]),
            }
            for start, end in pairs
        }
    }


def _plants(rng: Random) -> Data:
    """A dear first kind, in some cases a next one after several of it, and named plants."""
    first: Data = {
        "unit_mw": rng.choice([20, 50, 100]),
        "delivery": rng.choice([["grid"], ["grid"], ["on_site"], ["grid", "on_site"]]),
        "overnight_usd_per_kw": 300,
        "lifetime_years": 30,
        "capacity_factor_frac": rng.choice([1.0, 1.0, 0.5]),
        "capacity_credit_frac": rng.choice([1.0, 1.0, 0.5]),
        "construction_months": rng.choice([0, 12]),
        "energy_source": "gas",
        "emissions_t_per_mwh": rng.choice([0, 0.4]),
    }
    plants: Data = {"technologies": {"gt": first}, "n_plus_1": rng.choice(["none", "none", "all"])}
    if rng.random() < 0.4:
        first |= {"heat_rate_mmbtu_per_mwh": 10, "fuel_usd_per_mmbtu": 20}
        plants["technologies"]["next"] = {
            **first,
            "fuel_usd_per_mmbtu": 0,
            "energy_source": "nuclear",
            "after": "gt",
            "after_units": rng.choice([1, 2, 3]),
            "after_milestone": rng.choice(["start", "in_service"]),
        }
    if rng.random() < 0.2:
        plants["named"] = {
            "old": {
                "technology": "gt",
                "zone": rng.choice(ZONES),
                "capacity_mw": 50,
                "overnight_usd": 1e7,
                "earliest_in_service": "2028-01",
                "kind": rng.choice(["", "restart"]),
            }
        }
    return plants


def _ratepayer(rng: Random) -> Data:
    """A cap on what others pay, on a curve that falls to nothing."""
    curves = (
        ((0.0, 300), (0.2, 0)),
        ((0.0, 400), (0.05, 100), (0.3, 20)),
        ((-0.05, 500), (0.06, 30)),
    )
    return {
        "retail_usd_per_mwh": 100,
        "zone_load_factor_frac": 0.5,
        "max_bill_effect_frac": rng.choice([0.0, 0.0, 0.01, 0.05]),
        "capacity_price_curve": [
            {"surplus_frac": surplus, "price_usd_per_mw_day": usd}
            for surplus, usd in rng.choice(curves)
        ],
    }


def _bridge(rng: Random) -> Data:
    """Rented engines."""
    return {
        "products": {
            "genset": {
                "unit_mw": rng.choice([20, 75]),
                "mobilisation_months": rng.choice([0, 6]),
                "mobilisation_usd_per_unit": rng.choice([0, 1e6]),
                "rent_usd_per_mw_month": 20000,
                "permit_hours_per_year": rng.choice([4000, 8760]),
            }
        }
    }


def _curtailment(rng: Random) -> Data:
    """One or two tiers, in some cases sooner connected than firm load, or later."""
    hours = {"0_25pct": 85, "0_5pct": 180, "1pct": 370, "5pct": 1800}
    tiers: Data = {}
    for tier in rng.sample(sorted(hours), rng.choice([1, 2])):
        tiers[tier] = {"hours_per_year": hours[tier], "depth_frac": rng.choice([1.0, 0.5])}
        if rng.random() < 0.6:
            tiers[tier]["connection_months"] = rng.choice([0, 24])
    return {"tiers": tiers, "flexible_frac": {"training": rng.choice([0.0, 0.3, 1.0])}}
