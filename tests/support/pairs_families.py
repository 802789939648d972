"""Random settings of each family, for the scenarios of ``pairs``."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from support import pairs_supply
from support.pairs_ground import Data, Ground, maybe


def _land(rng: Random, ground: Ground) -> Data:
    """Reviews, policies, programmatic reviews, rent, caps."""
    land: Data = {"lease_usd_per_acre_year": rng.choice([0, 3000])}
    if "land" not in ground.rich:
        return land
    land["preparation_usd"] = rng.choice([0, 5e6])
    land["review_paths"] = {
        "quick": {"months": rng.choice([0, 3]), "cost_usd": 1e5},
        "slow": {"months": rng.choice([6, 14]), "cost_usd": rng.choice([0, 2e6])},
        "tiered": {"months": rng.choice([0, 2]), "cost_usd": rng.choice([0, 1e5])},
    }
    maybe(rng, 0.6, land, "default_path", ["quick", "slow"])
    maybe(rng, 0.3, land, "path_by_agency", [{"doe": "slow"}, {"army": {"default": "quick"}}])
    maybe(rng, 0.3, land, "lease_phases", [1, 2, 3])
    if rng.random() < 0.4:
        policy: Data = {"is_on": True, "replaces": {"slow": "quick"}}
        maybe(rng, 0.7, policy, "from_date", [ground.month(rng)])
        land["policies"] = {"waiver": policy}
    if rng.random() < 0.4:
        land["programmatic"] = {
            "plan": {
                "sites": ground.sites[: rng.choice([1, 2])],
                "months": rng.choice([0, 6, 12]),
                "cost_usd": rng.choice([0, 1e6]),
                "tiered_path": "tiered",
            }
        }
    maybe(rng, 0.3, land, "max_sites", [1, 2])
    maybe(rng, 0.2, land, "max_commitments_per_year", [1])
    own = Random(str(land))
    if own.random() < 0.3:
        month = f"{own.choice(ground.starts[:-1]):%Y-%m}"
        land["options"] = {"offers_end": month, "usd_per_acre_year": own.choice([0, 500, 20000])}
    return land


def _workloads(rng: Random, ground: Ground) -> Data:
    """One or two workloads; targets that rise or fall, floors, caps on sites, moves, links."""
    kinds, links = {}, {}
    rich = "workloads" in ground.rich
    for name in ("training", "inference")[: rng.choice([1, 1, 2])]:
        mw = rng.choice([15, 30, 60, 80])
        kind: Data = {
            "targets": [{"from_date": ground.month(rng), "it_mw": mw}],
            "delay_cost_usd_per_mw_month": rng.choice([20000, 100000, 200000, 400000]),
        }
        later = f"{ground.starts[-2]:%Y-%m}"
        if rng.random() < 0.5 and kind["targets"][0]["from_date"] < later:
            change = rng.choice([-10, 20, 40]) if rich else 20
            kind["targets"].append({"from_date": later, "it_mw": mw + change})
            between = f"{ground.starts[len(ground.starts) // 2]:%Y-%m}"
            if rich and rng.random() < 0.25 and kind["targets"][0]["from_date"] < between < later:
                kind["targets"].append({"from_date": between, "it_mw": rng.choice([0, 10])})
        if "cooling" in ground.on and rng.random() < 0.5:
            kind["rack_kw"] = rng.choice([20, 80])
        if rich:
            kind["must_serve"] = rng.random() < 0.1
            maybe(rng, 0.4, kind, "min_campus_it_mw", [10, 25])
            maybe(rng, 0.3, kind, "max_sites", [1, 2])
            maybe(rng, 0.4, kind, "move_usd_per_mw", [1e5, 5e6])
            if rng.random() < 0.3:
                dates = rng.sample(ground.starts, rng.choice([1, 2]))
                kind["campus_floors"] = [
                    {"from_date": f"{day:%Y-%m}", "it_mw": rng.choice([10, 20, 35])}
                    for day in dates
                ]
            if rng.random() < 0.3:
                region = {"from_date": ground.month(rng), "it_mw": rng.choice([10, 40])}
                kind["targets"].append({**region, "region": "coast"})
        kinds[name] = kind
        if rich and rng.random() < 0.4:
            for s in rng.sample(ground.sites, rng.randint(1, len(ground.sites))):
                usd = rng.choice([0, 50000, 500000])
                link = {"workload": name, "site": s, "service_usd_per_mw_year": usd}
                links[f"{name}-{s}"] = link
                if any("region" in target for target in kind["targets"]) and rng.random() < 0.7:
                    links[f"{name}-{s}-coast"] = {**link, "region": "coast"}
    return {"kinds": kinds, "links": links, "regions": {"coast": {}}}


def _energy(rng: Random, ground: Ground) -> Data:
    """Power and energy of load; the PUE is that of ``cooling`` where this is on."""
    energy: Data = {
        "load_factor_frac": rng.choice([1.0, 0.8, 0.5]),
        "network_usd_per_mw_year": rng.choice([0, 0, 20000]),
    }
    if "cooling" not in ground.on:
        energy["pue"] = rng.choice([1.0, 1.0, 1.25])
    return energy


def _campus(rng: Random, ground: Ground) -> Data:
    """Halls."""
    campus: Data = {
        "hall_it_mw": rng.choice([15, 25, 40]),
        "shell_months": rng.choice([0, 3, 7.5, 12]),
        "overnight_usd_per_it_mw": rng.choice([0, 1e6, 5e6]),
        "lifetime_years": 20,
        "fixed_om_usd_per_it_mw_year": rng.choice([0, 30000]),
        "acres_per_it_mw": rng.choice([0, 0.5, 1.5]),
    }
    maybe(rng, 0.3, campus, "min_campus_it_mw", [20, 50])
    maybe(rng, 0.3, campus, "max_new_it_mw_per_year", [20, 45])
    return campus


def _cooling(rng: Random, ground: Ground) -> Data:
    """Dry and wet."""
    return {
        "options": {
            "dry": {"pue": rng.choice([1.2, 1.5]), "max_rack_kw": rng.choice([30, 100])},
            "wet": {
                "pue": 1.1,
                "water_m3_per_it_mwh": rng.choice([0.5, 1.8]),
                "usd_per_it_mw_year": rng.choice([0, 100000]),
            },
        }
    }


def _ride_through(rng: Random, ground: Ground) -> Data:
    """Limits of every zone, or of a group of zones and nodes."""
    settings: Data = {
        "overnight_usd_per_mw": rng.choice([0, 1e5, 5e6]),
        "lead_months": rng.choice([0, 6, 18]),
    }
    maybe(rng, 0.7, settings, "max_trip_mw_per_zone", [0, 15, 40])
    if rng.random() < 0.5:
        settings["limits"] = {
            "area": {
                "zones": rng.sample(ground.zones, rng.randint(0, len(ground.zones))),
                "nodes": ground.nodes[:1],
                "max_trip_mw": rng.choice([0, 20]),
            }
        }
    maybe(rng, 0.2, settings, "available_from", [ground.month(rng)])
    return settings


def _emissions(rng: Random, ground: Ground) -> Data:
    """A price and caps."""
    settings: Data = {"price_usd_per_t": rng.choice([0, 50, 300])}
    maybe(rng, 0.5, settings, "max_t_per_year", [0, 30000, 120000])
    if rng.random() < 0.4:
        settings["max_t_per_year_by_zone"] = {rng.choice(ground.zones): rng.choice([0, 40000])}
    if rng.random() < 0.2:
        settings["max_t_per_year_by_agency"] = {"doe": rng.choice([0, 30000])}
    if rng.random() < 0.2:
        year = str(rng.choice(ground.starts).year)
        settings["max_t_per_year_by_year"] = {year: rng.choice([0, 20000])}
    return settings


def _water(rng: Random, ground: Ground) -> Data:
    """A price and caps."""
    settings: Data = {"price_usd_per_m3": rng.choice([0, 2, 20])}
    maybe(rng, 0.7, settings, "max_m3_per_year", [0, 20000, 100000])
    if rng.random() < 0.3:
        settings["max_m3_per_year_by_agency"] = {"doe": rng.choice([0, 30000])}
    return settings


def _budget(rng: Random, ground: Ground) -> Data:
    """A cap a year or in all."""
    settings: Data = {}
    maybe(rng, 0.6, settings, "max_overnight_usd_per_year", [1e6, 1e7, 4e7])
    maybe(rng, 0.6, settings, "max_overnight_usd", [5e6, 3e7, 1e8])
    return settings


def _ratepayer(rng: Random, ground: Ground) -> Data:
    """A steep curve, and a cap of nothing or of little."""
    return {
        "cost_causation": rng.random() < 0.2,
        "socialised_share_frac": rng.choice([1, 0.5]),
        "capacity_price_curve": [
            {"surplus_frac": rng.choice([-0.1, 0.0]), "price_usd_per_mw_day": 400},
            {"surplus_frac": 0.05, "price_usd_per_mw_day": 150},
            {"surplus_frac": 0.2, "price_usd_per_mw_day": rng.choice([0, 40])},
        ],
        "retail_usd_per_mwh": 100,
        "zone_load_factor_frac": 0.5,
        "max_bill_effect_frac": rng.choice([0, 0, 0.01, 0.05]),
    }


SETTINGS: dict[str, Callable[[Random, Ground], Data]] = {
    "adequacy": pairs_supply.adequacy,
    "bridge": pairs_supply.bridge,
    "budget": _budget,
    "campus": _campus,
    "cooling": _cooling,
    "curtailment": pairs_supply.curtailment,
    "emissions": _emissions,
    "energy": _energy,
    "headroom": pairs_supply.headroom,
    "interfaces": pairs_supply.interfaces,
    "land": _land,
    "network": pairs_supply.network,
    "plants": pairs_supply.plants,
    "ratepayer": _ratepayer,
    "ride_through": _ride_through,
    "transformers": pairs_supply.transformers,
    "water": _water,
    "workloads": _workloads,
}
