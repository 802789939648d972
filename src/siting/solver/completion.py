"""A plan of one model as a start for another: its integers, and the best of the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from siting.families.base import Index
from siting.model.program import Program
from siting.solver.highs import Limits, solve
from siting.solver.small import solution


def named(model: Program, x: np.ndarray) -> dict[tuple[str, Index], float]:
    """Values by variable name and index; those that are 0 are left out."""
    return {names: float(x[i]) for names, i in model.columns.items() if x[i]}


def completed(
    model: Program, point: Mapping[tuple[str, Index], float], limits: Limits
) -> np.ndarray | None:
    """Values by column with the integers of ``point`` and the best of the other columns.

    Args:
        model: to be started. point: values by variable name and index; absent ones are 0.

    Returns:
        A feasible point; None if the integers lie outside the bounds or cannot be completed.
    """
    fixed = _placed(model, point)
    if not _is_within(model, fixed, model.is_integer):
        return None
    outcome = solve(model.dispatch(fixed), limits, phase="start")
    if outcome.status != "OPTIMAL" or outcome.x is None:
        return None
    return np.where(model.is_integer, fixed, outcome.x)


def widened(
    model: Program,
    point: Mapping[tuple[str, Index], float],
    known: Collection[tuple[str, Index]],
    limits: Limits,
) -> tuple[str, np.ndarray | None]:
    """Values by column with the integers of a plan of a smaller model and good ones of all other columns,
    and whether there are any (``small.solution``).

    Args:
        model: to be started. point: values by variable name and index; absent ones are 0.
        known: variables of the smaller model; integers of all others are free.
    """
    fixed = _placed(model, point)
    is_known = np.zeros(len(fixed), dtype=bool)
    is_known[[column for names, column in model.columns.items() if names in known]] = True
    is_held = model.is_integer & is_known
    if not _is_within(model, fixed, is_held):
        return "INFEASIBLE", None
    return solution(model.held(is_held, fixed), limits)


def _placed(model: Program, point: Mapping[tuple[str, Index], float]) -> np.ndarray:
    """Values by column, in whole units."""
    x = np.zeros(len(model.cost))
    for names, value in point.items():
        column = model.columns.get(names)
        if column is not None:
            x[column] = value
    return np.round(x)


def _is_within(model: Program, x: np.ndarray, which: np.ndarray) -> bool:
    """Whether some columns lie within their bounds."""
    is_inside = (x >= model.lower) & (x <= model.upper)
    return bool(is_inside[which].all())
