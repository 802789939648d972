"""A family that a test defines and registers is known everywhere, without any other change.

Gas laterals: a site makes no power on it before its lateral is laid, and no more than that carries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from siting.cli.formulation import formulation
from siting.core.audit import (
    AuditResult,
    Finding,
    day,
    exceeds,
    number,
    row_differences,
    rows_of,
    sum_by,
)
from siting.core.calendar import Lag, add_months
from siting.core.errors import InfeasibleError, InputError, SitingError
from siting.core.finance import add_to, capital_by_period, capital_recovery, present_years
from siting.core.names import UnknownNameError
from siting.core.strict import NonNegative, Positive, StrictModel
from siting.core.study import Strategy
from siting.core.system import System
from siting.core.table import Cell, Table
from siting.expressions.labels import Expr, Label, Relation, at
from siting.families.base import Build, Component, Index, Values, arrived
from siting.families.base import steps as starts_of
from siting.families.books import Books, idle
from siting.families.columns import Columns
from siting.families.declarations import Decision, Limit, Rank, Shown, setting
from siting.families.registry import COMPONENTS, register
from siting.families.steps import Around, Stage, Step, dated, earliest, rows_at, spans_of
from siting.model.assemble import assemble
from siting.outputs.stored import read_plan
from siting.outputs.write import write_plan
from siting.pipeline import Loaded, run
from siting.solution.audit import audit_tables
from siting.timeline.restrict import restricted
from support.engine import EXACT, instance_of, plan_of, toy

FORMULATION = """Laterals: gas that a site burns comes through a lateral of its own.

Question: when is the lateral of a site laid?
Assumptions: one lateral a site. It is never taken up.

Formulation
-----------
    (laid_monotone)   l[s,p-1] <= l[s,p]
    (laid_committed)  l[s,p] <= c[s,p]
    (capacity)        o[s,p] <= C * l[s, last start in service in p]
    cost              sum d[p] years[p] * crf * K * l[s, last start in service in p]

Symbols
-------
    l[s,p]   lateral begun up to a period, ``laid``            binary, cumulative
    o[s,p]   output on site, ledger total ``onsite_output_mw`` average MW
    c[s,p]   commit, 1 once site s is committed                binary, core variable
    C, K     capacity of a lateral, its overnight cost         MW, USD

