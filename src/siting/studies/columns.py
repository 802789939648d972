"""Columns of money that the pages of several studies have."""

from __future__ import annotations

from collections.abc import Sequence

from siting.core.audit import number
from siting.core.money import BILLIONS, MILLIONS, MoneyUnit, unit_of
from siting.core.table import Row
from siting.outputs.report.grid import Column, dollars


def unit_for(rows: Sequence[Row], *keys: str, widest: MoneyUnit = BILLIONS) -> MoneyUnit:
    """The unit of columns of money that are read together."""
    return unit_of(*(number(row, key) for row in rows for key in keys), widest=widest)


def dearer_columns(rows: Sequence[Row]) -> tuple[Column, Column]:
    """Columns of how much dearer plans are, as an interval; never in billions, which hide small ones."""
    unit = unit_for(rows, "cost_increase_lower_usd", "cost_increase_upper_usd", widest=MILLIONS)
    least = dollars("cost_increase_lower_usd", "Dearer, at least", unit, 1)
    return least, dollars("cost_increase_upper_usd", "at most", unit, 1)
