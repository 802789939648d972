"""Variables, ledger terms and constraints of ``bridge``; the formulation stands in the package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from siting.core.finance import present_years
from siting.core.units import HOURS_PER_YEAR
from siting.expressions.labels import Expr, Label, Relation, at, pick, sum_over
from siting.families.base import Build, Index, arrived
from siting.families.bridge.data import BridgeData


def declare(build: Build, data: BridgeData) -> None:
    """Declare units on rent, arrivals and output; add firm capacity, energy and cost."""
    calendar = data.system.calendar
    products = data.products
    units = build.variable(
        "units",
        data.rentals,
        domain="integer",
        upper=lambda *key: at(data.max_units, *key),
        doc="units on rent",
    )
    coming = build.variable(
        "coming",
        [key for key in data.rentals if products[key[0]].mobilisation_usd_per_unit],
        upper=lambda *key: at(data.max_units, *key),
        doc="units that come at the start of a period",
    )
    build.variable("output_mw", data.running, doc="average output of units on rent")
    discount = {p: calendar.discount(p) for p in calendar.periods}
    unit_mw = {k: product.unit_mw for k, product in products.items()}
    moving_usd = {k: product.mobilisation_usd_per_unit for k, product in products.items()}
    rent_usd = {
        (k, p): calendar.months(p) * product.rent_usd_per_mw_month * product.unit_mw
        for k, product in products.items()
        for p in calendar.periods
    }

    def firm(k: Label, s: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(data.firm_mw, k, s) * units[k, s, p]

    def nameplate(k: Label, s: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(unit_mw, k) * units[k, s, p]

    def cost(k: Label, s: Label, p: Label) -> tuple[Label, Expr]:
        moving = at(moving_usd, k) * coming.get((k, s, p))
        return p, at(discount, p) * (at(rent_usd, k, p) * units[k, s, p] + moving)

    lower = [key for key in data.rentals if products[key[0]].connection == "medium_voltage"]
    build.add_each("onsite_firm_mw", data.rentals, firm)
    build.add_each("onsite_mv_firm_mw", lower, firm)
    build.add_each("onsite_nameplate_mw", data.running, nameplate)
    build.cost_each(data.rentals, cost)
    _declare_output(build, data)


def _declare_output(build: Build, data: BridgeData) -> None:
    """Energy, footprint and running cost of the average output."""
    calendar, output = data.system.calendar, build.variables["output_mw"]
    hours = {p: HOURS_PER_YEAR * calendar.years(p) for p in calendar.periods}
    usd = {
        (k, p): years * HOURS_PER_YEAR * product.output_usd_per_mwh
        for k, product in data.products.items()
        for p, years in present_years(calendar).items()
    }
    tonnes = {k: product.emissions_t_per_mwh for k, product in data.products.items()}
    water_m3 = {k: product.water_m3_per_mwh for k, product in data.products.items()}

    def footprint(rate: Mapping[str, float], k: Label, s: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(hours, p) * at(rate, k) * output[k, s, p]

    build.add_each("onsite_output_mw", data.running, lambda *key: (key[1:], output[key]))
    for total, rate in (("emissions_t", tonnes), ("water_m3", water_m3)):
        given = [key for key in data.running if rate[key[0]]]
        build.add_each(total, given, partial(footprint, rate))
    build.cost_each(data.running, lambda k, s, p: (p, at(usd, k, p) * output[k, s, p]))


def constrain(build: Build, data: BridgeData) -> None:
    """Add commitment, arrival, fleet and permit constraints."""
    units, coming = build.variables["units"], build.variables["coming"]
    output = build.variables["output_mw"]
    sites_of: dict[tuple[str, int], list[str]] = {}
    for k, s, p in data.rentals:
        sites_of.setdefault((k, p), []).append(s)
    output_mw = {k: one.output_frac * one.unit_mw for k, one in data.products.items()}
    paid = [key for key in data.rentals if data.products[key[0]].mobilisation_usd_per_unit]
    limited = [key for key in sorted(sites_of) if data.products[key[0]].fleet_units is not None]

    @build.constraint(over=data.rentals, doc="units mobilised", unit="units")
    def committed(k: Label, s: Label, p: Label) -> Relation:
        ready = arrived(build.commit, (s,), pick(data.lag, k), p)
        return units[k, s, p] <= at(data.max_units, k, s, p) * ready

    @build.constraint(over=paid, doc="units that come")
    def arrivals(k: Label, s: Label, p: Label) -> Relation:
        return units[k, s, p] - units.get((k, s, p - 1)) <= coming[k, s, p]

    @build.constraint(over=limited, doc="units on rent in the country", unit="units")
    def fleet(k: Label, p: Label) -> Relation:
        there = sum_over(pick(sites_of, k, p), lambda s, k, p: units[k, s, p], k, p)
        return there <= at(lambda k: data.products[k].fleet_units, k)

    @build.constraint(over=data.running, doc="output", unit="average MW")
    def permit_hours(k: Label, s: Label, p: Label) -> Relation:
        return output[k, s, p] <= at(output_mw, k) * units[k, s, p]
