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
