"""The frontier in sentences: until when waiting is free, and which year costs most."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from siting.studies.base import Result
from siting.studies.frontier.search import Waited
from siting.timeline.plans import Interval, same_usd
from siting.timeline.words import is_as_good, money, span


def sentences(result: Result[tuple[Waited, ...]]) -> Iterator[str]:
    """Until when nothing is lost for certain, from when on it is, and the year that costs most."""
    found = result.found
    costly = next((place for place, one in enumerate(found) if _surely_costs(one.increase)), None)
    last = found[len(found) - 1 if costly is None else costly - 1]
    if last is not found[0]:
        yield f"Deciding nothing before {last.decided_from:%Y-%m} {_price(last.increase)}."
    elif costly is not None:
        yield f"No later start than {last.decided_from:%Y-%m} is free among the dates tried."
    if costly is None:
        return
    first = found[costly]
    if first.plan is None:
        yield f"Deciding nothing before {first.decided_from:%Y-%m} leaves no plan."
        return
    yield f"Deciding nothing before {first.decided_from:%Y-%m} costs {span(first.increase)} more."
    yield from _dearest(found)


def _surely_costs(usd: Interval) -> bool:
    """Whether a difference is proven to be a loss."""
    return usd.least > same_usd(usd.least, usd.most)


def _price(usd: Interval) -> str:
    """A wait that is not proven to cost anything."""
    return "costs nothing" if is_as_good(usd) else f"costs at most {money(usd.most)}"


def _dearest(found: tuple[Waited, ...]) -> Iterator[str]:
    """The step between two dates that costs most, by the plans."""
    steps = [
        (later.cost_usd - earlier.cost_usd, earlier, later)
        for earlier, later in pairwise(found)
        if later.plan is not None
    ]
    if len(steps) > 1:
        usd, earlier, later = max(steps, key=lambda step: step[0])
        when = f"from {earlier.decided_from:%Y-%m} to {later.decided_from:%Y-%m}"
        yield f"The dearest wait is that {when}: {money(usd)} between the plans."
