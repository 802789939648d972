"""Random facts: the plan under uncertainty against a program put together without the engine's stacking."""

from __future__ import annotations

from collections.abc import Iterator

from support.plain_futures import compare_dates, compare_deliveries

ABOUT = "random facts of any family, the search against every future with all of its own columns"
COUNT = 350
EVERY = 7
"""One case in so many is learnt from the first delivery."""


def run(seed: int, count: int) -> Iterator[str]:
    """One random tree after another; the named function makes it again."""
    for number in range(seed * COUNT, seed * COUNT + count):
        compare = compare_dates if number % EVERY else compare_deliveries
        try:
            found = compare(number)
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
        if found is not None:
            yield f"{compare.__name__}({number}): {found}"
