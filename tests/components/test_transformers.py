"""Spares, supply, reserve, booked slots, breakers and switchgear: each rule on paper.

The toy scenario costs 79.90 million dollars with one bank from stock at `far` and one ordered for
`near`, 5 MUSD over 50 years, 0.1 a year for 2028. Without a second bank `far` alone with two cells
is best, 88.65; without any bank cells carry all from 2028, at 240.03.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from siting.components.transformers_settings import TransformersConfig
from siting.core.errors import InputError
from siting.core.resources import builtin_root
from siting.core.table import Table
from siting.core.yaml_source import read_document
from support.engine import instance_of, plan_of, toy
from support.paper import Change, check_case, set_at, several
from support.tamper import assert_every_change_is_found, rules_broken, with_row

FREE = 79.90
NEAR_ONLY = 180 + 10 + 10 + 17.52
FAR_GRID = 1 + 15 + 78.84
FAR_ONLY = FAR_GRID - 2 * (40 * 8760 * (60 - 6.8 * 4) / 1e6 - 40_000 * 4200 / 20 / 1e6)
CELLS_ONLY = 180 + 1 + 10 + 25.2 + 23.8272
NOTHING = 540.0
FAMILY = "components.transformers"
CLASSES = f"{FAMILY}.classes"
BANK = f"{CLASSES}.main_bank"
CELL = "components.plants.technologies.fuel_cell"


def kind(role: str, weeks: float = 20, stock: int = 0, **more: Any) -> dict[str, Any]:
    """A class at 1 MUSD over 50 years, 0.02 a year; 20 weeks are usable in the next half-year."""
    return {
        "role": role,
        "lead_times": [{"ordered_from": "2027-01", "weeks": weeks}],
        "overnight_usd_per_unit": 1_000_000,
        "lifetime_years": 50,
        "stock_units": stock,
        **more,
    }


def breaker(weeks: float = 20, stock: int = 0, **more: Any) -> dict[str, Any]:
    """Breakers, two for a bank."""
    return kind("breaker", weeks, stock, **{"units_per_bank": 2, **more})


def booked(delivered: str, paid: float = 0.4, resale: float = 0.0) -> Change:
    """No factory slot, and one booked."""
    slot = {"delivered": delivered, "units": 1, "paid_frac": paid, "resale_frac": resale}
    return several(set_at(f"{BANK}.slots_per_year", 0), set_at(f"{BANK}.booked", [slot]))


def spares(grace: float) -> Change:
    """N+1 with a grace."""
    return several(
        set_at(f"{FAMILY}.spare_banks", 1), set_at(f"{FAMILY}.spare_grace_months", grace)
    )


def reserve(units: int = 1, **more: Any) -> Change:
    """No factory slot, and a reserve."""
    settings = {"reserve_units": units, **more}
    changes = [set_at(f"{BANK}.{name}", value) for name, value in settings.items()]
    return several(set_at(f"{BANK}.slots_per_year", 0), *changes)


def cheap_cells(breakers: dict[str, Any]) -> Change:
    """Cells at 600 USD/kW, each with a step-up from stock, and breakers for the step-ups."""
    return several(
        set_at(f"{CELL}.overnight_usd_per_kw", 600),
        set_at(f"{CELL}.step_up_class", "gsu"),
        set_at(f"{CELL}.step_up_per_unit", 1),
        set_at(f"{CLASSES}.gsu", kind("step_up", 80, 3, unit_mva=50)),
        set_at(f"{CLASSES}.breaker", breakers),
    )


CASES: dict[str, tuple[Change, float]] = {
    # the stock carries far at once; its spare is due 2028-01 (0.1), near's 2028-07 (0.05)
    "spare_first: spares half a year later": (spares(6), FREE + 0.1 + 0.05),
    # far's is due on 2028-02-01, in service from 2028-07; near's beyond the horizon
    "spare_first: seven months reach the next period": (spares(7), FREE + 0.05),
    "spare_first: beyond the horizon for both": (spares(18), FREE),
    "spare_first: no grace": (spares(0), NEAR_ONLY + 0.1),
    "supply_limit binds": (set_at(f"{BANK}.max_units", 0), FAR_ONLY),
    "supply_limit just inside": (set_at(f"{BANK}.max_units", 1), FREE),
    # 4 MUSD over 20 years, 0.2 a year instead of 0.1
    "supply_limit: a refurbished unit instead": (
        several(
            set_at(f"{BANK}.max_units", 0),
            set_at(
                f"{CLASSES}.refurbished",
                kind(
                    "main_bank",
                    52,
                    unit_mva=100,
                    overnight_usd_per_unit=4_000_000,
                    lifetime_years=20,
                    max_units=1,
                ),
            ),
        ),
        FREE + 0.1,
    ),
    "reserve at the class price": (reserve(), FREE),
    "reserve at a price of its own": (reserve(reserve_usd_per_unit=10_000_000), FREE + 0.1),
    "reserve of none": (reserve(0), FAR_ONLY),
    "reserve opens one month late": (reserve(reserve_from="2028-02"), FAR_ONLY),
    "reserve opens in time": (reserve(reserve_from="2028-01"), FREE),
    # 2027-07-01 and 26 weeks are 2027-12-30; 27 weeks 2028-01-06, usable from 2028-07
    "reserve delivered in time": (reserve(reserve_from="2027-07", reserve_weeks=26), FREE),
    "reserve delivered a week late": (reserve(reserve_from="2027-07", reserve_weeks=27), FAR_ONLY),
    # 60 % of 5 MUSD over 50 years, 0.06 instead of 0.1, without a factory slot
    "booked slot kept": (booked("2028-01"), FREE - 0.04),
    "booked slot too late is given up": (booked("2028-02", resale=0.2), FAR_ONLY - 1),
    # it saves 8.79 net of its 0.06; it is given up for 10
    "booked slot worth more to others": (booked("2028-01", resale=2.0), FAR_ONLY - 10),
    "booked slot worth less to others": (booked("2028-01", resale=1.7), FREE - 0.04),
    # with factory slots an order replaces it
    "booked slot given up and ordered anew": (
        several(booked("2028-01", resale=0.2), set_at(f"{BANK}.slots_per_year", 2)),
        FREE - 1,
    ),
    # 1 + 10 of preparation, two halls of 100, and 3 for the rest of the slot
    "booked slot spends the rest in the budget": (
        several(booked("2028-01"), set_at("components.budget", {"max_overnight_usd": 214_000_000})),
        FREE - 0.04,
    ),
    "booked slot spends more than the budget": (
        several(booked("2028-01"), set_at("components.budget", {"max_overnight_usd": 213_900_000})),
        FAR_GRID,
    ),
    "breakers from stock at far, bought for near": (
        set_at(f"{CLASSES}.breaker", breaker(stock=2)),
        FREE + 0.04,
    ),
    # one more at far for a year and a half, three at near for a year
    "breakers: three for a bank": (
        set_at(f"{CLASSES}.breaker", breaker(stock=2, units_per_bank=3)),
        FREE + 0.03 + 0.06,
    ),
    "breakers too late for near": (set_at(f"{CLASSES}.breaker", breaker(80, 2)), FAR_ONLY),
    "breakers too few for any bank": (set_at(f"{CLASSES}.breaker", breaker(80, 1)), CELLS_ONLY),
    "breakers: none available": (
        set_at(f"{CLASSES}.breaker", breaker(is_available=False)),
        CELLS_ONLY,
    ),
    "breakers: each class is needed": (
        several(
            set_at(f"{CLASSES}.breaker", breaker(stock=4)),
            set_at(f"{CLASSES}.other", breaker(80, 1)),
        ),
        CELLS_ONLY,
    ),
    # near has two banks in use, four breakers, two of them bought
    "in_use: the spare has breakers too": (
        several(spares(0), set_at(f"{CLASSES}.breaker", breaker(stock=2))),
        NEAR_ONLY + 0.1 + 0.04,
    ),
    "breakers for three step-ups": (
        cheap_cells(breaker(80, 3, units_per_bank=0, units_per_step_up=1)),
        1 + 15 + 26.28 + 3.6 + 23.8272,
    ),
    # two cells and 20 MW from the grid, 31.97 a year, still below the 37.62 of near
    "breakers for two step-ups": (
        cheap_cells(breaker(80, 2, units_per_bank=0, units_per_step_up=1)),
        1 + 15 + 26.28 + 2.4 + 80 * 8760 * 27.2 / 1e6 + 20 * 8760 * 60 / 1e6,
    ),
    "switchgear from stock at far, bought for near": (
        set_at(f"{CLASSES}.gear", kind("switchgear", 20, 2, unit_mva=50)),
        FREE + 0.04,
    ),
    "switchgear too late for near": (
        set_at(f"{CLASSES}.gear", kind("switchgear", 80, 2, unit_mva=50)),
        FAR_ONLY,
    ),
    "switchgear: classes add up": (
        several(
            set_at(f"{CLASSES}.gear", kind("switchgear", 80, 1, unit_mva=60)),
            set_at(f"{CLASSES}.small", kind("switchgear", 80, 1, unit_mva=40)),
        ),
        FAR_ONLY,
    ),
    "switchgear: none available": (
        set_at(f"{CLASSES}.gear", kind("switchgear", unit_mva=50, is_available=False)),
        NOTHING,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    change, expected = CASES[name]
    check_case(change, expected)


def zone_cells(breakers: int) -> Change:
    """Grid-delivered cells that zones without surplus need, with step-ups and breakers in stock."""
    return several(
        cheap_cells(breaker(80, breakers, units_per_bank=0, units_per_step_up=1)),
        set_at(f"{CELL}.delivery", ["grid"]),
        set_at(f"{CELL}.overnight_usd_per_kw", 4200),
        set_at("zones.cheap.accredited_surplus_mw", 0),
        set_at("zones.dear.accredited_surplus_mw", 0),
    )


def test_breakers_of_step_ups_in_a_zone() -> None:
    # near from 2028-01: opening and hall 10 each, energy 17.52 from the market at 20 USD/MWh,
    # below the cells' 27.2, and three cells of 8.4 a year for their firm capacity
    check_case(zone_cells(3), 180 + 10 + 10 + 17.52 + 25.2)
    # two cells carry 80 MW; the rest is late for 2028 too
    check_case(zone_cells(2), 180 + 10 + 10 + 0.8 * 17.52 + 16.8 + 0.2 * 360)


def test_no_breaker_class_leaves_the_model_alone() -> None:
    plan = plan_of(toy())
    assert "spares" not in plan.tables
    assert {row["procurement"] for row in plan.tables["orders"]} <= {"stock", "pool", "site"}


def test_refusals() -> None:
    repeated = {"delivered": "2028-01", "units": 1}
    cases: dict[str, tuple[str, object, str]] = {
        "booked": (f"{BANK}.booked", [repeated, repeated], "two booked slots of the same date"),
        "rating": (f"{CLASSES}.gear", kind("switchgear"), "no rating"),
        "per bank": (f"{BANK}.units_per_bank", 1, "set on a main_bank"),
        "per step-up": (f"{BANK}.units_per_step_up", 1, "set on a main_bank"),
        "needless": (f"{CLASSES}.breaker", breaker(units_per_bank=0), "that nothing needs"),
    }
    for path, value, message in cases.values():
        scenario = toy()
        set_at(path, value)(scenario)
        with pytest.raises(InputError) as error:
            plan_of(scenario)
        (issue,) = error.value.issues
        assert message in issue.what
        assert issue.where.startswith(CLASSES)
        assert issue.fix


def full() -> Change:
    """Late spares, a reserve, booked slots kept and given up, breakers and switchgear."""
    slots = [
        {"delivered": "2028-01", "units": 1, "paid_frac": 0.4, "resale_frac": 0.1},
        {"delivered": "2028-07", "units": 1, "paid_frac": 0.4, "resale_frac": 0.9},
    ]
    return several(
        spares(6),
        reserve(1, reserve_weeks=1),
        set_at(f"{BANK}.slots_per_year", 1),
        set_at(f"{BANK}.max_units", 1),
        set_at(f"{BANK}.booked", slots),
        set_at(f"{CLASSES}.breaker", breaker(stock=2)),
        set_at(f"{CLASSES}.gear", kind("switchgear", 20, 2, unit_mva=50)),
    )


def test_every_changed_cell_is_found() -> None:
    scenario = toy()
    full()(scenario)
    instance, plan = instance_of(scenario), plan_of(scenario)
    assert plan.findings == ()
    sources = {row["procurement"] for row in plan.tables["orders"]}
    assert {"stock", "reserve", "booked", "given_up"} <= sources
    for name in ("orders", "spares"):
        assert_every_change_is_found(instance, plan, name, "transformers")


def test_each_rule_names_itself() -> None:
    scenario = toy()
    full()(scenario)
    instance, plan = instance_of(scenario), plan_of(scenario)
    orders, spare_rows = plan.tables["orders"], plan.tables["spares"]

    def at(**cells: str) -> int:
        return next(i for i, row in enumerate(orders) if all(row[c] == v for c, v in cells.items()))

    def without(position: int) -> Table:
        rows = (*orders.rows[:position], *orders.rows[position + 1 :])
        return Table(orders.columns, rows)

    def rules(changed: Table, name: str = "orders") -> set[str]:
        return rules_broken(instance, plan, {name: changed})

    drawn, kept = at(procurement="reserve"), at(procurement="booked")
    assert "transformers.reserve" in rules(
        with_row(orders, drawn, quantity=2, overnight_usd=10_000_000)
    )
    assert "transformers.booked" in rules(without(kept))
    assert "transformers.booked" in rules(with_row(orders, kept, delivery_date=date(2028, 2, 1)))
    assert "transformers.assign" in rules(
        with_row(orders, at(procurement="given_up"), site="near", assign_date=date(2028, 7, 1))
    )
    assert "transformers.breakers" in rules(without(at(equipment_class="breaker")))
    assert "transformers.switchgear" in rules(without(at(equipment_class="gear")))
    assert "transformers.spare_kept" in rules(without(at(equipment_class="main_bank", site="far")))
    later = with_row(spare_rows, 0, spare_from_date=None)
    assert "transformers.spare_first" in rules(later, "spares")
    assert "transformers.bank" in rules(Table(spare_rows.columns, ()), "spares")
    two = [row for row in orders if row["procurement"] in ("pool", "site")]
    extra = Table(orders.columns, (*orders.rows, *two))
    assert "transformers.supply_limit" in rules(extra) or not two


@pytest.mark.parametrize("name", ["equipment", "equipment-full", "equipment-2021"])
def test_libraries_are_read(name: str) -> None:
    root = builtin_root()
    path = root / "models" / "libraries" / f"{name}.yaml"
    config = TransformersConfig.model_validate({"classes": read_document(path, builtin=root).data})
    for equipment in config.classes.values():
        assert equipment.source
        assert equipment.confidence
        assert equipment.estimated
    assert {"main_bank", "generator_step_up"} <= set(config.classes)
