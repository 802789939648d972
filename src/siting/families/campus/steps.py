"""Steps of ``campus``: halls."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from siting.core.audit import number
from siting.families.campus.data import CampusData
from siting.families.steps import (
    NOTHING,
    Around,
    Stage,
    Step,
    dated,
    earliest,
    first_of,
    rows_at,
    spans_of,
)


def steps(data: CampusData, around: Around) -> Iterator[Step]:
    """Halls, which begin after the review; a ramp that is used up lets none begin earlier."""
    calendar, site = data.system.calendar, around.site
    begun: dict[int, float] = {}
    for row in rows_at(around.tables, "halls", "site", {site}):
        dates = dated(row, "start_date", "in_service_date")
        if dates is None or dates[1] == calendar.end:
            continue
        own = first_of(calendar, dates[0])
        before = [
            p
            for p in range(data.system.first_reviewed.get(site, own), own)
            if begun.get(p, 0.0) < data.ramp_halls.get(p, inf)
        ]
        begun[own] = begun.get(own, 0.0) + number(row, "count")
        is_next = around.reviewed is not None and first_of(calendar, around.reviewed) == own
        possible = earliest(data.lag, [*before, own], own)
        yield Step("halls", "halls", *dates, possible, around.review if is_next else NOTHING)


STAGES = (
    Stage(
        "halls",
        "Halls",
        "the review of the site, the ramp of its halls",
        60,
        "blue",
        spans_of("halls", lambda row: f"{row['count']:g} halls of {row['block_mw']:g} MW"),
    ),
)
