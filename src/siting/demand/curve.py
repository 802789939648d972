r"""Headroom of a balancing area from its hourly demand, by curtailment rate.

Question: how large a constant load L can be added if it gives up, on average over the years, a share
r of its energy, so that demand never exceeds the peak that the system was built for?
Method: Norris, Profeta, Patino-Echeverri, Cowie-Haskell, Rethinking Load Growth: Assessing the
Potential for Integration of Large Flexible Loads in US Power Systems, Duke University, 2025.

    T(t)          largest demand of June to August of all years in the hours of April to October,
                  of December to February in the hours of November to March     [MW]
    curtailed(t)  max(0, demand(t) + L - T(t))                                   [MW]
    rate(L)       mean over years of  sum of curtailed(t) in the year / (8760 L)
    headroom(r)   the largest L with rate(L) <= r

With the margins m(t) = T(t) - demand(t), sorted, the curtailed energy is the convex function
C(L) = sum over m(t) < L of (L - m(t)), linear between margins, so ``C(L) <= r 8760 years L`` is solved
exactly and without iteration: between the last margin that satisfies it and the next,
``L = S / (n - r 8760 years)`` with n margins below L that sum to S. Demand above its threshold in
April, May, September or October has a negative margin and counts as curtailed at any L, as the
formula says. Limits: an area is one point; neither its network nor its generation is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from siting.core.errors import InputError, Issue

SUMMER_PEAK_MONTHS = (6, 7, 8)
WINTER_PEAK_MONTHS = (12, 1, 2)
SUMMER_MONTHS = (4, 5, 6, 7, 8, 9, 10)
"""Months that take the summer threshold; the others take that of winter."""
HOURS_PER_YEAR = 8760.0
HALF = 0.5
RATES = (0.0025, 0.005, 0.01, 0.05)
"""Curtailment rates of the published table."""


@dataclass(frozen=True)
class Season:
    """Peaks and thresholds of an area.

    Attributes:
        summer_peak_mw, winter_peak_mw: largest demand of the peak months of all years.
        margin_mw: threshold less demand, by hour. is_summer: whether the summer one applies.
    """

    summer_peak_mw: float
    winter_peak_mw: float
    margin_mw: np.ndarray
    is_summer: np.ndarray


@dataclass(frozen=True)
class TierHeadroom:
    """Headroom at one curtailment rate, and how the curtailment would look.

    Attributes:
        curtailment_rate: share of the new load's energy given up, mean over years.
        headroom_mw: constant load that can be added.
        curtailed_hours_per_year: hours with any curtailment; those of summer and winter thresholds.
        events_per_year: runs of consecutive curtailed hours, their mean and longest length [h].
        half_kept_frac: share of curtailed hours in which at least half of the load is served.
        summer_energy_frac: share of the curtailed energy in hours of the summer threshold.
    """

    curtailment_rate: float
    headroom_mw: float
    curtailed_hours_per_year: float
    summer_hours_per_year: float
    winter_hours_per_year: float
    events_per_year: float
    mean_event_hours: float
    longest_event_hours: int
    half_kept_frac: float
    summer_energy_frac: float


def seasons(demand_mw: np.ndarray, month: np.ndarray, where: str) -> Season:
    """Peaks and margins of an area.

    Args:
        demand_mw: by hour, all finite. month: 1 to 12 by hour. where: area, for messages.

    Raises:
        InputError: no hour of June to August, or none of December to February.
    """
    summer_peak = demand_mw[np.isin(month, SUMMER_PEAK_MONTHS)]
    winter_peak = demand_mw[np.isin(month, WINTER_PEAK_MONTHS)]
    issues = [
        Issue(where, f"no demand of {months}", "hours of whole years", "Add the missing months")
        for peak, months in (
            (summer_peak, "June to August"),
            (winter_peak, "December to February"),
        )
        if not len(peak)
    ]
    if issues:
        raise InputError(issues)
    summer, winter = float(summer_peak.max()), float(winter_peak.max())
    is_summer = np.isin(month, SUMMER_MONTHS)
    return Season(summer, winter, np.where(is_summer, summer, winter) - demand_mw, is_summer)


def largest_load_mw(margin_mw: np.ndarray, years: int, rate: float) -> float:
    """Largest constant load whose curtailment rate is at most a rate [MW]; 0 if there is none.

    Args:
        margin_mw: threshold less demand, by hour. years: number of years the hours cover.
        rate: share of energy, above 0 and below 1.
    """
    allowed_hours = rate * HOURS_PER_YEAR * years
    margins = np.sort(margin_mw)
    sums = np.cumsum(margins)
    below = np.arange(1, len(margins) + 1)
    # excess of curtailed over allowed energy when L is the margin itself; convex in L
    excess = (below - allowed_hours) * margins - sums
    fits = np.flatnonzero((excess <= 0) & (margins >= 0))
    if not len(fits):
        return 0.0
    # where as many hours as are allowed are full, rounding may hide the next margin that fits
    last = max(int(fits[-1]), int(allowed_hours))
    if last >= len(margins):
        raise ValueError("more hours may be curtailed than there are")
    return float(max(0.0, sums[last] / (below[last] - allowed_hours)))


def tier_headroom(season: Season, hour: np.ndarray, years: int, rate: float) -> TierHeadroom:
    """Headroom at a rate with its hours, events and seasons.

    Args:
        season: of the area. hour: running number of each hour, so that gaps end an event.
        years: number of years. rate: curtailment rate (share).
    """
    load = largest_load_mw(season.margin_mw, years, rate)
    curtailed = np.maximum(0.0, load - season.margin_mw) if load > 0 else np.zeros(len(hour))
    hit = curtailed > 0
    count = int(hit.sum())
    lengths = _event_lengths(hour[hit])
    energy = float(curtailed.sum())
    return TierHeadroom(
        curtailment_rate=rate,
        headroom_mw=load,
        curtailed_hours_per_year=count / years,
        summer_hours_per_year=int((hit & season.is_summer).sum()) / years,
        winter_hours_per_year=int((hit & ~season.is_summer).sum()) / years,
        events_per_year=len(lengths) / years,
        mean_event_hours=float(lengths.mean()) if len(lengths) else 0.0,
        longest_event_hours=int(lengths.max()) if len(lengths) else 0,
        half_kept_frac=float((curtailed[hit] <= HALF * load).mean()) if count else 1.0,
        summer_energy_frac=float(curtailed[season.is_summer].sum() / energy) if energy else 0.0,
    )


def tiers(
    season: Season, hour: np.ndarray, years: int, rates: Sequence[float]
) -> tuple[TierHeadroom, ...]:
    """Headroom at several rates, in their order."""
    return tuple(tier_headroom(season, hour, years, rate) for rate in rates)


def _event_lengths(hours: np.ndarray) -> np.ndarray:
    """Lengths of runs of consecutive numbers in a sorted list."""
    if not len(hours):
        return np.array([], dtype=int)
    breaks = np.flatnonzero(np.diff(hours) != 1) + 1
    return np.diff(np.concatenate([[0], breaks, [len(hours)]]))
