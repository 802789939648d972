"""Rented units: each rule binds where arithmetic on paper says so, and a changed plan is found.

In the toy scenario `near` has a hall from 2027-07 but no connection before 2028-01. Two rented
units of 50 MW carry its 100 MW over the half-year between, so that `far` is not needed:
opening 10, hall 10 a year for 1.5 years, grid energy of 2028 17.52, and for the units
    mobilisation 2 * 1 MUSD = 2, rent 100 MW * 6 months * 10,000 USD = 6,
    energy 100 MW * 4,380 h * (9 * 5 + 3 = 48 USD) = 21.024;
in all 71.544 million dollars against 79.90 without them. At `far` their energy at 48 USD would save
5.256 a half-year against the grid's 60 USD, less than the rent of 6.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.core.yaml_source import read_document
from siting.families.bridge.settings import RentedUnit
from siting.outputs.report.charts import generation_figure
from siting.solution.audit import audit_tables
from support.engine import BUILTIN, instance_of, plan_of, toy
from support.paper import Change, Scenario, check_case, set_at, several

FREE = 79.90
UNITS = 2 + 6 + 21.024
BRIDGED = 10 + 15 + 17.52 + UNITS
PRODUCT: dict[str, Any] = {
    "unit_mw": 50,
    "mobilisation_months": 6,
    "mobilisation_usd_per_unit": 1_000_000,
    "rent_usd_per_mw_month": 10_000,
    "variable_om_usd_per_mwh": 3,
    "heat_rate_mmbtu_per_mwh": 9,
    "fuel_usd_per_mmbtu": 5,
    "emissions_t_per_mwh": 0.5,
    "water_gal_per_mwh": 100,
    "source": "paper",
}


def rent(**changes: Any) -> Change:
    """The toy scenario with the product above, changed."""
    return set_at("components.bridge", {"products": {"engine": {**PRODUCT, **changes}}})


def without(*paths: str) -> Change:
    """A change that removes parts."""

    def change(scenario: Scenario) -> None:
        for path in paths:
            *parents, last = path.split(".")
            place: Any = scenario
            for key in parents:
                place = place[key]
            del place[last]

    return change


def ranch_alone(targets: list[float]) -> Change:
    """Only `ranch`, with rented units for all of its power, and a target for each half-year."""
    dates = ("2027-01", "2027-07", "2028-01", "2028-07")
    rows = [{"from_date": d, "it_mw": mw} for d, mw in zip(dates, targets, strict=True)]
    return several(
        without("sites.near", "sites.far", "components.plants"),
        set_at("components.workloads.kinds.training.targets", rows),
    )


# One commitment a year, 100 MW from 2027-07 and 200 from 2028-01, and `near` outside every zone.
# `far` is committed in 2027 (opening 1, energy 78.84) and `near` in 2028 (opening 10).
ONE_A_YEAR = several(
    without("sites.ranch", "sites.near.zone"),
    without("components.campus", "components.transformers", "components.plants"),
    set_at("sites.near.max_it_mw", 100),
    set_at("sites.far.max_it_mw", 100),
    set_at("components.land.max_commitments_per_year", 1),
    set_at(
        "components.workloads.kinds.training.targets",
        [{"from_date": "2027-07", "it_mw": 100}, {"from_date": "2028-01", "it_mw": 200}],
    ),
)
BOTH = 1 + 78.84 + 10
NO_STOCK = set_at("components.transformers.classes.main_bank.stock_units", 0)
# Half of the load as energy, half of it as headroom at `far`: 50 MW of grid carry 50 MW on average.
# far 1 + 15, energy 50 * 4,380 * 60 = 13.14 until `near` takes over: 10 + 10 + 0.1 + 8.76.
SHORT_OF_HEADROOM = several(
    without("components.plants"),
    set_at("components.energy.load_factor_frac", 0.5),
    set_at("zones.dear.headroom_mw", 50),
)
HALF = 1 + 15 + 13.14 + 10 + 10 + 0.1 + 8.76
BATTERY = {"permit_hours_per_year": 0, "mobilisation_months": 0}

CASES: dict[str, tuple[Change, float]] = {
    "rented until the connection": (rent(), BRIDGED),
    "dearer than far: 8.356 more": (rent(rent_usd_per_mw_month=24_000), FREE),
    "just cheaper than far": (rent(rent_usd_per_mw_month=23_900), BRIDGED + 8.34),
    "mobilisation of a month more than there is": (rent(mobilisation_months=7), FREE),
    # near is committed on 2028-01-01: units of no mobilisation run in both half-years of 2028
    "committed just inside": (
        several(ONE_A_YEAR, rent(mobilisation_months=0)),
        BOTH + 2 + 12 + 2 * 21.024,
    ),
    # ... those of one month only in the second; 180 for the first
    "committed binds": (several(ONE_A_YEAR, rent(mobilisation_months=1)), BOTH + UNITS + 180),
    # nobody needs power in 2028-01..07: two arrivals of 2 each are cheaper than the rent of 6 ...
    "arrivals: leave and come again": (
        several(ranch_alone([0, 100, 0, 100]), rent()),
        2 + 15 + 4 + 12 + 2 * 21.024,
    ),
    # ... and at 4 a unit the two stay, idle
    "arrivals bind: stay idle": (
        several(ranch_alone([0, 100, 0, 100]), rent(mobilisation_usd_per_unit=4_000_000)),
        2 + 15 + 8 + 18 + 2 * 21.024,
    ),
    "arrivals for nothing": (
        several(ranch_alone([0, 100, 0, 100]), rent(mobilisation_usd_per_unit=0)),
        2 + 15 + 12 + 2 * 21.024,
    ),
    "fleet binds": (rent(fleet_units=1), FREE),
    "fleet just inside": (rent(fleet_units=2), BRIDGED),
    "units a site bind": (rent(max_units_per_site=1), FREE),
    "units a site just inside": (rent(max_units_per_site=2), BRIDGED),
    # four units of 50 MW, each half of the year: 2 more in mobilisation, 6 more in rent
    "permit_hours bind": (rent(permit_hours_per_year=4380), BRIDGED + 8),
    "permit_hours just inside": (rent(permit_hours_per_year=8760), BRIDGED),
    "no energy, no load": (rent(**BATTERY), FREE),
    "a battery beside half the headroom": (
        several(SHORT_OF_HEADROOM, rent(**BATTERY)),
        HALF + 1 + 3,
    ),
    "half the credit, twice the units": (
        several(SHORT_OF_HEADROOM, rent(**BATTERY, capacity_credit_frac=0.5)),
        HALF + 2 + 6,
    ),
    "runs until the day the period ends": (rent(available_until="2028-01"), BRIDGED),
    "ends a month before": (rent(available_until="2027-12"), FREE),
    "from the day the period starts": (rent(available_from="2027-07"), BRIDGED),
    "from a month later": (rent(available_from="2027-08"), FREE),
    # no bank before 2028-01: only medium voltage feeds the hall; the bank of 2028 costs 0.1
    "medium voltage needs no bank": (several(NO_STOCK, rent()), BRIDGED + 0.1),
    "high voltage does": (
        several(NO_STOCK, rent(connection="high_voltage")),
        180 + 10 + 10 + 17.52 + 0.1,
    ),
    "high voltage with a bank in stock": (rent(connection="high_voltage"), BRIDGED),
}


@pytest.mark.parametrize("case", CASES)
def test_case_on_paper(case: str) -> None:
    check_case(*CASES[case])


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Two arrivals of two units at `ranch`."""
    data = toy()
    ranch_alone([0, 100, 0, 100])(data)
    rent(fleet_units=2)(data)
    return data


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    """Its plan."""
    return plan_of(scenario)


