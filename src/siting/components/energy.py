r"""Energy: the power balance of each site, and what grid energy and capacity cost.

Question: how much does each site draw from the grid, and how much energy does it buy?
Assumptions: a site needs firm capacity for its full load and energy for its load factor. Firm
capacity on site counts at its capacity credit. Energy of grid-delivered units of the plan replaces
purchases in their zone, up to what the plan's sites there buy; none is sold.

Formulation
-----------
    (firm_balance)    m[s,p] <= g[s,p] + F[s,p]
    (energy_balance)  LF * m[s,p] = e[s,p] + O[s,p] + q[s,p]
    with              m[s,p] = PUE * it[s,p], or the load by cooling where ``cooling`` is on
    (energy_draw)     e[s,p] <= g[s,p]
    (purchase)        sum_{s in z} e[s,p] <= b[z,p] + Oz[z,p]
    cost              sum d[p] years[p] * (8760 * pi[z] * b[z,p] + (365.25 * k[z] + N) * g[s,p])

Symbols
-------
    m[s,p]   facility load, ledger total ``facility_mw``            MW
    g[s,p]   grid draw contracted at the point of interconnection   MW
    e[s,p]   average energy taken from the grid                     average MW
    b[z,p]   average energy bought in a zone                        average MW
    q        energy of load that pauses, ledger ``lost_mw``         average MW
    F, O     firm capacity and average output on site, ledger       MW
    Oz       average output of grid-delivered plan units, ledger    MW
    PUE, LF  facility MW per IT MW; average over peak load          ratio
    pi, k    energy and capacity price                              USD per MWh, per MW-day
    N        network charge                                         USD per MW and year

A site outside every zone has no ``g``: it is supplied on site or not at all.
Sources: prices by zone in ``data/geo/grid_zones.geojson``; PUE and load factor in
``models/libraries/workloads.yaml``. Limits: prices do not react to the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import Field

from siting.components.base import Build, Component, Index, Values
from siting.components.whole import Expr, Label, at, pick, sum_over, whole
from siting.core.audit import (
    AuditResult,
    Finding,
    day,
    exceeds,
    facility_load,
    is_near,
    is_same,
    number,
    rows_of,
    sum_by,
    supply_by,
)
from siting.core.finance import add_to, present_year, present_years
from siting.core.strict import NonNegative, StrictModel
from siting.core.system import System
from siting.core.table import Cell, Row, Table
from siting.core.units import DAYS_PER_YEAR, HOURS_PER_YEAR, KG_PER_TONNE


class EnergyConfig(StrictModel):
    """Settings of ``energy``."""

    pue: float = Field(default=1.0, ge=1.0)
    """Power usage effectiveness: facility MW per IT MW."""
    load_factor_frac: float = Field(default=1.0, gt=0.0, le=1.0)
    """Average over peak facility load."""
    network_usd_per_mw_year: NonNegative = 0.0
    """Network charge on contracted draw [USD per MW and year]."""


@dataclass(frozen=True)
class EnergyData:
    """Numbers of the formulas."""

    system: System
    load_factor: float
    zone_of: Mapping[str, str]
    zone_periods: tuple[tuple[str, int], ...]
    sites_in: Mapping[str, tuple[str, ...]]
    energy_usd_per_mw_year: Mapping[str, float]
    draw_usd_per_mw_year: Mapping[str, float]
    emissions_t_per_mwh: Mapping[str, float]


def prepare(system: System, config: EnergyConfig) -> EnergyData:
    """Group sites by zone; turn prices into dollars per MW and year."""
    zone_of = {s: str(system.sites[s].zone) for s in system.node_of if s in system.first_service}
    members: dict[str, list[str]] = {}
    for site, zone in zone_of.items():
        members.setdefault(zone, []).append(site)
    first = {z: min(system.first_service[s] for s in sites) for z, sites in members.items()}
    return EnergyData(
        system=system,
        load_factor=config.load_factor_frac,
        zone_of=zone_of,
        zone_periods=tuple(
            (z, p) for z in sorted(members) for p in system.calendar.periods if p >= first[z]
        ),
        sites_in={z: tuple(sites) for z, sites in sorted(members.items())},
        energy_usd_per_mw_year={
            z: HOURS_PER_YEAR * system.zones[z].energy_usd_per_mwh for z in members
        },
        draw_usd_per_mw_year={
            z: DAYS_PER_YEAR * system.zones[z].capacity_usd_per_mw_day
            + config.network_usd_per_mw_year
            for z in members
        },
        emissions_t_per_mwh={z: system.zones[z].carbon_kg_per_mwh / KG_PER_TONNE for z in members},
    )


def declare(build: Build, data: EnergyData) -> None:
    """Declare draw, energy and purchases, and their cost."""
    system = data.system
    draw = build.variable(
        "grid_mw",
        system.grid_periods,
        upper=lambda s, p: at(system.draw_limit_mw, s, p),
        doc="contracted grid draw",
    )
    build.variable(
        "grid_energy_mw",
        system.grid_periods,
        upper=lambda s, p: data.load_factor * at(system.draw_limit_mw, s, p),
        doc="average energy from the grid",
    )
    bought = build.variable("purchase_mw", data.zone_periods, doc="average energy bought")
    years = present_years(system.calendar)
    hours = {p: HOURS_PER_YEAR * system.calendar.years(p) for p in system.calendar.periods}

    def facility(s: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), system.pue * build.it_mw[s, p]

    def draw_usd(s: Label, p: Label) -> tuple[Label, Expr]:
        zone = pick(data.zone_of, s)
        return p, at(years, p) * at(data.draw_usd_per_mw_year, zone) * draw[s, p]

    def energy_usd(z: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(years, p) * at(data.energy_usd_per_mw_year, z) * bought[z, p]

    def emissions(z: Label, p: Label) -> tuple[Index, Expr]:
        return (z, p), at(hours, p) * at(data.emissions_t_per_mwh, z) * bought[z, p]

    if "cooling" not in system.families:
        build.add_each("facility_mw", system.service_periods, facility)
    build.add_each("grid_mw", system.grid_periods, lambda s, p: ((s, p), draw[s, p]))
    build.cost_each(system.grid_periods, draw_usd)
    build.cost_each(data.zone_periods, energy_usd)
    build.add_each("emissions_t", data.zone_periods, emissions)


def constrain(build: Build, data: EnergyData) -> None:
    """Balance firm capacity and energy at each site, purchases in each zone."""
    system = data.system
    draw, energy = build.variables["grid_mw"], build.variables["grid_energy_mw"]
    bought = build.variables["purchase_mw"]

    @whole
    def firm_balance(s: Label, p: Label) -> tuple[Expr, Expr]:
        firm = build.total("onsite_firm_mw", (s, p))
        return build.total("facility_mw", (s, p)), draw.get((s, p)) + firm

    @whole
    def energy_balance(s: Label, p: Label) -> tuple[Expr, Expr]:
        output = build.total("onsite_output_mw", (s, p))
        need = data.load_factor * build.total("facility_mw", (s, p))
        return need, energy.get((s, p)) + output + build.total("lost_mw", (s, p))

    @whole
    def energy_draw(s: Label, p: Label) -> tuple[Expr, Expr]:
        return energy[s, p], draw[s, p]

    @whole
    def purchase(z: Label, p: Label) -> tuple[Expr, Expr]:
        used = sum_over(pick(data.sites_in, z), lambda s, p: energy.get((s, p)), p)
        return used, bought[z, p] + build.total("zone_output_mw", (z, p))

    pairs = system.service_periods
    build.at_most("firm_balance", pairs, firm_balance, doc="firm capacity", unit="MW")
    build.equal("energy_balance", pairs, energy_balance, doc="energy", unit="average MW")
    build.at_most("energy_draw", system.grid_periods, energy_draw, doc="energy", unit="MW")
    build.at_most("purchase", data.zone_periods, purchase, doc="energy bought", unit="MW")


COLUMNS = (
    "period_start",
    "site",
    "it_mw",
    "facility_mw",
    "grid_mw",
    "grid_mw_months",
    "grid_energy_mwh",
)


PURCHASE_COLUMNS = ("period_start", "zone", "purchase_mwh", "average_mw", "emissions_t")


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
        mwh = values.get("energy.purchase_mw", (z, p))
        if mwh > 0:
            hours = HOURS_PER_YEAR * system.calendar.years(p)
            start = system.calendar.starts[p]
            bought.append(
                {
                    "period_start": start,
                    "zone": z,
                    "purchase_mwh": hours * mwh,
                    "average_mw": mwh,
                    "emissions_t": hours * mwh * data.emissions_t_per_mwh[z],
                }
            )
    return {
        "power": Table.of(COLUMNS, rows),
        "purchases": Table.of(PURCHASE_COLUMNS, bought),
    }


def audit(data: EnergyData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check both balances of every site and the purchases; recompute the cost."""
    system, calendar = data.system, data.system.calendar
    load = sum_by(tables, "service", ("site",), "it_mw", calendar)
    facility = facility_load(system, tables)
    firm = supply_by(tables, ("location",), "firm_mw", calendar)
    output = supply_by(tables, ("location",), "energy_mwh", calendar)
    lost = sum_by(tables, "curtailment", ("site",), "lost_mwh", calendar)
    findings: list[Finding] = []
    cost: dict[int, float] = {}
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
        findings += _audit_balance(data, row_name, row, (s, p), facility, firm, own)
        grid_mw, mwh = number(row, "grid_mw"), number(row, "grid_energy_mwh")
        if s in data.zone_of:
            zone = data.zone_of[s]
            grid_mwh[zone, p] = grid_mwh.get((zone, p), 0.0) + mwh
            yearly = present_year(calendar, p) * data.draw_usd_per_mw_year[zone]
            add_to(cost, {p: yearly * grid_mw})
        elif grid_mw or mwh:
            findings.append(Finding("energy.zone", row_name, "the site lies in no zone"))
    for key in sorted(set(load) - seen):
        if load[key] > 0:
            findings.append(Finding("energy.power", f"site {key[0]}", "load without a row"))
    findings += _audit_purchases(data, tables, grid_mwh, output, cost)
    return AuditResult(tuple(findings), cost)


