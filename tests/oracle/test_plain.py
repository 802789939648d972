"""The plain program on scenarios whose optimum follows on paper.

In each of them bounds that look at one family only, or a presolve that errs, give another answer;
the sums stand beside the scenarios. Two solvers agree on each.
"""

from __future__ import annotations

from typing import Any

import pytest

from siting.core.study import Strategy
from support.plain.linear import Program
from support.plain.solve import plain_program

Data = dict[str, Any]
MUSD = 1e6
UNIT = {"unit_mw": 100, "overnight_usd_per_kw": 300, "lifetime_years": 30}
"""30 MUSD in 30 years: 1 MUSD a year."""
TRAINING = {
    "targets": [{"from_date": "2027-01", "it_mw": 100}],
    "delay_cost_usd_per_mw_month": 300000,
}
"""100 MW that cost 360 MUSD in a year in which they are late."""
PRICE = {
    "retail_usd_per_mwh": 100,
    "zone_load_factor_frac": 0.5,
    "max_bill_effect_frac": 0.0,
    "capacity_price_curve": [
        {"surplus_frac": 0.0, "price_usd_per_mw_day": 300},
        {"surplus_frac": 0.2, "price_usd_per_mw_day": 0},
    ],
}


def _scenario(until: str, components: Data, **more: Any) -> Data:
    """A scenario of years from 2027; one site, 100 MW from the start unless said otherwise."""
    return {
        "schema_version": 1,
        "name": "paper",
        "horizon": {"start": "2027-01", "steps": [{"until": until, "step": "year"}]},
        "sites": {"s": {"zone": "a"}},
        "zones": {"a": {}},
        "components": {
            "land": {},
            "energy": {},
            "workloads": {"kinds": {"training": TRAINING}},
            **components,
        },
        **more,
    }


def _line(start: str, end: str, mw: float) -> Data:
    """An interface in one direction."""
    return {"from_zone": start, "to_zone": end, "forward_mw": mw, "reverse_mw": 0}


def unused_tier() -> Data:
    """A tier that nobody takes opens at once; the site is firm, in service and paid for in 2028."""
    late = {**TRAINING, "targets": [{"from_date": "2028-01", "it_mw": 100}]}
    line = {"from_kv": 0, "line_usd_per_km": 0, "substation_usd": 40e6}
    return _scenario(
        "2030-01",
        {
            "headroom": {"connection_lifetime_years": 40, "connection_costs": [line]},
            "curtailment": {"tiers": {"1pct": {"hours_per_year": 88, "connection_months": 0}}},
            "workloads": {"kinds": {"training": late}},
        },
        zones={"a": {"headroom_mw_0pct": 100, "headroom_mw_1pct": 200, "connection_months": 12}},
    )


def zone_not_limited() -> Data:
    """The 60 MW of the zone do not count, with tiers as without."""
    return _scenario(
        "2029-01",
        {
            "headroom": {"is_zone_limited": False},
            "curtailment": {"tiers": {"1pct": {"hours_per_year": 88}}},
        },
        zones={"a": {"headroom_mw": 60}},
    )


def nothing_must_be_served() -> Data:
    """Late load costs nothing, so nothing is built; a presolve once found this infeasible."""
    return _scenario(
        "2030-10",
        {
            "land": {"preparation_usd": 8e6},
            "headroom": {},
            "curtailment": {
                "tiers": {
                    "1pct": {"hours_per_year": 85, "depth_frac": 0.8},
                    "0_5pct": {"hours_per_year": 366},
                },
                "flexible_frac": {"inference": 0.1},
            },
            "workloads": {
                "kinds": {"inference": {"targets": [{"from_date": "2028-01", "it_mw": 80}]}}
            },
        },
        horizon={
            "start": "2027-04",
            "steps": [
                {"until": "2028-10", "step": "quarter"},
                {"until": "2030-10", "step": "year"},
            ],
        },
    )


def bill_of_sending_zone() -> Data:
    """Zone b sends nothing: its price would rise from 150 to 300 USD a MW-day, its cap is 0."""
    return _scenario(
        "2028-01",
        {
            "adequacy": {},
            "interfaces": {"limits": {"i": _line("b", "a", 100)}},
            "ratepayer": PRICE,
        },
        zones={
            "a": {"accredited_surplus_mw": 0, "summer_peak_mw": 1000},
            "b": {"accredited_surplus_mw": 100, "summer_peak_mw": 1000},
        },
    )


def unit_behind_interface(unit_mw: float = 100, loss_frac: float = 0.0) -> Data:
    """Late in 2027, then served by units in a zone without a site."""
    unit = {**UNIT, "unit_mw": unit_mw, "delivery": ["grid"], "construction_months": 12}
    return _scenario(
        "2029-01",
        {
            "adequacy": {},
            "interfaces": {"limits": {"i": {**_line("b", "a", 200), "loss_frac": loss_frac}}},
            "plants": {"technologies": {"gt": unit}},
        },
        zones={
            "a": {"accredited_surplus_mw": 0, "generation_queue_months": 60},
            "b": {"accredited_surplus_mw": 0},
        },
    )