def test_rows_of_rented_units(plan: Plan) -> None:
    first, second = plan.tables["rentals"].rows
    mwh = 100 * 4380
    assert first == {
        "period_start": date(2027, 7, 1),
        "item": "engine@ranch",
        "name": "engine",
        "product": "engine",
        "location": "ranch",
        "quantity": 2,
        "arrival_count": 2,
        "capacity_mw": 100,
        "outage_cover_mw": 100,
        "firm_mw": 100,
        "energy_mwh": pytest.approx(mwh),
        "average_mw": pytest.approx(100),
        "emissions_t": pytest.approx(0.5 * mwh),
        "water_m3": pytest.approx(100 * 0.003785411784 * mwh),
        "connection": "medium_voltage",
    }
    assert (second["period_start"], second["arrival_count"]) == (date(2028, 7, 1), 2)


def test_rented_units_are_on_site_supply(plan: Plan) -> None:
    served = [row for row in plan.tables["timeline"] if row["served_mw"]]
    assert [(row["grid_mw"], row["onsite_mw"]) for row in served] == [(0, 100), (0, 100)]
    assert [row["kind"] for row in plan.tables["sources"] if row["id"] == "engine"] == [
        "bridge.products"
    ]


def test_chart_of_capacity_shows_rented_units(plan: Plan) -> None:
    figure = generation_figure(plan)
    assert figure is not None
    (layer,) = figure["data"]
    assert layer["name"] == "Engine, rented"
    assert layer["y"] == [0.0, 0.1, 0.0, 0.1, 0.1]


def test_mobilisation_and_rent_are_not_overnight_spending(plan: Plan) -> None:
    assert {row["family"] for row in plan.tables["spending"]} == {"campus", "land"}


