"""What units and named plants of ``plants`` add to the ledger, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from siting.core.finance import present_years, yearly_usd
from siting.core.units import HOURS_PER_YEAR
from siting.expressions.labels import Expr, Label, at, parts, pick
from siting.families.base import Build, Index, Variable, arrived
from siting.families.plants.data import PlantsData


def declare_units(build: Build, data: PlantsData) -> None:
    """Firm capacity, output, needs and cost of units."""
    _supply_units(build, data)
    _charge_units(build, data)
    output = build.variables["output_mw"]
    _charge_output(build, data, output, data.unit_service, lambda k, place: (k, place))


def running_units(build: Build, data: PlantsData, k: Label, place: Label, p: Label) -> Expr:
    """Units in service that do not wait for their step-ups."""
    there = arrived(build.variables["units"], (k, place), pick(data.lag, k, place), p)
    return there - build.variables["idle"].get((k, place, p)) if data.may_idle else there


def _supply_units(build: Build, data: PlantsData) -> None:
    """What units give to their site or zone, and the step-ups they need."""
    output, techs = build.variables["output_mw"], data.technologies
    unit_mw = {k: tech.unit_mw for k, tech in techs.items()}
    firm_mw = {(k, place): credit * unit_mw[k] for (k, place), credit in data.credit.items()}

    def count(k: Label, place: Label, p: Label) -> Expr:
        return running_units(build, data, k, place, p)

    def firm(k: Label, place: Label, p: Label) -> tuple[Index, Expr]:
        return (place, p), at(firm_mw, k, place) * count(k, place, p)

    def nameplate(k: Label, place: Label, p: Label) -> tuple[Index, Expr]:
        return (place, p), at(unit_mw, k) * count(k, place, p)

    def average(k: Label, place: Label, p: Label) -> tuple[Index, Expr]:
        return (place, p), output[k, place, p]

    def step_ups(k: Label, place: Label, p: Label) -> tuple[Index, Expr]:
        per_unit = at(lambda k: techs[k].step_up_per_unit, k)
        return (pick(lambda k: techs[k].step_up_class, k), place, p), per_unit * count(k, place, p)

    at_sites = [key for key in data.unit_service if data.is_site(key[1])]
    in_zones = [key for key in data.unit_service if not data.is_site(key[1])]
    lower = [key for key in at_sites if techs[key[0]].connection == "medium_voltage"]
    stepped = [key for key in data.unit_service if techs[key[0]].step_up_class is not None]
    build.add_each("onsite_firm_mw", at_sites, firm)
    build.add_each("onsite_nameplate_mw", at_sites, nameplate)
    build.add_each("onsite_output_mw", at_sites, average)
    build.add_each("onsite_mv_firm_mw", lower, firm)
    build.add_each("zone_firm_mw", in_zones, firm)
    build.add_each("zone_output_mw", in_zones, average)
    build.add_each("step_up_units", stepped, step_ups)


def _charge_units(build: Build, data: PlantsData) -> None:
    """Capital, fixed operation and land of units."""
    calendar, units = data.system.calendar, build.variables["units"]
    years = present_years(calendar)
    overnight_usd = {k: tech.overnight_usd for k, tech in data.technologies.items()}
    acres = {k: tech.acres_per_mw * tech.unit_mw for k, tech in data.technologies.items()}
    rate = calendar.capital_rate_frac("power")
    fixed_usd = {
        k: yearly_usd(calendar, tech.capital_usd(rate), tech.lifetime_years, "power")
        + tech.fixed_om_usd * tech.unit_mw
        for k, tech in data.technologies.items()
    }

    def fixed(k: Label, place: Label, p: Label) -> tuple[Label, Expr]:
        count = arrived(units, (k, place), pick(data.lag, k, place), p)
        return p, at(years, p) * at(fixed_usd, k) * count

    def overnight(k: Label, place: Label, p: Label) -> tuple[Index, Expr]:
        newly = units[k, place, p] - units.get((k, place, p - 1))
        return (p,), at(overnight_usd, k) * newly

    def land(k: Label, place: Label, p: Label) -> tuple[Index, Expr]:
        start = pick(lambda k, place, p: min(p, last[k, place]), k, place, p)
        return (place, p), at(acres, k) * units[k, place, start]

    first = {(k, place): p for k, place, p in reversed(data.unit_starts)}
    last = {(k, place): p for k, place, p in data.unit_starts}
    taken = [
        (k, place, p)
        for (k, place), begin in first.items()
        if data.is_site(place) and data.technologies[k].acres_per_mw
        for p in range(begin, len(calendar))
    ]
    build.cost_each(data.unit_service, fixed)
    build.add_each("overnight_usd", data.unit_starts, overnight)
    build.add_each("acres", taken, land)


def declare_named(build: Build, data: PlantsData) -> None:
    """Firm capacity, output and cost of named plants."""
    deliver, output = build.variables["deliver_mw"], build.variables["named_output_mw"]
    kind_of = {j: plant.technology for j, plant in data.named.items()}
    zone_of = {j: plant.zone for j, plant in data.named.items()}
    credit = {
        j: data.technologies[kind_of[j]].credit_frac(data.system.zones[zone])
        for j, zone in zone_of.items()
    }

    def firm(j: Label, p: Label) -> tuple[Index, Expr]:
        return (pick(zone_of, j), p), at(credit, j) * deliver[j, p]

    def average(j: Label, p: Label) -> tuple[Index, Expr]:
        return (pick(zone_of, j), p), output[j, p]

    build.add_each("zone_firm_mw", data.named_service, firm)
    build.add_each("zone_output_mw", data.named_service, average)
    _charge_named(build, data)
    _charge_output(build, data, output, data.named_service, lambda j: (kind_of[j], zone_of[j]))


def _charge_named(build: Build, data: PlantsData) -> None:
    """Fixed operation in the periods of service; capital from then on, retired or not."""
    calendar, start = data.system.calendar, build.variables["start"]
    years = present_years(calendar)
    overnight_usd = {j: plant.overnight_usd for j, plant in data.named.items()}
    capital_usd: dict[str, float] = {}
    fixed_usd: dict[tuple[str, int], float] = {}
    for j, plant in data.named.items():
        tech = data.technologies[plant.technology]
        capital_usd[j] = yearly_usd(calendar, plant.overnight_usd, tech.lifetime_years, "power")
        for p in calendar.periods:
            fixed_usd[j, p] = years[p] * tech.fixed_om_usd * plant.capacity_mw

    def running(j: Label, p: Label) -> Expr:
        return arrived(start, (j,), pick(data.named_lag, j), p)

    def overnight(j: Label, p: Label) -> tuple[Index, Expr]:
        return (p,), at(overnight_usd, j) * (start[j, p] - start.get((j, p - 1)))

    owed = [(j, p) for j in data.named for p in calendar.periods]
    build.cost_each(data.named_service, lambda j, p: (p, at(fixed_usd, j, p) * running(j, p)))
    build.cost_each(owed, lambda j, p: (p, at(years, p) * at(capital_usd, j) * running(j, p)))
    build.add_each("overnight_usd", data.named_starts, overnight)


def _charge_output(
    build: Build,
    data: PlantsData,
    output: Variable,
    index: Sequence[Index],
    of: Callable[..., tuple[str, str]],
) -> None:
    """Running cost, emissions and water of an output; ``of`` gives the technology and the place of
    an item, which is its index without the period."""
    calendar, techs = data.system.calendar, data.technologies
    hours = {p: HOURS_PER_YEAR * calendar.years(p) for p in calendar.periods}
    present_hours = {p: years * HOURS_PER_YEAR for p, years in present_years(calendar).items()}
    tonnes = {k: tech.emissions_t_per_mwh for k, tech in techs.items()}
    water_m3 = {k: tech.water_m3_per_mwh for k, tech in techs.items()}

    def cost(*key: Label) -> tuple[Label, Expr]:
        *item, p = key
        kind, place = parts(pick(of, *item))
        usd = at(data.output_usd_per_mwh, kind, place, p)
        return p, at(present_hours, p) * usd * output[key]

    def footprint(rate: dict[str, float], *key: Label) -> tuple[Index, Expr]:
        *item, p = key
        kind, place = parts(pick(of, *item))
        return (place, p), at(hours, p) * at(rate, kind) * output[key]

    build.cost_each(index, cost)
    for total, rate in (("emissions_t", tonnes), ("water_m3", water_m3)):
        given = [key for key in index if rate[of(*key[:-1])[0]]]
        build.add_each(total, given, partial(footprint, rate))
