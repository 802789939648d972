"""Read hourly demand tables: EIA-930 six-month files, and plain wide or long CSV and Parquet.

- EIA-930 (``EIA930_BALANCE_2024_Jan_Jun.csv``): ``Balancing Authority``, ``UTC Time at End of Hour``,
  ``Local Time at End of Hour``, ``Demand (MW)``, as the area reported it.
- Long: a time, a zone and a demand column, by one of the names below; rows of another ``type`` than
  ``D`` (demand) are left out, as in EIA's open data.
- Wide: a time column, and a column of MW for each zone.

Times name the start of an hour; those with an offset from UTC are put in order by UTC. Times without
one are taken as they stand: an hour that comes twice when clocks go back is averaged, and the hour
that is skipped in spring is a gap like any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas

from siting.core.errors import InputError, Issue
from siting.core.wording import IDENTIFIER
from siting.layers.safety import check_file

EIA_ZONE, EIA_UTC = "Balancing Authority", "UTC Time at End of Hour"
EIA_LOCAL, EIA_DEMAND = "Local Time at End of Hour", "Demand (MW)"
TIMES = ("time", "timestamp", "datetime", "period", "utc_time", "date_time", "hour", "date")
ZONES = ("zone", "respondent", "ba", "balancing_authority", "region")
DEMANDS = ("demand_mw", "load_mw", "mw", "value", "demand", "load")
UNITS = {"MW": 1.0, "kW": 0.001, "GW": 1000.0}
ALIASES = {"CISO": "CAISO", "ERCO": "ERCOT", "ISNE": "ISO-NE", "NYIS": "NYISO", "SWPP": "SPP"}
"""Codes of EIA-930 that the built-in zones write otherwise."""
MAX_ISSUES = 20
MAX_HOURS = 60 * 8784
"""Sixty years."""


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
        paths: CSV or Parquet files, or folders of them.
        unit: of the numbers: MW, kW or GW. zones: those to keep; None keeps all.

    Raises:
        InputError: everything wrong with the files.
    """
    files = [file for path in paths for file in _files(path)]
    issues: list[Issue] = []
    parts = []
    for file in files:
        try:
            parts.append(_long(_table(file), file.name))
        except InputError as error:
            issues += error.issues
    if issues:
        raise InputError(issues[:MAX_ISSUES])
    frame = pandas.concat(parts, ignore_index=True)
    frame["zone"] = frame.zone.replace(ALIASES)
    frame = frame[frame.zone.isin(zones)] if zones is not None else frame
    name = files[0].name if len(files) == 1 else f"{len(files)} files"
    _check_zones(frame, zones, name)
    frame["mw"] = frame.mw * UNITS[unit]
    notes: list[str] = []
    frame = _once(frame, notes, name)
    wide = frame.pivot(index="time", columns="zone", values="mw").sort_index(axis=1)
    hours = pandas.date_range(wide.index.min(), wide.index.max(), freq="h")
    if len(hours) > MAX_HOURS:
        what = f"times from {hours[0]:%Y-%m-%d} to {hours[-1]:%Y-%m-%d}"
        raise InputError([Issue(name, what, "sixty years at most", "Correct the times")])
    offsets = frame.groupby("zone").offset.min()
    return HourlyLoads(
        wide.reindex(hours), {str(z): int(o) for z, o in offsets.items()}, tuple(notes)
    )


def _files(path: Path) -> list[Path]:
    """A file, or the tables in a folder, by name."""
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if p.suffix.lower() in (".csv", ".parquet"))
    if not found:
        raise InputError([Issue(str(path), "no .csv or .parquet file in it", "hourly tables", "")])
    return found


def _table(path: Path) -> pandas.DataFrame:
    """A file as found, text where it is not a number."""
    kind = check_file(path, path.name)
    if kind not in (".csv", ".parquet"):
        raise InputError([Issue(path.name, f"a {kind} file", "CSV or Parquet", "Convert it")])
    try:
        if kind == ".parquet":
            frame = pandas.read_parquet(path)
            return frame.reset_index() if frame.index.name else frame
        return pandas.read_csv(path, thousands=",", low_memory=False, encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            [Issue(path.name, "not UTF-8", "UTF-8 text", "Save it as UTF-8")]
        ) from error
    except (ValueError, OSError) as error:
        what = f"cannot be read: {str(error)[:200]}"
        raise InputError([Issue(path.name, what, "a table of hours", "")]) from error


