"""``orders.ics``: a day for each transformer order, to be taken into any calendar."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from icalendar import Calendar, Event

from siting.core.audit import day
from siting.core.plan import Plan
from siting.core.table import Cell, Row, Table
from siting.outputs.plain import UnreadableError, read_text

START = re.compile(r"^DTSTART;VALUE=DATE:([0-9]{8})\r?$", re.MULTILINE)
STAMP = datetime(2026, 1, 1, tzinfo=UTC)
"""Time stamp of every event: the real one would differ on each run."""


def write_order_calendar(plan: Plan, path: Path) -> None:
    """One all-day event an order-by date, with item, class, site and quantity."""
    calendar = Calendar()
    calendar.add("prodid", "-//siting//orders//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    orders = plan.tables.get("orders")
    for row in orders.rows if orders is not None else ():
        event = _event(plan, row)
        if event is not None:
            calendar.add_component(event)
    path.write_bytes(calendar.to_ical())


def _event(plan: Plan, row: Row) -> Event | None:
    """The event of an order; none for what comes from stock."""
    when = day(row, "order_date")
    if when is None:
        return None
    kind = str(row["equipment_class"]).replace("_", " ")
    place = str(row["site"] or "pool")
    event = Event()
    event.add("uid", f"{row['item']}.{plan.name}@siting")
    event.add("dtstamp", STAMP)
    event.add("dtstart", when)
    event.add("dtend", when + timedelta(days=1))
    event.add("summary", f"Order {row['quantity']} x {kind} for {place}")
    lines = [
        f"Item: {row['item']}",
        f"Class: {row['equipment_class']}",
        f"Site: {place}",
        f"Quantity: {row['quantity']}",
        f"Delivery: {row['delivery_date'] or 'not stated'}",
        f"In service: {row['in_service_date'] or 'not stated'}",
    ]
    lines += [f"Critical for the energisation of {place} on {on}" for on in _waiting(plan, row)]
    event.add("description", "\n".join(lines))
    return event


def _waiting(plan: Plan, row: Row) -> Iterator[Cell]:
    """Dates of the energisations on whose critical path an order stands."""
    path = plan.tables.get("critical_path")
    wanted = row["site"], row["equipment_class"], row["order_date"], row["in_service_date"]
    for step in path.rows if path is not None else ():
        found = step["site"], step["item"], step["started_date"], step["finished_date"]
        if step["step"] == "transformers" and step["is_critical"] and found == wanted:
            yield step["energised_date"]


def differences(tables: Mapping[str, Table], path: Path) -> Iterator[str]:
    """Days on which a calendar that was written has another number of entries than there are orders."""
    try:
        text = read_text(path)
    except UnreadableError as error:
        yield str(error)
        return
    shown = Counter(START.findall(text))
    orders = tables.get("orders")
    dates = (day(row, "order_date") for row in (orders.rows if orders is not None else ()))
    asked = Counter(f"{when:%Y%m%d}" for when in dates if when is not None)
    for when in sorted(shown | asked):
        if shown[when] != asked[when]:
            yield f"{shown[when]} entries on {when}, {asked[when]} orders in the tables"
