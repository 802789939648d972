"""Limits of ``emissions``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Limit
from siting.families.emissions.data import RULES
from siting.families.footprint import cap_limits

LIMITS: Mapping[str, Limit] = cap_limits("components.emissions.max_t_per_year", RULES)
