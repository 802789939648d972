"""Plain-arithmetic tools of the audit: no model, no solver, only the tables of a plan.

When two numbers are the same is decided here, for extraction, tables and audit alike. What separates a
plan from exact arithmetic, and the tolerance ``absolute + relative * size`` that follows from it:

    the solver keeps a row to 1e-7               two sides of a rule       1e-6 + 1e-9 * size    is_near
    values below 1e-9 are left out, sums round   a number and what it      1e-7 + 1e-11 * size   is_same
    (nothing else is: tables carry 15 digits)    follows from
    the same, times the prices of what is left   dollars             0.01 + 1e-11 * size + prices  is_same_usd

A cost that is paid on the difference of quantities, as on a target less what is served, is a price times
what was left out of each of them; the family says how much that may be (``AuditResult.slack_usd``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from siting.core.bill import Bearer
from siting.core.calendar import Calendar
from siting.core.names import known
from siting.core.system import System
from siting.core.table import Cell, Row, Table, Tables

ABSOLUTE_TOLERANCE = 1e-6
"""MW, acres or units by which two sides of a rule may differ: the solver keeps rows to 1e-7."""
RELATIVE_TOLERANCE = 1e-9
SAME_ABSOLUTE = 1e-7
"""By how much a cell may differ from the one that other cells imply: sums of a hundred values that are
left out."""
SAME_RELATIVE = 1e-11
"""Only rounding in sums of products separates the two."""
NOISE = 1e-9
"""MW, MWh or acres below which a value is the solver's rounding, and left out of tables."""
KEPT_RELATIVE = 1e-14
"""By how much a sum of cells may differ from that of what was solved: tables keep 15 digits."""
USD_TOLERANCE = 0.01
"""Dollars by which a cost may differ from the one recomputed, before what its prices add."""


@dataclass(frozen=True, order=True)
class Finding:
    """A rule that a plan breaks, and the row where it shows."""

    rule: str
    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.row}: {self.what}"


@dataclass(frozen=True)
class AuditResult:
    """Findings of one family, its cost and its spending recomputed from the tables."""

    findings: tuple[Finding, ...]
    cost_usd: Mapping[tuple[Bearer, int], float] = field(default_factory=dict)
    """Discounted cost by the place that it is for, and period."""
    spending_usd: Mapping[int, float] = field(default_factory=dict)
    """Overnight cost by the period in which it is started or ordered."""
    slack_usd: Mapping[int, float] = field(default_factory=dict)
    """What quantities that are left out as noise may cost, by period, where a price is paid on their
    difference."""
    spending_slack_usd: Mapping[int, float] = field(default_factory=dict)
    """The same of spending: a state in MW may fall by what the solver lets a row be broken."""
    rounding_usd: float = 0.0
    """What the digits that tables keep may cost where a price is paid on a difference of large quantities."""


def is_near(left: float, right: float) -> bool:
    """Whether two numbers agree within the audit's tolerances."""
    return abs(left - right) <= ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * max(abs(left), abs(right))


def is_same(left: float, right: float) -> bool:
    """Whether a stated number is the one that other numbers imply, to rounding."""
    return abs(left - right) <= SAME_ABSOLUTE + SAME_RELATIVE * max(abs(left), abs(right))


def is_same_usd(left: float, right: float, slack_usd: float = 0.0) -> bool:
    """Whether a cost is the one that the tables imply.

    Args:
        slack_usd: what quantities that are left out of the tables may cost.
    """
    tolerance = USD_TOLERANCE + SAME_RELATIVE * max(abs(left), abs(right)) + slack_usd
    return abs(left - right) <= tolerance


def rest(whole: float, part: float) -> float:
    """``whole - part``; 0 where only rounding separates the two."""
    left = whole - part
    size = max(abs(whole), abs(part))
    return 0.0 if abs(left) <= NOISE + SAME_RELATIVE * size else left


def exceeds(left: float, right: float) -> bool:
    """Whether ``left <= right`` is broken beyond the audit's tolerances."""
    return left > right and not is_near(left, right)


def number(row: Row, column: str) -> float:
    """A numeric cell; blank counts as zero."""
    cell = _cell(row, column)
    return float(cell) if isinstance(cell, int | float) else 0.0


def day(row: Row, column: str) -> date | None:
    """A date cell, or None."""
    cell = _cell(row, column)
    return cell if isinstance(cell, date) else None


def _cell(row: Row, column: str) -> Cell:
    """A cell; a column that the row has not raises with the nearest name."""
    return row[column if column in row else known(column, row, "column")]


def label(table: str, position: int, row: Row) -> str:
    """How a finding names a row: file, line, and its first text cell."""
    name = next((str(cell) for cell in row.values() if isinstance(cell, str) and cell), "")
    return f"tables/{table}.csv line {position + 2}" + (f" ({name})" if name else "")


def rows_of(tables: Mapping[str, Table], name: str) -> Iterator[tuple[str, Row]]:
    """(label, row) of a table; nothing where the plan has no such table."""
    for position, row in tables[name].numbered() if name in tables else ():
        yield label(name, position, row), row


