"""Settings and shared data of ``budget`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from siting.core.system import System
from siting.families.budget.settings import BudgetConfig


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


MILLION = 1e6
"""Dollars in a million: keeps the rows of the caps near one."""
