"""Interconnection queues to rivals: what else claims the grid, with what probability and when.

Layouts are those of ``queue_layouts``. The rule:

- every active project is a rival of its MW at the point of interconnection; suspended ones are active;
- its probability is the share of the projects of its first technology that were completed among
  those completed or withdrawn, if the file has at least 20 of them and some were completed, else that
  share of all; where nothing was completed there is none, and projects count as certain;
- its date is the current commercial operation date, else the requested one; a date before the last
  entry of the file has passed without operation and becomes that of the last entry. Entries in the
  future are slips of the pen and date nothing.

Rows without a queue id (blank and disclaimer rows of the workbook), and active projects without MW or
date, are left out and counted. Whether a project takes headroom of load is for the planner to judge.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from siting.core.errors import InputError, Issue
from siting.core.magnitude import GROUPED, number_of
from siting.core.table import Row, Table
from siting.core.wording import IDENTIFIER
from siting.layers.queue_layouts import (
    ACTIVE,
    COMPLETED,
    DATES,
    ENTRIES,
    NONE,
    WITHDRAWN,
    Project,
    date_of,
    outcome_of,
    read_projects,
)

FEWEST = 20
"""Resolved projects of a technology from which its own share counts."""
MAX_ISSUES = 20
MAX_MW = 100_000.0
FAR = timedelta(days=30 * 366)
"""A date later than this after the last entry is told."""
COLUMNS = (
    "id", "name", "technology", "zone", "node", "draw_mw", "in_service", "probability_frac",
    "estimated", "source",
)  # fmt: skip
Dates = Mapping[str, date | None]


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
    today: date | None = None,
) -> Queue:
    """Read a queue as rivals.

    Args:
        path: a CSV or xlsx file. zone: of projects whose point of interconnection is not in ``nodes``;
            of a file of several regions those of the zone are kept.
        nodes: node by point of interconnection as the file writes it.
        probability_frac: of every project, instead of the rule.
        today: entries after it are in the future; the default is the day of the clock.

    Raises:
        InputError: missing columns, or cells that are not numbers or dates.
    """
    name = path.name
    if not re.fullmatch(IDENTIFIER, zone):
        raise InputError([Issue("--zone", f"'{zone[:60]}'", "letters, digits, . _ and -", "")])
    rows = read_projects(path, name)
    notes: Counter[str] = Counter()
    kept = _of_zone([row for row in rows if row.text("id")], zone, name, notes)
    notes["rows without a queue id are left out"] = sum(not row.text("id") for row in rows)
    issues: list[Issue] = []
    dates = [_dates(project, issues) for project in kept]
    if issues:
        raise InputError(issues[:MAX_ISSUES])
    amounts = [_mw(project, issues) for project in kept]
    as_of = _as_of(kept, dates, today or date.today(), name, notes)
    outcomes = [_outcome(project, notes) for project in kept]
    shares = completion_shares([(_technology(p), o) for p, o in zip(kept, outcomes, strict=True)])
    if not shares and probability_frac is None and ACTIVE in outcomes:
        ended = outcomes.count(WITHDRAWN)
        why = f"{ended} withdrawals but no completion" if ended else "no outcome"
        notes[f"active projects count as certain, since the file shows {why}"] += outcomes.count(
            ACTIVE
        )
    rivals: dict[str, Row] = {}
    for project, outcome, mw, days in zip(kept, outcomes, amounts, dates, strict=True):
        row = _rival(project, mw, days, as_of, shares, notes) if outcome == ACTIVE else None
        if row is None:
            continue
        if row["id"] in rivals:
            fix = "Rename or remove one"
            issues.append(
                Issue(project.where, f"the active project '{row['id']}' again", "once", fix)
            )
        chosen = {} if probability_frac is None else {"probability_frac": probability_frac}
        node = (nodes or {}).get(project.text("poi"))
        place = {"zone": None if node else zone, "node": node}
        rivals[str(row["id"])] = {**row, **chosen, **place, "source": project.where}
    if issues:
        raise InputError(issues[:MAX_ISSUES])
    said = tuple(f"{count} {what}" for what, count in sorted(notes.items()) if count)
    return Queue(Table.of(COLUMNS, (rivals[key] for key in sorted(rivals))), as_of, said)


def _of_zone(rows: list[Project], zone: str, name: str, notes: Counter[str]) -> list[Project]:
    """Projects of the zone, where the file says of which region each is."""
    regions = sorted({row.text("region") for row in rows} - {""})
    if len(regions) < 2:
        return rows
    if zone not in regions:
        what = f"projects of several regions: {', '.join(regions)[:200]}"
        raise InputError([Issue(name, what, "a region of the file as --zone", "Name one of them")])
    kept = [row for row in rows if row.text("region") == zone]
    notes["projects of other regions are left out"] = len(rows) - len(kept)
    return kept


def _outcome(project: Project, notes: Counter[str]) -> str:
    """What became of a project; words that no rule knows are shown."""
    outcome, unknown = outcome_of(project)
    if unknown:
        notes[f"projects of unknown status '{unknown}' count as active"] += 1
    elif outcome == ACTIVE and "suspen" in project.text("status").lower():
        notes["suspended projects count as active"] += 1
    return outcome


def completion_shares(ended: list[tuple[str, str]]) -> dict[str, float]:
    """Share completed of the projects completed or withdrawn, by technology; ``""`` for all.

    Args:
        ended: technology and outcome of each project.
    """
    done: Counter[str] = Counter()
    resolved: Counter[str] = Counter()
    for technology, outcome in ended:
        if outcome not in (COMPLETED, WITHDRAWN):
            continue
        for group in {technology, ""}:
            resolved[group] += 1
            done[group] += outcome == COMPLETED
    return {g: done[g] / n for g, n in resolved.items() if done[g] and (n >= FEWEST or g == "")}


def _as_of(
    rows: list[Project], dates: list[Dates], today: date, name: str, notes: Counter[str]
) -> date:
    """Date of the last entry that is not in the future.

    Raises:
        InputError: no entry with a date.
    """
    entries: list[date] = []
    future: list[str] = []
    for project, days in zip(rows, dates, strict=True):
        for field in ENTRIES:
            day = days[field]
            if day is not None and day > today:
                future.append(f"{project.place(field)} {day}")
            elif day is not None:
                entries.append(day)
    if not entries:
        raise InputError([Issue(name, "no date of any entry", "date_queue", "Fill it in")])
    if future:
        notes[f"entries in the future date nothing; the first is {future[0]}"] = len(future)
    return max(entries)


def _rival(
    project: Project,
    mw: float | None,
    dates: Dates,
    as_of: date,
    shares: Mapping[str, float],
    notes: Counter[str],
) -> dict[str, str | float | date | None] | None:
    """An active project as a row, or None where it says too little."""
    day = dates["current"] or dates["requested"]
    if mw is None or mw <= 0 or day is None:
        notes["active projects without MW or date are left out"] += 1
        return None
    if day < as_of:
        notes[f"active projects whose date has passed are dated {as_of}"] += 1
    if day > as_of + FAR:
        notes["active projects are dated more than thirty years after the last entry"] += 1
    technology = _technology(project)
    share = shares.get(technology, shares.get("", 1.0))
    plain = re.sub("[^A-Za-z0-9_.-]", "_", project.text("id"))[:60]
    return {
        "id": f"Q-{plain}",
        "name": project.text("name")[:200],
        "technology": technology,
        "draw_mw": mw,
        "in_service": max(day, as_of),
        "probability_frac": round(share, 6),
        "estimated": "probability_frac;in_service" if day < as_of else "probability_frac",
    }


def _mw(project: Project, issues: list[Issue]) -> float | None:
    """MW at the point of interconnection, or None where there is none; a thousands comma is one."""
    text = project.text("mw")
    if text.lower() in NONE:
        return None
    grouped = GROUPED.fullmatch(text)
    number = number_of(text.replace(",", "") if grouped else text)
    if number is None or abs(number) > MAX_MW:
        issues.append(
            Issue(project.place("mw"), f"'{text[:40]}'", f"MW, at most {MAX_MW:,.0f}", "Correct it")
        )
        return None
    return float(number)


def _dates(project: Project, issues: list[Issue]) -> Dates:
    """Dates of a row; a time of day after them is left out."""
    days: dict[str, date | None] = {}
    for field in DATES:
        text = project.text(field)
        try:
            days[field] = date_of(text)
        except (ValueError, OverflowError):
            issues.append(
                Issue(
                    project.place(field), f"'{text[:40]}'", "YYYY-MM-DD or M/D/YYYY", "Correct it"
                )
            )
            days[field] = None
    return days


def _technology(project: Project) -> str:
    """First technology, in small letters."""
    return project.text("technology").lower()[:60]
