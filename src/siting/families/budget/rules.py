"""Variables, ledger terms and constraints of ``budget``; the formulation stands in the package."""

from __future__ import annotations

from siting.families.base import Build
from siting.families.budget.data import MILLION, BudgetData
from siting.families.whole import Expr, Label, at, pick, sum_over, whole


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
