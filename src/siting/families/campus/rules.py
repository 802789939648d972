"""Variables, ledger terms and constraints of ``campus``; the formulation stands in the package."""

from __future__ import annotations

from siting.core.finance import capital_recovery, present_years
from siting.families.base import Build, Index, arrived, reviewed
from siting.families.campus.data import CampusData
from siting.families.whole import Expr, Label, at, pick, whole


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
    yearly = data.overnight_usd * capital_recovery(calendar.discount_rate_frac, data.lifetime_years)
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

    @whole
    def ready(site: Label, period: Label) -> tuple[Expr, Expr]:
        done = reviewed(build, system, site, period)
        return halls[site, period], at(data.max_halls, site) * done

    @whole
    def energised(site: Label, period: Label) -> tuple[Expr, Expr]:
        built = arrived(halls, (site,), data.lag, period)
        return build.it_mw[site, period], data.hall_it_mw * built

    def minimum_campus(site: str) -> tuple[Expr, Expr]:
        need = data.min_campus_it_mw * build.commit[site, len(system.calendar) - 1]
        return need, data.hall_it_mw * halls.get((site, data.last_start.get(site, -1)))

    @whole
    def ramp(site: Label, period: Label) -> tuple[Expr, Expr]:
        newly = halls[site, period] - halls.get((site, period - 1))
        return newly, at(data.ramp_halls, period) * reviewed(build, system, site, period)

    ramped = data.start_periods if data.ramp_halls else ()
    sites = [(site,) for site in system.sites] if data.min_campus_it_mw else []
    build.at_most("ready", data.start_periods, ready, doc="halls start after the review")
    build.at_most("energised", system.service_periods, energised, doc="IT load", unit="MW")
    build.at_most("minimum_campus", sites, minimum_campus, doc="minimum campus", unit="MW")
    build.at_most("ramp", ramped, ramp, doc="halls started in a period", unit="halls")
