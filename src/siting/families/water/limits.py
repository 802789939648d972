"""Limits of ``water``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Limit
from siting.families.footprint import cap_limits
from siting.families.water.data import RULES

LIMITS: Mapping[str, Limit] = cap_limits("components.water.max_m3_per_year", RULES)
