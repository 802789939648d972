"""A plan rolled through five years of random news, quarter by quarter, against hindsight."""

from __future__ import annotations

from collections.abc import Iterator

from support.engine import instance_of
from support.rolling import SAME_USD, faults, hindsight_usd, quarters, rolled

ABOUT = "re-plans of a toy through five years of random news: frozen decisions, cost, hindsight"
COUNT = 20


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each."""
    for number in range(seed * COUNT, seed * COUNT + count):
        last = None
        for quarter in rolled(number, quarters(2027, 2031)):
            for fault in faults(quarter):
                yield f"rolled({number}): {fault}"
            last = quarter.again.plan
        assert last is not None
        known = hindsight_usd(instance_of(dict(last.scenario)))
        if known > last.objective_usd + SAME_USD:
            yield f"rolled({number}): {last.objective_usd} beats hindsight, {known}"
