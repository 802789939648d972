"""The peers of the race: the model one would write first in Pyomo, and the same matrix in linopy.

``plain_model`` writes a scenario in Pyomo as one does at first: a variable for what *starts* in each
period, sums over past starts wherever a state is asked for, and a large M in every row by which a
yes or no opens something. The tightest bounds (``used_connected``) are left out. It is written by
the rules of the families themselves, so it is the same problem and has the same optimum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import perf_counter
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csc_array, csr_array

from siting.families.base import Build, Domain, Index, Variable
from siting.families.whole import Expr
from siting.instance.build import Instance
from siting.model.arrays import ArrayWriter
from siting.model.assemble import USD_PER_OBJECTIVE, LinearModel, declare_all
from siting.model.build import FamilyBuild, ModelBuild, Relation
from siting.model.pyomo_form import PyomoWriter

BIG_M = 1_000.0
"""Times the tight coefficient: 100 MW at a site become 100 GW."""
INDICATORS = {
    "campus.ready",
    "transformers.assign_committed",
    "transformers.order_committed",
    "workloads.campus_room",
}
TIGHTENING = {"headroom.used_connected"}


class _Recorder(ModelBuild):
    """Notes which variables are cumulative and states no row for it."""

    def __init__(self, writer: Any) -> None:
        super().__init__(writer)
        self.cumulative: set[str] = set()

    def family(self, name: str) -> Build:
        """Open a family."""
        return _FamilyRecorder(self, name)


class _FamilyRecorder(FamilyBuild):
    """A family whose cumulative variables are sums of starts."""

    def cumulative(self, name: str, variable: Variable, index: Sequence[Index]) -> None:
        """Sums of starts never fall."""
        assert isinstance(self.model, _Recorder)
        items: Mapping[Index, Expr] = getattr(variable, "items")  # noqa: B009
        found = [full for full, known in self.model.items.items() if known is items]
        self.model.cumulative.update(found)


class _PlainWriter(PyomoWriter):
    """Starts per period for cumulative states, a large M in rows that open something."""

    def __init__(self, cumulative: set[str]) -> None:
        super().__init__()
        self.cumulative = cumulative

    def variable(
        self,
        family: str,
        name: str,
        index: Sequence[Index],
        upper: Callable[..., Expr] | None,
        domain: Domain,
        doc: str,
    ) -> Mapping[Index, Expr]:
        """Variables, or the sums of starts so far."""
        items = super().variable(family, name, index, upper, domain, doc)
        if f"{family}.{name}" not in self.cumulative:
            return items
        sums: dict[Index, Expr] = {}
        last: dict[Index, Index] = {}
        for key in index:
            before = sums.get(last.get(key[:-1], ()), 0.0)
            sums[key] = before + items[key]
            last[key[:-1]] = key
        most = {
            key: 1.0 if domain == "binary" else None if upper is None else upper(*key)
            for key in index
        }
        limits = [
            (key, sums[key], limit)
            for key, limit in most.items()
            if limit is not None
            and limit < np.inf
            and (key == last[key[:-1]] or limit != most[last[key[:-1]]])
        ]
        super().constraint(family, f"{name}_limit", limits, doc, is_equal=False)
        return sums

    def constraint(
        self, family: str, name: str, relations: Iterable[Relation], doc: str, *, is_equal: bool
    ) -> None:
        """Constraints as a first version has them."""
        full = f"{family}.{name}"
        if full in TIGHTENING:
            return
        if full in INDICATORS:
            relations = [(key, left, BIG_M * right) for key, left, right in relations]
        super().constraint(family, name, relations, doc, is_equal=is_equal)


def plain_model(instance: Instance) -> pyo.ConcreteModel:
    """The scenario as a plain Pyomo model with the objective ``cost`` in million USD."""
    first = _Recorder(ArrayWriter())
    declare_all(first, instance)
    writer = _PlainWriter(first.cumulative)
    build = _Recorder(writer)
    declare_all(build, instance)
    costs = build.ledger.costs.terms
    usd = [term for key in sorted(costs) for _, term in costs[key]]
    writer.model.cost = pyo.Objective(expr=sum(usd) / USD_PER_OBJECTIVE)
    return writer.model


def solve_plain(model: pyo.ConcreteModel, seconds: float, gap: float) -> tuple[float, float]:
    """Objective and bound by Pyomo's own interface to HiGHS."""
    from pyomo.contrib.solver.common.factory import SolverFactory

    solver = SolverFactory("highs")
    result = solver.solve(
        model,
        time_limit=seconds,
        rel_gap=gap,
        threads=2,
        load_solutions=False,
        raise_exception_on_nonoptimal_result=False,
        solver_options={"random_seed": 1},
    )
    best, bound = result.incumbent_objective, result.objective_bound
    return (np.inf if best is None else float(best)), (-np.inf if bound is None else float(bound))


def linopy_model(linear: LinearModel) -> Any:
    """The matrix of a model in linopy, one block of constraints for each row length: given as
    arrays, with no expression left to evaluate, which is the fastest that linopy can be."""
    import linopy
    import xarray as xr

    model = linopy.Model()
    kinds = {"integer": linear.is_integer, "real": ~linear.is_integer}
    label = np.zeros(len(linear.cost), dtype=np.int64)
    cost = []
    for kind, chosen in kinds.items():
        places = np.flatnonzero(chosen)
        if not len(places):
            continue
        lower = xr.DataArray(linear.lower[places], dims="column")
        upper = xr.DataArray(linear.upper[places], dims="column")
        variable = model.add_variables(lower, upper, name=kind, integer=kind == "integer")
        label[places] = variable.labels.values
        cost.append((variable * xr.DataArray(linear.cost[places], dims="column")).sum())
    shape = (len(linear.row_lower), len(linear.cost))
    rows = csr_array(csc_array((linear.value, linear.row, linear.start), shape=shape))
    count = np.diff(rows.indptr)
    for length in np.unique(count):
        for sign, limit, has in (
            ("=", linear.row_upper, linear.row_lower == linear.row_upper),
            ("<=", linear.row_upper, np.isinf(linear.row_lower)),
            (">=", linear.row_lower, np.isinf(linear.row_upper)),
        ):
            chosen = np.flatnonzero((count == length) & has)
            if not len(chosen):
                continue
            places = rows.indptr[chosen][:, None] + np.arange(length)
            data = xr.Dataset(
                {
                    "coeffs": (("row", "_term"), rows.data[places]),
                    "vars": (("row", "_term"), label[rows.indices[places]]),
                }
            )
            expression = linopy.LinearExpression(data, model)
            right = xr.DataArray(limit[chosen], dims="row")
            model.add_constraints(expression, sign, right, name=f"{sign} {length}")
    model.add_objective(sum(cost[1:], cost[0]))
    return model


def floor_seconds(linear: LinearModel) -> float:
    """Seconds of the bare assembly: triplets to sparse columns, and the hand-over to HiGHS."""
    shape = (len(linear.row_lower), len(linear.cost))
    triplets = csc_array((linear.value, linear.row, linear.start), shape=shape).tocoo()
    started = perf_counter()
    matrix = csc_array((triplets.data, triplets.coords), shape=shape)
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = linear.cost, linear.lower, linear.upper
    lp.row_lower_, lp.row_upper_ = linear.row_lower, linear.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indices.astype(np.int32), matrix.data
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(lp)
    return perf_counter() - started
