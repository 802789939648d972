"""What a site may have waited for: everything with dates that it, its point or its zone needed.

Each step has the date from which it could have been of use at the earliest: begun with the horizon,
after the review that it stands on, as lead times, dates of availability, factory slots and the ramp
of the halls allow. What else may have kept it, builders, fleets or money, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import inf

from siting.core.audit import day, exceeds, number, rows_of
from siting.core.calendar import Calendar, Lag, add_months
from siting.core.table import Row, Table
from siting.families.bridge.data import BridgeData
from siting.families.campus.data import CampusData
from siting.families.headroom.data import HeadroomData
from siting.families.land.data import LandData
from siting.families.plants.data import PlantsData
from siting.families.ride_through.data import RideThroughData
from siting.families.transformers.data import TransformersData
from siting.instance.build import Instance

Tables = Mapping[str, Table]
REVIEW, PROGRAMMATIC, PLANT = "review", "programmatic review", "plant"


@dataclass(frozen=True)
class Step:
    """Something that was started and came into service.

    Attributes:
        started, finished: real dates; what was never started, since it stood in stock, starts when
            it is assigned.
        earliest: first period in which it could have been of use.
        after: step and item of what it began with the end of; none where it waited for nothing.
    """

    step: str
    item: str
    started: date
    finished: date
    earliest: int
    after: frozenset[tuple[str, str]] = frozenset()


def steps_of(instance: Instance, tables: Tables, site: str) -> Iterator[Step]:
    """Every step of a site, in no order."""
    data, zone = instance.data, instance.system.sites[site].zone
    places = {site} if zone is None else {site, *_sending(instance, tables, zone)}
    if "land" in data:
        yield from _reviews(data["land"], tables, site)
    if "campus" in data:
        yield from _halls(data["campus"], tables, site)
    if "headroom" in data:
        yield from _connections(data["headroom"], tables, site)
        yield from _upgrades(data["headroom"], tables, instance.system.node_of.get(site), places)
    if "transformers" in data:
        yield from _transformers(data["transformers"], tables, places)
    if "ride_through" in data:
        yield from _ride_through(data["ride_through"], tables, site)
    if "plants" in data:
        yield from _plants(data["plants"], tables, site, places)
    if "bridge" in data:
        yield from _rentals(data["bridge"], tables, site)


def first_of(calendar: Calendar, on: date) -> int:
    """First period that starts on or after a date; the number of periods beyond the horizon."""
    found = calendar.period_from(on)
    return len(calendar) if found is None else found


def _sending(instance: Instance, tables: Tables, zone: str) -> set[str]:
    """A zone and those that ever send it firm power, through others too."""
    found, grows = {zone}, True
    while grows:
        senders = {
            str(row["from_zone"])
            for _, row in rows_of(tables, "transfers")
            if row["to_zone"] in found and exceeds(number(row, "sent_mw"), 0.0)
        }
        grows = not senders <= found
        found |= senders
    return found


def _earliest(lag: Lag | None, starts: Iterable[int], otherwise: int) -> int:
    """First period in which any of some starts is in service; no lag is of what cannot be."""
    return min(_arrivals(lag, starts), default=otherwise)


def _arrivals(lag: Lag | None, starts: Iterable[int]) -> list[int]:
    """Periods from which some starts are in service, of those that are within the horizon."""
    known = () if lag is None else lag.arrival
    arrivals = [known[start] for start in starts if start < len(known)]
    return [arrival for arrival in arrivals if arrival is not None]


def _rows_at(tables: Tables, table: str, column: str, places: set[str]) -> Iterator[Row]:
    """Rows of a table at some places."""
    return (row for _, row in rows_of(tables, table) if row[column] in places)


def _dated(row: Row, begin: str, finish: str) -> tuple[date, date] | None:
    """Two dates of a row, if it has both."""
    started, finished = day(row, begin), day(row, finish)
    return None if started is None or finished is None else (started, finished)


Done = tuple[date | None, frozenset[tuple[str, str]]]
"""When something is complete, and its step and item."""


def _reviewed(tables: Tables, site: str) -> Done:
    """The review of a site."""
    for row in _rows_at(tables, "commitments", "site", {site}):
        return day(row, "review_done_date"), frozenset({(REVIEW, _path(row))})
    return None, frozenset()


def _path(row: Row) -> str:
    """Review path of a commitment."""
    return str(row["review_path"] or "none")


def _reviews(data: LandData, tables: Tables, site: str) -> Iterator[Step]:
    """The review of the site, and the programmatic review that it tiers from."""
    system, calendar = data.system, data.system.calendar
    for row in _rows_at(tables, "commitments", "site", {site}):
        dates = _dated(row, "commit_date", "review_done_date")
        if dates is None:
            continue
        lag = (system.tiered_review if row["is_tiered"] else system.review).get(site)
        came = first_of(calendar, dates[1])
        after: frozenset[tuple[str, str]] = frozenset()
        of = {data.programmatic_of.get(site, "")} if row["is_tiered"] else set()
        for wide in _rows_at(tables, "programmatic_reviews", "id", of):
            first = _dated(wide, "start_date", "done_date")
            if first is not None:
                name, done = str(wide["id"]), first_of(calendar, first[1])
                if done == calendar.period_at(dates[0]):
                    after = frozenset({(PROGRAMMATIC, name)})
                earliest = _earliest(data.programmatic_lag.get(name), calendar.periods, done)
                yield Step(PROGRAMMATIC, name, *first, earliest)
        yield Step(REVIEW, _path(row), *dates, _earliest(lag, calendar.periods, came), after)


def _halls(data: CampusData, tables: Tables, site: str) -> Iterator[Step]:
    """Halls, which begin after the review; a ramp that is used up lets none begin earlier."""
    calendar, (reviewed, review) = data.system.calendar, _reviewed(tables, site)
    begun: dict[int, float] = {}
    for row in _rows_at(tables, "halls", "site", {site}):
        dates = _dated(row, "start_date", "in_service_date")
        if dates is None or dates[1] == calendar.end:
            continue
        own = first_of(calendar, dates[0])
        before = [
            p
            for p in range(data.system.first_reviewed.get(site, own), own)
            if begun.get(p, 0.0) < data.ramp_halls.get(p, inf)
        ]
        begun[own] = begun.get(own, 0.0) + number(row, "count")
        is_next = reviewed is not None and first_of(calendar, reviewed) == own
        earliest = _earliest(data.lag, [*before, own], own)
        yield Step("halls", "halls", *dates, earliest, review if is_next else frozenset())


def _connections(data: HeadroomData, tables: Tables, site: str) -> Iterator[Step]:
    """The connection, in service as that of the site's tier is."""
    calendar = data.system.calendar
    for row in _rows_at(tables, "connections", "site", {site} & set(data.system.node_of)):
        dates = _dated(row, "start_date", "in_service_date")
        if dates is not None:
            months = data.system.service_months(site, str(row["tier"] or ""))
            earliest = first_of(calendar, add_months(calendar.starts[0], months))
            yield Step("connection", str(row["node"]), *dates, earliest)


