"""A whole plan under uncertainty: tables, audit of the agreement, worth of knowing, plans held."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.table import Table
from siting.futures.audit import audit_agreement
from siting.futures.build import hedged
from siting.futures.found import Found
from siting.futures.plans import plans_of
from siting.futures.search import HedgeSearch
from siting.futures.study import Hedge, hedge
from siting.futures.tables import evpi, information_table, reached, regret_table, vss
from siting.pipeline import Loaded
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, plan_of, toy
from support.futures import banks, banks_and_queue, demand, with_futures
from support.tuned import tune


def found(futures: dict[str, Any], hold: Plan | None = None, *, has_units: bool = True) -> Hedge:
    loaded = Loaded(instance_of(with_futures(futures, has_units=has_units)), {})
    return hedge(loaded, EXACT, hold=hold)


@pytest.fixture(scope="module")
def supply() -> Hedge:
    return found(banks_and_queue("2027-07"), has_units=False)


def test_figures_of_the_toy(supply: Hedge) -> None:
    assert supply.status == "OPTIMAL"
    assert supply.expected_cost_usd == pytest.approx(87.4145e6)
    assert supply.evpi_usd == pytest.approx((11.4805e6, 11.4805e6))
    assert supply.vss_usd is not None
    assert 0 < supply.vss_usd[1] <= 90.5445e6 - 87.4145e6 + 1
    assert not supply.findings
    assert all(plan.findings == () for plan in supply.plans.values())


def test_what_to_do_now_and_when_the_news_comes(supply: Hedge) -> None:
    policy = supply.tables["policy"].rows
    now = {(row["decision"], row["item"]) for row in policy if row["when"] == "now"}
    # an order for the pool costs the same as one for the site
    orders = {
        ("transformers.site_order", "main_bank@near"),
        ("transformers.pool_order", "main_bank"),
    }
    assert len(now & orders) == 1
    assert now - orders == {
        ("core.commit", "far"),
        ("core.commit", "near"),
        ("headroom.connect", "far"),
        ("headroom.connect", "near"),
        ("campus.halls", "far"),
    }
    later = {
        (row["condition"], row["decision"], row["item"]) for row in policy if row["when"] != "now"
    }
    assert ("if supply is quick", "campus.halls", "near") in later


def test_tables_agree_with_the_plans(supply: Hedge) -> None:
    rows = {str(row["future"]): row for row in supply.tables["futures"]}
    for future in supply.tree.futures:
        plan = supply.plans[future.name]
        costs = sum(float(str(row["usd"])) for row in plan.tables["costs"])
        assert rows[future.name]["cost_usd"] == pytest.approx(costs)
    regret = supply.tables["regret"].rows
    assert {row["plan"] for row in regret} == {"hedge", "mid", "quick", "slow"}
    quick = {row["future"]: row["cost_usd"] for row in regret if row["plan"] == "quick"}
    assert quick == pytest.approx({"quick": 51.28e6, "slow": 222.52e6, "mid": 251.09e6})
    dates = {row["site"]: row for row in supply.tables["dates"]}
    assert dates["far"]["built_share_frac"] == pytest.approx(1.0)
    assert dates["near"]["first_power_p50_date"] == date(2028, 7, 1)


def test_a_date_that_is_met_often_enough() -> None:
    days, shares = [date(2030, 1, 1), None, date(2029, 1, 1)], np.array([0.4, 0.2, 0.4])
    assert reached(days, shares, 0.4) == date(2029, 1, 1)
    assert reached(days, shares, 0.5) == date(2030, 1, 1)
    assert reached(days, shares, 0.9) is None


def test_one_future_equals_the_plain_solve_to_the_last_dollar() -> None:
    one = {
        "facts": {"banks": {"known": "2027-07", "outcomes": {"as_stated": {"probability": 1.0}}}}
    }
    result, plain = found(one), plan_of(toy())
    assert result.expected_cost_usd == pytest.approx(plain.objective_usd, abs=1.0)
    plan = result.plans["as_stated"]
    for name in ("commitments", "halls", "orders", "connections", "plants"):
        assert plan.tables[name].rows == plain.tables[name].rows


def test_news_a_year_earlier_is_worth_something() -> None:
    result = found(banks_and_queue("2028-01"), has_units=False)
    worth = {row["about"]: row["upper_usd"] for row in result.tables["information"]}
    assert result.expected_cost_usd == pytest.approx(88.4065e6)
    assert worth["supply known at once"] == pytest.approx(88.4065e6 - 75.934e6)
    assert "supply known a year earlier" not in worth  # that is at once
    assert worth["every fact known at once"] == worth["supply known at once"]


@pytest.mark.parametrize("futures", [banks("delivery"), demand("2028-01")])
def test_plans_of_futures_pass_their_audits(futures: dict[str, Any]) -> None:
    result = found(futures)
    assert result.status == "OPTIMAL"
    assert not result.findings
    assert all(plan.findings == () for plan in result.plans.values())


def test_a_plan_that_looks_ahead_is_found_out(supply: Hedge) -> None:
    model = hedged(instance_of(with_futures(banks_and_queue("2027-07"), has_units=False)))
    plans = list(supply.plans.values())
    halls = plans[0].tables["halls"]
    moved = [{**row, "site": "near"} if row["site"] == "far" else row for row in halls]
    tables = {**plans[0].tables, "halls": Table.of(halls.columns, moved)}
    ahead = replace(plans[0], tables=tables)
    said = [str(one) for one in audit_agreement(model, [ahead, *plans[1:]])]
    assert any("mid and quick" in one and "far differs on 2027-01-01" in one for one in said)
    assert any("mid and slow" in one and "near differs on 2027-01-01" in one for one in said)
    assert not audit_agreement(model, plans)


def test_the_decisions_of_a_plan_are_held(supply: Hedge) -> None:
    # the plan for the numbers as they are leaves out nothing that hedging needs, or costs more
    scenario = toy()
    scenario["components"]["plants"]["technologies"]["fuel_cell"]["delivery"] = []
    today = plan_of(scenario)
    result = found(banks_and_queue("2027-07"), today, has_units=False)
    assert result.expected_cost_usd >= supply.expected_cost_usd - 1
    mine = {(str(r["site"]), r["start_date"]) for r in today.tables["halls"]}
    for plan in result.plans.values():
        kept = {(str(r["site"]), r["start_date"]) for r in plan.tables["halls"]}
        first = date(2027, 1, 1)
        assert {k for k in kept if k[1] == first} == {k for k in mine if k[1] == first}
    again = found(banks_and_queue("2027-07"), supply.plans["quick"], has_units=False)
    assert again.expected_cost_usd == pytest.approx(supply.expected_cost_usd)


def test_common_states_are_no_plan_for_a_single_future(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tune(monkeypatch, large_integers=0)
    search = HedgeSearch(hedged(instance_of(with_futures(demand("2028-01")))), Solver(EXACT))
    assert "join" in search.run().held
    search.hold_each()
    tree = search.hedged.tree
    assert vss(tree, search.found).keys() <= {"low", "high"}
    rows = information_table(tree, search.found, {}).rows
    assert not any("join" in str(row["about"]) for row in rows)
    assert search.found.x is not None
    plans = plans_of(
        Loaded(search.hedged.base, {}), search.hedged, search.found.x, search.found.seen, EXACT
    )
    regret = regret_table(tree, plans, search.found).rows
    assert {row["plan"] for row in regret} == {"hedge", "low", "high"}


def test_no_facts() -> None:
    with pytest.raises(InputError, match="nothing is uncertain"):
        hedge(Loaded(instance_of(toy()), {}), EXACT)


def test_goals_in_order_are_for_one_future() -> None:
    goals = [{"goal": "fewest_late_mw_months"}, {"goal": "least_cost"}]
    several = with_futures(banks_and_queue("2027-07")) | {"objectives": goals}
    with pytest.raises(
        InputError, match=r"fewest_late_mw_months' before the cost.*several futures"
    ):
        hedge(Loaded(instance_of(several), {}), EXACT)
    outcomes = {"as_stated": {"probability": 1.0}}
    one = with_futures({"facts": {"banks": {"known": "2027-07", "outcomes": outcomes}}})
    only = hedge(Loaded(instance_of(one | {"objectives": goals}), {}), EXACT)
    plain = plan_of(toy() | {"objectives": goals})
    assert only.expected_cost_usd == pytest.approx(plain.objective_usd, abs=1.0)
    assert [goal.value for goal in only.likeliest.goals] == [goal.value for goal in plain.goals]


def test_to_know_every_fact_is_worth_no_less_than_to_know_one() -> None:
    """A plan of 100, 90 at least; known futures came to 95, 84 at least. With one fact known a year earlier
    a plan of 88 was found: to know them all is worth 2 at least, and not nothing."""
    known = Found((), 90.0, value=100.0, value_known=95.0, bound_known=84.0)
    assert evpi(known, {}) == (0.0, 16e6)
    assert evpi(known, {("weeks", "known a year earlier"): (88.0, 85.0)}) == (2e6, 16e6)
