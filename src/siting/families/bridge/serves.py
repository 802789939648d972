"""Whether rented units serve something."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import groupby

from siting.core.audit import Finding, day, number, rows_of
from siting.families.books import Books, Less, idle, is_short
from siting.families.bridge.data import BridgeData


def serves(books: Books, data: BridgeData) -> Iterator[Finding]:
    """Rented units that nothing needs when they come, or before they leave."""
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
                    yield idle("bridge", label[k, s, stay[0]], what)


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
    firm = data.firm_mw(k, s)
    cover = product.unit_mw if product.output_frac else 0.0
    is_low = product.connection == "medium_voltage"
    return books.misses(Less(s, p, firm, cover, is_low=is_low))
