"""What is shipped of each site's status is what the facts say, and never surer than its source."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.engine import BUILTIN, SHARED

GEO = BUILTIN / "data" / "geo"
FACTS = SHARED / "facts"
needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not beside the checkout")
COPIED = {
    "availability": "availability",
    "counterparty": "counterparty",
    "exclusion": "exclusion",
    "offered_acres": "offered_acres",
    "planned_mw": "offered_or_planned_it_mw",
    "own_supply_mw": "planned_own_supply_mw",
    "own_supply": "planned_own_supply_type",
    "expected_first_power": "expected_first_power",
    "expected_full_power": "expected_full_power",
    "water_available": "water_source_available",
    "status_date": "status_date",
    "status_source": "source",
    "status_note": "note",
}
UNOPENED = ("AI-compiled", "as carried by", "as relayed by", "citing", "public dossier")


def shipped(name: str) -> dict[str, dict[str, Any]]:
    """Rows of a layer by id."""
    found = json.loads((GEO / name).read_text(encoding="utf-8"))["features"]
    return {f["properties"]["id"]: f["properties"] for f in found}


def facts(name: str, folder: Path = FACTS) -> dict[str, dict[str, str]]:
    """Rows of a table of facts by their first column."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {next(iter(row.values())): row for row in rows}


def same(cell: Any, fact: str) -> bool:
    """Whether a shipped cell is what a fact says; a blank stays unknown."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return bool(fact) and float(fact) == cell
    return (cell or "") == fact


@needs_facts
def test_every_number_is_that_of_its_fact() -> None:
    sites, statuses = shipped("federal_sites.geojson"), facts("site_status.csv")
    assert set(sites) == set(statuses)
    for name, site in sites.items():
        for column, of in COPIED.items():
            assert same(site[column], statuses[name][of]), (name, column)
        for column in ("review_started", "review_done"):
            assert same(site[column], statuses[name][f"{column}_date"][:7]), (name, column)


@needs_facts
def test_a_number_that_differs_is_seen() -> None:
    assert not same(190.0, "189")
    assert not same(0.0, "")
    assert same(None, "") and same(189.0, "189") and same("", "")


@needs_facts
def test_air_is_that_of_its_fact() -> None:
    airs = facts("air_permits.csv")
    for name, site in shipped("federal_sites.geojson").items():
        fact = airs[name]
        assert site["is_nonattainment"] == (fact["any_ozone_or_pm25_nonattainment"] == "yes"), name
        assert ("ozone (2015) whole" in site["nonattainment"]) == (
            fact["ozone_2015_nonattainment"] == "whole"
        )
        assert site["air_permit_route"] == fact["new_gas_plant_permit_route"]


def test_portsmouth_leases_189_acres_and_not_its_reservation() -> None:
    site = shipped("federal_sites.geojson")["DOE-PORTSMOUTH"]
    assert (site["land_status"], site["availability"]) == ("awarded", "taken")
    assert (site["offered_acres"], site["total_acres"]) == (189, 3700)
    assert site["own_supply_mw"] == 9200
    assert (site["review_started"], site["review_done"]) == ("2025-04", "2025-11")


def test_what_is_on_offer() -> None:
    """Four are taken; DOE's call for Idaho is the only open one; no BLM zone is offered."""
    sites = shipped("federal_sites.geojson")
    by_status: dict[str, set[str]] = {}
    for name, site in sites.items():
        by_status.setdefault(site["land_status"], set()).add(name)
    assert by_status["awarded"] == {"DOE-PADUCAH", "DOE-PORTSMOUTH"}
    assert by_status["selected"] == {"DOE-SRS"}
    assert by_status["under_negotiation"] == {"DOD-FORT-BLISS", "DOD-DUGWAY"}
    assert [n for n, s in sites.items() if s["availability"] == "open_offer"] == ["DOE-INL"]
    zones = {name for name, site in sites.items() if site["agency"] == "BLM"}
    assert {sites[name]["offered_acres"] for name in zones} == {0}
    assert sites["DOE-WIPP"]["land_status"] == "designated_other_use"
    assert sites["DOD-ARNOLD"]["availability"] == "unavailable"


def test_what_nobody_published_stays_unknown() -> None:
    hood = shipped("federal_sites.geojson")["DOD-FORT-HOOD"]
    assert (hood["offered_acres"], hood["planned_mw"], hood["review_done"]) == (None, None, None)


@pytest.mark.parametrize("name", ["federal_sites.geojson", "plants.geojson"])
def test_no_row_is_surer_than_an_unopened_source(name: str) -> None:
    found = 0
    for row in shipped(name).values():
        for prefix in ("", "status_", "air_"):
            source = row.get(f"{prefix}source")
            # cells that were not verified are told in `estimated`
            opened = (source or "").partition(" | cells named in")[0]
            if any(word in opened for word in UNOPENED):
                found += 1
                assert row[f"{prefix}confidence"] == "low", (row["id"], prefix)
    assert found


@needs_facts
def test_where_facts_differ_both_are_kept() -> None:
    listed = yaml.safe_load((GEO / "layers.yaml").read_text(encoding="utf-8"))["disagreements"]
    found = {(row["id"], row["column"]): row for row in listed}
    savannah = found["DOE-SRS", "offered_acres"]
    assert savannah["values"] == {"federal_sites.csv": 3103, "site_status.csv": 450}
    assert savannah["taken"] == 450 and savannah["why"]
    assert found["DOE-PADUCAH", "planned_mw"]["values"]["federal_sites.csv"] == 3000
    older, sites = facts("federal_sites.csv"), shipped("federal_sites.geojson")
    for name, site in sites.items():
        stated = older[name]["available_acres"]
        if (
            site["land_status"] != "designated_other_use"
            and stated
            and site["offered_acres"] is not None
        ):
            is_listed = (name, "offered_acres") in found
            assert is_listed == (float(stated) != site["offered_acres"]), name
