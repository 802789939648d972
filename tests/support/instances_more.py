"""Additions to a random scenario, each from a generator of its own: one in does not disturb the others."""

from __future__ import annotations

from random import Random
from typing import Any


def add_more(scenario: dict[str, Any], seed: int, *, is_tiny: bool) -> None:
    """Every addition in turn."""
    for add in (
        _curtailment,
        _order,
        _bridge,
        _footprint,
        _ratepayer,
        _workloads,
        _ride_through,
        _equipment,
    ):
        add(scenario, Random(f"{seed} {add.__name__}"), is_tiny)


def _curtailment(scenario: dict[str, Any], rng: Random, is_tiny: bool) -> None:
    """Curtailment tiers and rivals in some scenarios that have headroom."""
    components = scenario["components"]
    if "headroom" not in components or rng.random() < 0.5:
        return
    if rng.random() < 0.6:
        components["headroom"]["rivals"] = {
            f"rival{i}": {
                **rng.choice(
                    [
                        {"zone": "east"},
                        {"node": "shared"} if scenario["nodes"] else {"zone": "east"},
                    ]
                ),
                "draw_mw": rng.choice([20, 35]),
                "in_service": rng.choice(["2026-01", "2027-07"]),
                "probability_frac": rng.choice([0.3, 0.5, 1.0]),
            }
            for i in range(rng.choice([1, 2]))
        }
        if rng.random() < 0.5:
            components["headroom"]["rival_percentile_frac"] = rng.choice([0.5, 0.8, 0.95])
    if rng.random() < 0.6:
        firm = {name: zone.pop("headroom_mw") for name, zone in scenario["zones"].items()}
        for name, zone in scenario["zones"].items():
            zone["headroom_mw_0_5pct"] = firm[name] / 2
            zone["headroom_mw_5pct"] = firm[name]
            if rng.random() < 0.5:
                zone["headroom_mw_0pct"] = 0.25 * firm[name]
        deepest = {"hours_per_year": 1800, "depth_frac": rng.choice([1.0, 0.5])}
        if rng.random() < 0.4:
            deepest["connection_months"] = rng.choice([0, 6])
        components["curtailment"] = {
            "tiers": {"0_5pct": {"hours_per_year": 180}, "5pct": deepest},
            "flexible_frac": {"training": rng.choice([0.0, 0.4, 1.0])},
            "lost_usd_per_mwh": rng.choice([0, 300, 3000]),
        }


def _order(scenario: dict[str, Any], rng: Random, is_tiny: bool) -> None:
    """A second generation, shared builders, exclusive groups, retirements and N+1 in some."""
    plants = scenario["components"].get("plants")
    if plants is None or rng.random() < 0.4:
        return
    first = plants["technologies"]["engine"]
    if len(scenario["sites"]) == 1 and rng.random() < 0.5:
        plants["technologies"]["engine_next"] = {
            **first,
            "overnight_usd_per_kw": first["overnight_usd_per_kw"] / 2,
            "construction_months": rng.choice([0, 6]),
            "after": "engine",
            "after_units": rng.choice([1, 2]),
            "after_milestone": rng.choice(["start", "in_service"]),
        }
    if rng.random() < 0.3:
        plants["construction_slots"] = {
            "crews": {
                "technologies": sorted(plants["technologies"]),
                "max_units_under_construction": rng.choice([0, 1]),
            }
        }
    plants["n_plus_1"] = rng.choice(["none", "islanded", "all"])
    for plant in plants["named"].values():
        if rng.random() < 0.3:
            plant["decide_by"] = rng.choice(["2027-01", "2027-07"])
        if rng.random() < 0.3:
            plant["retires_on"] = rng.choice(["2027-07", "2028-01"])
        if rng.random() < 0.4:
            plant["exclusive_group"] = "rights"


