"""Dollars of different years, on paper."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from families.test_settings_are_read import models
from siting.core.dollars import GDP_PRICE_INDEX, Priced, factor_between, in_dollars_of
from siting.core.errors import InputError
from siting.core.records import Zone
from siting.families.budget.settings import BudgetConfig
from siting.families.headroom.settings import HeadroomConfig, VoltageCost
from siting.families.plants.settings import PlantsConfig, Technology
from siting.pipeline import load
from siting.scenario import schema
from support.engine import BUILTIN, SHARED

TOY = BUILTIN / "models" / "toy.yaml"
DEFLATORS = SHARED / "facts" / "deflators.csv"


def test_dollars_of_2023_in_those_of_2026() -> None:
    """BEA: 123.448 in 2023, 134.676 in 2026 (2017 = 100); 1,000 USD become 1,090.95."""
    turbine = Technology(unit_mw=100, overnight_usd_per_kw=1000, dollar_year=2023)
    plants = in_dollars_of(PlantsConfig(technologies={"turbine": turbine}), 2026)
    found = plants.technologies["turbine"]
    assert found.overnight_usd_per_kw == pytest.approx(1090.95, abs=0.005)
    assert (found.unit_mw, found.dollar_year) == (100, 2026)


def test_dollars_of_a_later_year_become_fewer() -> None:
    """129.562 in 2025: 1,000 USD of 2026 are 962.03 of 2025."""
    assert 1000 * factor_between(2026, 2025) == pytest.approx(962.03, abs=0.005)
    assert factor_between(2031, 2031) == 1.0


def test_what_states_no_year_is_in_the_price_year_and_the_same_object() -> None:
    zone = Zone(energy_usd_per_mwh=40)
    assert in_dollars_of(zone, 2026) is zone


def test_rows_stand_in_the_year_of_their_section_unless_they_state_one() -> None:
    """Index 126.116 of 2024 over 123.448 and 111.468: factors 1.02161 and 1.13141."""
    here = VoltageCost(from_kv=345, line_usd_per_km=1e6, substation_usd=2e6)
    there = here.model_copy(update={"dollar_year": 2021})
    config = HeadroomConfig(dollar_year=2023, connection_costs=[here, there])
    own, other = in_dollars_of(config, 2024).connection_costs
    assert own.line_usd_per_km == pytest.approx(1_021_612, abs=1)
    assert other.substation_usd == pytest.approx(2_262_820, abs=1)
    assert own.from_kv == 345


def test_amounts_by_year_are_amounts() -> None:
    budget = BudgetConfig(dollar_year=2023, overnight_usd_by_year={"2030": 1e9})
    found = in_dollars_of(budget, 2026).overnight_usd_by_year["2030"]
    assert found == pytest.approx(1_090_953e3, abs=1e3)


def test_a_scenario_is_read_in_its_price_year() -> None:
    """The toy is in dollars of 2024: 126.116 / 111.468 of those of 2021."""
    plain = load(TOY).instance
    moved = load(TOY, {"components.campus.dollar_year": 2021}).instance
    before = plain.scenario.families()["campus"].overnight_usd_per_it_mw
    after = moved.scenario.families()["campus"].overnight_usd_per_it_mw
    assert after == pytest.approx(before * 1.131410, rel=1e-6)
    assert before > 0
    # what a study changes is read again, so that the file's own amounts are kept
    assert moved.resolved["components"] == {
        **plain.resolved["components"],
        "campus": {**plain.resolved["components"]["campus"], "dollar_year": 2021},
    }


def test_years_without_an_index_are_refused() -> None:
    with pytest.raises(InputError, match="no price index of 1999 is known"):
        load(TOY, {"components.campus.dollar_year": 1999})
    with pytest.raises(InputError, match="no price index of 2040 is known, and amounts are in"):
        load(TOY, {"components.campus.dollar_year": 2023, "price_year": 2040})
    assert load(TOY, {"price_year": 2040}).instance.scenario.price_year == 2040


def test_whatever_holds_dollars_may_state_their_year() -> None:
    for model in models(schema(), set()):
        amounts = [name for name in model.model_fields if "usd" in name.split("_")]
        assert not amounts or issubclass(model, Priced), (model.__name__, amounts)


@pytest.mark.skipif(not DEFLATORS.is_file(), reason="the facts are not beside the checkout")
def test_the_index_is_that_of_the_facts() -> None:
    with Path(DEFLATORS).open(encoding="utf-8", newline="") as file:
        facts = {int(row["year"]): float(row["gdp_ipd_2017_100"]) for row in csv.DictReader(file)}
    assert dict(GDP_PRICE_INDEX) == facts
