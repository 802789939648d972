"""Variables, ledger terms and constraints of ``energy``; the formulation stands in the package."""

from __future__ import annotations

from functools import partial

from siting.core.finance import present_years
from siting.core.units import HOURS_PER_YEAR
from siting.expressions.labels import Expr, Label, Relation, at, pick, sum_over
from siting.families.base import Build, Index, firm_draw
from siting.families.energy.data import EnergyData
from siting.families.energy.tariffs import constrain_tariffs, declare_tariffs


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
    sold = build.variable(
        "sold_mw",
        data.sold_periods,
        upper=lambda z, p: at(data.most_drawn_mw, z, p),
        doc="average energy of the plan's plants that is sold",
    )
    capacity = build.variable(
        "capacity_mw", list(data.capacity_usd_per_mw_year), doc="accredited capacity bought"
    )
    years = present_years(system.calendar)
    hours = {p: HOURS_PER_YEAR * system.calendar.years(p) for p in system.calendar.periods}

    def facility(s: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), system.pue * build.it_mw[s, p]

    def network_usd(s: Label, p: Label) -> tuple[Label, Expr]:
        zone = pick(data.zone_of, s)
        return p, at(years, p) * at(data.network_usd_per_mw_year, zone, p) * draw[s, p]

    def capacity_usd(z: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(years, p) * at(data.capacity_usd_per_mw_year, z, p) * capacity[z, p]

    def energy_usd(z: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(years, p) * at(data.energy_usd_per_mw_year, z, p) * bought[z, p]

    def sold_usd(z: Label, p: Label) -> tuple[Label, Expr]:
        earned = at(lambda z, p: -data.surplus_frac * data.energy_usd_per_mw_year[z, p], z, p)
        return p, at(years, p) * earned * sold[z, p]

    def mean(s: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), data.mean_pue * build.it_mw[s, p]

    def emissions(z: Label, p: Label) -> tuple[Index, Expr]:
        return (z, p), at(hours, p) * at(data.emissions_t_per_mwh, z) * bought[z, p]

    if system.facility_load_table is None:
        build.add_each("facility_mw", system.service_periods, facility)
        build.add_each("mean_facility_mw", system.service_periods, mean)
    build.add_each("grid_mw", system.grid_periods, lambda s, p: ((s, p), draw[s, p]))
    declare_tariffs(build, data.tariffs)
    build.cost_each(system.grid_periods, network_usd)
    build.cost_each(list(data.capacity_usd_per_mw_year), capacity_usd)
    build.cost_each(data.zone_periods, energy_usd)
    build.cost_each(data.sold_periods, sold_usd)
    build.add_each("emissions_t", data.zone_periods, emissions)


def constrain(build: Build, data: EnergyData) -> None:
    """Balance firm capacity and energy at each site, purchases in each zone."""
    system = data.system
    draw, energy = build.variables["grid_mw"], build.variables["grid_energy_mw"]
    bought, sold = build.variables["purchase_mw"], build.variables["sold_mw"]
    pairs = system.service_periods

    def unused(s: Label, p: Label) -> Expr:
        return build.total("facility_mw", (s, p)) - energy.get((s, p))

    @build.constraint(over=pairs, doc="firm capacity", unit="MW")
    def firm_balance(s: Label, p: Label) -> Relation:
        firm = build.total("onsite_firm_mw", (s, p))
        return build.total("facility_mw", (s, p)) <= draw.get((s, p)) + firm

    @build.constraint(over=pairs, doc="energy", unit="average MW")
    def energy_balance(s: Label, p: Label) -> Relation:
        output = build.total("onsite_output_mw", (s, p))
        need = data.load_factor * build.total("mean_facility_mw", (s, p))
        return need == energy.get((s, p)) + output + build.total("lost_mw", (s, p))

    @build.constraint(over=system.grid_periods, doc="energy", unit="MW")
    def energy_draw(s: Label, p: Label) -> Relation:
        return energy[s, p] <= draw[s, p]

    @build.constraint(over=data.zone_periods, doc="energy bought", unit="MW")
    def purchase(z: Label, p: Label) -> Relation:
        used = sum_over(pick(data.sites_in, z), lambda s, p: energy.get((s, p)), p)
        used_or_sold = used + sold.get((z, p))
        return used_or_sold <= bought[z, p] + build.total("zone_output_mw", (z, p))

    @build.constraint(over=list(data.capacity_usd_per_mw_year), doc="capacity bought", unit="MW")
    def capacity(z: Label, p: Label) -> Relation:
        drawn = sum_over(pick(data.sites_of, z), partial(firm_draw, build), p)
        need = at(data.accredited_frac, z, p) * drawn
        return need <= build.variables["capacity_mw"][z, p] + build.total("zone_firm_mw", (z, p))

    constrain_tariffs(build, data.tariffs)

    @build.constraint(over=data.sold_periods, doc="energy sold", unit="average MW")
    def own_surplus(z: Label, p: Label) -> Relation:
        return sold[z, p] <= build.total("zone_output_mw", (z, p))

    @build.constraint(over=data.sold_periods, doc="energy sold", unit="average MW")
    def sold_beside_load(z: Label, p: Label) -> Relation:
        sites = pick(data.sites_in, z)
        return sold[z, p] <= sum_over(sites, unused, p)
