"""Which dates are tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from siting.core.calendar import add_months, months_between
from siting.core.study import Strategy
from siting.pipeline import Loaded
from siting.studies.option import Asked, Form, Option

MOST_DATES = 12
"""Dates that are tried at most, the first ones."""
YEAR = 12
NAME = "decided_from"

FRONTIER: Option[bool] = Option(
    argument="frontier",
    flag="--frontier",
    help="Cost and lateness by the date before which nothing is decided.",
    default=False,
    form=Form.FLAG,
    given=True,
)
Dates = Mapping[str, Strategy]


def check(loaded: Loaded, asked: Asked, left_out: Callable[[str], None]) -> Dates | None:
    """Strategies that decide nothing before a date, a year apart, in order of the date."""
    if not asked[FRONTIER]:
        return None
    calendar = loaded.instance.system.calendar
    start = calendar.starts[0]
    years = (months_between(start, calendar.end) - 1) // YEAR
    months = [YEAR * year for year in range(1, min(years, MOST_DATES) + 1)]
    return {
        f"{NAME}:{add_months(start, later):%Y-%m}": Strategy(
            about=f"No decision before {add_months(start, later):%Y-%m}.", decided_from_months=later
        )
        for later in months
    }