CHANGES: list[tuple[str, Cell, str]] = [
    ("period_start", date(2027, 7, 2), "bridge.period"),
    ("period_start", date(2027, 1, 1), "bridge.period"),
    ("product", "other", "bridge.period"),
    ("location", "near", "bridge.period"),
    ("quantity", 1.5, "bridge.units"),
    ("quantity", 0, "bridge.units"),
    ("quantity", 3, "bridge.units"),
    ("item", "engine@far", "bridge.cells"),
    ("name", "Engine", "bridge.cells"),
    ("arrival_count", 1, "bridge.cells"),
    ("capacity_mw", 101, "bridge.cells"),
    ("outage_cover_mw", 0, "bridge.cells"),
    ("firm_mw", 101, "bridge.cells"),
    ("energy_mwh", 438_001, "bridge.permit_hours"),
    ("average_mw", 99, "bridge.cells"),
    ("emissions_t", 1, "bridge.cells"),
    ("water_m3", 1, "bridge.cells"),
    ("connection", "high_voltage", "bridge.cells"),
]


def rules(scenario: Scenario, plan: Plan, **changed: Table) -> set[str]:
    """Rules that the audit finds broken in a plan with other tables."""
    tables = {**plan.tables, **changed}
    findings = audit_tables(instance_of(scenario), tables, plan.objective_usd)
    return {finding.rule for finding in findings}


@pytest.mark.parametrize(("column", "cell", "rule"), CHANGES)
def test_changed_cell_is_found(
    scenario: Scenario, plan: Plan, column: str, cell: Cell, rule: str
) -> None:
    table = plan.tables["rentals"]
    rows = ({**table.rows[0], column: cell}, *table.rows[1:])
    assert rule in rules(scenario, plan, rentals=Table(table.columns, rows))


def test_removed_and_doubled_rows_are_found(scenario: Scenario, plan: Plan) -> None:
    table = plan.tables["rentals"]
    shorter = Table(table.columns, table.rows[1:])
    assert {"energy.firm_balance", "costs.family"} <= rules(scenario, plan, rentals=shorter)
    longer = Table(table.columns, (*table.rows, table.rows[0]))
    assert "bridge.period" in rules(scenario, plan, rentals=longer)


def test_units_before_mobilisation_are_found(scenario: Scenario, plan: Plan) -> None:
    table = plan.tables["commitments"]
    late = {"commit_date": date(2027, 7, 1), "review_done_date": date(2027, 7, 1)}
    changed = Table(table.columns, ({**table.rows[0], **late},))
    assert "bridge.committed" in rules(scenario, plan, commitments=changed)
    none = Table(table.columns, ())
    assert "bridge.committed" in rules(scenario, plan, commitments=none)


def test_more_units_than_the_fleet_are_found(scenario: Scenario, plan: Plan) -> None:
    smaller = toy()
    smaller.update(scenario)
    smaller["components"] = {
        **scenario["components"],
        "bridge": {"products": {"engine": {**PRODUCT, "fleet_units": 1}}},
    }
    assert "bridge.fleet" in rules(smaller, plan)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"permit_hours_per_year": 0, "capacity_credit_frac": 0},
            "components.bridge.products.engine.permit_hours_per_year: no hours and no capacity "
            "credit, so a unit gives nothing. Expected hours of output, or a capacity credit above "
            "0. State one of them or remove the product.",
        ),
        (
            {"available_from": "2028-01", "available_until": "2028-01"},
            "components.bridge.products.engine.available_until: 2028-01-01 is not after "
            "available_from, 2028-01-01. Expected a later date. Correct one of the two dates.",
        ),
        (
            {"permit_hours_per_year": 8761},
            "permit_hours_per_year",
        ),
    ],
)
def test_refusals(changes: dict[str, Any], words: str) -> None:
    data = toy()
    rent(**changes)(data)
    with pytest.raises(InputError) as error:
        instance_of(data)
    assert words in str(error.value)


def test_needs_energy() -> None:
    data = toy()
    rent()(data)
    for family in ("energy", "headroom", "adequacy", "plants", "transformers"):
        del data["components"][family]
    with pytest.raises(InputError, match="'bridge' needs the family 'energy'"):
        instance_of(data)


def test_library_fits_the_schema_and_its_rules() -> None:
    data = read_document(BUILTIN / "models/libraries/bridge.yaml", builtin=BUILTIN).data
    assert isinstance(data, dict)
    scenario = toy()
    scenario["components"]["bridge"] = {"products": data}
    assert instance_of(scenario).data["bridge"].products
    # in dollars of each row's own year, before they are brought to that of the scenario
    products = {name: RentedUnit.model_validate(row) for name, row in data.items()}
    overnight = {
        "mobile_turbine": 1.6e6,
        "gas_engine": 2.1e6,
        "fuel_cell": 4.2e6,
        "battery": 1.305e6,
    }
    fixed = {"mobile_turbine": 4e4, "gas_engine": 3.64e4, "fuel_cell": 1.53e5, "battery": 3.11e4}
    for name, usd in overnight.items():
        product = products[f"rented_{name}"]
        growth = 1.12**10
        rent = (usd * 0.12 * growth / (growth - 1) + fixed[name]) / 12 / 0.8
        assert product.rent_usd_per_mw_month == pytest.approx(rent, abs=50)
        moving = 0.05 * usd * product.unit_mw
        assert product.mobilisation_usd_per_unit == pytest.approx(moving, abs=5000)
        assert product.source and product.confidence and product.estimated
