"""Duals of the linear relaxation for the certificate of a plan: those of the search where it has any."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from siting.model.program import Program
from siting.solver.basis import Basis
from siting.solver.highs import Limits, Outcome
from siting.solver.relaxation import Relaxation
from siting.solver.scale import cost_factor, scaled
from siting.solver.tuning import TUNING


def relaxation_duals(program: Program, outcome: Outcome, limits: Limits) -> np.ndarray | None:
    """Duals of all rows of a program, shape (rows,).

    A large program has those of its search, which begins with the relaxation; a small one is solved anew
    without integers, which is the least part of what its search took.

    Args:
        program: what was solved, with the rows that were stated on the way last.

    Returns:
        None where the search of a large program ended before its relaxation was solved.
    """
    if outcome.row_dual is not None:
        return np.pad(outcome.row_dual, (0, len(program.row_lower) - len(outcome.row_dual)))
    if int(program.is_integer.sum()) >= TUNING.large_integers:
        return None
    factor = cost_factor(program)
    relaxed = replace(limits, threads=TUNING.passing_threads, time_limit_seconds=None)
    dual = Relaxation(scaled(program, factor), relaxed).optimum(None).row_dual
    return None if dual is None else dual / factor


def held_duals(program: Program, limits: Limits, basis: Basis | None) -> np.ndarray | None:
    """Duals of the relaxation of a program some of whose bounds were narrowed, shape (rows,).

    Args:
        basis: of the relaxation before.

    Returns:
        None where the relaxation has no optimum, for instance because nothing keeps the bounds.
    """
    factor = cost_factor(program)
    relaxed = replace(limits, threads=TUNING.passing_threads)
    relaxation = Relaxation(scaled(program, factor), relaxed)
    fitted = None if basis is None else basis.fitted(*program.matrix.shape[::-1])
    if fitted is not None:
        relaxation.begin_at(fitted)
    dual = relaxation.optimum(None).row_dual
    return None if dual is None else dual / factor
