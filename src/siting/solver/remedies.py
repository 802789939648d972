"""Which number of a scenario sets a limit that is short, and what it would have to be.

Families declare their limits; rows that are not declared are balances and logic, and are never
relaxed. A row that a strategy adds is a limit of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil, floor, log10

from siting.families.base import Index
from siting.families.declarations import Given, Limit, Rank
from siting.families.declared import limits
from siting.instance.build import Instance
from siting.instance.changes import find
from siting.model.committed import LIMITS as COMMITTED_LIMITS

DIGITS = 6
"""Significant digits of a suggested value, rounded so that it is enough."""
ZONE_DRAW = "strategy.zone_draw"
"""Row of a strategy: load draws no more than new firm supply delivers."""
COMMITTED, COMMITTED_POOL = "strategy.committed", "strategy.committed_pool"
"""Rows of a strategy: of what it forbids no more begins than the scenario commits to, or needs for that."""


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
    own = {name: Limit(Rank.RULE) for name in (COMMITTED, COMMITTED_POOL)}
    return {**limits(), **COMMITTED_LIMITS, **own, ZONE_DRAW: Limit(Rank.GRID)}


def given_to(family: str, instance: Instance) -> Given:
    """What the limits of a family may look up in an instance."""
    config = instance.scenario.families().get(family)
    return Given(instance.system, config, instance.data.get(family), partial(find, instance))


def path_of(name: str, limit: Limit, instance: Instance, key: Index) -> str:
    """Dotted path of the number that sets a row; '' where no one number does."""
    family = name.partition(".")[0]
    is_known = family in instance.data or name in COMMITTED_LIMITS
    return limit.path(given_to(family, instance), key) if is_known else ""


def remedy_of(
    name: str, limit: Limit, instance: Instance, amounts: Mapping[Index, float]
) -> Remedy | None:
    """What would mend rows that are short; None where no one number does.

    Args:
        amounts: by how much, by index of a row; all of the same number.
    """
    path = path_of(name, limit, instance, next(iter(amounts)))
    now = find(instance, path) if path else []
    if len(now) != 1:
        return None
    given = given_to(name.partition(".")[0], instance)
    changes = [limit.change(given, key, amount) for key, amount in amounts.items()]
    change = max(changes, key=abs)
    if not change:
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
