"""Pairs of families: the engine against a plain program that knows none of its bounds."""

from __future__ import annotations

from collections.abc import Iterator

from support.pairs import PAIRS, compare, scenario_of

ABOUT = "each pair of families, the engine against a plain program without its bounds"
COUNT = 50 * len(PAIRS)


def run(seed: int, count: int) -> Iterator[str]:
    """Scenarios of one pair after another; ``scenario_of(pair, number)`` makes one again."""
    first = seed * COUNT
    for case in range(count):
        pair, number = PAIRS[case % len(PAIRS)], first + case // len(PAIRS)
        try:
            found = compare(scenario_of(pair, number))
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
        if found is not None:
            yield f"scenario_of({pair}, {number}): {found}"
