"""Variables, ledger terms and constraints of ``energy``; the formulation stands in the package."""

from __future__ import annotations

from siting.core.finance import present_years
from siting.core.units import HOURS_PER_YEAR
from siting.families.base import Build, Index
from siting.families.energy.data import EnergyData
from siting.families.whole import Expr, Label, at, pick, sum_over, whole


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
