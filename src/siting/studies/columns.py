"""Columns of money that the pages of several studies have."""

from __future__ import annotations

from collections.abc import Sequence

from siting.core.audit import number
from siting.core.money import BILLIONS, MILLIONS, MoneyUnit, unit_of
from siting.core.proof import percent_up
from siting.core.table import Row
from siting.outputs.report.grid import Column, dollars, text

LEAST, MOST = "cost_increase_lower_usd", "cost_increase_upper_usd"
NOT_PROVEN = "not proven"
"""In place of a gap where no bound was obtained."""


def unit_for(rows: Sequence[Row], *keys: str, widest: MoneyUnit = BILLIONS) -> MoneyUnit:
    """The unit of columns of money that are read together."""
    return unit_of(*(number(row, key) for row in rows for key in keys), widest=widest)


def dearer_columns(rows: Sequence[Row]) -> tuple[Column, Column]:
    """Columns of how much dearer plans are, as an interval; never in billions, which hide small ones."""
    unit = unit_for(rows, LEAST, MOST, widest=MILLIONS)
    least = dollars(LEAST, "Dearer, at least", unit, 1)
    return least, dollars(MOST, "at most", unit, 1)


def gap_text(row: Row) -> str:
    """The gap of a plan in percent, and that there is none where nothing is proven; empty without a plan."""
    if row["cost_usd"] is None:
        return ""
    return NOT_PROVEN if row["gap_frac"] is None else f"{percent_up(number(row, 'gap_frac')):.2f}"


def with_gap_text(rows: Sequence[Row]) -> list[Row]:
    """Rows with their gap as text."""
    return [{**row, "gap": gap_text(row)} for row in rows]


def gap_column() -> Column:
    """The column of that text."""
    return text("gap", "Gap [%]")
