"""The better of two strategies over the values of a number: stretches, and where one follows another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from siting.timeline.plans import same_usd

FIRST, OPEN, SECOND, TIE = -1, 0, 1, 2
"""Which strategy is better for certain; open within the gap; or both are proven to cost the same."""
Pair = tuple[float, float]
"""Of the first and the second strategy [USD]."""


@dataclass(frozen=True)
class Stretch:
    """Values from ``low`` to ``high``, and who is better on all of them."""

    low: float
    high: float
    winner: int


@dataclass(frozen=True)
class Crossing:
    """An interval that holds a break-even.

    Attributes:
        low, high: last value of the winner before it, first value of the winner after it.
        before, after: the strategies that win there.
    """

    low: float
    high: float
    before: str
    after: str


def winner_of(cost_usd: Pair, bound_usd: Pair) -> int:
    """Who is better, given what each costs at most and at least; inf where there is no plan."""
    margin = same_usd(*cost_usd)
    if cost_usd[0] < bound_usd[1] - margin:
        return FIRST
    if cost_usd[1] < bound_usd[0] - margin:
        return SECOND
    is_tie = cost_usd[0] <= bound_usd[1] + margin and cost_usd[1] <= bound_usd[0] + margin
    return TIE if is_tie else OPEN


def joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Neighbours with the same winner as one; a single value at which nobody wins is no stretch of its
    own beside one that is open."""
    found: list[Stretch] = []
    for stretch in stretches:
        if found and found[-1].winner == stretch.winner:
            found[-1] = replace(found[-1], high=stretch.high)
        else:
            found.append(stretch)
    return tuple(found)


def crossings(stretches: Sequence[Stretch], between: tuple[str, str]) -> tuple[Crossing, ...]:
    """Where one certain winner follows the other, with whatever is open or tied between them."""
    names = {FIRST: between[0], SECOND: between[1]}
    certain = [stretch for stretch in stretches if stretch.winner in names]
    return tuple(
        Crossing(left.high, right.low, names[left.winner], names[right.winner])
        for left, right in pairwise(certain)
        if left.winner != right.winner
    )
