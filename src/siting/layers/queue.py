"""Interconnection queues to rivals: what else claims the grid, with what probability and when.

Layout: that of CAISO's public queue report with its three sheets in one table; ``sheet_outcome`` is
active, completed or withdrawn, ``mw_poi`` the MW at the point of interconnection. The rule:

- every active project is a rival of its ``mw_poi``;
- its probability is the share of the projects of its first technology that were completed among
  those completed or withdrawn, if the file has at least 20 of them, else that share of all;
- its date is the current commercial operation date, else the requested one; a date before the last
  entry of the file has passed without operation and becomes that of the last entry.

Rows without a queue id (blank and disclaimer rows of the workbook), and active projects without MW or
date, are left out and counted. Whether a project takes headroom of load is for the planner to judge.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from siting.core.errors import InputError, Issue
from siting.core.table import Row, Table
from siting.core.wording import IDENTIFIER
from siting.layers.safety import check_file
from siting.layers.tabular import read_csv

NEEDED = ("sheet_outcome", "queue_id", "project_name", "tech_1", "mw_poi", "poi")
NEEDED_DATES = ("date_cod_requested", "date_cod_current_or_actual")
ENTRY_DATES = ("date_received", "date_queue", "date_withdrawn")
ACTIVE, COMPLETED, WITHDRAWN = "active", "completed", "withdrawn"
FEWEST = 20
"""Resolved projects of a technology from which its own share counts."""
MAX_ISSUES = 20
COLUMNS = (
    "id", "name", "technology", "zone", "node", "draw_mw", "in_service", "probability_frac",
    "estimated", "source",
)  # fmt: skip

Cells = Mapping[str, object]


@dataclass(frozen=True)
class Queue:
    """Rivals from a queue.

    Attributes:
        rivals: rows that ``components.headroom.rivals`` takes. as_of: date of the last entry.
        notes: what was left out or moved, with counts.
    """

    rivals: Table
    as_of: date
    notes: tuple[str, ...]


def read_queue(
    path: Path,
    zone: str,
    nodes: Mapping[str, str] | None = None,
    probability_frac: float | None = None,
) -> Queue:
    """Read a queue as rivals.

    Args:
        path: a CSV file. zone: of projects whose point of interconnection is not in ``nodes``.
        nodes: node by point of interconnection as the file writes it.
        probability_frac: of every project, instead of the rule.

    Raises:
        InputError: missing columns, or cells that are not numbers or dates.
    """
    name = path.name
    check_file(path, name)
    rows = read_csv(path, name)
    found = set(rows[0][1]) if rows else set()
    missing = [column for column in (*NEEDED, *NEEDED_DATES) if column not in found]
    issues = [
        Issue(name, f"no column '{column}'", "the columns of CAISO's queue", "Rename the column")
        for column in missing
    ]
    if not re.fullmatch(IDENTIFIER, zone):
        issues.append(Issue("--zone", f"'{zone[:60]}'", "letters, digits, . _ and -", ""))
    if issues:
        raise InputError(issues)
    kept = [(where, cells) for where, cells in rows if cells["queue_id"] is not None]
    dates = {where: _dates(where, cells, issues) for where, cells in kept}
    if issues:
        raise InputError(issues[:MAX_ISSUES])
    entries = [
        day for of in dates.values() for key, day in of.items() if key in ENTRY_DATES and day
    ]
    if not entries:
        raise InputError([Issue(name, "no date of any entry", "date_queue", "Fill it in")])
    as_of = max(entries)
    shares = completion_shares([cells for _, cells in kept])
    notes = Counter({"rows without a queue id are left out": len(rows) - len(kept)})
    rivals: dict[str, Row] = {}
    for where, cells in kept:
        if _text(cells, "sheet_outcome").lower() != ACTIVE:
            continue
        mw = _number(where, cells, issues)
        row = _rival(cells, mw, dates[where], as_of, shares, notes)
        if row is None:
            continue
        if row["id"] in rivals:
            fix = "Rename or remove one"
            issues.append(Issue(where, f"the active project '{row['id']}' again", "once", fix))
        chosen = {} if probability_frac is None else {"probability_frac": probability_frac}
        node = (nodes or {}).get(_text(cells, "poi"))
        place = {"zone": None if node else zone, "node": node}
        rivals[str(row["id"])] = {**row, **chosen, **place, "source": where}
    if issues:
        raise InputError(issues[:MAX_ISSUES])
    said = tuple(f"{count} {what}" for what, count in sorted(notes.items()) if count)
    return Queue(Table.of(COLUMNS, (rivals[key] for key in sorted(rivals))), as_of, said)


def completion_shares(rows: list[Cells]) -> dict[str, float]:
    """Share completed of the projects completed or withdrawn, by technology; ``""`` for all."""
    done: Counter[str] = Counter()
    resolved: Counter[str] = Counter()
    for cells in rows:
        outcome = _text(cells, "sheet_outcome").lower()
        if outcome not in (COMPLETED, WITHDRAWN):
            continue
        for group in {_technology(cells), ""}:
            resolved[group] += 1
            done[group] += outcome == COMPLETED
    if not resolved:
        return {}
    return {g: done[g] / n for g, n in resolved.items() if n >= FEWEST or g == ""}


def _rival(
    cells: Cells,
    mw: float | None,
    dates: Mapping[str, date | None],
    as_of: date,
    shares: Mapping[str, float],
    notes: Counter[str],
) -> dict[str, str | float | date | None] | None:
    """An active project as a row, or None where it says too little."""
    day = dates["date_cod_current_or_actual"] or dates["date_cod_requested"]
    if mw is None or mw <= 0 or day is None:
        notes["active projects without MW or date are left out"] += 1
        return None
    if day < as_of:
        notes[f"active projects whose date has passed are dated {as_of}"] += 1
    technology = _technology(cells)
    share = shares.get(technology, shares.get("", 1.0))
    if not shares:
        notes["active projects count as certain, since the file shows no outcome"] += 1
    plain = re.sub("[^A-Za-z0-9_.-]", "_", _text(cells, "queue_id"))[:60]
    return {
        "id": f"Q-{plain}",
        "name": _text(cells, "project_name")[:200],
        "technology": technology,
        "draw_mw": mw,
        "in_service": max(day, as_of),
        "probability_frac": round(share, 6),
        "estimated": "probability_frac;in_service" if day < as_of else "probability_frac",
    }


def _number(where: str, cells: Cells, issues: list[Issue]) -> float | None:
    """``mw_poi``, or None where it is empty."""
    text = _text(cells, "mw_poi")
    try:
        return float(text) if text else None
    except ValueError:
        issues.append(Issue(f"{where}: mw_poi", f"'{text[:40]}'", "MW", "Correct it"))
        return None


def _dates(where: str, cells: Cells, issues: list[Issue]) -> dict[str, date | None]:
    """Dates of a row; a time of day after them is left out."""
    days: dict[str, date | None] = {}
    for column in (*NEEDED_DATES, *ENTRY_DATES):
        text = _text(cells, column)
        try:
            days[column] = date.fromisoformat(text[:10]) if text else None
        except ValueError:
            issues.append(Issue(f"{where}: {column}", f"'{text[:40]}'", "YYYY-MM-DD", "Correct it"))
            days[column] = None
    return days


def _technology(cells: Cells) -> str:
    """First technology, in small letters."""
    return _text(cells, "tech_1").lower()[:60]


def _text(cells: Cells, column: str) -> str:
    """A cell as text; empty where there is none."""
    value = cells.get(column)
    return "" if value is None else str(value).strip()
