"""Why no plan exists: the family, the place, the date, the amount, and that the remedy works."""

from __future__ import annotations

import re
from typing import Any

import pytest

from siting.core.errors import InfeasibleError
from siting.core.study import Change
from siting.instance.changes import changed
from siting.pipeline import Loaded, run
from support.engine import EXACT, instance_of, toy
from support.networks import behind_one_line

SET = re.compile(r"(?:Raise|Lower) (\S+) from \S+ to ([0-9.e+-]+)")
STEP = re.compile(r"(shorter|larger) by (\d+) (\w+) would give a plan \((.*)\)$")
WEEKS_PER_MONTH = 30.4375 / 7


def must_serve(mw: float = 100, start: str = "2028-01") -> dict[str, Any]:
    """The toy with load that has to be served from a date on."""
    scenario = toy()
    training = scenario["components"]["workloads"]["kinds"]["training"]
    training["must_serve"] = True
    training["targets"] = [{"from_date": start, "it_mw": mw}]
    return scenario


def only(scenario: dict[str, Any], *sites: str) -> dict[str, Any]:
    """A scenario with these sites alone."""
    scenario["sites"] = {name: scenario["sites"][name] for name in sites}
    return scenario


def reasons(scenario: dict[str, Any]) -> tuple[str, ...]:
    """Why a scenario has no plan."""
    with pytest.raises(InfeasibleError) as error:
        run(Loaded(instance_of(scenario), {}), limits=EXACT)
    assert 1 <= len(error.value.limits) <= 5
    return error.value.limits


def mended(scenario: dict[str, Any], lines: tuple[str, ...]) -> dict[str, Any] | None:
    """The scenario with what the lines suggest: every number to be set, or the first measure."""
    changes = [
        Change(path=found[1], set=float(found[2]) if "." in found[2] else int(float(found[2])))
        for line in lines
        if (found := SET.search(line))
    ]
    if not changes:
        step = next((found for line in lines if (found := STEP.search(line))), None)
        if step is None:
            return None
        amount = float(step[2]) * (1.0 if step[1] == "larger" else -1.0)
        for path in step[4].split(", "):
            is_months = step[3] == "weeks" and not path.endswith("weeks")
            add = amount / WEEKS_PER_MONTH if is_months else amount
            changes.append(Change(path=path, add=add))
    after = changed(instance_of(scenario), changes, "mended")
    return None if after is None else dict(after.resolved)


def zone() -> dict[str, Any]:
    scenario = only(must_serve(), "near")
    scenario["zones"]["cheap"]["headroom_mw"] = 70
    scenario["components"].pop("plants")
    return scenario


def node() -> dict[str, Any]:
    scenario = only(must_serve(), "near")
    scenario["nodes"] = {"poi": {"name": "POI", "capacity_mw": 60, "zone": "cheap"}}
    scenario["nodes"]["poi"] |= {"longitude": -77.0, "latitude": 40.5}
    scenario["sites"]["near"]["node"] = "poi"
    scenario["components"].pop("plants")
    return scenario


def adequacy() -> dict[str, Any]:
    scenario = only(must_serve(), "near")
    scenario["zones"]["cheap"]["accredited_surplus_mw"] = 80
    scenario["components"].pop("plants")
    return scenario


def agency() -> dict[str, Any]:
    scenario = only(must_serve(), "near")
    scenario["components"]["land"]["max_sites_by_agency"] = {"DOE": 0}
    return scenario


def all_sites() -> dict[str, Any]:
    scenario = must_serve(200)
    for name in ("near", "far"):
        scenario["sites"][name]["max_it_mw"] = 100
    scenario["components"]["land"]["max_sites"] = 1
    return only(scenario, "near", "far")


def slots() -> dict[str, Any]:
    scenario = only(must_serve(start="2028-07"), "near")
    bank = scenario["components"]["transformers"]["classes"]["main_bank"]
    bank |= {"stock_units": 0, "slots_per_year": 0}
    scenario["components"].pop("plants")
    return scenario


def offer() -> dict[str, Any]:
    scenario = only(must_serve(start="2028-07"), "near")
    bank = scenario["components"]["transformers"]["classes"]["main_bank"]
    bank |= {"stock_units": 0, "max_units": 0}
    scenario["components"].pop("plants")
    return scenario


def supply() -> dict[str, Any]:
    scenario = only(must_serve(start="2028-07"), "ranch")
    scenario["components"]["plants"]["technologies"]["fuel_cell"]["max_starts_per_year"] = 2
    for step in scenario["horizon"]["steps"]:
        step["step"] = "year"
    scenario["horizon"]["start"] = "2026-01"
    scenario["components"]["workloads"]["kinds"]["training"]["targets"] = [
        {"from_date": "2028-01", "it_mw": 200}
    ]
    return scenario


def budget() -> dict[str, Any]:
    scenario = only(must_serve(), "near")
    scenario["components"]["budget"] = {"max_overnight_usd": 50_000_000}
    return scenario


