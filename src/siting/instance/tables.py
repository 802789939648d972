"""Replace table references in a scenario (``file: sites.csv``) by the rows they name."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.magnitude import number_of
from siting.core.paths import ANY
from siting.core.records import Record, Site
from siting.core.resources import PREFIX, builtin_path
from siting.core.strict import validate
from siting.core.warnings import meant
from siting.core.yaml_source import BELOW, ELSEWHERE, Document, Where, is_below
from siting.instance.warn_tables import TableReference, warn_table
from siting.layers.read import fits, read_layer, text_of
from siting.layers.row import RawRow
from siting.scenario import tables

MADE = "headroom.json"
"""File beside the tables that ``siting headroom`` writes."""


MAX_SITES = 15_000


@dataclass(frozen=True)
class Resolved:
    """A document with rows in place of table references.

    Attributes:
        document: the document; a table that could not be read is an empty mapping.
        files: name as given -> file, of every table read.
        issues: everything wrong in any of the tables. unread: places of those left empty.
        warnings: columns that nothing reads, filters and records that change nothing.
    """

    document: Document
    files: Mapping[str, Path]
    issues: tuple[Issue, ...]
    unread: tuple[tuple[str, ...], ...]
    warnings: tuple[Issue, ...] = ()

    def concerns_unread(self, issue: Issue) -> bool:
        """Whether an issue only says that an unread table is empty."""
        place = issue.where.rpartition(": ")[2]
        return any(place == ".".join(path) for path in self.unread)


def resolve_tables(document: Document, folder: Path, allow_outside: bool = True) -> Resolved:
    """Read every table reference of a document.

    Args:
        document: with references. folder: where their paths start.
        allow_outside: whether files may lie outside the folder.
    """
    data: Any = document.data
    places = dict(document.places)
    files: dict[str, Path] = {}
    issues: list[Issue] = []
    unread: list[tuple[str, ...]] = []
    warnings: list[Issue] = []
    for path, record in tables().items():
        reference = _at(data, path)
        if not isinstance(reference, Mapping) or not isinstance(reference.get("file"), str):
            continue
        try:
            table = validate(TableReference, Document(data, places), path)
            rows = _read(table, folder, document.where((*path, "file")), files, allow_outside)
            kept, found = _keep(table, rows, record, document.where(path))
            is_made = (files[table.file].parent / MADE).is_file()
            where = document.where(path)
            warnings += warn_table(table, rows, record, where, is_made=is_made)
        except InputError as error:
            issues += error.issues
            unread.append(path)
            data = _replaced(data, path, {})
            continue
        data = _replaced(data, path, kept)
        places = {key: where for key, where in places.items() if key[: len(path)] != path}
        places[path] = document.place(path)
        places.update({(*path, name): Where(where, 0, 0) for name, where in found.items()})
    return Resolved(Document(data, places), files, tuple(issues), tuple(unread), tuple(warnings))


def before_reading(document: Document, name: str) -> bool:
    """Whether an override is made before tables are read: it concerns no row of a table in a file,
    but may say which file that is."""
    for path in tables():
        held = _at(document.data, path)
        if not isinstance(held, Mapping) or not isinstance(held.get("file"), str):
            continue
        if ANY in name.split("."):
            return False
        head, _, rest = name.partition(".".join(path) + ".")
        if not head and rest and rest.split(".")[0] not in TableReference.model_fields:
            return False
    return True


def _at(data: Any, path: tuple[str, ...]) -> Any:
    """The value at a path, or None."""
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _replaced(data: Any, path: tuple[str, ...], value: Any) -> Any:
    """A copy of the data with another value at a path."""
    if not path:
        return value
    return {**data, path[0]: _replaced(data[path[0]], path[1:], value)}


def _read(
    table: TableReference, folder: Path, where: str, files: dict[str, Path], allow_outside: bool
) -> tuple[RawRow, ...]:
    """Rows of the file a reference names."""
    is_builtin = table.file.startswith(PREFIX)
    path = builtin_path(table.file[len(PREFIX) :]) if is_builtin else folder / table.file
    root = builtin_path("").resolve()
    if is_builtin and not path.resolve().is_relative_to(root):
        raise InputError(
            [Issue(where, f"'{table.file}' leaves the built-in data", "a built-in file", "")]
        )
    if not is_builtin and not allow_outside and not is_below(path, folder):
        raise InputError([Issue(where, f"'{table.file}' {ELSEWHERE}", BELOW, "Move it there")])
    if not path.is_file():
        raise InputError(
            [
                Issue(
                    where,
                    f"no file '{table.file}'",
                    "a file beside the scenario or builtin:data/geo/...",
                    "Correct the path",
                )
            ]
        )
    files[table.file] = path
    return read_layer(
        path,
        name=table.file,
        crs=table.crs,
        columns=table.columns,
        layer=table.layer,
        id_column=table.id_column,
        repair=table.repair,
        where=table.where,
    )


def _keep(
    table: TableReference, rows: tuple[RawRow, ...], record: type[Record], where: str
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Rows that the filters keep, as fields of the record, and the place of each."""
    kept: dict[str, dict[str, Any]] = {}
    found: dict[str, str] = {}
    only = None if table.only is None else set(table.only)
    left_out = set(table.leave_out or ())
    for row in rows:
        name = text_of(row.values.get(table.id_column))
        is_chosen = (only is None or name in only) and name not in left_out
        if is_chosen and fits(row.values, table.where):
            kept[name] = _fields(row, record)
            found[name] = row.where
    columns = {column for row in rows for column in row.values}
    unknown = [column for column in table.where or {} if column not in columns]
    if unknown:
        raise InputError(
            [
                Issue(
                    f"{where}.where.{column}",
                    f"no column '{column}' in {table.file}",
                    f"one of {sorted(columns)[:20]}",
                    f"Write '{near}'" if (near := meant(column, columns)) else "Correct it",
                )
                for column in unknown
            ]
        )
    missing = sorted(set(table.only or ()) - {text_of(r.values.get(table.id_column)) for r in rows})
    if missing:
        raise InputError(
            [
                Issue(
                    f"{where}.only",
                    f"no row '{name}' in {table.file}",
                    "ids of the file",
                    "Correct the id",
                )
                for name in missing
            ]
        )
    for name, fields in (table.records or {}).items():
        kept[name] = {**kept.get(name, {}), **fields}
        found[name] = f"{where}.records.{name}"
    if record is Site and len(kept) > MAX_SITES:
        what, fix = f"{len(kept):,} sites", "Keep fewer with where or only, or screen them first"
        raise InputError([Issue(where, what, f"at most {MAX_SITES:,}", fix)])
    return dict(sorted(kept.items())), found


