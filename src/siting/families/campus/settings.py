"""Settings of ``campus``, and what they must agree with."""

from __future__ import annotations

from math import ceil, floor, inf

from siting.core.calendar import Calendar, add_months
from siting.core.dollars import Priced
from siting.core.finance import interest_factor
from siting.core.records import Site
from siting.core.strict import NonNegative, Positive
from siting.families.provides import Frame

ROUNDING = 1e-9
"""Halls by which a quotient may miss a whole number through rounding."""


class CampusConfig(Priced):
    """Settings of ``campus``."""

    hall_it_mw: Positive
    """IT load of one hall [MW]."""
    shell_months: NonNegative
    """From start of construction to a hall that can be energised [months]."""
    overnight_usd_per_it_mw: NonNegative = 0.0
    """Shell, power and cooling, without chips [USD per IT MW]."""
    is_interest_included: bool = True
    """Whether that cost holds interest during construction; if not, it is added over
    ``shell_months``."""
    lifetime_years: Positive = 20.0
    """Years over which a hall is paid off."""
    fixed_om_usd_per_it_mw_year: NonNegative = 0.0
    """Operation and maintenance of a hall that do not depend on its load [USD per IT MW and
    year]."""
    acres_per_it_mw: NonNegative = 0.0
    """Land that a hall takes [acres per IT MW]."""
    min_campus_it_mw: NonNegative = 0.0
    """A committed site reaches at least this by the horizon's end [MW]."""
    max_new_it_mw_per_year: Positive | None = None
    """Halls started at one site [IT MW a year]; at least one hall a period is allowed."""

    def capital_usd_per_it_mw(self, rate_frac: float) -> float:
        """Overnight cost with interest during construction [USD per IT MW]."""
        if self.is_interest_included:
            return self.overnight_usd_per_it_mw
        return self.overnight_usd_per_it_mw * interest_factor(rate_frac, self.shell_months)

    def ramp_halls(self, calendar: Calendar) -> dict[int, int]:
        """Halls that a site may start in each period; empty where there is no limit."""
        if self.max_new_it_mw_per_year is None:
            return {}
        rate = self.max_new_it_mw_per_year / self.hall_it_mw
        return {p: max(1, int(rate * calendar.years(p))) for p in calendar.periods}

    def most_halls(self, site: Site, load_mw: float) -> int:
        """Most halls worth building at a site: those of the load or of the minimum campus, as far
        as its acres and its own limit have room."""
        useful = ceil(max(load_mw, self.min_campus_it_mw) / self.hall_it_mw - ROUNDING)
        room = inf if site.max_it_mw is None else site.max_it_mw / self.hall_it_mw
        if self.acres_per_it_mw > 0 and site.buildable_acres is not None:
            room = min(room, site.buildable_acres / (self.acres_per_it_mw * self.hall_it_mw))
        return useful if room == inf else min(useful, floor(room + ROUNDING))


def build_months(frame: Frame, config: CampusConfig) -> float:
    """From the review to a hall that can carry load [months]."""
    return config.shell_months


def hall_it_mw(frame: Frame, config: CampusConfig) -> float:
    """Load of one hall [MW]."""
    return config.hall_it_mw


def it_limit_mw(frame: Frame, config: CampusConfig) -> dict[str, float]:
    """The whole halls that a site has room for [MW]."""
    peak = frame.peak_target_mw
    return {s: config.most_halls(site, peak) * config.hall_it_mw for s, site in frame.sites.items()}


def period_limit_mw(frame: Frame, config: CampusConfig) -> dict[tuple[str, int], float]:
    """The halls that can have been started since the review [MW], where there is a ramp."""
    calendar, ramp = frame.calendar, config.ramp_halls(frame.calendar)
    shell = calendar.lag(lambda day: add_months(day, config.shell_months))
    found: dict[tuple[str, int], float] = {}
    for site, first in frame.first_reviewed.items() if ramp else ():
        for p in calendar.periods:
            starts = [q for q in shell.starts if q >= first and (shell.arrival[q] or 0) <= p]
            found[site, p] = config.hall_it_mw * sum(ramp[q] for q in starts)
    return found
