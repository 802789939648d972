"""Result tables of ``adequacy`` from the solved values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from siting.core.table import Cell, Table
from siting.families.adequacy.data import AdequacyData
from siting.families.base import Values, firm_draw
from siting.families.columns import Columns

COLUMNS = (
    "period_start",
    "zone",
    "season",
    "deficit_mw",
    "surplus_mw",
    "new_supply_mw",
    "required_mw",
)
TABLES = {
    "adequacy": Columns(COLUMNS),
}


def rows(
    data: AdequacyData,
    draw: Mapping[tuple[str, int], float],
    supply: Mapping[tuple[str, int], float],
) -> Iterator[dict[str, Cell]]:
    """Supply and requirement of each zone, season and period; what the zone lacks without the plan."""
    for z, k, p in sorted(data.index, key=lambda key: (key[2], key[0])):
        drawn = sum(draw.get((s, p), 0.0) for s in data.sites_in[z])
        yield {
            "period_start": data.system.calendar.starts[p],
            "zone": z,
            "season": k,
            "deficit_mw": data.deficit_mw[z, k, p],
            "surplus_mw": data.surplus_mw[z, k, p],
            "new_supply_mw": supply.get((z, p), 0.0),
            "required_mw": data.requirement[z, k, p] * drawn,
        }


def report(values: Values, data: AdequacyData) -> dict[str, Table]:
    """Deficit, surplus, new supply and requirement."""
    draw = {(s, p): firm_draw(values, s, p) for s, p in data.system.grid_periods}
    supply = {(z, p): values.total("zone_firm_mw", (z, p)) for z, p in data.zone_periods}
    return {"adequacy": Table.of(COLUMNS, rows(data, draw, supply))}
