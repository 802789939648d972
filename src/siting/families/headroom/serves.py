"""Whether connections and upgrades serve something, and whether a zone would be full with less."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import Finding, number, rows_of
from siting.core.table import Row
from siting.families.books import Books, Less, idle, is_short, periods_from
from siting.families.headroom.data import HeadroomData


def serves(books: Books, data: HeadroomData) -> Iterator[Finding]:
    """Connections that carry nothing, and upgrades without which no node or zone were full."""
    for row_name, row in rows_of(books.tables, "connections"):
        site = str(row["site"])
        if not any(books.draw.get((site, p), 0.0) > 0 for p in periods_from(books.calendar, row)):
            yield idle("headroom", row_name, f"{site} never draws from the grid")
    for row_name, row in rows_of(books.tables, "upgrades"):
        if not any(_is_full(books, data, row, p) for p in periods_from(books.calendar, row)):
            place = row["node"] or row["zone"]
            yield idle("headroom", row_name, f"{place} is never full without it")


def _is_full(books: Books, data: HeadroomData, row: Row, p: int) -> bool:
    """Whether the sites at a node or in a zone draw more than it takes without an upgrade."""
    added = number(row, "added_mw")
    if not row["node"]:
        return books.misses(Less(str(row["zone"]), p, room_mw=added))
    n = str(row["node"])
    drawn = books.drawn(books.draw, data.sites_at.get(n, ()), p)
    left = books.upgrade_mw["node", n, p] - added
    return is_short(drawn, data.node_mw.get((n, p), 0.0) + left)


def misses(books: Books, data: HeadroomData, less: Less) -> bool:
    """Whether the sites of a zone draw more than it takes."""
    z, p = less.key
    if (z, p) not in data.zone_mw:
        return False
    drawn = books.drawn(books.draw, data.sites_in.get(z, ()), p)
    return is_short(drawn, data.zone_mw[z, p] + books.delivered(less))
