"""A plan of one model as a start for another: its integers, and the best of the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from siting.families.base import Index
from siting.model.program import Program
from siting.solver.highs import Limits, solve


def named(model: Program, x: np.ndarray) -> dict[tuple[str, Index], float]:
    """Values by variable name and index; those that are 0 are left out."""
    return {names: float(x[i]) for names, i in model.columns.items() if x[i]}


def completed(
    model: Program,
    point: Mapping[tuple[str, Index], float],
    limits: Limits,
    known: Collection[tuple[str, Index]] | None = None,
) -> np.ndarray | None:
    """Values by column with the integers of ``point`` and the best of the other columns.

    Args:
        model: to be started. point: values by variable name and index; absent ones are 0.
        known: variables that the point speaks of; integers of all others are free. All, where not stated.

    Returns:
        A feasible point; None if the integers lie outside the bounds or cannot be completed.
    """
    x = np.zeros(len(model.cost))
    for names, value in point.items():
        column = model.columns.get(names)
        if column is not None:
            x[column] = value
    fixed = np.round(x)
    is_integer = model.is_integer
    if known is not None:
        is_known = np.zeros(len(x), dtype=bool)
        is_known[[column for names, column in model.columns.items() if names in known]] = True
        is_integer = is_integer & is_known
    if (fixed[is_integer] < model.lower[is_integer]).any():
        return None
    if (fixed[is_integer] > model.upper[is_integer]).any():
        return None
    part = model.dispatch(fixed) if known is None else model.held(is_integer, fixed)
    outcome = solve(part, limits, phase="start")
    if outcome.status != "OPTIMAL" or outcome.x is None:
        return None
    return np.where(is_integer, fixed, outcome.x)
