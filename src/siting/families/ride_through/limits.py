"""Limits of ``ride_through``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Limit, Rank, setting

LIMITS: Mapping[str, Limit] = {
    "trip_limit": Limit(
        Rank.GRID,
        setting(
            "components.ride_through.limits.{0}.max_trip_mw",
            "components.ride_through.max_trip_mw_per_zone",
        ),
    ),
}
