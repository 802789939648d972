"""Tables as planners keep them: titles above the header, semicolons or tabs, hidden rows.

What the header is follows from the names that are looked for: it is the first of the first lines that holds
them, under the first separator with which one does. So nothing is guessed from what the rows hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from siting.layers.tabular import csv_text, header_of, lines_of, rows_of
from siting.layers.workbook import Line, read_sheets

MAX_ABOVE = 20
"""Lines among which the header is looked for: titles, units and notes stand above it."""
DELIMITERS = (",", ";", "\t")
SAVE = "Save it as CSV UTF-8, or state its encoding, for instance encoding: cp1252"
IsHeader = Callable[[Sequence[str]], bool]


@dataclass(frozen=True)
class Grid:
    """Rows of a table.

    Attributes:
        rows: (line, values) of each. hidden: numbers of lines that a workbook does not show.
        delimiter: of a CSV; a comma for a sheet.
    """

    rows: list[tuple[str, dict[str, object]]]
    hidden: tuple[int, ...] = ()
    delimiter: str = ","


def read_csv_grid(path: Path, name: str, encoding: str, is_header: IsHeader) -> Grid:
    """Rows of a CSV, with whatever separates its cells.

    Raises:
        InputError: another encoding, NUL bytes, ragged rows, or a header that repeats.
    """
    text = csv_text(path, name, encoding, SAVE)
    tried = []
    for delimiter in DELIMITERS:
        lines = lines_of(name, text, delimiter)
        below = _from_header(lines, is_header)
        if below is not None:
            return Grid(rows_of(name, below), delimiter=delimiter)
        tried.append((lines, delimiter))
    lines, delimiter = max(tried, key=lambda found: len(found[0][0][1]) if found[0] else 0)
    return Grid(rows_of(name, lines), delimiter=delimiter)


def read_sheet_grid(path: Path, name: str, sheet: str | None, is_header: IsHeader) -> Grid:
    """Rows of a sheet of a workbook, the only one that holds anything by default.

    Raises:
        InputError: not a workbook, several sheets and none named, or cells that cannot be used.
    """
    found = read_sheets(path, name, sheet)[0]
    lines = list(found.lines)
    below = _from_header(lines, is_header)
    kept = lines if below is None else below
    first = kept[0][0] if kept else 0
    return Grid(rows_of(name, kept), tuple(n for n in found.hidden if n > first))


def _from_header(lines: list[Line], is_header: IsHeader) -> list[Line] | None:
    """Lines from the header on, None where none is one."""
    heads = enumerate(lines[:MAX_ABOVE])
    first = next((i for i, (_, cells) in heads if is_header(header_of(cells))), None)
    return None if first is None else lines[first:]
