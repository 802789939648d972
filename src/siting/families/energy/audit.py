"""The rules of ``energy`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from siting.core import bill
from siting.core.audit import (
    AuditResult,
    Finding,
    compare_tables,
    day,
    exceeds,
    facility_load,
    firm_by_zone,
    firm_draw_by_site,
    is_near,
    is_same,
    number,
    rows_of,
    sum_by,
    supply_by,
)
from siting.core.bill import Bill, charge
from siting.core.finance import present_year
from siting.core.table import Cell, Row, Table, Tables
from siting.core.units import HOURS_PER_YEAR
from siting.families.energy.data import EnergyData
from siting.families.energy.tables import CAPACITY_COLUMNS
from siting.families.energy.tariffs import audit_tariffs


def audit(data: EnergyData, tables: Tables) -> AuditResult:
    """Re-check both balances of every site and the purchases; recompute the cost."""
    system, calendar = data.system, data.system.calendar
    load = sum_by(tables, "service", ("site",), "it_mw", calendar)
    facility = facility_load(system, tables)
    mean = _mean_load(data, tables)
    firm = supply_by(tables, ("location",), "firm_mw", calendar)
    output = supply_by(tables, ("location",), "energy_mwh", calendar)
    lost = sum_by(tables, "curtailment", ("site",), "lost_mwh", calendar)
    findings: list[Finding] = []
    cost: Bill = {}
    grid_mwh: dict[tuple[str, int], float] = {}
    seen: set[tuple[str, int]] = set()
    for row_name, row in rows_of(tables, "power"):
        start, s = day(row, "period_start"), str(row["site"])
        p = None if start is None else calendar.period_at(start)
        if p is None or s not in system.sites or (s, p) in seen:
            findings.append(Finding("energy.power", row_name, "not one row a site and period"))
            continue
        seen.add((s, p))
        if not is_near(number(row, "it_mw"), load.get((s, p), 0.0)):
            what = f"service is {load.get((s, p), 0.0):.6f} MW"
            findings.append(Finding("energy.it_mw", row_name, what))
        own = {(s, p): output.get((s, p), 0.0) + lost.get((s, p), 0.0)}
        findings += _audit_balance(data, row_name, row, (s, p), (facility, mean), firm, own)
        grid_mw, mwh = number(row, "grid_mw"), number(row, "grid_energy_mwh")
        if s in data.zone_of:
            zone = data.zone_of[s]
            grid_mwh[zone, p] = grid_mwh.get((zone, p), 0.0) + mwh
            yearly = present_year(calendar, p) * data.network_usd_per_mw_year[zone, p]
            charge(cost, bill.site(s), {p: yearly * grid_mw})
        elif grid_mw or mwh:
            findings.append(Finding("energy.zone", row_name, "the site lies in no zone"))
    for key in sorted(set(load) - seen):
        if load[key] > 0:
            findings.append(Finding("energy.power", f"site {key[0]}", "load without a row"))
    findings += _audit_purchases(data, tables, grid_mwh, output, cost)
    findings += _audit_capacity(data, tables, cost)
    findings += audit_tariffs(data.tariffs, tables, cost)
    return AuditResult(tuple(findings), cost)


ByPlace = Mapping[tuple[str, int], float]
"""A quantity by site or zone, and period."""


def _audit_balance(
    data: EnergyData,
    row_name: str,
    row: Row,
    key: tuple[str, int],
    loads: tuple[ByPlace, ByPlace],
    firm: ByPlace,
    output: ByPlace,
) -> Iterator[Finding]:
    """Findings of the balances of one site in one period."""
    system = data.system
    hours = HOURS_PER_YEAR * system.calendar.years(key[1])
    facility, mean = (load.get(key, 0.0) for load in loads)
    months = number(row, "grid_mw") * system.calendar.months(key[1])
    if not is_same(number(row, "grid_mw_months"), months):
        yield Finding("energy.months", row_name, f"the draw is {months:.6f} MW-months")
    if not is_near(number(row, "facility_mw"), facility):
        yield Finding("energy.pue", row_name, f"facility load is {facility:.6f} MW")
    supply = number(row, "grid_mw") + firm.get(key, 0.0)
    if exceeds(facility, supply):
        yield Finding("energy.firm_balance", row_name, f"{facility:.3f} MW from {supply:.3f}")
    if exceeds(number(row, "grid_mw"), facility):
        what = f"draws {number(row, 'grid_mw'):.3f} MW for a load of {facility:.3f} MW"
        yield Finding("energy.real_draw", row_name, what)
    average = number(row, "grid_energy_mwh") / hours
    need = data.load_factor * mean
    if not is_near(need, average + output.get(key, 0.0) / hours):
        yield Finding("energy.energy_balance", row_name, f"needs {need * hours:.3f} MWh")
    if exceeds(average, number(row, "grid_mw")):
        yield Finding("energy.energy_draw", row_name, "more energy than the draw carries")


def _mean_load(data: EnergyData, tables: Tables) -> dict[tuple[str, int], float]:
    """Load by site and period with the cooling of the mean hour [MW]."""
    system = data.system
    if system.facility_load_table is not None:
        load = (system.facility_load_table, ("site",), "mean_facility_mw")
        return sum_by(tables, *load, system.calendar)
    it_mw = sum_by(tables, "service", ("site",), "it_mw", system.calendar)
    return {key: data.mean_pue * mw for key, mw in it_mw.items()}


def _zone_load(data: EnergyData, tables: Tables) -> dict[tuple[str, int], float]:
    """Peak load of the sites of a zone by period [MW]."""
    total: dict[tuple[str, int], float] = {}
    for (s, p), mw in facility_load(data.system, tables).items():
        if s in data.zone_of:
            total[data.zone_of[s], p] = total.get((data.zone_of[s], p), 0.0) + mw
    return total


def _audit_purchases(
    data: EnergyData,
    tables: Tables,
    grid_mwh: ByPlace,
    output: ByPlace,
    cost: Bill,
) -> Iterator[Finding]:
    """Findings of the purchases of each zone; adds their cost."""
    calendar = data.system.calendar
    bought = sum_by(tables, "purchases", ("zone",), "purchase_mwh", calendar)
    sold = sum_by(tables, "purchases", ("zone",), "sold_mwh", calendar)
    peak = _zone_load(data, tables)
    for row_name, row in rows_of(tables, "purchases"):
        start = day(row, "period_start")
        period = None if start is None else calendar.period_at(start)
        if period is None:
            yield Finding("energy.purchase", row_name, "no period of the horizon")
            continue
        average = number(row, "purchase_mwh") / (HOURS_PER_YEAR * calendar.years(period))
        if not is_same(average, number(row, "average_mw")):
            yield Finding("energy.purchase", row_name, f"the average is {average:.6f} MW")
        tonnes = data.emissions_t_per_mwh.get(str(row["zone"]), 0.0) * number(row, "purchase_mwh")
        if not is_same(number(row, "emissions_t"), tonnes):
            yield Finding("energy.emissions", row_name, f"{tonnes:.6f} t are emitted")
    for key in sorted(set(bought) | set(grid_mwh)):
        zone, p = key
        hours = HOURS_PER_YEAR * calendar.years(p)
        if key not in data.energy_usd_per_mw_year:
            yield Finding("energy.purchase", f"zone {zone}", "no site of the plan lies there")
            continue
        supply = bought.get(key, 0.0) + output.get(key, 0.0)
        out = grid_mwh.get(key, 0.0) + sold.get(key, 0.0)
        if exceeds(sold.get(key, 0.0) / hours, output.get(key, 0.0) / hours):
            yield Finding("energy.own_surplus", f"zone {zone}", "more is sold than plants give")
        if exceeds(out / hours if sold.get(key) else 0.0, peak.get(key, 0.0)):
            what = "more is used and sold than the peak load of the sites"
            yield Finding("energy.sold_beside_load", f"zone {zone}", what)
        if exceeds(out / hours, supply / hours):
            what = f"{out:.3f} MWh used or sold on {calendar.starts[p]}, {supply:.3f} bought"
            yield Finding("energy.purchase", f"zone {zone}", what)
        yearly = present_year(calendar, p) * data.energy_usd_per_mw_year[key]
        net = bought.get(key, 0.0) - data.surplus_frac * sold.get(key, 0.0)
        charge(cost, bill.zone(zone), {p: yearly * net / hours})


def _audit_capacity(data: EnergyData, tables: Tables, cost: Bill) -> Iterator[Finding]:
    """Findings of the capacity that is bought, once for each MW that the plan does not supply itself."""
    calendar = data.system.calendar
    draw, firm = firm_draw_by_site(tables, calendar), firm_by_zone(tables, calendar)
    rows: list[dict[str, Cell]] = []
    for z, p in sorted(data.capacity_usd_per_mw_year, key=lambda pair: (pair[1], pair[0])):
        drawn = sum(draw.get((s, p), 0.0) for s in data.sites_of(z))
        own = firm.get((z, p), 0.0)
        bought = data.needed_mw(z, p, drawn, own)
        if drawn > 0 or bought > 0:
            required = data.accredited_frac[z, p] * drawn
            cells = (calendar.starts[p], z, required, own, bought)
            rows.append(dict(zip(CAPACITY_COLUMNS, cells, strict=True)))
            yearly = present_year(calendar, p) * data.capacity_usd_per_mw_year[z, p]
            charge(cost, bill.zone(z), {p: yearly * bought})
    expected = Table.of(CAPACITY_COLUMNS, rows)
    keys = ("period_start", "zone")
    yield from compare_tables("energy.capacity", "capacity", tables.get("capacity"), expected, keys)
