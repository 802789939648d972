"""Headroom of balancing areas, from files of hourly demand to results by area and rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from siting.core.errors import InputError, Issue
from siting.demand.clean import CleanLoads, check_units, clean, find_stuck
from siting.demand.curve import RATES, Season, TierHeadroom, seasons, tiers
from siting.demand.read import read_loads

MOST_RATE = 0.5
"""Rate from which on curtailment is no longer the exception."""


@dataclass(frozen=True)
class AreaHeadroom:
    """One area: its demand as cleaned, its peaks, and its headroom by rate."""

    loads: CleanLoads
    season: Season
    tiers: tuple[TierHeadroom, ...]


@dataclass(frozen=True)
class AreasHeadroom:
    """Every area with a whole year, by id.

    Attributes:
        name: of the input. rates: ascending. notes: what was changed or left out, with counts.
    """

    name: str
    rates: tuple[float, ...]
    areas: tuple[AreaHeadroom, ...]
    notes: tuple[str, ...]


def area_headroom(
    files: Sequence[Path],
    rates: Sequence[float] = RATES,
    zones: Sequence[str] | None = None,
    unit: str = "MW",
    known_peak_mw: Mapping[str, float] | None = None,
) -> AreasHeadroom:
    """Read, check, clean and solve.

    Args:
        files: CSV or Parquet files, or folders of them. rates: curtailment rates (shares).
        zones: those to keep; None keeps all. unit: of the numbers: MW, kW or GW.
        known_peak_mw: peaks of known areas, to notice another unit.

    Raises:
        InputError: everything wrong with rates or files.
    """
    chosen = tuple(sorted(set(rates)))
    bad = [rate for rate in chosen if not 0 < rate < MOST_RATE]
    if bad:
        expected = f"a share above 0 and below {MOST_RATE:g}, for instance 0.005"
        raise InputError([Issue("--rate", f"{rate:g}", expected, "Correct it") for rate in bad])
    name = files[0].name if len(files) == 1 else f"{len(files)} files"
    given = read_loads(files, unit, zones)
    issues = check_units(given.demand_mw, known_peak_mw or {}, name)
    if issues:
        raise InputError(issues)
    cleaned = clean(given.demand_mw, given.offset_hours)
    whole = [loads for loads in cleaned if loads.years]
    if not whole:
        what = "no area has a whole year of demand"
        stuck = int(find_stuck(given.demand_mw.where(given.demand_mw > 0)).sum())
        if stuck:
            what += f"; {stuck:,} hours repeat one value and do not count as measured"
        raise InputError([Issue(name, what, "90 % of the hours of a year", "Add files")])
    areas = []
    for loads in whole:
        season = seasons(loads.demand_mw, loads.month, f"{name}: {loads.zone}")
        found = tiers(season, loads.hour, len(loads.years), chosen)
        areas.append(AreaHeadroom(loads, season, found))
    return AreasHeadroom(name, chosen, tuple(areas), (*given.notes, *_notes(cleaned)))


def _notes(cleaned: Sequence[CleanLoads]) -> list[str]:
    """What was changed in each area, in words."""
    notes = []
    for area in cleaned:
        parts = []
        if area.dropped_years:
            dropped = ", ".join(map(str, area.dropped_years))
            parts.append(f"{dropped} left out, with less than 90 % of the hours")
        if area.filled:
            parts.append(
                f"{area.filled} hours filled in, {area.spikes} of them spikes and "
                f"{area.not_positive} not positive, the longest gap {area.longest_gap_hours} h"
            )
        if parts:
            notes.append(f"{area.zone}: {'; '.join(parts)}")
    return notes
