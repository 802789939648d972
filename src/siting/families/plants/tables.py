"""Result tables of ``plants`` from the solved values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from siting.core.table import Cell, Table
from siting.core.units import HOURS_PER_YEAR
from siting.families.base import Values, arrived_value, steps
from siting.families.columns import Columns, Footprint, Supply
from siting.families.plants.data import PlantsData
from siting.families.plants.settings import Technology

PLANT_COLUMNS = (
    "item",
    "name",
    "technology",
    "delivery",
    "location",
    "quantity",
    "capacity_mw",
    "firm_mw",
    "acres",
    "start_date",
    "permit_date",
    "equipment_date",
    "in_service_date",
    "source",
    "confidence",
    "estimated",
)


GENERATION_COLUMNS = (
    "period_start",
    "item",
    "technology",
    "location",
    "capacity_mw",
    "deliverable_mw",
    "firm_mw",
    "energy_mwh",
    "average_mw",
    "emissions_t",
    "water_m3",
    "connection",
    "step_up_class",
    "step_up_count",
)
TABLES = {
    "plants": Columns(PLANT_COLUMNS, acres_at="location"),
    "generation": Columns(
        GENERATION_COLUMNS,
        supply=Supply("technology", cover="deliverable_mw"),
        footprint=Footprint("technology", "technology"),
    ),
}


def report(values: Values, data: PlantsData) -> dict[str, Table]:
    """Units and named plants started, and what they give in each period."""
    plants = [*_unit_rows(values, data), *_named_rows(values, data)]
    generation = [*_unit_generation(values, data), *_named_generation(values, data)]
    generation.sort(key=lambda row: (row["period_start"], row["item"]))
    return {
        "plants": Table.of(PLANT_COLUMNS, plants),
        "generation": Table.of(GENERATION_COLUMNS, generation),
    }


def _unit_rows(values: Values, data: PlantsData) -> Iterator[dict[str, Cell]]:
    """A row for each technology, place and start period."""
    starts = data.system.calendar.starts
    for (k, place), _ in sorted(data.max_units.items()):
        periods = [p for tech, at, p in data.unit_starts if (tech, at) == (k, place)]
        for p, count in steps(values, "plants.units", (k, place), periods):
            yield unit_row(data, k, place, starts[p], count)


def unit_row(data: PlantsData, k: str, place: str, start: date, count: int) -> dict[str, Cell]:
    """The row of units started at a place on a date; dates and MW follow from the settings."""
    tech = data.technologies[k]
    ready = tech.ready_date(start, data.queue_months[k, place])
    period = data.system.calendar.period_from(ready)
    on_site = data.is_site(place)
    return {
        "item": f"{k}@{place}",
        "name": tech.name or k,
        "technology": k,
        "delivery": "on_site" if on_site else "grid",
        "location": place,
        "quantity": count,
        "capacity_mw": count * tech.unit_mw,
        "firm_mw": count * tech.unit_mw * data.credit[k, place],
        "acres": count * tech.unit_mw * tech.acres_per_mw if on_site else 0.0,
        "start_date": start,
        "permit_date": tech.permit_date(start),
        "equipment_date": tech.equipment_date(start),
        "in_service_date": None if period is None else data.system.calendar.starts[period],
        "source": tech.source,
        "confidence": tech.confidence,
        "estimated": tech.estimated,
    }


def _named_rows(values: Values, data: PlantsData) -> Iterator[dict[str, Cell]]:
    """A row for each named plant started."""
    starts = data.system.calendar.starts
    for j in data.named:
        periods = [p for plant, p in data.named_starts if plant == j]
        for p, _ in steps(values, "plants.start", (j,), periods):
            yield named_row(data, j, starts[p])


def named_row(data: PlantsData, j: str, start: date) -> dict[str, Cell]:
    """The row of a named plant started on a date."""
    plant = data.named[j]
    period = data.system.calendar.period_from(plant.ready_date(start))
    credit = data.technologies[plant.technology].credit_frac(data.system.zones[plant.zone])
    return {
        "item": j,
        "name": plant.name or j,
        "technology": plant.technology,
        "delivery": "grid",
        "location": plant.zone,
        "quantity": 1,
        "capacity_mw": plant.capacity_mw,
        "firm_mw": credit * plant.capacity_mw,
        "acres": 0.0,
        "start_date": start,
        "permit_date": None,
        "equipment_date": None,
        "in_service_date": None if period is None else data.system.calendar.starts[period],
        "source": plant.source,
        "confidence": plant.confidence,
        "estimated": plant.estimated,
    }


def _unit_generation(values: Values, data: PlantsData) -> Iterator[dict[str, Cell]]:
    """Capacity, firm MW and energy of units by period."""
    calendar = data.system.calendar
    for k, place, p in data.unit_service:
        count = arrived_value(values, "plants.units", (k, place), data.lag[k, place], p)
        if count > 0:
            running = count - values.get("plants.idle", (k, place, p))
            tech = data.technologies[k]
            output = values.get("plants.output_mw", (k, place, p))
            yield {
                "period_start": calendar.starts[p],
                "item": f"{k}@{place}",
                "technology": k,
                "location": place,
                "capacity_mw": count * tech.unit_mw,
                "deliverable_mw": running * tech.unit_mw,
                "firm_mw": running * tech.unit_mw * data.credit[k, place],
                **_energy_cells(tech, HOURS_PER_YEAR * calendar.years(p), output),
                "connection": tech.connection,
                "step_up_class": tech.step_up_class or "",
                "step_up_count": round(running) * tech.step_up_per_unit,
            }


def _energy_cells(tech: Technology, hours: float, output_mw: float) -> dict[str, Cell]:
    """Energy of a period, and what it emits and takes in water."""
    mwh = hours * output_mw
    return {
        "energy_mwh": mwh,
        "average_mw": output_mw,
        "emissions_t": tech.emissions_t_per_mwh * mwh,
        "water_m3": tech.water_m3_per_mwh * mwh,
    }


def _named_generation(values: Values, data: PlantsData) -> Iterator[dict[str, Cell]]:
    """Capacity, deliverable and firm MW, and energy of named plants by period."""
    calendar = data.system.calendar
    for j, p in data.named_service:
        plant = data.named[j]
        if arrived_value(values, "plants.start", (j,), data.named_lag[j], p) > 0:
            deliver = values.get("plants.deliver_mw", (j, p))
            output = values.get("plants.named_output_mw", (j, p))
            credit = data.technologies[plant.technology].credit_frac(data.system.zones[plant.zone])
            yield {
                "period_start": calendar.starts[p],
                "item": j,
                "technology": plant.technology,
                "location": plant.zone,
                "capacity_mw": plant.capacity_mw,
                "deliverable_mw": deliver,
                "firm_mw": credit * deliver,
                **_energy_cells(
                    data.technologies[plant.technology],
                    HOURS_PER_YEAR * calendar.years(p),
                    output,
                ),
                "connection": "high_voltage",
                "step_up_class": "",
                "step_up_count": 0,
            }
