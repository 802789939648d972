r"""Break-even: the value of a number at which the better of two strategies changes.

For a value v of the number both strategies are solved on the scenario with that value. With cost
C and proven bound B of each (B <= optimum <= C), the first is better for certain where
C_first(v) < B_second(v), the second where C_second(v) < B_first(v); in between the gap leaves it
open. The curve is computed at evenly spaced values. Wherever it passes from one certain winner to
the other, two searches by halving find the last value known to be the first winner's and the first
value known to be the other's, each to the resolution. The answer is that interval: the break-even
of the true optima lies in it, whatever the gap. It is an interval, never a point, and its width
beyond the resolution is what the gap leaves open.

Equal costs count as open. A crossing and its return between two neighbouring points of the curve
are not seen; more points see them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from siting.core.errors import InputError, Issue, NoPlanError
from siting.core.study import BreakEven, Change, Strategy
from siting.core.table import Cell, Table
from siting.instance.changes import changed
from siting.model.assemble import USD_PER_OBJECTIVE, assemble
from siting.pipeline import Loaded
from siting.timeline.restrict import restricted
from siting.timeline.solves import Solver

SAME_USD = 1.0
"""Dollars by which costs may differ by rounding alone."""
OPEN = 0
FIRST, SECOND = -1, 1


@dataclass(frozen=True)
class CurvePoint:
    """Both strategies at one value.

    Attributes:
        cost_usd, bound_usd: of the first and the second strategy; inf where proven without a plan.
    """

    value: float
    cost_usd: tuple[float, float]
    bound_usd: tuple[float, float]

    @property
    def winner(self) -> int:
        """FIRST or SECOND where that is certain, else OPEN."""
        if self.cost_usd[0] < self.bound_usd[1] - SAME_USD:
            return FIRST
        return SECOND if self.cost_usd[1] < self.bound_usd[0] - SAME_USD else OPEN


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


@dataclass(frozen=True)
class BreakEvenResult:
    """Curve and crossings of one break-even.

    Attributes:
        points: by ascending value, those of the search among them.
        crossings: by ascending value; empty if the better strategy is the same, or open, everywhere.
    """

    name: str
    study: BreakEven
    points: tuple[CurvePoint, ...]
    crossings: tuple[Crossing, ...]


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
    certain = [point for point in map(asked.at, values) if point.winner != OPEN]
    crossings = [
        _crossing(asked.at, left, right, study)
        for left, right in pairwise(certain)
        if left.winner != right.winner
    ]
    points = tuple(asked.known[value] for value in sorted(asked.known))
    return BreakEvenResult(name, study, points, tuple(crossings))


@dataclass(frozen=True)
class _Asked:
    """A break-even, and the points of its curve that are known."""

    loaded: Loaded
    name: str
    study: BreakEven
    strategies: Mapping[str, Strategy]
    solver: Solver
    known: dict[float, CurvePoint] = field(default_factory=dict)

    def at(self, value: float) -> CurvePoint:
        """Both strategies at a value."""
        if value not in self.known:
            self.solve([value])
        return self.known[value]

    def solve(self, values: Sequence[float]) -> None:
        """Both strategies at some values, side by side."""
        works = [
            partial(self._one, value, label) for value in values for label in self.study.between
        ]
        found = self.solver.beside(works)
        for number, value in enumerate(values):
            first, second = found[2 * number : 2 * number + 2]
            self.known[value] = CurvePoint(value, (first[0], second[0]), (first[1], second[1]))

    def _one(self, value: float, label: str, solver: Solver) -> tuple[float, float]:
        """Cost and bound of a strategy at a value [USD]."""
        changes = [
            Change.model_validate({"path": path, **_way(self.study, value)})
            for path in self.study.paths
        ]
        here = changed(self.loaded.instance, changes, f"break-even '{self.name}'")
        if here is None:
            expected, fix = (
                "a path of the scenario",
                "scenario.json of a solved plan shows every key",
            )
            where = f"break_evens.{self.name}.paths"
            raise InputError([Issue(where, "no path names a number", expected, fix)])
        linear = restricted(assemble(here), here, self.strategies[label])
        about = f"{self.name} = {value:g}, {label}"
        outcome = solver.solve(about, here, linear).outcome
        if outcome.x is None and outcome.status != "INFEASIBLE":
            raise NoPlanError(f"{about}: no plan was found in its time.")
        bound = min(outcome.objective, outcome.bound)
        return outcome.objective * USD_PER_OBJECTIVE, bound * USD_PER_OBJECTIVE


def _crossing(
    at: Callable[[float], CurvePoint], left: CurvePoint, right: CurvePoint, study: BreakEven
) -> Crossing:
    """The interval between two certain winners, each end moved in as far as is certain."""
    low, high = left.value, right.value
    middle = None
    while high - low > study.resolution:
        middle = at((low + high) / 2)
        if middle.winner == OPEN:
            break
        low, high = (middle.value, high) if middle.winner == left.winner else (low, middle.value)
    if high - low > study.resolution and middle is not None:
        low = _edge(at, low, middle.value, left.winner, study.resolution)
        high = _edge(at, high, middle.value, right.winner, study.resolution)
    names = {FIRST: study.between[0], SECOND: study.between[1]}
    return Crossing(low, high, names[left.winner], names[right.winner])


def _edge(
    at: Callable[[float], CurvePoint], sure: float, unsure: float, winner: int, resolution: float
) -> float:
    """The value nearest to ``unsure``, to the resolution, at which a winner is still certain."""
    while abs(unsure - sure) > resolution:
        value = (sure + unsure) / 2
        sure, unsure = (value, unsure) if at(value).winner == winner else (sure, value)
    return sure


def _way(study: BreakEven, value: float) -> dict[str, float]:
    """How the value is put into a number."""
    return {study.way: value} if study.way == "set" else {study.way: value, "at_least": 0.0}


CURVE_COLUMNS = (
    "break_even",
    "value",
    "first",
    "first_cost_usd",
    "first_bound_usd",
    "second",
    "second_cost_usd",
    "second_bound_usd",
    "better",
)
CROSSING_COLUMNS = ("break_even", "about", "paths", "low", "high", "before", "after")


def break_even_tables(results: Sequence[BreakEvenResult]) -> dict[str, Table]:
    """``break_evens``, one row a crossing, and ``break_even_curves``."""
    curves: list[dict[str, Cell]] = []
    crossings: list[dict[str, Cell]] = []
    for result in results:
        first, second = result.study.between
        for point in result.points:
            better = {FIRST: first, SECOND: second, OPEN: ""}[point.winner]
            curves.append(
                {
                    "break_even": result.name,
                    "value": point.value,
                    "first": first,
                    "first_cost_usd": _finite(point.cost_usd[0]),
                    "first_bound_usd": _finite(point.bound_usd[0]),
                    "second": second,
                    "second_cost_usd": _finite(point.cost_usd[1]),
                    "second_bound_usd": _finite(point.bound_usd[1]),
                    "better": better,
                }
            )
        about = {"about": result.study.about, "paths": ";".join(result.study.paths)}
        for crossing in result.crossings:
            ends = {"low": crossing.low, "high": crossing.high}
            sides = {"before": crossing.before, "after": crossing.after}
            crossings.append({"break_even": result.name, **about, **ends, **sides})
        if not result.crossings:
            none = {"low": None, "high": None, "before": None, "after": None}
            crossings.append({"break_even": result.name, **about, **none})
    return {
        "break_evens": Table.of(CROSSING_COLUMNS, crossings),
        "break_even_curves": Table.of(CURVE_COLUMNS, curves),
    }


def _finite(usd: float) -> float | None:
    """A cost, or nothing where there is no plan."""
    return usd if abs(usd) < float("inf") else None
