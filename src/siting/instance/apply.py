"""A change of a scenario, in its plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from siting.core.errors import Issue
from siting.core.paths import expand, put, value_at
from siting.core.study import Change
from siting.core.yaml_scan import Path_

WHOLE = 1e-6
"""By how much a whole number may be missed by rounding."""


def apply(data: dict[str, Any], change: Change, why: str, issues: list[Issue]) -> int:
    """Make one change in place; how many values it changed."""
    places = places_of(data, change)
    for place, value in moved(data, change, why, issues).items():
        put(data, place, value)
    return sum(change.set is not None or value_at(data, place) is not None for place in places)


def places_of(data: Mapping[str, Any], change: Change) -> list[Path_]:
    """Places that a change names."""
    return expand(data, change.path, "all" if change.is_new else "none")


def moved(
    data: Mapping[str, Any], change: Change, why: str, issues: list[Issue]
) -> dict[Path_, Any]:
    """New values by place; what is not there stays away, unless it is set."""
    found: dict[Path_, Any] = {}
    for place in places_of(data, change):
        before = value_at(data, place)
        if change.set is not None:
            found[place] = change.set
        elif before is None:
            continue
        elif isinstance(before, bool) or not isinstance(before, int | float):
            where, what = f"{why}: {change.path}", f"'{place[-1]}' holds {type(before).__name__}"
            issues.append(Issue(where, what, "a number", "Name a number"))
        else:
            by = before * (1.0 if change.multiply is None else change.multiply)
            value = max(change.at_least, by + (change.add or 0.0))
            found[place] = round(value) if abs(value - round(value)) < WHOLE else value
    return found
