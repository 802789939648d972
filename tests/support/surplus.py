"""Plans that buy more than they need, made from plans that do not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from siting.families.base import Index
from siting.families.declared import purchases
from siting.instance.build import Instance
from siting.model.program import Program

SLACK = 1e-6
SERVE = "workloads.serve_mw"


def with_more(linear: Program, x: np.ndarray, name: str, item: Index, first: int) -> np.ndarray:
    """A plan with one more of an item from a period on."""
    y = x.copy()
    for (known, key), column in linear.columns.items():
        if known == name and key[:-1] == item and key[-1] >= first:
            y[column] += 1.0
    return y


def is_plan(linear: Program, x: np.ndarray) -> bool:
    """Whether a point keeps every bound and row."""
    activity = linear.matrix @ x
    return bool(
        (x <= linear.upper + SLACK).all()
        and (x >= linear.lower - SLACK).all()
        and (activity <= linear.row_upper + SLACK).all()
        and (activity >= linear.row_lower - SLACK).all()
    )


def surpluses(linear: Program, x: np.ndarray) -> Iterator[tuple[str, Index, np.ndarray]]:
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


def less_is_bought(linear: Program, x: np.ndarray, instance: Instance) -> float:
    """Months of units by which another program, written here, can buy less or later than a plan, at its
    cost and with its service."""
    calendar, kinds = instance.system.calendar, purchases()
    weight = np.zeros(len(x))
    lower, upper = linear.lower.copy(), linear.upper.copy()
    for (name, key), column in linear.columns.items():
        if name == SERVE:
            lower[column] = max(0.0, x[column] - 1e-9)
        if name in kinds:
            upper[column] = max(lower[column], x[column])
            weight[column] = calendar.months(key[-1]) if kinds[name] == "by_period" else 1.0
    rows = LinearConstraint(linear.matrix, linear.row_lower, linear.row_upper)
    cost = float(linear.cost @ x)
    capped = LinearConstraint(
        linear.cost[np.newaxis, :], -np.inf, cost + 1e-9 * max(1.0, abs(cost))
    )
    found = milp(
        weight,
        constraints=[rows, capped],
        bounds=Bounds(lower, upper),
        integrality=linear.is_integer.astype(int),
        options={"mip_rel_gap": 0.0},
    )
    assert found.status == 0, found.message
    return float(weight @ x - found.fun)
