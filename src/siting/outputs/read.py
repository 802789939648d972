"""Read the tables of a plan folder back, with the type of every cell checked."""

from __future__ import annotations

import csv
import math
from datetime import date
from io import StringIO
from pathlib import Path

from siting.core.table import Cell, Row, Table

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
NUMBERS = {"year", "months", "slack_months", "acres_used", "buildable_acres"}
DATES = {"period_start", "period_end"}


def read_plan_tables(folder: Path) -> tuple[dict[str, Table], list[str]]:
    """Tables by name, and findings for cells that are not what their column holds."""
    tables: dict[str, Table] = {}
    findings: list[str] = []
    for path in sorted((folder / "tables").glob("*.csv")):
        try:
            content = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            findings.append(f"table.text: tables/{path.name}: byte {error.start} is no UTF-8")
            continue
        reader = csv.reader(StringIO(content, newline=""))
        header = next(reader, [])
        rows: list[Row] = []
        for line, cells in enumerate(reader, start=2):
            where = f"tables/{path.name} line {line}"
            if len(cells) != len(header):
                findings.append(f"table.cells: {where}: {len(cells)} cells of {len(header)}")
                continue
            row: dict[str, Cell] = {}
            for column, text in zip(header, cells, strict=True):
                try:
                    row[column] = parse_cell(column, text)
                except ValueError:
                    findings.append(f"table.type: {where}: {column} holds '{text[:40]}'")
                    row[column] = None
            rows.append(row)
        tables[path.stem] = Table(tuple(header), tuple(rows))
    return tables, findings


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
        return date.fromisoformat(text)
    if column in NUMBERS or column.endswith(NUMBER_SUFFIXES):
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(text)
        return value
    return text.removeprefix("'")
