"""Changes of a scenario that can only help: one more candidate, one more option, a wider limit; and changes
that can do nothing: a candidate so dear, or so late, that nobody takes it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

Data = dict[str, Any]
Change = Callable[[Data, Random], bool]
"""Changes a scenario in place; whether there was anything to change."""


def family(scenario: Data, *path: str) -> Data | None:
    """Settings of a family, or a part of them, if they are there."""
    place = scenario["components"]
    for key in path:
        if key not in place:
            return None
        place = place[key]
    found: Data = place
    return found


# one more candidate


def more_sites(scenario: Data, rng: Random) -> bool:
    """A site like another, that has to be reviewed and prepared like any."""
    name = rng.choice(sorted(scenario["sites"]))
    site = deepcopy(scenario["sites"][name])
    more = rng.choice(["a-site", "z-site"])
    if rng.random() < 0.5:
        site["max_it_mw"] = 10
    if "zone" in site and "node" not in site and rng.random() < 0.5:
        site["zone"] = rng.choice(sorted(scenario["zones"]))
    scenario["sites"][more] = site
    network = family(scenario, "network")
    if network and name in network["bus_of_site"]:
        network["bus_of_site"][more] = network["bus_of_site"][name]
    return True


def more_nodes(scenario: Data, rng: Random) -> bool:
    """A point of interconnection at which no site stands."""
    zone = rng.choice(sorted(scenario["zones"]))
    scenario["nodes"]["a-node"] = {"zone": zone, "capacity_mw": rng.choice([0, 100])}
    return True


def more_zones(scenario: Data, rng: Random) -> bool:
    """A zone without a site, joined to another where zones are."""
    end = rng.choice(sorted(scenario["zones"]))
    scenario["zones"]["a-zone"] = {
        "accredited_surplus_mw": rng.choice([0, 100]),
        "headroom_mw": rng.choice([0, 100]),
        "summer_peak_mw": rng.choice([0, 1000]),
    }
    if limits := family(scenario, "interfaces", "limits"):
        limits["more"] = {"from_zone": "a-zone", "to_zone": end, "forward_mw": 50, "reverse_mw": 50}
    return True


def more_technologies(scenario: Data, rng: Random) -> bool:
    """A kind of plant like another, with other delivery or size."""
    kinds = family(scenario, "plants", "technologies")
    if not kinds:
        return False
    name = rng.choice(sorted(kinds))
    more = {**kinds[name], "unit_mw": rng.choice([15, 100])}
    more["delivery"] = rng.choice([["on_site"], ["grid"], ["on_site", "grid"]])
    kinds["more"] = more
    return True


def more_upgrades(scenario: Data, rng: Random) -> bool:
    """An upgrade of a zone, or of a node that is stated."""
    settings = family(scenario, "headroom")
    if settings is None:
        return False
    places = [{"zone": zone} for zone in scenario["zones"]]
    places += [{"node": node} for node in scenario["nodes"]]
    settings.setdefault("upgrades", {})["more"] = {
        **rng.choice(places),
        "added_mw": 80,
        "lead_time_months": rng.choice([0, 6]),
        "overnight_usd": rng.choice([0, 5e6]),
    }
    return True


def more_named_plants(scenario: Data, rng: Random) -> bool:
    """A plant with a name and rights of its own."""
    plants = family(scenario, "plants")
    if not plants:
        return False
    plants.setdefault("named", {})["more"] = {
        "technology": rng.choice(sorted(plants["technologies"])),
        "zone": rng.choice(sorted(scenario["zones"])),
        "capacity_mw": rng.choice([30, 90]),
        "overnight_usd": rng.choice([0, 3e6]),
        "earliest_in_service": rng.choice(["2026-01", "2027-07"]),
    }
    return True


# a candidate that nobody takes

DEAR_USD = 1e11
"""More than any plan of the random scenarios costs."""
NEVER_MONTHS = 600


def dear_site(scenario: Data, rng: Random) -> bool:
    """A site in any zone that costs too much to prepare."""
    site: Data = {"preparation_usd": DEAR_USD, "max_it_mw": rng.choice([10, 500])}
    if rng.random() < 0.9:
        site["zone"] = rng.choice(sorted(scenario["zones"]))
    scenario["sites"][rng.choice(["a-site", "z-site"])] = site
    network = family(scenario, "network")
    if network and "zone" in site:
        network["bus_of_site"]["a-site"] = network["bus_of_site"]["z-site"] = "b1"
        network["bus_of_site"] = {
            s: bus for s, bus in network["bus_of_site"].items() if s in scenario["sites"]
        }
    return True


def dear_technology(scenario: Data, rng: Random) -> bool:
    """A kind of plant that costs too much."""
    kinds = family(scenario, "plants", "technologies")
    if not kinds:
        return False
    kinds["dear"] = {**kinds[min(kinds)], "overnight_usd_per_kw": DEAR_USD / 1e4}
    kinds["dear"]["delivery"] = rng.choice([["on_site"], ["grid"], ["on_site", "grid"]])
    return True


def dear_upgrade(scenario: Data, rng: Random) -> bool:
    """An upgrade of a zone that costs too much."""
    settings = family(scenario, "headroom")
    if settings is None:
        return False
    zone = rng.choice(sorted(scenario["zones"]))
    more = {"zone": zone, "added_mw": 500, "lead_time_months": 0, "overnight_usd": DEAR_USD}
    settings.setdefault("upgrades", {})["dear"] = more
    return True


def lone_zone(scenario: Data, rng: Random) -> bool:
    """A zone that is joined to none."""
    scenario["zones"]["lone"] = {
        "accredited_surplus_mw": 500,
        "headroom_mw": 500,
        "summer_peak_mw": rng.choice([0, 1000]),
    }
    return True


def late_tier(scenario: Data, rng: Random) -> bool:
    """A tier that connects after the horizon, in zones that state nothing for it."""
    tiers = family(scenario, "curtailment", "tiers")
    left = [
        t
        for t in ("0_25pct", "0_5pct", "1pct", "5pct")
        if tiers is not None
        and t not in tiers
        and not any(f"headroom_mw_{t}" in zone for zone in scenario["zones"].values())
    ]
    if tiers is None or not left:
        return False
    tiers[rng.choice(left)] = {"hours_per_year": 500, "connection_months": NEVER_MONTHS}
    return True


def dear_cooling(scenario: Data, rng: Random) -> bool:
    """A way of cooling that costs too much and takes much power."""
    options = family(scenario, "cooling", "options")
    if not options:
        return False
    options["dear"] = {"pue": 1.7, "usd_per_it_mw_year": DEAR_USD / 10}
    return True


def dear_equipment(scenario: Data, rng: Random) -> bool:
    """A class of main bank that costs too much."""
    settings = family(scenario, "transformers")
    if not settings:
        return False
    bank = {**settings["classes"]["bank"], "unit_mva": rng.choice([20, 400])}
    bank |= {"stock_units": 0, "booked": [], "reserve_units": 0, "overnight_usd_per_unit": DEAR_USD}
    settings["classes"]["dear"] = bank
    return True


def dear_product(scenario: Data, rng: Random) -> bool:
    """A product for rent that costs too much."""
    products = family(scenario, "bridge", "products")
    if not products:
        return False
    products["dear"] = {**products["genset"], "rent_usd_per_mw_month": DEAR_USD / 1e3}
    return True


# one more option


def more_tiers(scenario: Data, rng: Random) -> bool:
    """A tier that was not on offer."""
    tiers = family(scenario, "curtailment", "tiers")
    left = [
        t for t in ("0_25pct", "0_5pct", "1pct", "5pct") if tiers is not None and t not in tiers
    ]
    if tiers is None or not left:
        return False
    more: Data = {"hours_per_year": 500, "depth_frac": rng.choice([1.0, 0.6])}
    if rng.random() < 0.5:
        more["connection_months"] = rng.choice([0, 3, 24])
    tiers[rng.choice(left)] = more
    return True


def more_cooling(scenario: Data, rng: Random) -> bool:
    """A way of cooling that takes more power, or less."""
    options = family(scenario, "cooling", "options")
    if not options:
        return False
    options["more"] = {"pue": rng.choice([1.05, 1.5]), "usd_per_it_mw_year": rng.choice([0, 9000])}
    return True


def more_equipment(scenario: Data, rng: Random) -> bool:
    """A class of main bank of another size, or another source of one."""
    settings = family(scenario, "transformers")
    if not settings:
        return False
    bank = settings["classes"]["bank"]
    way = rng.choice(["class", "stock", "reserve", "both"])
    if way == "class":
        size = rng.choice([20, 150])
        settings["classes"]["more"] = {**bank, "unit_mva": size, "stock_units": 0, "booked": []}
    elif way == "stock":
        bank["stock_units"] = bank.get("stock_units", 0) + 2
    elif way == "reserve":
        bank["reserve_units"] = bank.get("reserve_units", 0) + 1
    else:
        settings["procurement"] = "both"
    return True


def more_rented(scenario: Data, rng: Random) -> bool:
    """Another product for rent."""
    products = family(scenario, "bridge", "products")
    if not products:
        return False
    products["more"] = {**products["genset"], "unit_mw": rng.choice([10, 30])}
    return True


def more_reviews(scenario: Data, rng: Random) -> bool:
    """A programmatic review from which sites may tier."""
    land = scenario["components"]["land"]
    if "programmatic" in land:
        return False
    land.setdefault("review_paths", {}).setdefault("short", {"months": 3, "cost_usd": 200000})
    land["programmatic"] = {
        "more": {
            "sites": sorted(scenario["sites"]),
            "months": rng.choice([0, 6]),
            "cost_usd": rng.choice([0, 1e6]),
            "tiered_path": "short",
        }
    }
    return True


# a wider limit

WIDER: tuple[tuple[str, str, float | None], ...] = (
    ("zones.*.headroom_mw", "multiply", 2),
    ("zones.*.headroom_mw", "remove", None),
    ("zones.*.accredited_surplus_mw", "add", 40),
    ("zones.*.reserve_margin_frac", "multiply", 0.5),
    ("zones.*.connection_months", "multiply", 0.5),
    ("zones.*.generation_queue_months", "multiply", 0),
    ("nodes.*.capacity_mw", "add", 60),
    ("sites.*.max_it_mw", "multiply", 2),
    ("sites.*.max_it_mw", "remove", None),
    ("sites.*.gen_tie_km", "multiply", 0),
    ("components.land.max_sites", "remove", None),
    ("components.land.max_sites_by_agency", "remove", None),
    ("components.land.max_sites_by_state", "remove", None),
    ("components.land.max_commitments_per_year", "remove", None),
    ("components.campus.min_campus_it_mw", "remove", None),
    ("components.campus.max_new_it_mw_per_year", "remove", None),
    ("components.campus.shell_months", "multiply", 0),
    ("components.budget", "remove", None),
    ("components.adequacy", "remove", None),
    ("components.ratepayer", "remove", None),
    ("components.ride_through", "remove", None),
    ("components.network", "remove", None),
    ("components.emissions", "remove", None),
    ("components.water", "remove", None),
    ("components.interfaces.limits.*.forward_mw", "add", 40),
    ("components.interfaces.limits.*.reverse_mw", "add", 40),
    ("components.interfaces.limits.*.loss_frac", "multiply", 0),
    ("components.ratepayer.max_bill_effect_frac", "add", 0.01),
    ("components.ratepayer.max_bill_effect_by_zone_frac.*", "add", 0.01),
    ("components.ratepayer.cost_causation", "true", None),
    ("components.ratepayer.socialised_share_frac", "multiply", 0.5),
    ("components.headroom.is_zone_limited", "false", None),
    ("components.headroom.rivals", "remove", None),
    ("components.curtailment.flexible_frac.training", "one", None),
    ("components.plants.technologies.*.after_units", "multiply", 0),
    ("components.plants.technologies.*.max_units_per_place", "remove", None),
    ("components.plants.technologies.*.max_starts_per_year", "remove", None),
    ("components.plants.technologies.*.capacity_credit_frac", "one", None),
    ("components.plants.technologies.*.capacity_factor_frac", "one", None),
    ("components.plants.technologies.*.construction_months", "multiply", 0),
    ("components.plants.named.*.decide_by", "remove", None),
    ("components.plants.named.*.retires_on", "remove", None),
    ("components.plants.named.*.exclusive_group", "remove", None),
    ("components.plants.construction_slots", "remove", None),
    ("components.plants.n_plus_1", "remove", None),
    ("components.bridge.products.*.fleet_units", "remove", None),
    ("components.bridge.products.*.max_units_per_site", "multiply", 3),
    ("components.bridge.products.*.mobilisation_months", "multiply", 0),
    ("components.bridge.products.*.available_until", "remove", None),
    ("components.bridge.products.*.available_from", "remove", None),
    ("components.transformers.classes.*.slots_per_year", "remove", None),
    ("components.transformers.classes.*.max_units", "remove", None),
    ("components.transformers.classes.*.install_months", "multiply", 0),
    ("components.transformers.spare_banks", "multiply", 0),
    ("components.transformers.spare_grace_months", "add", 6),
    ("components.workloads.kinds.*.min_campus_it_mw", "remove", None),
    ("components.workloads.kinds.*.campus_floors", "remove", None),
    ("components.workloads.kinds.*.max_sites", "remove", None),
    ("components.workloads.kinds.*.move_usd_per_mw", "remove", None),
    ("components.workloads.kinds.*.rack_kw", "remove", None),
    ("components.workloads.kinds.*.delay_cost_usd_per_mw_month", "multiply", 0.5),
)
"""Path of a limit, how it is widened, by what; not acres, which size the parts of a lease in phases."""


def _holders(data: Data, path: str) -> list[tuple[Data, str]]:
    """Every mapping that holds the last key of a path, with that key."""
    *parents, last = path.split(".")
    places = [data]
    for key in parents:
        found = [p for p in places if isinstance(p, dict)]
        places = [p[k] for p in found for k in (sorted(p) if key == "*" else [key]) if k in p]
    keys = [(p, k) for p in places for k in (sorted(p) if last == "*" else [last]) if k in p]
    return keys


def wider(path: str, way: str, amount: float | None) -> Change:
    """A change that widens every limit of a path."""

    def change(scenario: Data, rng: Random) -> bool:
        held = _holders(scenario, path)
        if path.endswith("is_zone_limited") and "headroom" in scenario["components"]:
            held = [(scenario["components"]["headroom"], "is_zone_limited")]
        for place, key in held:
            if way == "remove":
                del place[key]
            elif way in ("true", "false"):
                place[key] = way == "true"
            elif way == "one":
                place[key] = 1.0
            elif amount is not None:
                value = place[key] + amount if way == "add" else place[key] * amount
                place[key] = type(place[key])(value) if key.endswith("units") else value
        return bool(held)

    return change


NEUTRAL: dict[str, Change] = {
    "dear site": dear_site,
    "dear technology": dear_technology,
    "dear upgrade": dear_upgrade,
    "dear cooling": dear_cooling,
    "dear equipment": dear_equipment,
    "dear product": dear_product,
    "late tier": late_tier,
    "lone zone": lone_zone,
}
CHANGES: dict[str, Change] = {
    **NEUTRAL,
    "one more site": more_sites,
    "one more node": more_nodes,
    "one more zone": more_zones,
    "one more technology": more_technologies,
    "one more upgrade": more_upgrades,
    "one more named plant": more_named_plants,
    "one more tier": more_tiers,
    "one more cooling": more_cooling,
    "more equipment": more_equipment,
    "one more product": more_rented,
    "one more review": more_reviews,
    **{f"{way} {path}": wider(path, way, amount) for path, way, amount in WIDER},
}
