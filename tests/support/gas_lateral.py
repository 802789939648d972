"""A small family that is none of the engine: a gas lateral at each site, without which it serves no load.

The least that shows all that a family can declare: it has a size, a cost, a lead time and a capacity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from siting.core.audit import AuditResult, Finding, day, exceeds, number, rows_of, sum_by
from siting.core.bill import Bill, charge
from siting.core.bill import site as site_bears
from siting.core.calendar import Lag, add_months
from siting.core.strict import NonNegative, Positive, StrictModel
from siting.core.system import System
from siting.core.table import Cell, Table
from siting.expressions.labels import Expr, Label, Relation, pick
from siting.families.base import Build, Component, Index, Values, arrived, steps
from siting.families.books import Books, idle, is_short, periods_from
from siting.families.columns import Columns
from siting.families.declarations import Decision, Limit, Rank, Shown, setting, sooner
from siting.families.steps import Around, Stage, Step, dated, earliest, rows_at, spans_of

NAME = "gas_lateral"
COLUMNS = ("site", "capacity_mw", "acres", "start_date", "in_service_date", "overnight_usd")


class LateralConfig(StrictModel):
    """Settings of the family."""

    capacity_mw: Positive = 100.0
    """IT load that a lateral feeds [MW]."""
    months: NonNegative = 12.0
    overnight_usd: NonNegative = 300_000.0
    acres: NonNegative = 5.0
    """Of the metering station, from the start on."""


@dataclass(frozen=True)
class LateralData:
    """Numbers of the formulas."""

    system: System
    config: LateralConfig
    lag: Lag
    index: tuple[tuple[str, int], ...]

    @property
    def acre_periods(self) -> range:
        """Periods from the first start on."""
        return range(self.lag.starts[0], len(self.system.calendar))


def prepare(system: System, config: LateralConfig) -> LateralData:
    """Starts that are of use within the horizon."""
    lag = system.calendar.lag(partial(add_months, months=config.months))
    index = tuple((s, p) for s in system.sites for p in lag.starts)
    return LateralData(system, config, lag, index)


def declare(build: Build, data: LateralData) -> None:
    """Laterals, paid when they are started."""
    built = build.variable(
        "built", data.index, domain="binary", upper=lambda s, p: 1.0, doc="lateral started"
    )
    build.cumulative("built_monotone", built, data.index)

    def usd(s: Label, p: Label) -> tuple[Label, Expr]:
        return p, data.config.overnight_usd * (built[s, p] - built.get((s, p - 1)))

    def acres(s: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), data.config.acres * built[s, pick(lambda q: min(q, data.lag.starts[-1]), p)]

    build.cost_each(data.index, usd)
    build.add_each("acres", [(s, p) for s in data.system.sites for p in data.acre_periods], acres)


def constrain(build: Build, data: LateralData) -> None:
    """Load within the laterals in service."""
    built = build.variables["built"]

    @build.constraint(over=data.system.service_periods, doc="load that laterals feed", unit="MW")
    def fed(s: Label, p: Label) -> Relation:
        there = arrived(built, (s,), data.lag, p)
        return build.it_mw[s, p] <= data.config.capacity_mw * there


def report(values: Values, data: LateralData) -> dict[str, Table]:
    """One row a lateral."""
    starts = data.system.calendar.starts
    rows: list[dict[str, Cell]] = []
    for s in data.system.sites:
        for p, _ in steps(values, f"{NAME}.built", (s,), data.lag.starts):
            arrival = data.lag.arrival[p]
            assert arrival is not None
            rows.append(
                {
                    "site": s,
                    "capacity_mw": data.config.capacity_mw,
                    "acres": data.config.acres,
                    "start_date": starts[p],
                    "in_service_date": starts[arrival],
                    "overnight_usd": data.config.overnight_usd,
                }
            )
    return {"laterals": Table.of(COLUMNS, rows)}


def audit(data: LateralData, tables: Mapping[str, Table]) -> AuditResult:
    """Dates, and load within the laterals in service; what they cost."""
    calendar = data.system.calendar
    findings: list[Finding] = []
    cost: Bill = {}
    fed: dict[tuple[str, int], float] = {}
    for row_name, row in rows_of(tables, "laterals"):
        site, start = str(row["site"]), day(row, "start_date")
        period = None if start is None else calendar.period_at(start)
        if start is None or period is None:
            findings.append(Finding(f"{NAME}.start", row_name, "not a period"))
            continue
        first = calendar.period_from(add_months(start, data.config.months))
        if first is None or calendar.starts[first] != day(row, "in_service_date"):
            findings.append(Finding(f"{NAME}.months", row_name, "in service on another date"))
        charge(cost, site_bears(site), {period: data.config.overnight_usd})
        for p in periods_from(calendar, row):
            fed[site, p] = fed.get((site, p), 0.0) + data.config.capacity_mw
    for (site, p), mw in sum_by(tables, "service", ("site",), "it_mw", calendar).items():
        if exceeds(mw, fed.get((site, p), 0.0)):
            findings.append(Finding(f"{NAME}.fed", f"site {site}", f"{mw:g} MW are not fed"))
    return AuditResult(tuple(findings), cost)


def waits(data: LateralData, around: Around) -> Iterator[Step]:
    """The laterals of the site."""
    for row in rows_at(around.tables, "laterals", "site", {around.site}):
        dates = dated(row, "start_date", "in_service_date")
        if dates is not None:
            calendar = around.calendar
            yield Step(
                "gas lateral", NAME, *dates, earliest(data.lag, data.lag.starts, len(calendar))
            )


def serves(books: Books, data: LateralData) -> Iterator[Finding]:
    """Laterals that feed nothing."""
    for row_name, row in rows_of(books.tables, "laterals"):
        site = str(row["site"])
        loads = [books.it_mw.get((site, p), 0.0) for p in periods_from(books.calendar, row)]
        if not any(is_short(mw, 0.0) for mw in loads):
            yield idle(NAME, row_name, f"{site} has no load for it")


COMPONENT = Component(
    name=NAME,
    title="Gas laterals",
    config=LateralConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns={"laterals": Columns(COLUMNS, title="Laterals to build", acres_at="site")},
    audit=audit,
    steps=waits,
    stages=(
        Stage(
            "gas lateral",
            "Gas lateral",
            "permits of the line",
            35,
            "brown",
            spans_of("laterals", lambda row: f"Lateral of {number(row, 'capacity_mw'):g} MW"),
        ),
    ),
    serves=serves,
    decisions={
        "built": Decision(
            "gas laterals", "at order", shown=Shown("laterals", "start_date"), bought="by_period"
        )
    },
    limits={"fed": Limit(Rank.BUY, setting(f"components.{NAME}.capacity_mw"))},
    measures=(sooner("supply", "gas laterals", f"components.{NAME}.months"),),
    formulation=__doc__ or "",
)
