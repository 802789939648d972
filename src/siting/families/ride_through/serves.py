"""Whether ride-through equipment serves something."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import Finding, number, rows_of
from siting.families.books import Books, idle, is_short, periods_from
from siting.families.ride_through.data import RideThroughData

SOME_MW = 0.01
"""MW of equipment that must be missed, of what is bought by the MW."""


def serves(books: Books, data: RideThroughData) -> Iterator[Finding]:
    """Ride-through equipment without which no limit is broken."""
    equipped: dict[tuple[str, int], float] = {}
    for _, row in rows_of(books.tables, "ride_through"):
        for p in periods_from(books.calendar, row):
            key = (str(row["site"]), p)
            equipped[key] = equipped.get(key, 0.0) + number(row, "equipped_mw")
    trips = books.sums("trip_groups", ("group",), "trip_mw")

    def is_needed(site: str, p: int, mw: float) -> bool:
        drawn, held = books.draw.get((site, p), 0.0), equipped[site, p]
        loose = min(drawn, held) - min(drawn, held - mw)
        return any(
            is_short(trips.get((group, p), 0.0) + loose, data.max_trip_mw[group])
            for group, sites in data.members.items()
            if site in sites
        )

    for row_name, row in rows_of(books.tables, "ride_through"):
        site, mw = str(row["site"]), min(SOME_MW, number(row, "equipped_mw"))
        if not any(is_needed(site, p, mw) for p in periods_from(books.calendar, row)):
            what = f"no limit is broken with {mw:g} MW less at {site}"
            yield idle("ride_through", row_name, what)
