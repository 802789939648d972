"""All families together: what can only help never makes the best plan dearer."""

from __future__ import annotations

from collections.abc import Iterator

from support.monotone import broken

ABOUT = "one more candidate, option, or a wider limit never costs more, all families together"
COUNT = 150
CHANGES_EACH = 4


def run(seed: int, count: int) -> Iterator[str]:
    """Scenarios one after another, each with a few changes; ``broken(seed, 4)`` tries one again."""
    for case in range(seed * COUNT, seed * COUNT + count):
        try:
            yield from broken(case, CHANGES_EACH)
        except Exception as error:
            yield f"seed {case}: {type(error).__name__}: {error}"
