"""What the plan does to the bills of other customers, on paper, in refusals and in the audit.

`dear` has a peak of 1,000 MW and 150 MW of surplus. The price falls from 300 USD per MW-day without
surplus to 100 at 10 % and 50 at 20 % and beyond, so it is 75 before the plan. The 100 MW of `far`
leave 50 MW: 200 USD per MW-day, 125 more; for 1,000 MW over 365.25 days that is 45.65625 million
dollars a year. The bill is 1,000 MW * 0.5 * 8760 h * 100 USD = 438 million dollars.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from siting.core.audit import number
from siting.core.errors import InfeasibleError, InputError
from siting.core.plan import Plan
from siting.core.resources import builtin_root
from siting.core.table import Cell, Row, Table
from siting.core.yaml_source import read_document
from siting.outputs.read import parse_cell, read_plan_tables
from siting.outputs.tables import cell_text
from siting.outputs.write import write_plan
from siting.solution.audit import audit_tables
from support.engine import instance_of, plan_of, toy
from support.paper import Change, Scenario, check_case, set_at, several

FREE = 79.90
DEAR_2027 = 26.28
"""Energy of 100 MW in `dear` over the second half of 2027."""
LATE = 180.0
"""100 MW late for a half-year."""
BILL_USD = 438e6
CURVE = [
    {"surplus_frac": 0.0, "price_usd_per_mw_day": 300},
    {"surplus_frac": 0.1, "price_usd_per_mw_day": 100},
    {"surplus_frac": 0.2, "price_usd_per_mw_day": 50},
]
FLAT = [
    {"surplus_frac": 0.0, "price_usd_per_mw_day": 40},
    {"surplus_frac": 0.5, "price_usd_per_mw_day": 40},
]
SETTINGS = "components.ratepayer"
WIRE = {"added_mw": 50, "lead_time_months": 6, "overnight_usd": 4_000_000, "lifetime_years": 40}


def with_ratepayer(**settings: object) -> Change:
    """A peak and a surplus for `dear`, and the family with its settings."""
    given = {
        "capacity_price_curve": CURVE,
        "retail_usd_per_mwh": 100,
        "zone_load_factor_frac": 0.5,
        **settings,
    }
    return several(
        set_at("zones.dear.summer_peak_mw", 1000),
        set_at("zones.dear.winter_peak_mw", 800),
        set_at("zones.dear.accredited_surplus_mw", 150),
        set_at(SETTINGS, given),
    )


def cap_of(usd_per_mw_day: float) -> float:
    """The cap that lets the price rise by so much."""
    return usd_per_mw_day * 365.25 * 1000 / BILL_USD


def served_at_far(share: float) -> float:
    """Cost if only a share of the load is served from `far` in 2027."""
    return FREE + (1 - share) * (LATE - DEAR_2027)


def peaker(capacity_mw: float) -> Change:
    """A plant of firm capacity in `dear`, free of charge and too dear to run."""
    technology = {"unit_mw": 50, "variable_om_usd_per_mwh": 500}
    plant = {
        "technology": "peaker",
        "zone": "dear",
        "capacity_mw": capacity_mw,
        "lead_time_months": 0,
        "earliest_in_service": "2027-01",
    }
    return several(
        set_at("components.plants.technologies.peaker", technology),
        set_at("components.plants.named", {"reserve": plant}),
    )


def wire(place: str, name: str) -> Change:
    """An upgrade that `far` needs for its second 50 MW: 0.1 million dollars a year."""
    return set_at("components.headroom.upgrades", {"wire": {**WIRE, place: name}})


def bare_node(zone: str | None) -> Change:
    """A point of interconnection of 50 MW for `far`, which may state no zone."""
    node: dict[str, Any] = {"capacity_mw": 50, **({"zone": zone} if zone else {})}
    return several(set_at("nodes", {"poi": node}), set_at("sites.far.node", "poi"))


WITH_WIRE = FREE + 0.15
SMALL_CAP = 0.04e6 / BILL_USD
"""Below the 0.05 million dollars a year that half of the wire costs the others."""
LARGE_CAP = 0.06e6 / BILL_USD
HALVES: dict[str, object] = {"capacity_price_curve": FLAT, "socialised_share_frac": 0.5}
CASES: dict[str, tuple[Change, float]] = {
    "reported only": (with_ratepayer(), FREE),
    # 25 USD more is the price at 10 %: 100 of 150 MW left, so 50 MW may be drawn
    "price_curve binds on the flatter segment": (
        with_ratepayer(max_bill_effect_frac=cap_of(25)),
        served_at_far(0.5),
    ),
    # 65 USD more is 140, on the steep segment: 8 % or 80 MW left, 70 drawn
    "price_curve binds on the steeper segment": (
        with_ratepayer(max_bill_effect_frac=cap_of(65)),
        served_at_far(0.7),
    ),
    "bill_cap just inside": (with_ratepayer(max_bill_effect_frac=cap_of(125.001)), FREE),
    # the first slope goes on below 0: 100 MW leave -50 MW at 400 USD, 200 more than at 50 MW
    "price_curve binds where the zone is short": (
        several(
            with_ratepayer(max_bill_effect_frac=cap_of(180)),
            set_at("zones.dear.accredited_surplus_mw", 50),
            set_at("components.adequacy.surplus_share_frac", 3),
        ),
        served_at_far(0.9),
    ),
    "price_curve just inside where the zone is short": (
        several(
            with_ratepayer(max_bill_effect_frac=cap_of(200.001)),
            set_at("zones.dear.accredited_surplus_mw", 50),
            set_at("components.adequacy.surplus_share_frac", 3),
        ),
        FREE,
    ),
    # the price never falls below the last: 300 MW leave 200 after the draw, and nothing changes
    "bill_cap of zero where surplus is plenty": (
        several(
            with_ratepayer(max_bill_effect_frac=0.0),
            set_at("zones.dear.accredited_surplus_mw", 300),
        ),
        FREE,
    ),
    # a margin of 25 %: 50 MW of surplus may go, 40 MW may be drawn
    "margin counts with the draw": (
        several(
            with_ratepayer(max_bill_effect_frac=cap_of(25)),
            set_at("zones.dear.reserve_margin_frac", 0.25),
        ),
        served_at_far(0.4),
    ),
    # 30 MW of new firm supply: 80 MW may be drawn
    "supply of the plan counts": (
        several(with_ratepayer(max_bill_effect_frac=cap_of(25)), peaker(30)),
        served_at_far(0.8),
    ),
    "supply of the plan just enough": (
        several(with_ratepayer(max_bill_effect_frac=cap_of(25)), peaker(50)),
        FREE,
    ),
    "cap of a zone before the general one": (
        with_ratepayer(
            max_bill_effect_frac=cap_of(200), max_bill_effect_by_zone_frac={"dear": cap_of(25)}
        ),
        served_at_far(0.5),
    ),
    "cap of a zone wider than the general one": (
        with_ratepayer(
            max_bill_effect_frac=cap_of(25), max_bill_effect_by_zone_frac={"dear": cap_of(126)}
        ),
        FREE,
    ),
    "bill_cap binds on the upgrade of a zone": (
        several(
            with_ratepayer(**HALVES, max_bill_effect_frac=SMALL_CAP),
            set_at("zones.dear.headroom_mw", 50),
            wire("zone", "dear"),
        ),
        served_at_far(0.5),
    ),
    "bill_cap just inside with the upgrade of a zone": (
        several(
            with_ratepayer(**HALVES, max_bill_effect_frac=LARGE_CAP),
            set_at("zones.dear.headroom_mw", 50),
            wire("zone", "dear"),
        ),
        WITH_WIRE,
    ),
    "bill_cap binds on the upgrade of a node": (
        several(
            with_ratepayer(**HALVES, max_bill_effect_frac=SMALL_CAP),
            bare_node("dear"),
            wire("node", "poi"),
        ),
        served_at_far(0.5),
    ),
    "bill_cap binds on the upgrade of a node without a zone": (
        several(
            with_ratepayer(**HALVES, max_bill_effect_frac=SMALL_CAP),
            bare_node(None),
            wire("node", "poi"),
        ),
        served_at_far(0.5),
    ),
    "bill_cap just inside with the upgrade of a node": (
        several(
            with_ratepayer(**HALVES, max_bill_effect_frac=LARGE_CAP),
            bare_node(None),
            wire("node", "poi"),
        ),
        WITH_WIRE,
    ),
    "cost_causation: the others pay nothing for the upgrade": (
        several(
            with_ratepayer(**HALVES, cost_causation=True, max_bill_effect_frac=0.0),
            set_at("zones.dear.headroom_mw", 50),
            wire("zone", "dear"),
        ),
        WITH_WIRE,
    ),
    # both parts: 0.05 of 9.18125 million is the wire, the rest lets the price rise by 25 USD
    "bill_cap on network and capacity together": (
        several(
            with_ratepayer(
                socialised_share_frac=0.5, max_bill_effect_frac=(9.13125e6 + 0.05e6) / BILL_USD
            ),
            set_at("zones.dear.headroom_mw", 40),
            wire("zone", "dear"),
        ),
        served_at_far(0.5) + 0.15,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    check_case(*CASES[name])


def rows_of_plan(plan: Plan) -> dict[tuple[Cell, Cell], Row]:
    """Rows of the table by zone and date."""
    return {(row["zone"], row["period_start"]): row for row in plan.tables["ratepayer"]}


def test_table_on_paper() -> None:
    change = several(
        with_ratepayer(socialised_share_frac=0.5),
        set_at("zones.dear.headroom_mw", 50),
        wire("zone", "dear"),
    )
    rows = rows_of_plan(check_case(change, WITH_WIRE))
    assert len(rows) == 4  # `cheap` states no peak, and has no row
    row = rows["dear", date(2027, 7, 1)]
    assert row == {
        "period_start": date(2027, 7, 1),
        "zone": "dear",
        "peak_mw": 1000,
        "surplus_before_mw": 150,
        "surplus_after_mw": 50,
        "price_before_usd_per_mw_day": pytest.approx(75),
        "price_after_usd_per_mw_day": pytest.approx(200),
        "network_usd": pytest.approx(50_000),
        "capacity_usd": pytest.approx(45_656_250),
        "bill_usd": pytest.approx(BILL_USD),
        "bill_effect_frac": pytest.approx(45_706_250 / BILL_USD),
    }
    before = rows["dear", date(2027, 1, 1)]
    assert [number(before, c) for c in ("network_usd", "capacity_usd")] == [0, 0]


def test_new_supply_lowers_the_bill() -> None:
    # a second unit, free as it is, would lower the bill further at the same cost
    unit = {"unit_mw": 200, "delivery": ["grid"], "variable_om_usd_per_mwh": 500}
    unit["max_units_per_place"] = 1
    change = several(
        with_ratepayer(max_bill_effect_frac=0.0),
        set_at("zones.dear.accredited_surplus_mw", 50),
        set_at("components.plants.technologies.peaker", unit),
    )
    row = rows_of_plan(check_case(change, FREE))["dear", date(2027, 7, 1)]
    # the reserve margin needs a unit for the last 50 MW; 150 of 1,000 MW are left, at 75 USD, not 200
    assert row["surplus_after_mw"] == 150
    assert row["capacity_usd"] == pytest.approx(-125 * 365.25 * 1000)


def test_cells_are_read_back_as_numbers() -> None:
    plan = check_case(with_ratepayer(), FREE)
    for row in plan.tables["ratepayer"]:
        for column, cell in row.items():
            assert isinstance(parse_cell(column, cell_text(cell)), type(cell) | float), column


def test_plan_as_written_passes(tmp_path: Path) -> None:
    """A third of a MW is rounded in the file, and a MW of surplus is worth 0.7 million dollars."""
    unit = {
        "unit_mw": 343,
        "delivery": ["grid"],
        "capacity_credit_frac": 1 / 3,
        "variable_om_usd_per_mwh": 500,
    }
    scenario = toy()
    several(
        with_ratepayer(),
        set_at("zones.dear.accredited_surplus_mw", 70),
        set_at("zones.dear.reserve_margin_frac", 1 / 7),
        set_at("components.plants.technologies.peaker", unit),
    )(scenario)
    plan = plan_of(scenario)
    write_plan(plan, tmp_path / "plan")
    tables, unreadable = read_plan_tables(tmp_path / "plan")
    assert not unreadable
    assert number(tables["ratepayer"].rows[1], "surplus_after_mw") % 1 != 0
    assert audit_tables(instance_of(scenario), tables, plan.objective_usd) == ()


def test_no_plan_is_explained_by_the_cap() -> None:
    scenario = toy()
    several(
        with_ratepayer(**HALVES, max_bill_effect_frac=SMALL_CAP),
        set_at("zones.dear.headroom_mw", 50),
        wire("zone", "dear"),
        set_at("components.workloads.kinds.training.must_serve", True),
    )(scenario)
    with pytest.raises(
        InfeasibleError, match=r"bill_cap\[dear, 2027-07-01\] short by 0.01 million"
    ):
        plan_of(scenario)


REFUSALS: dict[str, tuple[Change, list[str]]] = {
    "one point": (
        with_ratepayer(capacity_price_curve=CURVE[:1]),
        ["capacity_price_curve", "at least 2 items"],
    ),
    "surplus that does not increase": (
        with_ratepayer(capacity_price_curve=[CURVE[0], CURVE[2], CURVE[1]]),
        ["capacity_price_curve[2].surplus_frac", "0.1 after 0.2", "Sort the points"],
    ),
    "a point twice": (
        with_ratepayer(capacity_price_curve=[CURVE[0], CURVE[0]]),
        ["capacity_price_curve[1].surplus_frac", "0 after 0", "remove repeated ones"],
    ),
    "a price that rises": (
        with_ratepayer(
            capacity_price_curve=[CURVE[1], {"surplus_frac": 0.3, "price_usd_per_mw_day": 110}]
        ),
        ["capacity_price_curve[1].price_usd_per_mw_day", "rises to 110", "Write at most 100"],
    ),
    "a fall that gets faster": (
        with_ratepayer(
            capacity_price_curve=[
                CURVE[0],
                {"surplus_frac": 0.1, "price_usd_per_mw_day": 280},
                {"surplus_frac": 0.2, "price_usd_per_mw_day": 100},
            ]
        ),
        ["capacity_price_curve[1]", "not convex", "200", "1800", "remove the point"],
    ),
    "a cap of an unknown zone": (
        with_ratepayer(max_bill_effect_by_zone_frac={"dera": 0.1}),
        ["max_bill_effect_by_zone_frac.dera", "unknown zone 'dera'", "one of 'dear'", "Correct it"],
    ),
    "a cap of a zone without a peak": (
        with_ratepayer(max_bill_effect_by_zone_frac={"cheap": 0.1}),
        ["max_bill_effect_by_zone_frac.cheap", "no peak", "zones.cheap.summer_peak_mw"],
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal(name: str) -> None:
    change, words = REFUSALS[name]
    scenario = toy()
    change(scenario)
    with pytest.raises(InputError) as error:
        instance_of(scenario)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_straight_curve_is_convex() -> None:
    points = [(0.0, 300.0), (0.1, 200.0), (0.2, 100.0), (0.3, 0.0)]
    curve = [{"surplus_frac": x, "price_usd_per_mw_day": y} for x, y in points]
    # 150 USD before, 250 after: 100 more
    check_case(
        with_ratepayer(capacity_price_curve=curve, max_bill_effect_frac=cap_of(100.001)), FREE
    )
    check_case(
        with_ratepayer(capacity_price_curve=curve, max_bill_effect_frac=cap_of(40)),
        served_at_far(0.4),
    )


@pytest.fixture(scope="module")
def solved() -> tuple[Scenario, Plan]:
    """A plan whose other customers pay for both network and capacity."""
    scenario = toy()
    several(
        with_ratepayer(max_bill_effect_frac=cap_of(126)),
        set_at("zones.dear.headroom_mw", 50),
        set_at("zones.cheap.winter_peak_mw", 3000),
        wire("zone", "dear"),
    )(scenario)
    return scenario, plan_of(scenario)


def rules_of(scenario: Scenario, plan: Plan, name: str, table: Table) -> set[str]:
    """Rules that a plan breaks after one table was changed."""
    findings = audit_tables(instance_of(scenario), {**plan.tables, name: table}, plan.objective_usd)
    return {finding.rule for finding in findings}


def changed(table: Table, change: Callable[[dict[str, Cell]], dict[str, Cell]]) -> Table:
    """The table with every row changed."""
    return Table.of(table.columns, [change(dict(row)) for row in table])


@pytest.mark.parametrize(
    "column", ["period_start", "zone", "peak_mw", "surplus_before_mw", "surplus_after_mw",
                "price_before_usd_per_mw_day", "price_after_usd_per_mw_day",
               "network_usd", "capacity_usd", "bill_usd", "bill_effect_frac"],
)  # fmt: skip
@pytest.mark.parametrize("position", [1, 5])
def test_changed_cell_is_found(solved: tuple[Scenario, Plan], column: str, position: int) -> None:
    scenario, plan = solved
    table = plan.tables["ratepayer"]
    rows = [dict(row) for row in table]
    cell = rows[position][column]
    if isinstance(cell, int | float):
        rows[position][column] = cell + 1e-6 * max(1.0, abs(cell))
    else:
        rows[position][column] = "nowhere" if isinstance(cell, str) else date(2030, 1, 1)
    assert "ratepayer.table" in rules_of(scenario, plan, "ratepayer", Table.of(table.columns, rows))


def test_missing_and_repeated_rows_are_found(solved: tuple[Scenario, Plan]) -> None:
    scenario, plan = solved
    table = plan.tables["ratepayer"]
    for rows in (table.rows[1:], (*table.rows, table.rows[0]), ()):
        wrong = Table(table.columns, tuple(rows))
        assert rules_of(scenario, plan, "ratepayer", wrong) == {"ratepayer.table"}


def test_more_draw_than_stated_breaks_the_cap(solved: tuple[Scenario, Plan]) -> None:
    scenario, plan = solved

    def more(row: dict[str, Cell]) -> dict[str, Cell]:
        return {**row, "grid_mw": number(row, "grid_mw") + 1.0}

    rules = rules_of(scenario, plan, "power", changed(plan.tables["power"], more))
    assert {"ratepayer.table", "ratepayer.bill_cap"} <= rules


def test_yearly_cost_of_an_upgrade_is_checked(solved: tuple[Scenario, Plan]) -> None:
    scenario, plan = solved
    (row,) = plan.tables["upgrades"]
    assert row["yearly_usd"] == pytest.approx(100_000)

    def dearer(row: dict[str, Cell]) -> dict[str, Cell]:
        return {**row, "yearly_usd": number(row, "yearly_usd") * 20}

    rules = rules_of(scenario, plan, "upgrades", changed(plan.tables["upgrades"], dearer))
    assert {"headroom.upgrade", "ratepayer.table", "ratepayer.bill_cap"} <= rules


def test_a_plan_breaks_a_tighter_cap(solved: tuple[Scenario, Plan]) -> None:
    scenario, plan = solved
    tighter = {**scenario, "components": {**scenario["components"]}}
    tighter["components"]["ratepayer"] = {
        **scenario["components"]["ratepayer"],
        "max_bill_effect_frac": cap_of(124),
    }
    findings = audit_tables(instance_of(tighter), plan.tables, plan.objective_usd)
    assert {finding.rule for finding in findings} == {"ratepayer.bill_cap"}
    assert {finding.row for finding in findings} == {"zone dear"}


def test_library_is_a_curve_the_family_takes() -> None:
    path = builtin_root() / "models" / "libraries" / "ratepayer.yaml"
    library = read_document(path, builtin=builtin_root()).data
    assert isinstance(library, dict)
    for point in library["capacity_price_curve"]:
        assert point["source"] and point["confidence"]
    check_case(several(with_ratepayer(), set_at(SETTINGS, library)), FREE)
