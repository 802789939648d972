"""What a month of delay is worth: a level, and how it changes with months late and with the year."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field

from siting.core.calendar import months_between
from siting.core.records import Record
from siting.core.strict import MonthDate, NonNegative, StrictModel

Level = Literal["low", "typical", "high"]


class LateShare(StrictModel):
    """Share of the value after so many months of delay."""

    months_late: NonNegative
    """Months of delay."""
    frac: NonNegative
    """Share of the value that is left."""


class DateShare(StrictModel):
    """Share of the value at a date."""

    at_date: MonthDate
    """First day of a month."""
    frac: NonNegative
    """Share of the value that is left."""


class Perspective(Record):
    """Whose loss a month of delay is, and how large."""

    low_usd_per_mw_month: NonNegative = 0.0
    """Low end of the value [USD per MW and month]."""
    typical_usd_per_mw_month: NonNegative
    """Value of an IT MW that is served a month sooner [USD per MW and month]."""
    high_usd_per_mw_month: NonNegative | None = None
    """High end of the value [USD per MW and month]; none means the typical one."""
    by_months_late: list[LateShare] = Field(default_factory=list)
    """Share of it by months of delay, on a line between two rows; none means the whole of it."""
    by_date: list[DateShare] = Field(default_factory=list)
    """Share of it by calendar date, likewise."""

    def level_usd(self, level: Level) -> float:
        """Value at a level; without a high one the typical one is the highest known."""
        high = self.high_usd_per_mw_month
        return {
            "low": self.low_usd_per_mw_month,
            "typical": self.typical_usd_per_mw_month,
            "high": self.typical_usd_per_mw_month if high is None else high,
        }[level]

    def late_frac(self, months: float) -> float:
        """Share of the value after some months of delay."""
        return on_line([(row.months_late, row.frac) for row in self.by_months_late], months)

    def date_frac(self, day: date) -> float:
        """Share of the value on the first day of a month."""
        first = min((row.at_date for row in self.by_date), default=day)
        points = [(float(months_between(first, row.at_date)), row.frac) for row in self.by_date]
        return on_line(points, months_between(first, day))


def on_line(points: Sequence[tuple[float, float]], at: float) -> float:
    """Value on the line through points, the nearest one outside them; 1 without any."""
    if not points:
        return 1.0
    ordered = sorted(points)
    after = bisect_right([x for x, _ in ordered], at)
    if after in (0, len(ordered)):
        return ordered[min(after, len(ordered) - 1)][1]
    (x0, y0), (x1, y1) = ordered[after - 1], ordered[after]
    return y0 + (y1 - y0) * (at - x0) / (x1 - x0)


@dataclass(frozen=True)
class Band:
    """Part of a target that became due at one time, and what a month of it is worth now."""

    mw: float
    usd_per_mw_month: float


Bands = tuple[Band, ...]
"""Of a target in a period, the cheapest first: that is left late first."""


def delay_usd_per_month(bands: Sequence[Band], late_mw: float) -> float:
    """What a month costs with some MW late, the cheapest of them."""
    usd, left = 0.0, late_mw
    for band in bands:
        usd += band.usd_per_mw_month * min(left, band.mw)
        left -= min(left, band.mw)
    # what rounds above the target costs as its last MW
    return usd + (bands[-1].usd_per_mw_month * left if bands else 0.0)


def due_parts(targets: Sequence[float]) -> list[list[tuple[int, float]]]:
    """Parts of a target by the period from which they are due, for each period; what a target falls
    by is taken from what came last."""
    found: list[list[tuple[int, float]]] = []
    parts: list[tuple[int, float]] = []
    for period, target in enumerate(targets):
        total = sum(mw for _, mw in parts)
        if target > total:
            parts = [*parts, (period, target - total)]
        while target < total and parts:
            begun, mw = parts[-1]
            less = min(mw, total - target)
            total -= less
            parts = parts[:-1] if less == mw else [*parts[:-1], (begun, mw - less)]
        found.append(parts)
    return found
