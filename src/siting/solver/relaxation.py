"""The linear relaxation of a program, kept alive: what joins it goes on from its basis."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from siting.model.program import Program
from siting.solver.basis import Basis, from_highs
from siting.solver.highs import (
    Limits,
    Outcome,
    Progress,
    loaded,
    run_apart,
    run_watched,
)

DUAL, PRIMAL = 1, 4
"""The dual and the primal simplex method, as HiGHS numbers them."""
MANY = 2**31 - 1
"""No limit on iterations."""


class Relaxation:
    """The linear relaxation of a program, kept alive: what is added goes on from its basis."""

    def __init__(self, model: Program, limits: Limits) -> None:
        self._highs = loaded(model.relaxed(), limits)

    def add_columns(
        self, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray, coefficients: csc_array
    ) -> None:
        """Columns in the rows that there are, coefficients of shape (rows, new columns); what was
        optimal stays feasible with them at zero, so the primal simplex goes on from it."""
        self._highs.addCols(
            len(cost),
            cost,
            lower,
            upper,
            *_entries(coefficients),
        )
        self._highs.setOptionValue("solver", "simplex")
        self._highs.setOptionValue("simplex_strategy", PRIMAL)

    def add_rows(self, coefficients: csr_array, lower: np.ndarray, upper: np.ndarray) -> None:
        """Rows ``lower <= coefficients @ x <= upper``, shape (rows, columns)."""
        self._highs.addRows(
            len(lower),
            lower,
            upper,
            *_entries(coefficients),
        )

    def begin_at(self, basis: Basis) -> None:
        """Start from the optimal basis of a program that differs in bounds and limits of rows alone: it
        stays dual feasible, so the dual simplex goes on from it."""
        self._highs.setBasis(basis.to_highs())
        self._highs.setOptionValue("solver", "simplex")
        self._highs.setOptionValue("simplex_strategy", DUAL)

    def solve(self) -> np.ndarray | None:
        """An optimal point; None where there is none."""
        run_apart(self._highs)
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self._highs.getSolution().col_value, dtype=float)

    def optimum(
        self,
        seconds: float | None,
        on_progress: Callable[[Progress], None] | None = None,
        phase: str = "relaxation",
        most_iterations: int = MANY,
    ) -> Outcome:
        """The optimum with its duals and basis; Ctrl-C stops it, or a number of simplex iterations."""
        started = perf_counter()
        self._highs.setOptionValue("simplex_iteration_limit", most_iterations)
        if seconds is not None:
            # of a linear program HiGHS counts the seconds of all its runs
            self._highs.setOptionValue("time_limit", self._highs.getRunTime() + seconds)
        is_stopped = run_watched(self._highs, on_progress, started, phase)
        spent = perf_counter() - started
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return Outcome("NO_SOLUTION", None, np.inf, -np.inf, np.inf, spent, is_stopped)
        value, solution = self._highs.getObjectiveValue(), self._highs.getSolution()
        x = np.array(solution.col_value, dtype=float)
        dual = np.array(solution.row_dual, dtype=float)
        basis = from_highs(self._highs)
        return Outcome("OPTIMAL", x, value, value, 0.0, spent, is_stopped, True, dual, basis)


def _entries(
    coefficients: csc_array | csr_array,
) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """Count, starts, places and values of sparse coefficients, as HiGHS takes them."""
    starts = coefficients.indptr[:-1].astype(np.int32)
    return coefficients.nnz, starts, coefficients.indices.astype(np.int32), coefficients.data
