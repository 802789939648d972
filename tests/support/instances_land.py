"""What random scenarios get beside reviews and caps: agencies, actions, policies, tiering and lease phases."""

from __future__ import annotations

from random import Random
from typing import Any

Data = dict[str, Any]


def with_land_features(seed: int, scenario: Data) -> Data:
    """Add each feature to some scenarios, from numbers of its own."""
    rng = Random(f"{seed} land")
    land, sites = scenario["components"]["land"], scenario["sites"]
    if rng.random() < 0.4:
        _add_policies(rng, land, sites)
    if rng.random() < 0.4:
        _add_programmatic(rng, land, sites)
    if rng.random() < 0.4:
        _add_phases(rng, scenario)
    return scenario


def _add_phases(rng: Random, scenario: Data) -> None:
    """Leases in phases, at rents that matter, with something that takes acres."""
    land = scenario["components"]["land"]
    land["lease_phases"] = rng.choice([1, 2, 3])
    land["lease_usd_per_acre_year"] = rng.choice([0, 2000, 40000])
    for site in scenario["sites"].values():
        if rng.random() < 0.8:
            site.setdefault("buildable_acres", 100)
    if "campus" in scenario["components"]:
        scenario["components"]["campus"]["acres_per_it_mw"] = 0.6
    for technology in scenario["components"].get("plants", {}).get("technologies", {}).values():
        technology["acres_per_mw"] = 0.2


def _add_programmatic(rng: Random, land: Data, sites: Data) -> None:
    """A programmatic review of an agency or of listed sites, of which some are slow."""
    land["review_paths"]["tiered"] = {
        "months": rng.choice([0, 0, 6]),
        "cost_usd": rng.choice([0, 300000, 2000000]),
    }
    for site in sites.values():
        if rng.random() < 0.85:
            site["review_path"] = "slow"
    land["review_paths"]["slow"]["months"] = rng.choice([6, 12, 24, 24])
    agencies = _agencies(sites)
    named = _lasting(sites)
    listed = sorted(rng.sample(named, rng.randint(1, min(3, len(named)))))
    by_agency = bool(agencies) and rng.random() < 0.5
    land["programmatic"] = {
        "plan": {
            **({"agency": rng.choice(agencies)} if by_agency else {"sites": listed}),
            "months": rng.choice([0, 0, 6, 12]),
            "cost_usd": rng.choice([0, 1000000, 1000000, 5000000]),
            "tiered_path": rng.choice(["tiered", "tiered", "quick"]),
        }
    }


def _lasting(sites: Data) -> list[str]:
    """Sites that settings may name: all but the last of many, which a test takes away."""
    return sorted(sites)[:-1] if len(sites) > 2 else sorted(sites)


def _agencies(sites: Data) -> list[str]:
    """Agencies of those sites."""
    return sorted({sites[s]["agency"] for s in _lasting(sites) if "agency" in sites[s]})


def _add_policies(rng: Random, land: Data, sites: Data) -> None:
    """Agencies with a path for each action, and one or two policies, some not in force."""
    for site in sites.values():
        site["agency"] = rng.choice(["DOE", "BLM"])
        if rng.random() < 0.5:
            site["action"] = "lease"
    lease = rng.choice(["quick", "slow"])
    land["path_by_agency"] = {"DOE": {"default": "slow", "lease": lease}}
    land["default_path"] = "slow"
    faster: Data = {"is_on": rng.random() < 0.8, "replaces": {"slow": "quick"}}
    if rng.random() < 0.6:
        faster["from_date"] = rng.choice(["2027-04", "2027-07", "2028-01"])
    if rng.random() < 0.4:
        faster["until"] = rng.choice(["2028-01", "2028-07"])
    if faster.get("from_date", "") >= faster.get("until", "9999"):
        del faster["until"]
    if rng.random() < 0.4:
        faster["agencies"] = [rng.choice(_agencies(sites))]
    land["policies"] = {"faster": faster}
    if rng.random() < 0.3:
        land["policies"]["stricter"] = {"is_on": True, "replaces": {"quick": "slow"}}
