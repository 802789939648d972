"""Relations that must hold between a scenario and a changed copy of it."""

from __future__ import annotations

import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from siting.core.calendar import Lag
from siting.core.errors import InfeasibleError, InputError
from siting.families.registry import COMPONENTS
from support.engine import TOY, instance_of, plan_of, toy
from support.instances import medium, tiny

SEEDS = (*range(11), 12)
"""The twelfth takes as long as all others together."""
DURATIONS = ("_months", "weeks")
INFEASIBLE = float("inf")


def cost(scenario: dict[str, Any]) -> float:
    """Optimal cost; infinite where no plan exists or nothing can be finished."""
    try:
        plan = plan_of(scenario)
    except InfeasibleError:
        return INFEASIBLE
    except InputError as error:
        assert "no site can carry load" in str(error)
        return INFEASIBLE
    assert plan.findings == ()
    return plan.objective_usd


def doubled(data: Any) -> Any:
    """A copy in which every duration is twice as long."""
    if isinstance(data, dict):
        return {
            key: 2 * value
            if isinstance(value, int | float) and (key.endswith(DURATIONS) or key == "months")
            else doubled(value)
            for key, value in data.items()
        }
    return [doubled(item) for item in data] if isinstance(data, list) else data


@pytest.mark.parametrize("seed", SEEDS)
def test_doubled_lead_times_never_help(seed: int) -> None:
    scenario = medium(seed)
    before = cost(scenario)
    assert cost(doubled(scenario)) >= before - 1e-6 * before


