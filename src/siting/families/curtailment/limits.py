"""Limits of ``curtailment``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.core.records import TIER_SHARES
from siting.families.declarations import Given, Key, Limit, Rank


def end_of_curve(given: Given, key: Key) -> str:
    """Headroom of the deepest tier on offer that a zone states; '' where its end is estimated."""
    path = f"zones.{key[0]}.headroom_mw"
    if given.find(path):
        return path
    offered = [
        tier for tier in ("0pct", *TIER_SHARES) if tier == "0pct" or tier in given.config.tiers
    ]
    return next((f"{path}_{t}" for t in reversed(offered) if given.find(f"{path}_{t}")), "")


def more_at_end(given: Given, key: Key, slack: float) -> float:
    """Headroom that rivals leave to the plan."""
    zone, period = key
    end_mw = given.data.curve[key][-1][0]
    return slack + given.system.short_by_rivals_mw("zone", zone, period, end_mw)


LIMITS: Mapping[str, Limit] = {
    "curve_end": Limit(Rank.GRID, end_of_curve, more_at_end),
    "curve": Limit(Rank.GRID),
}

LOGIC: Mapping[str, str] = {
    "opened": "a connection is in service once it was asked for and is ready"
}
