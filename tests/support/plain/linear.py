"""A mixed-integer program as plain sums, and two solvers for it."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

NOTHING_FITS = 2
"""Status of ``milp`` where no solution satisfies every row."""
TOLERANCE = 1e-7
"""Excess that a row may have in SCIP."""


class Sum:
    """A sum of variables with coefficients, and a constant."""

    def __init__(self, terms: dict[int, float] | None = None, constant: float = 0.0) -> None:
        self.terms = terms or {}
        self.constant = constant

    def __add__(self, other: Sum | float) -> Sum:
        if not isinstance(other, Sum):
            return Sum(dict(self.terms), self.constant + other)
        terms = dict(self.terms)
        for column, factor in other.terms.items():
            terms[column] = terms.get(column, 0.0) + factor
        return Sum(terms, self.constant + other.constant)

    __radd__ = __add__

    def __mul__(self, factor: float) -> Sum:
        return Sum({c: factor * k for c, k in self.terms.items()}, factor * self.constant)

    __rmul__ = __mul__

    def __neg__(self) -> Sum:
        return -1.0 * self

    def __sub__(self, other: Sum | float) -> Sum:
        return self + (-other)

    def __rsub__(self, other: float) -> Sum:
        return -self + other


def total(parts: Iterable[Sum]) -> Sum:
    """The sum of sums."""
    found = Sum()
    for part in parts:
        found = found + part
    return found


class Program:
    """Columns, rows and a cost that is to be least."""

    def __init__(self) -> None:
        self.upper: list[float] = []
        self.integer: list[int] = []
        self.rows: list[tuple[Sum, float]] = []
        """Sums without constant, each with the most that it may be."""
        self.cost = Sum()

    def variable(self, most: float = inf, *, is_whole: bool = False) -> Sum:
        """A variable from 0 to ``most``."""
        self.upper.append(most)
        self.integer.append(int(is_whole))
        return Sum({len(self.upper) - 1: 1.0})

    def pay(self, amount: Sum) -> None:
        """Add to the cost."""
        for column, factor in amount.terms.items():
            self.cost.terms[column] = self.cost.terms.get(column, 0.0) + factor
        self.cost.constant += amount.constant

    def at_most(self, left: Sum, right: Sum | float) -> None:
        """``left <= right``."""
        row = left - right
        self.rows.append((Sum(row.terms), -row.constant))

    def equal(self, left: Sum, right: Sum | float) -> None:
        """``left = right``."""
        self.at_most(left, right)
        self.at_most(-left, -right)

    def least(self, *, presolve: bool = True) -> float:
        """Least cost by HiGHS as SciPy has it; infinite where nothing is feasible."""
        cost = np.zeros(len(self.upper))
        for column, factor in self.cost.terms.items():
            cost[column] = factor
        entries = [(r, c, k) for r, (row, _) in enumerate(self.rows) for c, k in row.terms.items()]
        rows, columns, factors = zip(*entries, strict=True)
        matrix = coo_array((factors, (rows, columns)), shape=(len(self.rows), len(cost)))
        most = np.array([limit for _, limit in self.rows])
        result = milp(
            cost,
            integrality=np.array(self.integer),
            bounds=Bounds(0.0, np.array(self.upper)),
            constraints=LinearConstraint(matrix.tocsr(), -np.inf, most),
            options={"presolve": presolve, "mip_rel_gap": 0.0},
        )
        if result.status == NOTHING_FITS:
            return self.least(presolve=False) if presolve else inf
        if result.status != 0:
            raise RuntimeError(f"milp stopped: {result.message}")
        return float(result.fun) + self.cost.constant

    def least_by_scip(self) -> float:
        """The same by SCIP, a second opinion."""
        from pyscipopt import Model, quicksum

        scip = Model()
        scip.hideOutput()
        scip.setParam("limits/gap", 0.0)
        scip.setParam("numerics/feastol", TOLERANCE)
        columns = [
            scip.addVar(vtype="I" if whole else "C", lb=0.0, ub=None if most == inf else most)
            for most, whole in zip(self.upper, self.integer, strict=True)
        ]
        for row, limit in self.rows:
            if row.terms:
                scip.addCons(quicksum(k * columns[c] for c, k in row.terms.items()) <= limit)
            elif limit < -TOLERANCE:
                return inf
        scip.setObjective(quicksum(k * columns[c] for c, k in self.cost.terms.items()))
        scip.optimize()
        if scip.getStatus() == "infeasible":
            return inf
        if scip.getStatus() != "optimal":
            raise RuntimeError(f"SCIP stopped: {scip.getStatus()}")
        return float(scip.getObjVal()) + self.cost.constant
