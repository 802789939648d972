"""Ride-through: each rule binds where arithmetic on paper says so, and a changed plan is found.

The toy scenario costs 79.90 million dollars: `far` draws its 100 MW in the half-year from 2027-07,
`near` draws them in 2028. Equipment is 0.4 MUSD per MW over 10 years, 0.04 a MW-year, and takes 6
months: 50 MW at `far` from 2027-07 to the end of 2028 cost 3, at `near` in 2028 alone 2.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from siting.core.audit import number
from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.core.yaml_source import read_document
from siting.solution.audit import audit_tables
from support.engine import BUILTIN, instance_of, plan_of, toy
from support.pairs import scenario_of
from support.paper import Change, Scenario, check_case, set_at, several

FREE = 79.90
AT_FAR, AT_NEAR = 3.0, 2.0
"""Cost of 50 MW of equipment for as long as it is needed there."""
HALF_LATE = FREE - 13.14 + 90
"""Half of the first load at `far` late, and its energy saved."""
EQUIPMENT = {"overnight_usd_per_mw": 400_000, "lifetime_years": 10, "lead_months": 6}


def limited(limits: dict[str, Any], **settings: Any) -> Change:
    """The toy scenario with limits and the equipment above, changed."""
    return set_at("components.ride_through", {"limits": limits, **EQUIPMENT, **settings})


def by_zone(max_trip_mw: float, **settings: Any) -> Change:
    """The same limit for every zone."""
    return limited({}, max_trip_mw_per_zone=max_trip_mw, **settings)


def dear(max_trip_mw: float, **settings: Any) -> Change:
    """A limit of the zone of `far`."""
    return limited({"west": {"zones": ["dear"], "max_trip_mw": max_trip_mw}}, **settings)


def two_sites(commitments_per_year: float) -> Change:
    """`near` and `far` of 100 MW, both 6 months from a connection, and 200 MW from 2028-07."""

    def change(scenario: Scenario) -> None:
        del scenario["sites"]["ranch"]
        for family in ("campus", "transformers", "plants"):
            del scenario["components"][family]

    return several(
        change,
        set_at("sites.near.max_it_mw", 100),
        set_at("sites.far.max_it_mw", 100),
        set_at("zones.cheap.connection_months", 6),
        set_at("components.land.max_commitments_per_year", commitments_per_year),
        set_at(
            "components.workloads.kinds.training.targets",
            [{"from_date": "2027-07", "it_mw": 100}, {"from_date": "2028-07", "it_mw": 200}],
        ),
    )


UNION = {"both": {"zones": ["cheap", "dear"], "max_trip_mw": 50}}
CASES: dict[str, tuple[Change, float]] = {
    "trip_limit binds at far": (dear(50), FREE + AT_FAR),
    "trip_limit binds by one MW": (dear(99), FREE + AT_FAR / 50),
    "trip_limit just inside": (dear(100), FREE),
    "a limit by node": (
        limited({"west": {"nodes": ["far"], "max_trip_mw": 50}}),
        FREE + AT_FAR,
    ),
    "a limit at near": (
        limited({"east": {"zones": ["cheap"], "max_trip_mw": 50}}),
        FREE + AT_NEAR,
    ),
    "every zone": (by_zone(50), FREE + AT_FAR + AT_NEAR),
    "every zone that no limit names": (
        limited({"west": {"zones": ["dear"], "max_trip_mw": 100}}, max_trip_mw_per_zone=50),
        FREE + AT_NEAR,
    ),
    # equipment at `near` holds nothing of the draw at `far`, nor the other way round
    "held_draw binds: one group, a site after another": (limited(UNION), FREE + AT_FAR + AT_NEAR),
    "zones and nodes of one group": (
        limited({"both": {"zones": ["cheap"], "nodes": ["far"], "max_trip_mw": 50}}),
        FREE + AT_FAR + AT_NEAR,
    ),
    "held binds: equipment a month late": (dear(50, lead_months=7), HALF_LATE),
    "ordered from 2027-07 on, half a year late": (
        dear(50, available_from="2027-07"),
        HALF_LATE,
    ),
    "ordered from 2027-01 on": (dear(50, available_from="2027-01"), FREE + AT_FAR),
    # no draw at `far` and 180 late: `near` alone in 2028
    "equipment that never comes": (dear(0, lead_months=36), 180 + 10 + 10 + 17.52),
    # three fuel cells at `far` in 2028: opening 1, hall 10, cells 25.2, energy at 27.2 USD per MWh
    "what is supplied on site does not trip": (
        by_zone(0, lead_months=36),
        180 + 1 + 10 + 25.2 + 100 * 8760 * 27.2 / 1e6,
    ),
    # `near` from 2027-07 with 50 MW of equipment: opening 10, energy 26.28, 3; `far` in 2028-07:
    # opening 1, energy 26.28, equipment ordered with the commitment of 2028-01: 1
    "equipped_committed just inside": (
        several(two_sites(1), by_zone(50)),
        10 + 26.28 + 3 + 1 + 26.28 + 1,
    ),
    # a month more: `near` has its equipment in 2028 and half late before; that of `far` would have
    # to be ordered before `far` is committed, so that half of it is late too
    "equipped_committed binds": (
        several(two_sites(1), by_zone(50, lead_months=7)),
        10 + 4.38 + 90 + 8.76 + 8.76 + 2 + 1 + 13.14 + 90,
    ),
    # with both committed in 2027 each carries half of the first load without equipment
    "equipped_committed with two commitments a year": (
        several(two_sites(2), by_zone(50, lead_months=7)),
        11 + 4.38 + 13.14 + 8.76 + 8.76 + 26.28 + 2 + 1,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_case_on_paper(case: str) -> None:
    check_case(*CASES[case])


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """One group of both zones."""
    data = toy()
    limited(UNION)(data)
    return data


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    """Its plan."""
    return plan_of(scenario)


def test_orders(plan: Plan) -> None:
    by_site = {row["site"]: row for row in plan.tables["ride_through"]}
    assert by_site["far"] == {
        "site": "far",
        "equipped_mw": pytest.approx(50),
        "start_date": date(2027, 1, 1),
        "in_service_date": date(2027, 7, 1),
        "overnight_usd": pytest.approx(20e6),
    }
    assert by_site["near"]["in_service_date"] == date(2028, 1, 1)


def test_groups(plan: Plan) -> None:
    rows = plan.tables["trip_groups"].rows
    assert [row["period_start"] for row in rows] == [
        date(2027, 7, 1),
        date(2028, 1, 1),
        date(2028, 7, 1),
    ]
    for row in rows:
        cells = [row[name] for name in ("drawn_mw", "held_mw", "trip_mw", "max_trip_mw")]
        assert cells == pytest.approx([100, 50, 50, 50])


def test_equipment_is_overnight_spending(plan: Plan) -> None:
    spent = {row["year"]: row for row in plan.tables["spending"] if row["family"] == "ride_through"}
    assert spent[2027]["overnight_usd"] == pytest.approx(40e6)


def rules(scenario: Scenario, plan: Plan, **changed: Table) -> set[str]:
    """Rules that the audit finds broken in a plan with other tables."""
    tables = {**plan.tables, **changed}
    findings = audit_tables(instance_of(scenario), tables, plan.objective_usd)
    return {finding.rule for finding in findings}


CHANGES: list[tuple[str, str, Cell, str]] = [
    ("ride_through", "site", "ranch", "ride_through.order"),
    ("ride_through", "equipped_mw", 0, "ride_through.order"),
    ("ride_through", "equipped_mw", 49, "ride_through.trip_limit"),
    ("ride_through", "equipped_mw", 101, "ride_through.equipped_committed"),
    ("ride_through", "start_date", date(2027, 1, 2), "ride_through.order"),
    ("ride_through", "start_date", date(2028, 7, 1), "ride_through.order"),
    ("ride_through", "in_service_date", date(2027, 1, 1), "ride_through.cells"),
    ("ride_through", "overnight_usd", 1, "ride_through.cells"),
    ("trip_groups", "period_start", date(2027, 1, 1), "ride_through.trip_groups"),
    ("trip_groups", "group", "west", "ride_through.trip_groups"),
    ("trip_groups", "drawn_mw", 99, "ride_through.trip_groups"),
    ("trip_groups", "held_mw", 99, "ride_through.trip_groups"),
    ("trip_groups", "trip_mw", 99, "ride_through.trip_groups"),
    ("trip_groups", "max_trip_mw", 99, "ride_through.trip_groups"),
]


@pytest.mark.parametrize(("name", "column", "cell", "rule"), CHANGES)
def test_changed_cell_is_found(
    scenario: Scenario, plan: Plan, name: str, column: str, cell: Cell, rule: str
) -> None:
    table = plan.tables[name]
    rows = ({**table.rows[0], column: cell}, *table.rows[1:])
    assert rule in rules(scenario, plan, **{name: Table(table.columns, rows)})


@pytest.mark.parametrize("name", ["ride_through", "trip_groups"])
def test_removed_and_doubled_rows_are_found(scenario: Scenario, plan: Plan, name: str) -> None:
    table = plan.tables[name]
    shorter = Table(table.columns, table.rows[1:])
    longer = Table(table.columns, (*table.rows, table.rows[0]))
    removed, doubled = {
        "ride_through": ("ride_through.trip_limit", "ride_through.order"),
        "trip_groups": ("ride_through.trip_groups", "ride_through.trip_groups"),
    }[name]
    assert removed in rules(scenario, plan, **{name: shorter})
    assert doubled in rules(scenario, plan, **{name: longer})


def test_orders_before_the_commitment_are_found(scenario: Scenario, plan: Plan) -> None:
    table = plan.tables["commitments"]
    without = Table(table.columns, tuple(row for row in table if row["site"] != "far"))
    assert "ride_through.equipped_committed" in rules(scenario, plan, commitments=without)


def test_more_than_a_tighter_limit_is_found(scenario: Scenario, plan: Plan) -> None:
    tighter = deepcopy(scenario)
    set_at("components.ride_through.limits.both.max_trip_mw", 49)(tighter)
    assert "ride_through.trip_limit" in rules(tighter, plan)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (
            {"zones": ["moon"]},
            "components.ride_through.limits.area.zones: unknown zone 'moon'. Expected one of "
            "'cheap', 'dear'. Correct it or add it to zones.",
        ),
        (
            {"nodes": ["moon"]},
            "components.ride_through.limits.area.nodes: unknown node 'moon'. Expected one of "
            "'far', 'near'. Correct it or add it to nodes.",
        ),
        (
            {},
            "components.ride_through.limits.area: no site lies in its zones or at its nodes. "
            "Expected zones or nodes with a site. Name one, or remove the limit.",
        ),
    ],
)
def test_refusals(limit: dict[str, Any], words: str) -> None:
    data = toy()
    limited({"area": {**limit, "max_trip_mw": 50}})(data)
    with pytest.raises(InputError) as error:
        instance_of(data)
    assert words in str(error.value)


def test_needs_energy() -> None:
    data = toy()
    by_zone(50)(data)
    for family in ("energy", "headroom", "adequacy", "plants", "transformers"):
        del data["components"][family]
    with pytest.raises(InputError, match="'ride_through' needs the family 'energy'"):
        instance_of(data)


def test_library_fits_the_schema() -> None:
    data = read_document(BUILTIN / "models/libraries/ride_through.yaml", builtin=BUILTIN).data
    scenario = toy()
    scenario["components"]["ride_through"] = data
    prepared = instance_of(scenario).data["ride_through"]
    assert prepared.max_trip_mw == {"zone cheap": 1500, "zone dear": 1500}


def test_equipment_that_the_solver_lets_fall_by_its_tolerance_costs_nothing() -> None:
    """5 MUSD a MW times 1e-8 MW are 5 cents that no order states; ten dollars are what somebody changed."""
    scenario = scenario_of(("ride_through", "water"), 7663)
    instance, plan = instance_of(scenario), plan_of(scenario)
    assert plan.findings == ()
    spending = plan.tables["spending"]
    for change, is_found in ((0.05, False), (10.0, True)):
        rows = [
            {**row, "overnight_usd": number(row, "overnight_usd") + change * (place == 0)}
            for place, row in enumerate(r for r in spending if r["family"] == "ride_through")
        ]
        kept = [dict(row) for row in spending if row["family"] != "ride_through"]
        tables = {**plan.tables, "spending": Table.of(spending.columns, [*kept, *rows])}
        found = audit_tables(instance, tables, plan.objective_usd)
        assert any(finding.rule == "spending.family" for finding in found) == is_found
