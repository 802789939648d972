"""Limits of ``cooling``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Limit, Rank

LIMITS: Mapping[str, Limit] = {"rack_density": Limit(Rank.BUY)}
