"""Steps of ``ride_through``: equipment that holds the load of a site through a dip."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import number
from siting.core.table import Row
from siting.families.ride_through.data import RideThroughData
from siting.families.steps import Around, Stage, Step, dated, earliest, rows_at, spans_of


def steps(data: RideThroughData, around: Around) -> Iterator[Step]:
    """Equipment that holds the load of the site through a dip."""
    starts = [p for s, p in data.orders if s == around.site]
    for row in rows_at(around.tables, "ride_through", "site", {around.site}):
        dates = dated(row, "start_date", "in_service_date")
        if dates is not None:
            possible = earliest(data.lag, starts, len(data.system.calendar))
            yield Step("ride-through", "equipment", *dates, possible)


def _words(row: Row) -> str:
    """What is fitted."""
    return f"Ride-through equipment for {number(row, 'equipped_mw'):,.0f} MW"


STAGES = (
    Stage(
        "ride-through",
        "Ride-through",
        "a later order, delivery",
        50,
        "teal",
        spans_of("ride_through", _words),
    ),
)
