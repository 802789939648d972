"""From a table of hourly demand in any published layout to time, zone, MW and offset.

- EIA-930 six-month files: UTC and local time at the end of the hour, demand as the area reported it.
- Long: a time, a zone and a demand column, by one of the names below (PJM's ``hrl_load_metered``,
  NYISO's ``palIntegrated``, CAISO's OASIS, MISO's zones, EIA's open data, of which rows of another
  ``type`` than ``D``, demand, are left out).
- Wide: a time column, and a column of MW for each zone (ERCOT's native load, SPP's and CAISO's
  hourly files); ISO-NE's ``SMD`` sheets, of which the system load is taken.

Times name the start of an hour, but in columns whose name says that they end it, and where a date
stands beside the number of its hour, 1 to 24 (25 where clocks go back). A date may stand in columns of
year, month and day. Columns that only label rows, such as a fiscal year or a day of the week, are no zones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas

from siting.core.errors import InputError, Issue
from siting.demand.tables import HOUR, ZONES, numbers, texts, times

EIA_ZONE, EIA_UTC = "Balancing Authority", "UTC Time at End of Hour"
EIA_LOCAL, EIA_DEMAND = "Local Time at End of Hour", "Demand (MW)"
STARTS = (
    "time", "timestamp", "datetime", "period", "utc_time", "datetime_beginning_utc", "date_time",
    "intervalstarttime_gmt", "interval start", "time stamp", "datetime_beginning_ept", "hour",
    "__index_level_0__", "index", "date",
)  # fmt: skip
ENDS = ("hour ending", "hourending", "hour_ending", "hour_end", "markethour", "market hour",
        "datetime_ending")  # fmt: skip
DAYS = ("date", "market day", "marketday", "opr_dt", "data date", "operating day", "operday", "day")
HOURS = ("hour ending", "hourending", "hour_ending", "hr_end", "hour number", "opr_hr", "hr", "he",
         "hour")  # fmt: skip
ZONE_NAMES = (
    "zone", "respondent", "ba", "balancing_authority", "tac_area_name", "loadresource zone",
    "loadresourcezone", "load zone", "region", "name",
)  # fmt: skip
DEMANDS = (
    "demand_mw", "load_mw", "mw", "value", "demand", "load", "integrated load", "actualload (mwh)",
    "actual load (mwh)", "system_load", "rt_demand",
)  # fmt: skip
YEARS, MONTHS, FISCAL = ("year", "yr", "calendar year"), ("month", "mo", "mon"), (
    "fiscal year", "fiscal_year", "fy", "water year",
)  # fmt: skip
LABELS = {
    *YEARS, *MONTHS, *FISCAL, *HOURS, *DAYS, "fiscal month", "fiscal quarter", "quarter", "week", "season",
    "day of week", "dayofweek", "day_of_week", "weekday", "dow", "day type", "daytype", "day of year",
    "julian day", "holiday", "is_holiday", "dst", "dst flag", "hour of day",
    "hour of year", "month name", "he number", "row",
}  # fmt: skip
"""Columns that say when a row is in other words; none is a zone."""
BARE_HOUR = "(?:[Hh][Ee] *)?[0-9]{1,4}[Xx*]?(?::[0-9]{2})?"
"""What stands beside a date and is an hour or none, rather than a time of its own."""
ENDING = "(?:0?[1-9]|1[0-9]|2[0-5])[Xx*]?(?::00)?"
SYSTEM = {"system_load": "ISO-NE", "rt_demand": "ISO-NE"}
"""Columns of files of one area only."""
MAX_ZONES = 1000
"""Zones of a wide file."""
OFFSET_FRAC = 0.05
"""Share of an area's rows that makes an offset from UTC one of its own."""


