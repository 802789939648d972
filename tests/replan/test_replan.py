"""Re-plans: no news costs nothing, news on paper, what is frozen, and a plan rolled through its years."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from siting.core.errors import InputError
from siting.families.declared import decisions
from siting.instance.changes import changed
from siting.model.assemble import assemble
from siting.model.values import SolvedValues
from siting.replan.changes import (
    CANCELLED,
    DROPPED,
    KEPT,
    LATE,
    MOVED,
    NEW,
    changes_table,
    matched,
    urgent_table,
)
from siting.replan.facts import news_of, news_table
from siting.replan.held import States, held, readable, states_of
from siting.replan.run import replan
from siting.replan.told import Fact, read_facts
from siting.replan.words import answer
from siting.solution.extract import extract
from siting.solver.highs import solve
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, plan_of, toy
from support.instances import medium, small
from support.left_out import optioned
from support.policies import rolled_costs
from support.rolling import (
    SAME_USD,
    Quarter,
    faults,
    five_years,
    hindsight_usd,
    quarters,
    rolled,
)

DATES = (date(2027, 1, 1), date(2027, 4, 1), date(2027, 7, 1), date(2027, 10, 1), date(2028, 7, 1))
PARTS = ("spent", "committed", "to_come")
NO_PLAN = (1, 7, 8)
"""Seeds of random cases without a plan."""
LATE_BANK = Fact("main_bank", date(2027, 7, 1), date(2028, 9, 1), None, "a letter", "news.csv:2")


@pytest.mark.parametrize("seed", [n for n in range(14) if n not in NO_PLAN])
def test_tables_hold_every_decision(seed: int) -> None:
    """What is read back from the tables are the values of the solver."""
    instance = instance_of(small(seed) if seed else medium(1))
    model = assemble(instance)
    x = solve(model.linear, EXACT).x
    assert x is not None
    states = states_of(instance, model.linear, extract(instance, SolvedValues(model, x)))
    known = readable()
    for (name, index), column in model.linear.columns.items():
        if name in known:
            value = states.value((name, index[:-1]), index[-1])
            assert value == pytest.approx(x[column], abs=1e-6), (name, index)


def test_what_is_bought_by_period_can_be_read_back() -> None:
    """Of the families that the toy has."""
    instance = instance_of(toy())
    unread = states_of(instance, assemble(instance).linear, plan_of(toy()).tables).unread
    assert not [name for name in unread if name.split(".")[0] in instance.data]


@pytest.mark.parametrize("as_of", DATES)
def test_no_news_costs_what_the_plan_costs(as_of: date) -> None:
    plan = plan_of(toy())
    again = replan(plan, as_of, Solver(EXACT))
    assert again.plan.objective_usd == pytest.approx(79.9e6, abs=1.0)
    assert {row["change"] for row in again.tables["changes"]} == {KEPT}
    assert not len(again.tables["urgent"])
    # the same by a search of the narrower program, which knows nothing of the last plan's proof
    instance = instance_of(toy())
    linear = assemble(instance).linear
    narrow = held(linear, states_of(instance, linear, plan.tables), again.periods)
    assert solve(narrow, EXACT).objective == pytest.approx(79.9, abs=1e-6)


def test_a_late_bank_on_paper() -> None:
    """The bank of `near`, ordered in 2027-07, comes after the horizon.

    To keep the plan: 1 + 15 + 78.84 at `far` for all 18 months, 10 + 10 for `near`, which has no bank.
    Anew: another bank, ordered in 2028-01, serves `near` for the last half-year: 17.52 less of energy, 0.05
    more for the bank. Hindsight orders in 2027-01, when a bank took 52 weeks: 79.90.
    """
    again = replan(plan_of(toy()), date(2027, 10, 1), Solver(EXACT), facts=[LATE_BANK])
    assert again.keep_usd == pytest.approx(114.84e6, abs=1.0)
    assert again.plan.objective_usd == pytest.approx(97.37e6, abs=1.0)
    assert hindsight_usd(instance_of(dict(again.plan.scenario))) == pytest.approx(79.9e6, abs=1.0)
    assert [row["expected_date"] for row in again.tables["news"]] == [date(2027, 12, 30)]
    (late,) = [row for row in again.tables["changes"] if row["change"] == LATE]
    assert (late["item"], late["was_date"]) == ("main_bank at near", date(2027, 7, 1))
    (urgent,) = again.tables["urgent"]
    # for the place or for the pool, which costs the same
    assert str(urgent["item"]).startswith("main_bank")
    assert urgent["order_by_date"] == date(2028, 1, 1)
    # halls: 10 a year at `far` from 2027-07, at `near` from 2028-01; both were started before the date
    split = {row["family"]: row for row in again.tables["cost_split"]}
    parts = [float(str(split["campus"][f"{part}_usd"])) for part in PARTS]
    assert parts == pytest.approx([5e6, 20e6, 0.0], abs=1.0)
    parts = [float(str(split["transformers"][f"{part}_usd"])) for part in PARTS]
    assert parts == pytest.approx([0.0, 0.0, 0.05e6], abs=1.0)


def test_an_assumption_that_changes() -> None:
    """`cheap` at 70 USD/MWh from the first day: nothing is committed yet, so it is as if it were known."""
    told = {"zones.cheap.energy_usd_per_mwh": 70.0}
    again = replan(plan_of(toy()), date(2027, 1, 1), Solver(EXACT), told)
    assert again.plan.objective_usd == pytest.approx(88.65376e6, abs=1.0)
    assert again.counts[DROPPED] > 0
    assert again.counts[NEW] > 0
    # two cells had not been planned and have to be started within the year
    urgent = {(row["item"], row["quantity"]) for row in again.tables["urgent"]}
    assert urgent <= {("fuel_cell at far", 2.0)}


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        (Fact("main_bank", date(2028, 1, 1), date(2028, 9, 1), None, "", "n:2"), "not before"),
        (
            Fact("main_bank", date(2027, 2, 1), date(2028, 9, 1), None, "", "n:2"),
            "no period starts",
        ),
        (Fact("man_bank", None, None, 1.0, "", "n:2"), "is no item"),
        (
            Fact("main_bank", None, date(2999, 1, 1), None, "", "n:2"),
            "n:2: date 2999-01-01, over 100 y",
        ),
        (Fact("main_bank", date(2027, 7, 1), date(2027, 6, 1), None, "", "n:2"), "before it was"),
        (
            Fact("near", None, date(1, 1, 1), None, "", "n:2"),
            "n:2: date 0001-01-01, before the plan begins on 2027-01-01",
        ),
        (Fact("near", None, date(2026, 12, 31), None, "", "n:2"), "before the plan begins"),
    ],
)
def test_orders_that_cannot_have_been_placed(fact: Fact, message: str) -> None:
    with pytest.raises(InputError, match=message):
        replan(plan_of(toy()), date(2027, 10, 1), Solver(EXACT), facts=[fact])


def test_a_site_that_is_connected_as_the_plan_begins() -> None:
    """The first day of the plan is the earliest that news may name."""
    fact = Fact("near", None, date(2027, 1, 1), None, "", "n:2")
    (news,) = news_of(instance_of(toy()), [fact], date(2027, 10, 1))
    (change,) = news.changes
    assert (change.path, change.set) == ("sites.near.connection_months", 0.0)


def test_a_price_is_shown_in_full() -> None:
    fact = Fact("main_bank", None, None, 6e6, "offer", "n:2")
    before = instance_of(toy())
    (row,) = news_table(before, news_of(before, [fact], date(2027, 10, 1)))
    assert row["after"] == "6000000"


def test_what_was_decided_is_dropped_at_its_price() -> None:
    """`cheap` at 70 USD/MWh in 2027-04: `near` was opened for 10. `far` stays alone, 94.84, less what two cells
    save that come in 2028-07: half a year of 11.49312 - 8.4 each. To give `near` up costs 3 in place of 10."""
    told: dict[str, object] = {"zones.cheap.energy_usd_per_mwh": 70.0}
    alone = 94.84 - 2 * 0.5 * (11.49312 - 8.4)
    held_on = replan(plan_of(toy()), date(2027, 4, 1), Solver(EXACT), told)
    assert held_on.plan.objective_usd == pytest.approx((alone + 10) * 1e6, abs=1.0)
    for name, decision, usd in (("site", "core.commit", 3e6), ("line", "headroom.connect", 0.0)):
        row = {"decision": decision, "item": "near", "quantity": 1, "cancellation_usd": usd}
        told[f"committed.{name}"] = row
    again = replan(plan_of(toy()), date(2027, 4, 1), Solver(EXACT), told)
    assert not again.plan.findings
    assert again.plan.objective_usd == pytest.approx((alone + 3) * 1e6, abs=1.0)
    dropped = {row["item"] for row in again.tables["changes"] if row["reason"] == CANCELLED}
    assert dropped == {"near"}


def test_news_of_a_technology_holds_for_what_was_ordered_then() -> None:
    """Cells ordered in 2027-07 come half a year late; those of other days as before."""
    instance = instance_of(five_years(0))
    fact = Fact("fuel_cell", date(2027, 7, 1), date(2029, 1, 1), None, "", "n:2")
    (news,) = news_of(instance, [fact], date(2027, 10, 1))
    after = changed(instance, news.changes, "news")
    assert after is not None
    old, new = (one.data["plants"].technologies["fuel_cell"] for one in (instance, after))
    for start in instance.system.calendar.starts:
        expected = date(2029, 1, 1) if start == date(2027, 7, 1) else old.ready_date(start)
        assert new.ready_date(start) == expected
    assert news.expected == date(2028, 7, 1)
    with pytest.raises(InputError, match="permits and building"):
        news_of(instance, [replace(fact, date=date(2027, 12, 1))], date(2027, 10, 1))


def test_news_of_a_class_holds_for_what_was_ordered_then() -> None:
    instance = instance_of(five_years(0))
    fact = Fact("main_bank", date(2028, 1, 1), date(2029, 3, 15), None, "", "n:2")
    (news,) = news_of(instance, [fact], date(2028, 10, 1))
    after = changed(instance, news.changes, "news")
    assert after is not None
    old, new = (one.data["transformers"].classes["main_bank"] for one in (instance, after))
    for start in instance.system.calendar.starts:
        expected = date(2029, 3, 15) if start == date(2028, 1, 1) else old.delivery_date(start)
        assert new.delivery_date(start) == expected


@pytest.mark.parametrize("as_of", [date(2026, 1, 1), date(2028, 7, 2), date(2031, 1, 1)])
def test_a_date_with_nothing_to_decide(as_of: date) -> None:
    with pytest.raises(InputError, match="--as-of"):
        replan(plan_of(toy()), as_of, Solver(EXACT))


def test_a_facts_table(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text("item,ordered,date,price,note\nmain_bank,2027-07,2028-09-01,,a letter\n")
    (fact,) = read_facts(path)
    assert (fact.item, fact.ordered, fact.date) == ("main_bank", date(2027, 7, 1), date(2028, 9, 1))
    path.write_text("item,ordered,date,price,note\n,soon,,-3,\n")
    with pytest.raises(InputError) as caught:
        read_facts(path)
    assert len(caught.value.issues) == 3


def test_a_facts_table_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    """Semicolons, a decimal comma and a day of which only one reading is a date."""
    path = tmp_path / "news.csv"
    path.write_text(
        "Heard by phone\nitem;ordered;date;price\nmain_bank;2027-07;15/9/2028;5200000,5\n"
    )
    (fact,) = read_facts(path)
    assert (fact.ordered, fact.date) == (date(2027, 7, 1), date(2028, 9, 15))
    assert fact.price == 5200000.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an empty file"),
        ("item,ordered,date,price,note\n", "no rows"),
        (
            "item,ordered,date\na,2027-01,2028-01\na,2027-01,2029-01\n",
            "news.csv:3: its date stands",
        ),
        ("item,price\na,5\nb,5\na,5\n", "news.csv:4: its price stands in news.csv:2 too"),
        ("item,price\na,1e308\n", "news.csv:2: price '1e308'"),
        ("item,date\na,20281001\n", "news.csv:2: date '20281001'"),
        ("item,date\na,2028-W20-3\n", "news.csv:2: date '2028-W20-3'"),
        ("item;date\na;3/4/2028\n", "'3/4/2028' may be"),
    ],
)
def test_a_facts_table_that_can_mean_two_things(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=re.escape(message)):
        read_facts(path)


def test_news_of_an_order_that_nobody_placed_is_told() -> None:
    """The plan orders the bank of `near` in 2027-07: news of an order of 2027-01 moves nothing."""
    fact = replace(LATE_BANK, ordered=date(2027, 1, 1))
    again = replan(plan_of(toy()), date(2027, 10, 1), Solver(EXACT), facts=[fact])
    assert again.plan.objective_usd == pytest.approx(79.9e6, abs=1.0)
    (line,) = again.in_vain
    assert "did not order main_bank on 2027-01-01 (it did: 2027-07-01)" in line
    assert line in answer(again)
    known = replan(plan_of(toy()), date(2027, 10, 1), Solver(EXACT), facts=[LATE_BANK])
    assert known.in_vain == ()


def test_an_order_that_comes_after_the_horizon_while_later_ones_come_before() -> None:
    """It has no column any more, and is neither dropped nor bought anew by who keeps to the plan."""
    before = plan_of(five_years(0))
    ordered, as_of = date(2028, 7, 1), date(2028, 10, 1)
    fact = Fact("main_bank", ordered, date(2032, 11, 15), None, "a letter", "news.csv:2")
    again = replan(before, as_of, Solver(EXACT), facts=[fact])
    banks = [row for row in again.tables["changes"] if row["item"] == "main_bank at near"]
    (late,) = [row for row in banks if row["was_date"] == ordered]
    assert (late["change"], late["is_date"], late["quantity"]) == (LATE, None, 1.0)
    # the target needs it in 2030-01, and one that is ordered in its place takes 26 weeks
    (other,) = [row for row in banks if row["change"] == NEW]
    assert (other["was_date"], other["is_date"]) == (None, date(2029, 7, 1))
    # who keeps to the plan has one bank at near, whose other load waits
    assert again.keep_usd is not None
    assert again.keep_usd > again.plan.objective_usd + SAME_USD
    assert not list(faults(Quarter(before, again)))


def test_what_takes_the_place_of_an_order_that_is_too_late_is_urgent() -> None:
    key = ("transformers.site_order", ("main_bank", "near"))
    was, now = (States({key: {p: 1.0}}, frozenset(), ()) for p in (1, 2))
    starts = [date(2027, 1, 1), date(2027, 7, 1), date(2028, 1, 1)]
    late = frozenset({(key, 1)})
    changes = changes_table(was, now, starts, 2, frozenset(), late)
    assert [(r["change"], r["was_date"], r["is_date"]) for r in changes] == [
        (LATE, starts[1], None),
        (NEW, None, starts[2]),
    ]
    (urgent,) = urgent_table(was, now, starts, 2, late)
    assert (urgent["order_by_date"], urgent["was_date"]) == (starts[2], None)


def test_changes_are_matched_first_to_first() -> None:
    found = list(matched({0: 2.0, 2: 1.0}, {0: 1.0, 3: 1.0, 4: 2.0}))
    assert found == [(KEPT, 1.0, 0, 0), (MOVED, 1.0, 0, 3), (MOVED, 1.0, 2, 4), (NEW, 1.0, None, 4)]


@pytest.mark.parametrize(
    ("status", "more_usd", "is_fault"),
    [
        ("OPTIMAL", 0.0, False),
        ("OPTIMAL", 10.0, True),
        ("OPTIMAL", -10.0, True),
        ("FEASIBLE", 10.0, False),
        ("FEASIBLE", -10.0, True),
    ],
)
def test_what_counts_as_a_fault_without_news(status: str, more_usd: float, is_fault: bool) -> None:
    """A plan of 79.9 M USD less or more; one that is not the best may become cheaper, never dearer."""
    plan = plan_of(toy())
    again = replan(plan, DATES[0], Solver(EXACT))
    before = replace(plan, status=status, objective_usd=79.9e6 + more_usd)
    assert bool([said for said in faults(Quarter(before, again)) if "no news" in said]) == is_fault


@pytest.mark.parametrize("seed", [1])
def test_a_plan_rolled_through_its_years(seed: int) -> None:
    dates = quarters(2027, 2031)[::3]
    last = None
    for quarter in rolled(seed, dates):
        assert not list(faults(quarter))
        last = quarter.again.plan
    assert last is not None
    known = hindsight_usd(instance_of(dict(last.scenario)))
    assert known <= last.objective_usd + SAME_USD
    assert plan_of(five_years(seed)).status == "OPTIMAL"


def test_policies_under_the_same_news() -> None:
    """Fixed, planned again, hedged and planned again: none beats who knew it all, frozen decisions stay."""
    found = rolled_costs(1, quarters(2027, 2031)[::5])
    assert not found.faults
    assert not list(found.beaten())


@pytest.mark.parametrize(
    ("first", "then", "cost", "end"),
    [
        # 1 + 15 + 78.84 and two half-years of a fee of a million a year; released once it is dear
        (20.0, 60.0, 95.84, date(2028, 1, 1)),
        # given back in 2027-07, after half a million, and not taken up again when it is cheap
        (60.0, 20.0, 95.34, date(2027, 7, 1)),
    ],
)
def test_what_was_given_back_or_kept_stays_so(
    first: float, then: float, cost: float, end: date
) -> None:
    """An option on `near` that the scenario holds, on paper in `test_lease_options.py`."""
    scenario = optioned(0)
    scenario["committed"]["near"] = {**scenario["committed"]["far"], "decision": "land.option"}
    scenario["committed"]["near"]["item"] = "near"
    scenario["zones"]["cheap"]["energy_usd_per_mwh"] = first
    told = {"zones.cheap.energy_usd_per_mwh": then}
    again = replan(plan_of(scenario), date(2028, 1, 1), Solver(EXACT), told)
    assert again.plan.objective_usd == pytest.approx(cost * 1e6, abs=1.0)
    (row,) = again.plan.tables["lease_options"]
    assert (row["end_date"], row["ends"]) == (end, "released")


def test_every_dated_decision_that_is_shown_is_held() -> None:
    """Whatever futures agree on period by period was decided by then, bought or not."""
    dated = {n for n, d in decisions().items() if d.agrees == "by_period" and d.shown is not None}
    assert {"land.tiered", "land.released"} <= dated <= set(readable())
