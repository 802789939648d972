"""Delivered prices by component: capacity is paid for once, and each component from its year on."""

from __future__ import annotations

from typing import Any

import pytest

from oracle.test_plain import UNIT, _scenario
from siting.core.errors import InputError
from siting.core.table import Table
from siting.solution.audit import audit_tables
from support.engine import instance_of, plan_of
from support.plain.solve import plain_program

MUSD = 1e6
DAY = 365.25
YEAR = 8760


def served(units: dict[str, Any] | None = None, **zone: Any) -> dict[str, Any]:
    """A year of 100 MW in a zone with a price of capacity of 200 USD per MW-day."""
    families: dict[str, Any] = {"headroom": {}}
    if units is not None:
        families["plants"] = {"technologies": {"gt": {**UNIT, "delivery": ["grid"], **units}}}
    return _scenario("2028-01", families, zones={"a": {"capacity_usd_per_mw_day": 200, **zone}})


def capacity_musd(mw: float, usd_per_mw_day: float = 200) -> float:
    """A year of capacity."""
    return DAY * usd_per_mw_day * mw / MUSD


def checked(scenario: dict[str, Any], musd: float) -> Any:
    """The plan of a scenario whose least cost is known on paper."""
    plan = plan_of(scenario)
    assert plan.findings == ()
    assert plan.objective_usd == pytest.approx(musd * MUSD, abs=1)
    assert plain_program(scenario).least() == pytest.approx(musd, abs=1e-6)
    return plan


def test_capacity_that_the_plan_supplies_is_not_bought_again() -> None:
    """100 MW buy 7.305 MUSD a year. A unit of 100 MW accredited at 0.6 costs 1 MUSD and leaves 40 MW, 2.922;
    a second one leaves none for 1 MUSD more. Paid twice it would be 7.305 and no unit."""
    assert capacity_musd(100) == pytest.approx(7.305)
    checked(served(), capacity_musd(100))
    one = {"capacity_credit_frac": 0.6, "max_units_per_place": 1}
    plan = checked(served(one), 1 + capacity_musd(40))
    (row,) = plan.tables["capacity"]
    assert [row[c] for c in ("required_mw", "own_mw", "bought_mw")] == pytest.approx([100, 60, 40])
    plan = checked(served({"capacity_credit_frac": 0.6}), 2.0)
    (row,) = plan.tables["capacity"]
    assert (row["own_mw"], row["bought_mw"]) == (pytest.approx(120), 0)


def test_a_load_buys_what_is_accredited_for_it() -> None:
    """PJM: 0.9401 of 100 MW at 325 USD per MW-day are 11.16 MUSD a year, 12.7 USD per MWh of a flat load."""
    need = {"zone": "a", "year": 2028, "requirement_frac": 0.9401, "surplus_mw": 1000}
    scenario = served(capacity_usd_per_mw_day=325)
    scenario["components"]["adequacy"] = {"needs": {"n": need}}
    plan = checked(scenario, capacity_musd(94.01, 325))
    assert plan.objective_usd / (100 * YEAR) == pytest.approx(12.7, abs=0.05)


def test_each_component_from_its_year_on() -> None:
    """2027: 30 USD per MWh and 10,000 USD per MW and year; 2028: 50, 100 per MW-day and no network charge."""
    scenario = served()
    scenario["horizon"]["steps"] = [{"until": "2029-01", "step": "year"}]
    rows = {
        "early": {
            "zone": "a",
            "year": 2020,
            "energy_usd_per_mwh": 30,
            "network_usd_per_mw_year": 10_000,
        },
        "late": {
            "zone": "a",
            "year": 2028,
            "energy_usd_per_mwh": 50,
            "capacity_usd_per_mw_day": 100,
        },
    }
    scenario["components"]["energy"] = {"prices": rows}
    energy = [100 * YEAR * usd / MUSD for usd in (30, 50)]
    checked(scenario, sum(energy) + 1.0 + capacity_musd(100, 100))


def test_gas_costs_what_its_zone_pays_from_year_to_year() -> None:
    """8 MMBtu per MWh: of gas at 3 and from 2028 at 5 USD where the zone says so, coal at 4 as ever."""
    for source, usd in (("natural gas", (3, 5)), ("coal", (4, 4))):
        scenario = served(
            {"energy_source": source, "heat_rate_mmbtu_per_mwh": 8, "fuel_usd_per_mmbtu": 4}
        )
        scenario["zones"]["a"]["energy_usd_per_mwh"] = 1000
        scenario["horizon"]["steps"] = [{"until": "2029-01", "step": "year"}]
        rows = {
            str(year): {"zone": "a", "year": year, "gas_usd_per_mmbtu": price}
            for year, price in ((2026, 3), (2028, 5))
        }
        scenario["components"]["plants"]["gas_prices"] = rows
        checked(scenario, 2 * 1.0 + sum(100 * YEAR * 8 * each / MUSD for each in usd))


def test_the_audit_finds_capacity_that_is_not_bought() -> None:
    scenario = served()
    plan = plan_of(scenario)
    table = plan.tables["capacity"]
    less = Table.of(table.columns, [{**row, "bought_mw": 50.0} for row in table.rows])
    tables = {**plan.tables, "capacity": less}
    found = audit_tables(instance_of(scenario), tables, plan.objective_usd)
    assert {finding.rule for finding in found} == {"energy.capacity"}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"x": {"zone": "b", "year": 2027, "energy_usd_per_mwh": 1}}, "unknown zone 'b'"),
        (
            {n: {"zone": "a", "year": 2027, "energy_usd_per_mwh": 1} for n in "xy"},
            "a second price of a from 2027, beside 'x'",
        ),
    ],
)
def test_prices_that_cannot_be_meant_are_refused(rows: dict[str, Any], words: str) -> None:
    scenario = served()
    scenario["components"]["energy"] = {"prices": rows}
    with pytest.raises(InputError, match=words):
        instance_of(scenario)
