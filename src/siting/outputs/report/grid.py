"""Tables of the pages: columns, rows as text, and marks of confidence and source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from siting.core.labels import estimates_of, is_weak, words
from siting.core.money import MoneyUnit
from siting.core.plan import Plan
from siting.core.table import Cell, Row
from siting.outputs.features import rows_in
from siting.outputs.report.words import EMPTY
from siting.reference.vocabulary import MEANINGS, STUDIES

Show = Callable[[Cell], str]


@dataclass(frozen=True)
class Column:
    """A column: key of the row, heading with unit, and how a cell is shown.

    Attributes:
        about: what it means, where its key alone does not tell.
    """

    key: str
    label: str
    show: Show
    is_number: bool = False
    is_long: bool = False
    about: str = ""

    @property
    def meaning(self) -> str:
        """What the dictionary says of it, for the heading; empty where it does not know the key."""
        return self.about or STUDIES.get(self.key) or MEANINGS.get(self.key, "")


@dataclass(frozen=True)
class Mark:
    """Confidence of a row, how many of its values are estimates, and its source entry."""

    confidence: str
    estimates: int
    is_weak: bool
    source: int | None


@dataclass(frozen=True)
class Line:
    """A row of a report table."""

    cells: tuple[str, ...]
    mark: Mark | None = None


@dataclass(frozen=True)
class ReportTable:
    """A table ready for the template.

    Attributes:
        title: what it holds, for readers who cannot see its place on the page.
        has_marks: whether a last column says how far each row can be trusted.
        total: a last row that sorting leaves alone.
        is_target: whether its rows are what links of other tables lead to.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    has_marks: bool = False
    total: tuple[str, ...] = ()
    is_target: bool = False


def _text(cell: Cell) -> str:
    """A cell as it is."""
    return EMPTY if cell is None or cell == "" else str(cell)


def _words(cell: Cell) -> str:
    """A library identifier as words."""
    return words(cell) or EMPTY


def _amount(decimals: int, unit: float = 1.0) -> Show:
    """Numbers with a fixed count of decimals."""

    def show(cell: Cell) -> str:
        is_amount = isinstance(cell, int | float) and not isinstance(cell, bool)
        # rounding first and adding zero turns a tiny negative number into 0 rather than -0
        return f"{round(cell / unit, decimals) + 0.0:,.{decimals}f}" if is_amount else EMPTY  # type: ignore[operator]

    return show


def text(key: str, label: str) -> Column:
    """A column of text or dates."""
    return Column(key, label, _text)


def long_text(key: str, label: str) -> Column:
    """A column of text that may fill several lines."""
    return Column(key, label, _text, is_long=True)


def kind(key: str, label: str) -> Column:
    """A column of library identifiers."""
    return Column(key, label, _words, is_long=True)


def amount(key: str, label: str, decimals: int = 0, unit: float = 1.0) -> Column:
    """A column of numbers, each divided by ``unit``."""
    return Column(key, label, _amount(decimals, unit), is_number=True)


def dollars(key: str, label: str, unit: MoneyUnit, decimals: int) -> Column:
    """A column of money in a unit, which its heading names."""
    return Column(
        key,
        f"{label} [{unit.name}]",
        _amount(unit.decimals(decimals), unit.usd),
        is_number=True,
    )


def name_of(plan: Plan, place: object) -> str:
    """Name of a place; its id where it has none."""
    return str(plan.places.get(str(place), {}).get("name") or place or "")


def named(plan: Plan, key: str, label: str, empty: str = EMPTY) -> Column:
    """A column of place ids, shown by the place's name."""
    return Column(key, label, lambda cell: name_of(plan, cell) or empty, is_long=True)


class Sources:
    """Where in the table of sources a thing stands."""

    def __init__(self, plan: Plan) -> None:
        self._numbers: dict[str, int] = {}
        for position, row in enumerate(rows_in(plan, "sources")):
            self._numbers.setdefault(str(row["id"]), position)

    def position(self, name: object) -> int | None:
        """Place of an id in the table."""
        return self._numbers.get(str(name))

    def mark(self, row: Row, keys: Iterable[str]) -> Mark:
        """Mark of a row whose source entry has one of some ids."""
        places = (self.position(row[key]) for key in keys)
        found = next((place for place in places if place is not None), None)
        return Mark(
            str(row.get("confidence") or "not stated"), len(estimates_of(row)), is_weak(row), found
        )


def plain_table(
    name: str, title: str, columns: tuple[Column, ...], rows: Iterable[Row]
) -> ReportTable:
    """A table whose rows carry no provenance."""
    return ReportTable(name, title, columns, tuple(line(columns, row) for row in rows))


def marked_table(
    name: str,
    title: str,
    columns: tuple[Column, ...],
    rows: Iterable[Row],
    sources: Sources,
    keys: Sequence[str],
) -> ReportTable:
    """A table whose rows carry confidence and a link to their source."""
    lines = tuple(line(columns, row, sources.mark(row, keys)) for row in rows)
    return ReportTable(name, title, columns, lines, has_marks=True)


def line(columns: Sequence[Column], row: Row, mark: Mark | None = None) -> Line:
    """A row as text; a column that the row lacks is blank."""
    return Line(tuple(column.show(row.get(column.key)) for column in columns), mark)
