"""The national scenarios: what they may use, what is committed, what reviews have taken, what is late in any
plan. Nothing is solved."""

from __future__ import annotations

import csv
from datetime import date

import pytest
import yaml

from siting.instance.build import Instance
from siting.model.assemble import assemble
from siting.model.goals import unavoidable_mw_months
from siting.pipeline import load
from support.engine import BUILTIN, SHARED

FACTS = SHARED / "facts"
needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not beside the checkout")
COMMITTED = {"DOE-PORTSMOUTH", "DOE-PADUCAH", "DOD-FORT-BLISS", "DOE-SRS"}


@pytest.fixture(scope="module")
def national() -> Instance:
    """What is on offer."""
    return load(BUILTIN / "models" / "federal-2035.yaml").instance


@pytest.fixture(scope="module")
def as_if() -> Instance:
    """As if each agency offered its land."""
    return load(BUILTIN / "models" / "federal-2035-open.yaml").instance


def test_only_what_is_solicited_or_committed_is_open(national: Instance) -> None:
    system = national.system
    solicited = {s for s, site in system.sites.items() if site.land_status == "solicited"}
    assert set(system.open_sites) == solicited | COMMITTED
    assert not [s for s, site in system.sites.items() if site.state == "AK"]
    assert "DOE-WIPP" not in system.open_sites  # promised to solar
    assert not [s for s in system.open_sites if s.startswith("BLM-")]


def test_portsmouth_holds_what_its_189_acres_hold(national: Instance, as_if: Instance) -> None:
    """0.6 acres a MW: 315 MW, three halls; as if all were offered, 3,700 acres."""
    assert national.system.sites["DOE-PORTSMOUTH"].buildable_acres == 189
    assert national.data["campus"].max_halls["DOE-PORTSMOUTH"] == 3
    assert as_if.system.sites["DOE-PORTSMOUTH"].buildable_acres == 3700


def test_as_if_offered_every_site_is_open(as_if: Instance) -> None:
    assert len(as_if.system.open_sites) == 59
    assert as_if.scenario.committed == {}


def test_every_committed_campus_has_its_own_plant(national: Instance) -> None:
    rows = national.scenario.committed.values()
    sites = {one.parts[-1] for one in rows if one.decision == "core.commit"}
    plants = {one.parts[-1] for one in rows if one.decision == "plants.units"}
    assert sites == plants == COMMITTED
    for one in rows:
        assert one.source and one.confidence in ("low", "medium"), one.name
    names = {name for name, _ in assemble(national).linear.row_names}
    assert "committed.held" in names


def test_no_firm_load_takes_headroom_for_load_that_gives_way(national: Instance) -> None:
    """No tier is firm: a zone gives what its adequacy and points leave. With the published tier it would."""
    assert national.data["headroom"].zone_mw == {}
    path = BUILTIN / "models" / "facts" / "published-headroom.yaml"
    firm = load(path).instance.data["headroom"].zone_mw
    assert firm["ERCOT", 0] == pytest.approx(9979.0)


def test_needs_are_accredited_by_year_and_season(national: Instance) -> None:
    """PJM 0.9401 of peak from 2028/29 on; MISO and SPP by season; a deficit gives nothing."""
    adequacy = national.data["adequacy"]
    periods = {str(start)[:4]: p for p, start in enumerate(national.system.calendar.starts)}
    later = adequacy.seasons["PJM", periods["2029"]][0]
    key = ("PJM", later, periods["2029"])
    assert adequacy.requirement[key] == pytest.approx(0.9401)
    assert adequacy.surplus_mw[key] == 0
    assert adequacy.deficit_mw[key] >= 6831


