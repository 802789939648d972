"""Random scenarios of every pair of families: engine and plain program find the same optimum."""

from __future__ import annotations

import pytest

from support.pairs import PAIRS, compare, compare_new_supply, scenario_of

SCENARIOS = 2
"""Of each pair; ``python -m campaigns pairs`` takes fifty."""


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_optimum_equals_plain_program(pair: tuple[str, str]) -> None:
    for number in range(SCENARIOS):
        assert compare(scenario_of(pair, number)) is None, f"scenario_of({pair}, {number})"


SUPPLY = {"adequacy", "curtailment", "headroom", "interfaces", "plants"}


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if SUPPLY.issuperset(pair)], ids="-".join)
def test_only_new_supply_equals_plain_program(pair: tuple[str, str]) -> None:
    for number in range(SCENARIOS):
        scenario = scenario_of(pair, number)
        if "headroom" in scenario["components"]:
            found = compare_new_supply(scenario)
            assert found is None, f"scenario_of({pair}, {number})"
