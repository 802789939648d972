"""Sections of a scenario that name a file: ``sites: {file: sites.csv}``, and what to take from it."""

from __future__ import annotations

from typing import Any, Literal

from siting.core.strict import Identifier, StrictModel, Text


class FileReference(StrictModel):
    """A file, and how it is read."""

    file: Text
    """Path of the file beside the scenario, or ``builtin:data/geo/...``."""
    layer: Text | None = None
    """Sheet of a workbook, or layer of a map file; needed where it has several."""
    columns: dict[str, str] | None = None
    """Our column name to the file's."""
    where: dict[str, list[str]] | None = None
    """Column to the values that are kept."""
    use_column: Text | None = None
    """Column of ``yes`` and ``no`` that switches rows on and off; an empty cell is ``yes``."""
    ignore_columns: list[Text] | None = None
    """Columns that are known to be read by nothing, ``*`` for all of them; others are warned of."""
    encoding: Literal["utf-8", "cp1252", "latin-1", "mac-roman", "utf-16"] = "utf-8"
    """Encoding of a CSV; ``cp1252`` is what Excel for Windows writes as plain CSV."""
    decimal: Literal[".", ","] | None = None
    """Decimal mark of the numbers of a table, where they do not tell."""


class JoinedFile(FileReference):
    """A further sheet or file with more columns of the same rows."""

    file: Text | None = None  # type: ignore[assignment]
    """Path of the file; the default is that of the table itself."""
    id_column: Text = "id"
    """Column that names rows, as in the table itself."""


class TableReference(FileReference):
    """A table by id that is kept in a file, with what to take from it."""

    crs: int | None = None
    """EPSG code of coordinates in a file that does not state one."""
    id_column: Text = "id"
    """Column that names rows."""
    only: list[Identifier] | None = None
    """Ids to keep."""
    leave_out: list[Identifier] | None = None
    """Ids to leave out."""
    repair: bool = False
    """Whether invalid geometry is repaired."""
    join: list[JoinedFile] | None = None
    """Sheets or files with more columns of the same rows, as of prices."""
    records: dict[Identifier, dict[str, Any]] | None = None
    """Rows to add, or fields to replace, after the file is read."""


class ListReference(FileReference):
    """A list of records that is kept in a file: a row a record, or one column a year."""

    by_year: Text | None = None
    """Field whose values stand in one column a year; found by itself where only one can be meant."""
