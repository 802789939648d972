"""What a scenario commits to is decided: no strategy forbids it, nor what it needs, and none begins more.

The toy scenario, on paper in the comments of ``models/toy.yaml``: ``far`` alone serves from 2027-07 on for
94.84 million dollars; each of two cells there from 2028-01 on saves 3.09312.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from siting.core.plan import Plan
from siting.core.study import Strategy
from siting.core.table import Table
from siting.model.assemble import assemble
from siting.pipeline import Loaded
from siting.timeline.check import strategy_findings
from siting.timeline.compare import compare_strategies
from siting.timeline.narrowing import Narrowing
from siting.timeline.restrict import restricted
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, toy

FAR = 1 + 15 + 100 * 8760 * 60 * 1.5 / 1e6
CELL_SAVES = 40 * 8760 * (60 - 6.8 * 4) / 1e6 - 40_000 * 4200 / 20 / 1e6
YEAR = {"decided_from_months": 12}
FAR_COMMITTED = {"decision": "core.commit", "item": "far", "at_least": 1, "date": "2027-01"}
NO_NEAR = {"decision": "core.commit", "item": "near", "quantity": 0}
ONE_CELL = {"decision": "plants.units", "item": "fuel_cell far", "at_least": 1, "date": "2027-01"}


def solved(scenario: dict[str, Any], strategy: dict[str, Any]) -> Plan:
    """The audited plan of a strategy, proven best."""
    strategies = {"optimal": Strategy(), "it": Strategy.model_validate(strategy)}
    instance = instance_of(scenario)
    _, result = compare_strategies(Loaded(instance, {}), strategies, Solver(EXACT))
    assert result.plan is not None and result.status == "OPTIMAL", result.reasons
    assert result.plan.findings == ()
    return result.plan


def without_stock(procurement: str) -> dict[str, Any]:
    """The toy with ``far`` committed, no bank in stock, and banks within 25 weeks of their order."""
    scenario = {**toy(), "committed": {"far": FAR_COMMITTED}}
    transformers = scenario["components"]["transformers"]
    transformers["procurement"] = procurement
    transformers["classes"]["main_bank"]["stock_units"] = 0
    transformers["classes"]["main_bank"]["lead_times"] = [{"ordered_from": "2027-01", "weeks": 25}]
    return scenario


def test_a_committed_site_asks_for_its_connection_at_once() -> None:
    # what else is decided in 2028-01, cells or `near`, comes in 2029-01, when all is over
    plan = solved({**toy(), "committed": {"far": FAR_COMMITTED}}, YEAR)
    assert plan.objective_usd == pytest.approx(FAR * 1e6)
    assert [row["start_date"] for row in plan.tables["connections"]] == [date(2027, 1, 1)]


@pytest.mark.parametrize("procurement", ["pool", "site"])
def test_a_committed_site_orders_its_bank_at_once(procurement: str) -> None:
    # a bank of 5 million is paid over 50 years, here for a year and a half
    plan = solved(without_stock(procurement), YEAR)
    assert plan.objective_usd == pytest.approx((FAR + 0.1 * 1.5) * 1e6)
    assert [row["procurement"] for row in plan.tables["orders"]] == [procurement]


def test_nobody_else_orders_from_the_pool_before_its_date() -> None:
    scenario = without_stock("pool")
    instance = instance_of(scenario)
    narrowed = restricted(assemble(instance), instance, Strategy.model_validate(YEAR))
    row = narrowed.row_names.index(("strategy.committed_pool", ("main_bank", 1)))
    names = {column: name for name, column in narrowed.columns.items()}
    found = narrowed.matrix.tocsr()[[row]].tocoo()
    assert {names[c]: a for c, a in zip(found.coords[1], found.data, strict=True)} == {
        ("transformers.pool_order", ("main_bank", 1)): 1.0,
        ("transformers.assign", ("main_bank", "far", 3)): -1.0,
    }
    assert narrowed.row_upper[row] == 0


def test_the_check_counts_what_the_committed_get_of_the_pool() -> None:
    scenario = without_stock("pool")
    plan = solved(scenario, YEAR)
    strategy, instance = Strategy.model_validate(YEAR), instance_of(scenario)
    orders = plan.tables["orders"]
    twice = Table.of(orders.columns, [orders.rows[0], {**orders.rows[0], "site": ""}])
    found = list(strategy_findings(instance, {**plan.tables, "orders": twice}, strategy))
    assert [text.split(":")[0] for text in found] == ["strategy.decided_from_months"] * 2


@pytest.mark.parametrize(
    ("committed", "saved"), [({}, 0.0), ({"cell": ONE_CELL}, 1.0), ({"cell": {**ONE_CELL, "at_least": 2}}, 2.0)]
)  # fmt: skip
def test_no_more_is_begun_than_is_committed(committed: dict[str, Any], saved: float) -> None:
    # two cells pay; without any other supply than the grid's only those are there that are committed
    scenario = {**toy(), "committed": {"near": NO_NEAR, **committed}}
    plan = solved(scenario, {"new_supply": []})
    assert plan.objective_usd == pytest.approx((FAR - saved * CELL_SAVES) * 1e6)


def test_several_periods_may_lead_to_what_is_committed() -> None:
    banks = {"decision": "transformers.pool_order", "item": "main_bank", "at_least": 3}
    instance = instance_of({**toy(), "committed": {"banks": {**banks, "date": "2027-07"}}})
    model = assemble(instance)
    waits = restricted(model, instance, Strategy.model_validate(YEAR))
    key = ("main_bank",)
    columns = [waits.columns["transformers.pool_order", (*key, p)] for p in (0, 1, 2)]
    assert [waits.upper[column] for column in columns[:2]] == [3, 3]
    assert waits.upper[columns[2]] > 3
    soon = restricted(model, instance, Strategy.model_validate({"decided_within_months": 6}))
    rows = {name: row for row, name in enumerate(soon.row_names)}
    monotone = [rows["transformers.pool_monotone", (*key, p)] for p in (1, 2)]
    assert [soon.row_lower[row] == 0 for row in monotone] == [False, True]
    row = rows["strategy.committed", ("transformers.pool_order", *key)]
    assert soon.row_upper[row] == 3
    entries = soon.matrix.tocsr()[[row]].tocoo()
    assert dict(zip(entries.coords[1], entries.data, strict=True)) == {
        columns[1]: 1,
        columns[0]: -1,
    }


def test_supply_that_is_not_committed_is_still_a_choice() -> None:
    """A committed site may be connected early, but builds no plant before its time."""
    instance = instance_of({**toy(), "committed": {"far": FAR_COMMITTED}})
    narrowed = restricted(assemble(instance), instance, Strategy.model_validate(YEAR))
    early = {
        name: narrowed.upper[column]
        for name, column in narrowed.columns.items()
        if narrowed.decided_at[column] in (0, 1)
    }
    assert early["headroom.connect", ("far", 0)] == 1
    assert {upper for (name, _), upper in early.items() if name == "plants.units"} == {0}
    others = {key for (name, key), upper in early.items() if name == "core.commit" and upper}
    assert others == {("far", 0), ("far", 1)}


def test_the_check_spares_what_is_committed_of_another_source() -> None:
    scenario = {**toy(), "committed": {"near": NO_NEAR, "cell": ONE_CELL}}
    plan = solved(scenario, {"new_supply": []})
    free = instance_of({**toy(), "committed": {"near": NO_NEAR}})
    found = list(strategy_findings(free, plan.tables, Strategy.model_validate({"new_supply": []})))
    assert len(found) == 1 and found[0].startswith("strategy.new_supply")


def test_no_more_begins_than_is_committed_whatever_forbids_it() -> None:
    """One cell is committed: two limits that forbid different periods leave one in all, not one each."""
    late = {**ONE_CELL, "date": "2028-07"}
    instance = instance_of({**toy(), "committed": {"far": FAR_COMMITTED, "cell": late}})
    narrow = Narrowing(assemble(instance), instance)
    narrow.refuse("plants.units", lambda key: key[0] == "fuel_cell" and key[-1] < 1)
    narrow.refuse("plants.units", lambda key: key[0] == "fuel_cell" and key[-1] >= 1)
    narrowed = narrow.model()
    item = ("plants.units", "fuel_cell", "far")
    (row,) = (
        n for n, name in enumerate(narrowed.row_names) if name == ("strategy.committed", item)
    )
    assert narrowed.row_upper[row] == 1
    # two begin, one in each of the first two periods
    x = np.zeros(len(narrowed.upper))
    for (name, key), column in narrowed.columns.items():
        if (name, *key[:-1]) == item:
            x[column] = min(key[-1] + 1, 2)
    assert narrowed.matrix[[row]] @ x == pytest.approx(2)
