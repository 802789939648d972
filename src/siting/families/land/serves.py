"""Whether committed sites, programmatic reviews and phases of leases serve something."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import Finding, number, rows_of
from siting.families.books import Books, idle, is_short
from siting.families.land.data import LandData


def serves(books: Books, data: LandData) -> Iterator[Finding]:
    """What is held or reviewed for nothing."""
    yield from _idle_sites(books, data)
    yield from _idle_phases(books, data)


def _idle_sites(books: Books, data: LandData) -> Iterator[Finding]:
    """Committed sites without load or plants, and reviews from which none tiers."""
    used = {site for (site, _), mw in books.it_mw.items() if mw > 0}
    used |= {str(row["location"]) for _, row in rows_of(books.tables, "plants")}
    tiers = set()
    for row_name, row in rows_of(books.tables, "commitments"):
        if row["site"] not in used:
            yield idle("land", row_name, f"nothing is served or built at {row['site']}")
        if row["is_tiered"]:
            tiers.add(data.programmatic_of[str(row["site"])])
    for row_name, row in rows_of(books.tables, "programmatic_reviews"):
        if row["id"] not in tiers:
            yield idle("land", row_name, f"no site tiers from {row['id']}")


def _idle_phases(books: Books, data: LandData) -> Iterator[Finding]:
    """More phases of a lease than the acres in use take."""
    acres: dict[str, float] = {}
    for table, column in books.tables.acres_at:
        for _, row in rows_of(books.tables, table):
            acres[str(row[column])] = acres.get(str(row[column]), 0.0) + number(row, "acres")
    begun: dict[str, float] = {}
    for row_name, row in rows_of(books.tables, "lease_phases"):
        site = str(row["site"])
        begun[site] = begun.get(site, 0.0) + number(row, "count")
        held = (begun[site] - 1) * data.phase_acres[site]
        if not is_short(acres.get(site, 0.0), held):
            yield idle("land", row_name, f"{held:g} acres are held without its last phase")
