"""Assemble the model: core variables, then each family declares, then each constrains."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from siting.components.base import Expr, Index
from siting.components.registry import COMPONENTS
from siting.core.errors import InfeasibleError
from siting.instance.build import Instance
from siting.model.build import Ledger, ModelBuild
from siting.model.goals import declare_reach

logger = logging.getLogger(__name__)

USD_PER_OBJECTIVE = 1e6
"""The solver minimises million dollars, which keeps its numbers near one."""


@dataclass(frozen=True)
class LinearModel:
    """Sparse arrays of the mixed-integer program, in columns, and the names behind them.

    Attributes:
        cost: objective in million USD, shape (columns,). offset: its constant. Where another goal
            is solved they hold that one, in its own unit.
        start, row, value: compressed sparse columns of the rows' coefficients.
        row_lower, row_upper: shape (rows,). lower, upper, is_integer: shape (columns,).
        row_names: ``family.constraint`` and index of each row; units by ``family.constraint``.
        columns: column of each (``family.variable``, index).
        area: number of the zone to which a column belongs, -1 where it belongs to none,
            shape (columns,).
    """

    cost: np.ndarray
    offset: float
    start: np.ndarray
    row: np.ndarray
    value: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    is_integer: np.ndarray
    row_names: tuple[tuple[str, Index], ...]
    units: Mapping[str, str]
    columns: Mapping[tuple[str, Index], int]
    area: np.ndarray


@dataclass(frozen=True)
class Model:
    """The assembled model: Pyomo for reading, arrays for solving, the ledger for reporting."""

    pyomo: pyo.ConcreteModel
    linear: LinearModel
    ledger: Ledger
    items: Mapping[str, Mapping[Index, Expr]]


def assemble(instance: Instance) -> Model:
    """Build the Pyomo model of an instance and compile it to arrays.

    Raises:
        InfeasibleError: a constraint without any variable that cannot hold.
    """
    started = perf_counter()
    with PauseGC():
        build = ModelBuild()
        _declare_core(build, instance)
        families = {name: build.family(name) for name in instance.data}
        for name, data in instance.data.items():
            COMPONENTS[name].declare(families[name], data)
        for name, data in instance.data.items():
            COMPONENTS[name].constrain(families[name], data)
        declare_reach(build, instance)
        if build.impossible:
            raise InfeasibleError(
                f"{describe(name, key, instance)} short by {excess:.6g} {unit}".rstrip()
                for name, key, excess, unit in sorted(build.impossible)
            )
        usd = [term for key in sorted(build.ledger.costs) for term in build.ledger.costs[key]]
        build.pyomo.cost = pyo.Objective(expr=sum(usd) / USD_PER_OBJECTIVE)
        linear = _compile(build, instance)
    logger.info(
        "model: %d rows, %d columns, %d integers, %d nonzeros in %.2f s",
        len(linear.row_lower),
        len(linear.cost),
        int(linear.is_integer.sum()),
        len(linear.value),
        perf_counter() - started,
    )
    return Model(build.pyomo, linear, build.ledger, build.items)


def describe(name: str, key: Index, instance: Instance) -> str:
    """A constraint in the planner's words: periods as dates."""
    starts = instance.system.calendar.starts
    words = [
        str(starts[part]) if isinstance(part, int) and part < len(starts) else str(part)
        for part in key
    ]
    return f"{name}[{', '.join(words)}]"


def _declare_core(build: ModelBuild, instance: Instance) -> None:
    """The variables that every family may use."""
    system = instance.system
    core = build.family("core")
    pairs = [(s, p) for s in system.sites for p in system.calendar.periods]
    build.commit = core.variable("commit", pairs, domain="binary", doc="site committed")
    core.cumulative("commit_monotone", build.commit, pairs)
    build.it_mw = core.variable(
        "it_mw",
        system.service_periods,
        upper=lambda s, p: system.period_limit_mw[s, p],
        doc="IT load of a site",
    )


def _compile(build: ModelBuild, instance: Instance) -> LinearModel:
    """Compile the Pyomo model to arrays, rows and columns in the order of declaration."""
    variables = [v for items in build.items.values() for v in items.values()]
    repn = LinearStandardFormCompiler().write(build.pyomo, mixed_form=True, column_order=variables)
    used = {id(v): i for i, v in enumerate(repn.columns)}
    lower = np.array([v.lb for v in repn.columns], dtype=float)
    upper = np.array([np.inf if v.ub is None else v.ub for v in repn.columns], dtype=float)
    kinds = np.array([entry.bound_type for entry in repn.rows], dtype=int)
    rhs = np.asarray(repn.rhs, dtype=float)
    matrix = repn.A.tocsc()
    matrix.sort_indices()
    names = {
        id(con[key]): (
            f"{block.local_name}.{con.local_name}",
            key if isinstance(key, tuple) else (key,),
        )
        for block in build.pyomo.component_objects(pyo.Block, descend_into=False)
        for con in block.component_objects(pyo.Constraint)
        for key in con
    }
    columns = {
        (name, key): used[id(v)]
        for name, items in build.items.items()
        for key, v in items.items()
        if id(v) in used
    }
    return LinearModel(
        cost=np.asarray(repn.c.todense(), dtype=float).reshape(-1),
        offset=float(repn.c_offset[0]),
        start=matrix.indptr.astype(np.int32),
        row=matrix.indices.astype(np.int32),
        value=matrix.data.astype(float),
        row_lower=np.where(kinds == 1, -np.inf, rhs),
        row_upper=np.where(kinds == -1, np.inf, rhs),
        lower=lower,
        upper=upper,
        is_integer=np.array([not v.is_continuous() for v in repn.columns], dtype=bool),
        row_names=tuple(names[id(entry.constraint)] for entry in repn.rows),
        units=dict(build.units),
        columns=columns,
        area=_areas(columns, instance),
    )


def _areas(columns: Mapping[tuple[str, Index], int], instance: Instance) -> np.ndarray:
    """Number of the zone of each column: that of the site, zone, plant or upgrade in its index.

    A site outside every zone is an area of its own.
    """
    system = instance.system
    zone_of = {z: z for z in system.zones}
    zone_of |= {s: site.zone or s for s, site in system.sites.items()}
    for family, table in (("plants", "named"), ("headroom", "upgrades")):
        config = instance.scenario.families().get(family)
        for item, record in getattr(config, table, {}).items():
            node = getattr(record, "node", None)
            zone_of[item] = record.zone or system.zone_at(str(node)) or str(node)
    number = {zone: n for n, zone in enumerate(sorted(set(zone_of.values())))}
    area = np.full(len(columns), -1)
    for (_, key), column in columns.items():
        places = [number[zone_of[part]] for part in key if part in zone_of]
        area[column] = places[-1] if places else -1
    return area
