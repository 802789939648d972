"""``plan.xlsx``: a sheet a table with filters, real dates and numbers; the same bytes for the same plan."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from siting.core.plan import Plan
from siting.core.scratch import temporary_files_in_scratch
from siting.core.table import Cell
from siting.reference.columns import result_tables

FIXED = datetime(2026, 1, 1)
"""Date of creation written into the file: the real one would differ on each run."""
CHANGED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
DATE_FORMAT = "yyyy-mm-dd"
UNIT_FORMATS = (
    (re.compile(r"_usd$"), "#,##0"),
    (re.compile(r"(^|_)usd_per_\w+$"), "#,##0.00"),
    (re.compile(r"_frac$"), "0.00%"),
    (re.compile(r"_(mwh|mw_months|t|m3|acres)$"), "#,##0"),
    (re.compile(r"_mw$"), "#,##0.0"),
)
"""How numbers are shown, by the unit that ends the name of their column."""
WIDEST, NARROWEST = 48, 8
MOST_TEXT = 32_767
"""Characters that a cell of a spreadsheet holds."""


def write_workbook(plan: Plan, path: Path) -> None:
    """An index, sheets of provenance and of what columns mean, and a sheet a table."""
    book = new_book()
    tables = sorted(plan.tables.items())
    index = [(name, len(table), len(table.columns)) for name, table in tables]
    _sheet(book, "index", ("table", "rows", "columns"), index)
    _sheet(book, "provenance", ("what", "value"), _provenance(plan))
    _sheet(book, "dictionary", DICTIONARY, _dictionary(plan))
    for name, table in tables:
        rows = (tuple(row[column] for column in table.columns) for row in table)
        _sheet(book, name, table.columns, rows)
    path.write_bytes(content_of(book))


def new_book() -> Workbook:
    """A workbook without sheets and without the date of today."""
    book = Workbook()
    book.remove(book.active)
    book.properties.created = FIXED
    book.properties.creator = "siting"
    return book


def content_of(book: Workbook) -> bytes:
    """Bytes of a workbook: the same for the same sheets."""
    raw = BytesIO()
    with (
        temporary_files_in_scratch(),  # openpyxl writes each sheet to one
        _Undated(raw, "w", ZIP_DEFLATED, strict_timestamps=False) as archive,
    ):
        ExcelWriter(book, archive).save()
    return _without_clock(raw.getvalue())


class _Undated(ZipFile):
    """An archive that asks no clock: one that is wrong may say a year before 1980, which ZIP refuses."""

    def writestr(self, member: Any, data: Any, *options: Any) -> None:
        """Add content under a name."""
        name = member.filename if isinstance(member, ZipInfo) else member
        super().writestr(ZipInfo(name, FIXED.timetuple()[:6]), data, *options)


def _provenance(plan: Plan) -> list[tuple[Cell, Cell]]:
    """Where the plan comes from and how it was proven; sources of rows stand in ``sources``."""
    rows: list[tuple[Cell, Cell]] = [
        ("scenario", plan.name),
        ("title", plan.title),
        ("status", plan.status),
        ("objective_usd", plan.objective_usd),
        ("bound_usd", plan.bound_usd if abs(plan.bound_usd) < float("inf") else None),
        ("gap_frac", plan.gap if plan.gap < float("inf") else None),
        ("audit", "passed" if not plan.findings else f"{len(plan.findings)} findings"),
    ]
    rows += [(f"version of {name}", value) for name, value in sorted(plan.versions.items())]
    rows += [(f"SHA-256 of {name}", value) for name, value in sorted(plan.inputs.items())]
    return rows


DICTIONARY = ("table", "column", "meaning", "unit", "kind", "since")


def _dictionary(plan: Plan) -> list[tuple[Cell, ...]]:
    """What each column of the plan means."""
    return [
        (section.path, entry.name, entry.meaning, entry.unit, entry.kind, entry.since)
        for section in sorted(result_tables(), key=lambda section: section.path)
        if section.path in plan.tables
        for entry in section.entries
    ]


def _sheet(book: Any, name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """One sheet: bold frozen header, filter, widths by content."""
    sheet = book.create_sheet(name[:31])
    widths = [len(column) + 2 for column in columns]
    formats = [_number_format(column) for column in columns]
    for position, column in enumerate(columns, start=1):
        put(sheet.cell(1, position), column)
        sheet.cell(1, position).font = Font(bold=True)
    for line, row in enumerate(rows, start=2):
        for position, value in enumerate(row, start=1):
            if value is not None:
                put(sheet.cell(line, position), value, formats[position - 1])
                widths[position - 1] = max(widths[position - 1], len(str(value)[:WIDEST]))
    for position, width in enumerate(widths, start=1):
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = min(WIDEST, max(NARROWEST, width))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _number_format(column: str) -> str:
    """The format of the numbers of a column; empty where its name ends in no unit."""
    return next((shown for unit, shown in UNIT_FORMATS if unit.search(column)), "")


def put(cell: Any, value: Cell, number_format: str = "") -> None:
    """A value as what it is; text stays text whatever it looks like."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:MOST_TEXT]
        cell.data_type = "s"
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = DATE_FORMAT
    elif number_format and not isinstance(value, bool):
        cell.number_format = number_format


def _without_clock(raw: bytes) -> bytes:
    """The archive with fixed dates in place of those of this moment."""
    out = BytesIO()
    with ZipFile(BytesIO(raw)) as given, ZipFile(out, "w", ZIP_DEFLATED) as fixed:
        for name in given.namelist():
            data = given.read(name)
            if name == "docProps/core.xml":
                data = CHANGED.sub(rb"\g<1>2026-01-01T00:00:00Z\g<2>", data)
            fixed.writestr(ZipInfo(name, FIXED.timetuple()[:6]), data, ZIP_DEFLATED)
    return out.getvalue()
