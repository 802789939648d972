"""The search: for a large model a good first plan near its linear relaxation, then the proof.

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
from time import perf_counter

import numpy as np

from siting.model.assemble import LinearModel
from siting.solve.highs import FEASIBILITY, Limits, Outcome, Progress, relative_gap, solve

logger = logging.getLogger(__name__)

LARGE_INTEGERS = 3_000
"""Below this many integers HiGHS finds good plans by itself."""
WINDOW_UNITS = 1
"""Units by which an integer may leave its rounded relaxation: 0 gave plans 37 % off on the national
scenario, 1 gave 0.2 %."""
ROUNDING = 1e-6
GAP_SHARE = 0.4
"""Share of the asked gap that the restricted search may leave open."""
FIRST_PLAN_EFFORT = 0.4
"""Share of the restricted search spent on heuristics: bounds come from the full model anyway."""
TIME_SHARE = 0.4
"""Share of the time limit that it may take."""


def search(
    model: LinearModel,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None = None,
    start: np.ndarray | None = None,
) -> Outcome:
    """Find and prove a plan: relaxation, first plan, full search; the first two if it is large.

    A plan given as ``start`` is where the full search starts, unless the first plan is better.

    Ctrl-C or the time limit ends whatever is running; the best plan so far stays, with the bound
    proven so far.
    """
    started = perf_counter()
    known = _first_plan(model, limits, on_progress) if _is_large(model) else None
    if known is not None and known.is_stopped:
        return known
    left = limits.time_limit_seconds
    if left is not None:
        left -= perf_counter() - started
        if known is not None and left <= 0:
            return replace(known, seconds=perf_counter() - started)
        left = max(left, 0.0)
    if known is not None and (start is None or known.objective <= _value(model, start)):
        start = known.x
    full = replace(limits, time_limit_seconds=left)
    outcome = solve(model, full, on_progress, start=start)
    if known is not None:
        outcome = _with_bound(outcome, known.bound, limits)
    return replace(outcome, seconds=perf_counter() - started)


def _with_bound(outcome: Outcome, bound: float, limits: Limits) -> Outcome:
    """An outcome with a bound that is proven elsewhere, where it is the better one."""
    if outcome.x is None or bound <= outcome.bound:
        return outcome
    gap = relative_gap(outcome.objective, bound)
    status = "OPTIMAL" if gap <= limits.gap_frac + FEASIBILITY else "FEASIBLE"
    return replace(outcome, bound=bound, gap=gap, status=status)


def _value(model: LinearModel, x: np.ndarray) -> float:
    """Objective at a point."""
    return float(model.cost @ x) + model.offset


def _is_large(model: LinearModel) -> bool:
    """Whether HiGHS needs a start."""
    return int(model.is_integer.sum()) >= LARGE_INTEGERS


def _first_plan(
    model: LinearModel, limits: Limits, on_progress: Callable[[Progress], None] | None
) -> Outcome | None:
    """A plan near the linear relaxation with the relaxation's bound; None if there is none.

    A search that Ctrl-C ended before any plan comes back without one, marked as stopped.
    """
    relaxed = replace(model, is_integer=np.zeros_like(model.is_integer))
    share = None if limits.time_limit_seconds is None else TIME_SHARE * limits.time_limit_seconds
    # degenerate: an interior point with crossover takes half the time of the simplex method
    phase = replace(limits, time_limit_seconds=share, lp_method="ipm")
    outcome = solve(relaxed, phase, on_progress, "relaxation")
    if outcome.is_stopped:
        return replace(outcome, status="NO_SOLUTION", x=None)
    if outcome.status != "OPTIMAL" or outcome.x is None:
        return None
    lower, upper = _window(model, outcome.x)
    near = replace(model, lower=lower, upper=upper)
    phase = replace(
        phase,
        gap_frac=GAP_SHARE * limits.gap_frac,
        lp_method=limits.lp_method,
        heuristic_effort_frac=FIRST_PLAN_EFFORT,
    )
    found = solve(near, phase, on_progress, "first plan")
    logger.info("first plan: %s, %.1f", found.status, found.objective)
    if found.x is None:
        return replace(found, status="NO_SOLUTION") if found.is_stopped else None
    bound = outcome.objective
    gap = relative_gap(found.objective, bound)
    status = "OPTIMAL" if gap <= limits.gap_frac else "FEASIBLE"
    return replace(found, status=status, bound=bound, gap=gap)


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
