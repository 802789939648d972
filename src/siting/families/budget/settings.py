"""Settings of ``budget``, and what they must agree with."""

from __future__ import annotations

from pydantic import Field

from siting.core.dollars import Priced
from siting.core.errors import Issue
from siting.core.strict import NonNegative
from siting.core.system import System


class BudgetConfig(Priced):
    """Settings of ``budget``."""

    max_overnight_usd_per_year: NonNegative | None = None
    """Cap on overnight spending in every calendar year [USD]; none means no cap."""
    overnight_usd_by_year: dict[str, NonNegative] = Field(default_factory=dict)
    """Cap of single calendar years; comes before the general one."""
    max_overnight_usd: NonNegative | None = None
    """Cap of the whole horizon."""


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
