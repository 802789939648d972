"""Interconnection queues as they are published: which column says what, in words of their own.

Header names are compared without case, signs and line breaks. Known are CAISO's workbook and its
cleaned form, PJM's and MISO's lists, ERCOT's GIS report, SPP's, NYISO's and ISO-NE's queues, and
LBNL's *Queued Up*. The header may stand below titles and notes; a workbook may hold one sheet for each
outcome. What a status word means is a rule below; a word that fits none counts as active and is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from siting.core.errors import InputError, Issue
from siting.layers.safety import check_file, refused
from siting.layers.tabular import csv_lines
from siting.layers.workbook import read_sheets

ACTIVE, COMPLETED, WITHDRAWN = "active", "completed", "withdrawn"
FIELDS: dict[str, tuple[str, ...]] = {
    "id": (
        "queue_id", "queue position", "q_id", "project id", "queue number", "project number", "project",
        "projectnumber", "inr", "generation interconnection number", "queue pos", "position",
    ),
    "status": (
        "sheet_outcome", "application status", "q_status", "status", "request status", "requeststatus",
        "project status", "s",
    ),
    "mw": (
        "mw_poi", "net mws to grid", "mfo", "mw capacity", "mw energy", "summer net mw", "summernetmw",
        "capacity mw", "capacity", "max summer mw", "sp mw", "net mw", "mw_1", "mw1", "mw 1",
    ),
    "requested": (
        "date_cod_requested", "proposed on line date as filed with ir", "projected in service date",
        "appl in service date", "appinservicedate", "projected cod", "prop_date",
        "replacement generator commercial op date", "proposed cod", "op date",
    ),
    "current": (
        "date_cod_current_or_actual", "current on line date", "actual on line date", "on_date",
        "revised in service date", "actual in service date", "negotiated in service date",
        "neginservice", "commercial operation date",
    ),
    "received": (
        "date_received", "interconnection request receive date", "submitted date", "request received",
        "date of ir", "requested", "screening study started",
    ),
    "queued": ("date_queue", "queue date", "queuedate", "q_date"),
    "withdrawn": (
        "date_withdrawn", "withdrawn date", "withdrawndate", "withdrawal date", "wd_date",
        "date withdrawn", "w d date",
    ),
    "name": (
        "project_name", "project name", "project name confidential", "commercial name",
        "alternative name", "unit",
    ),
    "technology": (
        "tech_1", "fuel 1", "type 1", "fuel", "fuel type", "fueltype", "type_clean", "type1",
        "type fuel", "generation type",
    ),
    "poi": (
        "poi", "station or transmission line", "poi name", "poiname", "poi_name", "poi location",
        "substation or line", "points of interconnection", "interconnection point",
        "interconnection location", "name",
    ),
    "region": ("region",),
}  # fmt: skip
"""Field to the names that headers give it, in the order in which they are taken."""
NEEDED = {"id": "queue_id", "mw": "mw_poi", "status": "sheet_outcome"}
DATES = ("requested", "current", "received", "queued", "withdrawn")
ENTRIES = ("received", "queued", "withdrawn")
FEWEST_FIELDS = 5
"""Fields by which a line is known to be the header."""
HEADER_LINES = 60
"""Lines in which the header is looked for."""
GONE = re.compile(r"withdr|terminat|cancel|retract|annul|deactivat|inactive|^w$")
TURNED = re.compile(r"\bnot\b|\bnon\b|incomplete|rescind|revers|reinstat|revok")
"""Words that turn what follows or stands before into its opposite; what is then meant is not guessed."""
PARTLY = re.compile(r"partial|suspen|pending|under construction")
DONE = re.compile(r"complet|^done$|in.?service|operational|commercial operation|energi[sz]ed$|^c$")
OPEN = re.compile(
    r"active|^a$|suspen|study|stage|construct|engineering|confirmed|executed|pending|partial|result|ia "
)
NYISO_CODES = {
    "0": WITHDRAWN,
    **{str(n): ACTIVE for n in range(1, 14)},
    "14": COMPLETED,
    "15": ACTIVE,
}
"""Status codes of NYISO's queue."""
NONE = {"", "na", "n/a", "tbd", "-", "--", "none", "null"}
FIRST_DAY = date(1899, 12, 30)
"""Day 0 of dates that a workbook holds as plain numbers."""


@dataclass(frozen=True)
class Project:
    """A row of a queue by field, as text, and the column of each field."""

    where: str
    cells: Mapping[str, str]
    columns: Mapping[str, str]
    sheet: str

    def text(self, field: str) -> str:
        """A cell; empty where there is none."""
        return self.cells.get(field, "")

    def place(self, field: str) -> str:
        """Where a cell stands."""
        return f"{self.where}: {self.columns.get(field, field)}"


