"""Result tables of ``energy`` from the solved values."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.table import Cell, Table
from siting.core.units import HOURS_PER_YEAR
from siting.families.base import Values, firm_draw
from siting.families.columns import Columns, Footprint
from siting.families.energy.data import EnergyData
from siting.families.energy.tariffs import TARIFF_COLUMNS, tariff_table

COLUMNS = (
    "period_start",
    "site",
    "it_mw",
    "facility_mw",
    "grid_mw",
    "grid_mw_months",
    "grid_energy_mwh",
)


PURCHASE_COLUMNS = (
    "period_start",
    "zone",
    "purchase_mwh",
    "average_mw",
    "sold_mwh",
    "emissions_t",
)
CAPACITY_COLUMNS = (
    "period_start",
    "zone",
    "required_mw",
    "own_mw",
    "bought_mw",
)
TABLES = {
    "tariffs": Columns(TARIFF_COLUMNS),
    "capacity": Columns(CAPACITY_COLUMNS),
    "power": Columns(COLUMNS),
    "purchases": Columns(
        PURCHASE_COLUMNS, footprint=Footprint("bought energy", "zone", ("emissions_t",))
    ),
}


def report(values: Values, data: EnergyData) -> dict[str, Table]:
    """Power of each site that carries load, and purchases of each zone."""
    system = data.system
    rows: list[dict[str, Cell]] = []
    bought: list[dict[str, Cell]] = []
    for s, p in sorted(system.service_periods, key=lambda pair: (pair[1], pair[0])):
        it_mw = values.get("core.it_mw", (s, p))
        grid_mw = values.get("energy.grid_mw", (s, p))
        if it_mw > 0 or grid_mw > 0:
            hours = HOURS_PER_YEAR * system.calendar.years(p)
            rows.append(
                {
                    "period_start": system.calendar.starts[p],
                    "site": s,
                    "it_mw": it_mw,
                    "facility_mw": values.total("facility_mw", (s, p)),
                    "grid_mw": grid_mw,
                    "grid_mw_months": grid_mw * system.calendar.months(p),
                    "grid_energy_mwh": hours * values.get("energy.grid_energy_mw", (s, p)),
                }
            )
    for z, p in sorted(data.zone_periods, key=lambda pair: (pair[1], pair[0])):
        # at the full price a plan may buy what it sells: only the difference counts
        gross, sold = (values.get(f"energy.{of}_mw", (z, p)) for of in ("purchase", "sold"))
        mwh, sold = gross - min(gross, sold), sold - min(gross, sold)
        if mwh > 0 or sold > 0:
            hours = HOURS_PER_YEAR * system.calendar.years(p)
            start = system.calendar.starts[p]
            bought.append(
                {
                    "period_start": start,
                    "zone": z,
                    "purchase_mwh": hours * mwh,
                    "average_mw": mwh,
                    "sold_mwh": hours * sold,
                    "emissions_t": hours * mwh * data.emissions_t_per_mwh[z],
                }
            )
    return {
        "tariffs": tariff_table(values, data.tariffs),
        "capacity": Table.of(CAPACITY_COLUMNS, capacity_rows(values, data)),
        "power": Table.of(COLUMNS, rows),
        "purchases": Table.of(PURCHASE_COLUMNS, bought),
    }


def capacity_rows(values: Values, data: EnergyData) -> Iterator[dict[str, Cell]]:
    """What each zone requires for the plan's firm draw, what the plan supplies there, and what it buys."""
    for z, p in sorted(data.capacity_usd_per_mw_year, key=lambda pair: (pair[1], pair[0])):
        drawn = sum(firm_draw(values, s, p) for s in data.sites_of(z))
        own = values.total("zone_firm_mw", (z, p))
        bought = data.needed_mw(z, p, drawn, own)
        if drawn > 0 or bought > 0:
            yield {
                "period_start": data.system.calendar.starts[p],
                "zone": z,
                "required_mw": data.accredited_frac[z, p] * drawn,
                "own_mw": own,
                "bought_mw": bought,
            }
