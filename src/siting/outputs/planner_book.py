"""A planner's workbook as xlsx or CSV: meaning and unit above each column, and words to choose from."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from siting.outputs.workbook import content_of, new_book, put
from siting.reference.fields import Entry
from siting.reference.sheets import Sheet

HEADER = 3
"""Line of the header: meaning and unit stand above it."""
FIRST, LAST = HEADER + 1, 2000
"""Lines in which choices are offered."""
MOST_LETTERS = 255
"""Letters of a list of choices that a cell may name; longer ones stand on a sheet."""
MOST_HINT = 250
LISTS = "lists"
WIDTH = 16
MEANING = Font(italic=True, color="5F6B6B", size=9)
GREY = PatternFill("solid", fgColor="EEF1F1")


def write_book(sheets: Sequence[Sheet], path: Path) -> None:
    """One workbook; the same bytes for the same sheets."""
    book = new_book()
    lists: dict[tuple[str, ...], str] = {}
    for sheet in sheets:
        _write(book, sheet, sheets, lists)
    if lists:
        page = book.create_sheet(LISTS)
        for column, words in enumerate(lists, start=1):
            for line, word in enumerate(words, start=1):
                put(page.cell(line, column), word)
        page.sheet_state = "hidden"
    path.write_bytes(content_of(book))


def write_csv(sheet: Sheet, path: Path) -> None:
    """One CSV, with the same lines above its header."""
    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(meaning_of(entry) for entry in sheet.columns)
    lines.writerow(unit_cell(entry) for entry in sheet.columns)
    lines.writerow(entry.name for entry in sheet.columns)
    for row in sheet.rows:
        lines.writerow("" if row.get(e.name) is None else row[e.name] for e in sheet.columns)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def meaning_of(entry: Entry) -> str:
    """What stands above a column."""
    return f"{entry.meaning} Required." if entry.is_required else entry.meaning


def unit_cell(entry: Entry) -> str:
    """Unit of a column, or what it holds."""
    kinds = {"id": "a short name", "share": "share: 0.15 or 15 %"}
    held = entry.unit or entry.kind
    return kinds.get(held, held)


def _write(
    book: Workbook, sheet: Sheet, sheets: Sequence[Sheet], lists: dict[tuple[str, ...], str]
) -> None:
    """A sheet: meaning, unit, header, rows; hints and choices in the cells below."""
    page = book.create_sheet(sheet.name)
    for position, entry in enumerate(sheet.columns, start=1):
        for line, text in enumerate((meaning_of(entry), unit_cell(entry), entry.name), start=1):
            cell = page.cell(line, position)
            put(cell, text)
            cell.fill = GREY
            cell.font = Font(bold=True) if line == HEADER else MEANING
            cell.alignment = Alignment(wrap_text=line < HEADER, vertical="top")
        letter = get_column_letter(position)
        page.column_dimensions[letter].width = max(WIDTH, len(entry.name) + 2)
        page.add_data_validation(
            _choice(sheet, entry, sheets, lists, f"{letter}{FIRST}:{letter}{LAST}")
        )
        for line, row in enumerate(sheet.rows, start=FIRST):
            value: Any = row.get(entry.name)
            if value is not None:
                put(page.cell(line, position), value)
    page.row_dimensions[1].height = 90
    page.freeze_panes = f"C{FIRST}"


def _choice(
    sheet: Sheet,
    entry: Entry,
    sheets: Sequence[Sheet],
    lists: dict[tuple[str, ...], str],
    cells: str,
) -> DataValidation:
    """What a column offers, and says when one of its cells is chosen."""
    words = tuple(sheet.options.get(entry.name, ()))
    formula = None
    if entry.name in sheet.listed:
        other = next(s for s in sheets if s.name == sheet.listed[entry.name])
        column = get_column_letter([e.name for e in other.columns].index("id") + 1)
        formula = f"={other.name}!${column}${FIRST}:${column}${LAST}"
    elif words and len(",".join(words)) <= MOST_LETTERS:
        formula = '"' + ",".join(words) + '"'
    elif words:
        column = lists.setdefault(words, get_column_letter(len(lists) + 1))
        formula = f"={LISTS}!${column}$1:${column}${len(words)}"
    choice = DataValidation(type="list" if formula else None, formula1=formula, allow_blank=True)
    choice.promptTitle = entry.name[:32]
    choice.prompt = f"{meaning_of(entry)} [{unit_cell(entry)}]"[:MOST_HINT]
    choice.showInputMessage = choice.showErrorMessage = True
    choice.add(cells)
    return choice
