"""Read the tables of a plan folder back, with the type of every cell checked."""

from __future__ import annotations

import csv
import re
from datetime import date
from io import StringIO
from pathlib import Path

from siting.core.table import Cell, Row, Table
from siting.outputs.plain import UnreadableError, read_text, shown

NUMBER_SUFFIXES = (
    "_mw",
    "_mwh",
    "_mw_months",
    "_usd",
    "_usd_per_mw_day",
    "_km",
    "_kv",
    "_acres",
    "_t",
    "_m3",
    "_frac",
    "_weeks",
    "_pct",
    "_count",
    "count",
    "quantity",
    "usd",
    "acres",
)
NUMBERS = {"usd_per_mw_month", "year", "months", "slack_months", "acres_used", "buildable_acres"}
DATES = {"period_start", "period_end"}
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?(e[+-]?[0-9]{1,3})?")
"""How ``tables.py`` writes them; Python reads much else."""
MOST = 1e18
"""Size beyond which no plan has a number, and sums of products of such overflow."""


def read_plan_tables(folder: Path) -> tuple[dict[str, Table], list[str]]:
    """Tables by name, and findings for files and cells that are not what they should be."""
    tables: dict[str, Table] = {}
    findings: list[str] = []
    for path in csv_files(folder):
        where = f"tables/{shown(path.name)}"
        try:
            content = read_text(path)
        except UnreadableError as error:
            findings.append(f"table.text: {where}: {error}")
            continue
        tables[path.stem], wrong = _table(content, where)
        findings += wrong
    return tables, findings


def csv_files(folder: Path) -> list[Path]:
    """Everything in the folder of tables that is called a table."""
    inside = folder / "tables"
    if inside.is_symlink():
        return []
    try:
        return sorted(path for path in inside.iterdir() if path.suffix == ".csv")
    except OSError:
        return []


def _table(content: str, where: str) -> tuple[Table, list[str]]:
    """A table, and what is wrong with its cells; rows that are no rows are left out."""
    findings: list[str] = []
    reader = csv.reader(StringIO(content, newline=""))
    header: list[str] | None = None
    rows: list[Row] = []
    positions: list[int] = []
    line = 0
    while True:
        line += 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            findings.append(f"table.text: {where} line {line}: {error}")
            header = [] if header is None else header
            continue
        if header is None:
            header = cells
        elif len(cells) != len(header):
            what = f"{len(cells)} cells of {len(header)}"
            findings.append(f"table.cells: {where} line {line}: {what}")
        else:
            row, wrong = _row(header, cells)
            findings += [f"table.type: {where} line {line}: {what}" for what in wrong]
            rows.append(row)
            positions.append(line - 2)
    is_whole = positions == list(range(len(rows)))
    return Table(tuple(header or ()), tuple(rows), () if is_whole else tuple(positions)), findings


def _row(header: list[str], cells: list[str]) -> tuple[dict[str, Cell], list[str]]:
    """A row, and its cells that are not what their column holds, which are blank."""
    row: dict[str, Cell] = {}
    wrong: list[str] = []
    for column, text in zip(header, cells, strict=True):
        try:
            row[column] = parse_cell(column, text)
        except ValueError:
            wrong.append(f"{shown(column)} holds '{shown(text)}'")
            row[column] = None
    return row, wrong


def parse_cell(column: str, text: str) -> Cell:
    """A cell by the kind of its column.

    Raises:
        ValueError: text that is not a number, date or boolean where one belongs.
    """
    if text == "":
        return None
    if column.startswith("is_"):
        if text not in ("true", "false"):
            raise ValueError(text)
        return text == "true"
    if column.endswith("_date") or column in DATES:
        if not DATE.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    if column in NUMBERS or column.endswith(NUMBER_SUFFIXES):
        if not NUMBER.fullmatch(text) or abs(value := float(text)) > MOST:
            raise ValueError(text)
        return value
    return text.removeprefix("'")
