"""Limits of ``ratepayer``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Given, Key, Limit, Rank, setting
from siting.families.ratepayer.data import MILLION

bill_cap = setting(
    "components.ratepayer.max_bill_effect_by_zone_frac.{0}",
    "components.ratepayer.max_bill_effect_frac",
)
"""Cap of a zone, or of all."""


def share_of_bill(given: Given, key: Key, slack: float) -> float:
    """Million dollars a year as a share of the bill."""
    bill_usd: float = given.data.bill_usd[key[0]]
    return slack * MILLION / bill_usd


LIMITS: Mapping[str, Limit] = {"bill_cap": Limit(Rank.RULE, bill_cap, share_of_bill)}

LOGIC: Mapping[str, str] = {"price_curve": "the price of capacity follows from what is left"}
