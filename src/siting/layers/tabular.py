"""Read CSV tables as text with the line of every row; rows by header, also for workbooks."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from siting.core.errors import InputError, Issue
from siting.layers.safety import MAX_COLUMN_NAME, MAX_COLUMNS, check_plain

MAX_ISSUES = 20


def read_csv(path: Path, name: str) -> list[tuple[str, dict[str, object]]]:
    """(line, values) of each row; cells stay text, blank ones are None.

    Raises:
        InputError: not UTF-8, NUL bytes, a ragged row, or a header that repeats.
    """
    return rows_of(name, csv_lines(path, name))


def csv_lines(path: Path, name: str) -> list[tuple[int, list[object]]]:
    """Lines that hold anything, with their numbers.

    Raises:
        InputError: not UTF-8, NUL bytes, or no CSV.
    """
    return lines_of(name, csv_text(path, name))


def csv_text(path: Path, name: str, encoding: str = "utf-8", fix: str = "Save it as UTF-8") -> str:
    """Text of a CSV.

    Args:
        encoding: of its bytes. fix: what to do where it is another one.

    Raises:
        InputError: not a plain file, one that is too large, another encoding, or NUL bytes.
    """
    check_plain(path, name)
    try:
        text = path.read_bytes().decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise InputError([Issue(name, what, "a readable file", "")]) from error
    except UnicodeError as error:
        at = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        known = encoding.upper()
        raise InputError([Issue(name, f"not {known}{at}", f"{known} text", fix)]) from error
    if "\x00" in text:
        raise InputError([Issue(name, "NUL bytes", "plain text", "Save it as CSV")])
    return text


def lines_of(name: str, text: str, delimiter: str = ",") -> list[tuple[int, list[object]]]:
    """Lines of a text that hold anything, with their numbers.

    Raises:
        InputError: no CSV.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[tuple[int, list[object]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((reader.line_num, list(cells)))
    except csv.Error as error:
        raise InputError(
            [Issue(f"{name}:{reader.line_num}", f"not CSV: {error}", "comma-separated text", "")]
        ) from error
    return lines


def header_of(cells: Sequence[object]) -> list[str]:
    """Names of the columns that a line of cells gives."""
    return ["" if cell is None else " ".join(str(cell).split()) for cell in cells]


def rows_of(
    name: str, lines: list[tuple[int, list[object]]]
) -> list[tuple[str, dict[str, object]]]:
    """Rows by header, with ragged rows and repeated headers refused."""
    if not lines:
        return []
    header = header_of(lines[0][1])
    if len(header) > MAX_COLUMNS or max(map(len, header)) > MAX_COLUMN_NAME:
        limit = f"at most {MAX_COLUMNS} columns, names of at most {MAX_COLUMN_NAME} characters"
        raise InputError([Issue(f"{name}:{lines[0][0]}", "no header of a table", limit, "")])
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
            if len(issues) >= MAX_ISSUES:
                break
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
