"""Strategies by a name in words, with the date where a strategy waits for one."""

from __future__ import annotations

from datetime import date

from siting.core.calendar import add_months
from siting.core.labels import words
from siting.timeline.compare import StrategyResult
from siting.timeline.library import OPTIMAL

BEST = "Best plan"


def title_of(result: StrategyResult, start: date) -> str:
    """The name of a strategy in words.

    Args:
        start: of the horizon.
    """
    if result.name == OPTIMAL:
        return BEST
    name, _, _ = result.name.partition(":")
    if (months := result.strategy.decided_from_months) is None:
        return words(name)
    return f"{words(name)} {add_months(start, round(months)):%Y-%m}"
