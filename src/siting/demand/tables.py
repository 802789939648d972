"""Tables of hourly demand as text: CSV, xlsx and Parquet, and what counts as a time or a number."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas

from siting.core.errors import InputError, Issue
from siting.core.magnitude import GROUPED, NUMBER
from siting.layers.read import text_of
from siting.layers.room import Asked, reading
from siting.layers.safety import MAX_COLUMN_NAME, MAX_COLUMNS, check_file, refused
from siting.layers.tabular import rows_of
from siting.layers.workbook import read_sheets

MISSING = {"", "nan", "NaN", "NA", "N/A", "null", "-"}
ZONES = {
    "UTC": "+00:00", "GMT": "+00:00", "Z": "+00:00", "EST": "-05:00", "EDT": "-04:00",
    "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00",
    "PDT": "-07:00",
}  # fmt: skip
"""Names of time zones that stand behind times."""
FORMS = ("ISO8601", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M",
         "%m/%d/%Y %H:%M:%S", "%m/%d/%Y", "%Y%m%d %H:%M")  # fmt: skip
"""How times are written; each column by the first that fits most of it."""
OTHER_MARKS = {";": "semicolons", "\t": "tabs"}
TITLES = 40
"""Lines in which the header is looked for."""
HOUR = pandas.Timedelta(hours=1)
FIRST_YEAR, LAST_YEAR = 1900, 2200


def read_table(path: Path, is_header: Callable[[Sequence[str]], bool]) -> pandas.DataFrame:
    """A table as found: text, or the types of Parquet. An index becomes a column.

    Args:
        is_header: whether cells are the header of a table, which may stand below titles.

    Raises:
        InputError: not a table, or one that cannot be read.
    """
    name = path.name
    kind = check_file(path, name)
    if kind == ".parquet":
        with reading(Asked(str(path), kind), name) as (_, batches):
            frames = [batch.to_pandas() for batch in batches]
        return pandas.concat(frames, ignore_index=True) if frames else pandas.DataFrame()
    if kind == ".xlsx":
        lines = read_sheets(path, name)[0].lines
        first = _first([list(map(text_of, cells)) for _, cells in lines[:TITLES]], is_header)
        rows = [values for _, values in rows_of(name, list(lines[first:]))]
        frame = pandas.DataFrame(rows, dtype=object)
        return frame.map(text_of)
    if kind != ".csv":
        raise refused(name, f"a {kind} file", "CSV, xlsx or Parquet", "Convert it")
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("error", pandas.errors.ParserWarning)  # of rows that are too long
            titles = _titles(file, name, is_header)
            file.seek(titles)
            frame = pandas.read_csv(
                file, dtype=str, keep_default_na=False, na_filter=False, index_col=False,
                encoding="utf-8" if titles else "utf-8-sig", skipinitialspace=True,
            )  # fmt: skip
    except UnicodeDecodeError as error:
        raise refused(name, "not UTF-8", "UTF-8 text", "Save it as UTF-8") from error
    except (ValueError, OSError, pandas.errors.ParserWarning) as error:
        what = f"cannot be read: {' '.join(str(error).split())[:200]}"
        raise refused(name, what, "a table of hours") from error
    frame.columns = [" ".join(str(column).split()) for column in frame.columns]
    return frame


def _titles(file: IO[bytes], name: str, is_header: Callable[[Sequence[str]], bool]) -> int:
    """Bytes of the lines above the header of a CSV."""
    lines = [file.readline(MAX_COLUMNS * MAX_COLUMN_NAME) for _ in range(TITLES)]
    if lines[0].count(b",") > MAX_COLUMNS:
        raise refused(name, f"more than {MAX_COLUMNS} columns", "fewer")
    texts = [line.decode("utf-8", "replace").removeprefix("\ufeff") for line in lines]
    by_mark = {mark: [_cells(text, mark) for text in texts] for mark in (",", *OTHER_MARKS)}
    other = next((m for m in by_mark if any(map(is_header, by_mark[m]))), ",")
    if other != ",":
        what, fix = f"cells separated by {OTHER_MARKS[other]}", "Save it as CSV with decimal points"
        raise refused(name, what, "cells separated by commas", fix)
    return sum(map(len, lines[: _first(by_mark[","], is_header)]))


def _cells(line: str, mark: str) -> list[str]:
    """Cells of a line of titles or of the header."""
    return [cell.strip(' "\r\n') for cell in line.split(mark)]


def _first(lines: Sequence[Sequence[str]], is_header: Callable[[Sequence[str]], bool]) -> int:
    """Position of the header among the first lines; the first one where none is known."""
    return next((i for i, cells in enumerate(lines) if is_header(cells)), 0)


def texts(column: pandas.Series) -> pandas.Series:
    """Cells as stripped text, whole numbers without a point; missing ones are empty."""
    if column.dtype == object or isinstance(column.dtype, pandas.StringDtype):
        return column.map(lambda cell: cell.strip() if isinstance(cell, str) else _text(cell))
    return column.map(_text)


def _text(cell: Any) -> str:
    """A cell as text; a missing one is empty."""
    return "" if cell is None or pandas.isna(cell) else text_of(cell)


def numbers(column: pandas.Series, where: str) -> pandas.Series:
    """Numbers; blank cells are missing, other text is an issue."""
    if pandas.api.types.is_numeric_dtype(column) and not pandas.api.types.is_bool_dtype(column):
        found = column.astype(float)
        return found.where(np.isfinite(found))
    text = texts(column)
    grouped = text.str.fullmatch(GROUPED.pattern)
    plain = text.where(~grouped, text.str.replace(",", "", regex=False))
    blank = plain.isin(MISSING)
    fits = plain.str.fullmatch(NUMBER.pattern) & plain.str.isascii()
    odd = text[~blank & ~fits]
    if len(odd):
        what = f"{len(odd)} cells that are not numbers, the first '{odd.iloc[0][:40]}'"
        fix = "Correct or empty them; decimals take a point"
        raise InputError([Issue(where, what, "numbers", fix)])
    found = pandas.to_numeric(plain.where(fits), errors="coerce").astype(float)
    return found.where(np.isfinite(found))


def times(column: pandas.Series, where: str) -> tuple[pandas.Series, pandas.Series]:
    """Hours without a zone, in UTC where the text has an offset, and the offsets [h]."""
    none = pandas.Series(0, index=column.index)
    if isinstance(column.dtype, pandas.DatetimeTZDtype):
        local = column.dt.tz_localize(None)
        stamps = column.dt.tz_convert("UTC").dt.tz_localize(None)
        shift = ((local - stamps) // HOUR).fillna(0).astype(int)
    elif pandas.api.types.is_datetime64_dtype(column):
        stamps, shift = column, none
    else:
        stamps, shift = _parsed(texts(column))
    bad = column[stamps.isna()]
    if len(bad):
        what = f"{len(bad)} times that cannot be read, the first '{str(bad.iloc[0])[:40]}'"
        raise InputError([Issue(where, what, "2024-01-31T13:00 or 2024-01-31 13:00-05:00", "")])
    year = stamps.dt.year
    far = column[(year < FIRST_YEAR) | (year > LAST_YEAR)]
    if len(far):
        what = f"{len(far)} times before {FIRST_YEAR} or after {LAST_YEAR}, the first "
        what += f"'{str(far.iloc[0])[:40]}'"
        raise InputError([Issue(where, what, "sixty years at most", "Correct the times")])
    uneven = stamps[(stamps.dt.minute != 0) | (stamps.dt.second != 0)]
    if len(uneven):
        what = f"{len(uneven)} times that are not whole hours, the first {uneven.iloc[0]}"
        raise InputError([Issue(where, what, "one value an hour", "Average it to hours")])
    return stamps.astype("datetime64[s]"), shift


def _parsed(text: pandas.Series) -> tuple[pandas.Series, pandas.Series]:
    """Times of text and their offsets; what cannot be read is missing."""
    named = text.str.extract(r"^(.*\d(?: ?[AaPp][Mm])?) ?([A-Z]{1,3})$")
    known = named[1].isin(list(ZONES))
    text = text.where(~known, named[0] + named[1].map(ZONES))
    late = text.str.contains(r"[ T]24:00(?::00)?", regex=True)
    text = text.str.replace(r"([ T])24:00", r"\g<1>00:00", regex=True)
    found = text.str.extract(r"^(.*[T ].*?)([+-]\d{2})(:?\d{2})?$")
    shift = found[1].fillna("0").astype(int)
    stamps = pandas.Series(pandas.NaT, index=text.index, dtype="datetime64[s, UTC]")
    for form in FORMS:
        left = stamps.isna()
        if not left.any():
            break
        pattern = f"{form}%z" if form != "ISO8601" and found[1].notna().any() else form
        try:
            tried = pandas.to_datetime(text[left], format=pattern, errors="coerce", utc=True)
        except (ValueError, OverflowError):
            continue
        stamps = stamps.fillna(tried.astype("datetime64[s, UTC]"))
    stamps = stamps.dt.tz_localize(None)
    return stamps.where(~late, stamps + pandas.Timedelta(days=1)), shift
