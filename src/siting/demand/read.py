"""Read hourly demand files into one table of every hour and zone; layouts are those of ``layouts``.

Times with an offset from UTC are put in order by UTC. Times without one are taken as they stand: an
hour that comes twice when clocks go back is averaged, and the hour that is skipped in spring is a gap
like any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas

from siting.core.errors import InputError, Issue
from siting.core.wording import IDENTIFIER
from siting.demand.layouts import is_header, long_form
from siting.demand.tables import HOUR, read_table

UNITS = {"MW": 1.0, "kW": 0.001, "GW": 1000.0}
ALIASES = {"CISO": "CAISO", "ERCO": "ERCOT", "ISNE": "ISO-NE", "NYIS": "NYISO", "SWPP": "SPP"}
"""Codes of EIA-930 that the built-in zones write otherwise."""
MAX_ISSUES = 20
MAX_HOURS = 60 * 8784
"""Sixty years."""
MAX_CELLS = 40_000_000
"""Hours times zones, empty ones included."""


@dataclass(frozen=True)
class HourlyLoads:
    """Demand as read.

    Attributes:
        demand_mw: every hour from the first to the last x zones; NaN where there is none.
        offset_hours: local standard time less the time of the index, by zone.
        notes: what was repaired, with counts.
    """

    demand_mw: pandas.DataFrame
    offset_hours: dict[str, int]
    notes: tuple[str, ...]


def read_loads(
    paths: Sequence[Path], unit: str = "MW", zones: Sequence[str] | None = None
) -> HourlyLoads:
    """Read hourly demand from files that together cover some zones and years.

    Args:
        paths: CSV, xlsx or Parquet files, or folders of them.
        unit: of the numbers: MW, kW or GW. zones: those to keep; None keeps all.

    Raises:
        InputError: everything wrong with the files.
    """
    files = [file for path in paths for file in _files(path)]
    issues: list[Issue] = []
    notes: list[str] = []
    parts = []
    for file in files:
        try:
            parts.append(long_form(read_table(file, is_header), file.name, notes))
        except InputError as error:
            issues += error.issues
    if issues:
        raise InputError(issues[:MAX_ISSUES])
    frame = pandas.concat(parts, ignore_index=True)
    frame["zone"] = frame.zone.astype(str).str.replace(r"\s+", "_", regex=True).replace(ALIASES)
    frame = frame[frame.zone.isin(zones)] if zones is not None else frame
    name = files[0].name if len(files) == 1 else f"{len(files)} files"
    _check_zones(frame, zones, name)
    frame["mw"] = frame.mw * UNITS[unit]
    first, last = frame.time.min(), frame.time.max()
    if (last - first) / HOUR > MAX_HOURS:
        what = f"times from {first.date()} to {last.date()}"
        raise InputError([Issue(name, what, "sixty years at most", "Correct the times")])
    count = frame.zone.nunique()
    if count * ((last - first) / HOUR) > MAX_CELLS:
        what = f"{count} zones from {first.date()} to {last.date()}"
        raise InputError([Issue(name, what, f"{MAX_CELLS:,} values", "Name some with --zone")])
    frame = _once(frame, notes, name)
    wide = frame.pivot(index="time", columns="zone", values="mw").sort_index(axis=1)
    hours = pandas.date_range(first, last, freq="h")
    offsets = frame.groupby("zone").offset.min()
    return HourlyLoads(
        wide.reindex(hours), {str(z): int(o) for z, o in offsets.items()}, tuple(notes)
    )


def _files(path: Path) -> list[Path]:
    """A file, or the tables in a folder, by name."""
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if p.suffix.lower() in (".csv", ".xlsx", ".parquet"))
    if not found:
        raise InputError(
            [Issue(str(path), "no .csv or .parquet or .xlsx file in it", "hourly tables", "")]
        )
    return found


def _check_zones(frame: pandas.DataFrame, zones: Sequence[str] | None, name: str) -> None:
    """Zones that a scenario can name, and all that were asked for."""
    found = sorted(set(frame.zone))
    issues = [
        Issue(f"{name}: zone '{zone[:60]}'", "no id that a scenario can name",
              "letters, digits, . _ and -", "Rename the column or zone")
        for zone in found if not re.fullmatch(IDENTIFIER, zone)
    ]  # fmt: skip
    issues += [
        Issue(name, f"no zone '{zone}'", "a zone of the files", "Correct --zone")
        for zone in sorted(set(zones or ()) - set(found))
    ]
    if not len(frame) and not issues:
        issues.append(Issue(name, "no rows", "hourly demand", "Check the file"))
    if issues:
        raise InputError(issues[:MAX_ISSUES])


def _once(frame: pandas.DataFrame, notes: list[str], name: str) -> pandas.DataFrame:
    """One value for each hour and zone: repeated rows dropped, hours of the clock change averaged."""
    keys = ["zone", "time"]
    twice = frame.duplicated(keys, keep=False)
    if not twice.any():
        return frame
    known = frame[~(twice & frame.mw.isna())]
    same = known.duplicated([*keys, "mw"])
    known = known[~same]
    left = known[known.duplicated(keys, keep=False)]
    back = _clock_goes_back(left.time)
    if not back.all():
        odd = left[~back].iloc[0]
        what = f"{int((~back).sum())} rows for hours that have another value too"
        first = (
            f"one value an hour; the first is {odd.zone} at {odd.time.isoformat(' ', 'minutes')}"
        )
        raise InputError([Issue(name, what, first, "Remove the rows that do not count")])
    if same.any():
        notes.append(f"{int(same.sum())} repeated rows were dropped")
    if len(left):
        count = len(left) - len(left.drop_duplicates(keys))
        notes.append(f"{count} hours that come twice when clocks go back were averaged")
    return known.groupby(keys, as_index=False, sort=True).agg({"mw": "mean", "offset": "min"})


def _clock_goes_back(times: pandas.Series) -> pandas.Series:
    """Whether an hour is one that clocks repeat: a Sunday night of October or November."""
    is_month = times.dt.month.isin([10, 11])
    return is_month & (times.dt.day_of_week == 6) & (times.dt.hour <= 3)
