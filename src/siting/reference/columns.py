"""What every column of a plan means: a name means the same in every table, but for those told apart."""

from __future__ import annotations

from collections.abc import Iterable

from siting.core.wording import unit_of
from siting.families.registry import COMPONENTS
from siting.reference.fields import Entry, Section
from siting.reference.vocabulary import MEANINGS, TABLES
from siting.solution.shape import JOINT


def result_tables() -> tuple[Section, ...]:
    """Every table that a plan may have, those of every plan first."""
    found = [_section(name, columns) for name, columns in sorted(JOINT.items())]
    for _, family in sorted(COMPONENTS.items()):
        found += [_section(name, table.names) for name, table in sorted(family.columns.items())]
    return tuple(found)


def _section(name: str, columns: Iterable[str]) -> Section:
    """Columns of a table."""
    return Section(name, TABLES.get(name, ""), tuple(_entry(name, column) for column in columns))


def meaning_of(table: str, column: str) -> str:
    """What a column of a table means."""
    return MEANINGS.get(f"{table}.{column}") or MEANINGS.get(column, "")


def _entry(table: str, column: str) -> Entry:
    """One column."""
    return Entry(column, meaning_of(table, column), unit_of((column,)), _kind(column))


def _kind(column: str) -> str:
    """What a column holds, by its name."""
    words = column.split("_")
    if words[-1] in ("date", "until") or column in ("period_start", "period_end"):
        return "date"
    if words[0] == "is":
        return "true or false"
    is_number = unit_of((column,)) or column in ("count", "quantity", "year")
    return "number" if is_number else "text"
