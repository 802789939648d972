"""Random settings of the families of supply and grid, for the scenarios of ``pairs``."""

from __future__ import annotations

from random import Random

from support.pairs_ground import Data, Ground, maybe


def _lead_times(rng: Random, ground: Ground) -> list[Data]:
    """Weeks by order date; a later order may arrive earlier."""
    rows = [{"ordered_from": f"{ground.starts[0]:%Y-%m}", "weeks": rng.choice([0, 30, 60, 90])}]
    if rng.random() < 0.6:
        later = f"{ground.starts[1]:%Y-%m}"
        rows.append({"ordered_from": later, "weeks": rng.choice([0, 10, 40, 80])})
    return rows


def _class(rng: Random, ground: Ground, role: str) -> Data:
    """A class of equipment."""
    kind: Data = {
        "role": role,
        "lead_times": _lead_times(rng, ground),
        "install_months": rng.choice([0, 0, 4]),
        "overnight_usd_per_unit": rng.choice([0, 2e6, 8e6]),
        "lifetime_years": 40,
        "stock_units": rng.choice([0, 0, 1, 2]),
    }
    if role == "breaker":
        kind |= {"units_per_bank": rng.choice([1, 2]), "units_per_step_up": rng.choice([0, 1, 2])}
    else:
        kind |= {"unit_mva": rng.choice([20, 45, 100]), "power_factor_frac": rng.choice([1, 0.9])}
    maybe(rng, 0.3, kind, "slots_per_year", [1, 2, 4])
    maybe(rng, 0.2, kind, "max_units", [1, 2, 4])
    maybe(rng, 0.1, kind, "is_available", [False])
    if rng.random() < 0.3:
        kind["reserve_units"] = rng.choice([1, 2])
        kind["reserve_weeks"] = rng.choice([0, 20])
        kind["reserve_usd_per_unit"] = rng.choice([1e6, 1e7])
        maybe(rng, 0.5, kind, "reserve_from", [ground.month(rng)])
    if rng.random() < 0.3:
        kind["booked"] = [
            {
                "delivered": ground.month(rng),
                "units": rng.choice([1, 2]),
                "paid_frac": rng.choice([0, 0.4, 1]),
                "resale_frac": rng.choice([0, 0.3, 1.2]),
            }
        ]
    return kind


def transformers(rng: Random, ground: Ground) -> Data:
    """Main banks, sometimes of two classes; breakers, switchgear, step-ups."""
    roles = ["main_bank"]
    rich = "transformers" in ground.rich
    roles += ["main_bank"] if rich and rng.random() < 0.3 else []
    roles += ["breaker"] if rich and rng.random() < 0.4 else []
    roles += ["switchgear"] if rich and rng.random() < 0.25 else []
    roles += ["step_up"] if "plants" in ground.on else []
    settings: Data = {
        "classes": {
            role if role == "step_up" else f"{role}-{i}": _class(rng, ground, role)
            for i, role in enumerate(roles)
        },
        "procurement": rng.choice(["pool", "site", "both"]),
        "pool_premium_frac": rng.choice([0, 0.1]),
    }
    if rich and rng.random() < 0.4:
        settings["spare_banks"] = rng.choice([1, 2])
        maybe(rng, 0.5, settings, "spare_grace_months", [6, 12])
    return settings


def headroom(rng: Random, ground: Ground) -> Data:
    """Connections, upgrades, rivals."""
    settings: Data = {
        "tier": rng.choice(["0_25pct", "0_5pct", "1pct", "5pct"]),
        "is_zone_limited": rng.random() < 0.85,
        "connection_lifetime_years": 40,
        "connection_costs": [
            {
                "from_kv": 0,
                "line_usd_per_km": rng.choice([0, 1e6]),
                "substation_usd": rng.choice([0, 1e7]),
            }
        ],
    }
    places = [{"zone": z} for z in ground.zones] + [{"node": n} for n in ground.nodes]
    if rng.random() < (0.9 if "ratepayer" in ground.on else 0.5):
        settings["upgrades"] = {
            f"u{i}": {
                **rng.choice(places),
                "added_mw": rng.choice([20, 60, 100]),
                "lead_time_months": rng.choice([0, 6, 12]),
                "overnight_usd": rng.choice([0, 1e7, 1e8, 6e8]),
                "lifetime_years": 30,
            }
            for i in range(rng.choice([1, 2]))
        }
    if "headroom" in ground.rich and rng.random() < 0.5:
        settings["rivals"] = {
            f"r{i}": {
                **rng.choice(places),
                "draw_mw": rng.choice([8.5, 20, 45]),
                "in_service": ground.month(rng),
                "probability_frac": rng.choice([0.3, 0.7, 1]),
            }
            for i in range(rng.choice([1, 2, 3]))
        }
        maybe(rng, 0.5, settings, "rival_percentile_frac", [0.5, 0.9])
    return settings


