"""Random scenarios as plain data: tiny ones for enumeration, medium ones for a second solver."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from support.instances_land import with_land_features
from support.instances_more import add_more

FAMILIES = ("campus", "transformers", "headroom", "adequacy", "plants", "budget")


def tiny(seed: int) -> dict[str, Any]:
    """A scenario small enough to enumerate; every family on in some and off in others."""
    rng = Random(seed)
    sites = rng.choice([1, 1, 2])
    periods = 3 if sites == 1 else 2
    on = {family for family in FAMILIES if rng.random() < 0.55}
    has_energy = bool(on & {"transformers", "headroom", "adequacy", "plants"}) or rng.random() < 0.5
    if sites == 2 and len(on & {"campus", "transformers", "plants"}) > 2:
        on -= {rng.choice(["campus", "transformers", "plants"])}
    scenario = put_together(rng, sites, periods, on, has_energy, is_tiny=True)
    add_more(with_land_features(seed, scenario), seed, is_tiny=True)
    return scenario


def goal_of(seed: int) -> dict[str, Any]:
    """A goal for the tiny scenario of a seed."""
    rng = Random(f"{seed} goals")
    goal: dict[str, Any] = rng.choice(
        [
            {"goal": "most_mw", "by": rng.choice(["2027-03", "2027-07", "2027-12", "2028-01"])},
            {"goal": "earliest", "it_mw": rng.choice([10, 30, 50, 60, 75])},
            {"goal": "fewest_late_mw_months"},
        ]
    )
    if goal["goal"] != "fewest_late_mw_months" and rng.random() < 0.4:
        goal["workload"] = "training"
    return goal


def medium(seed: int) -> dict[str, Any]:
    """A scenario of some hundred integers with every family on."""
    rng = Random(seed)
    scenario = put_together(rng, 6, 8, set(FAMILIES), True, is_tiny=False)
    add_more(with_land_features(seed, scenario), seed, is_tiny=False)
    return scenario


def small(seed: int) -> dict[str, Any]:
    """A scenario of some dozen integers; every family on in some and off in others."""
    rng = Random(f"{seed} small")
    on = {family for family in FAMILIES if rng.random() < 0.6}
    sites, periods = rng.choice([2, 3]), rng.choice([3, 4, 5])
    scenario = put_together(rng, sites, periods, on, True, is_tiny=False)
    if rng.random() < 0.3:
        for kind in scenario["components"]["workloads"]["kinds"].values():
            kind["must_serve"] = True
    add_more(with_land_features(seed, scenario), seed, is_tiny=False)
    return scenario


def put_together(
    rng: Random, sites: int, periods: int, on: set[str], has_energy: bool, *, is_tiny: bool
) -> dict[str, Any]:
    """Put the parts together."""
    zones = {
        name: {
            "headroom_mw": rng.choice([40, 80, 200]),
            "accredited_surplus_mw": rng.choice([0, 50, 120]),
            "reserve_margin_frac": rng.choice([0.0, 0.1, 0.15]),
            "energy_usd_per_mwh": rng.choice([20, 45, 70]),
            "capacity_usd_per_mw_day": rng.choice([0, 100]),
            "connection_months": rng.choice([0, 6, 12]),
            "generation_queue_months": rng.choice([0, 12]),
        }
        for name in (("east",) if is_tiny else ("east", "west"))
    }
    nodes = {"shared": {"zone": "east", "capacity_mw": rng.choice([50, 90])}}
    uses_node = rng.random() < 0.4
    horizon_step = rng.choice(["half_year", "half_year", "year"])
    years = periods / 2 if horizon_step == "half_year" else periods
    end = 2027 * 12 + int(years * 12)
    components: dict[str, Any] = {
        "land": _land(rng, sites),
        "workloads": _workloads(rng, sites, is_tiny),
    }
    if has_energy:
        components["energy"] = {
            "pue": rng.choice([1.0, 1.2]),
            "load_factor_frac": rng.choice([1.0, 0.8]),
            "network_usd_per_mw_year": rng.choice([0, 5000]),
        }
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "campus": lambda: _campus(rng),
        "transformers": lambda: _transformers(rng, is_tiny),
        "headroom": lambda: _headroom(rng, uses_node, sites == 1 or not is_tiny),
        "adequacy": lambda: {},
        "plants": lambda: _plants(rng, sites == 1 or not is_tiny),
        "budget": lambda: _budget(rng),
    }
    for family in FAMILIES:
        if family in on:
            components[family] = makers[family]()
    return {
        "schema_version": 1,
        "name": "random",
        "discount_rate_frac": rng.choice([0.0, 0.08]),
        "horizon": {
            "start": "2027-01",
            "steps": [{"until": f"{end // 12}-{end % 12 + 1:02d}", "step": horizon_step}],
        },
        "sites": {f"s{i}": _site(rng, i, uses_node, sorted(zones), is_tiny) for i in range(sites)},
        "zones": zones,
        "nodes": nodes if uses_node else {},
        "components": components,
    }


def _site(
    rng: Random, number: int, uses_node: bool, zones: list[str], is_tiny: bool
) -> dict[str, Any]:
    """A site; one in six lies in no zone."""
    site: dict[str, Any] = {"preparation_usd": rng.choice([0, 1e6, 9e6])}
    if rng.random() < 5 / 6:
        site["zone"] = rng.choice(zones)
        site["gen_tie_km"] = rng.choice([0, 12])
        if uses_node and site["zone"] == "east":
            site["node"] = "shared"
    if rng.random() < 0.6:
        site["max_it_mw"] = rng.choice([50, 75]) if is_tiny else rng.choice([100, 150, 250])
    if rng.random() < 0.7:
        site["buildable_acres"] = rng.choice([40, 80, 200])
    if rng.random() < 0.5:
        site["review_path"] = rng.choice(["quick", "slow"])
    return site


def _land(rng: Random, sites: int) -> dict[str, Any]:
    """Reviews, rent, a cap."""
    land: dict[str, Any] = {
        "review_paths": {
            "quick": {"months": 0, "cost_usd": 100000},
            "slow": {"months": rng.choice([6, 12]), "cost_usd": 700000},
        },
        "lease_usd_per_acre_year": rng.choice([0, 2000]),
    }
    if sites > 1 and rng.random() < 0.3:
        land["max_sites"] = sites - 1
    return land


def _campus(rng: Random) -> dict[str, Any]:
    """Halls of 50 MW."""
    campus: dict[str, Any] = {
        "hall_it_mw": 50,
        "shell_months": rng.choice([0, 6]),
        "overnight_usd_per_it_mw": rng.choice([0, 2e6, 6e6]),
        "lifetime_years": 15,
        "fixed_om_usd_per_it_mw_year": rng.choice([0, 20000]),
        "acres_per_it_mw": rng.choice([0, 0.6]),
    }
    if rng.random() < 0.3:
        campus["min_campus_it_mw"] = 50
    if rng.random() < 0.3:
        campus["max_new_it_mw_per_year"] = 50
    return campus


def _transformers(rng: Random, is_tiny: bool) -> dict[str, Any]:
    """One class of main bank, sometimes with a later order that arrives earlier."""
    first, later = rng.choice([(26, 26), (52, 13), (20, 40), (78, 26)])
    settings: dict[str, Any] = {
        "classes": {
            "bank": {
                "role": "main_bank",
                "unit_mva": 80 if is_tiny else 60,
                "power_factor_frac": 0.9,
                "lead_times": [
                    {"ordered_from": "2027-01", "weeks": first},
                    {"ordered_from": "2027-07", "weeks": later},
                ],
                "install_months": rng.choice([0, 3]),
                "overnight_usd_per_unit": rng.choice([1e6, 5e6]),
                "lifetime_years": 40,
                "stock_units": rng.choice([0, 1]),
            }
        },
        "procurement": rng.choice(["pool", "site"]) if is_tiny else "both",
        "pool_premium_frac": rng.choice([0.0, 0.1]),
        "spare_banks": rng.choice([0, 0, 1]),
    }
    if rng.random() < 0.4:
        settings["classes"]["bank"]["slots_per_year"] = rng.choice([1, 2])
    if not is_tiny:
        settings["classes"]["step_up"] = {
            "role": "step_up",
            "unit_mva": 100,
            "lead_times": [{"ordered_from": "2027-01", "weeks": 40}],
            "overnight_usd_per_unit": 2e6,
        }
    return settings


def _headroom(rng: Random, uses_node: bool, with_upgrade: bool) -> dict[str, Any]:
    """Connection cost and sometimes an upgrade."""
    settings: dict[str, Any] = {
        "connection_costs": [
            {"from_kv": 0, "line_usd_per_km": 50000, "substation_usd": rng.choice([0, 2e6])}
        ]
    }
    if with_upgrade and rng.random() < 0.5:
        place = {"node": "shared"} if uses_node and rng.random() < 0.5 else {"zone": "east"}
        settings["upgrades"] = {
            "wire": {
                **place,
                "added_mw": 60,
                "lead_time_months": rng.choice([6, 12]),
                "overnight_usd": 3e6,
            }
        }
    return settings


def _plants(rng: Random, with_named: bool) -> dict[str, Any]:
    """One technology, and sometimes two plants that share rights."""
    technology = {
        "unit_mw": rng.choice([40, 60]),
        "delivery": rng.choice([["on_site"], ["grid"], ["on_site"]]),
        "connection": rng.choice(["high_voltage", "medium_voltage"]),
        "overnight_usd_per_kw": rng.choice([900, 2500]),
        "lifetime_years": 25,
        "fixed_om_usd_per_kw_year": rng.choice([0, 30]),
        "variable_om_usd_per_mwh": 3,
        "heat_rate_mmbtu_per_mwh": rng.choice([0, 7]),
        "fuel_usd_per_mmbtu": 4,
        "capacity_factor_frac": rng.choice([0.5, 0.9]),
        "capacity_credit_frac": rng.choice([0.6, 0.95]),
        "permitting_months": rng.choice([0, 6]),
        "equipment_lead_months": rng.choice([0, 6]),
        "equipment_overlap_months": 0,
        "construction_months": rng.choice([0, 6]),
        "acres_per_mw": rng.choice([0, 0.2]),
        "max_units_per_place": 1,
    }
    if rng.random() < 0.3:
        technology["max_starts_per_year"] = 1
    named: dict[str, Any] = {}
    if with_named and rng.random() < 0.5:
        named = {
            "old": {
                "technology": "engine",
                "zone": "east",
                "capacity_mw": 50,
                "overnight_usd": 1e6,
                "earliest_in_service": "2026-01",
                "lead_time_months": 0,
            },
            "restart": {
                "technology": "engine",
                "zone": "east",
                "capacity_mw": 80,
                "overnight_usd": 4e6,
                "earliest_in_service": rng.choice(["2027-07", "2028-01"]),
                "lead_time_months": 6,
                "rights_from": "old",
                "own_rights_from": "2028-01",
            },
        }
    return {"technologies": {"engine": technology}, "named": named}


def _budget(rng: Random) -> dict[str, Any]:
    """A cap a year, or one in all."""
    if rng.random() < 0.5:
        return {"max_overnight_usd_per_year": rng.choice([1e7, 1.2e8])}
    return {"max_overnight_usd": rng.choice([2e7, 3e8])}


def _workloads(rng: Random, sites: int, is_tiny: bool) -> dict[str, Any]:
    """One or two workloads; a regional one with listed links and costs."""
    scale = 1 if is_tiny else 4
    first = rng.choice([30, 60, 75]) * scale
    kinds: dict[str, Any] = {
        "training": {
            "targets": [
                {"from_date": "2027-01", "it_mw": first},
                {"from_date": "2028-01", "it_mw": first + rng.choice([0, 20]) * scale},
            ],
            "delay_cost_usd_per_mw_month": rng.choice([60000, 400000]),
        }
    }
    if rng.random() < 0.3:
        kinds["training"]["min_campus_it_mw"] = 25
    settings: dict[str, Any] = {"kinds": kinds}
    if rng.random() < 0.4:
        kinds["inference"] = {
            "targets": [{"from_date": "2027-07", "it_mw": 15 * scale, "region": "coast"}],
            "delay_cost_usd_per_mw_month": rng.choice([80000, 500000]),
        }
        settings["links"] = {
            f"l{i}": {
                "workload": "inference",
                "region": "coast",
                "site": f"s{i}",
                "service_usd_per_mw_year": rng.choice([0, 30000, 200000]),
            }
            for i in range(sites)
            if i == 0 or rng.random() < 0.6
        }
    return settings
