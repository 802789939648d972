"""A linear program of generator outputs whose branch limits are added only when violated.

One HiGHS object is kept and re-solved from its last basis. Columns: generators, then what the caller
adds. Rows: the balance of each island, then branch limits over the injections of all buses.
"""

from __future__ import annotations

from collections.abc import Mapping

import highspy
import numpy as np

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
    """

    def __init__(self, limits: FlowLimits, relaxed_mw: Mapping[Limit, float] | None = None) -> None:
        self.limits = limits
        self.relaxed_mw = dict(relaxed_mw or {})
        self.kept: list[Limit] = []
        self.injection: list[np.ndarray] = []
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
        count = len(generators)
        for least, most in zip(generators.min_mw, generators.max_mw, strict=True):
            self.highs.addVar(float(least), float(most))
        load = np.bincount(island, network.buses.load_mw)
        self.first_limit = len(load)
        own = island[generators.bus] if count else np.array([], int)
        for number, mw in enumerate(load):
            columns = np.flatnonzero(own == number)
            ones = np.ones(len(columns))
            self.highs.addRow(float(mw), float(mw), len(columns), columns, ones)

    def add_limits(self, limits: list[Limit]) -> None:
        """Add rows for some limits; columns beside generators have no part in them yet."""
        network = self.limits.network
        for limit, row in zip(limits, self.limits.rows(limits), strict=True):
            rest = row.constant_mw - float(row.coefficients @ network.buses.load_mw)
            eased = self.relaxed_mw.get(limit, 0.0)
            least, most = row.least_mw - eased - rest, row.most_mw + eased - rest
            values = row.coefficients[network.generators.bus]
            columns = np.flatnonzero(np.abs(values) > SMALL)
            self.highs.addRow(least, most, len(columns), columns, values[columns])
            self.kept.append(limit)
            self.injection.append(row.coefficients)

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

    def injection_mw(self, values: np.ndarray) -> np.ndarray:
        """Injection of each bus at some values of the columns, without what the caller adds."""
        network = self.limits.network
        given = values[: len(network.generators)]
        total = np.bincount(network.generators.bus, given, len(network.buses))
        return np.asarray(total - network.buses.load_mw)

    def violated(self, injection_mw: np.ndarray) -> list[Limit]:
        """Limits to add next: violated ones without a row, the worst first."""
        # a limit with a row is left out, or its overload would hide the branch's other outages
        settled = {**self.relaxed_mw, **dict.fromkeys(self.kept, np.inf)}
        found = self.limits.violated(injection_mw, settled)
        return [limit for limit, _ in found][: TUNING.limits_at_once]

    def drop_slack(self) -> None:
        """Remove the branch rows that do not bind."""
        basic = highspy.HighsBasisStatus.kBasic
        status = self.highs.getBasis().row_status[self.first_limit :]
        loose = [i for i, state in enumerate(status) if state == basic]
        if not loose:
            return
        rows = np.array(loose, dtype=np.int32) + self.first_limit
        self.highs.deleteRows(len(rows), rows)
        gone = set(loose)
        self.kept = [limit for i, limit in enumerate(self.kept) if i not in gone]
        self.injection = [row for i, row in enumerate(self.injection) if i not in gone]
