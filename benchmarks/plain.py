"""The peers of the race: the model one would write first in Pyomo, and the same matrix in linopy.

``plain_model`` writes a scenario in Pyomo as one does at first: a variable for what *starts* in each
period, sums over past starts wherever a state is asked for, and a large M in every row by which a
yes or no opens something. The tightest bounds (``used_connected``) are left out. It is made from what
the rules of the families write, so it is the same problem and has the same optimum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from time import perf_counter
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csc_array, csr_array

from siting.expressions.block import Block
from siting.families.base import Index
from siting.instance.build import Instance
from siting.model.arrays import ArrayWriter, Declared, Rows
from siting.model.assemble import USD_PER_OBJECTIVE, written
from siting.model.program import Program
from siting.model.pyomo_form import pyomo_of

BIG_M = 1_000.0
"""Times the tight coefficient: 100 MW at a site become 100 GW."""
INDICATORS = {
    "campus.ready",
    "transformers.assign_committed",
    "transformers.order_committed",
    "workloads.campus_room",
}
TIGHTENING = {"headroom.used_connected"}


def plain_model(instance: Instance) -> pyo.ConcreteModel:
    """The scenario as a plain Pyomo model with the objective ``cost`` in million USD."""
    build = written(instance)
    states = set(build.cumulative)
    starts = _starts(build.writer.declared, states)
    left_out = TIGHTENING | set(build.cumulative.values())
    writer = ArrayWriter()
    writer.size = build.writer.size
    writer.declared = [
        replace(part, upper=np.full(len(part.index), np.inf), domain="integer")
        if part.name in states and part.is_integer
        else part
        for part in build.writer.declared
    ]
    for family, parts in build.writer.rows.items():
        kept = [_plain_rows(part, starts) for part in parts if part.name not in left_out]
        writer.rows[family] = [*kept, *_limits(build.writer.declared, states, family)]
    cost, offset = build.writer.total(build.ledger.costs.sums.in_order())
    return pyomo_of(writer, starts.T @ cost / USD_PER_OBJECTIVE, offset / USD_PER_OBJECTIVE)


def _starts(declared: Iterable[Declared], states: set[str]) -> csr_array:
    """Which starts each column is the sum of, shape (columns, columns); itself where it is no state."""
    rows, columns, first = [], [], 0
    for part in declared:
        before: dict[Index, list[int]] = {}
        for number, key in enumerate(part.index, start=first):
            own = before.setdefault(key[:-1] if part.name in states else key, [])
            own.append(number)
            rows += [number] * len(own)
            columns += own
        first += len(part.index)
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(first, first))


def _plain_rows(part: Rows, starts: csr_array) -> Rows:
    """A constraint over what starts, with a large M where it opens something."""
    size = (len(part.index), starts.shape[0])
    terms = part.terms
    values = terms.values
    if part.name in INDICATORS:
        # written as left - right <= 0: what opens stands on the right
        values = np.where(values < 0, BIG_M * values, values)
    plain = (csr_array((values, (terms.rows, terms.columns)), shape=size) @ starts).tocoo()
    made = Block(plain.row, plain.col, plain.data, np.zeros(len(part.index)))
    return replace(part, terms=made)


def _limits(declared: Iterable[Declared], states: set[str], family: str) -> Iterable[Rows]:
    """The bounds of the states, as rows over what starts."""
    first = 0
    for part in declared:
        if part.name in states and part.name.startswith(f"{family}."):
            yield _limit(part, first)
        first += len(part.index)


def _limit(part: Declared, first: int) -> Rows:
    """Upper bounds of one state where they change, and in its last period."""
    so_far: dict[Index, list[int]] = {}
    last = {key[:-1]: key for key in part.index}
    upper = dict(zip(part.index, part.upper.tolist(), strict=True))
    index, limits, rows, columns = [], [], [], []
    for number, key in enumerate(part.index, start=first):
        own = so_far.setdefault(key[:-1], [])
        own.append(number)
        end = last[key[:-1]]
        if np.isfinite(upper[key]) and (key == end or upper[key] != upper[end]):
            rows += [len(index)] * len(own)
            columns += own
            index.append(key)
            limits.append(upper[key])
    terms = Block(
        np.array(rows, dtype=int),
        np.array(columns, dtype=int),
        np.ones(len(rows)),
        np.zeros(len(index)),
    )
    return Rows(
        f"{part.name}_limit", index, terms, np.full(len(index), -np.inf), np.array(limits), part.doc
    )


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


def linopy_model(linear: Program) -> Any:
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


def floor_seconds(linear: Program) -> float:
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
