"""Decisions that a scenario fixes or bounds: costs on paper, what is dropped, what audit and studies see.

The toy scenario: ``near`` and ``far`` together cost 79.90 million dollars, ``near`` alone 217.52, ``far``
alone 88.65, ``ranch`` alone 241.03; see the comments of ``models/toy.yaml`` and ``test_binding.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from siting.core.errors import InfeasibleError, InputError
from siting.core.plan import Plan
from siting.core.study import Strategy
from siting.core.table import Table
from siting.families.declared import decisions
from siting.families.registry import COMPONENTS
from siting.model.assemble import assemble
from siting.solution.audit import audit_tables
from siting.solution.purchases import audit_purchases
from siting.timeline.check import strategy_findings
from siting.timeline.restrict import restricted
from support.engine import instance_of, plan_of, toy
from support.paper import check_case, set_at

FREE = 79.90
NEAR_ONLY = 180 + 10 + 10 + 17.52
CELL_SAVES = 40 * 8760 * (60 - 6.8 * 4) / 1e6 - 40_000 * 4200 / 20 / 1e6
FAR_ONLY = 1 + 15 + 78.84 - 2 * CELL_SAVES
RANCH = 180 + 2 + 10 + 3 * 8.4 + 100 * 8760 * 6.8 * 4 / 1e6


def commit(site: str, **bounds: Any) -> dict[str, Any]:
    """A site that is or is not committed."""
    return {"decision": "core.commit", "item": site, **bounds}


def with_committed(**rows: Any) -> dict[str, Any]:
    """The toy with a table of what is committed."""
    scenario = toy()
    scenario["committed"] = rows
    return scenario


def row_of(plan: Plan, name: str) -> dict[str, Any]:
    """The row of a plan's table."""
    return dict(next(row for row in plan.tables["committed"] if row["id"] == name))


CELLS = {"decision": "plants.units", "item": "fuel_cell ranch", "date": "2027-07", "at_least": 3}
BANKS = {"decision": "transformers.pool_order", "item": "main_bank", "at_least": 3}
CASES: dict[str, tuple[dict[str, Any], float]] = {
    "opening a third site costs 2": ({"a": commit("ranch", at_least=1)}, FREE + 2),
    "a later date is kept as well": ({"a": commit("ranch", date="2028-07", quantity=1)}, FREE + 2),
    "no more than none": ({"a": commit("far", at_most=0)}, NEAR_ONLY),
    "none up to a date leaves it open after it": (
        # far from 2027-07 on would serve from 2028-01, as near does cheaper
        {"a": commit("far", at_most=0, until="2027-07")},
        NEAR_ONLY,
    ),
    "exactly none": ({"a": commit("near", quantity=0)}, FAR_ONLY),
    "what is done anyway": ({"a": commit("far", quantity=1)}, FREE),
    # three cells from 2028-07 for half a year, at a site that is opened for 2
    "units that serve nothing": ({"a": CELLS}, FREE + 2 + 3 * 8.4 / 2),
    # a bank costs 0.1 a year from 2028-01; the plan orders one
    "two banks more than are used": ({"a": BANKS}, FREE + 2 * 0.1),
    "dropped where that is cheaper": (
        {"a": commit("ranch", at_least=1, cancellation_usd=500_000)},
        FREE + 0.5,
    ),
    "kept where dropping is dearer": (
        {"a": commit("ranch", at_least=1, cancellation_usd=2_500_000)},
        FREE + 2,
    ),
    # two of three cells are dropped at 1 each rather than paid 4.2: all three, and the site is not opened
    "dropped one by one": ({"a": {**CELLS, "cancellation_usd": 1_000_000}}, FREE + 3),
    "at least so many and no more": ({"a": {**BANKS, "at_most": 3}}, FREE + 2 * 0.1),
}


