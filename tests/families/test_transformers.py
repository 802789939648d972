"""Breakers, switchgear, the reserve, booked slots, late spares and limited supply.

The toy scenario costs 79.90 million dollars: `far` from 2027-07 with the bank in stock, `near` from
2028-01 with a bank ordered for 0.1 a year (its file derives the rest). A unit at `far` lasts a year
and a half, one at `near` a year. The breaker and the switchgear below cost 0.1 a year too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from families.test_binding import BANK, FAR_GRID, FAR_ONLY, FREE, NEAR_ONLY
from siting.core.audit import Finding
from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.core.yaml_source import read_document
from siting.families.transformers.tables import report
from siting.instance.build import Instance
from siting.solution.audit import audit_tables
from support.engine import BUILTIN, instance_of, plan_of, toy
from support.paper import Change, Scenario, check_case, set_at, several

CLASSES = "components.transformers.classes"
CELLS = "components.plants.technologies.fuel_cell"


def weeks(number: int) -> list[dict[str, Any]]:
    """The same lead time from 2027-01 on."""
    return [{"ordered_from": "2027-01", "weeks": number}]


def gear(role: str, lead_weeks: int, **more: object) -> dict[str, Any]:
    """A class of 0.1 million USD a year."""
    return {
        "role": role,
        "lead_times": weeks(lead_weeks),
        "overnight_usd_per_unit": 1_000_000,
        "lifetime_years": 10,
        **more,
    }


def breakers(lead_weeks: int, **more: object) -> Change:
    """A breaker class."""
    return set_at(f"{CLASSES}.hv_breaker", gear("breaker", lead_weeks, **more))


def switchgear(lead_weeks: int, unit_mva: float = 100) -> Change:
    """A switchgear class."""
    return set_at(f"{CLASSES}.mv_gear", gear("switchgear", lead_weeks, unit_mva=unit_mva))


SLOW_BANKS = set_at(
    f"{BANK}.lead_times",
    [{"ordered_from": "2027-01", "weeks": 104}, {"ordered_from": "2027-07", "weeks": 52}],
)
"""No bank that is ordered serves before 2028-07: `far` alone is best, unless one comes otherwise."""


def reserve(usd: float = 5_000_000, opens: str = "2027-01", **more: object) -> Change:
    """One bank in the reserve, half a year away."""
    settings = {"units": 1, "weeks": 26, "usd_per_unit": usd, "from": opens, **more}
    return several(*(set_at(f"{BANK}.reserve_{key}", value) for key, value in settings.items()))


def booked(delivered: str, paid: float, resale: float, units: int = 1) -> Change:
    """A slot for a bank, which costs 5 million USD or 0.1 a year."""
    slot = {"delivered": delivered, "units": units, "paid_frac": paid, "resale_frac": resale}
    return set_at(f"{BANK}.booked", [slot])


CHEAP_CELLS = several(
    # three cells at `far` from 2028-01: 3.6 a year, 23.8272 of fuel (see test_binding)
    set_at(f"{CELLS}.overnight_usd_per_kw", 600),
    set_at(f"{CELLS}.step_up_class", "gsu"),
    set_at(f"{CELLS}.step_up_per_unit", 1),
    set_at(f"{CLASSES}.gsu", gear("step_up", 26, unit_mva=50, stock_units=3)),
)
SPARE = set_at("components.transformers.spare_banks", 1)
REFURBISHED = {
    **gear("main_bank", 26, unit_mva=125, power_factor_frac=0.8, max_units=1),
    "overnight_usd_per_unit": 2_000_000,
}
CASES: dict[str, tuple[Change, float]] = {
    # 2027-01-01 + 182 days = 2027-07-02: one day late for 2027-07
    "breaker binds: none before 2028-01": (breakers(26, units_per_bank=1), NEAR_ONLY + 0.1),
    "breaker in time": (breakers(25, units_per_bank=1), FREE + 0.15 + 0.1),
    "breaker in stock for far": (breakers(26, units_per_bank=1, stock_units=1), FREE + 0.1),
    "breaker: two for a bank": (breakers(25, units_per_bank=2), FREE + 0.3 + 0.2),
    "breaker of the spare bank": (
        # two banks at near, one from stock, each with a breaker
        several(SPARE, breakers(26, units_per_bank=1)),
        NEAR_ONLY + 0.1 + 0.2,
    ),
    "breaker: none to be had, fuel cells carry all": (
        breakers(26, units_per_bank=1, is_available=False),
        180 + 1 + 10 + 25.2 + 23.8272,
    ),
    "breaker of each step-up": (
        several(CHEAP_CELLS, breakers(26, units_per_step_up=1)),
        1 + 15 + 26.28 + 3.6 + 23.8272 + 0.3,
    ),
    "breaker of step-ups too late": (
        several(CHEAP_CELLS, breakers(80, units_per_step_up=1)),
        FREE,
    ),
    "breaker classes stand in for each other": (
        # one from the first class at far, one from the second at near
        several(
            breakers(26, units_per_bank=1, stock_units=1, max_units=0),
            set_at(f"{CLASSES}.other_breaker", gear("breaker", 26, units_per_bank=1)),
        ),
        FREE + 0.1,
    ),
    "switchgear binds: none before 2028-01": (switchgear(26), NEAR_ONLY + 0.1),
    "switchgear in time": (switchgear(25), FREE + 0.15 + 0.1),
    "switchgear of 99 MW: two for 100 MW": (switchgear(25, 99), FREE + 0.3 + 0.2),
    "switchgear whatever the source": (
        several(set_at(f"{BANK}.is_available", False), switchgear(26)),
        180 + 1 + 10 + 25.2 + 23.8272 + 0.1,
    ),
    "reserve brings the bank in time": (several(SLOW_BANKS, reserve()), FREE),
    "reserve at twice the price": (several(SLOW_BANKS, reserve(10_000_000)), FREE + 0.1),
    "reserve opens too late": (
        # drawn 2028-01-01, there from 2028-07 on
        several(SLOW_BANKS, reserve(opens="2028-01")),
        FAR_ONLY,
    ),
    "reserve opens just in time": (
        several(SLOW_BANKS, reserve(opens="2027-07")),
        FREE,
    ),
    "reserve beside site orders": (
        several(SLOW_BANKS, reserve(), set_at("components.transformers.procurement", "site")),
        FREE,
    ),
    "reserve of no unit": (several(SLOW_BANKS, reserve(units=0)), FAR_ONLY),
    "reserve is spent when drawn, just inside": (
        # two openings, two halls, a unit: 11 + 200 + 10
        several(
            SLOW_BANKS,
            reserve(10_000_000),
            set_at("components.budget", {"max_overnight_usd": 221_000_000}),
        ),
        FREE + 0.1,
    ),
    "reserve is spent when drawn": (
        several(
            SLOW_BANKS,
            reserve(10_000_000),
            set_at("components.budget", {"max_overnight_usd": 220_999_999}),
        ),
        # an ordinary bank, for 5 million, brings near's opening, hall and energy for half a year
        FAR_GRID - 26.28 + 10 + 5 + 0.05 + 8.76,
    ),
    # kept: the unpaid 60 % of 5 million over 50 years instead of 0.1 a year
    "booked slot is kept": (several(SLOW_BANKS, booked("2027-12", 0.4, 0.5)), FREE - 0.04),
    "booked slot needs no slot of the horizon": (
        several(set_at(f"{BANK}.slots_per_year", 0), booked("2027-12", 0.4, 0.5)),
        FREE - 0.04,
    ),
    "booked slot one day late is resold": (
        several(SLOW_BANKS, booked("2028-01-02", 0.4, 0.5)),
        FAR_ONLY - 2.5,
    ),
    "booked slot is worth more to another": (
        several(SLOW_BANKS, booked("2027-12", 0.4, 2.0)),
        FAR_ONLY - 10,
    ),
    "booked slot resold, a new one ordered": (booked("2027-12", 0.4, 1.0), FREE - 5),
    "booked beyond the horizon": (booked("2030-01", 0.4, 0.1, units=2), FREE - 1),
    "booked slot is spent on delivery, just inside": (
        several(
            SLOW_BANKS,
            booked("2027-12", 0.4, 0.0),
            set_at("components.budget", {"max_overnight_usd": 214_000_000}),
        ),
        FREE - 0.04,
    ),
    "booked slot is spent on delivery": (
        several(
            SLOW_BANKS,
            booked("2027-12", 0.4, 0.0),
            set_at("components.budget", {"max_overnight_usd": 213_999_999}),
        ),
        FAR_GRID,
    ),
    # far runs on the one bank; near has its spare from 2028-07 on, half a year of 0.1
    "spare may follow after six months": (
        several(SPARE, set_at("components.transformers.spare_grace_months", 6)),
        FREE + 0.05,
    ),
    # near's spare would follow in 2028-08, in no period of the horizon
    "spare may follow after seven months": (
        several(SPARE, set_at("components.transformers.spare_grace_months", 7)),
        FREE,
    ),
    "supply_limit of none": (set_at(f"{BANK}.max_units", 0), FAR_ONLY),
    "supply_limit of none for a site": (
        several(
            set_at(f"{BANK}.max_units", 0),
            set_at("components.transformers.procurement", "site"),
        ),
        FAR_ONLY,
    ),
    "supply_limit just inside": (set_at(f"{BANK}.max_units", 1), FREE),
    "refurbished bank: 2 million USD over 10 years": (
        several(SLOW_BANKS, set_at(f"{CLASSES}.refurbished", REFURBISHED)),
        FREE + 0.1,
    ),
    "refurbished banks, but none to be had": (
        several(SLOW_BANKS, set_at(f"{CLASSES}.refurbished", {**REFURBISHED, "max_units": 0})),
        FAR_ONLY,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    check_case(*CASES[name])


def test_idle_bank_needs_no_breaker() -> None:
    """Two banks in stock stand at `far` and `near`; each in use has its breaker, none more."""
    plan = check_case(
        several(set_at(f"{BANK}.stock_units", 2), breakers(25, units_per_bank=1, max_units=2)),
        FREE - 0.1 + 0.25,
    )
    rows = {(row["site"], row["firm_count"]) for row in plan.tables["banks"]}
    assert rows == {("far", 1.0), ("near", 1.0)}


REFUSALS: dict[str, tuple[Change, tuple[str, ...]]] = {
    "no main bank": (
        set_at(f"{BANK}.role", "switchgear"),
        ("components.transformers.classes", "no class has role main_bank", "Add a main bank"),
    ),
    "no rating": (
        set_at(f"{CLASSES}.hv_breaker", gear("switchgear", 25)),
        ("hv_breaker.unit_mva", "no rating", "Add unit_mva"),
    ),
    "a rated breaker": (
        breakers(25, units_per_bank=1, unit_mva=100),
        ("hv_breaker.unit_mva", "counted, not rated", "Remove it"),
    ),
    "a breaker of nothing": (
        breakers(25),
        ("hv_breaker.units_per_bank", "nothing needs", "State the number"),
    ),
    "breakers of switchgear": (
        set_at(f"{BANK}.units_per_bank", 1),
        ("main_bank.units_per_bank", "a main_bank has no such number", "Remove it"),
    ),
    "two kinds of breakers": (
        several(
            breakers(25, units_per_bank=1),
            set_at(f"{CLASSES}.other", gear("breaker", 25, units_per_bank=2)),
        ),
        ("different numbers", "['hv_breaker', 'other']", "State the same numbers"),
    ),
    "two slots of a date": (
        set_at(f"{BANK}.booked", 2 * [{"delivered": "2027-12", "units": 1}]),
        ("main_bank.booked", "two slots of the same date", "Add up their units"),
    ),
    "two lead times of a date": (
        set_at(f"{BANK}.lead_times", 2 * weeks(10)),
        ("main_bank.lead_times", "two lead times from the same date", "Remove one"),
    ),
    "no power factor": (
        set_at(f"{BANK}.power_factor_frac", 0),
        ("main_bank.power_factor_frac", "a power factor of 0", "Correct it"),
    ),
    "a grace for nothing": (
        set_at("components.transformers.spare_grace_months", 6),
        ("components.transformers.spare_grace_months", "no spare banks", "Set spare_banks"),
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal(name: str) -> None:
    change, words = REFUSALS[name]
    scenario = toy()
    change(scenario)
    with pytest.raises(InputError) as caught:
        instance_of(scenario)
    for word in words:
        assert word in str(caught.value)


def test_limits_of_a_site() -> None:
    """100 MW at a PUE of 1.25: two banks and a spare, two breakers each, two switchgears of 70 MW."""
    scenario = toy()
    several(
        SPARE,
        breakers(25, units_per_bank=2),
        switchgear(25, 70),
        set_at("components.energy.pue", 1.25),
    )(scenario)
    limit = instance_of(scenario).data["transformers"].limit
    assert limit["main_bank", "near"] == 2 + 1
    assert limit["hv_breaker", "near"] == 2 * (2 + 1)
    assert limit["mv_gear", "near"] == 2


def everything(scenario: Scenario) -> None:
    """Every class and source in one plan: the bank of near from the reserve, its spare booked."""
    several(
        SLOW_BANKS,
        SPARE,
        set_at("components.transformers.spare_grace_months", 6),
        breakers(25, units_per_bank=1),
        switchgear(25),
        reserve(opens="2027-07"),
        set_at(
            f"{BANK}.booked",
            [
                {"delivered": "2028-06", "units": 2, "paid_frac": 0.2, "resale_frac": 0.0},
                {"delivered": "2030-01", "units": 1, "resale_frac": 0.3},
            ],
        ),
    )(scenario)


@pytest.fixture(scope="module")
def full() -> tuple[Instance, Plan]:
    """The plan with everything in it."""
    scenario = toy()
    everything(scenario)
    plan = plan_of(scenario)
    assert plan.findings == ()
    return instance_of(scenario), plan


def test_everything_at_once(full: tuple[Instance, Plan]) -> None:
    """Breakers and switchgear at both sites, a spare bank with its breaker at `near`."""
    rows = full[1].tables["orders"].rows
    kinds = {(row["equipment_class"], row["procurement"], row["site"]) for row in rows}
    assert {
        ("main_bank", "stock", "far"),
        ("main_bank", "reserve", "near"),
        ("main_bank", "booked", "near"),
        ("main_bank", "resold", ""),
    } <= kinds
    # reserve bank 0.1, kept slot 80 % of 0.1 for half a year, nothing and 1.5 back for the others;
    # a breaker and a switchgear each at far and near, and the spare's breaker for half a year
    expected = FREE + 0.5 * 0.08 - 1.5 + 0.15 + 0.1 + 0.15 + 0.1 + 0.05
    assert full[1].objective_usd == pytest.approx(expected * 1e6, abs=1.0)


def findings(full: tuple[Instance, Plan], changes: dict[str, Table]) -> tuple[Finding, ...]:
    """Findings of the plan with some tables changed."""
    instance, plan = full
    return audit_tables(instance, {**plan.tables, **changes}, plan.objective_usd)


def changed(
    full: tuple[Instance, Plan], name: str, edit: Callable[[dict[str, Cell]], bool]
) -> set[str]:
    """Rules broken after editing the first row of a table for which ``edit`` returns True."""
    table = full[1].tables[name]
    rows = [dict(row) for row in table.rows]
    assert any(edit(row) for row in rows)
    return {f.rule for f in findings(full, {name: Table(table.columns, tuple(rows))})}


def edit(where: dict[str, Cell], **cells: Cell) -> Callable[[dict[str, Cell]], bool]:
    """Sets cells of the row that has some values."""

    def change(row: dict[str, Cell]) -> bool:
        if any(row[column] != value for column, value in where.items()):
            return False
        row.update(cells)
        return True

    return change


STOCK: dict[str, Cell] = {"procurement": "stock", "equipment_class": "main_bank"}
RESERVE: dict[str, Cell] = {"procurement": "reserve"}
KEPT: dict[str, Cell] = {"procurement": "booked", "site": "near"}
NEAR_GEAR: dict[str, Cell] = {"equipment_class": "mv_gear", "site": "near"}
NEAR_BREAKER: dict[str, Cell] = {"equipment_class": "hv_breaker", "site": "near"}
BROKEN: dict[str, tuple[str, dict[str, Cell], dict[str, Cell]]] = {
    "transformers.class": ("orders", RESERVE, {"quantity": 0.5}),
    "transformers.procurement": ("orders", RESERVE, {"procurement": "gift"}),
    "transformers.order": ("orders", RESERVE, {"order_date": date(2027, 7, 2)}),
    "transformers.reserve": ("orders", RESERVE, {"order_date": date(2027, 1, 1)}),
    "transformers.lead_time": ("orders", KEPT, {"delivery_date": date(2028, 5, 1)}),
    "transformers.cost": ("orders", {"procurement": "resold"}, {"returned_usd": 1.0}),
    "transformers.assign": ("orders", STOCK, {"assign_date": None}),
    "transformers.place": ("orders", STOCK, {"site": "cheap"}),
    "transformers.pool_cover": ("orders", KEPT, {"assign_date": date(2028, 1, 1)}),
    "transformers.install": ("orders", KEPT, {"in_service_date": date(2028, 1, 1)}),
    "transformers.committed": ("orders", STOCK, {"site": "ranch"}),
    "transformers.stock": ("orders", STOCK, {"quantity": 2}),
    "transformers.booked": ("orders", KEPT, {"quantity": 2, "overnight_usd": 8_000_000.0}),
    "transformers.bank": ("banks", {"site": "near"}, {"firm_count": 0, "firm_mw": 0.0}),
    "transformers.spare_kept": ("orders", KEPT, {"site": "far"}),
    "transformers.spare_first": (
        "banks",
        {"site": "near", "spare_count": 1},
        {"spare_count": 0},
    ),
    "transformers.banks": ("banks", {"site": "near"}, {"firm_mw": 99.0}),
    "transformers.breaker": ("orders", NEAR_BREAKER, {"site": "far"}),
    "transformers.switchgear": ("orders", NEAR_GEAR, {"site": "far"}),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_audit_names_the_rule(full: tuple[Instance, Plan], rule: str) -> None:
    name, where, cells = BROKEN[rule]
    assert rule in changed(full, name, edit(where, **cells))


def test_audit_finds_missing_rows(full: tuple[Instance, Plan]) -> None:
    for name, rule in (("orders", "transformers.booked"), ("banks", "transformers.bank")):
        table = full[1].tables[name]
        assert rule in {f.rule for f in findings(full, {name: Table(table.columns, ())})}


def test_audit_finds_every_changed_cell(full: tuple[Instance, Plan]) -> None:
    tried = 0
    for name in ("orders", "banks"):
        table = full[1].tables[name]
        for position, row in enumerate(table.rows):
            for column, cell in row.items():
                if cell is None or isinstance(cell, str):
                    continue
                new = cell + timedelta(days=1) if isinstance(cell, date) else cell + 1
                rows = [*table.rows]
                rows[position] = {**row, column: new}
                found = findings(full, {name: Table(table.columns, tuple(rows))})
                place = f"tables/{name}.csv line {position + 2}"
                assert any(place in f.row for f in found), f"{place}: {column} {cell} -> {new}"
                tried += 1
    assert tried > 60


def broken_by(change: Change, looser: Change) -> set[str]:
    """Rules that the plan of a looser scenario breaks in a tighter one."""
    tight, loose = toy(), toy()
    several(change)(tight)
    several(change, looser)(loose)
    plan = plan_of(loose)
    return {f.rule for f in audit_tables(instance_of(tight), plan.tables, plan.objective_usd)}


def test_audit_counts_what_is_bought() -> None:
    rule = "transformers.supply_limit"
    assert rule in broken_by(set_at(f"{BANK}.max_units", 0), set_at(f"{BANK}.max_units", 1))


def test_audit_counts_factory_slots() -> None:
    slots = set_at(f"{BANK}.slots_per_year", 0)
    assert "transformers.slots" in broken_by(slots, set_at(f"{BANK}.slots_per_year", 2))


def test_audit_counts_what_is_drawn() -> None:
    looser = set_at(f"{BANK}.reserve_units", 2)
    tight = several(SLOW_BANKS, set_at(f"{BANK}.stock_units", 0), reserve(0, weeks=0))
    assert "transformers.reserve" in broken_by(tight, looser)


def test_audit_counts_banks_that_the_load_does_not_need(full: tuple[Instance, Plan]) -> None:
    twice = edit({"site": "near", "spare_count": 1}, firm_count=2, firm_mw=200.0)
    assert {"transformers.banks", "transformers.spare_kept"} <= changed(full, "banks", twice)


def test_breakers_of_step_ups_before_the_commitment() -> None:
    """Breakers for a site that is never committed are found, even if they may serve step-ups."""
    scenario = toy()
    several(CHEAP_CELLS, breakers(26, units_per_step_up=1))(scenario)
    instance, plan = instance_of(scenario), plan_of(scenario)
    table = plan.tables["orders"]
    rows = [dict(row) for row in table.rows]
    assert any(edit({"equipment_class": "hv_breaker"}, site="ranch")(row) for row in rows)
    changes = {"orders": Table(table.columns, tuple(rows))}
    found = audit_tables(instance, {**plan.tables, **changes}, plan.objective_usd)
    assert {"transformers.committed", "transformers.breaker"} <= {f.rule for f in found}


@pytest.mark.parametrize("name", ["equipment", "equipment-full", "equipment-2021"])
def test_libraries_fit_the_schema(name: str, tmp_path: Path) -> None:
    """Every class of the library is accepted, with its source and a confidence."""
    path = tmp_path / "classes.yaml"
    path.write_text(f'include: "builtin:models/libraries/{name}.yaml"\n', encoding="utf-8")
    scenario = toy()
    del scenario["components"]["plants"]
    classes = json.loads(json.dumps(read_document(path, builtin=BUILTIN).data, default=str))
    scenario["components"]["transformers"]["classes"] = classes
    kinds = instance_of(scenario).data["transformers"].classes
    assert all(kind.source and kind.confidence for kind in kinds.values())
    full = (
        {"hv_breaker", "mv_switchgear", "refurbished_bank"} if name == "equipment-full" else set()
    )
    assert set(kinds) == {"main_bank", "generator_step_up"} | full
    start = date(2027, 1, 1)
    weeks_of = {e: (kind.delivery_date(start) - start).days / 7 for e, kind in kinds.items()}
    assert weeks_of["main_bank"] == (50 if name == "equipment-2021" else 140)


def test_audit_knows_when_a_site_order_is_assigned() -> None:
    scenario = toy()
    set_at("components.transformers.procurement", "site")(scenario)
    site_only = instance_of(scenario), plan_of(scenario)
    late = edit({"procurement": "site"}, assign_date=date(2028, 1, 1))
    assert "transformers.assign" in changed(site_only, "orders", late)


class Stated:
    """Values stated by hand; everything else is 0."""

    def __init__(self, values: dict[tuple[Any, ...], float]) -> None:
        self.values = values

    def get(self, name: str, index: tuple[Any, ...]) -> float:
        """A variable of the family."""
        return self.values.get((name.removeprefix("transformers."), *index), 0.0)

    def total(self, total: str, key: tuple[Any, ...]) -> float:
        """A ledger total."""
        return self.values.get((total, *key), 0.0)


def test_report_of_units_nobody_uses() -> None:
    """An order and a kept slot without a place are listed, stock is not; without a spare that
    belongs to it no bank is in use."""
    scenario = toy()
    several(SPARE, booked("2027-12", 0.4, 0.5, units=2))(scenario)
    data = instance_of(scenario).data["transformers"]
    values: dict[tuple[Any, ...], float] = {("pool_order", "main_bank", p): 1 for p in range(4)}
    values |= {("assign", "main_bank", "near", p): 1 for p in (2, 3)}
    values |= {("keep", "main_bank", 0): 1, ("facility_mw", "near", 3): 100}
    tables = report(Stated(values), data)
    rows = [(row["procurement"], row["site"], row["quantity"]) for row in tables["orders"]]
    assert sorted(rows) == [
        ("booked", "", 1),
        ("pool", "", 1),
        ("resold", "", 1),
        ("stock", "near", 1),
    ]
    assert len(tables["banks"]) == 0