def long_form(frame: pandas.DataFrame, name: str, notes: list[str]) -> pandas.DataFrame:
    """time (start of the hour), zone, mw and offset [h] from any layout.

    Raises:
        InputError: no columns of times and demand, or cells that are none.
    """
    columns: dict[str, str] = {}
    for column in frame.columns:
        columns.setdefault(" ".join(str(column).split()).lower(), column)
    if {EIA_ZONE.lower(), EIA_UTC.lower(), EIA_DEMAND.lower()} <= set(columns):
        return _from_eia(frame, columns, name, notes)
    stamps, offset, used = _stamps(frame, columns, name)
    zone = next((columns[c] for c in ZONE_NAMES if c in columns and columns[c] not in used), None)
    demand = next((columns[c] for c in DEMANDS if c in columns), None)
    if zone is not None and demand is None:
        raise InputError([Issue(name, "no column of demand", "demand_mw", "Rename it")])
    if zone is not None:
        found = pandas.DataFrame(
            {
                "time": stamps,
                "zone": texts(frame[zone]),
                "mw": numbers(frame[demand], f"{name}: {demand}"),
                "offset": offset,
            }
        )
        if "type" in columns:
            found = found[texts(frame[columns["type"]]).eq("D")]
        return _parts_summed(found, frame, columns, notes)
    single = next((c for c in SYSTEM if c in columns), None)
    if single is not None:
        mw = numbers(frame[columns[single]], f"{name}: {single}")
        return pandas.DataFrame(
            {"time": stamps, "zone": SYSTEM[single], "mw": mw, "offset": offset}
        )
    labels = [column for name, column in columns.items() if name in LABELS and column not in used]
    if labels:
        notes.append(f"columns that only label the hours are left out: {', '.join(labels)}")
    values = [column for column in frame.columns if column not in {*used, *labels}]
    if demand in values and len(values) > 1:
        others = ", ".join(f"'{column}'" for column in values if column != demand)[:200]
        what, fix = (
            f"'{demand}' beside {others}, and no column of zones",
            "Remove what is no demand",
        )
        raise InputError([Issue(name, what, "one column of demand, or one for each zone", fix)])
    if len(values) > MAX_ZONES:
        what = f"{len(values)} columns beside the time"
        raise InputError([Issue(name, what, f"at most {MAX_ZONES} zones", "Split the file")])
    wide = pandas.DataFrame({str(c).strip(): numbers(frame[c], f"{name}: {c}") for c in values})
    melted = wide.assign(time=stamps, offset=offset).melt(
        ["time", "offset"], var_name="zone", value_name="mw"
    )
    return melted[["time", "zone", "mw", "offset"]]


def _parts_summed(
    found: pandas.DataFrame, frame: pandas.DataFrame, columns: Mapping[str, str], notes: list[str]
) -> pandas.DataFrame:
    """PJM's areas of one zone in one hour as their sum."""
    if "load_area" not in columns:
        return found
    notes.append("areas of a zone (load_area) are summed")
    return (
        found.assign(part=texts(frame[columns["load_area"]]))
        .drop_duplicates(["time", "zone", "part", "mw"])
        .groupby(["time", "zone", "offset"], as_index=False)
        .agg({"mw": lambda cells: cells.sum(min_count=1)})[["time", "zone", "mw", "offset"]]
    )


def _stamps(
    frame: pandas.DataFrame, columns: Mapping[str, str], name: str
) -> tuple[pandas.Series, pandas.Series, set[str]]:
    """Starts of hours, offsets [h], and the columns that they come from."""
    hour = next((columns[c] for c in HOURS if c in columns), None)
    parts = _date_parts(frame, columns, name)
    if parts is not None and hour is not None:
        day, used = parts
        stamps, offset = times(day, f"{name}: {', '.join(sorted(used))}")
        return stamps + _hours(frame[hour], f"{name}: {hour}"), offset, {*used, hour}
    found = next((columns[c] for c in DAYS if c in columns), None)
    hour = next((columns[c] for c in HOURS if c in columns and columns[c] != found), None)
    if found is not None and hour is not None and texts(frame[hour]).str.fullmatch(BARE_HOUR).all():
        stamps, offset = times(frame[found], f"{name}: {found}")
        return stamps.dt.normalize() + _hours(frame[hour], f"{name}: {hour}"), offset, {found, hour}
    start = next((columns[c] for c in STARTS if c in columns), None)
    end = next((columns[c] for c in ENDS if c in columns), None)
    column = end if end is not None else start
    if column is None:
        expected = f"a column {', '.join(STARTS[:4])} or {STARTS[4]}, or those of a published file"
        raise InputError([Issue(name, "no column of times", expected, "Rename it")])
    cells, used = frame[column], {column}
    if "time zone" in columns and texts(frame[columns["time zone"]]).isin(list(ZONES)).all():
        used.add(columns["time zone"])
        cells = texts(cells) + " " + texts(frame[columns["time zone"]])
    elif pandas.api.types.is_string_dtype(cells):
        cells = cells.map(lambda cell: re.sub(r" ?DST$", "", str(cell)))
    stamps, offset = times(cells, f"{name}: {column}")
    return (stamps - HOUR if end is not None else stamps), offset, used