def read_projects(path: Path, name: str) -> list[Project]:
    """Rows of a queue file below its header, of every sheet that has one.

    Raises:
        InputError: no table of a queue, or columns that are missing.
    """
    kind = check_file(path, name)
    if kind == ".csv":
        sheets = [("", csv_lines(path, name))]
    elif kind == ".xlsx":
        sheets = [(s.name, list(s.lines)) for s in read_sheets(path, name, is_all=True)]
    else:
        raise refused(name, f"a {kind} file", "CSV or xlsx", "Save it as one of them")
    projects: list[Project] = []
    nearest: tuple[int, dict[str, int]] = (0, {})
    found_any = False
    for title, lines in sheets:
        header = _header(lines, title)
        fields = {} if header is None else _fields(lines[header][1])
        if header is None or not _is_whole(fields, title):
            best = max((_fields(cells) for _, cells in lines[:HEADER_LINES]), key=len, default={})
            nearest = max(nearest, (len(best), best), key=lambda pair: pair[0])
            continue
        found_any = True
        names = {field: _shown(lines[header][1][i]) for field, i in fields.items()}
        for number, cells in lines[header + 1 :]:
            row = {f: _shown(cells[i]) if i < len(cells) else "" for f, i in fields.items()}
            where = (
                f"{name}:{number}" if not title or len(sheets) == 1 else f"{name}: {title}:{number}"
            )
            projects.append(Project(where, row, names, title))
    if not found_any:
        missing = [column for field, column in NEEDED.items() if field not in nearest[1]]
        raise InputError(
            Issue(name, f"no column '{column}'", "the columns of a published queue", "Rename it")
            for column in missing or ["date_queue"]
        )
    return projects


def _header(lines: list[tuple[int, list[object]]], title: str) -> int | None:
    """Position of the header among the first lines."""
    for position, (_, cells) in enumerate(lines[:HEADER_LINES]):
        fields = _fields(cells)
        if len(fields) >= FEWEST_FIELDS and _is_whole(fields, title):
            return position
    return None


def _is_whole(fields: Mapping[str, int], title: str) -> bool:
    """Whether the columns say enough; a sheet may be of one outcome as a whole."""
    return {"id", "mw"} <= set(fields) and ("status" in fields or bool(title))


def _fields(cells: list[object]) -> dict[str, int]:
    """Position of each field in a header."""
    found: dict[str, int] = {}
    for position, cell in enumerate(cells):
        if isinstance(cell, str):
            found.setdefault(_plain(cell), position)
    fields: dict[str, int] = {}
    for field, names in FIELDS.items():
        place = next((found[n] for n in map(_plain, names) if n in found), None)
        if place is not None and place not in fields.values():
            fields[field] = place
    return fields


def _plain(text: str) -> str:
    """A header without case, signs and line breaks."""
    return " ".join(re.sub("[^a-z0-9]+", " ", text.lower()).split())


def _shown(cell: object) -> str:
    """A cell as one line of text."""
    if cell is None:
        return ""
    whole = isinstance(cell, float) and cell.is_integer()
    text = str(int(cell)) if isinstance(cell, float) and whole else str(cell)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def outcome_of(project: Project) -> tuple[str, str]:
    """What became of a project, and the status word if none of the rules knows it."""
    word = project.text("status").lower()
    if not word:
        return _by_sheet(project.sheet), "" if project.sheet else "(blank)"
    if word in NYISO_CODES:
        return NYISO_CODES[word], ""
    if TURNED.search(word):
        return ACTIVE, project.text("status")[:40]
    if GONE.search(word):
        return WITHDRAWN, ""
    if DONE.search(word) and not PARTLY.search(word):
        return COMPLETED, ""
    return ACTIVE, "" if OPEN.search(word) else project.text("status")[:40]


def _by_sheet(title: str) -> str:
    """Outcome of the projects of a sheet."""
    word = title.lower()
    if GONE.search(word):
        return WITHDRAWN
    return COMPLETED if DONE.search(word) else ACTIVE


def date_of(text: str) -> date | None:
    """A date as queues write it; None where there is none.

    Raises:
        ValueError: nothing of the kind.
    """
    plain = text.strip()
    if plain.lower() in NONE:
        return None
    if re.fullmatch(r"[0-9]{5}", plain, re.ASCII):
        return FIRST_DAY + timedelta(days=int(plain))
    if found := re.match(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?(?=$|[T ])", plain, re.ASCII):
        year, month, day = found[1], found[2], found[3]
    elif found := re.match(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?=$|[T ,])", plain, re.ASCII):
        year, month, day = found[3], found[1], found[2]
    elif found := re.fullmatch(r"([0-9]{1,2})[-/]([0-9]{4})", plain, re.ASCII):
        year, month, day = found[2], found[1], None
    else:
        raise ValueError("no date")
    return date(int(year), int(month), int(day or 1))
