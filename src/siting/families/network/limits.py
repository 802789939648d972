"""Limits of ``network``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Limit, Rank, setting

LIMITS: Mapping[str, Limit] = {
    "flow_limit": Limit(Rank.GRID, setting("components.network.branches.{0}.rating_mw")),
}

LOGIC: Mapping[str, str] = {"balance": "what is drawn in an island is supplied in it"}
