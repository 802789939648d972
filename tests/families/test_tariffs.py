"""Tariffs for large loads: minimum take, deposit and what leaving would cost, on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from oracle.test_plain import UNIT, _scenario
from siting.core.errors import InputError
from siting.core.table import Table
from siting.solution.audit import audit_tables
from support.engine import instance_of, plan_of

MUSD = 1e6
YEAR = 8760
NETWORK = 50_000


def served(**tariff: Any) -> dict[str, Any]:
    """Two years of 100 MW at 100 USD per MWh and 50,000 USD per MW and year; from 2028 a unit on site of
    60 MW, firm, for 1 MUSD a year in place of 40 MW that go on from the grid."""
    unit = {
        **UNIT,
        "unit_mw": 60,
        "overnight_usd_per_kw": 500,
        "delivery": ["on_site"],
        "construction_months": 12,
        "max_units_per_place": 1,
    }
    price = {
        "zone": "a",
        "year": 2026,
        "energy_usd_per_mwh": 100,
        "network_usd_per_mw_year": NETWORK,
    }
    energy = {"prices": {"p": price}}
    if tariff:
        energy["tariffs"] = {"t": {"zone": "a", **tariff}}
    plants = {"technologies": {"gt": unit}}
    scenario = _scenario("2029-01", {"headroom": {}, "plants": plants, "energy": energy})
    scenario["discount_rate_frac"] = 0.0
    return scenario


FREE = 100 * YEAR * 100 / MUSD + 5.0 + 1.0 + 40 * YEAR * 100 / MUSD + 2.0
"""Energy and network of 100 MW in 2027; the unit, energy and network of 40 MW in 2028."""


def test_without_a_tariff_a_site_pays_for_what_it_draws() -> None:
    assert plan_of(served()).objective_usd == pytest.approx(FREE * MUSD, abs=1)


def test_a_minimum_is_billed_where_own_power_replaces_the_draw() -> None:
    """85 % of 100 MW are 85, of which 40 are drawn: 45 MW more of 50,000 USD. On leaving in 2028, 11 years
    of 85 MW are left of 12 from 2027, and 60 % of them are owed."""
    tariff = {"minimum_take_frac": 0.85, "contract_years": 12, "exit_fee_frac": 0.6}
    plan = plan_of(served(**tariff))
    assert plan.findings == ()
    assert plan.objective_usd == pytest.approx((FREE + 45 * NETWORK / MUSD) * MUSD, abs=1)
    row = plan.tables["tariffs"].rows[-1]
    assert row["contract_mw"] == pytest.approx(100)
    assert row["billed_beyond_draw_mw"] == pytest.approx(45)
    assert row["contract_until"] == date(2039, 1, 1)
    years = (date(2039, 1, 1) - date(2028, 1, 1)).days / 365.25
    assert row["exit_usd"] == pytest.approx(0.6 * NETWORK * 85 * years)


def test_a_deposit_costs_the_capital_rate_of_the_campus() -> None:
    """1.5 MUSD a MW on 100 MW for two years at 4 %: 6 MUSD a year."""
    scenario = served(deposit_usd_per_mw=1.5e6)
    scenario["capital_rates"] = {"campus_frac": 0.04}
    base = served()
    base["capital_rates"] = {"campus_frac": 0.04}
    plan = plan_of(scenario)
    assert plan.findings == ()
    more = plan.objective_usd - plan_of(base).objective_usd
    assert more == pytest.approx(2 * 6 * MUSD, abs=1)


def test_the_audit_finds_a_minimum_that_is_not_billed() -> None:
    scenario = served(minimum_take_frac=0.85)
    plan = plan_of(scenario)
    table = plan.tables["tariffs"]
    rows = [{**row, "billed_beyond_draw_mw": 0.0} for row in table.rows]
    tables = {**plan.tables, "tariffs": Table.of(table.columns, rows)}
    found = audit_tables(instance_of(scenario), tables, plan.objective_usd)
    assert {finding.rule for finding in found} == {"energy.tariffs"}


def test_one_tariff_a_zone() -> None:
    scenario = served(minimum_take_frac=0.85)
    scenario["components"]["energy"]["tariffs"]["u"] = {"zone": "a"}
    with pytest.raises(InputError, match="a second tariff of a, beside 't'"):
        instance_of(scenario)
