"""Lists with one column a year, as planners keep demand: each cell becomes a record from its date on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel

from siting.core.annotations import is_date, is_number
from siting.core.magnitude import number_of
from siting.layers.row import RawRow

DATE = re.compile("(?:19|20|21)[0-9]{2}(?:-[0-9]{2}(?:-[0-9]{2})?)?")


def is_year(column: str) -> bool:
    """Whether a column is one of a year or a date."""
    return DATE.fullmatch(column) is not None


@dataclass(frozen=True)
class Wide:
    """How a row with one column a year becomes records.

    Attributes:
        date: field that takes the year. value: field that takes the cell.
    """

    date: str
    value: str

    def melted(self, rows: Sequence[RawRow]) -> list[RawRow]:
        """A row for each cell that holds something; the others state nothing for their year."""
        found = []
        for row in rows:
            kept = {column: cell for column, cell in row.values.items() if not is_year(column)}
            for column, cell in row.values.items():
                if is_year(column) and cell not in (None, ""):
                    day = column if len(column) > 4 else f"{column}-01"
                    values = {**kept, self.date: day, self.value: cell}
                    found.append(replace(row, values=values, where=f"{row.where} ({column})"))
        return found


def wide_form(model: type[BaseModel], columns: Sequence[str], stated: str | None) -> Wide | None:
    """How a table with these columns holds a list by year; None where it has a row a record.

    Args:
        stated: the field that the columns of years hold, None for the only one that can be.
    """
    others = [column for column in columns if not is_year(column)]
    if len(others) == len(columns) or any(number_of(column) is not None for column in others):
        return None  # no year, or a row of numbers rather than a header
    free = {name: f for name, f in model.model_fields.items() if name not in columns}
    dates = [name for name, f in free.items() if is_date(f.annotation) and f.is_required()]
    values = [name for name, f in free.items() if is_number(f.annotation) and f.is_required()]
    values = [stated] if stated in free else values
    return Wide(dates[0], values[0]) if len(dates) == 1 and len(values) == 1 else None
