"""Emissions: price and caps on paper, refusals, and plans broken by hand.

The toy scenario with 0.4 t/MWh in `dear` and 0.2 in `cheap`: far buys 438,000 MWh in the second
half of 2027, near 876,000 MWh in 2028, so each year emits 175,200 t.
"""

from __future__ import annotations

from typing import Any

import pytest

from siting.core.errors import InputError
from siting.core.plan import Plan
from support.engine import instance_of, plan_of, toy
from support.paper import Change, Scenario, check_case, set_at, several
from support.tamper import assert_every_change_is_found, rules_broken, with_row

FREE = 79.90
HALF_LATE = FREE - 13.14 + 90
"""Half of the load late in the second half of 2027, and half of the energy bought at far."""
CELLS = 1 + 15 + 26.28 + 3.6 + 23.8272
"""Three cells of 600 USD/kW carry far from 2028 on."""
TWO_CELLS = 1 + 15 + 26.28 + 2.4 + 0.8 * 23.8272 + 0.2 * 52.56
"""Two cells, and 20 MW bought at 60 USD/MWh in 2028."""
CELL = "components.plants.technologies.fuel_cell"
CARBON = several(
    set_at("zones.dear.carbon_kg_per_mwh", 400), set_at("zones.cheap.carbon_kg_per_mwh", 200)
)
CHEAP_CELLS = several(
    set_at(f"{CELL}.overnight_usd_per_kw", 600), set_at(f"{CELL}.emissions_t_per_mwh", 0.5)
)


def to_mid_2028(scenario: Scenario) -> None:
    """A horizon whose last year is half a year long, with carbon in `dear` alone."""
    scenario["horizon"]["steps"][0]["until"] = "2028-07"
    scenario["zones"]["dear"]["carbon_kg_per_mwh"] = 400


def emissions(**settings: Any) -> Change:
    """The settings of the family."""
    return set_at("components.emissions", settings)