def _bridge(scenario: dict[str, Any], rng: Random, is_tiny: bool) -> None:
    """Rented units in some scenarios with power: engines, or batteries without energy."""
    components = scenario["components"]
    counted = {"plants", "transformers"} & set(components)
    many = len(scenario["sites"]) > 1 and len(counted) > 1
    if "energy" not in components or (is_tiny and many) or rng.random() < 0.6:
        return
    unit: dict[str, Any] = {
        "unit_mw": rng.choice([40, 75]),
        "connection": rng.choice(["high_voltage", "medium_voltage", "medium_voltage"]),
        "capacity_credit_frac": rng.choice([0.7, 1.0]),
        "mobilisation_months": rng.choice([0, 3, 6]),
        "mobilisation_usd_per_unit": rng.choice([0, 5e5, 3e6]),
        "rent_usd_per_mw_month": rng.choice([2000, 20000, 40000]),
        "permit_hours_per_year": rng.choice([0, 4000, 8760, 8760]),
        "variable_om_usd_per_mwh": 2,
        "heat_rate_mmbtu_per_mwh": rng.choice([6, 10]),
        "fuel_usd_per_mmbtu": 4,
        "emissions_t_per_mwh": 0.5,
        "water_gal_per_mwh": rng.choice([0, 50]),
        "max_units_per_site": rng.choice([1, 2]) if is_tiny and not counted else 1,
    }
    if rng.random() < 0.4:
        unit["fleet_units"] = 1
    if rng.random() < 0.2:
        unit["available_from"] = "2027-07"
    if rng.random() < 0.3:
        unit["available_until"] = rng.choice(["2028-01", "2028-06"])
    components["bridge"] = {"products": {"genset": unit}}


def _footprint(scenario: dict[str, Any], rng: Random, is_tiny: bool) -> None:
    """Carbon, water and cooling: each family in every other scenario, each cap in some of them."""
    components, sites = scenario["components"], scenario["sites"]
    if "energy" not in components:
        return
    scale = 1 if is_tiny else 4
    year, month = scenario["horizon"]["steps"][-1]["until"].split("-")
    last_year = year if month != "01" else str(int(year) - 1)
    for zone in scenario["zones"].values():
        zone["carbon_kg_per_mwh"] = rng.choice([0, 300, 700])
    for technology in components.get("plants", {}).get("technologies", {}).values():
        technology["emissions_t_per_mwh"] = rng.choice([0, 0.4])
        technology["water_gal_per_mwh"] = rng.choice([0, 500])
    for number, site in enumerate(sites.values()):
        site.setdefault("agency", ("DOE", "BLM")[number % 2])
        site["basin"] = ("lower", "upper")[(number + rng.choice([0, 1])) % 2]
    if rng.random() < 0.4:
        components["emissions"] = {
            "price_usd_per_t": rng.choice([0, 20, 100]),
            **_caps(
                rng,
                "t",
                last_year,
                {"zone": "east", "agency": sites["s0"]["agency"]},
                90000 * scale,
            ),
        }
    if rng.random() < 0.4:
        components["water"] = {
            "price_usd_per_m3": rng.choice([0, 0.5, 4]),
            **_caps(
                rng,
                "m3",
                last_year,
                {"basin": sites["s0"]["basin"], "agency": sites["s0"]["agency"]},
                200000 * scale,
            ),
        }
    if rng.random() < 0.5:
        components["energy"].pop("pue", None)
        components["cooling"] = _cooling(rng)
        for workload in components["workloads"]["kinds"].values():
            if rng.random() < 0.5:
                workload["rack_kw"] = rng.choice([40, 120])


