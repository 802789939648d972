"""Whether units and named plants serve something, and whether a site would be short in an outage."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import Finding, day, number, rows_of
from siting.core.table import Row
from siting.families.books import Books, Less, idle, is_short, periods_from
from siting.families.plants.data import PlantsData


def serves(books: Books, data: PlantsData) -> Iterator[Finding]:
    """Units and named plants without which nothing is missing."""
    for row_name, row in rows_of(books.tables, "plants"):
        item = str(row["item"])
        is_needed = _is_plant_needed if item in data.named else _is_unit_needed
        periods = periods_from(books.calendar, row)
        if any(is_needed(books, data, row, p) for p in periods) or _unlocks(books, data, row):
            continue
        yield idle("plants", row_name, f"nothing is missing with one {item} fewer")


def _is_plant_needed(books: Books, data: PlantsData, row: Row, p: int) -> bool:
    """Whether a named plant gives energy, or its zone needs its firm power."""
    item, zone = str(row["item"]), str(row["location"])
    if books.sums("generation", ("item",), "energy_mwh").get((item, p), 0.0) > 0:
        return True
    firm = books.sums("generation", ("item",), "firm_mw").get((item, p), 0.0)
    return books.misses(Less(zone, p, firm))


def _is_unit_needed(books: Books, data: PlantsData, row: Row, p: int) -> bool:
    """Whether the last unit of a technology at a place gives energy or firm power that is needed."""
    k, place = str(row["technology"]), str(row["location"])
    tech = data.technologies[k]
    there = books.sums("generation", ("item",), "capacity_mw").get((str(row["item"]), p), 0.0)
    average = books.sums("generation", ("item",), "average_mw").get((str(row["item"]), p), 0.0)
    if is_short(average, tech.capacity_factor_frac * (there - tech.unit_mw)):
        return True
    firm = data.credit[k, place] * tech.unit_mw
    if not data.is_site(place):
        return books.misses(Less(place, p, firm))
    is_low = tech.connection == "medium_voltage"
    last = "" if is_short(there, tech.unit_mw) else k
    return books.misses(Less(place, p, firm, tech.unit_mw, is_low=is_low, last=last))


def _unlocks(books: Books, data: PlantsData, row: Row) -> bool:
    """Whether a technology that is built may only follow so many of these."""
    rows = [other for _, other in rows_of(books.tables, "plants")]
    for k, (before, count, milestone) in data.order.after.items():
        if row["technology"] != before:
            continue
        column = "in_service_date" if milestone == "in_service" else "start_date"
        reached = day(row, column)
        for follower in rows:
            start = day(follower, "start_date")
            if follower["technology"] != k or follower["item"] in data.named or start is None:
                continue
            done = sum(
                number(other, "quantity")
                for other in rows
                if other["technology"] == before
                and (on := day(other, column)) is not None
                and on <= start
            )
            if reached is not None and reached <= start and done - 1 < count:
                return True
    return False


def misses(books: Books, data: PlantsData, less: Less) -> bool:
    """Whether a site under N+1 is short with one unit fewer and another one out."""
    s, p = less.key
    there = books.sums("generation", ("technology", "location"), "capacity_mw")
    left = books.draw.get((s, p), 0.0) + books.nameplate.get((s, p), 0.0) - less.plate_mw
    return any(
        is_short(books.load.get((s, p), 0.0), left - data.technologies[k].unit_mw)
        for k, site, q in data.order.outage_index
        if (site, q) == (s, p) and k != less.last and there.get((f"{k}|{s}", p), 0.0) > 0
    )
