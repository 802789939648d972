"""Read a table or map layer: rows with plain values, geometry in longitude and latitude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from siting.core.errors import InputError, Issue, first_of
from siting.core.magnitude import number_of
from siting.core.warnings import listed
from siting.layers.cells import Kind, KindOf, plain_cells
from siting.layers.grid import Grid, IsHeader, read_csv_grid, read_sheet_grid
from siting.layers.row import RawRow
from siting.layers.safety import MAX_ROWS, MAX_TEXT, check_file

PLACES = (("longitude", "latitude"), ("lon", "lat"))
POSITIONS = {name for pair in PLACES for name in pair}
"""Columns of coordinates of a table, in any case."""


@dataclass(frozen=True)
class Reading:
    """How a file is read: what a section with ``file:`` states.

    Attributes:
        crs: EPSG code of coordinates in a file that does not state one.
        columns: our column name to the file's.
        layer: layer or sheet to read.
        id_column: column that names rows, None where rows have no ids.
        repair: whether invalid geometry is repaired rather than refused.
        where: column to values; an id may come again in rows that these leave out.
        encoding: of a CSV.
        decimal: decimal mark of its numbers, None where they tell. kind_of: what a column of ours
            holds, so that numbers and dates of tables are read as planners type them.
        is_header: whether cells are the header of a table, which may stand below titles; by default
            those that hold the column of ids.
    """

    crs: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    layer: str | None = None
    id_column: str | None = "id"
    repair: bool = False
    where: Mapping[str, Sequence[str]] | None = None
    encoding: str = "utf-8"
    decimal: str | None = None
    kind_of: KindOf = lambda column: "number" if column.lower() in POSITIONS else ""
    is_header: IsHeader | None = None

    @property
    def header(self) -> IsHeader:
        """Whether cells are the header of a table."""
        ids = self.columns.get(str(self.id_column), self.id_column)
        return self.is_header or (lambda cells: ids in cells)

    def table(self, grid: Grid, name: str) -> list[RawRow]:
        """Rows of a table, its cells made plain."""
        ours = {theirs: column for column, theirs in self.columns.items()}

        def kind_of(column: str) -> Kind:
            return self.kind_of(ours.get(column, column))

        rows = plain_cells(grid.rows, kind_of, name, grid.delimiter, self.decimal)
        return _from_table(rows, self.crs, name)


@dataclass(frozen=True)
class Layer:
    """Rows of a file, and what of it their values do not say.

    Attributes:
        hidden: numbers of rows that a workbook does not show.
        delimiter: what separates the cells of a CSV; a comma for all else.
    """

    rows: tuple[RawRow, ...]
    hidden: tuple[int, ...] = ()
    delimiter: str = ","


def read_layer(path: Path, *, name: str, **how: Any) -> tuple[RawRow, ...]:
    """Rows of a file; see ``read_whole``.

    Args:
        path: the file. name: how messages call it. how: attributes of ``Reading``.
    """
    return read_whole(path, name, Reading(**how)).rows


def read_whole(path: Path, name: str, how: Reading) -> Layer:
    """Read CSV, xlsx, GeoJSON, GeoPackage, GeoParquet, shapefile (zipped or not) or FlatGeobuf.

    Args:
        path: the file. name: how messages call it.

    Raises:
        InputError: everything wrong with the file.
    """
    kind = check_file(path, name)
    grid = Grid([])
    if kind == ".csv":
        grid = read_csv_grid(path, name, how.encoding, how.header)
        rows = how.table(grid, name)
    elif kind == ".xlsx":
        grid = read_sheet_grid(path, name, how.layer, how.header)
        rows = how.table(grid, name)
    else:
        from siting.layers.vector import read_vector

        rows = read_vector(path, name, how.crs, how.layer, how.repair)
    if not rows:
        raise InputError(
            [Issue(name, "no rows", "at least one row", "Check the file or the layer")]
        )
    if len(rows) > MAX_ROWS:
        raise InputError(
            [Issue(name, f"{len(rows)} rows", f"at most {MAX_ROWS}", "Filter it first")]
        )
    rows = _renamed(rows, how.columns, name)
    counted = [row for row in rows if fits(row.values, how.where)]
    ids = how.id_column
    issues = [
        *(() if ids is None else _check_ids(counted or rows, ids, name)),
        *_check_text(rows),
        *_check_positions(rows, name),
    ]
    if issues:
        raise InputError(first_of(issues, name))
    return Layer(tuple(rows), grid.hidden, grid.delimiter)


def fits(values: Mapping[str, object], where: Mapping[str, Sequence[str]] | None) -> bool:
    """Whether a row has one of the stated values in each stated column."""
    return all(is_one_of(values.get(column), kept) for column, kept in (where or {}).items())


def is_one_of(cell: object, kept: Sequence[str]) -> bool:
    """Whether a cell is one of some texts; true and false in any case."""
    return text_of(cell) in kept or (
        isinstance(cell, bool) and str(cell).lower() in (text.lower() for text in kept)
    )


def text_of(cell: object) -> str:
    """A cell as text: whole numbers without a point, empty where there is none. 0 is a value."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _from_table(
    table: list[tuple[str, dict[str, object]]], crs: int | None, name: str
) -> list[RawRow]:
    """Rows of a table; columns longitude and latitude give a point, whatever their case."""
    rows = []
    for where, found in table:
        values = {**_positions(found), **found}
        names = next((n for n in PLACES if set(n) <= set(values)), None)
        point = None
        if names is not None:
            lon, lat = (number_of(text_of(values[name])) for name in names)
            point = None if lon is None or lat is None else (float(lon), float(lat))
        rows.append((where, values, point))
    if crs is not None and crs != 4326 and any(point for *_, point in rows):
        from siting.layers.vector import to_degrees

        points = to_degrees([point for *_, point in rows], crs, name)
        rows = [
            (where, _moved(values, point), point)
            for (where, values, _), point in zip(rows, points, strict=True)
        ]
    return [
        RawRow(
            values,
            None if point is None else {"type": "Point", "coordinates": list(point)},
            point,
            where,
        )
        for where, values, point in rows
    ]


