"""Variables, ledger terms and constraints of ``cooling``; the formulation stands in the package."""

from __future__ import annotations

from siting.core.finance import present_years
from siting.expressions.labels import Expr, Label, Relation, at, pick, sum_over
from siting.families.base import Build, Index
from siting.families.cooling.data import CoolingData


def declare(build: Build, data: CoolingData) -> None:
    """Declare the choice and the load under each option; add facility load, water and cost."""
    system, calendar = data.system, data.system.calendar
    build.variable("choose", data.choices, domain="binary", doc="cooling of a site")
    load = build.variable(
        "it_mw",
        data.loads,
        upper=lambda s, c, p: at(system.period_limit_mw, s, p),
        doc="IT load of a site under an option",
    )
    years = {p: calendar.years(p) for p in calendar.periods}
    peak = {c: option.sizing_pue for c, option in data.options.items()}
    mean = {c: option.pue for c, option in data.options.items()}
    usd = {
        (c, p): present * option.usd_per_it_mw_year
        for c, option in data.options.items()
        for p, present in present_years(calendar).items()
    }

    def facility(s: Label, c: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(peak, c) * load[s, c, p]

    def average(s: Label, c: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(mean, c) * load[s, c, p]

    def water(s: Label, c: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(years, p) * at(data.water_m3_per_mw_year, c) * load[s, c, p]

    wet = [key for key in data.loads if data.options[key[1]].water_m3_per_it_mwh]
    paid = [key for key in data.loads if data.options[key[1]].usd_per_it_mw_year]
    build.add_each("facility_mw", data.loads, facility)
    build.add_each("mean_facility_mw", data.loads, average)
    build.add_each("water_m3", wet, water)
    build.cost_each(paid, lambda s, c, p: (p, at(usd, c, p) * load[s, c, p]))


def constrain(build: Build, data: CoolingData) -> None:
    """One option a site, all load under it, and racks it can cool."""
    system = data.system
    choose, load = build.variables["choose"], build.variables["it_mw"]
    last = len(system.calendar) - 1

    def as_dense(rack_kw: float) -> list[str]:
        return [w for w, kw in system.rack_kw.items() if kw >= rack_kw]

    def able(rack_kw: float) -> list[str]:
        return [c for c, option in data.options.items() if option.can_cool(rack_kw)]

    def served(w: Label, s: Label, p: Label) -> Expr:
        return build.total("workload_it_mw", (w, s, p))

    def cooled(c: Label, s: Label, p: Label) -> Expr:
        return load[s, c, p]

    sites = [(s,) for s in sorted(system.first_service)]

    @build.constraint(over=sites, doc="cooling of a committed site")
    def one_option(s: Label) -> Relation:
        return sum(choose[s, c] for c in data.options) <= build.commit[s, last]

    @build.constraint(over=system.service_periods, doc="load by cooling")
    def split(s: Label, p: Label) -> Relation:
        return sum(load[s, c, p] for c in data.options) == build.it_mw[s, p]

    @build.constraint(over=data.loads, doc="load of the cooling chosen")
    def chosen(s: Label, c: Label, p: Label) -> Relation:
        return load[s, c, p] <= at(system.period_limit_mw, s, p) * choose[s, c]

    @build.constraint(over=data.densities, doc="load in racks too dense", unit="MW")
    def rack_density(s: Label, rack_kw: Label, p: Label) -> Relation:
        dense = sum_over(pick(as_dense, rack_kw), served, s, p)
        return dense <= sum_over(pick(able, rack_kw), cooled, s, p)
