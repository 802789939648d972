"""The bound of the relaxation holds whatever the search after it proves."""

from __future__ import annotations

import numpy as np
import pytest

from siting.solve.highs import Limits, Outcome
from siting.solve.search import _with_bound

POINT = np.zeros(1)


@pytest.mark.parametrize(
    ("proven", "relaxed", "bound", "status"),
    [
        (-np.inf, 99.0, 99.0, "FEASIBLE"),  # 1 % of 100
        (-np.inf, 99.6, 99.6, "OPTIMAL"),  # 0.4 %
        (99.8, 99.0, 99.8, "FEASIBLE"),  # the search itself knows better, and says so
    ],
)
def test_the_better_bound_counts(proven: float, relaxed: float, bound: float, status: str) -> None:
    found = Outcome("FEASIBLE", POINT, 100.0, proven, np.inf, 1.0)
    combined = _with_bound(found, relaxed, Limits(gap_frac=0.005))
    assert (combined.bound, combined.status) == (bound, status)
    if bound == relaxed:
        assert combined.gap == pytest.approx((100 - relaxed) / 100)


def test_no_plan_stays_no_plan() -> None:
    stopped = Outcome("NO_SOLUTION", None, np.inf, -np.inf, np.inf, 1.0)
    assert _with_bound(stopped, 99.0, Limits()) is stopped
