"""Result tables of ``cooling`` from the solved values."""

from __future__ import annotations

from siting.core.table import Cell, Table
from siting.families.base import Values
from siting.families.columns import Columns, Footprint
from siting.families.cooling.data import CoolingData

COLUMNS = (
    "period_start",
    "site",
    "option",
    "it_mw",
    "facility_mw",
    "mean_facility_mw",
    "water_m3",
)
TABLES = {
    "cooling": Columns(COLUMNS, footprint=Footprint("cooling", "option", ("water_m3",))),
}


def report(values: Values, data: CoolingData) -> dict[str, Table]:
    """Load, power and water of each site by its cooling."""
    rows = []
    for s, c, p in sorted(data.loads, key=lambda key: (key[2], key[:2])):
        it_mw = values.get("cooling.it_mw", (s, c, p))
        if it_mw > 0:
            start = data.system.calendar.starts[p]
            rows.append({"period_start": start, "site": s, **cells(data, c, p, it_mw)})
    return {"cooling": Table.of(COLUMNS, rows)}


def cells(data: CoolingData, c: str, p: int, it_mw: float) -> dict[str, Cell]:
    """Power and water of a load under an option."""
    years = data.system.calendar.years(p)
    return {
        "option": c,
        "it_mw": it_mw,
        "facility_mw": data.options[c].sizing_pue * it_mw,
        "mean_facility_mw": data.options[c].pue * it_mw,
        "water_m3": years * data.water_m3_per_mw_year[c] * it_mw,
    }
