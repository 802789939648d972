"""Medium random scenarios: another solver finds the same optimum of the same model."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting.model.assemble import assemble
from siting.solver.highs import loaded, solve
from support.engine import EXACT, instance_of
from support.instances import medium


def scip_optimum(path: Path) -> float:
    """Optimum of a model file by SCIP, to a gap of zero."""
    from pyscipopt import Model

    scip = Model()
    scip.hideOutput()
    scip.readProblem(str(path))
    scip.setParam("limits/gap", 0.0)
    scip.setParam("limits/time", 240.0)
    scip.optimize()
    assert scip.getStatus() == "optimal"
    return float(scip.getObjVal())


@pytest.mark.parametrize("seed", range(10))
def test_optimum_equals_scip(seed: int, tmp_path: Path) -> None:
    linear = assemble(instance_of(medium(seed))).linear
    outcome = solve(linear, EXACT)
    path = tmp_path / "model.mps"
    loaded(linear, EXACT).writeModel(str(path))
    assert outcome.status == "OPTIMAL"
    assert int(linear.is_integer.sum()) > 100
    assert outcome.objective == pytest.approx(scip_optimum(path), rel=1e-6)
