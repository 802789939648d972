"""Clean hourly demand: units, spikes, gaps and whole years; everything changed is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas

from siting.core.errors import Issue

MOST_MW = 1_000_000.0
"""More than the peak of the whole United States (about 760,000 MW in July 2025, EIA-930)."""
OTHER_UNIT = 30.0
"""Ratio to what is known of an area, or of a month to the others, that only another unit explains."""
WINDOW_HOURS = 49
FAR_RATIO = 2.0
"""A value of more than this times, or less than one over this times, its local median is a spike."""
JUMP_FRAC = 0.25
"""So is one hour that lies this share of the local median above, or below, both its neighbours."""
STUCK_HOURS = 12
"""Hours of one value that no measurement gives where the value lies far beyond the others."""
STUCK_WHATEVER_HOURS = 168
"""Hours of one value that no measurement gives, whatever the value: a week without any change."""
LEAST_REST_FRAC = 0.1
"""Share of the hours by which those of a long run are judged."""
WHOLE_YEAR_FRAC = 0.9
"""Share of a year's hours that must have been measured for the year to count."""


@dataclass(frozen=True)
class CleanLoads:
    """Demand of one area in whole years.

    Attributes:
        demand_mw, month, year, hour: by hour; ``hour`` counts hours and jumps where years miss.
        years: those that count. dropped_years: those that have too few hours.
        not_positive, spikes, filled, longest_gap_hours: what was changed, over the years that count;
            ``filled`` holds the hours of the other two as well.
    """

    zone: str
    demand_mw: np.ndarray
    month: np.ndarray
    year: np.ndarray
    hour: np.ndarray
    years: tuple[int, ...]
    dropped_years: tuple[int, ...]
    not_positive: int
    spikes: int
    filled: int
    longest_gap_hours: int


def check_units(
    demand_mw: pandas.DataFrame, known_peak_mw: Mapping[str, float], name: str
) -> list[Issue]:
    """Areas whose numbers look like another unit than MW.

    Args:
        demand_mw: hours x areas. known_peak_mw: peaks of areas that are known. name: of the input.
    """
    issues = []
    fix = "State the unit of the file with --unit, for instance --unit kW"
    peaks = demand_mw.quantile(0.999)
    for zone, peak in peaks.items():
        known = known_peak_mw.get(str(zone))
        where = f"{name}: {zone}"
        if peak > MOST_MW:
            what = f"demand of {peak:,.0f} MW, more than that of the whole United States"
            issues.append(Issue(where, what, "MW", fix))
        elif known and peak and max(peak / known, known / peak) > OTHER_UNIT:
            what = f"demand up to {peak:,.1f} MW where {known:,.0f} MW are known"
            issues.append(Issue(where, what, "MW", fix))
    if issues:
        return issues
    index = pandas.DatetimeIndex(demand_mw.index)
    monthly = demand_mw.groupby([index.year, index.month]).median()
    typical = demand_mw.median()
    for zone in demand_mw.columns:
        ratio = (monthly[zone] / typical[zone]).dropna()
        odd = ratio[(ratio > OTHER_UNIT) | ((ratio > 0) & (ratio < 1 / OTHER_UNIT))]
        if len(odd):
            year, month = odd.index[0]
            what = f"demand {odd.iloc[0]:,.3g} times the usual in {len(odd)} months from {year}-{month:02d}"
            issues.append(
                Issue(f"{name}: {zone}", what, "one unit throughout", "Convert those months")
            )
    return issues


def find_stuck(demand_mw: pandas.DataFrame) -> np.ndarray:
    """Whether each hour and area lies in a long run of one value that is far beyond the others, however
    long it stands, or that stands for a week: a code for missing, or the last value that came."""
    found = np.zeros(demand_mw.shape, dtype=bool)
    for i, zone in enumerate(demand_mw.columns):
        values = demand_mw[zone].to_numpy(float)
        new = np.concatenate([[True], values[1:] != values[:-1]])
        run = np.cumsum(new) - 1
        length = np.bincount(run)[run]
        is_long = (length >= STUCK_HOURS) & np.isfinite(values)
        found[:, i] = (length >= STUCK_WHATEVER_HOURS) & np.isfinite(values)
        rest = values[~is_long & np.isfinite(values)]
        if not is_long.any() or len(rest) < LEAST_REST_FRAC * len(values):
            continue
        low, high = np.quantile(rest, [0.01, 0.99])
        found[:, i] |= is_long & ((values > FAR_RATIO * high) | (values < low / FAR_RATIO))
    return found


def find_spikes(demand_mw: pandas.DataFrame) -> np.ndarray:
    """Whether each hour and area is a spike, hours x areas; gaps are none."""
    local = demand_mw.rolling(WINDOW_HOURS, center=True, min_periods=WINDOW_HOURS // 4).median()
    values, middle = demand_mw.to_numpy(float), local.to_numpy(float)
    with np.errstate(invalid="ignore"):
        far = (values > FAR_RATIO * middle) | (values < middle / FAR_RATIO)
        step = np.diff(values, axis=0)
        edge = np.full((1, values.shape[1]), np.nan)
        rise, fall = np.vstack([edge, step]), np.vstack([step, edge])
        jump = JUMP_FRAC * middle
        alone = ((rise > jump) & (fall < -jump)) | ((rise < -jump) & (fall > jump))
    return np.asarray(far | alone)


def clean(demand_mw: pandas.DataFrame, offset_hours: Mapping[str, int]) -> list[CleanLoads]:
    """Clean every area.

    Args:
        demand_mw: hours x areas, NaN where missing; the index is every hour, at its start.
        offset_hours: what is added to the index to have an area's local standard time.
    """
    wrong = demand_mw.to_numpy(float) <= 0
    positive = demand_mw.mask(wrong)
    stuck = find_stuck(positive)
    spikes = stuck | find_spikes(positive.mask(stuck))
    measured = positive.mask(spikes)
    return [
        _clean_zone(
            str(zone),
            measured.iloc[:, i],
            wrong[:, i],
            spikes[:, i],
            offset_hours.get(str(zone), 0),
        )
        for i, zone in enumerate(demand_mw.columns)
    ]


def _clean_zone(
    zone: str, measured: pandas.Series, wrong: np.ndarray, spikes: np.ndarray, offset: int
) -> CleanLoads:
    """Fill the gaps of one area and keep its whole years."""
    local = pandas.DatetimeIndex(measured.index) + pandas.Timedelta(hours=offset)
    values, year = measured.to_numpy(float), local.year.to_numpy()
    known = np.isfinite(values)
    whole, dropped = [], []
    for number in sorted({int(y) for y in year}):
        count = int(known[year == number].sum())
        hours = 8784 if pandas.Timestamp(number, 1, 1).is_leap_year else 8760
        if count >= WHOLE_YEAR_FRAC * hours:
            whole.append(number)
        elif count:
            dropped.append(number)
    keep = np.isin(year, whole)
    position = np.arange(len(values))
    filled = np.interp(position, position[known], values[known]) if known.any() else values
    return CleanLoads(
        zone=zone,
        demand_mw=filled[keep],
        month=local.month.to_numpy()[keep],
        year=year[keep],
        hour=position[keep],
        years=tuple(whole),
        dropped_years=tuple(dropped),
        not_positive=int((wrong & keep).sum()),
        spikes=int((spikes & keep).sum()),
        filled=int((~known & keep).sum()),
        longest_gap_hours=_longest_run(~known & keep),
    )


def _longest_run(flags: np.ndarray) -> int:
    """Length of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))
