"""Read GeoPackage through SQLite alone: tables only, read-only, within limits of rows, bytes and steps.

A GeoPackage is a database, and a database may hold programs: views, generated columns, triggers and
virtual tables. Nothing of the kind is run here: one ordinary table is read, column by column, and an
authorizer refuses whatever is not the reading of a column.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from siting.layers.geojson import crs_by_code
from siting.layers.safety import MAX_COLUMNS, MAX_ROWS, growth, one_layer, refused

MAX_CELL = 64 * 2**20
"""Bytes of the largest geometry."""
MAX_STATEMENT = 100_000
STEPS, STEPS_PER_BYTE = 20_000_000, 20
"""Steps of SQLite's machine that a file of no size may take, and those for each of its bytes."""
EVERY = 100_000
MAX_WKT = 20_000
ENVELOPE_BYTES = (0, 32, 48, 48, 64)
"""Bytes of the bounding box in a geometry's header, by its code."""
ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


@dataclass(frozen=True)
class GeoPackageLayer:
    """A table of features.

    Attributes:
        columns: without the geometry and a bare row number. crs: None where it is undefined.
    """

    columns: tuple[str, ...]
    crs: CRS | None
    path: Path
    name: str
    table: str
    geometry: str

    def rows(
        self, columns: Sequence[str], size: int, most: int = MAX_ROWS
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Batches of rows: WKB first, then the columns asked for.

        Args:
            columns: to read. size: rows of a batch. most: rows that are read in all.
        """
        chosen = ", ".join(_quoted(column) for column in (self.geometry, *columns))
        left = growth(self.path.stat().st_size)
        booleans = {0} if not columns else set()
        with _database(self.path, self.name) as base:
            booleans = {
                position
                for position, column in enumerate(columns)
                if _types(base, self.table).get(column) == "BOOLEAN"
            }
            found = base.execute(f"SELECT {chosen} FROM {_quoted(self.table)}")
            read = 0
            while rows := found.fetchmany(size):
                read += len(rows)
                left -= sum(_weight(cell) for row in rows for cell in row)
                if read > most:
                    raise refused(self.name, f"more than {most} features", "fewer", "Filter it")
                if left < 0:
                    raise refused(self.name, "cells far larger than the file", "a real table")
                yield [
                    (
                        wkb_of(row[0]),
                        *(
                            bool(cell) if i in booleans and cell is not None else cell
                            for i, cell in enumerate(row[1:])
                        ),
                    )
                    for row in rows
                ]


def read_geopackage(path: Path, name: str, layer: str | None) -> GeoPackageLayer:
    """Open a layer.

    Raises:
        InputError: not a GeoPackage, no such layer, or one that is no plain table.
    """
    if path.with_name(f"{path.name}-wal").is_file() and _has_content(path):
        what = "changes that are not yet in the file (-wal)"
        raise refused(name, what, "a closed GeoPackage", "Close the program that writes it")
    with _database(path, name) as base:
        tables = [
            str(table)
            for (table,) in base.execute(
                "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
            ).fetchmany(MAX_ROWS)
        ]
        if not tables:
            raise refused(name, "no layer of features", "a map layer")
        table = one_layer(name, layer, tables)
        _check_table(base, table, name)
        row = base.execute(
            "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
        ).fetchone()
        types = _types(base, table)
        if row is None or str(row[0]) not in types:
            raise refused(name, f"no geometry in the layer '{table[:60]}'", "a map layer")
        geometry = str(row[0])
        columns = tuple(c for c in types if c != geometry and c.lower() not in ("fid", "ogc_fid"))
        if len(columns) > MAX_COLUMNS:
            raise refused(name, f"more than {MAX_COLUMNS} columns", "fewer")
        crs = _crs(base, row[1], name)
    return GeoPackageLayer(columns, crs, path, name, table, geometry)


def _has_content(path: Path) -> bool:
    """Whether the log of changes beside a database holds any."""
    return path.with_name(f"{path.name}-wal").stat().st_size > 0


@contextmanager
def _database(path: Path, name: str) -> Iterator[sqlite3.Connection]:
    """An open database that can only read plain columns, and not for ever."""
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    base = sqlite3.connect(address, uri=True)
    try:
        base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL)
        base.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, MAX_STATEMENT)
        base.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        base.execute("PRAGMA trusted_schema = OFF")
        base.execute("PRAGMA cell_size_check = ON")
        base.text_factory = lambda raw: raw.decode("utf-8")
        steps = (STEPS + STEPS_PER_BYTE * path.stat().st_size) // EVERY
        base.set_progress_handler(_Steps(steps), EVERY)
        base.set_authorizer(_authorize)
        yield base
    except (sqlite3.Error, UnicodeDecodeError, OverflowError, ValueError) as error:
        what = f"cannot be read: {str(error)[:200]}"
        raise refused(name, what, "a GeoPackage whose layers are plain tables") from error
    finally:
        base.close()


class _Steps:
    """Stops SQLite after so many rounds."""

    def __init__(self, most: int) -> None:
        self.left = most

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def _authorize(action: int, first: str | None, *_: str | None) -> int:
    """Reading of columns, and the columns of a table; no function, no write, no other file."""
    is_fine = action in ALLOWED or (action == sqlite3.SQLITE_PRAGMA and first == "table_xinfo")
    return sqlite3.SQLITE_OK if is_fine else sqlite3.SQLITE_DENY


def _check_table(base: sqlite3.Connection, table: str, name: str) -> None:
    """The layer is an ordinary table."""
    row = base.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    if row is None:
        raise refused(name, f"no table '{table[:60]}'", "the layer that gpkg_contents names")
    is_virtual = str(row[1] or "").lstrip().upper().startswith("CREATE VIRTUAL")
    if row[0] != "table" or is_virtual:
        kind = "virtual table" if is_virtual else str(row[0])[:20]
        what = f"the layer '{table[:60]}' is a {kind}, which is a program"
        raise refused(name, what, "a plain table", "Export the layer to a new GeoPackage")


def _types(base: sqlite3.Connection, table: str) -> dict[str, str]:
    """Stored columns of a table and their declared types; generated ones are left out."""
    rows = base.execute(f"PRAGMA table_xinfo({_quoted(table)})").fetchall()
    return {str(row[1]): str(row[2]).upper() for row in rows if row[6] == 0}


def _quoted(text: str) -> str:
    """A name of SQL."""
    return '"' + text.replace('"', '""') + '"'


def _weight(cell: Any) -> int:
    """Bytes of a cell."""
    return len(cell) if isinstance(cell, bytes | str) else 8


def _crs(base: sqlite3.Connection, srs: Any, name: str) -> CRS | None:
    """Coordinate system of a layer; None where it is undefined."""
    row = base.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys "
        "WHERE srs_id = ?",
        (srs,),
    ).fetchone()
    if row is None:
        raise refused(name, f"no coordinate system {str(srs)[:20]} in the file", "a known one")
    authority, code, definition = (str(cell).strip() for cell in row)
    if authority.upper() in ("EPSG", "ESRI") and code.isdigit() and int(code) > 0:
        return crs_by_code(authority.upper(), code, name)
    if definition.lower() in ("undefined", "none", "") or "undefined" in definition[:40].lower():
        return None
    try:
        return CRS.from_wkt(definition[:MAX_WKT])
    except CRSError as error:
        raise refused(name, "an unknown coordinate system", "a known EPSG code") from error


def wkb_of(blob: Any) -> bytes | None:
    """WKB of a GeoPackage geometry; None for an empty one, what cannot be read as it is."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        return b"\x00"
    flags = blob[3]
    code = flags >> 1 & 0x07
    if code >= len(ENVELOPE_BYTES):
        return b"\x00"
    return None if flags & 0x10 else blob[8 + ENVELOPE_BYTES[code] :]