def _upgrades(
    data: HeadroomData, tables: Tables, node: str | None, places: set[str]
) -> Iterator[Step]:
    """Upgrades of the point of interconnection, of the zone and of those that send it power."""
    for _, row in rows_of(tables, "upgrades"):
        dates = _dated(row, "start_date", "in_service_date")
        is_here = row["node"] == node if row["node"] else row["zone"] in places
        if is_here and dates is not None:
            name = str(row["upgrade"])
            lag = data.upgrade_lag.get(name)
            earliest = _earliest(lag, data.system.calendar.periods, len(data.system.calendar))
            yield Step("upgrade", name, *dates, earliest)


def _transformers(data: TransformersData, tables: Tables, places: set[str]) -> Iterator[Step]:
    """Transformers, breakers and switchgear of the site, and those of plants in its zone."""
    calendar = data.system.calendar
    ordered: dict[tuple[str, int], float] = {}
    for _, row in rows_of(tables, "orders"):
        start, e = day(row, "order_date"), str(row["equipment_class"])
        if start is not None and row["procurement"] in ("pool", "site"):
            key = e, first_of(calendar, start)
            ordered[key] = ordered.get(key, 0.0) + number(row, "quantity")
    for row in _rows_at(tables, "orders", "site", places):
        start = day(row, "order_date") or day(row, "assign_date")
        finished = day(row, "in_service_date")
        if start is not None and finished is not None:
            came = first_of(calendar, finished)
            earliest = min(came, *_first_units(data, ordered, row), came)
            yield Step("transformers", str(row["equipment_class"]), start, finished, earliest)


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
        yield _earliest(data.site_lag.get(e), filter(is_open, calendar.periods), own)
        return
    in_hand = [0]
    if how == "pool":
        in_hand = _arrivals(data.order_lag.get(e), filter(is_open, calendar.periods))
    elif how == "reserve":
        in_hand = _arrivals(data.reserve_lag.get(e), (p for c, p in data.reserve_index if c == e))
    elif how == "booked":
        delivered = day(row, "delivery_date")
        in_hand = [] if delivered is None else [first_of(calendar, delivered)]
    yield _earliest(data.install_lag.get(e), in_hand, len(calendar))


