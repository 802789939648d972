"""Random scenarios in which any families meet: spares, stock, reserve, booked slots, networks, goals."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from support.instances import FAMILIES, put_together
from support.instances_land import with_land_features
from support.instances_more import add_more

Data = dict[str, Any]


def any_scenario(seed: int) -> Data:
    """A scenario of some dozen to some hundred integers; every family on in some and off in others.

    Each part has a generator of its own, so that what one draws does not disturb the others. Some
    scenarios have no plan.
    """
    rng = Random(f"{seed} all")
    on = {family for family in FAMILIES if rng.random() < 0.75}
    sites, periods = rng.choice([1, 2, 2, 3, 4]), rng.choice([3, 4, 6])
    has_energy = bool(on & {"transformers", "headroom", "adequacy", "plants"}) or rng.random() < 0.7
    scenario = put_together(rng, sites, periods, on, has_energy, is_tiny=False)
    scenario["name"] = f"all-{seed}"
    _horizon(scenario, Random(f"{seed} _horizon"))
    add_more(with_land_features(seed, scenario), seed, is_tiny=False)
    parts: tuple[Callable[[Data, Random], None], ...] = (
        _scale,
        _places,
        _curtailment,
        _equipment,
        _plants,
        _bridge,
        _workloads,
        _upgrades,
        _interfaces,
        _network,
        _goals,
    )
    for part in parts:
        part(scenario, Random(f"{seed} {part.__name__}"))
    return scenario


def _horizon(scenario: Data, rng: Random) -> None:
    """Steps of several lengths, and starts within a year."""
    if rng.random() < 0.5:
        return
    choices: list[tuple[str, list[tuple[str, str]]]] = [
        ("2027-01", [("2028-01", "quarter"), ("2030-01", "year")]),
        ("2027-04", [("2028-10", "half_year")]),
        ("2027-01", [("2027-05", "month"), ("2028-11", "half_year")]),
        ("2026-10", [("2027-01", "quarter"), ("2029-01", "half_year")]),
    ]
    start, steps = rng.choice(choices)
    sections = [{"until": until, "step": step} for until, step in steps]
    scenario["horizon"] = {"start": start, "steps": sections}


def _scale(scenario: Data, rng: Random) -> None:
    """Loads small against blocks and banks in half of the scenarios, at odd MW in some; most are
    worth what it takes to serve them."""
    if rng.random() < 0.6:
        scenario["components"].pop("budget", None)
        scenario["components"].get("ratepayer", {}).pop("max_bill_effect_frac", None)
    for family in ("emissions", "water"):
        if family in scenario["components"] and rng.random() < 0.6:
            settings = scenario["components"][family]
            scenario["components"][family] = {
                key: value for key, value in settings.items() if key.startswith("price")
            }
    worth = rng.choice([1, 10, 10])
    factor = rng.choice([1.0, 1.0, 0.5, 0.25, 0.317])
    for kind in scenario["components"]["workloads"]["kinds"].values():
        kind["delay_cost_usd_per_mw_month"] *= worth
        for target in kind["targets"]:
            target["it_mw"] *= factor


def _places(scenario: Data, rng: Random) -> None:
    """Connections of a site's own, and names, agencies and states for everything that counts them."""
    for number, site in enumerate(scenario["sites"].values()):
        site.setdefault("agency", ("DOE", "BLM")[number % 2])
        site["state"] = ("NV", "OH")[number % 2]
        if rng.random() < 0.3:
            site["connection_months"] = rng.choice([0, 3, 7, 18])
    land = scenario["components"]["land"]
    if rng.random() < 0.15:
        land["max_sites_by_agency"] = {scenario["sites"]["s0"]["agency"]: 1}
    if rng.random() < 0.15:
        land["max_sites_by_state"] = {"NV": 1}
    if rng.random() < 0.15:
        land["max_commitments_per_year"] = rng.choice([1, 2])


def _curtailment(scenario: Data, rng: Random) -> None:
    """Firm headroom beside that of the tiers, which connect sooner or later than firm service."""
    components = scenario["components"]
    if "headroom" not in components or "curtailment" in components or rng.random() < 0.6:
        return
    for zone in scenario["zones"].values():
        firm = zone.pop("headroom_mw")
        zone.update(headroom_mw_0pct=firm, headroom_mw_1pct=2 * firm)
    components["curtailment"] = {
        "tiers": {
            "1pct": {
                "hours_per_year": rng.choice([88, 400]),
                "connection_months": rng.choice([0, 3, 18]),
            }
        },
        "flexible_frac": {"training": rng.choice([0.3, 1.0])},
        "lost_usd_per_mwh": rng.choice([0, 500]),
    }