def _positions(values: Mapping[str, object]) -> dict[str, object]:
    """Columns of coordinates under the names by which they are read."""
    return {c.lower(): value for c, value in values.items() if c.lower() in POSITIONS}


def _moved(values: dict[str, object], point: tuple[float, float] | None) -> dict[str, object]:
    """Values whose coordinate columns hold degrees."""
    if point is None:
        return values
    kept = {k: v for k, v in values.items() if k.lower() not in POSITIONS}
    return {**kept, "longitude": point[0], "latitude": point[1]}


def _renamed(rows: list[RawRow], columns: Mapping[str, str], name: str) -> list[RawRow]:
    """Rows under our column names."""
    found = sorted({column for row in rows for column in row.values})
    issues = [
        Issue(
            f"{name}: columns.{ours}",
            f"no column '{theirs}'",
            f"one of {listed(found, 20)}",
            f"Did you mean '{close[0]}'" if (close := get_close_matches(theirs, found, 1)) else "",
        )
        for ours, theirs in columns.items()
        if theirs not in found
    ]
    if issues:
        raise InputError(issues)
    renamed = []
    for row in rows:
        values = {
            **row.values,
            **{ours: row.values.get(theirs) for ours, theirs in columns.items()},
        }
        renamed.append(RawRow(values, row.geometry, row.point, row.where))
    return renamed


def _check_ids(rows: list[RawRow], id_column: str, name: str) -> list[Issue]:
    """Every row has an id, and no two the same."""
    if not any(id_column in row.values for row in rows):
        found = sorted({column for row in rows for column in row.values})
        return [
            Issue(
                name,
                f"no column '{id_column}'",
                f"one of {listed(found, 20)}",
                "Name the column of ids with id_column",
            )
        ]
    issues = []
    seen: dict[str, str] = {}
    for row in rows:
        value = text_of(row.values.get(id_column))
        if not value:
            issues.append(Issue(row.where, f"no {id_column}", "an id in every row", "Add one"))
        elif value in seen:
            issues.append(
                Issue(
                    row.where,
                    f"the id '{value}' again",
                    f"another id than {seen[value]}",
                    "Rename or remove one of them",
                )
            )
        seen.setdefault(value, row.where)
    return issues


def _check_text(rows: list[RawRow]) -> list[Issue]:
    """No cell beyond reason."""
    return [
        Issue(
            f"{row.where}: {column}", f"text of {len(value)} characters", f"at most {MAX_TEXT}", ""
        )
        for row in rows
        for column, value in row.values.items()
        if isinstance(value, str) and len(value) > MAX_TEXT
    ]


def _check_positions(rows: list[RawRow], name: str) -> list[Issue]:
    """Degrees in range, and longitude before latitude."""
    points = [(row, row.point) for row in rows if row.point is not None]
    outside = [
        Issue(
            row.where,
            f"longitude {lon:g}, latitude {lat:g} is not on Earth",
            "longitude -180 to 180, latitude -90 to 90",
            "Longitude and latitude look swapped; correct their order"
            if abs(lat) <= 180 and abs(lon) <= 90
            else "State the file's coordinate system with crs",
        )
        for row, (lon, lat) in points
        if not (abs(lon) <= 180 and abs(lat) <= 90)
    ]
    swapped = [_in_us(lat, lon) and not _in_us(lon, lat) for _, (lon, lat) in points]
    if points and not outside and sum(swapped) >= 0.9 * len(swapped):
        return [
            Issue(
                name,
                "latitude and longitude look swapped: the rows lie in the United States only the "
                "other way round",
                "longitude first (negative in the United States)",
                "Swap the two columns or coordinates",
            )
        ]
    return outside


def _in_us(longitude: float, latitude: float) -> bool:
    """Whether a point lies in the box of the United States, Alaska and Hawaii included."""
    return 15 <= latitude <= 72 and (-180 <= longitude <= -60 or 170 <= longitude <= 180)