def emissions() -> dict[str, Any]:
    scenario = only(must_serve(start="2028-01"), "ranch")
    cell = scenario["components"]["plants"]["technologies"]["fuel_cell"]
    cell["emissions_t_per_mwh"] = 0.5
    scenario["components"]["emissions"] = {"max_t_per_year": 1000}
    return scenario


def water() -> dict[str, Any]:
    scenario = only(must_serve(start="2028-01"), "ranch")
    cell = scenario["components"]["plants"]["technologies"]["fuel_cell"]
    cell["water_gal_per_mwh"] = 500
    scenario["components"]["water"] = {"max_m3_per_year": 1000}
    return scenario


def trip() -> dict[str, Any]:
    scenario = only(must_serve(), "near")
    scenario["components"].pop("plants")
    scenario["components"]["ride_through"] = {
        "max_trip_mw_per_zone": 40,
        "available_from": "2028-07",
    }
    return scenario


def bills() -> dict[str, Any]:
    scenario = only(must_serve(), "near")
    scenario["zones"]["cheap"] |= {"summer_peak_mw": 1000, "headroom_mw": 50}
    scenario["components"].pop("plants")
    scenario["components"]["headroom"]["upgrades"] = {
        "line": {"zone": "cheap", "added_mw": 100, "lead_time_months": 6, "overnight_usd": 4e8}
    }
    scenario["components"]["ratepayer"] = {
        "capacity_price_curve": [
            {"surplus_frac": -1, "price_usd_per_mw_day": 100},
            {"surplus_frac": 1, "price_usd_per_mw_day": 100},
        ],
        "retail_usd_per_mwh": 100,
        "zone_load_factor_frac": 0.5,
        "max_bill_effect_frac": 0.0001,
    }
    return scenario


def fleet() -> dict[str, Any]:
    scenario = only(must_serve(start="2027-07"), "ranch")
    scenario["components"]["bridge"] = {
        "products": {
            "turbine": {
                "unit_mw": 25,
                "capacity_credit_frac": 1.0,
                "connection": "medium_voltage",
                "mobilisation_months": 3,
                "rent_usd_per_mw_month": 1000,
                "permit_hours_per_year": 8760,
                "fleet_units": 3,
            }
        }
    }
    return scenario


def acres() -> dict[str, Any]:
    scenario = only(must_serve(200), "near")
    scenario["sites"]["near"]["buildable_acres"] = 160
    return scenario


def largest() -> dict[str, Any]:
    scenario = only(must_serve(200), "near")
    scenario["sites"]["near"]["max_it_mw"] = 100
    return scenario


def review() -> dict[str, Any]:
    scenario = only(must_serve(start="2028-01"), "near")
    scenario["components"]["land"] = {
        "review_paths": {"long": {"name": "Long", "months": 12}},
        "default_path": "long",
    }
    return scenario


def connection() -> dict[str, Any]:
    scenario = only(must_serve(start="2028-01"), "near")
    scenario["zones"]["cheap"]["connection_months"] = 17
    scenario["components"].pop("plants")
    return scenario


def lead() -> dict[str, Any]:
    scenario = only(must_serve(start="2028-01"), "near")
    bank = scenario["components"]["transformers"]["classes"]["main_bank"]
    bank |= {"stock_units": 0, "lead_times": [{"ordered_from": "2027-01", "weeks": 70}]}
    scenario["components"].pop("plants")
    return scenario


def stages() -> dict[str, Any]:
    scenario = only(must_serve(start="2028-01"), "ranch")
    cell = scenario["components"]["plants"]["technologies"]["fuel_cell"]
    cell["construction_months"] = 12
    return scenario


def shells() -> dict[str, Any]:
    scenario = only(must_serve(start="2028-01"), "near")
    scenario["components"]["campus"]["shell_months"] = 16
    return scenario


# what each answer has to name: family and rule or kind, place, date, amount
def line() -> dict[str, Any]:
    """Two campuses of 100 MW and 50 MW of load behind a line of 200 MW, and no site elsewhere."""
    scenario = behind_one_line(200)
    scenario["components"]["workloads"]["kinds"]["training"]["must_serve"] = True
    del scenario["sites"]["far"], scenario["components"]["network"]["bus_of_site"]["far"]
    return scenario