@pytest.mark.parametrize("name", CASES)
def test_cases_on_paper(name: str) -> None:
    rows, expected = CASES[name]
    plan = check_case(set_at("committed", rows), expected)
    assert audit_purchases(instance_of(with_committed(**rows)), plan.tables) == ()


@pytest.mark.parametrize(
    ("near", "far", "expected"),
    [(1, 1, FREE), (1, 0, NEAR_ONLY), (0, 1, FAR_ONLY), (0, 0, RANCH)],
)
def test_every_choice_of_sites_costs_what_paper_says(near: int, far: int, expected: float) -> None:
    rows = {"near": commit("near", quantity=near), "far": commit("far", quantity=far)}
    check_case(set_at("committed", rows), expected)


def test_what_is_dropped_is_paid_when_it_was_due() -> None:
    """At 10 % a year: the middle of the second half-year is nine months from the start."""
    scenario = with_committed(
        a=commit("ranch", date="2027-07", at_least=1, cancellation_usd=500_000)
    )
    free = toy()
    for each in (scenario, free):
        each["discount_rate_frac"] = 0.1
    cost = plan_of(scenario).objective_usd - plan_of(free).objective_usd
    assert cost == pytest.approx(500_000 / 1.1 ** (9 / 12), abs=1.0)


def test_the_table_says_what_became_of_it() -> None:
    plan = plan_of(
        with_committed(
            kept=CELLS,
            left=commit("far", date="2027-07", at_least=1),
            dropped=commit("ranch", at_least=1, cancellation_usd=1),
        )
    )
    assert plan.findings == ()
    kept = row_of(plan, "kept")
    assert (kept["at_least_count"], kept["planned_least_count"], kept["dropped_count"]) == (3, 3, 0)
    # the cells open the ranch by 2027-07, so that only its first half-year is dropped
    assert row_of(plan, "left")["planned_most_count"] == 1


def test_a_plan_that_does_not_keep_it_fails_its_audit() -> None:
    free = plan_of(toy())
    for rows, rule in (
        ({"a": commit("ranch", at_least=1)}, "committed.held"),
        ({"a": commit("far", at_most=0)}, "committed.capped"),
        ({"a": commit("ranch", at_least=1, cancellation_usd=7_000)}, "costs.family"),
    ):
        instance = instance_of(with_committed(**rows))
        found = audit_tables(instance, free.tables, free.objective_usd)
        assert rule in {finding.rule for finding in found}


def test_a_table_that_was_changed_is_found() -> None:
    scenario = with_committed(a=commit("ranch", at_least=1, cancellation_usd=500_000))
    plan = plan_of(scenario)
    table = plan.tables["committed"]
    changed = Table.of(table.columns, [{**table.rows[0], "dropped_count": 0.0}])
    found = audit_tables(
        instance_of(scenario), {**plan.tables, "committed": changed}, plan.objective_usd
    )
    assert {finding.rule for finding in found} == {"committed.table"}


