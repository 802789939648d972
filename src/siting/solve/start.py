"""A good first plan for a large model: a small search around its linear relaxation.

HiGHS proves a bound on these models within seconds but finds good plans late. The relaxation, on
the other hand, is tight, so good plans lie near it: every integer may leave its relaxed value by
one unit beyond rounding, and what the relaxation leaves at zero in every period stays at zero. The
restricted model is about a tenth of the size. Its plan is only a start; bound and proof always come
from the full model.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from siting.model.assemble import LinearModel
from siting.solve.highs import Limits, Progress, solve

logger = logging.getLogger(__name__)

LARGE_INTEGERS = 3_000
"""Below this many integers HiGHS finds good plans by itself."""
WINDOW_UNITS = 1
"""Units by which an integer may leave its rounded relaxation: 0 gave plans 37 % off on the national
scenario, 1 gave 0.2 %."""
ROUNDING = 1e-6
GAP_SHARE = 0.4
"""Share of the asked gap that the restricted search may leave open."""
TIME_SHARE = 0.4
"""Share of the time limit that it may take."""


def first_plan(
    model: LinearModel, limits: Limits, on_progress: Callable[[Progress], None] | None = None
) -> np.ndarray | None:
    """A plan near the linear relaxation, or None (small model, or none found in time)."""
    if int(model.is_integer.sum()) < LARGE_INTEGERS:
        return None
    relaxed = replace(model, is_integer=np.zeros_like(model.is_integer))
    share = None if limits.time_limit_seconds is None else TIME_SHARE * limits.time_limit_seconds
    outcome = solve(relaxed, replace(limits, time_limit_seconds=share), on_progress, "relaxation")
    if outcome.status != "OPTIMAL" or outcome.x is None:
        return None
    lower, upper = _window(model, outcome.x)
    near = replace(model, lower=lower, upper=upper)
    tighter = replace(limits, gap_frac=GAP_SHARE * limits.gap_frac, time_limit_seconds=share)
    found = solve(near, tighter, on_progress, "first plan")
    logger.info("first plan: %s, %.1f M USD", found.status, found.objective_musd)
    return found.x


def _window(model: LinearModel, relaxed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds around the relaxed values, zero where an item is never started."""
    lower, upper = model.lower.copy(), model.upper.copy()
    bounded = model.is_integer & np.isfinite(model.upper)
    below = np.floor(relaxed + ROUNDING) - WINDOW_UNITS
    above = np.ceil(relaxed - ROUNDING) + WINDOW_UNITS
    lower[bounded] = np.maximum(lower[bounded], below[bounded])
    upper[bounded] = np.minimum(upper[bounded], above[bounded])
    items: dict[tuple[object, ...], list[int]] = {}
    for (name, key), column in model.columns.items():
        if model.is_integer[column]:
            items.setdefault((name, *key[:-1]), []).append(column)
    for columns in items.values():
        if relaxed[columns].max() < ROUNDING:
            upper[columns] = model.lower[columns]
    return lower, upper