TIERS = ["0_25pct", "0_5pct", "1pct", "5pct"]


def curtailment(rng: Random, ground: Ground) -> Data:
    """One to three tiers, some connected sooner than firm load."""
    tiers = {}
    for name in rng.sample(TIERS, rng.choice([1, 2, 3])):
        terms: Data = {
            "hours_per_year": rng.choice([85, 366]),
            "depth_frac": rng.choice([1, 0.5, 0.25]),
        }
        maybe(rng, 0.5, terms, "connection_months", [0, 3])
        tiers[name] = terms
    settings = {
        "tiers": tiers,
        "flexible_frac": {"training": rng.choice([0, 0.25, 0.6, 1])},
        "lost_usd_per_mwh": rng.choice([0, 100, 2000]),
    }
    maybe(Random(str(tiers)), 0.25, settings, "zones", [[zone] for zone in ground.zones])
    return settings


def interfaces(rng: Random, ground: Ground) -> Data:
    """Thin interfaces, with losses or without."""
    limits = {}
    for i in range(rng.choice([1, 1, 2, 3])):
        start, end = rng.sample(ground.zones, 2)
        limits[f"i{i}"] = {
            "from_zone": start,
            "to_zone": end,
            "forward_mw": rng.choice([10, 40, 120]),
            "reverse_mw": rng.choice([0, 30, 80]),
            "loss_frac": rng.choice([0, 0, 0.1, 0.5]),
        }
    return {"limits": limits}


def adequacy(rng: Random, ground: Ground) -> Data:
    """The surplus as stated, a part of it, or a share of the peak."""
    settings: Data = {}
    maybe(rng, 0.3, settings, "surplus_share_frac", [0.0, 0.5])
    maybe(rng, 0.2, settings, "surplus_of_peak_frac", [0.0, 0.05])
    return settings


def _technology(rng: Random, ground: Ground) -> Data:
    """A technology."""
    tech: Data = {
        "unit_mw": rng.choice([15, 30, 80]),
        "delivery": rng.choice([["on_site"], ["grid"], ["on_site", "grid"]]),
        "connection": rng.choice(["high_voltage", "medium_voltage"]),
        "overnight_usd_per_kw": rng.choice([0, 500, 3000]),
        "fixed_om_usd_per_kw_year": rng.choice([0, 20]),
        "heat_rate_mmbtu_per_mwh": rng.choice([0, 8]),
        "fuel_usd_per_mmbtu": rng.choice([2, 6]),
        "capacity_factor_frac": rng.choice([1, 0.9, 0.3]),
        "capacity_credit_frac": rng.choice([1, 0.6, 0.2, 0]),
        "permitting_months": rng.choice([0, 6]),
        "equipment_lead_months": rng.choice([0, 4]),
        "equipment_overlap_months": rng.choice([0, 2]),
        "construction_months": rng.choice([0, 6, 12]),
        "emissions_t_per_mwh": rng.choice([0, 0.4]),
        "water_gal_per_mwh": rng.choice([0, 300]),
        "acres_per_mw": rng.choice([0, 0, 1]),
    }
    maybe(rng, 0.2, tech, rng.choice(["solar_weight", "battery_weight", "wind_weight"]), [1])
    maybe(rng, 0.2, tech, "max_units_per_place", [1, 2])
    maybe(rng, 0.3, tech, "max_starts_per_year", [1, 2])
    maybe(rng, 0.2, tech, "available_from", [ground.month(rng)])
    maybe(rng, 0.15, tech, "states", [["TX"]])
    if "transformers" in ground.on and rng.random() < 0.5:
        tech |= {"step_up_class": "step_up", "step_up_per_unit": rng.choice([1, 2])}
    return tech


