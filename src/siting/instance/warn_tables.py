"""Warnings about files that a scenario names: columns that nothing reads, filters without effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from siting.core.errors import Issue
from siting.core.paths import ANY
from siting.core.resources import PREFIX
from siting.core.strict import StrictModel
from siting.core.warnings import listed, meant
from siting.instance.by_year import is_year, wide_form
from siting.instance.references import FileReference, JoinedFile, ListReference, TableReference
from siting.layers.read import POSITIONS, fits
from siting.layers.row import RawRow

ALIKE = 0.8
"""How alike a column is that was probably meant."""


def warn_table(
    table: TableReference,
    rows: Sequence[RawRow],
    record: type[StrictModel],
    where: str,
    *,
    is_made: bool = False,
) -> Iterator[Issue]:
    """What a table or its reference holds in vain; the columns of built-in tables are known.

    Args:
        is_made: whether ``siting headroom`` made the table, so that its columns are known too.
    """
    if not table.file.startswith(PREFIX) and not is_made:
        yield from warn_columns(table, rows, record, table.id_column)
    ids = [str(row.values.get(table.id_column)) for row in rows]
    yield from _filters(table, rows, where)
    yield from _chosen(table, ids, where)
    yield from _records(table, rows, ids, where)


def warn_list(
    table: ListReference, rows: Sequence[RawRow], record: type[StrictModel], where: str
) -> Iterator[Issue]:
    """What a list or its reference holds in vain."""
    if not table.file.startswith(PREFIX):
        yield from warn_columns(table, rows, record, None)
    yield from _filters(table, rows, where)


def warn_columns(
    table: FileReference | JoinedFile,
    rows: Sequence[RawRow],
    record: type[StrictModel],
    id_column: str | None,
) -> Iterator[Issue]:
    """Columns that nothing reads, with the nearest that would be read."""
    known = set(record.model_fields)
    columns = dict.fromkeys(column for row in rows for column in row.values)
    read = known | POSITIONS | set(table.where or ()) | {str(id_column), str(table.use_column)}
    read |= set((table.columns or {}).values()) | set(table.ignore_columns or ())
    if isinstance(table, ListReference) and wide_form(record, list(columns), table.by_year):
        read |= set(filter(is_year, columns))
    vain = [column for column in columns if column not in read and column.lower() not in POSITIONS]
    if not vain or ANY in (table.ignore_columns or ()):
        return
    free = sorted(known - set(columns))
    near = {column: _nearest(column, free) for column in vain}
    alike = [f"'{c}' is near '{n}'" for c, n in near.items() if n is not None]
    what = f"{listed(vain)} {'are' if len(vain) > 1 else 'is'} read by nothing"
    what += f"; {', '.join(alike)}" if alike else ""
    fix = "Rename them with columns" if alike else "List them in ignore_columns, or remove them"
    yield Issue(str(table.file), what, "", fix)


def _nearest(column: str, known: Iterable[str]) -> str | None:
    """The known name that a column probably means."""
    plain = {"".join(c for c in name.lower() if c.isalnum()): name for name in known}
    near = get_close_matches("".join(c for c in column.lower() if c.isalnum()), plain, 1, ALIKE)
    return plain[near[0]] if near else None


def _filters(table: FileReference, rows: Sequence[RawRow], where: str) -> Iterator[Issue]:
    """Filters that keep every row, and values that no row has."""
    for column, values in (table.where or {}).items():
        found = {str(row.values.get(column) or "") for row in rows}
        missing = [value for value in values if value not in found]
        if missing:
            near = get_close_matches(missing[0], sorted(found), 1)
            fix = f"Write '{near[0]}'" if near else f"The file has {listed(sorted(found), 8)}"
            what = f"no row of {table.file} has {listed(missing)} in '{column}'"
            yield Issue(f"{where}.where.{column}", what, "", fix)
        elif all(fits(row.values, {column: values}) for row in rows):
            what = f"it keeps every row of {table.file}"
            yield Issue(f"{where}.where.{column}", what, "", "Remove it")


def _chosen(table: TableReference, ids: list[str], where: str) -> Iterator[Issue]:
    """Ids to keep or to leave out that change nothing."""
    if table.only is not None and set(ids) <= set(table.only):
        yield Issue(f"{where}.only", f"it keeps every row of {table.file}", "", "Remove it")
    lost = [name for name in table.leave_out or () if name not in ids]
    if lost:
        near = get_close_matches(lost[0], ids, 1)
        fix = f"Write '{near[0]}'" if near else "Correct or remove it"
        yield Issue(f"{where}.leave_out", f"{table.file} has no {listed(lost)}", "", fix)


def _records(
    table: TableReference, rows: Sequence[RawRow], ids: list[str], where: str
) -> Iterator[Issue]:
    """Records that were meant to change a row and became rows of their own, or change nothing."""
    known = {name: row.values for name, row in zip(ids, rows, strict=True)}
    for name, fields in (table.records or {}).items():
        place = f"{where}.records.{name}"
        if name not in known:
            near = meant(name, ids)
            if near:
                what = f"'{name}' is a row of its own, no change of '{near}'"
                yield Issue(place, what, "", f"Write '{near}' if that is meant")
        elif all(_is_same(known[name].get(column), value) for column, value in fields.items()):
            what = f"it states what {table.file} says already"
            yield Issue(place, what, "", "Remove it")


def _is_same(cell: Any, value: Any) -> bool:
    """Whether a cell of a table, perhaps text, is the value of a record."""
    if cell == value or str(cell) == str(value):
        return True
    try:
        return not isinstance(value, str) and float(str(cell)) == float(value)
    except (TypeError, ValueError):
        return False