def test_gas_has_the_price_of_its_zone_and_year(national: Instance) -> None:
    """A combined cycle takes 2.40 USD a MWh and 6.295 MMBtu of gas at the price of its zone and year, stated in
    dollars of 2024 and brought to 2026."""
    plants = national.data["plants"]
    with (BUILTIN / "data" / "geo" / "gas_prices.csv").open(encoding="utf-8", newline="") as file:
        stated = {row["gas_id"]: float(row["gas_usd_per_mmbtu"]) for row in csv.DictReader(file)}
    assert len(stated) == len(national.scenario.families()["plants"].gas_prices) == 496
    starts = [start.year for start in national.system.calendar.starts]
    to_2026 = 134.676 / 126.116
    for year in (2027, 2034):
        usd = plants.output_usd_per_mwh("gas_combined_cycle", "CAISO", starts.index(year))
        assert usd == pytest.approx(2.4 + 6.295 * to_2026 * stated[f"CAISO.{year}"])


def test_facts_left_out_are_scenarios_of_their_own() -> None:
    """Each adds one fact to the national scenario; with Alaska its three bases are open."""
    folder = BUILTIN / "models" / "facts"
    names = {path.stem for path in folder.glob("*.yaml")}
    assert {"alaska", "curtailment", "delivered-prices", "transformer-pools"} <= names
    alaska = load(folder / "alaska.yaml").instance
    assert {s for s in alaska.system.open_sites if alaska.system.sites[s].state == "AK"} == {
        "DOD-CLEAR",
        "DOD-EIELSON",
        "DOD-JBER",
    }
    prices = load(folder / "delivered-prices.yaml").instance.scenario.families()["energy"].prices
    assert prices["CAISO.2026"].energy_usd_per_mwh > 186.4  # of 2023


def test_reviews_that_agencies_have_begun_count_from_then(national: Instance) -> None:
    """Oak Ridge's call of September 2025 and 18.2 months end in April 2027; committed in January 2027, the
    nine months that a lease takes end in October."""
    done = national.system.review_dates
    first = date(2027, 1, 1)
    assert done["DOE-ETTP"][first] == date(2027, 10, 1)
    assert done["DOE-PORTSMOUTH"][first] == first  # decided in November 2025
    # the Army's call of January 2026 and 18 months: July 2027, but a lease takes nine months
    assert done["DOD-FORT-HOOD"][first] == date(2027, 10, 1)


def test_what_no_plan_serves_in_time(national: Instance, as_if: Instance) -> None:
    """1,600 MW are wanted from January 2029. Only Portsmouth's halls can be there: for training 300 MW, and
    100 MW near each region but Los Angeles, which is over 30 ms away; the bound counts 800 of them. Halls
    elsewhere follow reviews of October 2027: April 2029, so July, a half-year late."""
    assert unavoidable_mw_months(national) == pytest.approx(6 * 800)
    assert unavoidable_mw_months(as_if) > unavoidable_mw_months(national)


@needs_facts
def test_observed_reviews_are_those_of_their_facts() -> None:
    with (FACTS / "review_durations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def months(action: str, project: str) -> float:
        (row,) = [r for r in rows if r["action"] == action and r["project"].startswith(project)]
        return float(row["months"])

    text = (BUILTIN / "models" / "libraries" / "review_observed.yaml").read_text(encoding="utf-8")
    paths = yaml.safe_load(text)
    award = months("DOE solicitation to award", "Paducah")
    selected = months("DOE solicitation to selection", "Savannah River")
    assert (award, selected) == (8.8, 9.6)
    lease = 9  # estimated
    assert paths["doe_site_lease"]["months"] == pytest.approx((award + selected) / 2 + lease)
    assert paths["doe_site_lease"]["least_months"] == lease
    assert paths["blm_right_of_way"]["months"] == months("BLM solar right-of-way", "Gemini")
    corpus = "NEPATEC corpus"
    for path, action in (
        ("environmental_assessment", "Environmental assessment, energy projects"),
        ("environmental_impact_statement", "Environmental impact statement, energy projects"),
        ("categorical_exclusion", "Categorical exclusion, energy projects"),
    ):
        assert paths[path]["months"] == months(action, corpus)
    deadline = months("Statutory deadline, environmental assessment", "42 USC 4336a")
    assert paths["tva_own_land"]["months"] == deadline