@pytest.mark.parametrize("seed", SEEDS)
def test_doubled_lead_times_move_every_first_service(seed: int) -> None:
    before, after = instance_of(medium(seed)), instance_of(doubled(medium(seed)))
    moved = 0
    for family in ("plants", "transformers", "headroom"):
        for name in ("lag", "order_lag", "site_lag", "connect_lag", "upgrade_lag"):
            old: dict[Any, Lag] = getattr(before.data[family], name, {})
            new: dict[Any, Lag] = getattr(after.data[family], name, {})
            for key, lag in new.items():
                first, later = old[key].first, lag.first
                if first is not None and later is not None:
                    assert later >= first
                    moved += later > first
    assert moved > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_another_site_never_costs_more(seed: int) -> None:
    scenario = medium(seed)
    scenario["components"]["land"].pop("max_sites", None)
    fewer = deepcopy(scenario)
    del fewer["sites"]["s5"]
    fewer["components"]["workloads"].get("links", {}).pop("l5", None)
    assert cost(scenario) <= cost(fewer) * (1 + 1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_more_headroom_never_costs_more(seed: int) -> None:
    scenario, wider = medium(seed), medium(seed)
    for zone in wider["zones"].values():
        for key in zone:
            if key.startswith("headroom_mw"):
                zone[key] *= 2
    assert cost(wider) <= cost(scenario) * (1 + 1e-6)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("path", "factor"),
    [
        ("zones.west.accredited_surplus_mw", 3),
        ("components.transformers.classes.bank.stock_units", 2),
    ],
)
def test_more_room_never_costs_more(seed: int, path: str, factor: float) -> None:
    scenario, wider = medium(seed), medium(seed)
    *parents, last = path.split(".")
    place: Any = wider
    for key in parents:
        place = place[key]
    place[last] = place[last] * factor + 1
    assert cost(wider) <= cost(scenario) * (1 + 1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_names_do_not_matter(seed: int) -> None:
    scenario = tiny(seed)
    renamed = deepcopy(scenario)
    renamed["sites"] = {f"z{9 - i}": v for i, v in enumerate(scenario["sites"].values())}
    names = dict(zip(scenario["sites"], renamed["sites"], strict=True))
    for link in renamed["components"]["workloads"].get("links", {}).values():
        link["site"] = names[link["site"]]
    for review in renamed["components"]["land"].get("programmatic", {}).values():
        if "sites" in review:
            review["sites"] = [names[site] for site in review["sites"]]
    assert cost(renamed) == pytest.approx(cost(scenario), rel=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_cost_scales_with_money(seed: int) -> None:
    scenario = tiny(seed)

    def scaled(data: Any) -> Any:
        if isinstance(data, dict):
            return {
                k: 3 * v if "usd" in k and isinstance(v, int | float) else scaled(v)
                for k, v in data.items()
            }
        return [scaled(item) for item in data] if isinstance(data, list) else data

    assert cost(scaled(scenario)) == pytest.approx(3 * cost(scenario), rel=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_order_of_families_does_not_matter(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = cost(medium(seed))
    backwards = dict(reversed(list(COMPONENTS.items())))
    instance = instance_of(medium(seed))
    object.__setattr__(
        instance, "data", {n: instance.data[n] for n in backwards if n in instance.data}
    )
    from siting.pipeline import Loaded, run
    from support.engine import EXACT

    plan = run(Loaded(instance, {}), limits=EXACT)
    assert plan.objective_usd == pytest.approx(before, rel=1e-7)


def test_absent_family_adds_nothing() -> None:
    scenario = toy()
    full = set(instance_of(scenario).data)
    del scenario["components"]["plants"]
    from siting.loading import size_by_family

    sizes = size_by_family(instance_of(scenario))
    assert "plants" in full
    assert "plants" not in sizes


def test_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    folders = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [
            sys.executable,
            "-m",
            "siting.cli",
            "solve",
            str(TOY),
            "-o",
            str(folder),
            "--json",
        ]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
        folders.append(folder)
    files = sorted(p.relative_to(folders[0]) for p in folders[0].rglob("*") if p.is_file())
    assert len(files) > 15
    for file in files:
        if file.name in ("plan.json", "report.html"):  # they state how many seconds it took
            continue
        assert (folders[0] / file).read_bytes() == (folders[1] / file).read_bytes(), file


CAPS = (
    "components.land.max_sites",
    "components.budget.max_overnight_usd",
    "components.emissions.max_t_per_year",
    "components.water.max_m3_per_year",
    "components.ratepayer.max_bill_effect_frac",
    "components.ride_through.max_trip_mw_per_zone",
    "components.workloads.kinds.training.max_sites",
    "components.bridge.products.genset.fleet_units",
    "components.plants.construction_slots.crews.max_units_under_construction",
    "components.transformers.classes.bank.slots_per_year",
)


def _holder(scenario: dict[str, Any], path: str) -> tuple[dict[str, Any], str] | None:
    """The mapping that holds the last key of a path, if all before it are there."""
    *parents, last = path.split(".")
    place: Any = scenario
    for key in parents:
        if key not in place:
            return None
        place = place[key]
    return (place, last) if last in place else None


@pytest.mark.parametrize("path", CAPS)
def test_a_tighter_cap_never_costs_less(path: str) -> None:
    tried = 0
    for seed in range(400):
        scenario = tiny(seed)
        held = _holder(scenario, path)
        if held is None:
            continue
        loose = cost(scenario)
        if loose == INFEASIBLE:
            continue
        mapping, key = held
        mapping[key] = mapping[key] // 2 if isinstance(mapping[key], int) else mapping[key] / 2
        assert cost(scenario) >= loose - 1e-6 * abs(loose)
        tried += 1
        if tried == 6:
            return
    assert tried > 0, "no scenario has this cap"


def test_a_policy_that_shortens_reviews_never_costs_more() -> None:
    tried = 0
    for seed in range(400):
        scenario = tiny(seed)
        policies = scenario["components"]["land"].get("policies", {})
        paths = scenario["components"]["land"]["review_paths"]
        shorter = {
            name
            for name, policy in policies.items()
            if all(
                paths[new]["months"] <= paths[old]["months"]
                and paths[new].get("cost_usd", 0) <= paths[old].get("cost_usd", 0)
                for old, new in policy["replaces"].items()
            )
        }
        if not shorter or len(policies) > 1:
            continue
        for policy in policies.values():
            policy["is_on"] = False
        without = cost(scenario)
        for name in shorter:
            policies[name]["is_on"] = True
        assert cost(scenario) <= without * (1 + 1e-6) + 1
        tried += 1
        if tried == 12:
            return
    assert tried > 0
