"""Result tables of ``campus`` from the solved values."""

from __future__ import annotations

from siting.core.table import Cell, Table
from siting.families.base import Values, steps
from siting.families.campus.data import CampusData
from siting.families.columns import Columns

COLUMNS = ("site", "count", "block_mw", "acres", "start_date", "in_service_date")
TABLES = {
    "halls": Columns(COLUMNS, acres_at="site"),
}


def report(values: Values, data: CampusData) -> dict[str, Table]:
    """One row a site and start period."""
    rows = []
    for site in data.system.sites:
        periods = [p for s, p in data.start_periods if s == site]
        for period, count in steps(values, "campus.halls", (site,), periods):
            rows.append(_row(data, site, period, count))
    return {"halls": Table.of(COLUMNS, rows)}


def _row(data: CampusData, site: str, period: int, count: int) -> dict[str, Cell]:
    """A row of ``halls``, its dates and acres derived from start and count."""
    calendar = data.system.calendar
    arrival = data.lag.arrival[period]
    return {
        "site": site,
        "count": count,
        "block_mw": data.hall_it_mw,
        "acres": count * data.acres_per_hall,
        "start_date": calendar.starts[period],
        "in_service_date": calendar.end if arrival is None else calendar.starts[arrival],
    }
