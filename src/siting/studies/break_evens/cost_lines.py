r"""What two strategies cost over a number that enters the cost alone, and linearly.

For a strategy with the plans X and the cost ``c(v) = c0 + v c1``, the optimum
``F(v) = min_{x in X} c(v) x`` is the lower envelope of lines, one a plan, and so concave. Known are
some plans x_i and, at some values v_j, bounds B_j <= F(v_j). Hence between two values v_j < v < v_k

    U(v) = min_i c(v) x_i   >=  F(v)  >=  L(v) = the chord of (v_j, B_j) and (v_k, B_k)

With one strategy between U and L of each, who is better is certain wherever one's U is below the
other's L. Between the values solved L is straight and U concave, so both change only where lines cross.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

import numpy as np

from siting.model.program import Program
from siting.studies.break_evens.stretches import OPEN, Pair, Stretch, winner_of
from siting.timeline.plans import INFINITE, same_usd

AFFINE_FRAC = 1e-9
"""Share of the largest coefficient by which a cost may be off a straight line."""
ROUNDING = 1e-9
"""Share of the range within which two changes are one."""
LIMITS = ("start", "row", "value", "row_lower", "row_upper", "lower", "upper", "is_integer")
Line = tuple[float, float]
"""Intercept [USD] and slope of the cost of a plan."""


def is_cost_alone(low: Program, middle: Program, high: Program) -> bool:
    """Whether programs at the ends and the middle of a range differ in their costs alone, which lie on
    a straight line."""
    if not (low.columns.keys() == middle.columns.keys() == high.columns.keys()):
        return False
    for other in (middle, high):
        if not all(np.array_equal(getattr(low, n), getattr(other, n)) for n in LIMITS):
            return False
    costs = [np.append(model.cost, model.offset) for model in (low, middle, high)]
    off = np.abs(costs[1] - (costs[0] + costs[2]) / 2)
    return bool((off <= AFFINE_FRAC * max(np.abs(cost).max() for cost in costs)).all())


@dataclass
class CostLines:
    """What is known of the cost of one strategy.

    Attributes:
        lines: of the plans found. bounds: by value, infinite where there is no plan [USD].
    """

    lines: set[Line] = field(default_factory=set)
    bounds: dict[float, float] = field(default_factory=dict)

    def most(self, value: float) -> float:
        """Cost of the cheapest plan at a value; inf without one."""
        return min((base + slope * value for base, slope in self.lines), default=INFINITE)

    def least(self, value: float) -> float:
        """What no plan is cheaper than at a value between two that were solved."""
        if not self.lines and INFINITE in self.bounds.values():
            return INFINITE
        chords = [self.bounds.get(value, -INFINITE)]
        below = [v for v in self.bounds if v < value]
        above = [v for v in self.bounds if v > value]
        for left in below:
            for right in above:
                share = (value - left) / (right - left)
                chords.append((1 - share) * self.bounds[left] + share * self.bounds[right])
        return max(chords)

    def active(self, low: float, high: float) -> list[Line]:
        """The lines that are lowest somewhere in a range."""
        kinks = [low, high, *self.kinks(low, high)]
        tried = {*kinks, *((a + b) / 2 for a, b in pairwise(sorted(kinks)))}
        return sorted({min(self.lines, key=lambda n: n[0] + n[1] * v) for v in tried if self.lines})

    def kinks(self, low: float, high: float) -> Iterator[float]:
        """Values inside a range at which the cheapest plan changes."""
        for one, other in combinations(sorted(self.lines), 2):
            value = _meeting(one, other)
            if value is not None and low < value < high:
                cost = one[0] + one[1] * value
                if cost <= self.most(value) + same_usd(cost):
                    yield value


def _meeting(one: Line, other: Line) -> float | None:
    """Where two lines cross."""
    if one[1] == other[1]:
        return None
    return (other[0] - one[0]) / (one[1] - other[1])


def known_at(first: CostLines, second: CostLines, value: float) -> tuple[Pair, Pair]:
    """What two strategies cost at a value, at most and at least."""
    return (first.most(value), second.most(value)), (first.least(value), second.least(value))


def stretches_between(
    first: CostLines, second: CostLines, values: Sequence[float]
) -> list[Stretch]:
    """Who is better between each two neighbours of the values solved."""
    found = []
    for low, high in pairwise(values):
        nearest = ROUNDING * (values[-1] - values[0])
        ends = [low]
        for value in sorted({high, *_changes(first, second, low, high)}):
            if value - ends[-1] > nearest:
                ends.append(value)
        for left, right in pairwise([*ends[:-1], high]):
            winner = winner_of(*known_at(first, second, (left + right) / 2))
            found.append(Stretch(left, right, winner))
    return found


def _changes(first: CostLines, second: CostLines, low: float, high: float) -> Iterator[float]:
    """Values inside a range at which who is better may change."""
    for one, other in ((first, second), (second, first)):
        yield from one.kinks(low, high)
        ends = other.least(low), other.least(high)
        if not np.isfinite(ends).all():
            continue
        slope = (ends[1] - ends[0]) / (high - low)
        for line in one.active(low, high):
            for margin in (-1.0, 1.0):
                apart = margin * same_usd(*ends)
                value = _meeting(line, (ends[0] - slope * low + apart, slope))
                if value is not None and low < value < high:
                    yield value


def worth_solving(
    first: CostLines, second: CostLines, stretch: Stretch, gap_frac: float, nearest: float
) -> float | None:
    """The value of an open stretch at which most is unknown; None where no solve would tell more.

    Args:
        gap_frac: what a solve leaves open. nearest: distance to a value that was solved.
    """
    if stretch.winner != OPEN:
        return None
    best, most = None, 0.0
    for lines in (first, second):
        known = lines.bounds
        for value in (stretch.low, *lines.kinks(stretch.low, stretch.high), stretch.high):
            cost, least = lines.most(value), lines.least(value)
            unknown = cost - least - gap_frac * abs(cost) - same_usd(cost)
            if unknown > most and min(abs(value - v) for v in known) >= nearest:
                best, most = value, unknown
    return best