def _date_parts(
    frame: pandas.DataFrame, columns: Mapping[str, str], name: str
) -> tuple[pandas.Series, set[str]] | None:
    """Days from columns of year, month and day, and these columns.

    Raises:
        InputError: the only year is a fiscal one, which begins in another month for each owner.
    """
    if ({*STARTS, *ENDS, *DAYS} - {*HOURS, "day"}) & set(columns):
        return None
    year, month = (
        next((columns[c] for c in names if c in columns), None) for names in (YEARS, MONTHS)
    )
    if month is None or "day" not in columns:
        return None
    if year is None:
        fiscal = next((columns[c] for c in FISCAL if c in columns), None)
        if fiscal is None:
            return None
        what = f"the only year is the fiscal one of column '{fiscal}'"
        fix = "Add a column year with calendar years"
        raise InputError([Issue(name, what, "a calendar year or date", fix)])
    used = (year, month, columns["day"])
    cells = [texts(frame[column]).str.zfill(2) for column in used]
    return cells[0] + "-" + cells[1] + "-" + cells[2], set(used)


def _hours(column: pandas.Series, where: str) -> pandas.Series:
    """From the start of a day to that of a numbered hour: 1 to 24 end them, 0 to 23 begin them."""
    text = texts(column).str.replace("^HE *", "", case=False, regex=True)
    if not _are_hours(text):
        fits = text.str.fullmatch(ENDING)
        odd = text[~fits].iloc[0] if not fits.all() else "0 beside 24"
        raise InputError([Issue(where, f"'{odd[:40]}' is no hour", "1 to 24, or 0 to 23", "")])
    number = text.str.extract(r"^0?([0-9]{1,2})")[0].astype(int)
    return (number - (0 if number.min() == 0 else 1)) * HOUR


def _are_hours(column: pandas.Series) -> bool:
    """Whether cells number the hours of a day: 1 to 25, perhaps with a mark for the second one, or 0
    to 23."""
    text = texts(column)
    ends = text.str.fullmatch(ENDING)
    begins = text.str.fullmatch(r"0?[0-9]|1[0-9]|2[0-3]")
    return bool(len(text)) and bool(ends.all() or begins.all())


def is_header(cells: Sequence[str]) -> bool:
    """Whether a line names a column of times and at least one other; titles above a table do not."""
    names = {" ".join(cell.split()).lower() for cell in cells if cell.strip()}
    known = {*STARTS, *ENDS, *DAYS, *YEARS, EIA_UTC.lower()}
    return len(names) > 1 and bool(names & known)


def _from_eia(
    frame: pandas.DataFrame, columns: Mapping[str, str], name: str, notes: list[str]
) -> pandas.DataFrame:
    """The four columns of an EIA-930 balance file."""
    end, _ = times(frame[columns[EIA_UTC.lower()]], f"{name}: {EIA_UTC}")
    zone = texts(frame[columns[EIA_ZONE.lower()]])
    demand = numbers(frame[columns[EIA_DEMAND.lower()]], f"{name}: {EIA_DEMAND}")
    offset = pandas.Series(0, index=frame.index)
    if EIA_LOCAL.lower() in columns:
        local, _ = times(frame[columns[EIA_LOCAL.lower()]], f"{name}: {EIA_LOCAL}")
        offset = ((local - end) // HOUR).astype(int)
    found = pandas.DataFrame({"time": end - HOUR, "zone": zone, "mw": demand, "offset": offset})
    return _with_usual_offsets(found, notes)


def _with_usual_offsets(found: pandas.DataFrame, notes: list[str]) -> pandas.DataFrame:
    """Rows whose local time disagrees with most of their area take the area's usual offset."""
    counts = found.groupby(["zone", "offset"]).size()
    share = counts / counts.groupby(level="zone").transform("sum")
    usual = share[share >= OFFSET_FRAC].reset_index().groupby("zone").offset.agg(["min", "max"])
    low, high = found.zone.map(usual["min"]), found.zone.map(usual["max"])
    odd = (found.offset < low) | (found.offset > high)
    if odd.any():
        first = found[odd].iloc[0]
        notes.append(
            f"{int(odd.sum())} local times disagree with their UTC time and do not count, the first "
            f"of {first.zone} at {first.time.isoformat(sep=' ', timespec='minutes')} UTC"
        )
    return found.assign(offset=found.offset.where(~odd, low).astype(int))
