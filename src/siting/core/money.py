"""Dollars in the unit that reads best: one choice for terminal, pages and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True)
class MoneyUnit:
    """A unit of money and what it is in dollars."""

    name: str
    usd: float

    def shown(self, usd: float, decimals: int) -> str:
        """Dollars as a number in this unit."""
        places = self.decimals(decimals)
        # adding 0 turns a rounded -0 into 0
        return f"{round(usd / self.usd, places) + 0.0:,.{places}f}"

    def decimals(self, wanted: int) -> int:
        """Decimals of a number in this unit: none of dollars."""
        return wanted if self.usd > 1 else 0


BILLIONS = MoneyUnit("B USD", 1e9)
MILLIONS = MoneyUnit("M USD", 1e6)
DOLLARS = MoneyUnit("USD", 1.0)
LEAST_MILLIONS_USD = 1e5
"""Dollars below which they are written one by one."""


def unit_of(*usd: float, widest: MoneyUnit = BILLIONS) -> MoneyUnit:
    """The unit for amounts that stand together: that of the largest of them, and no wider than asked for."""
    largest = max((abs(one) for one in usd if isfinite(one)), default=0.0)
    if largest >= BILLIONS.usd and widest is BILLIONS:
        return BILLIONS
    return MILLIONS if largest >= LEAST_MILLIONS_USD else DOLLARS


def money(usd: float, decimals: int) -> str:
    """Dollars with their unit."""
    if not isfinite(usd):
        return "not known"
    unit = unit_of(usd)
    return f"{unit.shown(usd, decimals)} {unit.name}"
