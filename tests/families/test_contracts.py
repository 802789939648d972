"""Contracts of named plants: what is sold to others serves nobody here, and facts of the built-in ones.

The toy without ``far``, its zone without surplus: load at ``near`` needs the firm power of a plant.
"""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from siting.pipeline import load
from siting.solution.audit import audit_tables
from support.engine import BUILTIN, SHARED, instance_of, plan_of, toy

FACTS = SHARED / "facts"
needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not beside the checkout")
STEAM = {"unit_mw": 100, "variable_om_usd_per_mwh": 5}


def with_plant(settings: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """The toy with a plant of 100 MW, or without one if it states no capacity."""
    scenario = toy()
    scenario["sites"]["far"]["buildable_acres"] = 99
    scenario["zones"]["cheap"]["accredited_surplus_mw"] = 0
    plants = scenario["components"]["plants"]
    plants["technologies"]["steam"] = STEAM
    plants.update(settings or {})
    plant = {
        "technology": "steam",
        "zone": "cheap",
        "capacity_mw": 100,
        "overnight_usd": 1_000_000,
        "earliest_in_service": "2027-01",
        **fields,
    }
    if plant["capacity_mw"]:
        plants["named"] = {"old": plant}
    return scenario


def cost(scenario: dict[str, Any]) -> float:
    """Cost of the best plan, which passes its audit."""
    plan = plan_of(scenario)
    assert plan.findings == ()
    return plan.objective_usd


@pytest.fixture(scope="module")
def free_usd() -> float:
    """Nothing is sold."""
    return cost(with_plant())


@pytest.fixture(scope="module")
def none_usd() -> float:
    """There is no plant."""
    return cost(with_plant(capacity_mw=0))


def test_the_plant_is_worth_having(free_usd: float, none_usd: float) -> None:
    assert free_usd < none_usd


SOLD: dict[str, Any] = {"sold_to": "Somebody", "uncommitted_mw": 0}


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        ({}, {"uncommitted_mw": 100}),
        ({}, {"uncommitted_mw": 400, "sold_to": "Somebody"}),
        ({"buyers": ["Somebody"]}, SOLD),
        ({"is_contract_binding": False}, SOLD),
        ({}, {**SOLD, "sold_until": "2027-01"}),
        ({"is_deferral_allowed": True}, {"kind": "retirement deferral"}),
    ],
)
def test_what_is_left_serves(free_usd: float, settings: Any, fields: Any) -> None:
    assert cost(with_plant(settings, **fields)) == pytest.approx(free_usd)


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        ({}, SOLD),
        ({"buyers": ["Some", "Somebody else"]}, SOLD),
        ({}, {**SOLD, "sold_until": "2029-01"}),
        ({}, {"kind": "retirement deferral"}),
        ({"is_contract_binding": False}, {"kind": "retirement deferral"}),
    ],
)
def test_what_is_sold_or_kept_past_its_end_does_not(
    none_usd: float, settings: Any, fields: Any
) -> None:
    scenario = with_plant(settings, **fields)
    assert cost(scenario) == pytest.approx(none_usd)
    assert not instance_of(scenario).data["plants"].named


def test_it_serves_once_its_contract_has_ended(free_usd: float, none_usd: float) -> None:
    """Sold until 2028-07: the last half-year is as if it were in service from then on."""
    late = cost(with_plant(earliest_in_service="2028-07"))
    assert free_usd < late <= none_usd
    assert cost(with_plant(**SOLD, sold_until="2028-07")) == pytest.approx(late)


def test_a_part_that_is_left_delivers_as_much() -> None:
    data = instance_of(with_plant(uncommitted_mw=60)).data["plants"]
    assert set(data.rights_mw.values()) == {60}


def test_the_audit_finds_delivery_of_what_is_sold() -> None:
    plan = plan_of(with_plant())
    instance = instance_of(with_plant(uncommitted_mw=60))
    found = audit_tables(instance, plan.tables, plan.objective_usd)
    assert "plants.deliverable" in {finding.rule for finding in found}


def shipped() -> dict[str, dict[str, Any]]:
    """Built-in plants by id."""
    text = (BUILTIN / "data" / "geo" / "plants.geojson").read_text(encoding="utf-8")
    return {f["properties"]["id"]: f["properties"] for f in json.loads(text)["features"]}


def test_contracts_of_centralia_and_crane() -> None:
    """TransAlta of 9 December 2025: 700 MW to Puget Sound Energy until the end of 2044; Constellation:
    all of Crane to Microsoft for twenty years."""
    centralia, crane = shipped()["centralia"], shipped()["crane"]
    assert centralia["sold_to"].startswith("Puget Sound Energy")
    assert (centralia["sold_mw"], centralia["sold_until"]) == (700, "2044-12-31")
    assert (crane["sold_to"], crane["sold_mw"]) == ("Microsoft", 835)
    assert "20 years" in crane["contract_until"]
    assert (centralia["uncommitted_mw"], crane["uncommitted_mw"]) == (0, 0)


def test_boilers_fired_with_gas_are_no_combined_cycles() -> None:
    technologies = (
        load(BUILTIN / "models" / "restart-pjm.yaml").instance.data["plants"].technologies
    )
    for name in ("centralia", "naughton"):
        plant = shipped()[name]
        assert plant["heat_rate_mmbtu_per_mwh"] == 10.5
        assert technologies[plant["technology"]].heat_rate_mmbtu_per_mwh == 10.5


@needs_facts
def test_every_contract_is_that_of_its_fact() -> None:
    with (FACTS / "plants_status.csv").open(encoding="utf-8", newline="") as file:
        facts = {row["plant_id"]: row for row in csv.DictReader(file)}
    for name, plant in shipped().items():
        fact = facts[name]
        assert plant["sold_to"] == fact["output_sold_to"], name
        for column, of in (("sold_mw", "sold_mw"), ("accredited_mw", "net_accredited_mw")):
            assert plant[column] == (float(fact[of]) if fact[of] else None), (name, column)
        assert plant["uncommitted_mw"] == float(fact["uncommitted_mw"] or 0), name
        is_guess = "uncommitted_mw" in plant["estimated"].split(";")
        assert is_guess == (not fact["uncommitted_mw"]), name
        if fact["in_service_typical"]:
            assert plant["earliest_in_service"] == f"{fact['in_service_typical']}-01", name
    left = {name: row["uncommitted_mw"] for name, row in facts.items() if row["uncommitted_mw"]}
    assert {name for name, mw in left.items() if float(mw)} == {"comanche_peak"}
    assert float(left["comanche_peak"]) == 1200


def test_only_the_buyer_of_crane_can_plan_with_it() -> None:
    path = BUILTIN / "models" / "restart-pjm.yaml"
    assert set(load(path).instance.data["plants"].named) == {"crane"}
    nobody = load(path, {"components.plants.buyers": []}).instance
    assert not nobody.data["plants"].named
