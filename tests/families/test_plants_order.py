"""First of a kind first, shared builders, exclusive rights, dates of retirement, one unit out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pytest

from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.solution.audit import audit_tables
from support.engine import instance_of, plan_of, toy
from support.paper import Change, check_case, set_at, several

FREE = 79.90
NEAR_ONLY = 180 + 10 + 10 + 17.52
CELLS = 1 + 15 + 26.28 + 3.6 + 23.8272
"""Three cells at 600 USD/kW (1.2 a year each) replace the grid at `far` from 2028-01."""
RANCH = 180 + 2 + 10 + 3 * 8.4 + 23.8272
"""`ranch` alone with three cells from 2028-01."""
TECHNOLOGIES = "components.plants.technologies"
CHEAP = set_at(f"{TECHNOLOGIES}.fuel_cell.overnight_usd_per_kw", 600)
ONLY_RANCH = set_at("components.land.max_sites_by_state", {"PA": 0, "NV": 0})


def pilot(months: int, units: int, milestone: str) -> Change:
    """Cheap cells after pilots of 1 MW that cost 0.1 a year and give next to nothing."""
    first = {
        "unit_mw": 1,
        "delivery": ["on_site"],
        "connection": "medium_voltage",
        "overnight_usd_per_kw": 2000,
        "lifetime_years": 20,
        "variable_om_usd_per_mwh": 1000,
        "capacity_factor_frac": 0.001,
        "capacity_credit_frac": 0.001,
        "construction_months": months,
        "max_units_per_place": 1,
    }
    return several(
        CHEAP,
        set_at(f"{TECHNOLOGIES}.pilot", first),
        set_at(f"{TECHNOLOGIES}.fuel_cell.after", "pilot"),
        set_at(f"{TECHNOLOGIES}.fuel_cell.after_units", units),
        set_at(f"{TECHNOLOGIES}.fuel_cell.after_milestone", milestone),
    )


def builders(units: int) -> Change:
    """Cheap cells whose builders build that many at once."""
    slots = {"crews": {"technologies": ["fuel_cell"], "max_units_under_construction": units}}
    return several(CHEAP, set_at("components.plants.construction_slots", slots))


def steam(**plants: Mapping[str, object]) -> Change:
    """Named plants at the price of the grid in the zone of `far`, which has no surplus."""
    common = {"technology": "steam", "zone": "dear", "earliest_in_service": "2027-07"}
    named = {name: {**common, **plant} for name, plant in plants.items()}
    technology = {"unit_mw": 60, "variable_om_usd_per_mwh": 60, "lifetime_years": 20}
    return several(
        set_at("zones.dear.accredited_surplus_mw", 0),
        set_at(f"{TECHNOLOGIES}.steam", technology),
        set_at("components.plants.named", named),
    )


def stand_in(permit_hours: float) -> Change:
    """`ranch` alone, any cell of it out; one unit of 40 MW on rent for 4.8 in the year that counts."""
    unit = {
        "unit_mw": 40,
        "rent_usd_per_mw_month": 10_000,
        "variable_om_usd_per_mwh": 1000,
        "permit_hours_per_year": permit_hours,
        "max_units_per_site": 1,
    }
    return several(
        ONLY_RANCH,
        set_at("components.plants.n_plus_1", "islanded"),
        set_at("components.bridge", {"products": {"unit": unit}}),
    )


PAIR = {"capacity_mw": 60}
SHARED = {"capacity_mw": 60, "exclusive_group": "right"}
CASES: dict[str, tuple[Change, float]] = {
    "learned: a pilot runs at once, two years of it": (pilot(0, 1, "in_service"), CELLS + 0.2),
    # the pilot runs in 2027-07, cells then only from 2028-07: 82.27 against 79.90
    "learned binds: a pilot of six months comes too late": (pilot(6, 1, "in_service"), FREE),
    "learned from the start of the pilot": (pilot(6, 1, "start"), CELLS + 0.15),
    # one pilot a site: the second stands at `ranch`, opened for 2
    "sequence after two pilots": (pilot(0, 2, "in_service"), CELLS + 0.4 + 2),
    # 2027-07 builds two cells, 2028-01 the third: 20 MW of grid for half a year, half a year of capital
    "construction_slots bind": (
        builders(2),
        1 + 15 + 26.28 + 3.0 + 0.5 * 8760 * (80 * 27.2 + 20 * 60 + 100 * 27.2) / 1e6,
    ),
    "construction_slots just inside": (builders(3), CELLS),
    "exclusive binds: 60 of 100 MW": (
        steam(a=SHARED, b=SHARED),
        FREE - 0.4 * 26.28 + 0.4 * 180,
    ),
    "exclusive just inside: two rights": (steam(a=PAIR, b=SHARED), FREE),
    "decide_by: nobody decided in time": (
        steam(a={"capacity_mw": 100, "decide_by": "2026-12"}),
        NEAR_ONLY,
    ),
    "decide_by just inside": (steam(a={"capacity_mw": 100, "decide_by": "2027-01"}), FREE),
    "retires_on: gone before it is of use": (
        steam(a={"capacity_mw": 100, "retires_on": "2027-07"}),
        NEAR_ONLY,
    ),
    # serves 2027-07; 20 million over 20 years stay owed for a year and a half
    "retires_on just inside, capital stays owed": (
        steam(a={"capacity_mw": 100, "retires_on": "2027-10", "overnight_usd": 20_000_000}),
        FREE + 1.5,
    ),
    "largest_out binds: a fourth cell on an island": (
        several(ONLY_RANCH, set_at("components.plants.n_plus_1", "islanded")),
        RANCH + 8.4,
    ),
    "largest_out off": (ONLY_RANCH, RANCH),
    "largest_out: a rented unit stands in, however few its hours": (stand_in(1), RANCH + 4.8),
    "largest_out: a battery stands in for none": (stand_in(0), RANCH + 8.4),
    "largest_out just inside: the grid stands behind the cells": (
        several(CHEAP, set_at("components.plants.n_plus_1", "all")),
        CELLS,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    check_case(*CASES[name])


def refused(change: Change) -> str:
    """Message of a scenario that is refused."""
    scenario = toy()
    change(scenario)
    with pytest.raises(InputError) as error:
        instance_of(scenario)
    return str(error.value)


def test_refusals() -> None:
    found = refused(set_at(f"{TECHNOLOGIES}.fuel_cell.after", "fusion"))
    assert f"{TECHNOLOGIES}.fuel_cell.after: unknown technology 'fusion'" in found
    found = refused(set_at(f"{TECHNOLOGIES}.fuel_cell.after", "fuel_cell"))
    assert "technologies that wait for each other: fuel_cell -> fuel_cell" in found
    slots = {"crews": {"technologies": ["fusion"], "max_units_under_construction": 1}}
    found = refused(set_at("components.plants.construction_slots", slots))
    assert "components.plants.construction_slots.crews.technologies: unknown technology" in found


def broken(change: Change, edit: Callable[[list[dict[str, Cell]]], None]) -> set[str]:
    """Rules named by the audit after an edit of the rows of ``plants``."""
    scenario = toy()
    change(scenario)
    plan: Plan = plan_of(scenario)
    assert plan.findings == ()
    rows = [dict(row) for row in plan.tables["plants"]]
    edit(rows)
    tables = {**plan.tables, "plants": Table.of(plan.tables["plants"].columns, rows)}
    found = audit_tables(instance_of(scenario), tables, plan.objective_usd)
    return {finding.rule for finding in found}


def test_audit_of_a_start_before_its_predecessor() -> None:
    def later(rows: list[dict[str, Cell]]) -> None:
        row = next(row for row in rows if row["technology"] == "pilot")
        row["in_service_date"] = date(2028, 1, 1)

    assert "plants.sequence" in broken(pilot(0, 1, "in_service"), later)


def test_audit_of_builders() -> None:
    def together(rows: list[dict[str, Cell]]) -> None:
        for row in rows:
            row["start_date"] = date(2027, 1, 1)

    assert "plants.construction_slots" in broken(builders(2), together)


def test_audit_of_exclusive_rights() -> None:
    def both(rows: list[dict[str, Cell]]) -> None:
        (row,) = (row for row in rows if row["item"] in ("a", "b"))
        rows.append({**row, "item": "b" if row["item"] == "a" else "a"})

    assert "plants.exclusive" in broken(steam(a=SHARED, b=SHARED), both)


def test_audit_of_one_unit_out() -> None:
    """The plan without the rule fails the audit with it."""
    scenario, guarded = toy(), toy()
    ONLY_RANCH(scenario)
    several(ONLY_RANCH, set_at("components.plants.n_plus_1", "islanded"))(guarded)
    plan = plan_of(scenario)
    found = audit_tables(instance_of(guarded), plan.tables, plan.objective_usd)
    assert "plants.largest_out" in {finding.rule for finding in found}
