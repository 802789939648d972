"""Result tables of ``interfaces`` from the solved values."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.table import Cell, Table
from siting.families.base import Values
from siting.families.columns import Columns
from siting.families.interfaces.data import InterfacesData

COLUMNS = ("period_start", "interface", "from_zone", "to_zone", "sent_mw", "arrived_mw", "limit_mw")
TABLES = {
    "transfers": Columns(COLUMNS),
}


def transfer_row(
    data: InterfacesData, key: tuple[str, str], p: int, sent_mw: float
) -> dict[str, Cell]:
    """What is sent over an interface in one direction."""
    start, end = data.ends[key]
    return {
        "period_start": data.system.calendar.starts[p],
        "interface": key[0],
        "from_zone": start,
        "to_zone": end,
        "sent_mw": sent_mw,
        "arrived_mw": (1 - data.loss[key[0]]) * sent_mw,
        "limit_mw": data.most_mw[key],
    }


def _rows(data: InterfacesData, values: Values) -> Iterator[dict[str, Cell]]:
    """Transfers in use, by period."""
    for p in data.system.calendar.periods:
        for key in data.ends:
            sent = values.get("interfaces.sent_mw", (*key, p))
            if sent > 0:
                yield transfer_row(data, key, p, sent)


def report(values: Values, data: InterfacesData) -> dict[str, Table]:
    """What is sent, what arrives, and the limit."""
    return {"transfers": Table.of(COLUMNS, _rows(data, values))}
