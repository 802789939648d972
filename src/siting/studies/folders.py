"""Where the plans of a comparison lie in its folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, count

from siting.outputs.folder import short_name

PLANS = "plans"
"""Folder of the plans, each in one of its own."""


def folders_of(plans: Iterable[str]) -> dict[str, str]:
    """The folder of each plan by its name: letters, digits, and what ends no path; no two are alike, whatever
    their capitals. A plan has the same folder if more plans follow."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for plan in plans:
        plain = short_name(re.sub(r"[^\w.+-]", "_", plan).strip(".") or "_")
        names = chain([plain], (f"{plain}_{number}" for number in count(2)))
        found[plan] = next(name for name in names if name.lower() not in taken)
        taken.add(found[plan].lower())
    return found
