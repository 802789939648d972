"""What a site may have waited for: everything with dates that it, its point or its zone needed.

The steps are those of the families, each of which knows its own; here is what they need to know of each
other: when the review of a site is complete, and from which zones it has power.
"""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import day, exceeds, number, rows_of
from siting.families.registry import COMPONENTS
from siting.families.steps import (
    NOTHING,
    REVIEW,
    Around,
    Step,
    Tables,
    path_of,
    rows_at,
)
from siting.instance.build import Instance


def steps_of(instance: Instance, around: Around) -> Iterator[Step]:
    """Every step of a site, in no order."""
    for name, data in instance.data.items():
        yield from COMPONENTS[name].steps(data, around)


def used_up(instance: Instance, around: Around, period: int) -> Iterator[str]:
    """Limits on the load of a site of which nothing is left in a period, as far as tables tell."""
    for name, component in COMPONENTS.items():
        if name in instance.data:
            yield from component.used_up(instance.data[name], around, period)


def around_site(instance: Instance, tables: Tables, site: str) -> Around:
    """What the steps of a site may depend on."""
    zone = instance.system.sites[site].zone
    senders = set() if zone is None else _sending(tables, zone)
    reviewed, review = None, NOTHING
    for row in rows_at(tables, "commitments", "site", {site}):
        reviewed, review = day(row, "review_done_date"), frozenset({(REVIEW, path_of(row))})
        break
    return Around(instance.system, tables, site, frozenset({site, *senders}), reviewed, review)


def _sending(tables: Tables, zone: str) -> set[str]:
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
