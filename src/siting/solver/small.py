"""Small programs that are solved in passing, from any thread."""

from __future__ import annotations

from threading import Event

import highspy
import numpy as np

from siting.model.program import Program
from siting.solver.highs import Limits, loaded, run_apart
from siting.solver.tuning import TUNING


def optimum(model: Program, seed: int) -> tuple[str, np.ndarray | None, np.ndarray | None]:
    """The status of a small linear program, and its optimum and duals by row if it has one; from any
    thread."""
    relaxed = model.relaxed()
    highs = loaded(relaxed, Limits(threads=TUNING.passing_threads, seed=seed))
    run_apart(highs)
    kinds = highspy.HighsModelStatus
    names = {kinds.kOptimal: "OPTIMAL", kinds.kInfeasible: "INFEASIBLE"}
    status = names.get(highs.getModelStatus(), "UNBOUNDED")
    if status != "OPTIMAL":
        return status, None, None
    solution = highs.getSolution()
    x, dual = (np.array(part, dtype=float) for part in (solution.col_value, solution.row_dual))
    return status, x, dual


def solution(model: Program, limits: Limits) -> tuple[str, np.ndarray | None]:
    """A good solution of a small program with exact integers, and whether there is none at all; no signal
    ends it, so that limits have to.

    Returns:
        ``FEASIBLE`` with values by column, ``INFEASIBLE``, or ``NO_SOLUTION`` within the limits.
    """
    highs = loaded(model, limits)
    run_apart(highs)
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return "INFEASIBLE", None
    known = highs.getInfo().primal_solution_status
    if known != highspy.SolutionStatus.kSolutionStatusFeasible:
        return "NO_SOLUTION", None
    fixed = np.round(np.array(highs.getSolution().col_value, dtype=float))
    _, x, _ = optimum(model.dispatch(fixed), limits.seed)
    if x is None:
        return "NO_SOLUTION", None
    return "FEASIBLE", np.where(model.is_integer, fixed, x)


def lower_bound(model: Program, limits: Limits, gap: float, stop: Event) -> tuple[float, float]:
    """A proven bound of a small program, within an absolute gap unless a limit comes first, and how far
    below the best solution known it is; from any thread. The bound is -inf where there is none yet, +inf
    where the program has no solution.

    Args:
        stop: ends the search once it is set.
    """
    highs = loaded(model, limits)
    highs.setOptionValue("mip_abs_gap", gap)
    highs.cbMipInterrupt.subscribe(lambda event: event.interrupt() if stop.is_set() else None)
    run_apart(highs)
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return float(np.inf), 0.0
    if not model.is_integer.any():
        is_optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return (highs.getObjectiveValue(), 0.0) if is_optimal else (-float(np.inf), float(np.inf))
    info = highs.getInfo()
    bound = float(info.mip_dual_bound)
    is_known = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return bound, max(0.0, info.objective_function_value - bound) if is_known else float(np.inf)
