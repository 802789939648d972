"""A linear program of generator outputs whose branch limits are added only when violated.

One HiGHS object is kept and re-solved from its last basis. Columns: generators, then what the caller
adds. Rows: the balance of each island, then branch limits over the injections of all buses.

Around a dispatch, each generator has two columns, of what it gives less and of what it gives more. At
the start all of them are zero, so that a vertex moves only the generators that an optimum needs, and
violates few limits; a vertex of the outputs themselves has almost all of them at their ends.
"""

from __future__ import annotations

from collections.abc import Mapping

import highspy
import numpy as np
from scipy.sparse import csr_array

from siting.core.errors import NoPlanError
from siting.network.limits import FlowLimits, Limit
from siting.solver.highs import run_apart
from siting.solver.quiet import silent_highs
from siting.solver.tuning import TUNING

FEASIBILITY = 1e-8
"""Primal and dual feasibility asked of the solver [MW]."""
SMALL = 1e-9
"""Coefficients that HiGHS would drop."""
ROUNDS = 500
"""Rounds after which limits are still violated only if something is broken."""


class Redispatch:
    """The program: generators between their limits, islands in balance, branch limits as needed.

    Attributes:
        limits: of the network. highs: the solver. first_limit: number of the first branch row.
        kept: limits with a row, in the order of the rows. injection: coefficients of each row.
        sides_mw: least and most of each row. balance_mw: of each island, to be met by the columns.
        around_mw: output of each generator that the columns are counted from.
        columns: how many the generators have; those of the caller come after.
    """

    def __init__(
        self,
        limits: FlowLimits,
        relaxed_mw: Mapping[Limit, float] | None = None,
        around_mw: np.ndarray | None = None,
    ) -> None:
        self.limits = limits
        count = len(limits.network.generators)
        self.is_split = around_mw is not None
        self.around_mw = np.zeros(count) if around_mw is None else around_mw
        self.columns = 2 * count if self.is_split else count
        self.relaxed_mw = dict(relaxed_mw or {})
        self.kept: list[Limit] = []
        self.injection: list[np.ndarray] = []
        self.sides_mw: list[tuple[float, float]] = []
        self.highs = silent_highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("primal_feasibility_tolerance", FEASIBILITY),
            ("dual_feasibility_tolerance", FEASIBILITY),
        ):
            self.highs.setOptionValue(option, value)
        self._add_generators()

    def _add_generators(self) -> None:
        """Columns of generators and the balance of each island."""
        network = self.limits.network
        generators, island = network.generators, network.island
        less, more = generators.min_mw - self.around_mw, generators.max_mw - self.around_mw
        zero = np.zeros(len(generators))
        ranges = [(less, zero), (zero, more)] if self.is_split else [(less, more)]
        for lower, upper in ranges:
            self.highs.addVars(len(lower), lower, upper)
        own = island[generators.bus] if len(generators) else np.array([], int)
        load = np.bincount(island, network.buses.load_mw)
        self.balance_mw = load - np.bincount(own, self.around_mw, len(load))
        self.first_limit = len(load)
        for number, mw in enumerate(self.balance_mw):
            columns, ones = self._twice(*_of(own == number))
            self.highs.addRow(float(mw), float(mw), len(columns), columns, ones)

    def _twice(self, columns: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Columns and coefficients of generators, of both parts where there are two."""
        if not self.is_split:
            return columns, values
        both = np.concatenate([columns, columns + self.columns // 2])
        return both, np.concatenate([values, values])

    def add_limits(self, limits: list[Limit]) -> None:
        """Add rows for some limits; columns beside generators have no part in them yet."""
        network, rows = self.limits.network, self.limits.rows(limits)
        if not rows:
            return
        of_buses = np.array([row.coefficients for row in rows])
        values = of_buses[:, network.generators.bus]
        rest = np.array([row.constant_mw for row in rows]) - of_buses @ network.buses.load_mw
        rest += values @ self.around_mw
        eased = np.array([self.relaxed_mw.get(limit, 0.0) for limit in limits])
        least = np.array([row.least_mw for row in rows]) - eased - rest
        most = np.array([row.most_mw for row in rows]) + eased - rest
        values[np.abs(values) <= SMALL] = 0.0
        stated = csr_array(np.hstack([values, values]) if self.is_split else values)
        self.highs.addRows(
            len(rows), least, most, stated.nnz, stated.indptr[:-1], stated.indices, stated.data
        )
        self.kept += limits
        self.injection += [row.coefficients for row in rows]
        self.sides_mw += zip(least.tolist(), most.tolist(), strict=True)

    def optimum(self) -> bool:
        """Solve; whether there is an optimum.

        Raises:
            NoPlanError: the solver stopped for a reason that is neither.
        """
        kinds = highspy.HighsModelStatus
        # HiGHS 1.16 can end a warm start with "Not Set" on large networks: again, then cold
        for prepare in (lambda: None, lambda: None, self.highs.clearSolver):
            prepare()
            run_apart(self.highs)
            status = self.highs.getModelStatus()
            if status == kinds.kOptimal:
                return True
            if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
                return False
        what = self.highs.modelStatusToString(status)
        raise NoPlanError(f"The solver of the dispatch stopped without an answer: {what}.")

    def values(self) -> np.ndarray:
        """Values of all columns at the optimum."""
        return np.array(self.highs.getSolution().col_value, dtype=float)

    def output_mw(self, values: np.ndarray) -> np.ndarray:
        """Output of each generator at some values of the columns."""
        parts = values[: self.columns].reshape(-1, len(self.around_mw))
        return np.asarray(self.around_mw + parts.sum(axis=0))

    def injection_mw(self, values: np.ndarray) -> np.ndarray:
        """Injection of each bus at some values of the columns, without what the caller adds."""
        network = self.limits.network
        given = self.output_mw(values)
        total = np.bincount(network.generators.bus, given, len(network.buses))
        return np.asarray(total - network.buses.load_mw)

    def violated(self, injection_mw: np.ndarray) -> list[Limit]:
        """Limits to add next: violated ones without a row, the worst first."""
        # a limit with a row is left out, or its overload would hide the branch's other outages
        settled = {**self.relaxed_mw, **dict.fromkeys(self.kept, np.inf)}
        found = self.limits.violated(injection_mw, settled)
        return [limit for limit, _ in found][: TUNING.limits_at_once]

    def clear(self) -> None:
        """Remove all branch rows and forget the basis."""
        if self.kept:
            rows = np.arange(len(self.kept), dtype=np.int32) + self.first_limit
            self.highs.deleteRows(len(rows), rows)
            self.kept, self.injection, self.sides_mw = [], [], []
        self.highs.clearSolver()


def _of(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns that are chosen, each with a coefficient of one."""
    columns = np.flatnonzero(chosen)
    return columns, np.ones(len(columns))
