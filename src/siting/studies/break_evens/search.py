r"""Break-even: the value of a number at which the better of two strategies changes.

For a value v of the number both strategies are solved on the scenario with that value. With cost
C and proven bound B of each (B <= optimum <= C), the first is better for certain where
C_first(v) < B_second(v), the second where C_second(v) < B_first(v); in between the gap leaves it
open. The curve is computed at evenly spaced values; what holds between two of them follows from how
the number enters the program:

* In the cost alone, and linearly (prices, the cost of delay): each plan found is a plan at every value
  and its cost a line, so the optimum lies below all of these lines; and it is concave, so it lies above
  the chord between two bounds (``cost_lines.py``). Where both together leave the better strategy
  open by more than the gap, the next value is the one at which they leave most open. When none is left
  it is proven which strategy is better at *every* value, within the gap.
* In the limits (lead times, headroom): the optimum rises or falls in steps. If the plans of all values
  solved say that it only rises, or only falls, an optimum between two values lies between theirs, and
  halves are solved until that tells the better strategy or the resolution is reached; else every value
  to the resolution is solved. So no change is missed but for one that is undone within the resolution.

The answer is an interval for each change: the break-even of the true optima lies in it, whatever the gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from siting.core.errors import NoPlanError
from siting.core.study import BreakEven, Strategy
from siting.instance.build import Instance
from siting.model.assemble import USD_PER_OBJECTIVE, assemble
from siting.model.program import Program
from siting.pipeline import Loaded
from siting.solver.completion import named
from siting.solver.lexicographic import Ranked
from siting.studies.break_evens.cost_lines import (
    CostLines,
    is_cost_alone,
    known_at,
    stretches_between,
    worth_solving,
)
from siting.studies.break_evens.stretches import (
    OPEN,
    TIE,
    Crossing,
    Pair,
    Stretch,
    crossings,
    joined,
    winner_of,
)
from siting.studies.break_evens.value import with_value
from siting.timeline.plans import (
    INFINITE,
    bettered,
    cost_and_bound,
    fitted,
    has_one_goal,
    same_usd,
)
from siting.timeline.restrict import restricted
from siting.timeline.solves import Point, Solver

RISES, FALLS = "rises", "falls"
LINES, MONOTONE, SEARCHED = "every value", "monotone", "to the resolution"
"""What holds between the values solved: all is proven, to the gap; costs are taken to rise or fall only, as
those of all plans found do; or a change that is undone within the resolution may have been missed."""
NEAREST = 1e-3
"""Share of the resolution within which no value is solved beside another."""
ROUNDING = 1e-9


@dataclass(frozen=True)
class CurvePoint:
    """Both strategies at one value.

    Attributes:
        cost_usd, bound_usd: of the first and the second strategy; inf where proven without a plan.
    """

    value: float
    cost_usd: Pair
    bound_usd: Pair

    @property
    def winner(self) -> int:
        """FIRST or SECOND where that is certain, else OPEN."""
        return OPEN if self.state == TIE else self.state

    @property
    def state(self) -> int:
        """The winner, or TIE where both are proven to cost the same."""
        return winner_of(self.cost_usd, self.bound_usd)


@dataclass(frozen=True)
class BreakEvenResult:
    """Curve and crossings of one break-even.

    Attributes:
        points: by ascending value, those of the search among them.
        stretches: who is better, from the lowest value to the highest.
        crossings: by ascending value; empty if the better strategy is the same, or open, everywhere.
        proof: what holds between the values solved: LINES, MONOTONE or SEARCHED.
    """

    name: str
    study: BreakEven
    points: tuple[CurvePoint, ...]
    stretches: tuple[Stretch, ...]
    crossings: tuple[Crossing, ...]
    proof: str


def find_break_even(
    loaded: Loaded,
    name: str,
    study: BreakEven,
    strategies: Mapping[str, Strategy],
    solver: Solver,
) -> BreakEvenResult:
    """Curve and crossings.

    Args:
        strategies: by name, the two of the study among them.

    Raises:
        InputError: the number cannot take a value of the range.
        NoPlanError: a solve stopped before it had a plan.
    """
    asked = _Asked(loaded, name, study, strategies, solver)
    step = (study.highest - study.lowest) / (study.curve_points - 1)
    values = [study.lowest + step * i for i in range(study.curve_points - 1)] + [study.highest]
    asked.solve(values)
    if has_one_goal(loaded.instance) and asked.is_cost_alone():
        stretches, points = _by_lines(asked)
        proof = LINES
    else:
        stretches, proof = _by_steps(asked)
        points = asked.points()
    found = joined(stretches)
    changes = crossings(found, study.between)
    return BreakEvenResult(name, study, points, found, changes, proof)


@dataclass(frozen=True)
class _Here:
    """The scenario with one value: its programs, and what is known of both strategies."""

    instance: Instance
    linear: dict[str, Program]
    ranked: dict[str, Ranked] = field(default_factory=dict)

    def plan(self, label: str) -> Point | None:
        """The plan of a strategy by name and index."""
        x = self.ranked[label].outcome.x
        return None if x is None else named(self.linear[label], x)


@dataclass(frozen=True)
class _Asked:
    """A break-even, and the values that are solved."""

    loaded: Loaded
    name: str
    study: BreakEven
    strategies: Mapping[str, Strategy]
    solver: Solver
    known: dict[float, _Here] = field(default_factory=dict)
    solved: dict[str, Ranked] = field(default_factory=dict)

    @property
    def values(self) -> list[float]:
        """The values that are solved, ascending."""
        return sorted(self.known)

    def solve(self, values: Sequence[float]) -> None:
        """Both strategies at some values, side by side; programs that are the same are solved once."""
        works, names = {}, {}
        for value in values:
            here = self._stated(value)
            for label, linear in here.linear.items():
                key = self.solver.key("", here.instance, linear)
                names[value, label] = key
                if key not in self.solved and key not in works:
                    works[key] = partial(self._one, value, label, here)
        found = self.solver.beside(list(works.values()))
        self.solved.update(zip(works, found, strict=True))
        for value in values:
            for label in self.study.between:
                self.known[value].ranked[label] = self.solved[names[value, label]]
        self._share()

    def _stated(self, value: float) -> _Here:
        """The programs of both strategies at a value.

        Raises:
            InputError: the number cannot take the value.
        """
        instance = with_value(self.loaded.instance, self.name, self.study, value)
        whole = assemble(instance)
        between = self.study.between
        linear = {label: restricted(whole, instance, self.strategies[label]) for label in between}
        self.known[value] = _Here(instance, linear)
        return self.known[value]

    def _one(self, value: float, label: str, here: _Here, solver: Solver) -> Ranked:
        """What is known of a strategy at a value."""
        about = f"{self.name} = {value:g}, {label}"
        ranked = solver.solve(about, here.instance, here.linear[label])
        if ranked.outcome.x is None and ranked.outcome.status != "INFEASIBLE":
            raise NoPlanError(f"{about}: no plan was found in its time.")
        return ranked

    def _share(self) -> None:
        """Every plan with its neighbours, up and down, and with the other strategy: what is better there
        takes the place of what was found."""
        for values in (self.values, self.values[::-1]):
            for before, value in zip([None, *values], values, strict=False):
                here = self.known[value]
                for label, other in (self.study.between, self.study.between[::-1]):
                    near = [here.plan(other)]
                    if before is not None:
                        near.append(self.known[before].plan(label))
                    points = [point for point in near if point is not None]
                    here.ranked[label] = bettered(
                        here.instance,
                        here.linear[label],
                        here.ranked[label],
                        points,
                        self.solver.limits,
                    )

    def is_cost_alone(self) -> bool:
        """Whether the number enters the cost alone, and linearly."""
        middle = (self.study.lowest + self.study.highest) / 2
        if middle not in self.known:
            self.solve([middle])
        at = [self.known[value] for value in (self.study.lowest, middle, self.study.highest)]
        return all(is_cost_alone(*(here.linear[n] for here in at)) for n in self.study.between)

    def cost_lines(self, label: str) -> CostLines:
        """What is known of a strategy at all values, where the number enters the cost alone."""
        low, high = self.study.lowest, self.study.highest
        ends = [self.known[value].linear[label] for value in (low, high)]
        lines = CostLines()
        for value, here in self.known.items():
            outcome = here.ranked[label].outcome
            lines.bounds[value] = cost_and_bound(outcome)[1]
            if outcome.x is not None:
                at = [(end.cost @ outcome.x + end.offset) * USD_PER_OBJECTIVE for end in ends]
                slope = (at[1] - at[0]) / (high - low)
                lines.lines.add((float(at[0] - slope * low), float(slope)))
        return lines

    def points(self) -> tuple[CurvePoint, ...]:
        """The curve, by ascending value."""
        found = []
        for value in self.values:
            ranked = self.known[value].ranked
            first, second = (cost_and_bound(ranked[n].outcome) for n in self.study.between)
            found.append(CurvePoint(value, (first[0], second[0]), (first[1], second[1])))
        return tuple(found)

    def moves(self, label: str, low: float, high: float) -> set[str]:
        """Whether the plan of the higher value holds at the lower one and is no dearer there, so that costs
        rise between the two; and the other way round, so that they fall."""
        found = set()
        for direction, dear, cheap in ((RISES, high, low), (FALLS, low, high)):
            point, here = self.known[dear].plan(label), self.known[cheap]
            if point is None:
                found.add(direction)
                continue
            x = fitted(here.instance, here.linear[label], point, self.solver.limits)
            linear = here.linear[label]
            cost = INFINITE if x is None else (linear.cost @ x + linear.offset) * USD_PER_OBJECTIVE
            most = cost_and_bound(self.known[dear].ranked[label].outcome)[0]
            if cost <= most + same_usd(most):
                found.add(direction)
        return found


def _by_lines(asked: _Asked) -> tuple[list[Stretch], tuple[CurvePoint, ...]]:
    """Who is better at every value, and the curve, where the number enters the cost alone."""
    nearest = NEAREST * min(asked.study.resolution, asked.study.highest - asked.study.lowest)
    gap_frac = asked.solver.limits.gap_frac
    while True:
        first, second = (asked.cost_lines(label) for label in asked.study.between)
        stretches = stretches_between(first, second, asked.values)
        wanted = (worth_solving(first, second, s, gap_frac, nearest) for s in stretches)
        values = {value for value in wanted if value is not None}
        if not values:
            points = (CurvePoint(v, *known_at(first, second, v)) for v in asked.values)
            return stretches, tuple(points)
        asked.solve(sorted(values))


def _by_steps(asked: _Asked) -> tuple[list[Stretch], str]:
    """Who is better, to the resolution, where the number enters limits; and what the claim rests on."""
    moves: dict[tuple[str, float, float], set[str]] = {}
    widest = asked.study.resolution * (1 + ROUNDING)
    while True:
        points = asked.points()
        for one, other in pairwise(points):
            for label in asked.study.between:
                ends = (label, one.value, other.value)
                if ends not in moves:
                    moves[ends] = asked.moves(*ends)
        between = [
            set.intersection(
                {RISES, FALLS}, *(moves[n, a.value, b.value] for a, b in pairwise(points))
            )
            for n in asked.study.between
        ]
        is_monotone = all(between)
        values = [
            (one.value + other.value) / 2
            for one, other in pairwise(points)
            if other.value - one.value > widest
            and not (is_monotone and _is_settled(one, other, asked.solver.limits.gap_frac))
        ]
        if not values:
            return list(_steps(points, is_monotone)), MONOTONE if is_monotone else SEARCHED
        asked.solve(values)


def _between(one: CurvePoint, other: CurvePoint) -> tuple[Pair, Pair]:
    """What both strategies cost at most and at least between two values, where each only rises or only
    falls."""
    cost = [max(pair) for pair in zip(one.cost_usd, other.cost_usd, strict=True)]
    bound = [min(pair) for pair in zip(one.bound_usd, other.bound_usd, strict=True)]
    return (cost[0], cost[1]), (bound[0], bound[1])


def _is_settled(one: CurvePoint, other: CurvePoint, gap_frac: float) -> bool:
    """Whether no value between two would tell more, where costs only rise or only fall: the better one is
    certain, or what is open is no more than the gap leaves open anyway."""
    cost, bound = _between(one, other)
    if winner_of(cost, bound) != OPEN:
        return True
    is_open = one.state == other.state == OPEN
    return is_open and all(
        most - least <= 2 * gap_frac * abs(most) + same_usd(most)
        for most, least in zip(cost, bound, strict=True)
        if most < INFINITE
    )


def _steps(points: Sequence[CurvePoint], is_monotone: bool) -> Iterator[Stretch]:
    """Who is better at each value, and between each two."""
    yield Stretch(points[0].value, points[0].value, points[0].state)
    for one, other in pairwise(points):
        between = winner_of(*_between(one, other)) if is_monotone else OPEN
        if between == OPEN and one.state == other.state:
            between = one.state
        yield Stretch(one.value, other.value, between)
        yield Stretch(other.value, other.value, other.state)