Sources: a test. Limits: pressure and prices of gas are left out.
"""
COLUMNS = ("site", "start_date", "in_service_date", "overnight_usd")


class LateralsConfig(StrictModel):
    """Settings of ``laterals``."""

    capacity_mw: Positive
    lead_months: NonNegative
    overnight_usd: NonNegative
    lifetime_years: Positive


@dataclass(frozen=True)
class LateralsData:
    """Numbers of the formulas."""

    system: System
    config: LateralsConfig
    lag: Lag
    starts: tuple[tuple[str, int], ...]


def prepare(system: System, config: LateralsConfig) -> LateralsData:
    lag = system.calendar.lag(partial(add_months, months=config.lead_months))
    starts = tuple((s, p) for s in system.sites for p in lag.starts)
    return LateralsData(system, config, lag, starts)


def declare(build: Build, data: LateralsData) -> None:
    calendar, config = data.system.calendar, data.config
    laid = build.variable("laid", data.starts, domain="binary", doc="lateral begun up to a period")
    build.cumulative("laid_monotone", laid, data.starts)
    yearly = config.overnight_usd * capital_recovery(
        calendar.discount_rate_frac, config.lifetime_years
    )
    years = present_years(calendar)

    def usd(s: Label, p: Label) -> tuple[Label, Expr]:
        return p, yearly * at(years, p) * arrived(laid, (s,), data.lag, p)

    def overnight(s: Label, p: Label) -> tuple[Index, Expr]:
        return (p,), config.overnight_usd * (laid[s, p] - laid.get((s, p - 1)))

    build.cost_each(data.system.service_periods, usd)
    build.add_each("overnight_usd", data.starts, overnight)


def constrain(build: Build, data: LateralsData) -> None:
    laid = build.variables["laid"]

    @build.constraint(over=data.starts, doc="lateral of a committed site")
    def laid_committed(s: Label, p: Label) -> Relation:
        return laid[s, p] <= build.commit[s, p]

    @build.constraint(over=data.system.service_periods, doc="gas", unit="average MW")
    def capacity(s: Label, p: Label) -> Relation:
        there = arrived(laid, (s,), data.lag, p)
        return build.total("onsite_output_mw", (s, p)) <= data.config.capacity_mw * there


def row_of(data: LateralsData, site: str, period: int) -> dict[str, Cell]:
    starts, arrival = data.system.calendar.starts, data.lag.arrival[period]
    return {
        "site": site,
        "start_date": starts[period],
        "in_service_date": None if arrival is None else starts[arrival],
        "overnight_usd": data.config.overnight_usd,
    }


def report(values: Values, data: LateralsData) -> dict[str, Table]:
    rows = [
        row_of(data, s, p)
        for s in data.system.sites
        for p, _ in starts_of(values, "laterals.laid", (s,), data.lag.starts)
    ]
    return {"laterals": Table.of(COLUMNS, rows)}


def audit(data: LateralsData, tables: Mapping[str, Table]) -> AuditResult:
    calendar, findings = data.system.calendar, []
    cost: dict[int, float] = {}
    spent: dict[int, float] = {}
    ready: dict[str, int] = {}
    for row_name, row in rows_of(tables, "laterals"):
        start, site = day(row, "start_date"), str(row["site"])
        p = None if start is None else calendar.period_at(start)
        if p is None or (site, p) not in data.starts or site in ready:
            findings.append(Finding("laterals.laid", row_name, "no lateral that could be begun"))
            continue
        expected = row_of(data, site, p)
        findings += row_differences("laterals.cells", row_name, row, expected)
        first = data.lag.arrival[p]
        assert first is not None
        ready[site] = first
        usd = number(expected, "overnight_usd")
        add_to(cost, capital_by_period(calendar, first, usd, data.config.lifetime_years))
        add_to(spent, {p: usd})
    output = sum_by(tables, "generation", ("location",), "average_mw", calendar)
    for (site, p), mw in output.items():
        there = data.config.capacity_mw if p >= ready.get(site, len(calendar)) else 0.0
        if site in data.system.sites and exceeds(mw, there):
            what = f"{mw:.3f} average MW on {calendar.starts[p]}, the lateral carries {there:g}"
            findings.append(Finding("laterals.capacity", f"site {site}", what))
    return AuditResult(tuple(findings), cost, spent)


def steps(data: LateralsData, around: Around) -> Iterator[Step]:
    for row in rows_at(around.tables, "laterals", "site", {around.site}):
        dates = dated(row, "start_date", "in_service_date")
        if dates is not None:
            yield Step("lateral", "lateral", *dates, earliest(data.lag, data.lag.starts, 0))


def serves(books: Books, data: LateralsData) -> Iterator[Finding]:
    burnt = sum_by(books.tables, "generation", ("location",), "average_mw", books.calendar)
    for row_name, row in rows_of(books.tables, "laterals"):
        if not any(site == row["site"] and mw > 0 for (site, _), mw in burnt.items()):
            yield idle("laterals", row_name, f"{row['site']} burns no gas")


LATERALS = Component(
    name="laterals",
    title="Gas laterals",
    config=LateralsConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns={"laterals": Columns(COLUMNS, title="Gas laterals")},
    audit=audit,
    requires=("plants",),
    steps=steps,
    stages=(
        Stage(
            "lateral", "Gas lateral", "a later start", 60, "teal",
            spans_of("laterals", lambda row: "Gas lateral"),
        ),
    ),
    serves=serves,
    decisions={
        "laid": Decision(
            "a gas lateral", "at its start", shown=Shown("laterals", "start_date"), bought="by_period"
        )
    },
    limits={"capacity": Limit(Rank.BUY, setting("components.laterals.capacity_mw"))},
    formulation=FORMULATION,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    register(LATERALS)
    yield
    del COMPONENTS["laterals"]


def ranch(**laterals: float) -> dict[str, Any]:
    """The toy with the ranch alone, which has no grid; its cells are in service after a year."""
    scenario = toy()
    for site in ("near", "far"):
        del scenario["sites"][site]
    if laterals:
        plain = {"capacity_mw": 200, "lead_months": 0, "overnight_usd": 1e7, "lifetime_years": 10}
        scenario["components"]["laterals"] = {**plain, **laterals}
    return scenario


def test_it_costs_what_it_costs_on_paper() -> None:
    """10 million over 10 years at 0 % are a million a year, owed from 2028-01 for a year."""
    without, laid = plan_of(ranch()), plan_of(ranch(lead_months=12))
    assert laid.status == "OPTIMAL"
    assert laid.objective_usd - without.objective_usd == pytest.approx(1e6)
    (row,) = laid.tables["laterals"]
    assert (row["site"], str(row["start_date"])) == ("ranch", "2027-01-01")
    # laid in half a year it is begun in time for the cells, and not before
    (row,) = plan_of(ranch(lead_months=6)).tables["laterals"]
    assert (str(row["start_date"]), str(row["in_service_date"])) == ("2027-07-01", "2028-01-01")


def test_it_delays_and_is_waited_for() -> None:
    plan = plan_of(ranch(lead_months=18))
    path = {str(row["step"]): row for row in plan.tables["critical_path"] if row["is_last"]}
    assert path["lateral"]["item"] == "lateral"
    assert str(path["lateral"]["energised_date"]) == "2028-07-01"
    # halls and cells are begun in time for it; it alone could not have been sooner
    assert [step for step, row in path.items() if row["slack_months"] == 0] == ["lateral"]


def test_it_is_audited() -> None:
    instance = instance_of(ranch(lead_months=12))
    plan = run(Loaded(instance, {}), limits=EXACT)
    late = tuple({**row, "in_service_date": row["start_date"]} for row in plan.tables["laterals"])
    tables = {**plan.tables, "laterals": Table(plan.tables["laterals"].columns, late)}
    findings = [str(f) for f in audit_tables(instance, tables, plan.objective_usd)]
    assert any(text.startswith("laterals.cells") for text in findings), findings
    none = {**plan.tables, "laterals": Table(plan.tables["laterals"].columns, ())}
    findings = [str(f) for f in audit_tables(instance, none, plan.objective_usd)]
    assert any("the lateral carries 0" in text for text in findings), findings


def test_it_is_relaxed_where_no_plan_exists() -> None:
    scenario = ranch(capacity_mw=30)
    for kind in scenario["components"]["workloads"]["kinds"].values():
        kind["must_serve"] = True
        kind["targets"] = [{**kind["targets"][0], "from_date": "2028-01"}]
    with pytest.raises(InfeasibleError) as caught:
        plan_of(scenario)
    text = "\n".join(caught.value.limits)
    assert "laterals.capacity[ranch, 2028-01-01] short by" in text
    assert "Raise components.laterals.capacity_mw from 30 to 100" in text


def test_strategies_restrict_it() -> None:
    instance = instance_of(ranch(lead_months=6))
    model = assemble(instance)
    later = Strategy(decided_from_months=12)
    linear = restricted(model, instance, later)
    column = linear.columns["laterals.laid", ("ranch", 0)]
    assert (linear.upper[column], model.linear.upper[column]) == (0.0, 1.0)
    assert model.linear.decided_at[column] == 0


def test_it_is_read_shown_and_documented(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"laterals\.capacity_mw"):
        instance_of(ranch(capacity_mw=-1.0))
    plan = plan_of(ranch(lead_months=18))
    write_plan(plan, tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Gas lateral" in page
    assert list(read_plan(tmp_path / "out").tables["laterals"]) == list(plan.tables["laterals"])
    assert "l[s, last start in service in p]" in "\n".join(map(str, formulation("laterals")))
    costs = {row["family"] for row in plan.tables["costs"]}
    assert "laterals" in costs


def test_it_is_registered_once() -> None:
    with pytest.raises(SitingError, match="a family 'laterals' is known already"):
        register(LATERALS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"decisions": {}}, "does not declare when 'laid' is decided"),
        ({"limits": {"capacities": Limit(Rank.BUY)}}, "did you mean 'laterals.capacity'"),
        ({"columns": {"lateral": Columns(COLUMNS)}}, "did you mean 'lateral'"),
    ],
)
def test_what_it_declares_wrong_fails_at_once(change: dict[str, Any], message: str) -> None:
    from dataclasses import replace

    COMPONENTS["laterals"] = replace(LATERALS, **change)
    with pytest.raises((SitingError, UnknownNameError), match=message):
        plan_of(ranch(lead_months=12))


def test_the_schema_for_editors_knows_it() -> None:
    from siting import scenario

    assert "LateralsConfig" in json.dumps(scenario.schema().model_json_schema())
