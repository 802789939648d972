"""Which numbers of a scenario set the limits of ``ratepayer``."""

from __future__ import annotations

from siting.families.declarations import Given, Key, setting
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
