"""Whether halls serve something."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import Finding, number, rows_of
from siting.families.books import Books, idle, is_short
from siting.families.campus.data import CampusData


def serves(books: Books, data: CampusData) -> Iterator[Finding]:
    """More halls than the load or the minimum campus fill."""
    most: dict[str, float] = {}
    for (site, _), mw in books.it_mw.items():
        most[site] = max(most.get(site, 0.0), mw)
    built: dict[str, float] = {}
    for row_name, row in rows_of(books.tables, "halls"):
        site = str(row["site"])
        built[site] = built.get(site, 0.0) + number(row, "count")
        need_mw = max(most.get(site, 0.0), data.min_campus_it_mw)
        if not is_short(need_mw, (built[site] - 1) * data.hall_it_mw):
            what = f"{built[site]:g} halls at {site} for {need_mw:g} MW"
            yield idle("campus", row_name, what)