def plants(rng: Random, ground: Ground) -> Data:
    """One to three technologies, in order or under shared builders; named plants; N+1."""
    techs = {f"t{i}": _technology(rng, ground) for i in range(rng.choice([1, 1, 2, 3]))}
    settings: Data = {"technologies": techs}
    if len(techs) > 1 and rng.random() < 0.6:
        techs["t1"] |= {
            "after": "t0",
            "after_units": rng.choice([1, 2, 3]),
            "after_milestone": rng.choice(["start", "in_service"]),
        }
    if rng.random() < 0.25:
        slots = {"technologies": sorted(techs), "max_units_under_construction": rng.choice([1, 2])}
        settings["construction_slots"] = {"builders": slots}
    if rng.random() < 0.3:
        settings["n_plus_1"] = rng.choice(["islanded", "all"])
    named: Data = {}
    for j in ("p0", "p1")[: rng.choice([0, 0, 1, 2])]:
        named[j] = {
            "technology": "t0",
            "zone": rng.choice(ground.zones),
            "capacity_mw": rng.choice([20, 60, 110]),
            "overnight_usd": rng.choice([0, 5e7]),
            "earliest_in_service": ground.month(rng),
            "lead_time_months": rng.choice([0, 6]),
        }
        maybe(rng, 0.2, named[j], "retires_on", [ground.month(rng)])
        maybe(rng, 0.3, named[j], "rights_mw", [15, 40])
        maybe(rng, 0.3, named[j], "exclusive_group", ["pair"])
        maybe(rng, 0.2, named[j], "decide_by", [ground.month(rng)])
    if len(named) == 2 and rng.random() < 0.4:
        named["p1"]["rights_from"] = "p0"
        maybe(rng, 0.5, named["p1"], "own_rights_from", [ground.month(rng)])
    return settings | {"named": named}


def bridge(rng: Random, ground: Ground) -> Data:
    """One or two products on rent."""
    products = {}
    for name in ("r0", "r1")[: rng.choice([1, 2])]:
        product: Data = {
            "unit_mw": rng.choice([5, 12, 40]),
            "connection": rng.choice(["high_voltage", "medium_voltage"]),
            "capacity_credit_frac": rng.choice([1, 0.5]),
            "mobilisation_months": rng.choice([0, 3, 8]),
            "mobilisation_usd_per_unit": rng.choice([0, 1e6]),
            "rent_usd_per_mw_month": rng.choice([0, 20000, 90000]),
            "variable_om_usd_per_mwh": rng.choice([5, 80]),
            "emissions_t_per_mwh": rng.choice([0, 0.6]),
            "water_gal_per_mwh": rng.choice([0, 100]),
        }
        maybe(rng, 0.4, product, "permit_hours_per_year", [0, 3000, 7000])
        maybe(rng, 0.3, product, "max_units_per_site", [1, 3])
        maybe(rng, 0.3, product, "fleet_units", [1, 3])
        maybe(rng, 0.2, product, "available_from", [ground.month(rng)])
        maybe(rng, 0.2, product, "available_until", [ground.month(rng)])
        products[name] = product
    return {"products": products}


def network(rng: Random, ground: Ground) -> Data:
    """A tree of three to five buses with a loop or two of thin lines."""
    buses = [f"b{i}" for i in range(rng.choice([2, 3, 4, 5]))]
    pairs = [(buses[rng.randrange(i)], buses[i]) for i in range(1, len(buses))]
    for _ in range(rng.choice([0, 1, 2]) if len(buses) > 2 else 0):
        one, two = rng.sample(buses, 2)
        pairs.append((one, two))
    branches: Data = {}
    for i, (one, two) in enumerate(pairs):
        branches[f"l{i}"] = {"from_bus": one, "to_bus": two, "x_pu": rng.choice([0.05, 0.1, 0.3])}
        maybe(rng, 0.9, branches[f"l{i}"], "rating_mw", [5, 15, 40])
        maybe(rng, 0.1, branches[f"l{i}"], "shift_deg", [2])
        maybe(rng, 0.1, branches[f"l{i}"], "angle_max_deg", [0.5, 2])
        maybe(rng, 0.1, branches[f"l{i}"], "angle_min_deg", [-0.5, -2])
    return {
        "buses": {b: {"load_mw": rng.choice([0, 5, 20])} for b in buses},
        "branches": branches,
        "generators": {
            "g0": {"bus": buses[0], "max_mw": 300, "min_mw": rng.choice([0, 5])},
            "g1": {"bus": rng.choice(buses), "max_mw": rng.choice([5, 40])},
        },
        "bus_of_site": {s: rng.choice(buses[1:]) for s in ground.sites},
        "load_growth_frac_per_year": rng.choice([0, 0.03]),
        "is_n_minus_1": rng.random() < 0.4,
    }
