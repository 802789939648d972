"""Cooling: choice, water, cost and rack density on paper, refusals, and plans broken by hand.

In the toy scenario one bank carries 100 MW. A site cooled dry at a PUE of 1.25 has 80 MW of IT
behind it, cooled wet at a PUE of 1 all 100 MW, for 1.5 m3 per MWh of IT energy: 657,000 m3 for a
half-year of 100 MW, 1,314,000 m3 for a year.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml

from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.table import Table
from support.engine import BUILTIN, instance_of, plan_of, toy
from support.paper import Change, Scenario, check_case, set_at, several
from support.tamper import assert_every_change_is_found, rules_broken, with_row

FREE = 79.90
ALL_DRY = 1 + 15 + 26.28 + 0.2 * 180 + 10 + 10 + 0.2 + 1.25 * 17.52
"""A fifth late for a half-year at far; two banks and 125 MW at near."""
FAR_DRY = FREE + 0.2 * 180
"""A fifth late for a half-year at far, its facility still 100 MW; near is wet."""
HALF_YEAR_M3 = 100 * 4380 * 1.5
DRY = {"pue": 1.25}
WET = {"pue": 1.0, "water_m3_per_it_mwh": 1.5}
TRAINING = "components.workloads.kinds.training"


def cooling(**options: dict[str, float]) -> Change:
    """The options, and a basin for two of the sites."""
    return several(
        set_at("components.cooling", {"options": options}),
        set_at("sites.far.basin", "owens"),
        set_at("sites.near.basin", "ohio"),
    )


def water(**settings: Any) -> Change:
    """Both options, and the settings of ``water``."""
    return several(cooling(dry=DRY, wet=WET), set_at("components.water", settings))


CASES: dict[str, tuple[Change, float]] = {
    "dry alone": (cooling(dry=DRY), ALL_DRY),
    "wet alone": (cooling(wet=WET), FREE),
    "wet is chosen where water is free": (cooling(dry=DRY, wet=WET), FREE),
    "yearly cost of an option": (
        # 100 MW for a year and a half
        cooling(wet={**WET, "usd_per_it_mw_year": 10_000}),
        FREE + 1.5,
    ),
    "price of water": (
        # a half-year at far and a year at near
        water(price_usd_per_m3=0.1),
        FREE + 0.1 * 3 * HALF_YEAR_M3 / 1e6,
    ),
    "no water at far": (water(max_m3_per_year_by_basin={"owens": 0}), FAR_DRY),
    "water at far just enough": (
        water(max_m3_per_year_by_basin={"owens": HALF_YEAR_M3}),
        FREE,
    ),
    # Half of the water cools 50 MW wet. With both options at once 50 MW wet and 40 MW dry would do.
    "one option a site": (
        water(max_m3_per_year_by_basin={"owens": HALF_YEAR_M3 / 2}),
        FAR_DRY,
    ),
    # At a load factor of 0.8 energy and water are a fifth less.
    "water follows the load factor, just inside": (
        several(
            water(max_m3_per_year_by_basin={"owens": 0.8 * HALF_YEAR_M3}),
            set_at("components.energy.load_factor_frac", 0.8),
        ),
        FREE - 0.2 * (26.28 + 17.52),
    ),
    "water follows the load factor, none": (
        several(
            water(max_m3_per_year_by_basin={"owens": 0}),
            set_at("components.energy.load_factor_frac", 0.8),
        ),
        FAR_DRY - 0.2 * (26.28 + 17.52),
    ),
    "rack_density binds": (
        several(
            cooling(liquid=DRY, air={"pue": 1.0, "max_rack_kw": 40}),
            set_at(f"{TRAINING}.rack_kw", 120),
        ),
        ALL_DRY,
    ),
    "rack_density just inside": (
        several(
            cooling(liquid=DRY, air={"pue": 1.0, "max_rack_kw": 120}),
            set_at(f"{TRAINING}.rack_kw", 120),
        ),
        FREE,
    ),
    "rack_density of a workload that states none": (
        cooling(liquid=DRY, air={"pue": 1.0, "max_rack_kw": 40}),
        FREE,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    check_case(*CASES[name])


def test_racks_of_two_densities_share_the_cooling_of_the_denser() -> None:
    # Dense training of 50 MW and light inference of 50 MW from 2027-07. Only `liquid`, at a PUE
    # of 1.25, cools both, so 80 MW are served for a half-year at far: the dearer delay, 0.6
    # MUSD per MW-month, first. Near takes both in 2028 with two banks.
    scenario = toy()
    several(
        cooling(
            liquid={"pue": 1.25, "max_rack_kw": 200},
            air={"pue": 1.0, "max_rack_kw": 40},
        ),
        set_at(f"{TRAINING}.rack_kw", 120),
        set_at(f"{TRAINING}.targets", [{"from_date": "2027-07", "it_mw": 50}]),
        set_at(f"{TRAINING}.delay_cost_usd_per_mw_month", 600_000),
        set_at(
            "components.workloads.kinds.inference",
            {
                "rack_kw": 40,
                "targets": [{"from_date": "2027-07", "it_mw": 50}],
                "delay_cost_usd_per_mw_month": 300_000,
            },
        ),
    )(scenario)
    plan = check_case(lambda data: data.update(scenario), ALL_DRY)
    assert {row["option"] for row in plan.tables["cooling"]} == {"liquid"}


def test_table_on_paper() -> None:
    plan = check_case(*CASES["no water at far"])
    rows = [tuple(row.values())[1:] for row in plan.tables["cooling"]]
    assert [row[:2] for row in rows] == [("far", "dry"), ("near", "wet"), ("near", "wet")]
    assert [row[2:] for row in rows] == [
        pytest.approx((80, 100, 100, 0)),
        pytest.approx((100, 100, 100, HALF_YEAR_M3)),
        pytest.approx((100, 100, 100, HALF_YEAR_M3)),
    ]
    near = next(row for row in plan.tables["sites"] if row["site"] == "near")
    assert near["facility_mw"] == pytest.approx(100)
    used = [(row["year"], row["kind"], row["source"]) for row in plan.tables["footprint"]]
    assert (2028, "cooling", "wet") in used


def test_sites_show_the_load_of_their_cooling() -> None:
    plan = check_case(*CASES["dry alone"])
    near = next(row for row in plan.tables["sites"] if row["site"] == "near")
    assert near["facility_mw"] == pytest.approx(125)
    assert near["grid_mw"] == pytest.approx(125)


def test_library_is_complete() -> None:
    options = yaml.safe_load((BUILTIN / "models/libraries/cooling.yaml").read_text("utf-8"))
    scenario = toy()
    cooling(**options)(scenario)
    set_at(f"{TRAINING}.rack_kw", 125)(scenario)
    data = instance_of(scenario).data["cooling"]
    assert sorted(data.options) == ["air_evaporative", "liquid_dry", "liquid_evaporative"]
    assert all(o.source and o.confidence and o.estimated for o in data.options.values())
    assert instance_of(scenario).system.pue == 1.22


def refused(*changes: Change) -> list[tuple[str, str]]:
    """Where and what of the issues of the toy scenario after some changes."""
    scenario = toy()
    several(*changes)(scenario)
    with pytest.raises(InputError) as error:
        instance_of(scenario)
    assert all(issue.expected or issue.fix for issue in error.value.issues)
    return [(issue.where.rpartition(": ")[2], issue.what) for issue in error.value.issues]


def test_two_statements_of_pue_are_refused() -> None:
    assert refused(cooling(dry=DRY), set_at("components.energy.pue", 1.2)) == [
        (
            "components.energy.pue",
            "a PUE of 1.2 beside components.cooling, whose options have their own",
        )
    ]


def test_racks_that_nothing_can_cool_are_refused() -> None:
    air = {"pue": 1.0, "max_rack_kw": 40}
    assert refused(cooling(air=air), set_at(f"{TRAINING}.rack_kw", 41)) == [
        (
            f"{TRAINING}.rack_kw",
            "racks of 41 kW, which no option of components.cooling can cool",
        )
    ]


def test_needs_energy() -> None:
    def without_energy(scenario: Scenario) -> None:
        kept = ("land", "campus", "workloads", "cooling")
        scenario["components"] = {name: scenario["components"][name] for name in kept}

    assert refused(cooling(wet=WET), without_energy) == [
        ("components.cooling", "'cooling' needs the family 'energy', which is off")
    ]


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({}, "components.cooling.options"),
        ({"odd": {"pue": 0.9}}, "components.cooling.options.odd.pue"),
        ({"odd": {"pue": 1.1, "max_rack_kw": 0}}, "components.cooling.options.odd.max_rack_kw"),
        (
            {"odd": {"pue": 1.1, "water_m3_per_it_mwh": -1}},
            "components.cooling.options.odd.water_m3_per_it_mwh",
        ),
    ],
)
def test_bad_options_are_refused(options: dict[str, Any], where: str) -> None:
    ((found, _),) = refused(cooling(**options))
    assert found == where


@pytest.fixture(scope="module")
def mixed() -> tuple[Scenario, Plan]:
    """Far dry and near wet, with racks that only just fit and a yearly cost."""
    scenario = toy()
    several(
        water(max_m3_per_year_by_basin={"owens": 0}),
        set_at("components.cooling.options.wet.max_rack_kw", 120),
        set_at("components.cooling.options.wet.usd_per_it_mw_year", 1000),
        set_at(f"{TRAINING}.rack_kw", 120),
    )(scenario)
    return scenario, plan_of(scenario)


@pytest.mark.parametrize(("name", "family"), [("cooling", "cooling"), ("footprint", "footprint")])
def test_every_changed_cell_is_found(mixed: tuple[Scenario, Plan], name: str, family: str) -> None:
    scenario, plan = mixed
    assert plan.findings == ()
    assert_every_change_is_found(instance_of(scenario), plan, name, family)


def test_second_option_is_found(mixed: tuple[Scenario, Plan]) -> None:
    scenario, plan = mixed
    table = plan.tables["cooling"]
    (position,) = (i for i, row in enumerate(table) if str(row["period_start"]) == "2028-07-01")
    dry = with_row(table, position, option="dry", facility_mw=125.0, water_m3=0.0)
    assert "cooling.one_option" in rules_broken(instance_of(scenario), plan, {"cooling": dry})
    twice = Table(table.columns, (*table.rows, table.rows[-1]))
    assert "cooling.one_option" in rules_broken(instance_of(scenario), plan, {"cooling": twice})


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("components.cooling.options.wet.max_rack_kw", 119, "cooling.rack_density"),
        ("components.cooling.options.wet.pue", 1.01, "cooling.facility_mw"),
        ("components.cooling.options.wet.water_m3_per_it_mwh", 1.4, "cooling.water_m3"),
        ("components.cooling.options.wet.usd_per_it_mw_year", 999, "costs.family"),
        ("components.energy.load_factor_frac", 0.9, "cooling.water_m3"),
    ],
)
def test_plan_of_other_settings_is_found(
    mixed: tuple[Scenario, Plan], path: str, value: float, rule: str
) -> None:
    scenario = deepcopy(mixed[0])
    set_at(path, value)(scenario)
    assert rule in rules_broken(instance_of(scenario), mixed[1], {})
