"""Review paths of the enumeration: who takes which, on which date, and who tiers.

Nothing here imports the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.brute_force import Brute

Data = dict[str, Any]


def review(brute: Brute, site: str, start: int) -> Data:
    """Months and cost of the review of a site committed in a period."""
    land, record = brute.families["land"], brute.scenario["sites"][site]
    agency = record.get("agency", "")
    path = record.get("review_path")
    if path is None:
        path = land.get("path_by_agency", {}).get(agency, land.get("default_path"))
        if isinstance(path, dict):
            path = path[record.get("action", "default")]
    if site in brute.tiered:
        path = land["programmatic"][covering(brute, site)]["tiered_path"]
    path = _replaced(land, agency, path, f"{brute.starts[start]:%Y-%m}")
    return dict(land["review_paths"][path]) if path else {"months": 0}


def _replaced(land: Data, agency: str, path: str | None, month: str) -> str | None:
    """The path after the policies of a month, written 2027-07 so that text order is time order."""
    for policy in land.get("policies", {}).values():
        if (
            policy.get("is_on")
            and agency in policy.get("agencies", [agency])
            and policy.get("from_date", "0000") <= month < policy.get("until", "9999")
            and path in policy["replaces"]
        ):
            return str(policy["replaces"][path])
    return path


def covering(brute: Brute, site: str) -> str | None:
    """The programmatic review that covers a site."""
    agency = brute.scenario["sites"][site].get("agency", "")
    for name, data in brute.families["land"].get("programmatic", {}).items():
        if site in data.get("sites", ()) or data.get("agency") == agency:
            return str(name)
    return None


def tierings(
    brute: Brute, commit: dict[str, tuple[int, ...]]
) -> Iterator[tuple[frozenset[str], dict[str, int]]]:
    """Sites that tier, and the period in which each programmatic review is started.

    A review from which nobody tiers only costs, so it is left out.
    """
    reviews = brute.families["land"].get("programmatic", {})
    for starts in product(*([None, *range(brute.count)] for _ in reviews)):
        begun = {a: q for a, q in zip(reviews, starts, strict=True) if q is not None}
        arrival = {a: brute.arrivals(reviews[a]["months"])[q] for a, q in begun.items()}
        able = [
            s
            for s, path in commit.items()
            if path[-1] and path.index(1) >= arrival.get(str(covering(brute, s)), brute.count)
        ]
        for size in range(len(able) + 1):
            for tiered in combinations(able, size):
                if {covering(brute, s) for s in tiered} == set(begun):
                    yield frozenset(tiered), begun


def leased(used: list[float], held: float | None, phases: int) -> list[float]:
    """Acres that rent is paid on: those in use, or the fewest whole phases that hold them."""
    if not phases or not held:
        return used
    part = held / phases
    return [part * ceil(max(used[: p + 1]) / part - 1e-9) for p in range(len(used))]
