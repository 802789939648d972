"""Write result tables as CSV, and the summary and scenario as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from siting.core.plan import Plan
from siting.core.table import Cell, Table

DIGITS = 15
"""Digits of a number: all that a double holds of any decimal, so nothing is lost in writing and 0.1 + 0.2
reads 0.3."""
NOTHING = 1e-12
"""Size up to which a number is the rounding of a sum that is zero."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet take text for a formula; such text gets a leading '."""

QUOTED = frozenset(',"\r\n')


def cell_text(cell: Cell) -> str:
    """A cell as CSV text.

    Raises:
        ValueError: an infinite number or none at all.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        if not math.isfinite(cell):
            raise ValueError(f"a table holds {cell}, which is not a number")
        rounded = 0.0 if abs(cell) <= NOTHING else float(f"{cell:.{DIGITS}g}")
        return str(int(rounded)) if rounded.is_integer() else repr(rounded)
    return f"'{cell}" if cell.startswith((*FORMULA_STARTS, "'")) else cell


def write_tables(tables: Mapping[str, Table], folder: Path) -> None:
    """One CSV a table, in UTF-8 with ISO dates."""
    folder.mkdir()
    for name, table in sorted(tables.items()):
        write_table(table, folder / f"{name}.csv")


def write_table(table: Table, path: Path) -> None:
    """One table as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_record(table.columns))
        for row in table:
            file.write(_record([cell_text(row[column]) for column in table.columns]))


def _record(cells: Sequence[str]) -> str:
    """A line of CSV; the csv module of Python 3.11 leaves a lone carriage return unquoted."""
    return ",".join(map(_quoted, cells)) + "\n"


def _quoted(text: str) -> str:
    """Text in quotes where it holds what ends a cell or a line."""
    return '"' + text.replace('"', '""') + '"' if QUOTED & set(text) else text


def summary(plan: Plan) -> dict[str, Any]:
    """``plan.json``."""
    return {
        "name": plan.name,
        "title": plan.title,
        "status": plan.status,
        "objective_usd": plan.objective_usd,
        "bound_usd": _proven(plan.bound_usd),
        "gap": _proven(plan.gap),
        "ended_by": plan.ended_by or None,
        "any_plan_usd": plan.any_plan_usd,
        "solve_seconds": round(plan.solve_seconds, 3),
        "goals": [result.as_json() for result in plan.goals],
        "model": {
            "rows": plan.model.rows,
            "columns": plan.model.columns,
            "integers": plan.model.integers,
            "nonzeros": plan.model.nonzeros,
        },
        "versions": dict(plan.versions),
        "inputs": dict(plan.inputs),
        "settings": dict(plan.settings),
        "audit": {"passed": not plan.findings, "findings": list(plan.findings)},
        "warnings": list(plan.warnings),
        "generated_by": f"siting {plan.versions.get('siting', '')}".strip(),
    }


def _proven(value: float) -> float | None:
    """A bound or gap; None where nothing was proven and it is infinite."""
    return None if math.isinf(value) else value


def write_json(data: Mapping[str, Any], path: Path) -> None:
    """JSON with sorted keys; a number that is not finite is an error."""
    text = json.dumps(
        data, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False, default=_date
    )
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _date(value: object) -> str:
    """Dates as ISO text; anything else is an error."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot write {type(value).__name__} as JSON")
