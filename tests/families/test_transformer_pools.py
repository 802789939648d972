"""Units that truly share a pool, and lead times at low, typical and high, on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from siting.core.errors import InputError
from siting.families.plants.settings import EquipmentLead, Technology
from siting.pipeline import Loaded, run
from support.engine import EXACT, instance_of
from support.pairs import compare, scenario_of


def bank(stock: int, **more: Any) -> dict[str, Any]:
    """A bank of 50 MW; ordered ones come after 52, 104 or 156 weeks and cost 1 M USD a year."""
    lead = {"ordered_from": "2027-01", "weeks": 104, "low_weeks": 52, "high_weeks": 156}
    return {
        "role": "main_bank",
        "unit_mva": 50,
        "lead_times": [lead],
        "overnight_usd_per_unit": 40e6,
        "lifetime_years": 40,
        "stock_units": stock,
        **more,
    }


def scenario(classes: dict[str, Any], **gear: Any) -> dict[str, Any]:
    """50 MW at each of two sites, at 138 and at 345 kV, over four years; a month late costs 0.1 M USD."""
    kinds = {
        name: {
            "targets": [{"from_date": "2027-01", "it_mw": 50, "region": name}],
            "delay_cost_usd_per_mw_month": 100_000,
        }
        for name in ("low", "high")
    }
    return {
        "schema_version": 1,
        "name": "pools",
        "horizon": {"start": "2027-01", "steps": [{"until": "2031-01", "step": "year"}]},
        "sites": {"low": {"zone": "z", "poi_kv": 138}, "high": {"zone": "z", "poi_kv": 345}},
        "zones": {"z": {"headroom_mw": 1000}},
        "components": {
            "land": {},
            "headroom": {},
            "transformers": {"classes": classes, **gear},
            "workloads": {
                "kinds": kinds,
                "links": {n: {"workload": n, "site": n, "region": n} for n in ("low", "high")},
                "regions": {n: {} for n in ("low", "high")},
            },
            "energy": {},
        },
    }


def cost_of(data: dict[str, Any]) -> float:
    """Optimum, audited, in M USD."""
    plan = run(Loaded(instance_of(data), {}), limits=EXACT)
    assert plan.findings == ()
    return plan.objective_usd / 1e6


def test_a_bank_of_another_voltage_serves_nobody_else() -> None:
    """One bank in stock serves either site; of the two one waits two years: 50 * 24 * 0.1 and two years
    of 1 M USD, 122. Where the bank in stock is one for 345 kV and another is ordered for 138 kV it is
    the same; where both in stock are for 345 kV they serve one site, and 138 kV has none in stock."""
    assert cost_of(scenario({"any": bank(1)})) == pytest.approx(122)
    pools = {"at_138": bank(0, from_kv=115, to_kv=138), "at_345": bank(1, from_kv=345, to_kv=345)}
    assert cost_of(scenario(pools)) == pytest.approx(122)
    assert cost_of(scenario({"any": bank(2)})) == pytest.approx(0)
    pools["at_345"]["stock_units"] = 2
    assert cost_of(scenario(pools)) == pytest.approx(122)


@pytest.mark.parametrize(("level", "usd"), [("low", 63), ("typical", 122), ("high", 181)])
def test_lead_times_have_levels(level: str, usd: float) -> None:
    """One, two or three years late at 60 M USD, and 3, 2 or 1 of 1 M USD."""
    assert cost_of(scenario({"any": bank(1)}, lead_time_level=level)) == pytest.approx(usd)


def test_a_site_at_a_voltage_of_no_bank_is_refused() -> None:
    with pytest.raises(InputError, match="no main bank for 138 kV, at which 'low'"):
        instance_of(scenario({"at_345": bank(1, from_kv=345, to_kv=345)}))
    with pytest.raises(InputError, match="115 kV below from_kv"):
        instance_of(scenario({"odd": bank(1, from_kv=138, to_kv=115), "any": bank(1)}))
    step_up = bank(0, role="step_up", from_kv=345)
    with pytest.raises(InputError, match="a range of voltages of a step_up"):
        instance_of(scenario({"any": bank(1), "step_up": step_up}))


def test_equipment_ordered_later_may_come_sooner() -> None:
    """250 weeks are 58 months, 190 weeks 44: ordered on 2027-07 it comes in 2032-05, on 2028-01 in
    2031-09."""
    turbine = Technology(
        unit_mw=1,
        equipment_lead_months=58,
        equipment_leads=[EquipmentLead(ordered_from=date(2028, 1, 1), months=44)],
    )
    assert turbine.equipment_date(date(2027, 7, 1)) == date(2032, 5, 1)
    assert turbine.equipment_date(date(2028, 1, 1)) == date(2031, 9, 1)


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize(
    "pair", [("plants", "transformers"), ("campus", "transformers")], ids="-".join
)
def test_optimum_equals_the_plain_program(pair: tuple[str, str], number: int) -> None:
    data = scenario_of(pair, number)
    gear, plants = data["components"]["transformers"], data["components"].get("plants", {})
    for position, site in enumerate(data["sites"].values()):
        site["poi_kv"] = (138, 345)[position % 2]
    banks = [c for c in gear["classes"].values() if c["role"] == "main_bank"]
    if len(banks) > 1:
        banks[0]["to_kv"], banks[1]["from_kv"] = 138, 230
    for other in banks[2:]:
        other["from_kv"] = 345
    for technology in plants.get("technologies", {}).values():
        technology["equipment_leads"] = [{"ordered_from": "2028-01", "months": 1}]
    assert compare(data) is None