def units_that_lower_bills() -> Data:
    """An upgrade of 20 MUSD a year, and two units so that its cost stays within a cap of 0."""
    upgrade = {"node": "n", "added_mw": 100, "lead_time_months": 0, "lifetime_years": 30}
    return _scenario(
        "2028-01",
        {
            "adequacy": {},
            "headroom": {"upgrades": {"u": {**upgrade, "overnight_usd": 600e6}}},
            "plants": {"technologies": {"gt": {**UNIT, "delivery": ["grid"]}}},
            "ratepayer": PRICE,
        },
        sites={"s": {"zone": "a", "node": "n"}},
        zones={"a": {"accredited_surplus_mw": 0, "summer_peak_mw": 1000}},
        nodes={"n": {"capacity_mw": 0, "zone": "a"}},
    )


def first_of_a_kind() -> Data:
    """2027 late 360; two of the first kind, 3 years of 2 MUSD, one year of fuel for 100 MW, 175.2;
    one of the next kind for 2 years."""
    costly = {"heat_rate_mmbtu_per_mwh": 10, "fuel_usd_per_mmbtu": 20}
    each = {**UNIT, "delivery": ["on_site"], "construction_months": 12}
    return _scenario(
        "2031-01",
        {
            "plants": {
                "technologies": {
                    "first": {**each, **costly},
                    "next": {**each, "after": "first", "after_units": 2},
                }
            }
        },
        sites={"s": {}},
        zones={},
    )


def surplus_of_neighbour() -> Data:
    """All that is served is what the zones can serve already; where this is not used, nothing."""
    return _scenario(
        "2028-01",
        {"adequacy": {}, "headroom": {}, "interfaces": {"limits": {"i": _line("b", "a", 100)}}},
        zones={
            "a": {"accredited_surplus_mw": 0, "headroom_mw": 0},
            "b": {"accredited_surplus_mw": 100, "headroom_mw": 100},
        },
    )


def new_supply_in_unlimited_zone() -> Data:
    """A unit delivers 100 MW to a zone that states no headroom: 1 MUSD, with or without that."""
    return _scenario(
        "2028-01",
        {
            "adequacy": {},
            "headroom": {},
            "plants": {"technologies": {"n": {**UNIT, "delivery": ["grid"]}}},
        },
        zones={"a": {"accredited_surplus_mw": 0}},
    )


def deficit(how: str, mw: float) -> Data:
    """100 MW that need 1.2 accredited each, from units of 20, in a zone that is short in winter."""
    winter = {
        "zone": "a",
        "season": "winter",
        "year": 2026,
        "requirement_frac": 1.2,
        "surplus_mw": mw,
    }
    return _scenario(
        "2028-01",
        {
            "adequacy": {"deficit": how, "needs": {"w": winter}},
            "headroom": {},
            "plants": {"technologies": {"n": {**UNIT, "unit_mw": 20, "delivery": ["grid"]}}},
        },
        zones={"a": {"accredited_surplus_mw": 1000}},
    )


CASES = [
    (unused_tier(), 2 * 1.0),
    (zone_not_limited(), 0.0),
    (nothing_must_be_served(), 0.0),
    (bill_of_sending_zone(), 360.0),
    (unit_behind_interface(), 360 + 1.0),
    (unit_behind_interface(20), 360 + 5 * 0.2),
    (unit_behind_interface(20, 0.5), 360 + 10 * 0.2),
    (units_that_lower_bills(), 20 + 2 * 1.0),
    (first_of_a_kind(), 360 + 3 * 2 + 100 * 8760 * 200 / MUSD + 2 * 1.0),
    (surplus_of_neighbour(), 0.0),
    (new_supply_in_unlimited_zone(), 1.0),
    (deficit("carried", -60), 6 * 0.2),
    (deficit("cured", -60), 9 * 0.2),
    (deficit("cured", 60), 3 * 0.2),
]
"""Scenarios and their least cost in million USD."""


@pytest.mark.parametrize(("scenario", "musd"), CASES)
def test_plain_program_on_paper(scenario: Data, musd: float) -> None:
    program = plain_program(scenario)
    assert program.least() == pytest.approx(musd, abs=1e-6)
    assert program.least(presolve=False) == pytest.approx(musd, abs=1e-6)
    assert program.least_by_scip() == pytest.approx(musd, abs=1e-6)


@pytest.mark.parametrize(
    ("scenario", "musd"), [(surplus_of_neighbour(), 360.0), (new_supply_in_unlimited_zone(), 1.0)]
)
def test_plain_program_without_headroom(scenario: Data, musd: float) -> None:
    program = plain_program(scenario, Strategy(is_headroom_used=False))
    assert program.least() == pytest.approx(musd, abs=1e-6)


def test_nothing_feasible_is_infinite() -> None:
    program = Program()
    one = program.variable(1, is_whole=True)
    program.at_most(2.0 * one, 1.5)
    program.at_most(1 - one, 0.0)
    assert program.least() == float("inf")
    assert program.least_by_scip() == float("inf")
