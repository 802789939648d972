"""Where the reserve of a zone was used up."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import SAME_ABSOLUTE, number, rows_of
from siting.families.adequacy.data import AdequacyData
from siting.families.steps import Around


def used_up(data: AdequacyData, around: Around, period: int) -> Iterator[str]:
    """The reserve of the site's zone, where nothing of it is left in a period."""
    start, zone = around.calendar.starts[period], around.system.sites[around.site].zone
    for _, row in rows_of(around.tables, "adequacy"):
        left = number(row, "surplus_mw") + number(row, "new_supply_mw")
        left -= number(row, "required_mw")
        if row["period_start"] == start and row["zone"] == zone and left <= SAME_ABSOLUTE:
            yield f"reserve of zone {zone}"