def test_what_clashes_is_named_with_what_it_would_have_to_be() -> None:
    halls = {"decision": "campus.halls", "item": "near", "quantity": 3}
    with pytest.raises(InfeasibleError) as error:
        plan_of(with_committed(three_halls=halls))
    line = error.value.limits[0]
    assert "committed.held[three_halls, 2027-01-01] short by 2" in line
    assert " ." not in line and " ," not in line
    assert "Lower committed.three_halls.quantity from 3 to 1" in line


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"decision": "plants.unit", "item": "x", "at_least": 1}, "Write 'plants.units'"),
        (
            {"decision": "bridge.units", "item": "x y", "at_least": 1},
            "family 'bridge', which is off",
        ),
        ({"decision": "transformers.keep", "item": "x", "at_least": 1}, "follows from other"),
        ({"decision": "core.commit", "item": "far near", "at_least": 1}, "has 2 parts"),
        ({"decision": "core.commit", "item": "far"}, "neither a quantity nor a bound"),
        ({"decision": "core.commit", "item": "far", "at_least": 2, "at_most": 1}, "at least 2"),
        ({"decision": "core.commit", "item": "far", "at_least": 1, "quantity": 1}, "and a bound"),
        (
            {"decision": "core.commit", "item": "far", "at_most": 1, "cancellation_usd": 1},
            "price of",
        ),
        (
            {"decision": "core.commit", "item": "far", "at_least": 1, "date": "2031-01"},
            "no period starts",
        ),
        (
            {
                "decision": "core.commit",
                "item": "far",
                "at_least": 1,
                "date": "2028-01",
                "until": "2027-07",
            },
            "not after",
        ),
    ],
)
def test_what_is_wrong_is_said(row: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        instance_of(with_committed(a=row))


def test_an_item_of_which_nothing_can_be_decided_is_named() -> None:
    with pytest.raises(InputError, match=r"committed.a.item.*'nowhere'"):
        assemble(instance_of(with_committed(a=commit("nowhere", at_least=1))))


def test_a_committed_site_may_be_used_though_it_is_taken() -> None:
    scenario = with_committed(a=commit("far", at_least=1))
    scenario["sites"]["far"]["land_status"] = "awarded"
    assert plan_of(scenario).objective_usd == pytest.approx(FREE * 1e6)


def test_a_strategy_that_waits_keeps_what_is_committed() -> None:
    """Nothing may be decided for a year but what is decided already."""
    scenario = with_committed(a=commit("far", at_least=1, date="2027-01"))
    instance = instance_of(scenario)
    model = assemble(instance)
    strategy = Strategy(decided_from_months=12)
    narrowed = restricted(model, instance, strategy)
    early = {
        (name, key): narrowed.upper[column]
        for (name, key), column in narrowed.columns.items()
        if narrowed.decided_at[column] in (0, 1)
    }
    assert {key for key, upper in early.items() if upper > 0} == {
        ("core.commit", ("far", 0)),
        ("core.commit", ("far", 1)),
        # what it needs there, and banks of the pool as many as it gets
        ("headroom.connect", ("far", 0)),
        ("headroom.connect", ("far", 1)),
        ("transformers.site_order", ("main_bank", "far", 0)),
        ("transformers.site_order", ("main_bank", "far", 1)),
        ("transformers.pool_order", ("main_bank", 0)),
        ("transformers.pool_order", ("main_bank", 1)),
    }
    plan = plan_of(scenario)
    rows = [row for row in plan.tables["commitments"] if row["site"] == "far"]
    tables = {name: replace(table, rows=()) for name, table in plan.tables.items()}
    tables["commitments"] = Table.of(plan.tables["commitments"].columns, rows)
    assert list(strategy_findings(instance, tables, strategy)) == []
    free = instance_of(toy())
    assert len(list(strategy_findings(free, tables, strategy))) == 1


def test_a_strategy_that_decides_within_months_keeps_later_commitments() -> None:
    """What must be there by 2028-07 may begin until then; nobody else begins after the first period."""
    scenario = with_committed(a=commit("ranch", at_least=1, date="2028-07"))
    instance = instance_of(scenario)
    model = assemble(instance)
    narrowed = restricted(model, instance, Strategy(decided_within_months=6))
    names = {name: row for row, name in enumerate(narrowed.row_names)}
    for period in (1, 2, 3):
        assert narrowed.row_lower[names["core.commit_monotone", ("ranch", period)]] < 0
    assert narrowed.row_lower[names["core.commit_monotone", ("far", 1)]] == 0


def test_every_shown_decision_names_columns_of_its_table() -> None:
    columns = {n: of.names for c in COMPONENTS.values() for n, of in c.columns.items()}
    found = 0
    for name, decision in decisions().items():
        shown = decision.shown
        if shown is not None:
            named = {shown.date, *shown.items, shown.count, shown.column} - {""}
            assert shown.items, name
            assert named <= set(columns[shown.table]), name
            found += 1
    assert found > 10