ByPlace = Mapping[tuple[str, int], float]
"""A quantity by site or zone, and period."""


def _audit_balance(
    data: EnergyData,
    row_name: str,
    row: Row,
    key: tuple[str, int],
    loads: ByPlace,
    firm: ByPlace,
    output: ByPlace,
) -> Iterator[Finding]:
    """Findings of the balances of one site in one period."""
    system = data.system
    hours = HOURS_PER_YEAR * system.calendar.years(key[1])
    facility = loads.get(key, 0.0)
    months = number(row, "grid_mw") * system.calendar.months(key[1])
    if not is_same(number(row, "grid_mw_months"), months):
        yield Finding("energy.months", row_name, f"the draw is {months:.6f} MW-months")
    if not is_near(number(row, "facility_mw"), facility):
        yield Finding("energy.pue", row_name, f"facility load is {facility:.6f} MW")
    supply = number(row, "grid_mw") + firm.get(key, 0.0)
    if exceeds(facility, supply):
        yield Finding("energy.firm_balance", row_name, f"{facility:.3f} MW from {supply:.3f}")
    average = number(row, "grid_energy_mwh") / hours
    need = data.load_factor * facility
    if not is_near(need, average + output.get(key, 0.0) / hours):
        yield Finding("energy.energy_balance", row_name, f"needs {need * hours:.3f} MWh")
    if exceeds(average, number(row, "grid_mw")):
        yield Finding("energy.energy_draw", row_name, "more energy than the draw carries")


def _audit_purchases(
    data: EnergyData,
    tables: Mapping[str, Table],
    grid_mwh: ByPlace,
    output: ByPlace,
    cost: dict[int, float],
) -> Iterator[Finding]:
    """Findings of the purchases of each zone; adds their cost."""
    calendar = data.system.calendar
    bought = sum_by(tables, "purchases", ("zone",), "purchase_mwh", calendar)
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
        if zone not in data.energy_usd_per_mw_year:
            yield Finding("energy.purchase", f"zone {zone}", "no site of the plan lies there")
            continue
        supply = bought.get(key, 0.0) + output.get(key, 0.0)
        if exceeds(grid_mwh.get(key, 0.0) / hours, supply / hours):
            what = f"{grid_mwh[key]:.3f} MWh used on {calendar.starts[p]}, {supply:.3f} bought"
            yield Finding("energy.purchase", f"zone {zone}", what)
        yearly = present_year(calendar, p) * data.energy_usd_per_mw_year[zone]
        add_to(cost, {p: yearly * bought.get(key, 0.0) / hours})


COMPONENT = Component(
    name="energy",
    config=EnergyConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    requires=("workloads",),
    formulation=__doc__ or "",
)
