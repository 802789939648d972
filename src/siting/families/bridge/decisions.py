"""Decisions of ``bridge``: what its states commit to, and when."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Decision, Shown

DECISIONS: Mapping[str, Decision] = {
    "units": Decision(
        "units on rent, which may come and go",
        "recourse",
        shown=Shown("rentals", "period_start", items=("product", "location"), count="quantity"),
        bought="by_period",
        is_rented=True,
    ),
}