def _equipment(scenario: Data, rng: Random) -> None:
    """Everything that delivers a transformer on one day: both procurements, stock, slots, spares."""
    settings = scenario["components"].get("transformers")
    if settings is None:
        return
    settings["procurement"] = rng.choice(["both", "both", "pool", "site"])
    settings["spare_banks"] = rng.choice([0, 1, 1, 2])
    if settings["spare_banks"] and rng.random() < 0.4:
        settings["spare_grace_months"] = rng.choice([3, 6, 12])
    settings["pool_premium_frac"] = rng.choice([0.0, 0.0, 0.1])
    for kind in settings["classes"].values():
        kind["install_months"] = rng.choice([0, 0, 3, 6])
        if rng.random() < 0.3:
            kind["stock_units"] = rng.choice([1, 3])
        if rng.random() < 0.3:
            kind["overnight_usd_per_unit"] = rng.choice([0, 1e6])
        if rng.random() < 0.4:
            dates = rng.sample(["2026-01", "2027-01", "2027-07", "2028-01"], rng.choice([1, 2, 3]))
            kind["lead_times"] = [
                {"ordered_from": day, "weeks": rng.choice([0, 13, 26, 52, 80])}
                for day in sorted(dates)
            ]
        if rng.random() < 0.3:
            kind.update(
                reserve_units=rng.choice([1, 2]),
                reserve_weeks=rng.choice([0, 10]),
                reserve_usd_per_unit=rng.choice([0, 1e6, 8e6]),
            )
            if rng.random() < 0.4:
                kind["reserve_from"] = "2027-07"
        if rng.random() < 0.3:
            days = rng.sample(["2026-10", "2027-01", "2027-06", "2028-01"], rng.choice([1, 2]))
            kind["booked"] = [
                {
                    "delivered": day,
                    "units": rng.choice([1, 2]),
                    "paid_frac": rng.choice([0.0, 0.4, 1.0]),
                    "resale_frac": rng.choice([0.0, 0.1, 1.2]),
                }
                for day in sorted(days)
            ]
        if rng.random() < 0.2:
            kind["slots_per_year"] = rng.choice([1, 2, 4])
    if rng.random() < 0.3:
        bank = settings["classes"]["bank"]
        settings["classes"]["bank_small"] = {**bank, "unit_mva": 30, "install_months": 1}
    if rng.random() < 0.3:
        settings["classes"]["gear"] = {
            "role": "switchgear",
            "unit_mva": 45,
            "install_months": rng.choice([0, 2]),
            "lead_times": [{"ordered_from": "2027-01", "weeks": rng.choice([0, 20, 60])}],
            "overnight_usd_per_unit": 5e5,
        }


def _plants(scenario: Data, rng: Random) -> None:
    """A second technology for the grid, solar and batteries, step-ups, and a plant that comes late."""
    plants = scenario["components"].get("plants")
    if plants is None:
        return
    classes = scenario["components"].get("transformers", {}).get("classes", {})
    if rng.random() < 0.5:
        plants["technologies"]["reactor"] = {
            "unit_mw": rng.choice([25, 77]),
            "energy_source": "nuclear",
            "delivery": rng.choice([["grid"], ["on_site", "grid"]]),
            "overnight_usd_per_kw": rng.choice([1000, 6000]),
            "capacity_factor_frac": 0.93,
            "capacity_credit_frac": 0.95,
            "permitting_months": rng.choice([0, 9]),
            "equipment_lead_months": rng.choice([0, 8]),
            "equipment_overlap_months": rng.choice([0, 2]),
            "construction_months": rng.choice([3, 9]),
            "max_units_per_place": rng.choice([1, 2]),
        }
    if rng.random() < 0.3:
        plants["technologies"]["solar"] = {
            "unit_mw": 50,
            "energy_source": "solar",
            "delivery": ["on_site", "grid"],
            "overnight_usd_per_kw": 700,
            "capacity_factor_frac": 0.28,
            "capacity_credit_frac": 0.2,
            "construction_months": 6,
            "acres_per_mw": 6,
            "max_units_per_place": 1,
        }
    for technology in plants["technologies"].values():
        if "step_up" in classes and rng.random() < 0.6:
            technology.update(step_up_class="step_up", step_up_per_unit=1)
        if rng.random() < 0.4:
            technology["max_units_per_place"] = 2
        if rng.random() < 0.2:
            technology["available_from"] = "2027-07"
    if rng.random() < 0.3:
        plants["named"]["late"] = {
            "technology": "engine",
            "kind": "restart",
            "zone": "west",
            "capacity_mw": 90,
            "overnight_usd": 2e6,
            "earliest_in_service": rng.choice(["2027-03", "2027-10", "2028-06"]),
            "lead_time_months": rng.choice([0, 4, 15]),
        }


