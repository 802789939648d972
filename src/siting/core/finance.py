"""Annuities: capital charged in each period from the in-service date on."""

from __future__ import annotations

import math

from siting.core.calendar import Calendar


def capital_recovery(rate_frac: float, lifetime_years: float) -> float:
    """Capital recovery factor: the level yearly payment that repays one dollar.

    ``r / (1 - (1 + r)^-n)``, and ``1 / n`` at a rate of zero.
    """
    if rate_frac == 0:
        return 1 / lifetime_years
    # 1 - (1 + r)^-n, exact also where r is tiny
    return -rate_frac / math.expm1(-lifetime_years * math.log1p(rate_frac))


def yearly_usd(calendar: Calendar, overnight_usd: float, lifetime_years: float) -> float:
    """Yearly payment of an overnight cost at the calendar's discount rate."""
    return overnight_usd * capital_recovery(calendar.discount_rate_frac, lifetime_years)


def present_year(calendar: Calendar, period: int) -> float:
    """Discounted years of a period: what one dollar a year costs in it today."""
    return calendar.years(period) * calendar.discount(period)


def present_years(calendar: Calendar) -> dict[int, float]:
    """The same of every period."""
    return {p: present_year(calendar, p) for p in calendar.periods}


def capital_by_period(
    calendar: Calendar, first: int | None, overnight_usd: float, lifetime_years: float
) -> dict[int, float]:
    """Discounted annuity in each period from an in-service period to the end of the horizon."""
    yearly = yearly_usd(calendar, overnight_usd, lifetime_years)
    start = len(calendar) if first is None else first
    return {p: yearly * present_year(calendar, p) for p in range(start, len(calendar))}


def add_to(total: dict[int, float], more: dict[int, float], factor: float = 1.0) -> None:
    """Add one series by period to another, in place."""
    for period, usd in more.items():
        total[period] = total.get(period, 0.0) + factor * usd
