"""Firm power on site: sun with storage carries no load alone, islanded units stand with spares."""

from __future__ import annotations

from typing import Any

import pytest

from siting.core.records import Zone
from siting.families.bridge.settings import RentedUnit
from siting.families.plants.settings import Technology
from siting.pipeline import Loaded, run
from support.engine import EXACT, instance_of
from support.pairs import compare, scenario_of


def ranch(zone: str | None, **technology: object) -> dict[str, Any]:
    """100 IT MW for a year on site; units of 10 MW at 1,000 USD/kW over 10 years, 1 M USD a year each."""
    return {
        "schema_version": 1,
        "name": "ranch",
        "horizon": {"start": "2027-01", "steps": [{"until": "2028-01", "step": "year"}]},
        "sites": {"s": {} if zone is None else {"zone": zone}},
        "zones": {"z": {"headroom_mw": 0}},
        "components": {
            "land": {},
            "headroom": {},
            "plants": {
                "technologies": {
                    "unit": {
                        "unit_mw": 10,
                        "delivery": ["on_site"],
                        "overnight_usd_per_kw": 1000,
                        "lifetime_years": 10,
                        **technology,
                    }
                }
            },
            "workloads": {
                "kinds": {
                    "w": {
                        "targets": [{"from_date": "2027-01", "it_mw": 100}],
                        "delay_cost_usd_per_mw_month": 1e6,
                    }
                }
            },
            "energy": {},
        },
    }


@pytest.mark.parametrize(
    ("zone", "units"), [("z", 13), (None, 15)], ids=["beside a grid", "without one"]
)
def test_without_a_grid_more_units_stand(zone: str | None, units: int) -> None:
    """100 MW at a credit of 0.8 are 12.5 units; with 1.5 MW installed for each MW of load 15."""
    scenario = ranch(zone, capacity_credit_frac=0.8, islanded_credit_frac=1 / 1.5)
    plan = run(Loaded(instance_of(scenario), {}), limits=EXACT)
    assert plan.findings == ()
    assert plan.objective_usd == pytest.approx(units * 1e6)


def test_sun_with_four_hours_of_storage_carries_no_load_alone() -> None:
    """Accredited with 0.69 in its zone, and yet all 1,200 MW-months stay late."""
    scenario = ranch("z", capacity_credit_frac=0.69, on_site_credit_frac=0)
    plan = run(Loaded(instance_of(scenario), {}), limits=EXACT)
    assert plan.objective_usd == pytest.approx(1200 * 1e6)
    served = ranch("z", capacity_credit_frac=0.69)
    assert run(Loaded(instance_of(served), {}), limits=EXACT).objective_usd < 1200e6


def test_the_share_that_counts_is_that_of_the_place() -> None:
    zone = Zone(capacity_credit_solar_frac=0.1, capacity_credit_battery_frac=0.59)
    solar = Technology(
        unit_mw=1, capacity_credit_frac=0, solar_weight=1, battery_weight=1, on_site_credit_frac=0
    )
    assert solar.credit_frac(zone) == pytest.approx(0.69)
    assert (solar.site_credit_frac(zone), solar.site_credit_frac(None)) == (0, 0)
    engine = RentedUnit(unit_mw=18, capacity_credit_frac=0.78, islanded_credit_frac=0.5)
    assert (engine.credit_frac(False), engine.credit_frac(True)) == (0.78, 0.5)


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("pair", [("energy", "plants"), ("bridge", "plants")], ids="-".join)
def test_optimum_equals_the_plain_program(pair: tuple[str, str], number: int) -> None:
    scenario = scenario_of(pair, number)
    families = scenario["components"]
    for place, rows in (("plants", "technologies"), ("bridge", "products")):
        for row in families.get(place, {}).get(rows, {}).values():
            row["islanded_credit_frac"] = 0.4
    for row in families["plants"].get("technologies", {}).values():
        row["on_site_credit_frac"] = 0.5
    assert compare(scenario) is None
