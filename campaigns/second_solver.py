"""The engine against SCIP on small random scenarios: the same optimum, or no plan by both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from siting.core.errors import InfeasibleError, InputError
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.solver.highs import loaded
from siting.solver.search import search
from support.engine import EXACT, instance_of
from support.instances import small

ABOUT = "optimum of the engine and of SCIP on small random scenarios of all families"
COUNT = 1_000
GAP = 1e-6
"""Relative difference that the tolerances of two solvers explain."""


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each."""
    for number in range(seed, seed + count):
        try:
            model = assemble(instance_of(small(number))).linear
        except (InfeasibleError, InputError):
            continue
        found = search(model, EXACT)
        status, value = scip(model)
        is_same = found.status == {"optimal": "OPTIMAL", "infeasible": "INFEASIBLE"}.get(status)
        if is_same and found.x is not None:
            is_same = abs(found.objective - value) <= GAP * max(1.0, abs(value))
        if not is_same:
            yield f"seed {number}: {found.status} {found.objective:.9g}, SCIP {status} {value:.9g}"


def scip(model: Program) -> tuple[str, float]:
    """Status and optimum of a program by SCIP, to a gap of zero."""
    from pyscipopt import Model

    solver = Model()
    solver.hideOutput()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.mps"
        loaded(model, EXACT).writeModel(str(path))
        solver.readProblem(str(path))
    solver.setParam("limits/gap", 0.0)
    solver.optimize()
    is_solved = solver.getStatus() == "optimal"
    return str(solver.getStatus()), float(solver.getObjVal()) if is_solved else float("inf")
