"""Requirements by season and deficits: the engine against a plain program that knows none of its bounds."""

from __future__ import annotations

from collections.abc import Iterator

from support.needs import WITH, with_needs
from support.pairs import compare

ABOUT = "needs by season, deficits and rivals, the engine against a plain program"
COUNT = 20 * len(WITH)


def run(seed: int, count: int) -> Iterator[str]:
    """Scenarios of one pair after another; ``with_needs(pair, number)`` makes one again."""
    first = seed * COUNT
    for case in range(count):
        pair, number = WITH[case % len(WITH)], first + case // len(WITH)
        try:
            found = compare(with_needs(pair, number))
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
        if found is not None:
            yield f"with_needs({pair}, {number}): {found}"
