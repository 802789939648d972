"""Variables, ledger terms and constraints of ``budget``; the formulation stands in the package."""

from __future__ import annotations

from siting.expressions.labels import Expr, Label, Relation, at, pick, sum_over
from siting.families.base import Build
from siting.families.budget.data import MILLION, BudgetData


def declare(build: Build, data: BudgetData) -> None:
    """Nothing to decide."""


def constrain(build: Build, data: BudgetData) -> None:
    """Caps on what is started."""

    def spent(p: Label) -> Expr:
        return build.total("overnight_usd", (p,))

    years = [(year,) for year in sorted(data.cap_usd)]
    total = [(0,)] if data.total_usd is not None else []

    @build.constraint(over=years, doc="overnight cost a year", unit="million USD")
    def yearly_cap(year: Label) -> Relation:
        together = sum_over(pick(data.periods_of, year), spent)
        return together / MILLION <= at(data.cap_usd, year) / MILLION

    @build.constraint(over=total, doc="overnight cost", unit="million USD")
    def total_cap(plan: Label) -> Relation:
        periods = [p for group in data.periods_of.values() for p in group]
        together = sum_over(pick(lambda _: periods, plan), spent)
        return together / MILLION <= (data.total_usd or 0.0) / MILLION