def _fields(row: RawRow, record: type[Record]) -> dict[str, Any]:
    """Fields of a record from a row: known columns only, text turned into numbers where due."""
    fields: dict[str, Any] = {}
    for name, field in record.model_fields.items():
        value = row.values.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, str):
            fields[name] = value if _is_text(field.annotation) else _number(value)
        else:
            is_id = _holds(field.annotation, str) and not _holds(field.annotation, bool)
            fields[name] = text_of(value) if is_id else value
    if "longitude" in record.model_fields and row.point is not None:
        fields.setdefault("longitude", row.point[0])
        fields.setdefault("latitude", row.point[1])
    if "geometry" in record.model_fields and row.geometry is not None:
        fields["geometry"] = row.geometry
    return fields


def _is_text(annotation: Any) -> bool:
    """Whether a field holds text."""
    if annotation is None or annotation in (float, int, bool):
        return False
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Annotated:
        return _is_text(arguments[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return any(_is_text(a) for a in arguments if a is not type(None))
    return True


def _holds(annotation: Any, kind: type) -> bool:
    """Whether a field may hold values of a kind."""
    return annotation is kind or any(_holds(a, kind) for a in typing.get_args(annotation))


def _number(text: str) -> object:
    """A number or boolean from a table's text; the text itself if it is neither, for the schema to refuse."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    number = number_of(text)
    return text if number is None else number
