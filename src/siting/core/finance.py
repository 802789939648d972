"""Annuities and interest during construction: capital charged in each period from service on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from siting.core.calendar import Calendar, Owner
from siting.core.units import MONTHS_PER_YEAR

ROUNDING = 1e-9
"""Years by which a construction time may miss a whole number through rounding."""


def capital_recovery(rate_frac: float, lifetime_years: float) -> float:
    """Capital recovery factor: the level yearly payment that repays one dollar.

    ``r / (1 - (1 + r)^-n)``, and ``1 / n`` at a rate of zero.
    """
    if rate_frac == 0:
        return 1 / lifetime_years
    # 1 - (1 + r)^-n, exact also where r is tiny
    return -rate_frac / math.expm1(-lifetime_years * math.log1p(rate_frac))


def interest_factor(rate_frac: float, months: float, spend_fracs: Sequence[float] = ()) -> float:
    """What one dollar of overnight cost has become when construction ends, with interest.

    ``sum of share * (1 + rate)^(years from its payment to the end)``; each share is paid in the
    middle of its part of the construction time.

    Args:
        months: construction time.
        spend_fracs: shares spent in equal parts of it, first to last; none means the same in each
            year, or part of one.
    """
    years = months / MONTHS_PER_YEAR
    count = max(1, math.ceil(years - ROUNDING))
    shares = spend_fracs or [1 / count] * count
    part = years / len(shares)
    middles = (years - (number + 0.5) * part for number in range(len(shares)))
    return math.fsum(s * (1 + rate_frac) ** m for s, m in zip(shares, middles, strict=True))


def yearly_usd(
    calendar: Calendar, overnight_usd: float, lifetime_years: float, owner: Owner
) -> float:
    """Yearly payment of an overnight cost at its owner's cost of capital."""
    rate = calendar.capital_rate_frac(owner)
    return overnight_usd * capital_recovery(rate, lifetime_years)


def present_year(calendar: Calendar, period: int) -> float:
    """Discounted years of a period: what one dollar a year costs in it today."""
    return calendar.years(period) * calendar.discount(period)


def present_years(calendar: Calendar) -> dict[int, float]:
    """The same of every period."""
    return {p: present_year(calendar, p) for p in calendar.periods}


def capital_by_period(
    calendar: Calendar,
    first: int | None,
    overnight_usd: float,
    lifetime_years: float,
    owner: Owner,
) -> dict[int, float]:
    """Discounted annuity in each period from an in-service period to the end of the horizon."""
    yearly = yearly_usd(calendar, overnight_usd, lifetime_years, owner)
    start = len(calendar) if first is None else first
    return {p: yearly * present_year(calendar, p) for p in range(start, len(calendar))}


def add_to(total: dict[int, float], more: dict[int, float], factor: float = 1.0) -> None:
    """Add one series by period to another, in place."""
    for period, usd in more.items():
        total[period] = total.get(period, 0.0) + factor * usd