def _bridge(scenario: Data, rng: Random) -> None:
    """A second product, so that two kinds of rented units come on one day."""
    bridge = scenario["components"].get("bridge")
    if bridge is None or rng.random() < 0.5:
        return
    bridge["products"]["turbine"] = {
        "unit_mw": 30,
        "mobilisation_months": rng.choice([0, 4]),
        "mobilisation_usd_per_unit": rng.choice([0, 1e6]),
        "rent_usd_per_mw_month": rng.choice([5000, 30000]),
        "heat_rate_mmbtu_per_mwh": 9,
        "fuel_usd_per_mmbtu": 4,
        "max_units_per_site": 3,
    }


def _workloads(scenario: Data, rng: Random) -> None:
    """A second region, and load that must be served, seldom."""
    kinds = scenario["components"]["workloads"]["kinds"]
    if "inference" in kinds and rng.random() < 0.3:
        settings = scenario["components"]["workloads"]
        del settings["links"]
        settings["regions"] = {
            "coast": {"longitude": -75.0, "latitude": 40.0},
            "lakes": {"longitude": -85.0, "latitude": 42.0},
        }
        for number, site in enumerate(scenario["sites"].values()):
            site.update(longitude=-78.0 - 4 * number, latitude=40.0)
        kinds["inference"]["max_latency_ms"] = rng.choice([8, 20])
        kinds["inference"]["targets"].append(
            {"from_date": "2027-07", "it_mw": rng.choice([10, 40]), "region": "lakes"}
        )
    if rng.random() < 0.05:
        kinds["training"]["must_serve"] = True


def _upgrades(scenario: Data, rng: Random) -> None:
    """Two upgrades of one place that may come on one day."""
    headroom = scenario["components"].get("headroom")
    if headroom is None or rng.random() < 0.5:
        return
    place = rng.choice([{"zone": "east"}, {"zone": "west"}])
    if scenario["nodes"] and rng.random() < 0.5:
        place = {"node": "shared"}
    upgrades = headroom.setdefault("upgrades", {})
    for name, mw in (("second", 30), ("third", 75)):
        upgrades[name] = {
            **place,
            "added_mw": mw,
            "lead_time_months": rng.choice([0, 6, 14]),
            "overnight_usd": rng.choice([0, 1e6, 9e6]),
        }


def _interfaces(scenario: Data, rng: Random) -> None:
    """Firm power between the zones, with losses in some."""
    families = scenario["components"].keys() & {"headroom", "adequacy", "curtailment"}
    if not families or rng.random() < 0.6:
        return
    scenario["components"]["interfaces"] = {
        "limits": {
            "tie": {
                "from_zone": "east",
                "to_zone": "west",
                "forward_mw": rng.choice([0, 40, 300]),
                "reverse_mw": rng.choice([0, 40, 300]),
                "loss_frac": rng.choice([0.0, 0.05]),
            }
        }
    }


def _network(scenario: Data, rng: Random) -> None:
    """A triangle of lines of which one may be thin, with every single outage in some."""
    if not {"energy", "headroom"} <= set(scenario["components"]) or rng.random() < 0.6:
        return
    buses = {f"b{i}": {"base_kv": 230, "load_mw": rng.choice([0, 30])} for i in range(3)}
    thin = rng.choice([30, 90, 400])
    ends = [("b0", "b1"), ("b1", "b2"), ("b0", "b2"), ("b0", "b2")]
    scenario["components"]["network"] = {
        "buses": buses,
        "branches": {
            f"l{n}": {"from_bus": a, "to_bus": b, "x_pu": 0.1, "rating_mw": (thin, 400)[n > 0]}
            for n, (a, b) in enumerate(ends)
        },
        "generators": {"g": {"bus": "b0", "min_mw": 0, "max_mw": rng.choice([200, 900])}},
        "bus_of_site": {s: f"b{rng.randrange(3)}" for s in scenario["sites"]},
        "load_growth_frac_per_year": rng.choice([0.0, 0.02]),
        "is_n_minus_1": rng.random() < 0.4,
    }


def _goals(scenario: Data, rng: Random) -> None:
    """Goals before the cost in some scenarios."""
    if rng.random() < 0.8:
        return
    scenario["objectives"] = rng.choice(
        [
            [{"goal": "most_mw", "by": "2028-01"}],
            [{"goal": "earliest", "it_mw": 40}],
            [{"goal": "fewest_late_mw_months", "tolerance_frac": 0.1}],
            [{"goal": "least_cost", "tolerance_frac": 0.05}, {"goal": "most_mw", "by": "2027-12"}],
        ]
    )
