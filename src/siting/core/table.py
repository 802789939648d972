"""A result table: named columns, typed cells, a stable order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from siting.core.names import known

Cell = str | int | float | bool | date | None
Row = Mapping[str, Cell]


class Cells(dict[str, Cell]):
    """A row of which a column that it has not is asked for with an error that names the nearest."""

    def __missing__(self, column: str) -> Cell:
        return self[known(column, self, "column")]


@dataclass(frozen=True)
class Table:
    """Rows of one result table; every row has exactly the table's columns.

    Attributes:
        positions: of each row in the file that it was read from, where some were left out.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    positions: tuple[int, ...] = ()

    @staticmethod
    def of(columns: Iterable[str], rows: Iterable[Row]) -> Table:
        """Build a table, keeping the given row order; a row with other keys is an error."""
        names = tuple(columns)
        kept = tuple(Cells(row) for row in rows)
        for row in kept:
            if set(row) != set(names):
                raise ValueError(f"row keys {sorted(row)} differ from columns {sorted(names)}")
        return Table(names, kept)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def numbered(self) -> Iterator[tuple[int, Row]]:
        """(position in the file, row)."""
        return zip(self.positions or range(len(self.rows)), self.rows, strict=True)


class Tables(Mapping[str, Table]):
    """Tables of a plan, of which some may be left out; a name that nobody declares raises.

    Args:
        found: tables by name. known: columns of every table that a plan may have.
        supplies: those of what serves a ``location`` in a period, with the column of the MW that hold
            load there when a unit is out.
        acres_at: those of what takes acres from its start on, with the column of its site.
    """

    def __init__(
        self,
        found: Mapping[str, Table],
        known: Mapping[str, tuple[str, ...]],
        supplies: Mapping[str, str] | None = None,
        acres_at: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self._found = found
        self._known = known
        self.supplies = supplies or {}
        self.acres_at = acres_at

    def __getitem__(self, name: str) -> Table:
        self.check(name)
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        self.check(str(name))
        return name in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def check(self, name: str, *columns: str) -> None:
        """Raise where there is no such table, or it has not these columns, even of no rows.

        Raises:
            UnknownNameError: says which, and the nearest name.
        """
        if name not in self._found:
            known(name, self._known, "table")
        for column in columns if name in self._known else ():
            known(column, self._known[name], f"column of table '{name}'")
