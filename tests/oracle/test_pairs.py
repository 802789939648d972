"""Random scenarios of every pair of families: engine and plain program find the same optimum."""

from __future__ import annotations

import pytest

from siting.core.study import Strategy
from support.pairs import PAIRS, compare, compare_strategy, scenario_of

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
            found = compare_strategy(scenario, Strategy(is_headroom_used=False))
            assert found is None, f"scenario_of({pair}, {number})"


DATED = [pair for pair in PAIRS if {*pair} & {"bridge", "plants", "transformers"}]
STRATEGIES = {
    "soon": Strategy(decided_within_months=12),
    "later": Strategy(decided_from_months=12),
    "grid_only": Strategy(new_supply=[], is_rental_allowed=False),
}


@pytest.mark.parametrize("name", STRATEGIES)
def test_strategies_by_date_and_source_equal_plain_program(name: str) -> None:
    for number, pair in enumerate(DATED):
        found = compare_strategy(scenario_of(pair, number), STRATEGIES[name])
        assert found is None, f"scenario_of({pair}, {number})"
