"""Limits of ``transformers``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Limit, Measure, Rank, per_year, setting, sooner

LIMITS: Mapping[str, Limit] = {
    "slots": Limit(
        Rank.BUY, setting("components.transformers.classes.{0}.slots_per_year"), per_year
    ),
    "supply_limit": Limit(
        Rank.BUY, setting("components.transformers.classes.{0}.max_units"), is_count=True
    ),
}

LOGIC: Mapping[str, str] = {"pool_cover": "no more units are assigned than are in hand"}

MEASURES: tuple[Measure, ...] = (
    sooner(
        "building",
        "transformers",
        "components.transformers.classes.*.lead_times.*.weeks",
        stated="weeks",
    ),
)
