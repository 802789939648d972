"""Periods with real dates, durations in weeks or months, and the lags between them.

A duration is added to a real date; the result is usable from the first period that starts on or
after it. Periods start on the first of a month, so their length is a whole number of months.
"""

from __future__ import annotations

import calendar as _calendar
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from siting.core.units import DAYS_PER_MONTH, DAYS_PER_WEEK, MONTHS_PER_YEAR

MOST_MONTHS = 12 * 9999
REMEMBERED = 1 << 16
"""Results kept: the same few dates and delays are asked for by every site and unit."""


@lru_cache(maxsize=REMEMBERED)
def add_months(start: date, months: float) -> date:
    """Add calendar months to a date; a fraction of a month counts as days (30.4375 a month).

    What would lie after the year 9999 is its last day, which no horizon holds.
    """
    whole = int(min(months, MOST_MONTHS) // 1)
    index = start.year * MONTHS_PER_YEAR + start.month - 1 + whole
    year, month = divmod(index, MONTHS_PER_YEAR)
    if year >= date.max.year:
        return date.max
    day = min(start.day, _calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) + timedelta(days=round((months - whole) * DAYS_PER_MONTH))


def add_weeks(start: date, weeks: float) -> date:
    """Add weeks to a date, rounded to the day; at most to the last day of the calendar."""
    left = (date.max - start).days
    return start + timedelta(days=min(left, round(min(weeks * DAYS_PER_WEEK, left))))


def months_between(start: date, end: date) -> int:
    """Whole calendar months from one first-of-month date to another."""
    return (end.year - start.year) * MONTHS_PER_YEAR + end.month - start.month


Terms = tuple[tuple[int, int], ...]
"""(sign, period) pairs: a sum over a state that is cumulative over periods."""


@dataclass(frozen=True)
class Lag:
    """How a state that is cumulative over start periods turns into a state in service.

    Attributes:
        arrival: for each start period the period from which it is usable, or None beyond the
            horizon.
        terms: for each period the signed start periods whose sum is the quantity in service:
            ``in_service[p] = sum(sign * started[q] for sign, q in terms[p])``. With first-in
            first-out delivery this is one term; when a later order can arrive earlier it is one
            pair of terms for each run of orders that has arrived, which keeps it exact.
    """

    arrival: tuple[int | None, ...]
    terms: tuple[Terms, ...]

    @property
    def starts(self) -> tuple[int, ...]:
        """Start periods that are in service within the horizon."""
        return tuple(q for q, p in enumerate(self.arrival) if p is not None)

    @property
    def first(self) -> int | None:
        """First period in which anything can be in service."""
        return next((p for p, terms in enumerate(self.terms) if terms), None)

    def last_start(self, period: int) -> int | None:
        """Latest start that is in service in ``period`` (None if there is none)."""
        usable = [q for q, p in enumerate(self.arrival) if p is not None and p <= period]
        return usable[-1] if usable else None


def lag_of(arrival: Sequence[int | None], periods: int) -> Lag:
    """Build the lag from the arrival period of each start period."""
    return _lag_of(tuple(arrival), periods)


@lru_cache(maxsize=REMEMBERED)
def _lag_of(arrival: tuple[int | None, ...], periods: int) -> Lag:
    terms = tuple(
        signed_terms(tuple(a is not None and a <= period for a in arrival))
        for period in range(periods)
    )
    return Lag(arrival, terms)


@lru_cache(maxsize=REMEMBERED)
def signed_terms(counted: tuple[bool, ...]) -> Terms:
    """Signed periods whose sum is what a cumulative state gained in the periods counted."""
    row: list[tuple[int, int]] = []
    for start, here in enumerate(counted):
        before = start > 0 and counted[start - 1]
        after = start + 1 < len(counted) and counted[start + 1]
        if here and not before and start > 0:
            row.append((-1, start - 1))
        if here and not after:
            row.append((1, start))
    return tuple(row)


Owner = Literal["grid", "power", "campus"]
"""Who raises capital: a regulated network, a seller of power, or the owner of a campus."""


@dataclass(frozen=True)
class Calendar:
    """The horizon: period starts (first of a month), and the date it ends.

    Attributes:
        starts: first day of each period, ascending.
        end: first day after the last period.
        discount_rate_frac: real discount rate a year.
        capital_rates_frac: real cost of capital of each owner whose own differs from it.
    """

    starts: tuple[date, ...]
    end: date
    discount_rate_frac: float = 0.0
    capital_rates_frac: tuple[tuple[Owner, float], ...] = ()

    def __len__(self) -> int:
        return len(self.starts)

    def capital_rate_frac(self, owner: Owner) -> float:
        """Real cost of capital of an owner a year, with which annuities and interest are reckoned."""
        return dict(self.capital_rates_frac).get(owner, self.discount_rate_frac)

    @property
    def periods(self) -> range:
        """Period numbers, 0 first."""
        return range(len(self.starts))

    def finish(self, period: int) -> date:
        """First day after a period."""
        return self.starts[period + 1] if period + 1 < len(self.starts) else self.end

    def months(self, period: int) -> int:
        """Length of a period in months."""
        return months_between(self.starts[period], self.finish(period))

    def years(self, period: int) -> float:
        """Length of a period in years."""
        return self.months(period) / MONTHS_PER_YEAR

    def discount(self, period: int) -> float:
        """Discount factor of a period: at its middle, from the start of the horizon."""
        elapsed = months_between(self.starts[0], self.starts[period]) + self.months(period) / 2
        return float((1 + self.discount_rate_frac) ** (-elapsed / MONTHS_PER_YEAR))

    def period_from(self, day: date) -> int | None:
        """First period that starts on or after a day; None beyond the horizon."""
        found = bisect_left(self.starts, day)
        return found if found < len(self.starts) else None

    def period_at(self, day: date) -> int | None:
        """The period that begins exactly on a day; None if none does."""
        found = self.period_from(day)
        return found if found is not None and self.starts[found] == day else None

    def period_holding(self, day: date) -> int | None:
        """The period that holds a day; None outside the horizon."""
        if not self.starts[0] <= day < self.end:
            return None
        return bisect_right(self.starts, day) - 1

    def lag(self, delivered: Callable[[date], date]) -> Lag:
        """Lag of an item that, started on a day, is usable from ``delivered(day)``."""
        return lag_of([self.period_from(delivered(day)) for day in self.starts], len(self))


STEP_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def build_starts(start: date, steps: Sequence[tuple[date, str]]) -> tuple[date, ...]:
    """Period starts from a horizon start and (until, step) sections; each must divide evenly.

    Raises:
        ValueError: a section that ends before it starts or is not a whole number of steps.
    """
    starts: list[date] = []
    day = start
    for until, step in steps:
        months = months_between(day, until)
        if months <= 0 or months % STEP_MONTHS[step]:
            raise ValueError(f"from {day} to {until} is not a whole number of steps of a {step}")
        while day < until:
            starts.append(day)
            day = add_months(day, STEP_MONTHS[step])
    return tuple(starts)
