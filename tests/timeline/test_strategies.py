"""Strategies only narrow: each binds on paper, is checked from the tables, and never wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.study import Strategy
from siting.core.table import Table
from siting.families.declared import restricted_decisions
from siting.instance.build import Instance
from siting.model.program import Program
from siting.pipeline import Loaded
from siting.solver.completion import completed
from siting.solver.highs import Outcome
from siting.solver.lexicographic import Ranked, Reached
from siting.timeline.check import strategy_findings
from siting.timeline.compare import StrategyResult, compare_strategies
from siting.timeline.library import OPTIMAL, strategies_for
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, toy
from support.instances import tiny
from support.two_sites import two_sites

SOON = {"decided_within_months": 6}


def compared(instance: Instance, **own: dict[str, Any]) -> dict[str, StrategyResult]:
    """Results of the optimum and of strategies given as data."""
    strategies = {OPTIMAL: Strategy()} | {n: Strategy.model_validate(s) for n, s in own.items()}
    results = compare_strategies(Loaded(instance, {}), strategies, Solver(EXACT))
    return {result.name: result for result in results}


def cost_of(change: dict[str, Any], restriction: dict[str, Any]) -> tuple[float, Plan]:
    """Cost of a strategy on the changed toy [million USD], and its plan."""
    result = compared(instance_of({**toy(), **change}), it=restriction)["it"]
    assert result.plan is not None and result.status == "OPTIMAL"
    assert result.plan.findings == ()
    return result.cost_usd / 1e6, result.plan


def test_only_the_grid_keeps_what_needs_no_plant() -> None:
    assert cost_of({}, {"new_supply": []})[0] == pytest.approx(79.90)


def test_nothing_decided_in_the_first_months_is_late() -> None:
    # from 2027-07 on only: `far` serves from 2028-01, hall and connection 6 months, late 6 months:
    # 180 delay; one year of hall 10 and energy 100 MW * 8760 h * 60 USD = 52.56, opening 1: 243.56.
    # From 2028-07 either two cells at `far`, each saving 40 MW * 8760 h * (60 - 27.2) USD - 8.4 =
    # 3.09312 a year, or `near`, saving 35.04 - 20.1 a year less 10 * 0.5 for opening it so late:
    # 17.52 - 10 - 5 - 0.05 = 2.47. The cells save 2 * 3.09312 / 2 = 3.09312.
    cost, plan = cost_of({}, {"decided_from_months": 6})
    assert cost == pytest.approx(243.56 - 3.09312)
    assert {row["commit_date"] for row in plan.tables["commitments"]} == {date(2027, 7, 1)}


def test_everything_decided_at_once_orders_the_bank_at_once() -> None:
    # the optimum may order the second bank in either half-year of 2027; now only in the first
    cost, plan = cost_of({}, {"decided_within_months": 6})
    assert cost == pytest.approx(79.90)
    ordered = {r["order_date"] for r in plan.tables["orders"] if r["procurement"] != "stock"}
    assert ordered == {date(2027, 1, 1)}


@pytest.mark.parametrize(
    ("restriction", "weeks", "musd"),
    [({}, 52, 79.90), ({}, 25, 79.90), (SOON, 52, 79.90), (SOON, 25, 79.95)],
)
def test_shorter_lead_times_cost_more_only_where_the_order_cannot_wait(
    restriction: dict[str, Any], weeks: float, musd: float
) -> None:
    # the second bank is wanted in 2028-01 and paid for from its delivery, 0.1 a year. Ordered in 2027-01 it
    # comes after 52 weeks in 2028-01, after 25 in 2027-07, half a year too soon; ordered in 2027-07, which
    # only the optimum may, after 25 weeks in 2028-01
    scenario = toy()
    bank = scenario["components"]["transformers"]["classes"]["main_bank"]
    bank["lead_times"] = [{"ordered_from": "2027-01", "weeks": weeks}]
    cost, _ = cost_of({"components": scenario["components"]}, restriction)
    assert cost == pytest.approx(musd)


def test_load_draws_only_what_new_supply_delivers() -> None:
    # three cells on the site that is cheapest to open, ready after 12 months: 600 MW-months late
    # from 2027-07 to 2028-01, then served for a year: 180 + opening 1 + hall 10
    # + 3 * 8.4 + 100 MW * 8760 h * 27.2 USD = 23.8272 -> 240.0272
    cost, plan = cost_of({}, {"is_headroom_used": False})
    assert cost == pytest.approx(240.0272)
    assert {row["site"] for row in plan.tables["commitments"]} == {"far"}


def test_supply_that_takes_too_long_is_left_out() -> None:
    # the cells take 12 months; with 11 allowed and no headroom nothing is served: 1800 MW-months
    cost, _ = cost_of({}, {"is_headroom_used": False, "supply_ready_months": 11})
    assert cost == pytest.approx(0.3 * 1800)
    cost, _ = cost_of({}, {"is_headroom_used": False, "supply_ready_months": 12})
    assert cost == pytest.approx(240.0272)


def test_every_campus_asks_for_its_connection_at_once() -> None:
    # `ranch` has no point of interconnection; `far` and `near` ask when they are committed anyway
    cost, plan = cost_of({}, {"is_grid_asked_at_once": True})
    assert cost == pytest.approx(79.90)
    committed = {str(r["site"]): r["commit_date"] for r in plan.tables["commitments"]}
    asked = {str(r["site"]): r["start_date"] for r in plan.tables["connections"]}
    assert committed == asked
    assert "ranch" not in committed


def with_restart() -> dict[str, Any]:
    """The toy with a restart that nobody needs."""
    scenario = toy()
    scenario["components"]["plants"]["technologies"]["nuclear"] = {
        "unit_mw": 100,
        "energy_source": "nuclear",
        "fixed_om_usd_per_kw_year": 100,
    }
    scenario["components"]["plants"]["named"] = {
        "crane": {
            "name": "Crane",
            "technology": "nuclear",
            "kind": "restart",
            "zone": "cheap",
            "longitude": -77.0,
            "latitude": 40.0,
            "capacity_mw": 100,
            "lead_time_months": 6,
            "earliest_in_service": "2027-01",
            "overnight_usd": 60_000_000,
        }
    }
    return scenario


def test_the_restart_comes_first_whether_or_not_it_is_needed() -> None:
    # 60 MUSD over 30 years = 2 a year and 10 a year to run, for the 1.5 years from 2027-07; what it
    # gives to the zone saves `near` the 17.52 it would pay for energy in 2028
    result = compared(instance_of(with_restart()), it={"is_restart_first": True})["it"]
    assert result.plan is not None
    assert result.cost_usd / 1e6 == pytest.approx(79.90 + 1.5 * (2 + 10) - 17.52)
    (row,) = result.plan.tables["plants"].rows
    assert (row["item"], row["start_date"]) == ("crane", date(2027, 1, 1))


def test_no_other_plant_before_the_restart_runs() -> None:
    # without headroom `ranch` starts its cells once the restart runs, in 2027-07, and they serve from
    # 2028-07; but `near` may draw the 100 MW that the restart delivers, at no further price: opening
    # 10, hall 10, a bank from stock, for the year from 2028-01, and 180 for the half-year before
    narrow = {"is_restart_first": True, "is_headroom_used": False}
    result = compared(instance_of(with_restart()), it=narrow)["it"]
    assert result.cost_usd / 1e6 == pytest.approx(180 + 20 + 18)


def test_a_committed_plant_may_start_before_the_restart_runs() -> None:
    cell = {"decision": "plants.units", "item": "fuel_cell far", "at_least": 1, "date": "2027-01"}
    instance = instance_of({**with_restart(), "committed": {"cell": cell}})
    result = compared(instance, it={"is_restart_first": True})["it"]
    assert result.plan is not None and result.status == "OPTIMAL"
    assert result.plan.findings == ()
    assert {str(row["item"]) for row in result.plan.tables["plants"]} == {"crane", "fuel_cell@far"}


SEEDS = range(24)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_strategy_beats_the_optimum(seed: int) -> None:
    instance = instance_of(tiny(seed))
    strategies = strategies_for(instance)
    results = compare_strategies(Loaded(instance, {}), strategies, Solver(EXACT))
    best = results[0]
    assert best.name == OPTIMAL and best.plan is not None
    for result in results:
        assert result.bound_usd >= best.bound_usd - 1.0
        assert result.cost_usd >= best.cost_usd - 1.0
        if result.plan is None:
            assert result.status == "INFEASIBLE" and result.reasons
        else:
            assert result.plan.findings == ()


class Hurried(Solver):
    """Stops the search for the optimum at the plan that builds nothing."""

    def solve(self, name: str, instance: Instance, linear: Program) -> Ranked:
        if name != OPTIMAL:
            return super().solve(name, instance, linear)
        x = completed(linear, {}, EXACT)
        assert x is not None
        value, bound = float(linear.cost @ x) + linear.offset, 70.0
        gap = (value - bound) / value
        outcome = Outcome("FEASIBLE", x, value, bound, gap, 1.0)
        return Ranked(outcome, (Reached(value, value, bound, gap, False),))


@pytest.mark.parametrize(("gap_frac", "status"), [(0.01, "FEASIBLE"), (0.2, "OPTIMAL")])
def test_the_optimum_takes_the_cheapest_plan_and_lifts_every_bound(
    gap_frac: float, status: str
) -> None:
    """Its own search found 540 and proved 70. `wide` finds the optimum of 79.90, `late` 240.47; what
    they prove holds for themselves alone, so 79.90 is proven to (79.90 - 70) / 79.90 = 12.4 %."""
    instance = instance_of(toy())
    own = {"wide": {"new_supply": []}, "late": {"decided_from_months": 6}}
    strategies = {OPTIMAL: Strategy()} | {n: Strategy.model_validate(s) for n, s in own.items()}
    solver = Hurried(replace(EXACT, gap_frac=gap_frac))
    best, wide, late = compare_strategies(Loaded(instance, {}), strategies, solver)
    assert best.plan is not None
    assert best.cost_usd == pytest.approx(79.90e6, rel=gap_frac)
    assert best.cost_usd == wide.cost_usd
    assert best.bound_usd == 70e6
    assert best.gap == pytest.approx((best.cost_usd - 70e6) / best.cost_usd)
    assert best.status == best.plan.status == status
    assert best.plan.findings == ()
    assert best.plan.settings["strategy"] == OPTIMAL
    assert min(wide.bound_usd, late.bound_usd) >= 70e6


def test_a_strategy_may_be_cheaper_where_another_goal_comes_first() -> None:
    """Earliest first, then cost: waiting is later and so free to be cheaper; the optimum keeps its own
    plan, and its bound says nothing about the other."""
    goals = [{"goal": "earliest", "it_mw": 50}, {"goal": "least_cost"}]
    cheap = {"delay_cost_usd_per_mw_month": 0.0}
    scenario = {**toy(), "objectives": goals}
    for kind in scenario["components"]["workloads"]["kinds"].values():
        kind.update(cheap)
    results = compared(instance_of(scenario), late={"decided_from_months": 6})
    best, late = results[OPTIMAL], results["late"]
    assert best.plan is not None and late.plan is not None
    assert late.cost_usd < best.cost_usd - 1.0
    assert late.bound_usd < best.bound_usd - 1.0
    assert late.status == best.status == "OPTIMAL"
    assert late.plan.findings == best.plan.findings == ()


def plan_with_everything() -> tuple[Instance, Plan]:
    """A plan in which each kind of decision occurs."""
    instance = instance_of(with_restart())
    result = compared(instance, it={"is_restart_first": True})["it"]
    assert result.plan is not None
    return instance, result.plan


@pytest.mark.parametrize(
    ("restriction", "rule"),
    [
        ({"decided_within_months": 3}, "decided_within_months"),
        ({"decided_from_months": 6}, "decided_from_months"),
        ({"committed_from_months": 6}, "committed_from_months"),
        ({"new_supply": ["sun"]}, "new_supply"),
        ({"supply_ready_months": 1}, "supply_ready_months"),
        ({"is_headroom_used": False}, "is_headroom_used"),
    ],
)
def test_the_check_sees_a_plan_of_another_strategy(restriction: dict[str, Any], rule: str) -> None:
    instance, plan = plan_with_everything()
    strategy = Strategy.model_validate(restriction)
    found = list(strategy_findings(instance, plan.tables, strategy))
    assert found and all(f"strategy.{rule}: " in finding for finding in found)


def test_a_slot_may_be_reserved_before_anything_is_committed() -> None:
    """The rows of orders for the pool are the only ones that the check lets pass."""
    instance, plan = plan_with_everything()
    strategy = Strategy(committed_from_months=24)
    orders = [{**row, "procurement": "pool"} for row in plan.tables["orders"]]
    tables = {
        "orders": Table.of(plan.tables["orders"].columns, orders),
        **{n: Table.of(t.columns, []) for n, t in plan.tables.items() if n != "orders"},
    }
    assert any(row["order_date"] for row in orders)
    assert list(strategy_findings(instance, tables, strategy)) == []
    of_sites = [{**row, "procurement": "site"} for row in plan.tables["orders"]]
    tables["orders"] = Table.of(plan.tables["orders"].columns, of_sites)
    assert list(strategy_findings(instance, tables, strategy))


def changed_rows(plan: Plan, table: str, column: str, value: object) -> dict[str, Table]:
    """The tables with one column of a table overwritten."""
    rows = [{**row, column: value} for row in plan.tables[table]]
    return {**plan.tables, table: Table.of(plan.tables[table].columns, rows)}  # type: ignore[arg-type]


def test_the_check_sees_what_was_moved() -> None:
    instance, plan = plan_with_everything()
    later = date(2027, 7, 1)
    asked = Strategy(is_grid_asked_at_once=True)
    moved = changed_rows(plan, "connections", "start_date", later)
    assert list(strategy_findings(instance, moved, asked))
    restart = Strategy(is_restart_first=True)
    moved = changed_rows(plan, "plants", "start_date", later)
    assert any("crane is not started" in f for f in strategy_findings(instance, moved, restart))
    rented = {**plan.tables, "rentals": Table.of(("item",), [{"item": "unit"}])}
    none = Strategy(is_rental_allowed=False)
    assert any("rents units" in f for f in strategy_findings(instance, rented, none))


def test_every_decision_exists_in_the_model() -> None:
    from siting.model.assemble import assemble

    model = assemble(instance_of(with_restart()))
    linear = model.linear
    rows = {name for name, _ in linear.row_names}
    names = {name for name, _ in linear.columns}
    declared = restricted_decisions()
    expected = {n for n in declared if not n.endswith((".pool_order", ".upgrade", ".option"))}
    assert expected <= names
    assert {model.cumulative[name] for name in expected} <= rows


def test_names_and_dates_are_checked() -> None:
    instance = instance_of(two_sites())
    dated = strategies_for(instance, ["wait_until:2030-02"])
    assert dated["wait_until:2030-02"].decided_from_months == 24
    for name, word in (
        ("build_never", "not known"),
        ("wait_until:2040-01", "its date does not fit"),
        ("wait_until:2030-13", "its date does not fit"),
        ("grid_only:2030-01", "its date does not fit"),
    ):
        with pytest.raises(InputError, match=word):
            strategies_for(instance, [name])
    scenario = with_restart()
    scenario["strategies"] = {"odd": {"new_supply": ["fusion"]}}
    with pytest.raises(InputError, match="no technology has the energy source 'fusion'"):
        strategies_for(instance_of(scenario), ["odd"])


def test_a_strategy_without_a_plan_says_why() -> None:
    scenario = toy()
    scenario["components"]["workloads"]["kinds"]["training"]["must_serve"] = True
    results = compared(instance_of(scenario), late={"decided_from_months": 12})
    assert results["late"].plan is None
    assert results["late"].status == "INFEASIBLE"
    assert any("training" in reason for reason in results["late"].reasons)
