"""Random needs by season, deficits and rivals: engine and plain program find the same optimum."""

from __future__ import annotations

import pytest

from support.needs import WITH, with_needs
from support.pairs import compare

SCENARIOS = 2
"""Of each pair; ``python -m campaigns needs`` takes more."""


@pytest.mark.parametrize("pair", WITH, ids="-".join)
def test_optimum_equals_plain_program(pair: tuple[str, str]) -> None:
    for number in range(SCENARIOS):
        assert compare(with_needs(pair, number)) is None, f"with_needs({pair}, {number})"
