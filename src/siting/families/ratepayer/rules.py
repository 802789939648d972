"""Variables, ledger terms and constraints of ``ratepayer``; the formulation stands in the package."""

from __future__ import annotations

from siting.core.units import DAYS_PER_YEAR
from siting.families.base import Build, firm_draw
from siting.families.ratepayer.data import MILLION, RatepayerData
from siting.families.whole import Expr


def declare(build: Build, data: RatepayerData) -> None:
    """Declare the capacity bill where it is capped; the cap bounds it."""
    capped = [(z, p) for z, p in data.zone_periods if z in data.cap_usd]
    build.variable("capacity_musd", capped, doc="yearly capacity bill of other customers")


def constrain(build: Build, data: RatepayerData) -> None:
    """Capacity bill above every line of the curve, and the cap on the change of the whole bill."""
    bill = build.variables["capacity_musd"]

    def price_curve(z: str, p: int, line: str) -> tuple[Expr, Expr]:
        slope, intercept = data.lines[line]
        drawn = sum(firm_draw(build, s, p) for s in data.sites_in[z])
        left = data.left_mw(z, p, build.total("zone_firm_mw", (z, p)), drawn)
        usd = DAYS_PER_YEAR * slope * left + DAYS_PER_YEAR * intercept * data.peak_mw[z]
        return usd / MILLION, bill[z, p]

    def bill_cap(z: str, p: int) -> tuple[Expr, Expr]:
        network = data.customer_share * build.total("network_usd_per_year", (z, p))
        before = DAYS_PER_YEAR * data.peak_mw[z] * data.price(z, data.surplus_mw[z, p])
        limit = (data.cap_usd[z] + before) / MILLION
        return network / MILLION + bill[z, p], limit

    capped = [(z, p) for z, p in data.zone_periods if z in data.cap_usd]
    lines = [(z, p, line) for z, p in capped for line in data.lines]
    build.at_most("price_curve", lines, price_curve, doc="capacity price by surplus")
    build.at_most("bill_cap", capped, bill_cap, doc="bill effect", unit="million USD")
