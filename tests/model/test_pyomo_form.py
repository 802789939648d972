"""The arrays against the Pyomo model of the same rules, compiled by Pyomo's own standard form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.sparse import csc_array

from siting.core.resources import builtin_path
from siting.instance.build import Instance
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.model.pyomo_form import pyomo_model
from siting.pipeline import load
from support.engine import instance_of
from support.instances import medium


def key_of(component: Any) -> tuple[str, tuple[object, ...]]:
    """``family.name`` and index of a Pyomo variable or constraint."""
    index = component.index()
    parent = component.parent_component()
    name = f"{parent.parent_block().local_name}.{parent.local_name}"
    return name, index if isinstance(index, tuple) else (index,)


def assert_same(instance: Instance, linear: Program) -> None:
    """Rows, columns, bounds, kinds and cost by name."""
    model = pyomo_model(instance)
    standard = LinearStandardFormCompiler().write(model, mixed_form=True)
    theirs = standard.A.tocsr()
    column = [linear.columns[key_of(v)] for v in standard.columns]
    assert sorted(column) == list(range(len(linear.cost)))
    ours = csc_array(
        (linear.value, linear.row, linear.start), shape=(len(linear.row_lower), len(column))
    ).tocsr()
    row = {name: number for number, name in enumerate(linear.row_names)}
    order = [row[key_of(entry.constraint)] for entry in standard.rows]
    assert sorted(order) == list(range(len(linear.row_names)))
    difference = ours[order][:, column] - theirs
    assert np.abs(difference.data).max(initial=0.0) <= 1e-9 * np.abs(theirs.data).max()
    kinds = np.array([entry.bound_type for entry in standard.rows])
    rhs = np.asarray(standard.rhs, dtype=float)
    np.testing.assert_allclose(linear.row_lower[order], np.where(kinds == 1, -np.inf, rhs))
    np.testing.assert_allclose(linear.row_upper[order], np.where(kinds == -1, np.inf, rhs))
    upper = [np.inf if v.ub is None else v.ub for v in standard.columns]
    np.testing.assert_allclose(linear.upper[column], upper)
    assert (linear.lower[column] == [v.lb for v in standard.columns]).all()
    assert (linear.is_integer[column] == [not v.is_continuous() for v in standard.columns]).all()
    cost = np.asarray(standard.c.todense(), dtype=float).reshape(-1)
    np.testing.assert_allclose(linear.cost[column], cost, rtol=1e-12, atol=1e-9)
    assert linear.offset == pytest.approx(float(standard.c_offset[0]))


@pytest.mark.parametrize("seed", range(8))
def test_arrays_are_the_pyomo_model(seed: int) -> None:
    instance = instance_of(medium(seed))
    assert_same(instance, assemble(instance).linear)


@pytest.mark.parametrize("name", ["toy", "restart-pjm", "federal-2035-full"])
def test_arrays_of_shipped_scenarios_are_the_pyomo_model(name: str) -> None:
    instance = load(Path(builtin_path(f"models/{name}.yaml"))).instance
    assert_same(instance, assemble(instance).linear)


def test_the_pyomo_model_reads_as_the_families_do() -> None:
    model = pyomo_model(load(Path(builtin_path("models/toy.yaml"))).instance)
    commit = model.component("core").component("commit")
    assert commit["near", 0].is_binary()
    assert "near" in str(model.component("campus").component("ready")["near", 2].expr)
    for part in (pyo.Var, pyo.Constraint):
        for item in model.component_objects(part):
            assert item.doc, item.name


def test_the_public_name_gives_a_model_that_pyomo_solves() -> None:
    """By Pyomo's own way to HiGHS: 79.9 million, the arithmetic stands in the toy's comments."""
    from pyomo.contrib.solver.common.factory import SolverFactory

    import siting

    model = siting.pyomo_model(siting.load(builtin_path("models/toy.yaml")).instance)
    SolverFactory("highs").solve(model)
    assert pyo.value(model.component("cost")) == pytest.approx(79.9)
