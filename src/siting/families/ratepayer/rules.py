"""Variables, ledger terms and constraints of ``ratepayer``; the formulation stands in the package."""

from __future__ import annotations

from functools import partial

from siting.core.units import DAYS_PER_YEAR
from siting.expressions.labels import Label, Relation, at, pick, sum_over
from siting.families.base import Build, firm_draw
from siting.families.ratepayer.data import MILLION, RatepayerData


def declare(build: Build, data: RatepayerData) -> None:
    """Declare the capacity bill where it is capped; the cap bounds it."""
    capped = [(z, p) for z, p in data.zone_periods if z in data.cap_usd]
    build.variable("capacity_musd", capped, doc="yearly capacity bill of other customers")


def constrain(build: Build, data: RatepayerData) -> None:
    """Capacity bill above every line of the curve, and the cap on the change of the whole bill."""
    bill = build.variables["capacity_musd"]
    capped = [(z, p) for z, p in data.zone_periods if z in data.cap_usd]

    def limit_musd(z: str, p: int) -> float:
        before = DAYS_PER_YEAR * data.peak_mw[z] * data.price(z, data.surplus_mw[z, p])
        return (data.cap_usd[z] + before) / MILLION

    slope = {line: DAYS_PER_YEAR * rise for line, (rise, _) in data.lines.items()}
    intercept = {line: DAYS_PER_YEAR * start for line, (_, start) in data.lines.items()}
    lines = [(z, p, line) for z, p in capped for line in data.lines]

    @build.constraint(over=lines, doc="capacity price by surplus")
    def price_curve(z: Label, p: Label, line: Label) -> Relation:
        drawn = sum_over(pick(data.sites_in, z), partial(firm_draw, build), p)
        left = data.left_mw(z, p, build.total("zone_firm_mw", (z, p)), drawn)
        usd = at(slope, line) * left + at(intercept, line) * at(data.peak_mw, z)
        return usd / MILLION <= bill[z, p]

    @build.constraint(over=capped, doc="bill effect", unit="million USD")
    def bill_cap(z: Label, p: Label) -> Relation:
        network = data.customer_share * build.total("network_usd_per_year", (z, p))
        return network / MILLION + bill[z, p] <= at(limit_musd, z, p)
