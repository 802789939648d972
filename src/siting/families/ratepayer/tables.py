"""Result tables of ``ratepayer`` from the solved values."""

from __future__ import annotations

from siting.core.table import Cell, Table
from siting.core.units import DAYS_PER_YEAR
from siting.families.base import Values, firm_draw
from siting.families.columns import Columns
from siting.families.ratepayer.data import RatepayerData

DECIMALS = 9
"""Decimals of a written table: a price follows from the surplus as written, so that the audit
computes it from the same number."""


COLUMNS = (
    "period_start",
    "zone",
    "peak_mw",
    "surplus_before_mw",
    "surplus_after_mw",
    "price_before_usd_per_mw_day",
    "price_after_usd_per_mw_day",
    "network_usd",
    "capacity_usd",
    "bill_usd",
    "bill_effect_frac",
)
TABLES = {
    "ratepayer": Columns(COLUMNS),
}


def bill_row(
    data: RatepayerData, zone: str, period: int, after_mw: float, network_usd: float
) -> dict[str, Cell]:
    """Effect on the yearly bill of a zone in a period; ``network_usd`` is what all pay."""
    before_mw, peak_mw = data.surplus_mw[zone, period], data.peak_mw[zone]
    before, after = data.price(zone, before_mw), data.price(zone, after_mw)
    paid_usd = data.customer_share * network_usd
    capacity_usd = DAYS_PER_YEAR * (after - before) * peak_mw
    return {
        "period_start": data.system.calendar.starts[period],
        "zone": zone,
        "peak_mw": peak_mw,
        "surplus_before_mw": before_mw,
        "surplus_after_mw": after_mw,
        "price_before_usd_per_mw_day": before,
        "price_after_usd_per_mw_day": after,
        "network_usd": paid_usd,
        "capacity_usd": capacity_usd,
        "bill_usd": data.bill_usd[zone],
        "bill_effect_frac": (paid_usd + capacity_usd) / data.bill_usd[zone],
    }


def report(values: Values, data: RatepayerData) -> dict[str, Table]:
    """Surplus, price and bill of the other customers of each zone, by period."""
    rows = []
    for z, p in sorted(data.zone_periods, key=lambda pair: (pair[1], pair[0])):
        drawn = sum(firm_draw(values, s, p) for s in data.sites_in[z])
        after_mw = data.left_mw(z, p, values.total("zone_firm_mw", (z, p)), drawn)
        network_usd = values.total("network_usd_per_year", (z, p))
        rows.append(bill_row(data, z, p, round(after_mw, DECIMALS), network_usd))
    return {"ratepayer": Table.of(COLUMNS, rows)}
