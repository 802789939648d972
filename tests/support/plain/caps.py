"""Ride-through, emissions, water and budget of the plain program: caps and prices on totals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from support.plain.linear import Sum, total
from support.plain.world import KILO, MILLION, World


def hold_ride_through(w: World) -> None:
    """Draw that may trip together, less what equipment holds."""
    settings = w.families.get("ride_through")
    if settings is None:
        return
    groups = [
        (
            [s for s in w.wired if w.sites[s].zone in g.zones or w.node_of(s) in g.nodes],
            g.max_trip_mw,
        )
        for g in settings.limits.values()
    ]
    named = {z for g in settings.limits.values() for z in g.zones}
    if settings.max_trip_mw_per_zone is not None:
        groups += [
            (w.sites_in(z), settings.max_trip_mw_per_zone) for z in w.zones if z not in named
        ]
    held: dict[tuple[str, int], Sum] = {}
    for s in w.wired:
        bought = w.starts(
            w.after(settings.lead_months),
            w.peak_mw,
            is_whole=False,
            may=lambda q: w.days[q] >= (settings.available_from or w.days[0]),
        )
        w.charge(bought, settings.overnight_usd_per_mw, settings.lifetime_years, owner="campus")
        for p in w.periods:
            w.program.at_most(bought.started(p), w.peak_mw * w.committed(s, p))
            held[s, p] = w.program.variable()
            w.program.at_most(held[s, p], bought.in_service(p))
            w.program.at_most(held[s, p], w.total("draw", s, p))
    for members, most in groups:
        for p in w.periods:
            w.program.at_most(total(w.total("draw", s, p) - held[s, p] for s in members), most)


def hold_emissions(w: World) -> None:
    """Price and caps of CO2; bought energy and plants of a zone count at the zone."""
    settings = w.families.get("emissions")
    if settings is None:
        return
    places = [*w.sites, *w.zones]
    _price(w, "tonnes", settings.price_usd_per_t, places)
    _cap(w, "tonnes", places, settings.max_t_per_year, settings.max_t_per_year_by_year)
    for z, most in settings.max_t_per_year_by_zone.items():
        _cap(w, "tonnes", [z, *w.sites_in(z)], most)
    for agency, most in settings.max_t_per_year_by_agency.items():
        _cap(w, "tonnes", [s for s, x in w.sites.items() if x.agency == agency], most)


def hold_water(w: World) -> None:
    """Price and caps of water; plants that deliver through the grid are in no basin."""
    settings = w.families.get("water")
    if settings is None:
        return
    places = [*w.sites, *w.zones]
    _price(w, "water", settings.price_usd_per_m3, places)
    _cap(w, "water", places, settings.max_m3_per_year, settings.max_m3_per_year_by_year)
    for basin, most in settings.max_m3_per_year_by_basin.items():
        _cap(w, "water", [s for s, x in w.sites.items() if x.basin == basin], most)
    for agency, most in settings.max_m3_per_year_by_agency.items():
        _cap(w, "water", [s for s, x in w.sites.items() if x.agency == agency], most)


def _price(w: World, name: str, usd: float, places: Iterable[str]) -> None:
    """Every unit of a total is paid for."""
    for place in places:
        for p in w.periods:
            w.pay(p, usd * w.total(name, place, p))


def _cap(w: World, name: str, places: list[str], most: float | None, by_year: Any = None) -> None:
    """Most a year, for the periods that start in it."""
    for year in sorted({day.year for day in w.days}):
        limit = (by_year or {}).get(str(year), most)
        if limit is not None:
            periods = [p for p in w.periods if w.days[p].year == year]
            amount = total(w.total(name, place, p) for place in places for p in periods)
            room = limit * sum(w.years(p) for p in periods)
            w.program.at_most(1 / KILO * amount, room / KILO)


def hold_budget(w: World) -> None:
    """Overnight cost of what is begun, a year and in all."""
    settings = w.families.get("budget")
    if settings is None:
        return
    for year in sorted({day.year for day in w.days}):
        cap = settings.overnight_usd_by_year.get(str(year), settings.max_overnight_usd_per_year)
        if cap is not None:
            periods = [p for p in w.periods if w.days[p].year == year]
            spent = total(w.total("spent", p) for p in periods)
            w.program.at_most(1 / MILLION * spent, cap / MILLION)
    if settings.max_overnight_usd is not None:
        spent = total(w.total("spent", p) for p in w.periods)
        w.program.at_most(1 / MILLION * spent, settings.max_overnight_usd / MILLION)
