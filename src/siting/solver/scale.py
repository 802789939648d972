"""The unit of cost in which a program is solved: small costs are lifted above the solver's tolerance.

HiGHS takes a column for optimal whose cost could still fall by 1e-7 a unit. In a program whose costs are
of that size, as one in millions of dollars with sites of hundreds, whole plans are lost in it: instances
of facility location with optima near 0.01 came back 5 % too dear. A power of two changes no digit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import frexp

import numpy as np

from siting.model.program import Program
from siting.solver.highs import Limits, Outcome, Progress
from siting.solver.record import rescaled

LEAST_COST = 2.0**-13
"""Size that the smallest cost of a column shall have: a thousand times the solver's tolerance."""
LARGEST_COST = 2.0**30
"""Size that no cost is lifted above: from there on factors of the simplex method lose digits."""


def cost_factor(model: Program) -> float:
    """Power of two, never below 1, by which the costs of a program are multiplied."""
    size = np.abs(model.cost[model.cost != 0])
    if not size.size:
        return 1.0
    wanted = min(LEAST_COST / size.min(), LARGEST_COST / size.max())
    return max(1.0, 2.0 ** frexp(wanted)[1])


def scaled(model: Program, factor: float) -> Program:
    """The program with its costs multiplied."""
    return model.with_cost(factor * model.cost, factor * model.offset)


def scaled_limits(limits: Limits, factor: float) -> Limits:
    """Limits whose objectives are those of the scaled program."""
    target, cutoff = limits.how.target, limits.how.cutoff
    return limits.by(
        target=None if target is None else factor * target,
        cutoff=None if cutoff is None else factor * cutoff,
    )


def unscaled(outcome: Outcome, factor: float) -> Outcome:
    """An outcome of the scaled program in the unit of the program."""
    dual = None if outcome.row_dual is None else outcome.row_dual / factor
    return replace(
        outcome,
        objective=outcome.objective / factor,
        bound=outcome.bound / factor,
        row_dual=dual,
        steps=rescaled(outcome.steps, factor),
    )


def unscaled_progress(
    on_progress: Callable[[Progress], None] | None, factor: float
) -> Callable[[Progress], None] | None:
    """Progress of the scaled program, told in the unit of the program."""
    if on_progress is None:
        return None

    def show(progress: Progress) -> None:
        bound, incumbent = progress.bound, progress.incumbent
        on_progress(
            replace(
                progress,
                bound=None if bound is None else bound / factor,
                incumbent=None if incumbent is None else incumbent / factor,
            )
        )

    return show
