"""Limits of ``workloads``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Limit, Rank, setting

LIMITS: Mapping[str, Limit] = {
    "campus_count": Limit(
        Rank.RULE, setting("components.workloads.kinds.{0}.max_sites"), is_count=True
    ),
    "campus_floor": Limit(Rank.LOAD),
    "meet_target": Limit(Rank.LOAD),
}
