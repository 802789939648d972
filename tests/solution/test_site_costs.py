"""The cost of a plan by site: on paper, and its sum over random scenarios of all families."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from siting.cli.audit_plan import audit_folder
from siting.core import bill
from siting.core.audit import is_same_usd, number
from siting.core.bill import DELAY, NO_PLACE, Bill
from siting.core.errors import InfeasibleError, InputError, NoPlanError
from siting.core.plan import Plan
from siting.core.table import Cell, Row, Table
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.outputs.features import features_of
from siting.outputs.report.page import plan_page
from siting.outputs.report.site_costs import site_cost_table
from siting.outputs.stored import read_plan
from siting.outputs.write import write_plan
from siting.solution.audit import audit_tables
from siting.solution.audits import audits
from siting.solution.shape import declared
from siting.solution.site_costs import NO_SITE, PURPOSES, site_costs
from siting.solver.highs import Limits
from support.engine import instance_of, plan_of, toy
from support.instances_all import any_scenario

SEEDS = range(40)


def by_site(table: Table) -> dict[str, Row]:
    """Rows by site."""
    return {str(row["site"] or ""): row for row in table}


def test_toy_on_paper(toy_plan: Plan) -> None:
    """The hall at `far` is paid for in three half-years and used in one; the bank in stock costs nothing.

    far:  1 of opening + 15 of its hall + 100 MW * 4380 h * 60 = 26.28         = 42.28
    near: 10 of opening + 10 of its hall + 0.1 of its bank + 100 * 8760 * 20   = 37.62
    """
    rows = by_site(toy_plan.tables["site_costs"])
    assert set(rows) == {"far", "near", ""}
    none = rows.pop("")
    assert (none["cost_usd"], none["delay_usd"]) == (0.0, 0.0)
    expected = {
        "far": {"land": 1.0, "halls": 15.0, "grid": 0.0, "power": 26.28, "other": 0.0},
        "near": {"land": 10.0, "halls": 10.0, "grid": 0.1, "power": 17.52, "other": 0.0},
    }
    units = {"far": (42.28, 438_000, 600), "near": (37.62, 876_000, 1200)}
    for site, row in rows.items():
        found = {purpose: number(row, f"{purpose}_usd") / 1e6 for purpose in PURPOSES}
        assert found == pytest.approx(expected[site])
        musd, mwh, mw_months = units[site]
        assert number(row, "cost_usd") / 1e6 == pytest.approx(musd)
        assert number(row, "usd_per_mwh") == pytest.approx(1e6 * musd / mwh)
        assert number(row, "usd_per_mw_month") == pytest.approx(1e6 * musd / mw_months)
        assert row["delay_usd"] == 0
    assert toy_plan.objective_usd == pytest.approx(1e6 * (42.28 + 37.62))


def two_in_a_zone() -> Instance:
    """The toy with `far` in the zone of `near`, both at nodes of their own."""
    scenario = toy()
    scenario["sites"]["far"]["zone"] = "cheap"
    return instance_of(scenario)


def drawn(instance: Instance, *rows: tuple[str, int, float]) -> dict[str, Table]:
    """Tables of a plan in which sites take energy from the grid: (site, period, MWh)."""
    starts = instance.system.calendar.starts
    power: list[dict[str, Cell]] = [
        {"site": site, "period_start": starts[p], "grid_energy_mwh": mwh} for site, p, mwh in rows
    ]
    service: list[dict[str, Cell]] = [
        {"site": site, "period_start": starts[p], "it_mw_months": 600.0} for site, p, _ in rows
    ]
    committed: list[dict[str, Cell]] = [
        {"site": site} for site in dict.fromkeys(r[0] for r in rows)
    ]
    return {
        "power": Table.of(("site", "period_start", "grid_energy_mwh"), power),
        "service": Table.of(("site", "period_start", "it_mw_months"), service),
        "commitments": Table.of(("site",), committed),
    }


BILL: Bill = {
    (bill.site("near"), 0): 5.0,
    (bill.zone("cheap"), 1): 40.0,
    (bill.zone("cheap"), 2): 90.0,
    (bill.node("near"), 0): 7.0,
    (bill.zone("dear"), 1): 11.0,
    (NO_PLACE, 0): -3.0,
    (DELAY, 1): 1000.0,
}


def test_shared_costs_on_paper() -> None:
    """In period 1 the two draw 100 and 300 MWh, in period 2 `far` draws nothing, in period 0 neither does.

    near: 5 + 40 / 4 + 90 + 7 = 112.    far: 40 * 3 / 4 = 30.    Nobody draws in `dear`: 11 - 3 = 8.
    """
    instance = two_in_a_zone()
    tables = drawn(instance, ("near", 1, 100.0), ("far", 1, 300.0), ("near", 2, 700.0))
    rows = by_site(site_costs(instance, declared(tables), {"energy": BILL}))
    assert {site: row["cost_usd"] for site, row in rows.items()} == {
        "near": pytest.approx(112.0),
        "far": pytest.approx(30.0),
        "": pytest.approx(8.0),
    }
    assert {site: row["delay_usd"] for site, row in rows.items()} == {
        "near": 0,
        "far": 0,
        "": 1000,
    }
    assert (rows[""]["name"], rows[""]["usd_per_mwh"]) == (NO_SITE, None)
    assert rows["near"]["usd_per_mwh"] == pytest.approx(112 / 800)
    assert rows["near"]["usd_per_mw_month"] == pytest.approx(112 / 1200)


def test_zones_that_send_each_other_power_share_what_stands_where_no_site_draws() -> None:
    """1100 MWh in all, 800 of `near`: of the 11 in `dear` it bears 8."""
    instance = two_in_a_zone()
    linked = Instance(
        instance.scenario,
        replace(instance.system, is_zone_linked=True),
        instance.data,
        instance.resolved,
    )
    tables = drawn(instance, ("near", 1, 800.0), ("far", 1, 300.0))
    dear: Bill = {(bill.zone("dear"), 0): 11.0}
    rows = by_site(site_costs(linked, declared(tables), {"plants": dear}))
    found = {site: row["power_usd"] for site, row in rows.items()}
    assert found == {"near": pytest.approx(8.0), "far": pytest.approx(3.0), "": 0.0}


def test_a_site_that_never_serves_costs_and_has_no_price() -> None:
    instance = two_in_a_zone()
    tables = drawn(instance, ("near", 1, 100.0))
    rows = by_site(site_costs(instance, declared(tables), {"land": {(bill.site("far"), 0): 2.0}}))
    assert rows["far"]["land_usd"] == 2.0
    assert (rows["far"]["usd_per_mwh"], rows["far"]["usd_per_mw_month"]) == (None, None)


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_sum_to_the_cost_of_the_plan(seed: int) -> None:
    """Whatever families are on, nothing is dropped: kind by kind, and together."""
    scenario = any_scenario(seed)
    try:
        plan = plan_of(scenario, Limits(gap_frac=1e-3, time_limit_seconds=30, threads=1))
    except (InfeasibleError, InputError, NoPlanError):
        pytest.skip("no plan")
    assert plan.findings == ()
    instance = instance_of(scenario)
    slack = sum(
        usd
        for _, result in audits(instance, declared(plan.tables))
        for usd in result.slack_usd.values()
    )
    rows = plan.tables["site_costs"]
    of_kind = {purpose: sum(number(row, f"{purpose}_usd") for row in rows) for purpose in PURPOSES}
    late = sum(number(row, "delay_usd") for row in rows)
    assert all(row["delay_usd"] == 0 for row in rows if row["site"])
    of_kind["other"] += late
    costs = dict.fromkeys(PURPOSES, 0.0)
    for row in plan.tables["costs"]:
        family = COMPONENTS.get(str(row["family"]))
        costs[family.pays_for if family else "other"] += number(row, "usd")
    for purpose in PURPOSES:
        assert is_same_usd(of_kind[purpose], costs[purpose], slack), purpose
    spent = sum(number(row, "cost_usd") for row in rows)
    assert is_same_usd(spent + late, plan.objective_usd, slack)


def test_cost_moved_from_a_site_to_another_is_found(toy_plan: Plan) -> None:
    """The sum stays the same, and yet it is not what the tables give."""
    table = toy_plan.tables["site_costs"]
    far, near, none = (dict(row) for row in table)
    for row, usd in ((far, -1e6), (near, 1e6)):
        row["halls_usd"] = number(row, "halls_usd") + usd
        row["cost_usd"] = number(row, "cost_usd") + usd
    tables = {**toy_plan.tables, "site_costs": Table.of(table.columns, [far, near, none])}
    found = audit_tables(instance_of(toy()), tables, toy_plan.objective_usd)
    assert {finding.rule for finding in found} == {"site_costs.table"}
    assert len(found) == 4


def almost_served() -> dict[str, Any]:
    """Two sites serve what 500 MW and 1/7 of them carry at a PUE of 1.13, and the target is 0.001 MW more.

    For 18 months at 300,000 USD that is 0.001 * 18 * 300,000 = 5,400 USD.
    """
    scenario = toy()
    components = scenario["components"]
    del components["plants"], components["transformers"], scenario["sites"]["ranch"]
    for zone in scenario["zones"].values():
        zone["connection_months"] = 6
    scenario["zones"]["dear"]["headroom_mw"] = 500 / 7
    for site in scenario["sites"].values():
        site["buildable_acres"] = 2000
    components["energy"]["pue"] = 1.13
    components["campus"]["overnight_usd_per_it_mw"] = 1000
    target = components["workloads"]["kinds"]["training"]["targets"][0]
    target["it_mw"] = round((500 + 500 / 7) / 1.13 + 0.001, 9)
    return scenario


def test_a_small_delay_cost_of_large_loads_is_no_finding_once_it_is_written(tmp_path: Path) -> None:
    """Tables keep 15 digits of what is served: of 5,400 USD that is some millionths."""
    plan = plan_of(almost_served())
    none = by_site(plan.tables["site_costs"])[""]
    assert none["delay_usd"] == pytest.approx(5_400, abs=0.01)
    write_plan(plan, tmp_path / "plan")
    assert audit_folder(tmp_path / "plan") == []


def test_another_delay_cost_is_found() -> None:
    """The last of 15 digits of 506 MW, for 18 months at 300,000 USD, is 0.00003 USD at most."""
    plan = plan_of(almost_served())
    rows = [dict(row) for row in plan.tables["site_costs"]]
    rows[-1]["delay_usd"] = number(rows[-1], "delay_usd") + 0.0001
    tables = {**plan.tables, "site_costs": Table.of(plan.tables["site_costs"].columns, rows)}
    found = audit_tables(instance_of(almost_served()), tables, plan.objective_usd)
    assert [finding.rule for finding in found] == ["site_costs.table"]


def test_report_and_map_show_it(toy_plan: Plan) -> None:
    shown = site_cost_table(toy_plan)
    assert [line.cells[0] for line in shown.lines] == ["Far", "Near"]
    assert [line.cells[1:4] for line in shown.lines] == [
        ("96.53", "70,467", "42.28"),
        ("42.95", "31,350", "37.62"),
    ]
    assert shown.total[1:4] == ("–", "–", "79.90")
    sites = {f.name: f.properties for f in features_of(toy_plan) if f.kind == "site"}
    assert sites["near"]["cost_usd"] == pytest.approx(37.62e6)
    assert sites["near"]["usd_per_mwh"] == pytest.approx(37.62e6 / 876_000)
    assert sites["near"]["usd_per_mw_month"] == pytest.approx(31_350)


def test_a_folder_written_before_plans_had_it_reads_as_one_written_with_it(
    toy_plan: Plan, tmp_path: Path
) -> None:
    write_plan(toy_plan, tmp_path / "plan")
    (tmp_path / "plan/tables/site_costs.csv").unlink()
    assert read_plan(tmp_path / "plan").tables["site_costs"] == toy_plan.tables["site_costs"]
    # the seals tell a table that was taken out from one that never was
    assert audit_folder(tmp_path / "plan") == [
        "seal.missing: tables/site_costs.csv: the file is missing"
    ]
    stated = json.loads((tmp_path / "plan/plan.json").read_text(encoding="utf-8"))
    del stated["seals"]["tables/site_costs.csv"]
    (tmp_path / "plan/plan.json").write_text(json.dumps(stated), encoding="utf-8")
    assert audit_folder(tmp_path / "plan") == []


def test_plans_without_the_table_are_shown_without_it(toy_plan: Plan) -> None:
    tables = {name: table for name, table in toy_plan.tables.items() if name != "site_costs"}
    old = replace(toy_plan, tables=tables)
    assert "site-costs" not in {section.id for section in plan_page(old).sections}
    assert all("usd_per_mwh" not in feature.properties for feature in features_of(old))
