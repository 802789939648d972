"""A result table: named columns, typed cells, a stable order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

Cell = str | int | float | bool | date | None
Row = Mapping[str, Cell]


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
        kept = tuple(dict(row) for row in rows)
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
