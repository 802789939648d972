"""Stability in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from siting.studies.base import Result
from siting.studies.stability.verdict import IN_ALL, IN_NONE, OPEN, UNDECIDED, Stability
from siting.timeline.words import end, money

SHOWN = 6
"""Sites that a sentence names."""


def sentences(result: Result[Stability]) -> Iterator[str]:
    """Sites in every plan, in none, open."""
    found = result.found
    within = f"within {found.within_frac:.3g} of the best plan's cost"
    yield f"In every plan {within}: {_names(found.of(IN_ALL))}."
    none = len(found.of(IN_NONE))
    sites = "1 site" if none == 1 else f"{none} sites"
    yield f"In no plan {within}: {sites}. Open: {_names(found.of(OPEN))}."
    if left := found.of(UNDECIDED):
        most = found.limit_usd - found.cost_usd
        told = _names([_told(found, site) for site in left])
        yield f"Not decided: {told}; the limit is {money(most)} dearer."


def _told(found: Stability, site: str) -> str:
    """A site, and between what the cheapest plan costs more that decides on it as the best one does not."""
    one = next(one for one in found.sites if one.site == site)
    least, most = (max(0.0, usd - found.cost_usd) for usd in (one.other.bound, one.other.cost))
    forced = "out" if one.is_in_best else "in"
    return f"{site} (forced {forced} {money(least)} to {end(most)} dearer)"


def _names(sites: list[str]) -> str:
    """Some names, and how many more."""
    more = f" and {len(sites) - SHOWN} more" if len(sites) > SHOWN else ""
    return ", ".join(sites[:SHOWN]) + more if sites else "no site"
