"""Bills: discounted costs by the place that they are for, and by period."""

from __future__ import annotations

from collections.abc import Mapping

Bearer = tuple[str, str]
"""Kind of place (site, zone or node) and its id, or one of the two below."""
NO_PLACE: Bearer = ("", "")
"""Bears what is for no place in particular."""
DELAY: Bearer = ("delay", "")
"""Bears the delay cost of late load, which nobody pays: it is the worth of time."""
Bill = dict[tuple[Bearer, int], float]
"""Discounted cost [USD] by bearer and period."""


def site(name: str) -> Bearer:
    """A site."""
    return ("site", name)


def zone(name: str) -> Bearer:
    """A zone: its sites share the cost."""
    return ("zone", name)


def node(name: str) -> Bearer:
    """A point of interconnection: its sites share the cost."""
    return ("node", name)


def charge(bill: Bill, bearer: Bearer, usd: Mapping[int, float], share: float = 1.0) -> None:
    """Add a series by period, or a share of it, to what a place bears, in place."""
    for period, amount in usd.items():
        bill[bearer, period] = bill.get((bearer, period), 0.0) + share * amount
