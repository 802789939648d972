"""Published optima of stochastic server location, by the same stacking and search."""

from __future__ import annotations

import pytest

from siting.solver.highs import Limits
from siting.solver.search import search
from support.engine import SHARED
from support.sslp import programs_of, whole_of

DATA = SHARED / "data" / "stochastic_sslp"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="published instances are not there")


@pytest.mark.slow
@needs_data
@pytest.mark.parametrize(
    ("name", "optimum", "servers", "futures"),
    [("sslp_5_25_50", -121.6, 5, 50), ("sslp_15_45_5", -262.4, 15, 5)],
)
def test_published_optimum(name: str, optimum: float, servers: int, futures: int) -> None:
    programs = programs_of(DATA / f"{name}.zip")
    tree, whole = whole_of(programs)
    assert len(tree.futures) == futures
    assert whole.is_root.sum() == servers
    assert whole.is_two_stage
    found = search(whole.program, Limits(gap_frac=1e-6, threads=1))
    assert found.status == "OPTIMAL"
    assert found.objective == pytest.approx(optimum, abs=1e-3)
    assert found.x is not None
    assert tree.probabilities @ whole.costs(found.x) == pytest.approx(optimum, abs=1e-3)
