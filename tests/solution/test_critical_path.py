"""What each energisation waited for, one kind of step at a time, with dates that are known on paper.

One site and 100 MW that are wanted from 2027 on, in periods of half a year; everything else is
there at once unless a test says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from siting.core.plan import Plan
from siting.studies.strategies.waits import waits
from support.engine import plan_of

Data = dict[str, Any]
START, HALF, YEAR = date(2027, 1, 1), date(2027, 7, 1), date(2028, 1, 1)
BANK: Data = {
    "role": "main_bank",
    "unit_mva": 50,
    "overnight_usd_per_unit": 1e6,
    "lead_times": [{"ordered_from": "2026-01", "weeks": 0}],
}
ENGINE: Data = {"unit_mw": 100, "overnight_usd_per_kw": 100, "capacity_factor_frac": 1.0}


def base(**components: Any) -> Data:
    """The scenario with more families."""
    return {
        "schema_version": 1,
        "name": "path",
        "horizon": {"start": "2027-01", "steps": [{"until": "2031-01", "step": "half_year"}]},
        "zones": {"z": {"energy_usd_per_mwh": 20}},
        "sites": {"s": {"zone": "z"}},
        "components": {
            "land": {},
            "energy": {},
            "workloads": {
                "kinds": {
                    "training": {
                        "targets": [{"from_date": "2027-01", "it_mw": 100}],
                        "delay_cost_usd_per_mw_month": 300000,
                    }
                }
            },
            **deepcopy(components),
        },
    }


def reviewed(months: float, **components: Any) -> Data:
    """With a review."""
    scenario = base(**components)
    scenario["components"]["land"] = {
        "review_paths": {"study": {"months": months}},
        "default_path": "study",
    }
    return scenario


def banks(**bank: Any) -> Data:
    """With main banks."""
    return base(transformers={"classes": {"bank": {**BANK, **bank}}})


def supplied(**plants: Any) -> Data:
    """With plants, in a zone without any capacity of its own."""
    scenario = base(adequacy={}, plants=plants)
    scenario["zones"]["z"]["accredited_surplus_mw"] = 0
    return scenario


def programmatic() -> Data:
    """A review for all sites of 6 months, from which one of 6 months tiers; its own takes 36."""
    scenario = reviewed(36)
    land = scenario["components"]["land"]
    land["review_paths"]["tiered"] = {"months": 6}
    land["programmatic"] = {"wide": {"sites": ["s"], "months": 6, "tiered_path": "tiered"}}
    return scenario


def connected() -> Data:
    """Connected after a year."""
    scenario = base(headroom={})
    scenario["zones"]["z"].update(headroom_mw=100, connection_months=12)
    return scenario


def upgraded() -> Data:
    """No headroom until an upgrade of 9 months, which is used from the period after."""
    upgrade = {"zone": "z", "added_mw": 100, "lead_time_months": 9, "overnight_usd": 1e6}
    scenario = base(headroom={"upgrades": {"wire": upgrade}})
    scenario["zones"]["z"]["headroom_mw"] = 0
    return scenario


def gradual() -> Data:
    """Connected at once under a tier, after a year as firm load, which alone it can be."""
    scenario = connected()
    zone = scenario["zones"]["z"]
    del zone["headroom_mw"]
    zone.update(headroom_mw_0pct=100, headroom_mw_1pct=200)
    scenario["components"]["curtailment"] = {
        "tiers": {"1pct": {"hours_per_year": 88, "connection_months": 0}}
    }
    return scenario


def held() -> Data:
    """No MW may trip; the equipment takes a year."""
    ride_through = {"max_trip_mw_per_zone": 0, "lead_months": 12, "overnight_usd_per_mw": 1000}
    scenario = base(headroom={}, ride_through=ride_through)
    scenario["zones"]["z"]["headroom_mw"] = 100
    return scenario


def rented() -> Data:
    """A site without a grid and rented units of six months."""
    unit = {"unit_mw": 100, "mobilisation_months": 6, "rent_usd_per_mw_month": 100}
    scenario = base(bridge={"products": {"genset": unit}})
    del scenario["sites"]["s"]["zone"]
    return scenario


def stepped_up() -> Data:
    """A plant of no time at all whose step-up transformer takes a year."""
    engine = {**ENGINE, "delivery": ["grid"], "step_up_class": "up", "step_up_per_unit": 1}
    scenario = supplied(technologies={"engine": engine})
    up = {**BANK, "role": "step_up", "lead_times": [{"ordered_from": "2026-01", "weeks": 50}]}
    scenario["components"]["transformers"] = {
        "classes": {"bank": {**BANK, "stock_units": 2}, "up": up}
    }
    return scenario


def named() -> Data:
    """A restart that needs 4 months and is not there before October 2027."""
    plant = {
        "technology": "engine",
        "zone": "z",
        "capacity_mw": 100,
        "earliest_in_service": "2027-10",
        "lead_time_months": 4,
    }
    return supplied(technologies={"engine": ENGINE}, named={"restart": plant})


def sent() -> Data:
    """A plant of a year in the neighbouring zone, which sends its power here."""
    tie = {"from_zone": "y", "to_zone": "z", "forward_mw": 200, "reverse_mw": 0, "loss_frac": 0}
    scenario = named()
    scenario["zones"]["y"] = {"accredited_surplus_mw": 0}
    scenario["components"]["interfaces"] = {"limits": {"tie": tie}}
    scenario["components"]["plants"]["named"]["restart"]["zone"] = "y"
    return scenario


def second_of_a_kind() -> Data:
    """A first unit of half a year and 50 MW, and others after it, of half a year too."""
    first = {**ENGINE, "unit_mw": 50, "delivery": ["grid"], "construction_months": 6}
    first["max_units_per_place"] = 1
    after = {**first, "after": "first"}
    return supplied(technologies={"first": first, "next": after})


CASES: dict[str, tuple[Callable[[], Data], date, set[tuple[str, str, date, date]]]] = {
    "review": (lambda: reviewed(10), YEAR, {("review", "study", START, date(2027, 11, 1))}),
    "programmatic review": (programmatic, YEAR, {("review", "tiered", HALF, YEAR)}),
    "halls": (
        lambda: reviewed(6, campus={"hall_it_mw": 100, "shell_months": 6}),
        YEAR,
        {("halls", "halls", HALF, YEAR)},
    ),
    "connection": (connected, YEAR, {("connection", "s", START, YEAR)}),
    "connection of the tier": (gradual, YEAR, {("connection", "s", START, YEAR)}),
    "upgrade": (upgraded, YEAR, {("upgrade", "wire", START, YEAR)}),
    "ride-through": (held, YEAR, {("ride-through", "equipment", START, YEAR)}),
    "ordered transformers": (
        lambda: banks(lead_times=[{"ordered_from": "2026-01", "weeks": 50}]),
        YEAR,
        {("transformers", "bank", START, YEAR)},
    ),
    "installed transformers": (
        lambda: banks(stock_units=2, install_months=8),
        YEAR,
        {("transformers", "bank", START, YEAR)},
    ),
    "reserve that opens": (
        lambda: banks(
            max_units=0,
            reserve_units=2,
            reserve_from="2027-07",
            reserve_weeks=20,
        ),
        YEAR,
        {("transformers", "bank", HALF, YEAR)},
    ),
    "booked slot": (
        lambda: banks(max_units=0, booked=[{"delivered": "2027-11", "units": 2}]),
        YEAR,
        {("transformers", "bank", YEAR, YEAR)},
    ),
    "step-up of a plant": (stepped_up, YEAR, {("transformers", "up", START, YEAR)}),
    "plant with a date": (named, YEAR, {("plant", "restart", START, YEAR)}),
    "plant of another zone": (sent, YEAR, {("plant", "restart", START, YEAR)}),
    "rented units": (rented, HALF, {("rental", "genset", START, HALF)}),
}


def path(plan: Plan, on: date) -> list[dict[str, Any]]:
    """Rows of the critical path of an energisation."""
    assert (plan.status, plan.findings) == ("OPTIMAL", ())
    rows = [dict(row) for row in plan.tables["critical_path"] if row["energised_date"] == on]
    assert rows, [row["energised_date"] for row in plan.tables["critical_path"]]
    return rows


def waited(plan: Plan, on: date) -> set[tuple[Any, ...]]:
    """Step, item and dates of what an energisation waited for."""
    columns = ("step", "item", "started_date", "finished_date")
    rows = [row for row in path(plan, on) if row["is_last"] and row["is_critical"]]
    return {tuple(row[column] for column in columns) for row in rows}


@pytest.mark.parametrize("kind", CASES)
def test_what_the_first_energisation_waited_for(kind: str) -> None:
    make, on, expected = CASES[kind]
    plan = plan_of(make())
    found = waited(plan, on)
    # a start may be any that serves the same date: transformers and plants may be ordered later
    assert {step[:2] for step in found} == {step[:2] for step in expected}
    assert {step[3] for step in found} == {step[3] for step in expected}
    months = 12 * (on.year - 2027) + on.month - 1
    causes = [row for row in waits(plan.tables) if row["late_mw_months"]]
    assert {(row["waited_for"], row["item"]) for row in causes} == {s[:2] for s in expected}
    assert sum(float(str(row["late_mw_months"])) for row in causes) == pytest.approx(100 * months)


def test_halls_stand_on_the_review() -> None:
    """Six months each: both are on the path, the site waited for the halls, neither has slack."""
    rows = path(plan_of(CASES["halls"][0]()), YEAR)
    assert {(row["step"], row["is_critical"], row["is_last"]) for row in rows} == {
        ("review", True, False),
        ("halls", True, True),
    }
    assert {row["slack_months"] for row in rows} == {0}


def test_a_tiered_review_stands_on_the_programmatic_one() -> None:
    rows = path(plan_of(programmatic()), YEAR)
    assert [(row["step"], row["is_critical"], row["is_last"]) for row in rows] == [
        ("programmatic review", True, False),
        ("review", True, True),
    ]


def test_second_of_a_kind_stands_on_the_first() -> None:
    """50 MW from July 2027, 100 from 2028, when a unit started then is built."""
    plan = plan_of(second_of_a_kind())
    assert {step[:2] for step in waited(plan, HALF)} == {("plant", "first@z")}
    assert {step[:2] for step in waited(plan, YEAR)} == {("plant", "next@z")}


def test_factory_slots_leave_no_slack() -> None:
    """One bank of 50 MW a half-year: the second comes in July, and could not have come before."""
    plan = plan_of(banks(slots_per_year=2))
    rows = path(plan, HALF)
    assert [(row["step"], row["slack_months"]) for row in rows if row["is_last"]] == [
        ("transformers", 0)
    ]


def test_a_ramp_leaves_no_slack() -> None:
    campus = {"hall_it_mw": 50, "shell_months": 0, "max_new_it_mw_per_year": 100}
    rows = path(plan_of(base(campus=campus)), HALF)
    assert [(row["step"], row["slack_months"]) for row in rows if row["is_last"]] == [("halls", 0)]


def test_what_was_begun_late_because_there_was_time_has_its_slack() -> None:
    """Wanted from 2029 on; halls of 6 months are dearest early, so they start in July 2028."""
    campus = {
        "hall_it_mw": 100,
        "shell_months": 6,
        "overnight_usd_per_it_mw": 1e6,
        "fixed_om_usd_per_it_mw_year": 1000,
    }
    scenario = base(campus=campus)
    kind = scenario["components"]["workloads"]["kinds"]["training"]
    kind["targets"] = [{"from_date": "2029-01", "it_mw": 100}]
    plan = plan_of(scenario)
    assert {step[:2] for step in waited(plan, date(2029, 1, 1))} == {("demand", "targets")}
    rows = path(plan, date(2029, 1, 1))
    assert [row["slack_months"] for row in rows if row["step"] == "halls"] == [18]


def test_a_reserve_that_grows_is_a_limit_that_gave_way() -> None:
    """50 MW accredited in 2027, 100 from 2028 on: nothing is built, and nobody waited for demand."""
    scenario = base(adequacy={})
    scenario["zones"]["z"].update(accredited_surplus_mw_2027=50, accredited_surplus_mw_2028=100)
    plan = plan_of(scenario)
    assert {step[:2] for step in waited(plan, YEAR)} == {("limit", "reserve of zone z")}


def test_load_that_grows_by_date_waits_for_its_date() -> None:
    scenario = base()
    kind = scenario["components"]["workloads"]["kinds"]["training"]
    kind["targets"] = [
        {"from_date": "2027-01", "it_mw": 40},
        {"from_date": "2027-12", "it_mw": 100},
    ]
    assert {step[:2] for step in waited(plan_of(scenario), YEAR)} == {("demand", "targets")}


def test_a_bank_from_stock_and_one_from_a_booked_slot_are_one_step() -> None:
    """In service on one day: 100 MW for four years at 20 USD/MWh, both banks paid for already."""
    plan = plan_of(
        banks(stock_units=1, booked=[{"delivered": "2027-01", "units": 1, "paid_frac": 1}])
    )
    assert plan.objective_usd == pytest.approx(4 * 100 * 8760 * 20)
    rows = [row for row in path(plan, START) if row["step"] == "transformers"]
    assert [(row["item"], row["finished_date"]) for row in rows] == [("bank", START)]


def test_a_bank_from_the_reserve_and_one_ordered_are_one_step() -> None:
    """Two of 1 M USD over 40 years for four of them, and the energy."""
    scenario = banks(reserve_units=1, reserve_usd_per_unit=1e6, slots_per_year=2)
    plan = plan_of(scenario)
    assert plan.objective_usd == pytest.approx(2 * 1e6 / 40 * 4 + 4 * 100 * 8760 * 20)
    assert [row["step"] for row in path(plan, START)].count("transformers") == 1