def _ride_through(data: RideThroughData, tables: Tables, site: str) -> Iterator[Step]:
    """Equipment that holds the load of the site through a dip."""
    starts = [p for s, p in data.orders if s == site]
    for row in _rows_at(tables, "ride_through", "site", {site}):
        dates = _dated(row, "start_date", "in_service_date")
        if dates is not None:
            earliest = _earliest(data.lag, starts, len(data.system.calendar))
            yield Step("ride-through", "equipment", *dates, earliest)


def _plants(data: PlantsData, tables: Tables, site: str, places: set[str]) -> Iterator[Step]:
    """Plants on the site, in its zone and in those that send it power; and the first of a kind that
    others waited for."""
    reviewed, review = _reviewed(tables, site)
    for row in _rows_at(tables, "plants", "location", places):
        step = _plant(data, row)
        if step is None:
            continue
        first = [] if row["item"] in data.named else list(_first_of_a_kind(data, tables, row))
        yield from first
        after = frozenset((other.step, other.item) for other in first)
        if row["location"] == site and _is_held_by_review(data, row, reviewed):
            after |= review
        yield replace(step, after=after)


def _plant(data: PlantsData, row: Row) -> Step | None:
    """The step of a row of plants; None where it is never in service."""
    dates = _dated(row, "start_date", "in_service_date")
    item, of = str(row["item"]), (str(row["technology"]), str(row["location"]))
    if dates is None:
        return None
    if item in data.named:
        lag, starts = data.named_lag.get(item), [p for j, p in data.named_starts if j == item]
    else:
        lag, starts = data.lag.get(of), [p for *key, p in data.unit_starts if tuple(key) == of]
    return Step(PLANT, item, *dates, _earliest(lag, starts, len(data.system.calendar)))


def _is_held_by_review(data: PlantsData, row: Row, reviewed: date | None) -> bool:
    """Whether units of a site, started a period earlier, would have had to wait for its review."""
    start = day(row, "start_date")
    own = None if start is None else data.system.calendar.period_at(start)
    if not own or reviewed is None:
        return False
    tech, before = (
        data.technologies.get(str(row["technology"])),
        data.system.calendar.starts[own - 1],
    )
    return tech is not None and tech.begin_date(before) < reviewed


def _first_of_a_kind(data: PlantsData, tables: Tables, row: Row) -> Iterator[Step]:
    """Plants of the technology that comes first, where a row was started as soon as they allowed."""
    before, _, milestone = data.order.after.get(str(row["technology"]), (None, 0, ""))
    for other in _rows_at(tables, "plants", "technology", {str(before)}):
        step = _plant(data, other)
        if step is None or before is None:
            continue
        if (step.finished if milestone == "in_service" else step.started) == row["start_date"]:
            yield step


def _rentals(data: BridgeData, tables: Tables, site: str) -> Iterator[Step]:
    """Rented units that came, from the decision to rent them."""
    calendar = data.system.calendar
    for row in _rows_at(tables, "rentals", "location", {site}):
        came = day(row, "period_start")
        product = str(row["product"])
        if came is None or number(row, "arrival_count") <= 0 or product not in data.products:
            continue
        started = add_months(came, -data.products[product].mobilisation_months)
        first = [p for k, s, p in data.rentals if (k, s) == (product, site)]
        earliest = min(first, default=first_of(calendar, came))
        yield Step("rental", product, max(started, calendar.starts[0]), came, earliest)
