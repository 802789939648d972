"""Limits of ``bridge``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Limit, Measure, Rank, setting, sooner

LIMITS: Mapping[str, Limit] = {
    "fleet": Limit(Rank.BUY, setting("components.bridge.products.{0}.fleet_units"), is_count=True),
}

MEASURES: tuple[Measure, ...] = (
    sooner(
        "supply",
        "mobilisation of rented units",
        "components.bridge.products.*.mobilisation_months",
    ),
)
