"""Which number of a scenario sets a limit that is short, and what it would have to be.

Families declare their limits; rows that are not declared are balances and logic, and are never
relaxed. A row that a strategy adds is a limit of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import ceil, floor, log10

from siting.families.base import Index
from siting.families.declarations import Given, Limit, Rank
from siting.families.declared import limits
from siting.instance.build import Instance
from siting.instance.changes import find

DIGITS = 6
"""Significant digits of a suggested value, rounded so that it is enough."""
ZONE_DRAW = "strategy.zone_draw"
"""Row of a strategy: load draws no more than new firm supply delivers."""


@dataclass(frozen=True)
class Remedy:
    """What would mend a limit.

    Attributes:
        path: dotted path of the number. change: whether it rises or falls.
        now, value: what it is, and what it would have to be.
    """

    path: str
    change: float
    now: float
    value: float


def all_limits() -> dict[str, Limit]:
    """Limits of the families and of strategies, by ``family.rule``."""
    return {**limits(), ZONE_DRAW: Limit(Rank.GRID)}


def given_to(family: str, instance: Instance) -> Given:
    """What the limits of a family may look up in an instance."""
    config = instance.scenario.families()[family]
    return Given(instance.system, config, instance.data[family], partial(find, instance))


def remedy_of(
    name: str, limit: Limit, instance: Instance, key: Index, slack: float
) -> Remedy | None:
    """What would mend a row that is short; None where no one number does."""
    family = name.partition(".")[0]
    if family not in instance.data:
        return None
    given = given_to(family, instance)
    path = limit.path(given, key)
    now = find(instance, path) if path else []
    change = limit.change(given, key, slack)
    if len(now) != 1 or not change:
        return None
    return Remedy(path, change, now[0], rounded(now[0] + change, change, limit.is_count))


def rounded(value: float, change: float, is_count: bool) -> float:
    """A value with few digits, rounded away from where it came from, so that it is enough."""
    away = ceil if change > 0 else floor
    if is_count:
        return away(value - 1e-6 if change > 0 else value + 1e-6)
    if value == 0:
        return 0.0
    scale = 10.0 ** (DIGITS - 1 - floor(log10(abs(value))))
    near = round(value * scale)
    exact = near if abs(value * scale - near) < 1e-3 else away(value * scale)
    return exact / scale
