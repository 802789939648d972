"""Limits of ``budget``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.budget.data import MILLION
from siting.families.declarations import Limit, Rank, setting, times

LIMITS: Mapping[str, Limit] = {
    "total_cap": Limit(Rank.RULE, setting("components.budget.max_overnight_usd"), times(MILLION)),
    "yearly_cap": Limit(
        Rank.RULE,
        setting(
            "components.budget.overnight_usd_by_year.{0}",
            "components.budget.max_overnight_usd_per_year",
        ),
        times(MILLION),
    ),
}
