"""Bottlenecks, site timing, alternatives and tables, with answers known on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import siting
from siting.core.audit import number
from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.study import Bottleneck
from siting.instance.build import Instance
from siting.instance.changes import changed, has
from siting.pipeline import Loaded, load, run
from siting.studies.alternatives.search import find_alternatives
from siting.studies.bottlenecks.gains import find_bottlenecks
from siting.studies.bottlenecks.question import bottlenecks_for
from siting.studies.comparison import Comparison
from siting.studies.option import Asked
from siting.studies.run import compare, run_study
from siting.studies.site_timing.timing import time_site
from siting.timeline.milestones import late_mw_months
from siting.timeline.solves import Solver
from support.engine import BUILTIN, EXACT, instance_of, plan_of, toy
from support.instances import tiny


def loaded(scenario: dict[str, Any]) -> Loaded:
    """A scenario from data."""
    return Loaded(instance_of(scenario), {})


def gains(scenario: dict[str, Any], *names: str) -> dict[str, Any]:
    """Gains of built-in steps by name."""
    here = loaded(scenario)
    steps = bottlenecks_for(here.instance, names)
    base = run(here, limits=EXACT)
    return {g.name: g for g in find_bottlenecks(here, base, steps, Solver(EXACT))}


def test_gain_of_a_quicker_connection_on_paper() -> None:
    # `near` 6 months sooner serves all 18 months: opening 10, hall 15, energy 17.52 * 1.5 = 26.28,
    # the bank from stock; `far` is not needed: 51.28 for 79.90. A gain of 28.62.
    gain = gains(toy(), "connection_time")["connection_time"]
    for usd in (gain.least_usd, gain.plan_usd, gain.most_usd):
        assert usd == pytest.approx(28.62e6)
    assert gain.mw_months == 0


def test_gain_in_mw_months_on_paper() -> None:
    # without `far` 600 MW-months are late; the connection of `near` 6 months sooner serves them
    scenario = toy()
    del scenario["sites"]["far"], scenario["sites"]["ranch"], scenario["zones"]["dear"]
    gain = gains(scenario, "connection_time")["connection_time"]
    assert gain.mw_months == pytest.approx(600)
    # 600 MW-months at 0.3, less half a year of hall and energy
    assert gain.plan_usd == pytest.approx((180 - 5 - 8.76) * 1e6)


def test_a_limit_that_does_not_bind_gains_nothing() -> None:
    found = gains(toy(), "zone_headroom", "acres", "shell_time")
    assert {round(g.plan_usd) for g in found.values()} == {0}
    # the most a step may gain is what the gap leaves open: nothing
    assert all(g.most_usd < 1 for g in found.values())


def test_steps_of_families_that_are_off_are_left_out() -> None:
    here = loaded(toy())
    names = set(bottlenecks_for(here.instance))
    assert "connection_time" in names
    assert names.isdisjoint({"water", "budget", "trip_limit", "rented_fleet", "bills"})
    with pytest.raises(InputError, match=r"bottleneck 'coffee'.*one of"):
        bottlenecks_for(here.instance, ["coffee"])


def test_steps_are_tried_for_one_class_at_a_time() -> None:
    # `near` alone and no bank in stock: one ordered in 2027-01 takes 52 weeks, in time for 2028-01;
    # with another class beside it, only the class that is used gains by being sooner
    scenario = toy()
    for site in ("far", "ranch"):
        del scenario["sites"][site]
    del scenario["zones"]["dear"], scenario["components"]["plants"]
    classes = scenario["components"]["transformers"]["classes"]
    classes["main_bank"] |= {"stock_units": 0}
    classes["main_bank"]["lead_times"] = [{"ordered_from": "2027-01", "weeks": 78}]
    classes["step_up"] = {**classes["main_bank"], "role": "step_up"}
    found = gains(scenario, "transformer_lead_time")
    assert set(found) == {"transformer_lead_time main_bank", "transformer_lead_time step_up"}
    # 65 weeks from 2027-01 end in 2028-04: as late as 78, for half-years; nothing is gained
    assert {round(g.plan_usd) for g in found.values()} == {0}
    classes["main_bank"]["lead_times"] = [{"ordered_from": "2027-01", "weeks": 65}]
    found = gains(scenario, "transformer_lead_time")
    # 52 weeks: half a year sooner, 180 less hall 5, energy 8.76 and bank 0.05
    assert found["transformer_lead_time main_bank"].plan_usd == pytest.approx(166.19e6)
    assert round(found["transformer_lead_time step_up"].plan_usd) == 0


def test_the_best_step_comes_first_and_costs_are_kept() -> None:
    scenario = toy()
    scenario["bottlenecks"] = {
        "own": {
            "about": "no delay at all",
            "family": "workloads",
            "usd": 5e6,
            "changes": [
                {"path": "components.workloads.kinds.*.delay_cost_usd_per_mw_month", "set": 0}
            ],
        }
    }
    found = gains(scenario, "zone_headroom", "connection_time", "own")
    assert list(found) == ["own", "connection_time", "zone_headroom"]
    assert found["own"].step.usd == 5e6


def test_changes_reach_ids_with_dots_and_lists() -> None:
    scenario = toy()
    scenario["sites"]["a.b"] = dict(scenario["sites"]["near"])
    here = loaded(scenario)
    step = Bottleneck.model_validate(
        {
            "about": "x",
            "family": "land",
            "changes": [
                {"path": "sites.a.b.buildable_acres", "add": 50},
                {"path": "components.transformers.classes.*.lead_times.1.weeks", "multiply": 0.5},
                {"path": "zones.*.connection_months", "add": -9, "at_least": 2},
            ],
        }
    )
    after = changed(here.instance, step.changes, "test")
    assert after is not None
    assert after.scenario.sites["a.b"].buildable_acres == 250
    assert after.scenario.sites["near"].buildable_acres == 200
    times = after.resolved["components"]["transformers"]["classes"]["main_bank"]
    assert [row["weeks"] for row in times["lead_times"]] == [52, 13]
    assert {z.connection_months for z in after.scenario.zones.values()} == {2, 3}
    # the scenario itself is as it was
    assert here.instance.scenario.sites["a.b"].buildable_acres == 200
    assert has(here.instance, "sites.a.b.buildable_acres") and not has(
        here.instance, "sites.a.b.height"
    )


def test_site_now_later_never_on_paper() -> None:
    # with `near` committed in 2027-01 the optimum of 79.90; without it the best is `far` with two
    # cells, 88.65376; committed in 2027-07 it serves from 2028-07: half a year saves 17.52 of energy
    # for opening 10, hall 5, bank 0.05, against the cells' 3.09312: the cells of 2028 save more
    timing = time_site(loaded(toy()), "near", Solver(EXACT))
    costs = {case.case: case.cost_usd / 1e6 for case in timing.cases}
    assert costs["free"] == costs["now"] == pytest.approx(79.90)
    assert costs["never"] == pytest.approx(88.65376)
    assert costs["not before 2027-07-01"] == pytest.approx(88.65376)
    assert timing.wins_until is None
    assert timing.loses_from == date(2027, 7, 1)


def test_waiting_wins_until_the_date_after_which_it_is_late() -> None:
    # load from 2028-07 only, `near` alone, rent 1,000,000 a year whatever is built from commitment on
    # is not modelled, but opening later is cheaper when dollars are discounted: waiting until 2027-07
    # (12 months of connection) is still in time and discounts the opening by half a year
    scenario = toy()
    for site in ("far", "ranch"):
        del scenario["sites"][site]
    del scenario["zones"]["dear"]
    scenario["discount_rate_frac"] = 0.1
    training = scenario["components"]["workloads"]["kinds"]["training"]
    training["targets"] = [{"from_date": "2028-07", "it_mw": 100}]
    timing = time_site(loaded(scenario), "near", Solver(EXACT))
    assert timing.wins_until == date(2027, 7, 1)
    assert timing.loses_from == date(2028, 1, 1)


def test_alternatives_on_paper() -> None:
    # within 15 % of 79.90, that is 91.885: `far` alone (88.65), `far` and `ranch` (90.65)
    here = loaded(toy())
    base = run(here, limits=EXACT)
    found = find_alternatives(here, base, 0.15, 5, Solver(EXACT))
    costs = {tuple(sorted(a.sites)): a.plan.objective_usd / 1e6 for a in found}
    assert costs.pop(("far", "near")) == pytest.approx(79.90)
    assert costs == pytest.approx(
        {("far",): 88.65376, ("far", "ranch"): 90.65376, ("far", "near", "ranch"): 81.90}
    )
    none = find_alternatives(here, base, 0.0, 5, Solver(EXACT))
    assert [a.sites for a in none] == [{"far", "near"}]


def study() -> Comparison:
    """Everything of the toy."""
    asked = Asked(bottlenecks=(), sites=("near",), alternatives=2, within_frac=0.15)
    return compare(loaded(toy()), asked, EXACT)


def test_tables_agree_with_the_plans() -> None:
    found = study()
    rows = {str(row["strategy"]): row for row in found.tables["strategies"]}
    assert next(iter(rows)) == "optimal"
    for result in found.results:
        row = rows[result.name]
        assert result.plan is not None
        parts = [n for n in row if n.endswith("_cost_usd")]
        total = sum(number(row, name) for name in parts)
        assert total == pytest.approx(number(row, "cost_usd"))
        waited = [r for r in found.tables["waits"] if r["strategy"] == result.name]
        assert sum(number(r, "late_mw_months") for r in waited) == pytest.approx(
            late_mw_months(result.plan)
        )
    assert rows["optimal"]["first_date"] == date(2027, 7, 1)
    assert rows["wait_until"]["first_date"] is None
    assert number(rows["wait_until"], "late_mw_months") == 1800
    # exact solves: nothing is left open
    assert number(rows["wait_until"], "cost_increase_lower_usd") == pytest.approx(460.1e6)
    assert number(rows["wait_until"], "cost_increase_upper_usd") == pytest.approx(460.1e6)


def test_what_late_load_waited_for() -> None:
    # without `far` the load of the second half of 2027 waits for the connection of `near`, which was
    # asked for at once; hall and bank were begun later and had time
    scenario = toy()
    del scenario["sites"]["far"], scenario["sites"]["ranch"], scenario["zones"]["dear"]
    found = compare(loaded(scenario), Asked(strategies=("optimal",)), EXACT)
    (row,) = found.tables["waits"].rows
    assert (row["waited_for"], row["site"], row["late_mw_months"]) == ("connection", "near", 600)
    assert row["energised_date"] == date(2028, 1, 1)


def test_the_answer_reads_like_one() -> None:
    lines = study().answer
    # nothing is built: 100 MW late for 18 months at 0.3 M USD are 540 M USD, 460.1 more than the optimum,
    # which pays 26.28 + 17.52 for energy, 15 + 10 for halls, 1 + 10 for land and 0.1 for a bank
    assert lines[0] == (
        "Deciding nothing before 2030-01 costs 460.1 M USD more and never serves half the target. More is "
        "spent on delay of load (540.0 M USD); less is spent on grid energy and capacity (43.8 M USD), "
        "halls and campuses (25.0 M USD), land and review (11.0 M USD)."
    )
    assert any(line.startswith("Best: 79.9 M USD, first MW 2027-07") for line in lines)
    assert "Wait until 2030-01: 460.1 M USD dearer; never serves half the target." in lines
    assert any(line.startswith("Bottleneck 1: connections 6 months sooner") for line in lines)
    assert any(line.startswith("near: without it the plan is 8.8 M USD dearer.") for line in lines)
    assert any(line.startswith("In all 3 near-optimal plans: far;") for line in lines)


def test_a_site_whose_date_changes_nothing_is_said_so_once() -> None:
    # `east-1` and `east-2` are alike and the line feeds one of them; `west-1` is wanted from 2028-01 on
    here = load(BUILTIN / "models" / "shared-line.yaml")
    asked = Asked(strategies=("optimal",), sites=("east-1", "west-1"))
    lines = run_study(here, asked, Solver(EXACT)).answer
    assert "east-1: now, later or never is as good." in lines
    (west,) = (line for line in lines if line.startswith("west-1"))
    assert west.endswith("No wait beats starting now. A start from 2028-01 on is worse.")


def test_public_names() -> None:
    found = siting.compare(loaded(toy()), ["grid_only"], gap_frac=EXACT.gap_frac, threads=1)
    assert isinstance(found, siting.Comparison)
    assert [result.name for result in found.results] == ["optimal", "grid_only"]


def longer(instance: Instance, months: float) -> Loaded | None:
    """The scenario with every transformer that much later."""
    step = Bottleneck.model_validate(
        {
            "about": "later",
            "family": "transformers",
            "changes": [
                {
                    "path": "components.transformers.classes.*.lead_times.*.weeks",
                    "add": months * 4.35,
                }
            ],
        }
    )
    found = changed(instance, step.changes, "later")
    return None if found is None else Loaded(found, {})


@pytest.mark.parametrize("seed", range(30))
def test_monotone_facts(seed: int) -> None:
    scenario = tiny(seed)
    here = loaded(scenario)
    base = run(here, limits=EXACT)
    later = longer(here.instance, 6)
    if later is not None:
        assert run(later, limits=EXACT).objective_usd >= base.objective_usd - 1.0
    steps = bottlenecks_for(here.instance)
    if scenario["components"]["land"].get("lease_phases"):
        steps.pop("acres", None)  # more acres make each phase of a lease larger, and dearer
    for gain in find_bottlenecks(here, base, steps, Solver(EXACT)):
        assert gain.plan_usd >= -1.0, gain.name


@pytest.mark.parametrize("seed", range(30))
def test_a_higher_delay_cost_never_leaves_more_load_late(seed: int) -> None:
    late = []
    for factor in (1.0, 2.0, 5.0):
        scenario = tiny(seed)
        for kind in scenario["components"]["workloads"]["kinds"].values():
            kind["delay_cost_usd_per_mw_month"] *= factor
        late.append(sum(_weighted(plan_of(scenario), scenario)))
    # by the usual exchange argument the weighted MW-months of the base never rise with the factor
    assert late[0] >= late[1] - 1e-6 >= late[2] - 2e-6


def _weighted(plan: Plan, scenario: dict[str, Any]) -> list[float]:
    """Discounted delay cost of a plan at the weights of the scenario before its factor."""
    kinds = scenario["components"]["workloads"]["kinds"]
    most = max(kind["delay_cost_usd_per_mw_month"] for kind in kinds.values())
    start = min(
        day for row in plan.tables["timeline"] if isinstance(day := row["period_start"], date)
    )
    rate = scenario.get("discount_rate_frac", 0.0)
    total = []
    for row in plan.tables["timeline"]:
        begin, end = row["period_start"], row["period_end"]
        assert isinstance(begin, date) and isinstance(end, date)
        months = (end.year - begin.year) * 12 + end.month - begin.month
        ahead = (begin.year - start.year) * 12 + begin.month - start.month + months / 2
        share = kinds[str(row["workload"])]["delay_cost_usd_per_mw_month"] / most if most else 0.0
        total.append(share * number(row, "unserved_mw") * months * (1 + rate) ** (-ahead / 12))
    return total