def sum_by(
    tables: Mapping[str, Table],
    name: str,
    columns: tuple[str, ...],
    quantity: str,
    calendar: Calendar,
) -> dict[tuple[str, int], float]:
    """Sum of a quantity of a table by (text columns..., period of ``period_start``).

    With one column the key is ``(text, period)``; rows outside the horizon are left out, since
    the table's own family reports them.
    """
    if isinstance(tables, Tables):
        tables.check(name, "period_start", quantity, *columns)
    total: dict[tuple[str, int], float] = {}
    for _, row in rows_of(tables, name):
        start = day(row, "period_start")
        period = None if start is None else calendar.period_at(start)
        if period is not None:
            key = ("|".join(str(row[column]) for column in columns), period)
            total[key] = total.get(key, 0.0) + number(row, quantity)
    return total


def supply_by(
    tables: Tables, columns: tuple[str, ...], quantity: str, calendar: Calendar
) -> dict[tuple[str, int], float]:
    """``sum_by`` over the tables of what serves a place in a period."""
    total: dict[tuple[str, int], float] = {}
    for name in tables.supplies:
        for key, amount in sum_by(tables, name, columns, quantity, calendar).items():
            total[key] = total.get(key, 0.0) + amount
    return total


def cover_by(tables: Tables, calendar: Calendar) -> dict[tuple[str, int], float]:
    """MW that hold load at a place and in a period when a unit is out."""
    total: dict[tuple[str, int], float] = {}
    for name, cover in tables.supplies.items():
        for key, mw in sum_by(tables, name, ("location",), cover, calendar).items():
            total[key] = total.get(key, 0.0) + mw
    return total


def firm_by_zone(tables: Tables, calendar: Calendar) -> dict[tuple[str, int], float]:
    """Firm supply by place and period [MW], and of zones also what neighbours send, net."""
    total = supply_by(tables, ("location",), "firm_mw", calendar)
    for column, quantity, sign in (("to_zone", "arrived_mw", 1), ("from_zone", "sent_mw", -1)):
        for key, mw in sum_by(tables, "transfers", (column,), quantity, calendar).items():
            total[key] = total.get(key, 0.0) + sign * mw
    return total


def firm_draw_by_site(
    tables: Mapping[str, Table], calendar: Calendar
) -> dict[tuple[str, int], float]:
    """Draw from the grid that does not give way in peak hours, by site and period [MW]."""
    draw = sum_by(tables, "power", ("site",), "grid_mw", calendar)
    for key, gives in sum_by(tables, "curtailment", ("site",), "give_way_mw", calendar).items():
        draw[key] = draw.get(key, 0.0) - gives
    return draw


def facility_load(system: System, tables: Mapping[str, Table]) -> dict[tuple[str, int], float]:
    """Facility load by site and period [MW]: of the cooling chosen, or the one PUE times IT."""
    if system.facility_load_table is not None:
        return sum_by(tables, system.facility_load_table, ("site",), "facility_mw", system.calendar)
    load = sum_by(tables, "service", ("site",), "it_mw", system.calendar)
    return {key: system.pue * it_mw for key, it_mw in load.items()}


def row_differences(rule: str, row_name: str, row: Row, expected: Row) -> Iterator[Finding]:
    """Findings for the cells of a row that differ from what its decision implies."""
    for column, right in expected.items():
        left = row.get(column)
        if not _same(left, right):
            yield Finding(rule, row_name, f"{column} is {left}, should be {right}")


def compare_tables(
    rule: str, name: str, found: Table | None, expected: Table, keys: Iterable[str]
) -> Iterator[Finding]:
    """Findings where a derived table differs, cell by cell, from what the rule gives.

    Args:
        keys: columns that tell the rows of the expected table apart.

    Raises:
        ValueError: two rows of the expected table have one key: whoever derives it is wrong.
    """
    key_columns = tuple(keys)
    found = found or Table((), ())

    def key(row: Row) -> tuple[Cell, ...]:
        return tuple(row.get(column) for column in key_columns)

    wanted = {key(row): row for row in expected}
    if len(wanted) < len(expected):
        raise ValueError(f"{key_columns} do not tell the rows of {name} apart")
    given: set[tuple[Cell, ...]] = set()
    for position, row in found.numbered():
        where, of = label(name, position, row), key(row)
        if of in given:
            yield Finding(rule, where, f"a second row of {', '.join(str(cell) for cell in of)}")
            continue
        given.add(of)
        right = wanted.pop(of, None)
        if right is None:
            yield Finding(rule, where, "the row follows from nothing else in the plan")
            continue
        for column in expected.columns:
            if not _same(row.get(column), right[column]):
                yield Finding(
                    rule, where, f"{column} is {row.get(column)}, the rule gives {right[column]}"
                )
    for missing in wanted:
        yield Finding(rule, f"tables/{name}.csv", f"row {missing} is missing")


def _same(left: Cell, right: Cell) -> bool:
    """Whether two cells agree; blank and empty text are the same."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return is_same(left, right)
    return (left in (None, "") and right in (None, "")) or left == right
