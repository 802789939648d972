"""Targets that a plan never serves are told in MW that can be read."""

from __future__ import annotations

import pytest

from siting.core.table import Row, Table
from siting.solution.warn import warnings_about


@pytest.mark.parametrize(
    ("target_mw", "shown"), [(0.1, "0.1 MW"), (100.0, "100 MW"), (1800.4, "1,800 MW")]
)
def test_less_than_a_megawatt_is_not_shown_as_none(target_mw: float, shown: str) -> None:
    row: Row = {"workload": "training", "target_mw": target_mw, "served_mw": 0.0}
    (issue,) = warnings_about({"timeline": Table.of(tuple(row), [row])})
    assert f"the plan serves nothing: 'training', {shown}" in str(issue)
