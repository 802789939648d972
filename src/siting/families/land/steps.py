"""Steps of ``land``: the review of a site, and the programmatic review that it tiers from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from siting.core.audit import day, rows_of
from siting.core.labels import words
from siting.families.land.data import LandData
from siting.families.steps import (
    NOTHING,
    REVIEW,
    Around,
    Span,
    Stage,
    Step,
    Tables,
    dated,
    earliest,
    first_of,
    path_of,
    rows_at,
)

PROGRAMMATIC = "programmatic review"


def steps(data: LandData, around: Around) -> Iterator[Step]:
    """The review of the site, and the programmatic review that it tiers from."""
    system, calendar, tables = data.system, data.system.calendar, around.tables
    for row in rows_at(tables, "commitments", "site", {around.site}):
        dates = dated(row, "commit_date", "review_done_date")
        if dates is None:
            continue
        lag = (system.tiered_review if row["is_tiered"] else system.review).get(around.site)
        came = first_of(calendar, dates[1])
        after = NOTHING
        of = {data.programmatic_of.get(around.site, "")} if row["is_tiered"] else set()
        for wide in rows_at(tables, "programmatic_reviews", "id", of):
            first = dated(wide, "start_date", "done_date")
            if first is not None:
                name, done = str(wide["id"]), first_of(calendar, first[1])
                if done == calendar.period_at(dates[0]):
                    after = frozenset({(PROGRAMMATIC, name)})
                possible = earliest(data.programmatic_lag.get(name), calendar.periods, done)
                yield Step(PROGRAMMATIC, name, *first, possible)
        yield Step(REVIEW, path_of(row), *dates, earliest(lag, calendar.periods, came), after)


def _spans(tables: Tables, settings: Mapping[str, Any]) -> Iterator[Span]:
    """Reviews of the sites that are committed."""
    for _, row in rows_of(tables, "sites"):
        site, what = (
            str(row["site"]),
            f"Review: {words(row.get('review_path')) or 'path not stated'}",
        )
        yield Span(site, "", day(row, "commit_date"), day(row, "review_done_date"), what)


STAGES = (
    Stage(
        REVIEW,
        "Review",
        "a later commitment, the policies in force then, the programmatic review it tiers from",
        10,
        "grey",
        _spans,
    ),
    Stage(PROGRAMMATIC, "Programmatic review", "a later start", 15),
)
