"""Result tables of ``bridge`` from the solved values."""

from __future__ import annotations

from siting.core.table import Cell, Table
from siting.core.units import HOURS_PER_YEAR
from siting.families.base import Values
from siting.families.bridge.data import BridgeData, Key
from siting.families.columns import Columns, Footprint, Supply

COLUMNS = (
    "period_start",
    "item",
    "name",
    "product",
    "location",
    "quantity",
    "arrival_count",
    "capacity_mw",
    "outage_cover_mw",
    "firm_mw",
    "energy_mwh",
    "average_mw",
    "emissions_t",
    "water_m3",
    "connection",
)
TABLES = {
    "rentals": Columns(
        COLUMNS,
        supply=Supply("product", ", rented", "outage_cover_mw"),
        footprint=Footprint("rented", "product"),
    ),
}


def report(values: Values, data: BridgeData) -> dict[str, Table]:
    """What is on rent in each period, what came, and what it gives."""
    rows = []
    for k, s, p in data.rentals:
        count = round(values.get("bridge.units", (k, s, p)))
        before = round(values.get("bridge.units", (k, s, p - 1)))
        if count > 0:
            average = values.get("bridge.output_mw", (k, s, p))
            mwh = HOURS_PER_YEAR * data.system.calendar.years(p) * average
            rows.append(rental_row(data, (k, s, p), count, before, mwh))
    rows.sort(key=lambda row: (row["period_start"], row["item"]))
    return {"rentals": Table.of(COLUMNS, rows)}


def rental_row(data: BridgeData, key: Key, count: int, before: int, mwh: float) -> dict[str, Cell]:
    """The row of units on rent; all else follows from how many, how many before, and energy."""
    k, s, p = key
    product, calendar = data.products[k], data.system.calendar
    capacity_mw = count * product.unit_mw
    return {
        "period_start": calendar.starts[p],
        "item": f"{k}@{s}",
        "name": product.name or k,
        "product": k,
        "location": s,
        "quantity": count,
        "arrival_count": max(0, count - before),
        "capacity_mw": capacity_mw,
        "outage_cover_mw": capacity_mw if product.output_frac else 0.0,
        "firm_mw": count * data.firm_mw(k, s),
        "energy_mwh": mwh,
        "average_mw": mwh / (HOURS_PER_YEAR * calendar.years(p)),
        "emissions_t": product.emissions_t_per_mwh * mwh,
        "water_m3": product.water_m3_per_mwh * mwh,
        "connection": product.connection,
    }
