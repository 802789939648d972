"""Draw from the grid: as much as the load needs, and never more than it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from siting.core.audit import number
from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.table import Table
from siting.pipeline import Loaded, run
from support.engine import EXACT, instance_of, toy
from support.pairs import compare, scenario_of
from support.tamper import rules_broken, with_row


def drawn(plan: Plan, position: int, grid_mw: float) -> dict[str, Table]:
    """The plan with another draw, in which everything else that states it follows."""
    power = plan.tables["power"]
    row = power.rows[position]
    months = number(row, "grid_mw_months") / number(row, "grid_mw")
    return {"power": with_row(power, position, grid_mw=grid_mw, grid_mw_months=months * grid_mw)}


@pytest.mark.parametrize(("share", "is_broken"), [(1.0, False), (1.001, True), (1.5, True)])
def test_no_draw_above_the_load(toy_plan: Plan, share: float, is_broken: bool) -> None:
    # contracted draw costs nothing in the toy, and its zones have 500 MW to give: no other rule of
    # `energy` is broken by 150 MW for a load of 100
    instance = instance_of(toy())
    for position, row in enumerate(toy_plan.tables["power"]):
        load = number(row, "facility_mw")
        assert number(row, "grid_mw") == pytest.approx(load)
        found = rules_broken(instance, toy_plan, drawn(toy_plan, position, share * load))
        assert {rule for rule in found if rule.startswith("energy.")} == (
            {"energy.real_draw"} if is_broken else set()
        )


def test_a_site_without_load_draws_nothing(toy_plan: Plan) -> None:
    power = toy_plan.tables["power"]
    start = max(str(row["period_start"]) for row in power)
    row = next(row for row in power if row["site"] == "far")
    late = next(r["period_start"] for r in power if str(r["period_start"]) == start)
    idle = {**row, "period_start": late, "it_mw": 0.0, "facility_mw": 0.0, "grid_energy_mwh": 0.0}
    more = replace(power, rows=(*power.rows, idle))
    assert "energy.real_draw" in rules_broken(instance_of(toy()), toy_plan, {"power": more})


@pytest.mark.parametrize("number_", range(12))
@pytest.mark.parametrize("pair", [("energy", "plants"), ("cooling", "plants")], ids="-".join)
def test_peaks_and_surplus_equal_the_plain_program(pair: tuple[str, str], number_: int) -> None:
    """Random scenarios in which the hottest hour takes more and surplus earns its price, or half."""
    scenario = scenario_of(pair, number_)
    families = scenario["components"]
    energy = {**families["energy"], "surplus_price_frac": (1.0, 0.5)[number_ % 2]}
    if "cooling" in families:
        for option in families["cooling"]["options"].values():
            option["peak_pue"] = option["pue"] + 0.125
    else:
        energy["peak_pue"] = energy.get("pue", 1.0) + 0.25
    families["energy"] = energy
    assert compare(scenario) is None


def one_site(**energy: object) -> dict[str, Any]:
    """100 IT MW for a year at a site whose zone has no surplus and sells energy at 50 USD/MWh; one
    plant of 200 MW at 1,000 USD/kW over 20 years without interest runs at 10 USD/MWh."""
    return {
        "schema_version": 1,
        "name": "one",
        "horizon": {"start": "2027-01", "steps": [{"until": "2028-01", "step": "year"}]},
        "sites": {"s": {"zone": "z"}},
        "zones": {"z": {"energy_usd_per_mwh": 50, "accredited_surplus_mw": 0}},
        "components": {
            "land": {},
            "adequacy": {},
            "plants": {
                "technologies": {
                    "turbine": {
                        "unit_mw": 200,
                        "delivery": ["grid"],
                        "overnight_usd_per_kw": 1000,
                        "lifetime_years": 20,
                        "variable_om_usd_per_mwh": 10,
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
            "energy": {"load_factor_frac": 0.8, **energy},
        },
    }


def cost_of(scenario: dict[str, Any]) -> float:
    """Optimum of a scenario, audited."""
    plan = run(Loaded(instance_of(scenario), {}), limits=EXACT)
    assert plan.findings == ()
    return plan.objective_usd


def test_the_hottest_hour_sizes_and_the_mean_one_uses() -> None:
    """200 M USD over 20 years is 10 M a year; 100 MW * 0.8 * 8,760 h * 10 USD are 7.008 M. A mean PUE
    of 1.5 takes 1.5 times the energy; a peak PUE of 2.5 takes 250 MW and so a second plant."""
    assert cost_of(one_site()) == pytest.approx(17_008_000)
    assert cost_of(one_site(pue=1.5)) == pytest.approx(10e6 + 1.5 * 7_008_000)
    assert cost_of(one_site(pue=1.5, peak_pue=2.5)) == pytest.approx(20e6 + 1.5 * 7_008_000)


def test_surplus_earns_its_price() -> None:
    """The load takes 80 of 100 MW: 20 MW are sold, though the plant could give 120. At the full price
    they earn 50 - 10 USD/MWh, 7.008 M a year; at half of it 15 USD/MWh, 2.628 M; at a tenth nothing."""
    assert cost_of(one_site(surplus_price_frac=1.0)) == pytest.approx(17_008_000 - 7_008_000)
    assert cost_of(one_site(surplus_price_frac=0.5)) == pytest.approx(17_008_000 - 2_628_000)
    assert cost_of(one_site(surplus_price_frac=0.1)) == pytest.approx(17_008_000)


def test_what_is_sold_is_told_and_audited() -> None:
    plan = run(Loaded(instance_of(one_site(surplus_price_frac=1.0)), {}), limits=EXACT)
    (row,) = plan.tables["purchases"].rows
    assert number(row, "purchase_mwh") == pytest.approx(0)
    assert number(row, "sold_mwh") == pytest.approx(20 * 8760)
    instance = instance_of(one_site(surplus_price_frac=1.0))
    more = {"purchases": with_row(plan.tables["purchases"], 0, sold_mwh=30 * 8760)}
    assert "energy.sold_beside_load" in rules_broken(instance, plan, more)
    far = {"purchases": with_row(plan.tables["purchases"], 0, sold_mwh=150 * 8760)}
    assert "energy.own_surplus" in rules_broken(instance, plan, far)


def test_a_peak_below_the_mean_is_refused() -> None:
    with pytest.raises(InputError, match="below the mean"):
        instance_of(one_site(pue=1.5, peak_pue=1.2))
