"""A family that a test registers is solved, audited and shown, and nothing else is changed for it.

The toy with a gas lateral of 12 months at each site, 0.3 MUSD each. No load is served before 2028-01 then:
100 MW are late for six months, 180 MUSD, and `near` is open for a year: 10 of opening, 10 of the hall,
17.52 of energy, the main bank from stock. With one lateral that is 217.82 MUSD; `far` saves 9 of opening,
and its energy costs 35.04 more. Connection and lateral of `near` take a year both, from the first day on;
the hall could have been ready half a year earlier.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from siting.cli.audit_plan import audit_folder
from siting.core.errors import InfeasibleError, InputError, SitingError
from siting.core.plan import Plan
from siting.core.study import Strategy
from siting.core.table import Cell, Table
from siting.families.declarations import Limit, Rank
from siting.families.registry import COMPONENTS, register, registered
from siting.instance.build import Instance
from siting.outputs.report.gantt import energisation_table, gantt_figure, waiting_sentence
from siting.outputs.report.page import write_report
from siting.outputs.report.schedule import schedule_of
from siting.outputs.report.sections import plan_sections
from siting.outputs.report.words import family
from siting.outputs.write import write_plan
from siting.pipeline import Loaded, run
from siting.scenario import schema
from siting.solution.audit import audit_tables
from siting.solution.purchases import audit_purchases
from siting.solution.shape import well_formed
from siting.timeline.compare import compare_strategies
from siting.timeline.library import OPTIMAL
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, plan_of, toy
from support.gas_lateral import COMPONENT, NAME

COST_USD = 217_820_000.0


@pytest.fixture
def with_laterals() -> Iterator[Instance]:
    """The instance of the toy with laterals, as long as the family is registered."""
    scenario = toy()
    scenario["components"][NAME] = {}
    with registered(COMPONENT):
        yield instance_of(scenario)


@pytest.fixture
def plan(with_laterals: Instance) -> Plan:
    """Its plan."""
    return run(Loaded(with_laterals, {}), limits=EXACT)


def with_row(plan: Plan, **cells: Cell) -> dict[str, Table]:
    """The tables of a plan with another lateral, or another cell of the only one."""
    table = plan.tables["laterals"]
    row = {**table.rows[0], **cells}
    kept = table.rows if "site" in cells else ()
    return {**plan.tables, "laterals": Table(table.columns, (*kept, row))}


def test_it_is_solved_and_audited(plan: Plan) -> None:
    assert (plan.status, plan.findings) == ("OPTIMAL", ())
    assert plan.objective_usd == pytest.approx(COST_USD)
    (row,) = plan.tables["laterals"]
    assert (row["site"], row["start_date"]) == ("near", date(2027, 1, 1))


def test_the_land_it_takes_counts(with_laterals: Instance, plan: Plan) -> None:
    """Beside a hall of 100 acres, of the 200 that `near` has."""
    (site,) = [row for row in plan.tables["sites"] if row["site"] == "near"]
    assert site["acres_used"] == 105
    for acres, rules in ((100.0, set()), (101.0, {"land.area_limit"})):
        tables = with_row(plan, acres=acres)
        found = {f.rule for f in audit_tables(with_laterals, tables, plan.objective_usd)}
        assert {rule for rule in found if rule.startswith("land.")} == rules


def test_its_audit_finds_what_is_wrong(with_laterals: Instance, plan: Plan) -> None:
    def rules(tables: dict[str, Table]) -> set[str]:
        return {f.rule for f in audit_tables(with_laterals, tables, plan.objective_usd)}

    assert rules(dict(plan.tables)) == set()
    early = with_row(plan, in_service_date=date(2027, 7, 1))
    assert "gas_lateral.months" in rules(early)
    none = {**plan.tables, "laterals": Table(plan.tables["laterals"].columns, ())}
    assert {"gas_lateral.fed", "costs.family"} <= rules(none)


def test_what_it_buys_must_serve_something(with_laterals: Instance, plan: Plan) -> None:
    assert audit_purchases(with_laterals, plan.tables) == ()
    (finding,) = audit_purchases(with_laterals, with_row(plan, site="ranch"))
    assert (finding.rule, finding.what) == ("gas_lateral.serves", "ranch has no load for it")


def test_its_tables_are_read_by_their_declaration(with_laterals: Instance, plan: Plan) -> None:
    assert well_formed(with_laterals, plan.tables)[1] == ()
    without = {name: table for name, table in plan.tables.items() if name != "laterals"}
    found = [
        str(finding)
        for tables in (without, with_row(plan, site="nowhere"))
        for finding in well_formed(with_laterals, tables)[1]
    ]
    assert found == [
        "table.missing: tables/laterals.csv: no such table",
        "table.name: tables/laterals.csv line 3 (nowhere): "
        "site is 'nowhere', which is none of the scenario",
    ]


def test_the_critical_path_knows_it(plan: Plan) -> None:
    critical = {
        (row["step"], row["item"], row["slack_months"])
        for row in plan.tables["critical_path"]
        if row["is_critical"]
    }
    assert critical == {("connection", "near", 0), ("gas lateral", NAME, 0)}


def test_the_schedule_shows_it(plan: Plan) -> None:
    schedule = schedule_of(plan)
    figure = gantt_figure(plan, schedule)
    assert figure is not None
    (bar,) = [trace for trace in figure["data"] if trace["name"] == "Gas lateral"]
    assert bar["marker"]["color"] == "@brown"
    assert bar["base"] == ["2027-01-01"]
    text = "Lateral of 100 MW, 2027-01-01 to 2028-01-01. On the critical path"
    assert bar["text"] == [text]
    assert "Connection, Gas lateral" in energisation_table(plan, schedule).lines[0].cells
    assert waiting_sentence(schedule).endswith("It waited for connection 1, gas lateral 1.")


def test_the_report_has_a_section_of_it(plan: Plan, tmp_path: Path) -> None:
    (section,) = [s for s in plan_sections(plan) if s.title == "Gas laterals"]
    (block,) = section.blocks
    table = block.table  # type: ignore[union-attr]
    assert [column.label for column in table.columns] == [
        "Site", "Capacity [MW]", "Acres", "Start", "In service", "Overnight [M USD]",
    ]  # fmt: skip
    assert [line.cells for line in table.lines] == [
        ("Near", "100", "5", "2027-01-01", "2028-01-01", "0.3")
    ]
    assert family(NAME) == "Gas laterals"
    write_report(plan, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("Laterals to build") >= 1


def test_without_it_nothing_is_left() -> None:
    scenario = toy()
    scenario["components"][NAME] = {}
    with registered(COMPONENT):
        assert NAME in instance_of(scenario).data
    assert NAME not in COMPONENTS
    with pytest.raises(InputError, match=f"unknown key '{NAME}'"):
        instance_of(scenario)


def test_its_folder_is_read_back_and_audited(
    with_laterals: Instance, plan: Plan, tmp_path: Path
) -> None:
    write_plan(plan, tmp_path / "plan")
    assert audit_folder(tmp_path / "plan") == []
    lines = (tmp_path / "plan" / "tables" / "laterals.csv").read_text().splitlines()
    assert lines[1:] == ["near,100,5,2027-01-01,2028-01-01,300000"]


def test_where_no_plan_exists_it_is_named_what_would_have_to_give_way() -> None:
    """100 MW must be served from 2028-01 on at one site, whose lateral feeds 60."""
    scenario = toy()
    for site in ("far", "ranch"):
        del scenario["sites"][site]
    scenario["components"][NAME] = {"capacity_mw": 60}
    training = scenario["components"]["workloads"]["kinds"]["training"]
    training["targets"][0]["from_date"] = "2028-01"
    training["must_serve"] = True
    with registered(COMPONENT), pytest.raises(InfeasibleError) as caught:
        plan_of(scenario)
    (limit,) = caught.value.limits
    assert "gas_lateral.fed[near, 2028-01" in limit
    assert "components.gas_lateral.capacity_mw" in limit


def test_a_strategy_that_waits_starts_it_later(with_laterals: Instance) -> None:
    later = Strategy.model_validate({"decided_from_months": 6})
    strategies = {OPTIMAL: Strategy(), "later": later}
    _, result = compare_strategies(Loaded(with_laterals, {}), strategies, Solver(EXACT))
    assert result.plan is not None and result.plan.findings == ()
    (row,) = result.plan.tables["laterals"]
    assert row["start_date"] == date(2027, 7, 1)


def test_it_is_known_once_and_to_editors(with_laterals: Instance) -> None:
    with pytest.raises(SitingError, match=f"a family '{NAME}' is known already"):
        register(COMPONENT)
    assert NAME in schema().model_json_schema()["$defs"]["Families"]["properties"]


@pytest.mark.parametrize("name", ["core", "all", "a.b", "gas lateral", "../x", ""])
def test_its_name_is_a_plain_one(name: str) -> None:
    with pytest.raises(SitingError, match="cannot be the name of a family"):
        register(replace(COMPONENT, name=name))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"decisions": {}}, "does not declare when"),
        ({"limits": {"fedd": Limit(Rank.BUY)}}, f"did you mean '{NAME}.fed'"),
        ({"columns": {"lateral": COMPONENT.columns["laterals"]}}, "did you mean 'lateral'"),
    ],
)
def test_what_it_declares_wrong_fails_at_once(change: dict[str, Any], message: str) -> None:
    scenario = toy()
    scenario["components"][NAME] = {}
    with registered(replace(COMPONENT, **change)), pytest.raises(SitingError, match=message):
        plan_of(scenario)
