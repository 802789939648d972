"""Steps of ``transformers``: what is ordered for a site, or taken from stock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from siting.core.audit import day, number, rows_of
from siting.core.labels import words
from siting.core.table import Row
from siting.families.steps import (
    Around,
    Span,
    Stage,
    Step,
    Tables,
    arrivals,
    earliest,
    first_of,
    rows_at,
)
from siting.families.transformers.data import TransformersData


def steps(data: TransformersData, around: Around) -> Iterator[Step]:
    """Transformers, breakers and switchgear of the site, and those of plants in its zone."""
    calendar, tables = data.system.calendar, around.tables
    ordered: dict[tuple[str, int], float] = {}
    for _, row in rows_of(tables, "orders"):
        start, e = day(row, "order_date"), str(row["equipment_class"])
        if start is not None and row["procurement"] in ("pool", "site"):
            key = e, first_of(calendar, start)
            ordered[key] = ordered.get(key, 0.0) + number(row, "quantity")
    for row in rows_at(tables, "orders", "site", around.places):
        start = day(row, "order_date") or day(row, "assign_date")
        finished = day(row, "in_service_date")
        if start is not None and finished is not None:
            came = first_of(calendar, finished)
            possible = min(came, *_first_units(data, ordered, row), came)
            yield Step("transformers", str(row["equipment_class"]), start, finished, possible)


def _first_units(
    data: TransformersData, ordered: Mapping[tuple[str, int], float], row: Row
) -> Iterator[int]:
    """Periods in which units of a row could be in service: had otherwise at other dates."""
    calendar, e, how = data.system.calendar, str(row["equipment_class"]), row["procurement"]
    start = day(row, "order_date")
    own = 0 if start is None else first_of(calendar, start)

    def is_open(p: int) -> bool:
        """Whether one more could have been ordered, as far as factory slots go."""
        return p >= own or ordered.get((e, p), 0.0) + 1 <= data.slots.get((e, p), inf)

    if how == "site":
        yield earliest(data.site_lag.get(e), filter(is_open, calendar.periods), own)
        return
    in_hand = [0]
    if how == "pool":
        in_hand = arrivals(data.order_lag.get(e), filter(is_open, calendar.periods))
    elif how == "reserve":
        in_hand = arrivals(data.reserve_lag.get(e), (p for c, p in data.reserve_index if c == e))
    elif how == "booked":
        delivered = day(row, "delivery_date")
        in_hand = [] if delivered is None else [first_of(calendar, delivered)]
    yield earliest(data.install_lag.get(e), in_hand, len(calendar))


def _spans(tables: Tables, settings: Mapping[str, Any]) -> Iterator[Span]:
    """Orders from the day they are placed."""
    for _, row in rows_of(tables, "orders"):
        kind, where = str(row["equipment_class"]), str(row["site"] or "")
        dates = day(row, "order_date"), day(row, "in_service_date")
        yield Span(where, where, *dates, f"{row['quantity']:g} x {words(kind).lower()}", kind)


STAGES = (
    Stage(
        "transformers",
        "Transformers",
        "a later order, slots of the factory, delivery and installation",
        40,
        "purple",
        _spans,
        late="Transformers for which load waited",
    ),
)
