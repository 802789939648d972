"""The audit of purchases of supply: plants and rented units that neither energy nor firm power needs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import groupby

from siting.core.audit import Finding, day, number, rows_of
from siting.core.table import Row
from siting.families.bridge.data import BridgeData
from siting.families.plants.data import PlantsData
from siting.solution.supply import Books, is_short, periods_from, site_is_short, zone_is_short


def idle_plants(books: Books) -> Iterator[Finding]:
    """Units and named plants without which nothing is missing."""
    data: PlantsData | None = books.instance.data.get("plants")
    if data is None:
        return
    for row_name, row in rows_of(books.tables, "plants"):
        item = str(row["item"])
        is_needed = _is_plant_needed if item in data.named else _is_unit_needed
        periods = periods_from(books.calendar, row)
        if any(is_needed(books, data, row, p) for p in periods) or _unlocks(books, data, row):
            continue
        yield Finding("plants.serves", row_name, f"nothing is missing with one {item} fewer")


def _is_plant_needed(books: Books, data: PlantsData, row: Row, p: int) -> bool:
    """Whether a named plant gives energy, or its zone needs its firm power."""
    item, zone = str(row["item"]), str(row["location"])
    if books.sums("generation", ("item",), "energy_mwh").get((item, p), 0.0) > 0:
        return True
    firm = books.sums("generation", ("item",), "firm_mw").get((item, p), 0.0)
    return zone_is_short(books, zone, p, firm)


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
        return zone_is_short(books, place, p, firm)
    is_low = tech.connection == "medium_voltage"
    last = "" if is_short(there, tech.unit_mw) else k
    return site_is_short(books, place, p, firm, tech.unit_mw, is_low=is_low, last=last)


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


def idle_rentals(books: Books) -> Iterator[Finding]:
    """Rented units that nothing needs when they come, or before they leave."""
    data: BridgeData | None = books.instance.data.get("bridge")
    if data is None:
        return
    label = {}
    count: dict[tuple[str, str, int], float] = {}
    for row_name, row in rows_of(books.tables, "rentals"):
        start = day(row, "period_start")
        p = None if start is None else books.calendar.period_at(start)
        if p is not None:
            key = (str(row["product"]), str(row["location"]), p)
            count[key], label[key] = number(row, "quantity"), row_name
    for (k, s), keys in groupby(sorted(count), key=lambda key: key[:2]):
        there = {p: count[k, s, p] for _, _, p in keys}
        for level in range(1, int(max(there.values())) + 1):
            for stay in _stays([p for p, units in there.items() if units >= level]):
                # it could come later, or leave earlier
                ends = (stay[0], stay[-1])
                if not all(map(partial(_is_rental_needed, books, data, k, s), ends)):
                    what = f"nothing is missing at {s} with one unit of {k} fewer"
                    yield Finding("bridge.serves", label[k, s, stay[0]], what)


def _stays(periods: list[int]) -> list[list[int]]:
    """Runs of periods that follow each other."""
    runs: list[list[int]] = []
    for p in periods:
        if runs and runs[-1][-1] == p - 1:
            runs[-1].append(p)
        else:
            runs.append([p])
    return runs


def _is_rental_needed(books: Books, data: BridgeData, k: str, s: str, p: int) -> bool:
    """Whether the last unit on rent gives energy or firm power that is needed."""
    product, item = data.products[k], f"{k}@{s}"
    there = books.sums("rentals", ("item",), "quantity").get((item, p), 0.0)
    average = books.sums("rentals", ("item",), "average_mw").get((item, p), 0.0)
    if is_short(average, (there - 1) * product.output_frac * product.unit_mw):
        return True
    firm = product.capacity_credit_frac * product.unit_mw
    cover = product.unit_mw if product.output_frac else 0.0
    is_low = product.connection == "medium_voltage"
    return site_is_short(books, s, p, firm, cover, is_low=is_low)
