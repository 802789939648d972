"""Interest during construction and cost of capital by owner, on paper."""

from __future__ import annotations

import json
from datetime import date

import pytest

from siting.core.calendar import Calendar, Owner
from siting.core.errors import InputError
from siting.core.finance import interest_factor, yearly_usd
from siting.families.plants.settings import Technology
from siting.families.transformers.settings import EquipmentClass
from siting.pipeline import load, run
from support.engine import BUILTIN
from support.pairs import compare, scenario_of

TOY = BUILTIN / "models" / "toy.yaml"
CAMPUS = "components.campus"
TURBINE = Technology(
    unit_mw=100,
    overnight_usd_per_kw=1000,
    construction_months=60,
    is_interest_included=False,
)


def test_five_years_of_even_spending_at_five_and_a_half_percent() -> None:
    """0.2 * 1.055^0.5 * (1.055^5 - 1) / 0.055 = 0.2 * 1.027132 * 5.581091 = 1.146503."""
    assert interest_factor(0.055, 60) == pytest.approx(1.146503, abs=1e-6)
    assert TURBINE.capital_usd(0.055) == pytest.approx(114_650_300, abs=100)


def test_a_cost_that_holds_interest_gets_none() -> None:
    assert TURBINE.model_copy(update={"is_interest_included": True}).capital_usd(0.055) == 100e6


@pytest.mark.parametrize(
    ("months", "shares", "factors"),
    [
        (36, [0.1, 0.1, 0.8], (1.035, 1.057, 1.081)),
        (36, [0.1, 0.4, 0.5], (1.049, 1.078, 1.113)),
        (48, [0.1, 0.2, 0.3, 0.4], (1.068, 1.109, 1.159)),
        (72, [0.1, 0.2, 0.2, 0.2, 0.2, 0.1], (1.140, 1.231, 1.345)),
        (12, [1.0], (1.022, 1.034, 1.049)),
    ],
)
def test_published_schedules(
    months: float, shares: list[float], factors: tuple[float, float, float]
) -> None:
    """ReEDS 2025 as in ``technology_costs_2026.csv``: gas, combined cycle, four years, nuclear and coal,
    and one year, at real 4.4, 7 and 10 %; there the last year stands first."""
    for rate, factor in zip((0.044, 0.07, 0.10), factors, strict=True):
        assert interest_factor(rate, months, shares) == pytest.approx(factor, abs=0.0006)


def test_no_interest_without_time_or_rate() -> None:
    assert interest_factor(0.055, 0) == 1
    assert interest_factor(0.0, 60) == pytest.approx(1, abs=1e-12)


def test_half_a_year_is_paid_in_its_middle() -> None:
    assert interest_factor(0.21, 6) == pytest.approx(1.21**0.25, rel=1e-12)


@pytest.mark.parametrize(
    ("owner", "yearly"), [("grid", 0.1), ("power", 0.1295046), ("campus", 0.0802426)]
)
def test_each_owner_pays_its_own_rate(owner: Owner, yearly: float) -> None:
    """Over ten years nothing at 0 %, 5 % over 20 years 0.0802426, and 5 % over 10 years 0.1295046."""
    calendar = Calendar((date(2027, 1, 1),), date(2028, 1, 1), 0.05, (("grid", 0.0),))
    years = {"grid": 10, "power": 10, "campus": 20}[owner]
    assert yearly_usd(calendar, 1.0, years, owner) == pytest.approx(yearly, abs=1e-7)


def test_halls_at_their_own_rate_and_with_interest() -> None:
    """A hall of 100 M USD at 10 % over 10 years, built in half a year: 100 * 0.1627454 * 1.1^0.25 =
    16.66698 a year in place of 10, for 2.5 years; a bank of 5 M USD over 50 years 0.50430 in place of
    0.1: 79.9 - 25.1 + 41.66745 + 0.50430 = 96.97175."""
    rates = {"capital_rates": {"campus_frac": 0.1}, f"{CAMPUS}.is_interest_included": False}
    plan = run(load(TOY, rates))
    assert plan.findings == ()
    assert plan.objective_usd == pytest.approx(96_971_750, abs=100)


def test_a_step_up_belongs_to_the_plant_and_a_bank_to_the_campus() -> None:
    lead = {"lead_times": [{"ordered_from": "2027-01", "weeks": 1}], "unit_mva": 1.0}
    owners = {
        role: EquipmentClass.model_validate_json(json.dumps({"role": role, **lead})).owner
        for role in ("step_up", "main_bank", "switchgear")
    }
    assert owners == {"step_up": "power", "main_bank": "campus", "switchgear": "campus"}


def test_spending_has_to_be_the_whole() -> None:
    spend = {
        "components.plants.technologies": {"turbine": {"unit_mw": 1, "spend_fracs": [0.5, 0.4]}}
    }
    with pytest.raises(InputError, match=r"shares that sum to 0\.9"):
        load(TOY, spend)


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize(
    "pair",
    [
        ("campus", "plants"),
        ("headroom", "plants"),
        ("plants", "transformers"),
        ("campus", "ride_through"),
        ("budget", "plants"),
    ],
    ids="-".join,
)
def test_optimum_equals_the_plain_program(pair: tuple[str, str], number: int) -> None:
    """Random scenarios with a rate for each owner, and costs that do not hold interest."""
    data = scenario_of(pair, number)
    data["capital_rates"] = {"grid_frac": 0.03, "power_frac": 0.09, "campus_frac": 0.12}
    families = data["components"]
    for position, row in enumerate(families.get("plants", {}).get("technologies", {}).values()):
        row["is_interest_included"] = False
        row["construction_months"] = 18 + 6 * position
        row["spend_fracs"] = [0.2, 0.5, 0.3] if position % 2 else []
    if "campus" in families:
        families["campus"]["is_interest_included"] = False
    assert compare(data) is None