def _caps(
    rng: Random, unit: str, last_year: str, groups: dict[str, str], most: int
) -> dict[str, Any]:
    """Some caps of a year, on everything, on the last year, or on a group."""
    caps: dict[str, Any] = {}
    amounts = [most // 6, most // 2, most]
    if rng.random() < 0.4:
        caps[f"max_{unit}_per_year"] = rng.choice(amounts)
    if rng.random() < 0.4:
        caps[f"max_{unit}_per_year_by_year"] = {last_year: rng.choice(amounts)}
    for field, name in groups.items():
        if rng.random() < 0.4:
            caps[f"max_{unit}_per_year_by_{field}"] = {name: rng.choice(amounts)}
    return caps


def _cooling(rng: Random) -> dict[str, Any]:
    """A dry option for every rack and a wet one, sometimes only for light racks."""
    dry = {"pue": 1.25, "usd_per_it_mw_year": rng.choice([0, 15000])}
    wet = {"pue": 1.1, "water_m3_per_it_mwh": 1.5, "usd_per_it_mw_year": rng.choice([0, 8000])}
    if rng.random() < 0.5:
        wet["max_rack_kw"] = rng.choice([30, 60])
    return {"options": {"dry": dry, "wet": wet}}


PRICE_CURVES = (
    ((0.0, 300), (0.1, 100), (0.2, 50)),
    ((-0.05, 500), (0.06, 30)),
    ((0.0, 200), (0.05, 100), (0.1, 0)),
    ((0.0, 40), (0.5, 40)),
)


def _ratepayer(scenario: dict[str, Any], rng: Random, is_tiny: bool) -> None:
    """In half of the scenarios with power: bills of other customers, capped in most of them."""
    if "energy" not in scenario["components"] or rng.random() < 0.5:
        return
    scale = 1 if is_tiny else 4
    for zone in scenario["zones"].values():
        peaks = rng.choice([(1000, 800), (900, 1000), (400, 0), (0, 0)])
        zone["summer_peak_mw"], zone["winter_peak_mw"] = (scale * peak for peak in peaks)
    for node in scenario["nodes"].values():
        if rng.random() < 0.5:
            del node["zone"]
    settings: dict[str, Any] = {
        "cost_causation": rng.random() < 0.3,
        "socialised_share_frac": rng.choice([0.5, 1.0]),
        "capacity_price_curve": [
            {"surplus_frac": surplus, "price_usd_per_mw_day": price}
            for surplus, price in rng.choice(PRICE_CURVES)
        ],
        "retail_usd_per_mwh": rng.choice([80, 120]),
        "zone_load_factor_frac": 0.5,
    }
    if rng.random() < 0.7:
        settings["max_bill_effect_frac"] = rng.choice([0.0, 0.0004, 0.01, 0.05])
    if scenario["zones"]["east"]["summer_peak_mw"] and rng.random() < 0.4:
        settings["max_bill_effect_by_zone_frac"] = {"east": rng.choice([0.0, 0.0006, 0.02])}
    scenario["components"]["ratepayer"] = settings


def _workloads(scenario: dict[str, Any], rng: Random, is_tiny: bool) -> None:
    """Training that grows where it stands, in one place, or that costs to move, in some."""
    training = scenario["components"]["workloads"]["kinds"]["training"]
    scale = 1 if is_tiny else 4
    if rng.random() < 0.2:
        training["campus_floors"] = [
            {"from_date": "2027-01", "it_mw": rng.choice([0, 20]) * scale},
            {"from_date": "2028-01", "it_mw": rng.choice([30, 50]) * scale},
        ]
    if rng.random() < 0.2:
        training["max_sites"] = rng.choice([1, 1, 2])
    if rng.random() < 0.2:
        training["move_usd_per_mw"] = rng.choice([10000, 300000])


def _ride_through(scenario: dict[str, Any], rng: Random, is_tiny: bool) -> None:
    """In some scenarios with power, a limit on what trips by zone, by node or by default."""
    components = scenario["components"]
    if "energy" not in components or rng.random() < 0.6:
        return
    scale = 1 if is_tiny else 4
    settings: dict[str, Any] = {
        "overnight_usd_per_mw": rng.choice([0, 2e5, 1e6]),
        "lifetime_years": 15,
        "lead_months": rng.choice([0, 3, 6]),
    }
    used = {site["zone"] for site in scenario["sites"].values() if "zone" in site}
    nodes = {site["node"] for site in scenario["sites"].values() if "node" in site}
    if used and rng.random() < 0.7:
        node = {"nodes": sorted(nodes)} if nodes and rng.random() < 0.5 else {}
        area = node or {"zones": [sorted(used)[0]]}
        limit = rng.choice([0, 25, 60]) * scale
        settings["limits"] = {"area": {**area, "max_trip_mw": limit}}
    if "limits" not in settings or rng.random() < 0.4:
        settings["max_trip_mw_per_zone"] = rng.choice([15, 45]) * scale
    if rng.random() < 0.2:
        settings["available_from"] = "2027-07"
    components["ride_through"] = settings


BREAKER = {
    "role": "breaker",
    "units_per_bank": 1,
    "lead_times": [{"ordered_from": "2027-01", "weeks": 30}],
    "overnight_usd_per_unit": 4e5,
}
SWITCHGEAR = {
    "role": "switchgear",
    "unit_mva": 60,
    "lead_times": [{"ordered_from": "2027-01", "weeks": 20}],
    "overnight_usd_per_unit": 7e5,
}


def _slot(rng: Random) -> dict[str, Any]:
    """A slot booked before the horizon, sometimes worth more given up than it cost."""
    return {
        "delivered": rng.choice(["2026-10", "2027-06", "2028-01", "2031-01"]),
        "units": rng.choice([1, 2]),
        "paid_frac": rng.choice([0.1, 0.6]),
        "resale_frac": rng.choice([0.0, 0.1, 1.2]),
    }


def _equipment(scenario: dict[str, Any], rng: Random, is_tiny: bool) -> None:
    """Further classes and sources of equipment where one site, or many, buy transformers."""
    transformers = scenario["components"].get("transformers")
    if transformers is None or (is_tiny and len(scenario["sites"]) > 1):
        return
    if is_tiny:
        _tiny_equipment(rng, transformers)
    else:
        _medium_equipment(rng, transformers)


def _tiny_equipment(rng: Random, settings: dict[str, Any]) -> None:
    """In three scenarios of four one or two of what makes equipment more than plain banks."""
    bank = settings["classes"]["bank"]
    feature = rng.choice(["none", "other classes", "sources", "spares"])
    if feature == "other classes":
        stock, weeks = rng.choice([0, 0, 2]), rng.choice([10, 30])
        kind = rng.choice(["breaker", "switchgear", "refurbished"])
        more = {"stock_units": stock, "lead_times": [{"ordered_from": "2027-01", "weeks": weeks}]}
        if kind == "refurbished":
            more.update(unit_mva=rng.choice([40, 80]), max_units=1, stock_units=0)
            more.update(overnight_usd_per_unit=rng.choice([5e5, 6e6]))
        base = {"breaker": BREAKER, "switchgear": SWITCHGEAR, "refurbished": bank}[kind]
        settings["classes"][kind] = {**base, **more}
    if feature == "sources":
        if rng.random() < 0.6:
            bank["reserve_units"] = 1
            bank["reserve_from"] = rng.choice(["2027-01", "2027-07"])
            bank["reserve_weeks"] = rng.choice([8, 30])
            bank["reserve_usd_per_unit"] = rng.choice([0, 8e6])
        if rng.random() < 0.6:
            bank["booked"] = [_slot(rng)]
        if rng.random() < 0.4:
            bank["max_units"] = rng.choice([0, 1])
    if feature == "spares":
        settings["spare_banks"] = 1
        settings["spare_grace_months"] = rng.choice([3, 6, 12])
        if rng.random() < 0.5:
            settings["classes"]["breaker"] = {**BREAKER, "stock_units": rng.choice([0, 1])}


def _medium_equipment(rng: Random, settings: dict[str, Any]) -> None:
    """At most one other class, or other sources of the main bank."""
    classes = settings["classes"]
    feature = rng.choice(["none", "breaker", "switchgear", "refurbished", "sources"])
    if feature == "breaker":
        classes["breaker"] = {**BREAKER, "units_per_step_up": 1, "stock_units": 2}
    if feature == "switchgear":
        classes["switchgear"] = SWITCHGEAR
    if feature == "refurbished":
        weeks = [{"ordered_from": "2027-01", "weeks": 10}]
        more = {"max_units": 1, "stock_units": 0, "lead_times": weeks, "unit_mva": 40}
        classes["refurbished"] = {**classes["bank"], **more}
    if feature == "sources":
        classes["bank"].update(reserve_units=2, reserve_weeks=10, reserve_usd_per_unit=6e6)
        classes["bank"]["booked"] = [_slot(rng)]
