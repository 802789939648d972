r"""Budget: caps on overnight spending, a year and in total.

Question: is what is ordered and started in each year within the money for it?
Assumptions: the whole overnight cost of an item counts in the period in which it is started or
ordered, undiscounted; this is a cap on commitments, not a cash-flow model of progress payments.

Formulation
-----------
    (yearly_cap)   sum_{p in y} sum_f w[f,p] <= B[y]
    (total_cap)    sum_p sum_f w[f,p] <= T

Symbols
-------
    w[f,p]   overnight cost started by family f in period p, ledger ``overnight_usd``   USD
    B, T     cap of a year, cap of the horizon                                           USD

Sources: the scenario. Limits: see assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field

from siting.components.base import Build, Component, Values
from siting.components.whole import Expr, Label, at, pick, sum_over, whole
from siting.core.audit import AuditResult, Finding, exceeds, number, rows_of
from siting.core.errors import Issue
from siting.core.strict import NonNegative, StrictModel
from siting.core.system import System
from siting.core.table import Table


class BudgetConfig(StrictModel):
    """Settings of ``budget``."""

    max_overnight_usd_per_year: NonNegative | None = None
    overnight_usd_by_year: dict[str, NonNegative] = Field(default_factory=dict)
    """Cap of single calendar years; comes before the general one."""
    max_overnight_usd: NonNegative | None = None
    """Cap of the whole horizon."""


@dataclass(frozen=True)
class BudgetData:
    """Numbers of the formulas."""

    periods_of: Mapping[int, tuple[int, ...]]
    cap_usd: Mapping[int, float]
    total_usd: float | None


def prepare(system: System, config: BudgetConfig) -> BudgetData:
    """Periods and cap of each calendar year."""
    years: dict[int, list[int]] = {}
    for p, start in enumerate(system.calendar.starts):
        years.setdefault(start.year, []).append(p)
    caps = {}
    for year in years:
        cap = config.overnight_usd_by_year.get(str(year), config.max_overnight_usd_per_year)
        if cap is not None:
            caps[year] = cap
    periods = {year: tuple(p) for year, p in sorted(years.items())}
    return BudgetData(periods, caps, config.max_overnight_usd)


def declare(build: Build, data: BudgetData) -> None:
    """Nothing to decide."""


def constrain(build: Build, data: BudgetData) -> None:
    """Caps on what is started."""

    def spent(p: Label) -> Expr:
        return build.total("overnight_usd", (p,))

    @whole
    def yearly_cap(year: Label) -> tuple[Expr, Expr]:
        together = sum_over(pick(data.periods_of, year), spent)
        return together / MILLION, at(data.cap_usd, year) / MILLION

    @whole
    def total_cap(plan: Label) -> tuple[Expr, Expr]:
        periods = [p for group in data.periods_of.values() for p in group]
        together = sum_over(pick(lambda _: periods, plan), spent)
        return together / MILLION, (data.total_usd or 0.0) / MILLION

    years = [(year,) for year in sorted(data.cap_usd)]
    total = [(0,)] if data.total_usd is not None else []
    build.at_most("yearly_cap", years, yearly_cap, doc="overnight cost a year", unit="million USD")
    build.at_most("total_cap", total, total_cap, doc="overnight cost", unit="million USD")


MILLION = 1e6
"""Dollars in a million: keeps the rows of the caps near one."""


def report(values: Values, data: BudgetData) -> dict[str, Table]:
    """Nothing of its own: ``spending`` is reported for every plan."""
    return {}


def audit(data: BudgetData, tables: Mapping[str, Table]) -> AuditResult:
    """Compare spending by year with the caps."""
    spent: dict[int, float] = {}
    for _, row in rows_of(tables, "spending"):
        year = int(number(row, "year"))
        spent[year] = spent.get(year, 0.0) + number(row, "overnight_usd")
    findings = [
        Finding("budget.yearly_cap", str(year), f"{spent.get(year, 0.0):.0f} USD of {cap:.0f}")
        for year, cap in sorted(data.cap_usd.items())
        if exceeds(spent.get(year, 0.0) / MILLION, cap / MILLION)
    ]
    if data.total_usd is not None and exceeds(
        sum(spent.values()) / MILLION, data.total_usd / MILLION
    ):
        findings.append(Finding("budget.total_cap", "horizon", f"{sum(spent.values()):.0f} USD"))
    return AuditResult(tuple(findings))


def check(system: System, config: BudgetConfig) -> list[Issue]:
    """Years that lie in the horizon."""
    known = sorted({str(start.year) for start in system.calendar.starts})
    return [
        Issue(
            f"components.budget.overnight_usd_by_year.{year}",
            f"the year {year} is not in the horizon",
            f"one of {known[0]} to {known[-1]}",
            "Correct the year or the horizon",
        )
        for year in sorted(config.overnight_usd_by_year)
        if year not in known
    ]


COMPONENT = Component(
    name="budget",
    config=BudgetConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    formulation=__doc__ or "",
)
