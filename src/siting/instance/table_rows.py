"""Rows of the files that a scenario names: as fields of records, by id or in a list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from siting.core.errors import InputError, Issue, first_of
from siting.core.records import Record, Site
from siting.core.resources import PREFIX, builtin_path
from siting.core.strict import StrictModel
from siting.core.warnings import listed, meant, nearest
from siting.core.yaml_source import BELOW, ELSEWHERE, is_below
from siting.instance.by_year import Wide, is_year, wide_form
from siting.instance.record_cells import SWITCH, fields_of, kind_of
from siting.instance.references import FileReference, JoinedFile, ListReference, TableReference
from siting.instance.warn_tables import warn_columns, warn_list, warn_table
from siting.layers.read import Layer, Reading, fits, read_whole, text_of
from siting.layers.row import RawRow

MADE = "headroom.json"
"""File beside the tables that ``siting headroom`` writes."""
MAX_SITES = 15_000
LIKE_YEAR = re.compile("(?<![0-9])20[0-9]{2}(?![0-9])")


def shown_name(table: FileReference) -> str:
    """What messages call a file: a sheet of a workbook by its name too."""
    is_book = table.file.lower().endswith(".xlsx") and table.layer
    return f"{table.file}, sheet {table.layer}" if is_book else table.file


@dataclass(frozen=True)
class Opener:
    """Opens the files of a scenario, and keeps which.

    Attributes:
        folder: where their paths start. allow_outside: whether they may lie outside it.
        files: name as given -> file, of every one that was opened.
    """

    folder: Path
    allow_outside: bool
    files: dict[str, Path] = field(default_factory=dict)

    def path(self, file: str, where: str) -> Path:
        """The file that a reference names.

        Raises:
            InputError: there is none, or none that may be read.
        """
        is_builtin = file.startswith(PREFIX)
        path = builtin_path(file[len(PREFIX) :]) if is_builtin else self.folder / file
        if is_builtin and not path.resolve().is_relative_to(builtin_path("").resolve()):
            what = f"'{file}' leaves the built-in data"
            raise InputError([Issue(where, what, "a built-in file", "")])
        if not is_builtin and not self.allow_outside and not is_below(path, self.folder):
            raise InputError([Issue(where, f"'{file}' {ELSEWHERE}", BELOW, "Move it there")])
        if not path.is_file():
            expected = "a file beside the scenario or builtin:data/geo/..."
            raise InputError([Issue(where, f"no file '{file}'", expected, "Correct the path")])
        self.files[file] = path
        return path


@dataclass(frozen=True)
class Rows:
    """What stands in the scenario in place of a reference.

    Attributes:
        rows: fields of each row, by id or in a list. places: of each, by id or position.
        warnings: what the file or the reference holds in vain, and rows that are hidden.
    """

    rows: Any
    places: Mapping[Any, str]
    warnings: tuple[Issue, ...]


def read_table(
    table: TableReference, record: type[StrictModel], opener: Opener, where: str
) -> Rows:
    """Rows by id.

    Raises:
        InputError: everything wrong with the file, or with what is taken from it.
    """
    path = opener.path(table.file, f"{where}.file")
    how = Reading(
        crs=table.crs,
        columns=table.columns or {},
        layer=table.layer,
        id_column=table.id_column,
        repair=table.repair,
        where=table.where,
        encoding=table.encoding,
        decimal=table.decimal,
        kind_of=lambda column: kind_of(record, column),
    )
    layer = read_whole(path, shown_name(table), how)
    used = _switched(table, layer.rows)
    _check_filter(table, columns_of(layer.rows), where)
    kept, places = _keep(table, used, record, where)
    is_made = (path.parent / MADE).is_file()
    warnings = [
        *_hidden(layer, shown_name(table)),
        *warn_table(table, layer.rows, record, where, is_made=is_made),
    ]
    known = {text_of(row.values.get(table.id_column)) for row in layer.rows}
    for position, join in enumerate(table.join or ()):
        further = join.model_copy(update={"file": join.file or table.file})
        more, found = _joined(further, record, opener, f"{where}.join.{position}")
        kept = _with_columns(kept, found, record, known, shown_name(further))
        warnings += [
            *_hidden(more, shown_name(further)),
            *warn_columns(further, more.rows, record, join.id_column),
        ]
    kept = _with_records(table, kept, places, where)
    if record is Site and len(kept) > MAX_SITES:
        what, fix = f"{len(kept):,} sites", "Keep fewer with where or only, or screen them first"
        raise InputError([Issue(where, what, f"at most {MAX_SITES:,}", fix)])
    return Rows(dict(sorted(kept.items())), places, tuple(warnings))


def read_list(table: ListReference, record: type[StrictModel], opener: Opener, where: str) -> Rows:
    """Rows in a list: a record each, or one for each column of a year.

    Raises:
        InputError: everything wrong with the file, or with what is taken from it.
    """
    path = opener.path(table.file, f"{where}.file")
    names = table.columns or {}
    needed = {names.get(n, n) for n, f in record.model_fields.items() if f.is_required()}

    def is_header(cells: Sequence[str]) -> bool:
        wide = wide_form(record, cells, table.by_year)
        return (
            needed <= set(cells) if wide is None else needed - {wide.date, wide.value} <= set(cells)
        )

    how = Reading(
        columns=names,
        layer=table.layer,
        id_column=None,
        encoding=table.encoding,
        decimal=table.decimal,
        kind_of=lambda column: "number" if is_year(column) else kind_of(record, column),
        is_header=is_header,
    )
    layer = read_whole(path, shown_name(table), how)
    columns = columns_of(layer.rows)
    wide = wide_form(record, columns, table.by_year)
    _check_columns(table, record, columns, wide)
    used = _switched(table, layer.rows)
    _check_filter(table, columns, where)
    chosen: Sequence[RawRow] = [row for row in used if fits(row.values, table.where)]
    chosen = chosen if wide is None else wide.melted(chosen)
    if not chosen:
        what = f"no row of {table.file} is left" + (" with a number in a year" if wide else "")
        fix = "Correct where or use_column, or fill in the file"
        raise InputError([Issue(where, what, "at least one row", fix)])
    warnings = (*_hidden(layer, shown_name(table)), *warn_list(table, layer.rows, record, where))
    places = {position: row.where for position, row in enumerate(chosen)}
    return Rows([fields_of(row, record) for row in chosen], places, warnings)


def columns_of(rows: Sequence[RawRow]) -> list[str]:
    """Columns of some rows, in order."""
    return list(dict.fromkeys(column for row in rows for column in row.values))


def _joined(
    join: JoinedFile, record: type[StrictModel], opener: Opener, where: str
) -> tuple[Layer, dict[str, RawRow]]:
    """A further sheet or file, and those of its rows that count, by id."""
    file = str(join.file)
    how = Reading(
        columns=join.columns or {},
        layer=join.layer,
        id_column=join.id_column,
        where=join.where,
        encoding=join.encoding,
        decimal=join.decimal,
        kind_of=lambda column: kind_of(record, column),
    )
    layer = read_whole(opener.path(file, f"{where}.file"), shown_name(join), how)
    _check_filter(join, columns_of(layer.rows), where)
    rows = [row for row in _switched(join, layer.rows) if fits(row.values, join.where)]
    return layer, {text_of(row.values.get(join.id_column)): row for row in rows}


def _with_columns(
    kept: Mapping[str, dict[str, Any]],
    found: Mapping[str, RawRow],
    record: type[StrictModel],
    known: set[str],
    file: str,
) -> dict[str, dict[str, Any]]:
    """Rows with the columns of a further sheet; names and sources stay those of the table.

    Raises:
        InputError: rows that the table does not have, or numbers that it states already.
    """
    issues = []
    joined = dict(kept)
    for name, row in found.items():
        if name not in known:
            near = meant(name, known)
            fix = f"Write '{near}'" if near else "Correct or remove it"
            what = f"'{name}' is no row of the table that it adds columns to"
            issues.append(Issue(row.where, what, f"one of {listed(sorted(known), 8)}", fix))
        elif name in kept:
            more = {k: v for k, v in fields_of(row, record).items() if k not in Record.model_fields}
            issues += [
                Issue(
                    f"{row.where}: {field}",
                    f"'{name}' states it already",
                    "one of the two",
                    "Remove it",
                )
                for field in more
                if field in kept[name] and kept[name][field] != more[field]
            ]
            joined[name] = {**more, **kept[name]}
    if issues:
        raise InputError(first_of(issues, file))
    return joined


def _switched(table: FileReference, rows: Sequence[RawRow]) -> tuple[RawRow, ...]:
    """Rows that are switched on.

    Raises:
        InputError: no such column, or a word that is neither yes nor no.
    """
    column = table.use_column
    if column is None:
        return tuple(rows)
    if not any(column in row.values for row in rows):
        what, fix = f"no column '{column}'", "Correct use_column or remove it"
        raise InputError([Issue(shown_name(table), what, "a column of yes and no", fix)])
    words = [text_of(row.values.get(column)).strip().lower() for row in rows]
    wrong = [
        Issue(f"{row.where}: {column}", f"found text '{word}'", "yes or no", "Write yes or no")
        for row, word in zip(rows, words, strict=True)
        if word not in SWITCH
    ]
    if wrong:
        raise InputError(first_of(wrong, shown_name(table)))
    return tuple(row for row, word in zip(rows, words, strict=True) if SWITCH[word])


def _hidden(layer: Layer, file: str) -> list[Issue]:
    """A warning of rows that a workbook does not show."""
    if not layer.hidden:
        return []
    lines = listed(layer.hidden, 5).replace("'", "")
    what = f"hidden rows are read like the others: {lines}"
    return [Issue(file, what, "", "Show or delete them, or leave them out with use_column")]


def _check_columns(
    table: ListReference, record: type[StrictModel], columns: Sequence[str], wide: Wide | None
) -> None:
    """Refuse a list whose columns do not give every field that a record needs."""
    if table.by_year is not None and table.by_year not in record.model_fields:
        near = nearest(table.by_year, record.model_fields)
        what, fix = f"no field '{table.by_year}'", f"Write '{near}'" if near else "Correct by_year"
        raise InputError(
            [Issue(table.file, what, f"one of {listed(record.model_fields, 20)}", fix)]
        )
    given = {*columns, *((wide.date, wide.value) if wide else ())}
    missing = [n for n, f in record.model_fields.items() if f.is_required() and n not in given]
    years = [column for column in columns if is_year(column)]
    alike = [column for column in columns if LIKE_YEAR.search(column) and not is_year(column)]
    fix = f"State by_year, the field that the columns {listed(years)} hold" if years else ""
    fix = f"Name columns of years by the year alone, not {listed(alike)}" if alike else fix
    issues = [
        Issue(
            shown_name(table),
            f"no column '{name}'",
            f"one of {listed(columns, 20)}",
            fix
            or f"Name it with columns, as in columns: {{{name}: {nearest(name, columns) or 'NAME'}}}",
        )
        for name in (missing[:1] if fix else missing)
    ]
    if issues:
        raise InputError(issues)


def _keep(
    table: TableReference, rows: Sequence[RawRow], record: type[StrictModel], where: str
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
            kept[name] = fields_of(row, record)
            found[name] = row.where
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
    return kept, found


def _check_filter(table: FileReference, columns: Sequence[str], where: str) -> None:
    """Refuse a filter by a column that is not there."""
    unknown = [column for column in table.where or {} if column not in columns]
    if unknown:
        raise InputError(
            [
                Issue(
                    f"{where}.where.{column}",
                    f"no column '{column}' in {table.file}",
                    f"one of {listed(sorted(columns), 20)}",
                    f"Write '{near}'" if (near := meant(column, columns)) else "Correct it",
                )
                for column in unknown
            ]
        )


def _with_records(
    table: TableReference,
    kept: dict[str, dict[str, Any]],
    places: dict[str, str],
    where: str,
) -> dict[str, dict[str, Any]]:
    """Rows with those that the reference adds or changes."""
    changed = dict(kept)
    for name, fields in (table.records or {}).items():
        changed[name] = {**changed.get(name, {}), **fields}
        places[name] = f"{where}.records.{name}"
    return changed
