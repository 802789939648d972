"""Plans that buy more than they need, made from plans that do not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from siting.components.base import Index
from siting.model.assemble import LinearModel
from siting.solver.tidy import purchases

SLACK = 1e-6


def with_more(linear: LinearModel, x: np.ndarray, name: str, item: Index, first: int) -> np.ndarray:
    """A plan with one more of an item from a period on."""
    y = x.copy()
    for (known, key), column in linear.columns.items():
        if known == name and key[:-1] == item and key[-1] >= first:
            y[column] += 1.0
    return y


def is_plan(linear: LinearModel, x: np.ndarray) -> bool:
    """Whether a point keeps every bound and row."""
    activity = linear.matrix @ x
    return bool(
        (x <= linear.upper + SLACK).all()
        and (x >= linear.lower - SLACK).all()
        and (activity <= linear.row_upper + SLACK).all()
        and (activity >= linear.row_lower - SLACK).all()
    )


def surpluses(linear: LinearModel, x: np.ndarray) -> Iterator[tuple[str, Index, np.ndarray]]:
    """Name, item and plan with one more of each item, from its first period, that is a plan still."""
    kinds = purchases()
    items: dict[tuple[str, Index], int] = {}
    for name, key in linear.columns:
        if kinds.get(name) == "by_period":
            first = items.setdefault((name, key[:-1]), key[-1])
            items[name, key[:-1]] = min(first, key[-1])
    for (name, item), first in items.items():
        y = with_more(linear, x, name, item, first)
        if is_plan(linear, y):
            yield name, item, y
