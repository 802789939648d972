"""Variables, ledger terms and constraints of ``campus``; the formulation stands in the package."""

from __future__ import annotations

from siting.core.finance import present_years, yearly_usd
from siting.expressions.labels import Expr, Label, Relation, at, pick
from siting.families.base import Build, Index, arrived, reviewed
from siting.families.campus.data import CampusData


def declare(build: Build, data: CampusData) -> None:
    """Declare halls; charge them from the first period they can be energised."""
    calendar = data.system.calendar
    halls = build.variable(
        "halls",
        data.start_periods,
        domain="integer",
        upper=lambda site, period: at(data.max_halls, site),
        doc="halls started up to a period",
    )
    build.cumulative("halls_monotone", halls, data.start_periods)
    yearly = yearly_usd(calendar, data.capital_usd, data.lifetime_years, "campus")
    years = present_years(calendar)

    def usd(site: Label, period: Label) -> tuple[Label, Expr]:
        built = arrived(halls, (site,), data.lag, period)
        return period, (yearly + data.fixed_om_usd) * at(years, period) * built

    def acres(site: Label, period: Label) -> tuple[Index, Expr]:
        start = pick(lambda s, p: min(p, data.last_start[s]), site, period)
        return (site, period), data.acres_per_hall * halls[site, start]

    def overnight(site: Label, period: Label) -> tuple[Index, Expr]:
        newly = halls[site, period] - halls.get((site, period - 1))
        return (period,), data.overnight_usd * newly

    build.cost_each(data.system.service_periods, usd)
    build.add_each("acres", data.acre_periods, acres)
    build.add_each("overnight_usd", data.start_periods, overnight)


def constrain(build: Build, data: CampusData) -> None:
    """Halls after the review, load within energised halls, minimum campus, ramp."""
    system = data.system
    halls = build.variables["halls"]
    ramped = data.start_periods if data.ramp_halls else ()
    sites = [(site,) for site in system.open_sites] if data.min_campus_it_mw else []
    if system.is_hedged:
        sites = [(site,) for (site,) in sites if site in data.last_start]

    @build.constraint(over=data.start_periods, doc="halls start after the review")
    def ready(site: Label, period: Label) -> Relation:
        done = reviewed(build, system, site, period)
        return halls[site, period] <= at(data.max_halls, site) * done

    @build.constraint(over=system.service_periods, doc="IT load", unit="MW")
    def energised(site: Label, period: Label) -> Relation:
        built = arrived(halls, (site,), data.lag, period)
        return build.it_mw[site, period] <= data.hall_it_mw * built

    @build.constraint(over=sites, doc="minimum campus", unit="MW")
    def minimum_campus(site: Label) -> Relation:
        last = pick(lambda s: data.last_start.get(s, -1), site)
        is_held = build.commit[site, len(system.calendar) - 1]
        if system.is_hedged:
            is_held = reviewed(build, system, site, last)
        need = data.min_campus_it_mw * is_held
        return need <= data.hall_it_mw * halls.get((site, last))

    @build.constraint(over=ramped, doc="halls started in a period", unit="halls")
    def ramp(site: Label, period: Label) -> Relation:
        newly = halls[site, period] - halls.get((site, period - 1))
        return newly <= at(data.ramp_halls, period) * reviewed(build, system, site, period)