CASES: dict[str, tuple[Change, float]] = {
    "price of 10 USD/t": (
        several(CARBON, emissions(price_usd_per_t=10)),
        FREE + 10 * 2 * 0.1752,
    ),
    "no price": (several(CARBON, emissions()), FREE),
    # 87,600 t in 2027 are 50 MW for a half-year
    "yearly_cap binds in 2027": (
        several(CARBON, emissions(max_t_per_year_by_year={"2027": 87_600})),
        HALF_LATE,
    ),
    "yearly_cap just inside": (several(CARBON, emissions(max_t_per_year=175_200)), FREE),
    "yearly_cap of single years comes first": (
        several(
            CARBON,
            emissions(max_t_per_year=0, max_t_per_year_by_year={"2027": 175_200, "2028": 175_200}),
        ),
        FREE,
    ),
    # Until 2028-07 far alone with two cells is best: 20 MW bought for half a year are 35,040 t.
    # 1 + hall 10 + 52.56 of energy, less half a year of what two cells save.
    "yearly_cap of half a year counts half, just inside": (
        several(to_mid_2028, emissions(max_t_per_year_by_year={"2028": 70_080})),
        63.56 - (40 * 8760 * (60 - 6.8 * 4) / 1e6 - 8.4),
    ),
    # near then: opening 10, half a year of hall 5, bank 0.05 and energy 8.76
    "yearly_cap of half a year counts half, binds": (
        several(to_mid_2028, emissions(max_t_per_year_by_year={"2028": 35_040})),
        1 + 10 + 26.28 + 10 + 5 + 0.05 + 8.76,
    ),
    "zone_cap binds on bought energy": (
        several(CARBON, emissions(max_t_per_year_by_zone={"dear": 87_600})),
        HALF_LATE,
    ),
    "zone_cap of another zone": (
        several(CARBON, emissions(max_t_per_year_by_zone={"cheap": 175_200})),
        FREE,
    ),
    # 100 MW of cells emit 438,000 t a year, 80 MW 350,400 t
    "zone_cap counts the cells of a site in it": (
        several(CHEAP_CELLS, emissions(max_t_per_year_by_zone={"dear": 350_400})),
        TWO_CELLS,
    ),
    "zone_cap just inside": (
        several(CHEAP_CELLS, emissions(max_t_per_year_by_zone={"dear": 438_000})),
        CELLS,
    ),
    "agency_cap binds": (
        several(CHEAP_CELLS, emissions(max_t_per_year_by_agency={"BLM": 350_400})),
        TWO_CELLS,
    ),
    "agency_cap just inside": (
        several(CHEAP_CELLS, emissions(max_t_per_year_by_agency={"BLM": 438_000})),
        CELLS,
    ),
    "agency_cap does not count bought energy": (
        several(CARBON, emissions(max_t_per_year_by_agency={"BLM": 0, "DOE": 0})),
        FREE,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    check_case(*CASES[name])


def test_tables_on_paper() -> None:
    plan = check_case(*CASES["price of 10 USD/t"])
    rows = [tuple(row.values()) for row in plan.tables["emissions"]]
    start = [str(row[0]) for row in rows]
    assert start == ["2027-07-01", "2028-01-01", "2028-07-01"]
    assert [row[1:3] for row in rows] == [("dear", "zone"), ("cheap", "zone"), ("cheap", "zone")]
    assert [row[3] for row in rows] == pytest.approx([175_200, 87_600, 87_600])
    assert [row[4] for row in rows] == pytest.approx([1.752e6, 0.876e6, 0.876e6])
    years = {(row["year"], row["source"]): row["emissions_t"] for row in plan.tables["footprint"]}
    assert years == pytest.approx({(2027, "dear"): 175_200, (2028, "cheap"): 175_200})


def test_caps_table_on_paper() -> None:
    plan = check_case(*CASES["agency_cap binds"])
    (row,) = [row for row in plan.tables["emissions_caps"] if row["year"] == 2028]
    assert (row["rule"], row["group"]) == ("agency_cap", "BLM")
    assert row["emissions_t"] == pytest.approx(350_400)
    assert row["limit_t"] == 350_400
    sources = {row["source"]: row["emissions_t"] for row in plan.tables["footprint"]}
    assert sources["fuel_cell"] == pytest.approx(350_400)


@pytest.mark.parametrize(
    ("settings", "where", "what", "expected"),
    [
        (
            {"max_t_per_year_by_zone": {"mars": 1}},
            "components.emissions.max_t_per_year_by_zone.mars",
            "unknown zone 'mars'",
            "one of 'cheap', 'dear'",
        ),
        (
            {"max_t_per_year_by_agency": {"NASA": 1}},
            "components.emissions.max_t_per_year_by_agency.NASA",
            "unknown agency 'NASA'",
            "one of 'BLM', 'DOE', 'DoD'",
        ),
        (
            {"max_t_per_year_by_year": {"2035": 1}},
            "components.emissions.max_t_per_year_by_year.2035",
            "the year 2035 is not in the horizon",
            "one of 2027 to 2028",
        ),
    ],
)
def test_refusals(settings: dict[str, Any], where: str, what: str, expected: str) -> None:
    scenario = toy()
    scenario["components"]["emissions"] = settings
    with pytest.raises(InputError) as error:
        instance_of(scenario)
    (issue,) = error.value.issues
    assert (issue.where, issue.what, issue.expected) == (where, what, expected)
    assert issue.fix.startswith("Correct")


@pytest.mark.parametrize("name", ["price_usd_per_t", "max_t_per_year"])
def test_negative_settings_are_refused(name: str) -> None:
    scenario = toy()
    scenario["components"]["emissions"] = {name: -1}
    with pytest.raises(InputError, match=name):
        instance_of(scenario)


@pytest.fixture(scope="module")
def capped() -> tuple[Scenario, Plan]:
    """A plan with cells, a price, and a cap of each kind that just holds."""
    scenario = toy()
    several(
        CARBON,
        CHEAP_CELLS,
        emissions(
            price_usd_per_t=1,
            max_t_per_year=438_000,
            max_t_per_year_by_zone={"dear": 438_000},
            max_t_per_year_by_agency={"BLM": 438_000},
        ),
    )(scenario)
    return scenario, plan_of(scenario)


@pytest.mark.parametrize("name", ["emissions", "emissions_caps", "footprint"])
def test_every_changed_cell_is_found(capped: tuple[Scenario, Plan], name: str) -> None:
    scenario, plan = capped
    assert plan.findings == ()
    family = "footprint" if name == "footprint" else "emissions"
    assert_every_change_is_found(instance_of(scenario), plan, name, family)


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        ({"max_t_per_year": 400_000}, {"emissions.yearly_cap"}),
        ({"max_t_per_year_by_zone": {"dear": 400_000}}, {"emissions.zone_cap"}),
        ({"max_t_per_year_by_agency": {"BLM": 400_000}}, {"emissions.agency_cap"}),
        ({"price_usd_per_t": 2}, {"costs.family", "emissions.table"}),
    ],
)
def test_plan_that_breaks_a_cap_is_found(
    capped: tuple[Scenario, Plan], settings: dict[str, Any], rules: set[str]
) -> None:
    _, plan = capped
    other = toy()
    several(CARBON, CHEAP_CELLS, emissions(**{"price_usd_per_t": 1, **settings}))(other)
    assert rules <= rules_broken(instance_of(other), plan, {})


def test_emissions_of_no_place_are_found(capped: tuple[Scenario, Plan]) -> None:
    scenario, plan = capped
    table = with_row(plan.tables["purchases"], 0, zone="mars")
    assert "emissions.place" in rules_broken(instance_of(scenario), plan, {"purchases": table})
