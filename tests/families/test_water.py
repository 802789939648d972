"""Water of plants: price and caps on paper, refusals, and plans broken by hand.

The toy scenario with cells of 600 USD/kW that take 500 gallons, 1.892705892 m3, per MWh: three
cells carry far in 2028 and take 876,000 * 1.892705892 = 1,658,010.361 m3; two of them take 0.8 of
that. Water of cooling is in ``test_cooling.py``.
"""

from __future__ import annotations

from typing import Any

import pytest

from siting.core.errors import InputError
from siting.core.plan import Plan
from support.engine import instance_of, plan_of, toy
from support.paper import Change, Scenario, check_case, set_at, several
from support.tamper import assert_every_change_is_found, rules_broken, with_row

CELLS = 1 + 15 + 26.28 + 3.6 + 23.8272
"""Three cells of 600 USD/kW carry far from 2028 on."""
TWO_CELLS = 1 + 15 + 26.28 + 2.4 + 0.8 * 23.8272 + 0.2 * 52.56
"""Two cells, and 20 MW bought at 60 USD/MWh in 2028."""
WATER = 876_000 * 500 * 0.003785411784
ENOUGH = WATER + 0.001
TOO_LITTLE = 0.8 * WATER
CELL = "components.plants.technologies.fuel_cell"
WET_CELLS = several(
    set_at(f"{CELL}.overnight_usd_per_kw", 600),
    set_at(f"{CELL}.water_gal_per_mwh", 500),
    set_at("sites.far.basin", "owens"),
    set_at("sites.near.basin", "ohio"),
)
TO_GRID = set_at(f"{CELL}.delivery", ["grid"])


def water(**settings: Any) -> Change:
    """Wet cells, and the settings of the family."""
    return several(WET_CELLS, set_at("components.water", settings))


CASES: dict[str, tuple[Change, float]] = {
    "price of half a dollar": (water(price_usd_per_m3=0.5), CELLS + 0.5 * WATER / 1e6),
    "no price": (water(), CELLS),
    "yearly_cap binds": (water(max_m3_per_year=TOO_LITTLE), TWO_CELLS),
    "yearly_cap just inside": (water(max_m3_per_year=ENOUGH), CELLS),
    "yearly_cap of single years comes first": (
        water(max_m3_per_year=ENOUGH, max_m3_per_year_by_year={"2028": TOO_LITTLE}),
        TWO_CELLS,
    ),
    "basin_cap binds": (water(max_m3_per_year_by_basin={"owens": TOO_LITTLE}), TWO_CELLS),
    "basin_cap just inside": (water(max_m3_per_year_by_basin={"owens": ENOUGH}), CELLS),
    "basin_cap of another basin": (water(max_m3_per_year_by_basin={"ohio": 0}), CELLS),
    "agency_cap binds": (water(max_m3_per_year_by_agency={"BLM": TOO_LITTLE}), TWO_CELLS),
    "agency_cap just inside": (water(max_m3_per_year_by_agency={"BLM": ENOUGH}), CELLS),
    # Cells that deliver through the grid replace purchases in `dear` at the same cost.
    "yearly_cap counts plants of a zone": (
        several(water(max_m3_per_year=TOO_LITTLE), TO_GRID),
        TWO_CELLS,
    ),
    "basin_cap does not count plants of a zone": (
        several(water(max_m3_per_year_by_basin={"owens": 0}), TO_GRID),
        CELLS,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    check_case(*CASES[name])


def test_tables_on_paper() -> None:
    plan = check_case(*CASES["price of half a dollar"])
    rows = [tuple(row.values()) for row in plan.tables["water"]]
    assert [str(row[0]) for row in rows] == ["2028-01-01", "2028-07-01"]
    assert {row[1:3] for row in rows} == {("far", "site")}
    assert [row[3] for row in rows] == pytest.approx([WATER / 2, WATER / 2])
    assert [row[4] for row in rows] == pytest.approx([WATER / 4, WATER / 4])
    (used,) = [row for row in plan.tables["footprint"] if row["source"] == "fuel_cell"]
    assert used["year"] == 2028
    assert used["water_m3"] == pytest.approx(WATER)


@pytest.mark.parametrize(
    ("settings", "where", "what", "expected"),
    [
        (
            {"max_m3_per_year_by_basin": {"nile": 1}},
            "components.water.max_m3_per_year_by_basin.nile",
            "unknown basin 'nile'",
            "one of 'ohio', 'owens'",
        ),
        (
            {"max_m3_per_year_by_agency": {"NASA": 1}},
            "components.water.max_m3_per_year_by_agency.NASA",
            "unknown agency 'NASA'",
            "one of 'BLM', 'DOE', 'DoD'",
        ),
        (
            {"max_m3_per_year_by_year": {"2035": 1}},
            "components.water.max_m3_per_year_by_year.2035",
            "the year 2035 is not in the horizon",
            "one of 2027 to 2028",
        ),
    ],
)
def test_refusals(settings: dict[str, Any], where: str, what: str, expected: str) -> None:
    scenario = toy()
    water(**settings)(scenario)
    with pytest.raises(InputError) as error:
        instance_of(scenario)
    (issue,) = error.value.issues
    assert (issue.where, issue.what, issue.expected) == (where, what, expected)
    assert issue.fix.startswith("Correct")


def test_needs_energy() -> None:
    scenario = toy()
    scenario["components"] = {
        name: scenario["components"][name] for name in ("land", "campus", "workloads")
    }
    scenario["components"] |= {"water": {}, "emissions": {}}
    with pytest.raises(InputError) as error:
        instance_of(scenario)
    assert [issue.where for issue in error.value.issues] == [
        "components.emissions",
        "components.water",
    ]


@pytest.fixture(scope="module")
def capped() -> tuple[Scenario, Plan]:
    """A plan with cells, a price, and a cap of each kind that just holds."""
    scenario = toy()
    water(
        price_usd_per_m3=0.1,
        max_m3_per_year=ENOUGH,
        max_m3_per_year_by_basin={"owens": ENOUGH},
        max_m3_per_year_by_agency={"BLM": ENOUGH},
    )(scenario)
    return scenario, plan_of(scenario)


@pytest.mark.parametrize("name", ["water", "water_caps", "footprint"])
def test_every_changed_cell_is_found(capped: tuple[Scenario, Plan], name: str) -> None:
    scenario, plan = capped
    assert plan.findings == ()
    family = "footprint" if name == "footprint" else "water"
    assert_every_change_is_found(instance_of(scenario), plan, name, family)


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        ({"max_m3_per_year": TOO_LITTLE}, {"water.yearly_cap"}),
        ({"max_m3_per_year_by_basin": {"owens": TOO_LITTLE}}, {"water.basin_cap"}),
        ({"max_m3_per_year_by_agency": {"BLM": TOO_LITTLE}}, {"water.agency_cap"}),
        ({"price_usd_per_m3": 2}, {"costs.family", "water.table"}),
    ],
)
def test_plan_that_breaks_a_cap_is_found(
    capped: tuple[Scenario, Plan], settings: dict[str, Any], rules: set[str]
) -> None:
    other = toy()
    water(**{"price_usd_per_m3": 0.1, **settings})(other)
    assert rules <= rules_broken(instance_of(other), capped[1], {})


def test_water_of_no_place_is_found(capped: tuple[Scenario, Plan]) -> None:
    scenario, plan = capped
    table = with_row(plan.tables["generation"], 0, location="mars")
    assert "water.place" in rules_broken(instance_of(scenario), plan, {"generation": table})
