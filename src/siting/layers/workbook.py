"""Read a sheet of an xlsx workbook: its cells as they stand, within limits of bytes and cells.

Only what a table needs is read: values, shared texts, and which styles are dates. Formulas give the
value that was stored with them; one without is refused, since a program wrote it and nothing has
computed it yet. Macros, links and drawings are never looked at.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from siting.core.errors import InputError, Issue
from siting.core.warnings import listed
from siting.layers.safety import MAX_TEXT, checked_members, growth, member_bytes, refused

MAX_CELLS = 1_000_000
TRUTHS = {"1": True, "true": True, "0": False, "false": False}
MAX_COLUMN, MAX_LINE = 16_384, 1_048_576
"""Of a sheet, by the format."""
MAX_ISSUES = 20
MAX_DEPTH = 32
CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Numbers of the built-in formats that are dates or times."""
NOT_A_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
Line = tuple[int, list[object]]


@dataclass(frozen=True)
class Sheet:
    """A sheet as found: its lines with their numbers, cells by position.

    Attributes:
        hidden: numbers of lines that hold something and are not shown.
    """

    name: str
    lines: tuple[Line, ...]
    hidden: tuple[int, ...] = ()


def read_sheets(
    path: Path, name: str, sheet: str | None = None, is_all: bool = False
) -> tuple[Sheet, ...]:
    """The named sheet, the only one, or all of them.

    Raises:
        InputError: not a workbook, no such sheet, several and none named, or cells that cannot be used.
    """
    book = _Book(path, name)
    targets = book.targets()
    if is_all:
        return tuple(book.sheet(title) for title in targets)
    if sheet is not None and sheet not in targets:
        raise refused(
            name, f"no sheet '{sheet[:60]}'", f"one of {listed([*targets], 20)}", "Correct layer"
        )
    if sheet is not None:
        return (book.sheet(sheet),)
    found = [part for part in (book.sheet(title) for title in targets) if part.lines]
    if len(found) > 1:
        titles = listed((part.name for part in found), 20)
        fix = f"State which, for instance layer: {found[0].name}"
        raise refused(name, f"several sheets: {titles}", "one sheet", fix)
    return (found[0] if found else Sheet(name, ()),)


