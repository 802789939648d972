"""Cells of tables as planners type them: ``1,200``, ``12,5``, ``15 %``, ``$40``, ``Mar 2027``, ``2027``.

A number with a comma can mean two things. What it means in a file follows from those of its numbers that can
be read in one way only; where there is none, and the file is not separated by commas, it is refused. A date
is read where it can mean one day only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from siting.core.errors import InputError, Issue, first_of
from siting.core.magnitude import number_of

Kind = Literal["number", "share", "date", "list", ""]
KindOf = Callable[[str], Kind]
Rows = list[tuple[str, dict[str, object]]]
DECIMALS = (".", ",")
PARTS = re.compile(r"(\$?)\s*([-+]?)\s*([0-9][0-9., \u00a0\u202f']*)(%?)")
SPACED = re.compile(r"(?<=[0-9])[ \u00a0\u202f'](?=[0-9]{3}(?![0-9]))")
GROUPED = {d: re.compile(rf"[0-9]{{1,3}}(?:{re.escape(t)}[0-9]{{3}})*(?:{re.escape(d)}[0-9]+)?|"
                         rf"[0-9]+(?:{re.escape(d)}[0-9]*)?")
           for d, t in ((".", ","), (",", "."))}  # fmt: skip
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
YEARS = range(1900, 2201)
WANTED = "a date as YYYY-MM or YYYY-MM-DD"


def plain_cells(
    rows: Rows, kind_of: KindOf, name: str, delimiter: str = ",", decimal: str | None = None
) -> Rows:
    """Rows whose numbers have a decimal point and nothing else, and whose dates are ISO.

    Args:
        kind_of: what a column holds. name: how messages call the file. delimiter: of its cells.
        decimal: mark of its numbers, None where they tell.

    Raises:
        InputError: numbers or dates that can mean two things.
    """
    kinds = {column: kind_of(column) for column in dict.fromkeys(c for _, row in rows for c in row)}
    mark = decimal or _mark(list(_numbers(rows, kinds)), name, delimiter)
    issues: list[Issue] = []
    plain: Rows = []
    for where, row in rows:
        cells: dict[str, object] = {}
        for column, cell in row.items():
            try:
                cells[column] = _plain(cell, kinds[column], column, mark)
            except ValueError as error:
                what, _, fix = str(error).partition("|")
                issues.append(Issue(f"{where}: {column}", what, WANTED, fix))
        plain.append((where, cells))
    if issues:
        raise InputError(first_of(issues, name))
    return plain


def _numbers(rows: Rows, kinds: dict[str, Kind]) -> Iterator[tuple[str, str]]:
    """(place, digits) of the numbers that are written with a comma or a point."""
    for where, row in rows:
        for column, cell in row.items():
            if isinstance(cell, str) and kinds[column] in ("number", "share"):
                digits = _digits(cell, column)
                if digits is not None and ("," in digits[1] or "." in digits[1]):
                    yield f"{where}: {column}", digits[1]


def _digits(cell: str, column: str) -> tuple[str, str, bool] | None:
    """(sign, digits with their marks, whether in percent) of a number, None where it is none."""
    found = PARTS.fullmatch(cell.strip())
    if found is None or (found[1] and "usd" not in column.lower()):
        return None
    return found[2], SPACED.sub("", found[3].strip()), bool(found[4])


def _mark(numbers: list[tuple[str, str]], name: str, delimiter: str) -> str:
    """The decimal mark of a file.

    Raises:
        InputError: its numbers have both, or may have either.
    """
    sure: dict[str, tuple[str, str]] = {}
    unsure: list[tuple[str, str]] = []
    for place, digits in numbers:
        mark = _sure_mark(digits)
        if mark is None:
            unsure.append((place, digits))
        else:
            sure.setdefault(mark, (place, digits))
    if len(sure) > 1:
        place, digits = sure[","]
        other = f"'{sure['.'][1]}' in {sure['.'][0]}"
        what = f"'{digits}' has a decimal comma, and {other} a decimal point"
        raise InputError(
            [Issue(place, what, "one decimal mark in a file", "Write one of them anew")]
        )
    if sure:
        return next(iter(sure))
    if unsure and delimiter != ",":
        place, digits = unsure[0]
        low, high = re.sub("[.,]", ".", digits), re.sub("[.,]", "", digits)
        what = f"'{digits}' may be {low} or {high}"
        fix = "State decimal: ',' or decimal: '.' beside file"
        raise InputError([Issue(place, what, "a decimal mark that is known", fix)])
    return "."


def _sure_mark(digits: str) -> str | None:
    """The decimal mark that a number can only have, None where it may have either."""
    last = max(digits.rfind(","), digits.rfind("."))
    mark, other = digits[last], "," if digits[last] == "." else "."
    before, after = digits[:last], digits[last + 1 :]
    if other in before:
        return mark
    if mark in before:
        return other
    is_group = len(after) == 3 and 1 <= len(before) <= 3 and before[0] != "0"
    return None if is_group else mark


def _plain(cell: object, kind: Kind, column: str, mark: str) -> object:
    """A cell as text that the schema reads.

    Raises:
        ValueError: a date that is none, or may be two; what is wrong and what to do.
    """
    if kind == "date":
        return _date(cell)
    if not isinstance(cell, str):
        return cell
    if kind == "list":
        return [part.strip() for part in cell.split(";") if part.strip()]
    if kind in ("number", "share"):
        return _number(cell, kind, column, mark)
    return cell


def _number(cell: str, kind: Kind, column: str, mark: str) -> str:
    """A number in plain digits; what is none stays as it is, for the schema to refuse."""
    if mark == "." and number_of(cell) is not None:
        return cell
    found = _digits(cell, column)
    if found is None or not GROUPED[mark].fullmatch(found[1]):
        return cell
    sign, digits, is_percent = found
    thousands = "," if mark == "." else "."
    plain = sign + digits.replace(thousands, "").replace(mark, ".")
    if is_percent and kind != "share":
        return cell
    return f"{Decimal(plain) / 100:f}" if is_percent else plain


def _date(cell: object) -> object:
    """A date as ISO text; a year is its January."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        if cell in YEARS:
            return f"{cell}-01"
        raise ValueError(f"found number {cell}|Format the column as date")
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if re.fullmatch("[0-9]{4}", text):
        return f"{text}-01"
    if found := re.fullmatch(r"([0-9]{4})[/.]([0-9]{1,2})(?:[/.]([0-9]{1,2}))?", text):
        return "-".join(part.zfill(2) for part in found.groups() if part)
    if found := re.fullmatch(r"([A-Za-z]{3,9})\.?[ -]([0-9]{4})", text):
        months = [i for i, m in enumerate(MONTHS, 1) if m.startswith(found[1].lower())]
        return f"{found[2]}-{months[0]:02d}" if months else cell
    if found := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text):
        return _iso(found[3], found[2], found[1], cell)
    if found := re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text):
        first, second = int(found[1]), int(found[2])
        if first <= 12 and second <= 12 and first != second:
            one, two = (_iso(found[3], str(a), str(b), cell) for a, b in _both(first, second))
            raise ValueError(f"'{text}' may be {one} or {two}|Write one of these")
        month_day = (second, first) if first > 12 else (first, second)
        return _iso(found[3], str(month_day[0]), str(month_day[1]), cell)
    return cell


def _both(first: int, second: int) -> Iterable[tuple[int, int]]:
    """(month, day) in either order."""
    return (first, second), (second, first)


def _iso(year: str, month: str, day: str, cell: str) -> str:
    """A date, or the cell where there is no such day."""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return cell
