"""The same model in Pyomo, made from the same arrays: to be read, exported or given to a solver."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC
from pyomo.core.expr import LinearExpression

from siting.instance.build import Instance
from siting.model.arrays import ArrayWriter, Declared, Rows
from siting.model.assemble import USD_PER_OBJECTIVE, written

DOMAINS = {"binary": pyo.Binary, "integer": pyo.NonNegativeIntegers, "real": pyo.NonNegativeReals}


def pyomo_model(instance: Instance) -> pyo.ConcreteModel:
    """The model of an instance: a block for each family, the objective ``cost`` in million USD.

    Rows that a family states as plans break them (``network``) are not in it.

    Raises:
        InfeasibleError: a constraint without any variable that cannot hold.
    """
    build = written(instance)
    cost, offset = build.writer.total(build.ledger.costs.sums.in_order())
    return pyomo_of(build.writer, cost / USD_PER_OBJECTIVE, offset / USD_PER_OBJECTIVE)


def pyomo_of(writer: ArrayWriter, cost: np.ndarray, offset: float) -> pyo.ConcreteModel:
    """Variables and constraints that were written, with a cost by column.

    Args:
        cost: shape (columns,). offset: its constant.
    """
    model = pyo.ConcreteModel()
    with PauseGC():
        variables = list(chain.from_iterable(_variables(model, part) for part in writer.declared))
        for part in chain.from_iterable(writer.rows.values()):
            _constraints(model, part, variables)
        used = np.flatnonzero(cost)
        coefficients, of = cost[used].tolist(), [variables[column] for column in used]
        expression = LinearExpression(constant=offset, linear_coefs=coefficients, linear_vars=of)
        model.cost = pyo.Objective(expr=expression)
    return model


def _variables(model: pyo.ConcreteModel, part: Declared) -> list[Any]:
    """The Pyomo variables of one variable, in order."""
    limits: Mapping[Any, float] = dict(zip(map(_key, part.index), part.upper.tolist(), strict=True))

    def bounds(_: Any, *key: Any) -> tuple[float, float | None]:
        limit = limits[key if len(key) > 1 else key[0]]
        return 0, None if limit == np.inf else limit

    var = pyo.Var(list(limits), domain=DOMAINS[part.domain], bounds=bounds, doc=part.doc)
    _add(model, part.name, var)
    return [var[key] for key in limits]


def _constraints(model: pyo.ConcreteModel, part: Rows, variables: list[Any]) -> None:
    """The Pyomo constraints of one constraint; rows without a term are left out."""
    con = pyo.Constraint([_key(key) for key in part.index], doc=part.doc)
    _add(model, part.name, con)
    order = np.argsort(part.terms.rows, kind="stable")
    columns, values = part.terms.columns[order].tolist(), part.terms.values[order].tolist()
    ends = np.cumsum(np.bincount(part.terms.rows, minlength=len(part.index))).tolist()
    start = 0
    for key, end, low, high in zip(part.index, ends, part.lower, part.upper, strict=True):
        if end > start:
            of = [variables[column] for column in columns[start:end]]
            body = LinearExpression(constant=0, linear_coefs=values[start:end], linear_vars=of)
            limits = tuple(None if np.isinf(limit) else float(limit) for limit in (low, high))
            con.add(_key(key), (limits[0], body, limits[1]))
        start = end


def _key(index: tuple[Any, ...]) -> Any:
    """An index as Pyomo has it."""
    return index if len(index) > 1 else index[0]


def _add(model: pyo.ConcreteModel, name: str, part: Any) -> None:
    """Put ``family.name`` into the block of its family."""
    family, _, own = name.partition(".")
    if model.component(family) is None:
        model.add_component(family, pyo.Block(concrete=True))
    model.component(family).add_component(own, part)