class _Book:
    """A workbook, unpacked part by part."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        self.members = {member.filename for member in checked_members(path, name)}
        self.most = growth(path.stat().st_size)
        self.left = MAX_CELLS
        self.texts = self._texts()
        self.formats = self._date_styles()
        self.is_1904 = False

    def _xml(self, member: str) -> bytes:
        """A part; one with a document type, which could hold entities, is refused."""
        content = member_bytes(self.path, member, self.name, self.most)
        self.most -= len(content)
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise refused(self.name, f"a document type in {member[:60]}", "a plain workbook")
        return content

    def _elements(self, member: str, wanted: str) -> Iterator[ElementTree.Element]:
        """Elements of a part by local name, each cleared after use."""
        try:
            depth = 0
            parser = ElementTree.iterparse(io.BytesIO(self._xml(member)), ("start", "end"))
            for event, element in parser:
                depth += 1 if event == "start" else -1
                if depth > MAX_DEPTH:
                    raise ValueError("nested too deeply")
                if event == "end" and element.tag.rpartition("}")[2] == wanted:
                    yield element
                    element.clear()
        except (ElementTree.ParseError, LookupError, ValueError) as error:
            raise refused(self.name, f"not a workbook: {member[:60]}: {error}", "xlsx") from error

    def targets(self) -> dict[str, str]:
        """Member of each sheet by its title, in the order of the workbook."""
        members = {
            str(link.get("Id")): str(link.get("Target"))
            for link in self._elements("xl/_rels/workbook.xml.rels", "Relationship")
        }
        found = {}
        book = self._xml("xl/workbook.xml")
        self.is_1904 = re.search(rb'date1904="(1|true)"', book) is not None
        for sheet in self._elements("xl/workbook.xml", "sheet"):
            link = next((v for k, v in sheet.attrib.items() if k.rpartition("}")[2] == "id"), "")
            target = members.get(link, "").lstrip("/")
            member = target if target.startswith("xl/") else f"xl/{target}"
            if sheet.get("sheetId") is None:
                raise refused(self.name, "not a workbook: a sheet without sheetId", "an xlsx file")
            if member in self.members and sheet.get("name"):
                found[str(sheet.get("name"))] = member
        if not found:
            raise refused(self.name, "not a workbook: it has no sheet", "an xlsx file")
        return found

    def _texts(self) -> list[str]:
        """The shared texts; readings aids are no part of them."""
        if "xl/sharedStrings.xml" not in self.members:
            return []
        items = self._elements("xl/sharedStrings.xml", "si")
        texts = [_text(item) for item in islice(items, MAX_CELLS + 1)]
        if len(texts) > MAX_CELLS:
            raise refused(self.name, f"more than {MAX_CELLS:,} texts", "a smaller workbook")
        return texts

    def _date_styles(self) -> set[int]:
        """Styles whose numbers are dates."""
        if "xl/styles.xml" not in self.members:
            return set()
        made: set[str] = set()
        styles: set[int] = set()
        for element in self._elements("xl/styles.xml", "numFmt"):
            if re.search("[dmyhs]", NOT_A_FORMAT.sub("", element.get("formatCode", "").lower())):
                made.add(element.get("numFmtId", ""))
        for element in self._elements("xl/styles.xml", "cellXfs"):
            for number, style in enumerate(element):
                code = style.get("numFmtId", "0")
                if code in made or (code.isdigit() and int(code) in DATE_FORMATS):
                    styles.add(number)
        return styles

    def sheet(self, title: str) -> Sheet:
        """Lines of a sheet that hold anything."""
        member = self.targets()[title]
        lines: list[Line] = []
        issues: list[Issue] = []
        number = width = 0
        hidden: list[int] = []
        for row in self._elements(member, "row"):
            stated = row.get("r", "")
            number = int(stated) if re.fullmatch("[1-9][0-9]{0,6}", stated) else number + 1
            cells = self._cells(row, number, issues)
            if len(issues) >= MAX_ISSUES:
                raise InputError(issues)
            if cells:
                width = max(width, *cells) if len(cells) > 1 else max(width, next(iter(cells)))
                self.left -= max(cells)
                if row.get("hidden") in ("1", "true"):
                    hidden.append(number)
                lines.append((number, [cells.get(i) for i in range(1, max(cells) + 1)]))
            if self.left < 0:
                what = f"more than {MAX_CELLS:,} cells, empty ones between them included"
                raise refused(self.name, what, "a smaller sheet", "Save it as CSV")
        if issues:
            raise InputError(issues)
        if width * len(lines) > MAX_CELLS:
            what = f"{len(lines):,} rows of {width:,} columns"
            raise refused(self.name, what, f"at most {MAX_CELLS:,} cells", "Save it as CSV")
        filled = tuple((n, c + [None] * (width - len(c))) for n, c in lines)
        return Sheet(title, filled, tuple(hidden))

    def _cells(
        self, row: ElementTree.Element, number: int, issues: list[Issue]
    ) -> dict[int, object]:
        """Cells of a row that hold anything, by column."""
        cells: dict[int, object] = {}
        column = 0
        for cell in row:
            place = CELL.fullmatch(cell.get("r", ""))
            column = _column(place[1]) if place else column + 1
            if column > MAX_COLUMN:
                raise refused(f"{self.name}:{number}", "a column beyond XFD", "at most 16,384")
            try:
                value = self._value(cell)
            except ValueError as error:
                where = f"{self.name}:{number}: {cell.get('r', f'column {column}')[:20]}"
                issues.append(Issue(where, str(error)[:100], "a value", "Correct the cell"))
                continue
            if column in cells:
                where = f"{self.name}:{number}: column {column}"
                issues.append(Issue(where, "a cell that stands twice", "each cell once", ""))
            elif value is not None:
                cells[column] = value
        return cells

    def _value(self, cell: ElementTree.Element) -> object:
        """Value of a cell.

        Raises:
            ValueError: a formula without a stored value, an error of the program, or nonsense.
        """
        parts = {part.tag.rpartition("}")[2]: part for part in cell}
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _text(parts["is"]) if "is" in parts else None
        raw = parts["v"].text if "v" in parts else None
        if raw is None:
            if "f" in parts and kind != "str":
                raise ValueError(
                    "a formula without a stored value; open and save the workbook once"
                )
            return None
        if kind == "s":
            if not 0 <= int(raw) < len(self.texts):
                raise ValueError(f"text {raw[:20]} of {len(self.texts)} in the workbook")
            return self.texts[int(raw)]
        if kind == "b":
            if raw.strip() not in TRUTHS:
                raise ValueError(f"{raw[:20]} in place of true or false")
            return TRUTHS[raw.strip()]
        if kind == "e":
            raise ValueError(f"the error {raw[:20]}")
        if kind == "d":
            return raw.removesuffix("T00:00:00")
        if kind != "n":
            return raw
        is_date = cell.get("s", "").isdigit() and int(cell.get("s", "0")) in self.formats
        return _moment(float(raw), self.is_1904) if is_date else _number(raw)


def _text(item: ElementTree.Element) -> str:
    """Text of an item: of itself or of its runs, without the reading aids of Japanese."""
    parts = []
    for part in item:
        tag = part.tag.rpartition("}")[2]
        if tag == "t":
            parts.append(part.text or "")
        elif tag == "r":
            parts += [t.text or "" for t in part if t.tag.rpartition("}")[2] == "t"]
    return "".join(parts)[: MAX_TEXT + 1]


def _column(letters: str) -> int:
    """Number of a column, 1 for A."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _number(raw: str) -> object:
    """A number, whole where it is written so."""
    text = raw.strip()
    if re.fullmatch("-?[0-9]{1,15}", text):
        return int(text)
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is no number")
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _moment(value: float, is_1904: bool) -> str:
    """A date as ISO text, with its time of day where it has one."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    try:
        epoch: Any = CALENDAR_MAC_1904 if is_1904 else CALENDAR_WINDOWS_1900
        moment = from_excel(value, epoch)
    except (OverflowError, ValueError) as error:
        raise ValueError(f"{value:g} is no date") from error
    if isinstance(moment, datetime):
        whole = moment.time() == time()
        return moment.date().isoformat() if whole else moment.isoformat(timespec="seconds")
    return moment.isoformat() if isinstance(moment, date | time) else str(moment)
