"""Result tables of ``ride_through`` from the solved values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from siting.core.audit import day, number, rest, rows_of
from siting.core.calendar import add_months
from siting.core.table import Cell, Table
from siting.families.base import Values
from siting.families.columns import Columns
from siting.families.ride_through.data import RideThroughData, SitePeriod

COLUMNS = ("site", "equipped_mw", "start_date", "in_service_date", "overnight_usd")


GROUP_COLUMNS = ("period_start", "group", "drawn_mw", "held_mw", "trip_mw", "max_trip_mw")
TABLES = {
    "ride_through": Columns(COLUMNS),
    "trip_groups": Columns(GROUP_COLUMNS),
}


def report(values: Values, data: RideThroughData) -> dict[str, Table]:
    """Equipment ordered, and what would trip in each group and period."""
    starts = data.system.calendar.starts
    rows = []
    before: dict[str, float] = {}
    for s, p in data.orders:
        now = values.get("ride_through.equipped_mw", (s, p))
        more = rest(now, before.get(s, 0.0))
        if more > 0:
            rows.append(equipment_row(data, s, starts[p], more))
            before[s] = now
    orders = Table.of(COLUMNS, rows)
    draw = {(s, p): values.total("grid_mw", (s, p)) for s, p in data.draws}
    groups = group_table(data, draw, in_service({"ride_through": orders}, data))
    return {"ride_through": orders, "trip_groups": groups}


def equipment_row(data: RideThroughData, site: str, start: date, mw: float) -> dict[str, Cell]:
    """The row of an order; dates and cost follow from site, date and MW."""
    period = data.system.calendar.period_from(add_months(start, data.lead_months))
    return {
        "site": site,
        "equipped_mw": mw,
        "start_date": start,
        "in_service_date": None if period is None else data.system.calendar.starts[period],
        "overnight_usd": mw * data.overnight_usd_per_mw,
    }


def in_service(tables: Mapping[str, Table], data: RideThroughData) -> dict[SitePeriod, float]:
    """Equipment in service by site and period, from the orders [MW]."""
    calendar = data.system.calendar
    total: dict[SitePeriod, float] = {}
    for _, row in rows_of(tables, "ride_through"):
        ready = day(row, "in_service_date")
        first = None if ready is None else calendar.period_from(ready)
        for p in calendar.periods[len(calendar) if first is None else first :]:
            key = (str(row["site"]), p)
            total[key] = total.get(key, 0.0) + number(row, "equipped_mw")
    return total


def group_table(
    data: RideThroughData, draw: Mapping[SitePeriod, float], equipped: Mapping[SitePeriod, float]
) -> Table:
    """What each group draws, how much of it equipment holds, and the rest, which would trip."""
    rows: list[dict[str, Cell]] = []
    for group, p in sorted(data.group_periods, key=lambda pair: (pair[1], pair[0])):
        at = [(s, p) for s in data.members[group]]
        drawn = sum(draw.get(key, 0.0) for key in at)
        held = sum(min(draw.get(key, 0.0), equipped.get(key, 0.0)) for key in at)
        if drawn > 0:
            rows.append(
                {
                    "period_start": data.system.calendar.starts[p],
                    "group": group,
                    "drawn_mw": drawn,
                    "held_mw": held,
                    "trip_mw": drawn - held,
                    "max_trip_mw": data.max_trip_mw[group],
                }
            )
    return Table.of(GROUP_COLUMNS, rows)