def _long(frame: pandas.DataFrame, name: str) -> pandas.DataFrame:
    """time (start of the hour), zone, mw and offset [h] from any layout."""
    columns = {str(column).strip().lower(): column for column in frame.columns}
    if {EIA_ZONE, EIA_UTC, EIA_DEMAND} <= set(frame.columns):
        return _from_eia(frame, name)
    time = next((columns[c] for c in TIMES if c in columns), None)
    if time is None:
        expected = f"a column {', '.join(TIMES[:4])} or {TIMES[4]}, or those of EIA-930"
        raise InputError([Issue(name, "no column of times", expected, "Rename it")])
    stamps, offset = _times(frame[time], f"{name}: {time}")
    zone = next((columns[c] for c in ZONES if c in columns), None)
    if zone is not None:
        demand = next((columns[c] for c in DEMANDS if c in columns), None)
        if demand is None:
            raise InputError([Issue(name, "no column of demand", "demand_mw", "Rename it")])
        kept = (
            frame["type"].eq("D") if "type" in columns and zone != "type" else frame[zone].notna()
        )
        return pandas.DataFrame(
            {
                "time": stamps, "zone": frame[zone].astype(str).str.strip(),
                "mw": _numbers(frame[demand], f"{name}: {demand}"), "offset": offset,
            }
        )[kept & frame[zone].notna()]  # fmt: skip
    values = [column for column in frame.columns if column != time]
    numbers = pandas.DataFrame({str(c).strip(): _numbers(frame[c], f"{name}: {c}") for c in values})
    melted = numbers.assign(time=stamps, offset=offset).melt(
        ["time", "offset"], var_name="zone", value_name="mw"
    )
    return melted[["time", "zone", "mw", "offset"]]


def _from_eia(frame: pandas.DataFrame, name: str) -> pandas.DataFrame:
    """The four columns of an EIA-930 balance file."""
    hour = pandas.Timedelta(hours=1)
    end, _ = _times(frame[EIA_UTC], f"{name}: {EIA_UTC}", "%m/%d/%Y %I:%M:%S %p")
    offset = pandas.Series(0, index=frame.index)
    if EIA_LOCAL in frame.columns:
        local, _ = _times(frame[EIA_LOCAL], f"{name}: {EIA_LOCAL}", "%m/%d/%Y %I:%M:%S %p")
        offset = ((local - end) // hour).astype(int)
    return pandas.DataFrame(
        {
            "time": end - hour, "zone": frame[EIA_ZONE].astype(str).str.strip(),
            "mw": _numbers(frame[EIA_DEMAND], f"{name}: {EIA_DEMAND}"), "offset": offset,
        }
    )  # fmt: skip


def _times(
    column: pandas.Series, where: str, form: str = "ISO8601"
) -> tuple[pandas.Series, pandas.Series]:
    """Hours without a zone, in UTC where the text has an offset, and the offsets [h]."""
    none = pandas.Series(0, index=column.index)
    if isinstance(column.dtype, pandas.DatetimeTZDtype):
        local = column.dt.tz_localize(None)
        stamps = column.dt.tz_convert("UTC").dt.tz_localize(None)
        offset = ((local - stamps) // pandas.Timedelta(hours=1)).astype(int)
    elif pandas.api.types.is_datetime64_dtype(column):
        stamps, offset = column, none
    else:
        text = column.astype(str).str.strip()
        shift = text.str.extract(r"[T ].*([+-]\d{2}):?\d{2}$")[0]
        stamps = pandas.to_datetime(text, format=form, errors="coerce", utc=True)
        if stamps.isna().any() and form != "ISO8601":
            stamps = stamps.fillna(
                pandas.to_datetime(text, format="ISO8601", errors="coerce", utc=True)
            )
        stamps, offset = stamps.dt.tz_localize(None), shift.fillna("0").astype(int)
    bad = column[stamps.isna()]
    if len(bad):
        what = f"{len(bad)} times that cannot be read, the first '{str(bad.iloc[0])[:40]}'"
        raise InputError([Issue(where, what, "2024-01-31T13:00 or 2024-01-31 13:00-05:00", "")])
    uneven = stamps[(stamps.dt.minute != 0) | (stamps.dt.second != 0)]
    if len(uneven):
        what = f"{len(uneven)} times that are not whole hours, the first {uneven.iloc[0]}"
        raise InputError([Issue(where, what, "one value an hour", "Average it to hours")])
    return stamps.astype("datetime64[s]"), offset


def _numbers(column: pandas.Series, where: str) -> pandas.Series:
    """Numbers; blank cells are missing, other text is an issue."""
    numbers = pandas.to_numeric(column, errors="coerce").astype(float)
    text = column[numbers.isna() & column.notna()].astype(str).str.strip()
    odd = text[~text.isin(["", "nan", "NaN", "NA", "null", "-"])]
    if len(odd):
        what = f"{len(odd)} cells that are not numbers, the first '{odd.iloc[0][:40]}'"
        raise InputError([Issue(where, what, "numbers", "Correct or empty them")])
    return numbers.where(np.isfinite(numbers))


def _check_zones(frame: pandas.DataFrame, zones: Sequence[str] | None, name: str) -> None:
    """Zones that a scenario can name, and all that were asked for."""
    found = sorted(frame.zone.unique())
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
        first = f"one value an hour; the first is {odd.zone} at {odd.time:%Y-%m-%d %H:%M}"
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
