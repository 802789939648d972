"""Read CSV and xlsx tables as text and numbers, with the line of every row."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, datetime
from pathlib import Path

from siting.core.errors import InputError, Issue

MAX_FIELD = 100_000


def read_csv(path: Path, name: str) -> list[tuple[str, dict[str, object]]]:
    """(line, values) of each row; cells stay text, blank ones are None.

    Raises:
        InputError: not UTF-8, NUL bytes, a ragged row, or a header that repeats.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            [Issue(name, f"not UTF-8 at byte {error.start}", "UTF-8 text", "Save it as UTF-8")]
        ) from error
    if "\x00" in text:
        raise InputError([Issue(name, "NUL bytes", "plain text", "Save it as CSV")])
    reader = csv.reader(io.StringIO(text, newline=""))
    lines: list[tuple[int, list[object]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((reader.line_num, list(cells)))
    except csv.Error as error:
        raise InputError(
            [Issue(f"{name}:{reader.line_num}", f"not CSV: {error}", "comma-separated text", "")]
        ) from error
    return _rows(name, lines)


def read_xlsx(path: Path, name: str, sheet: str | None) -> list[tuple[str, dict[str, object]]]:
    """(line, values) of each row of a sheet, the first by default; formulas give their last value."""
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise InputError([Issue(name, f"not a workbook: {error}", "an xlsx file", "")]) from error
    if sheet is not None and sheet not in book.sheetnames:
        raise InputError(
            [Issue(name, f"no sheet '{sheet}'", f"one of {book.sheetnames}", "Correct layer")]
        )
    page = book[sheet] if sheet is not None else book.worksheets[0]
    lines = []
    for number, cells in enumerate(page.iter_rows(values_only=True), start=1):
        if any(cell is not None for cell in cells):
            lines.append((number, [_cell(cell) for cell in cells]))
    book.close()
    return _rows(name, lines)


def _cell(value: object) -> object:
    """A cell as text, number, boolean or None; dates as ISO text."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _rows(name: str, lines: list[tuple[int, list[object]]]) -> list[tuple[str, dict[str, object]]]:
    """Rows by header, with ragged rows and repeated headers refused."""
    if not lines:
        return []
    header = [str(cell or "").strip() for cell in lines[0][1]]
    issues = [
        Issue(
            f"{name}:{lines[0][0]}",
            f"the column '{column}' {count} times",
            "each column once",
            "Rename one of them",
        )
        for column, count in Counter(header).items()
        if count > 1 and column
    ]
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            issues.append(
                Issue(
                    f"{name}:{line}",
                    f"{len(cells)} cells",
                    f"{len(header)}, as the header",
                    "Quote text that holds commas",
                )
            )
    if issues:
        raise InputError(issues)
    rows: list[tuple[str, dict[str, object]]] = []
    for line, cells in lines[1:]:
        values: dict[str, object] = {}
        for column, cell in zip(header, cells, strict=True):
            if column:
                values[column] = None if isinstance(cell, str) and not cell.strip() else cell
        rows.append((f"{name}:{line}", values))
    return rows