CASES: dict[str, tuple[Any, list[str]]] = {
    "a line": (
        line,
        ["network.flow_limit[east-0, 2028-01-01] short by 50 MW", "rating_mw from 200 to 250"],
    ),
    "headroom of a zone": (zone, ["headroom.zone_limit[cheap, 2028-01-01] short by 30 MW"]),
    "headroom of a node": (
        node,
        ["headroom.connected[near, 2028-01-01] short by 40 MW", "nodes.poi"],
    ),
    "adequacy": (adequacy, ["adequacy.reserve_margin[cheap, 2028-01-01] short by 20 MW"]),
    "cap of an agency": (agency, ["land.group_limit[agency DOE] short by 1 sites"]),
    "cap on sites": (
        all_sites,
        ["land.group_limit[all] short by 1 sites", "max_sites from 1 to 2"],
    ),
    "factory slots": (slots, ["transformers.slots[main_bank, 202", "short by 1 units"]),
    "units on offer": (offer, ["transformers.supply_limit[main_bank] short by 1 units"]),
    "supply of plants": (supply, ["plants.supply[fuel_cell, 202", "units", "max_starts_per_year"]),
    # opening 10 and halls of 100 MUSD against 50
    "budget": (
        budget,
        ["budget.total_cap[2027-01-01] short by 60", "million USD", "max_overnight_usd"],
    ),
    # 100 MW * 8760 h * 0.5 t = 438,000 t a year against 1,000
    "emissions": (
        emissions,
        ["emissions.yearly_cap[all, 2028] short by 437 thousand t", "from 1000 to 438000"],
    ),
    # 876,000 MWh of 500 gal = 1,658,010 m3 against 1,000
    "water": (water, ["water.yearly_cap[all, 2028] short by 1657.01 thousand m3"]),
    "load that trips": (trip, ["ride_through.trip_limit[zone cheap, 2028-01-01] short by 60 MW"]),
    # 40 MW-blocks aside, 100 MW are four units of 25 where three are to be had
    "rented fleet": (fleet, ["bridge.fleet[turbine, 2027-07-01] short by 1 units", "from 3 to 4"]),
    "bills": (bills, ["ratepayer.bill_cap[cheap, 2028-01-01] short by", "max_bill_effect_frac"]),
    # one acre a MW: 200 for 160
    "acres": (acres, ["buildable land of sites larger by 40 acres", "sites.near.buildable_acres"]),
    "largest load": (largest, ["largest load of sites larger by 100 MW", "sites.near.max_it_mw"]),
    # review 12 and hall 6 months end in 2028-07; 2028-01 needs a review of 6 months: 26.1 weeks less
    "review": (review, ["reviews shorter by 27 weeks", "review_paths.long.months"]),
    # 17 months of connection from 2027-01 for 12: 21.7 weeks
    "connection": (
        connection,
        ["connections shorter by 22 weeks", "(zones.cheap.connection_months)"],
    ),
    # 70 weeks from 2027-01-01 for 52 (364 days, 2027-12-31)
    "lead time": (lead, ["transformers shorter by 18 weeks", "main_bank"]),
    # permits 6 beside equipment 6, then 12 of construction: 6 months too many over two stages
    "stages of a plant": (stages, ["plants shorter by", "weeks"]),
    # 16 months for 12
    "halls": (shells, ["halls shorter by 18 weeks"]),
}


@pytest.mark.parametrize("name", CASES)
def test_the_answer_names_what_clashes_and_mends_it(name: str) -> None:
    make, words = CASES[name]
    scenario = make()
    lines = reasons(scenario)
    for word in words:
        assert any(word in line for line in lines), lines
    after = mended(scenario, lines)
    assert after is not None, lines
    assert run(Loaded(instance_of(after), {}), limits=EXACT).status == "OPTIMAL"


def test_only_integrality_is_to_blame() -> None:
    # a bank carries 100 MW, the target is 100 MW: half a bank on offer would do for a fraction
    scenario = offer()
    bank = scenario["components"]["transformers"]["classes"]["main_bank"]
    bank |= {"max_units": 1}
    scenario["components"]["workloads"]["kinds"]["training"]["targets"] = [
        {"from_date": "2028-07", "it_mw": 150}
    ]
    (line,) = (x for x in reasons(scenario) if "transformers" in x)
    assert "transformers.supply_limit[main_bank] short by 1 units" in line


def test_rules_are_given_up_before_the_grid_and_the_load() -> None:
    # either one more site or 100 MW more at `near`: the cap is a rule, the zone is not
    scenario = all_sites()
    scenario["zones"]["cheap"]["headroom_mw"] = 100
    lines = reasons(scenario)
    assert lines[0].startswith("land.group_limit[all] short by 1 sites")
    assert not any("headroom" in line for line in lines)


def test_many_clashes_are_five_lines() -> None:
    scenario = must_serve(100, "2028-01")
    kinds = scenario["components"]["workloads"]["kinds"]
    for number in range(7):
        kinds[f"kind{number}"] = dict(kinds["training"])
    scenario["zones"]["cheap"]["headroom_mw"] = 0
    scenario["zones"]["dear"]["headroom_mw"] = 0
    scenario["sites"]["ranch"]["buildable_acres"] = 100
    lines = reasons(scenario)
    assert len(lines) <= 5


def test_periods_of_one_limit_are_one_line() -> None:
    (line,) = reasons(zone())
    assert "and in 1 other periods by no more" in line
    assert line.endswith("Raise zones.cheap.headroom_mw from 70 to 100")
