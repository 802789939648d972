"""Plans that hold in all futures: what is decided for several of them is held, and each is searched apart.

Nothing ties the futures once that is held, so they are searched side by side. Each begins from what is
held completed by the plan that it would have if it were known, or by nothing more: what was bought may
stand idle. Where either is possible there is a plan however little time is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil

import numpy as np

from siting.core.futures import Risk
from siting.futures.build import Hedged
from siting.futures.extensive import Extensive
from siting.futures.risk import measured, with_tails
from siting.futures.states import common, in_time, join
from siting.model.program import Program
from siting.solver.highs import Limits, Outcome, solve
from siting.solver.tuning import TUNING
from siting.timeline.solves import Solver

SHARE_HELD = 0.3
"""Of the time left, what the plans of all futures with one set of decisions held may take."""


@dataclass(frozen=True)
class Holding:
    """The futures of a scenario, to be searched apart.

    Attributes:
        over: all of them in one, as dates tell them apart. late: MW-months of late load that a unit of
            each column is, by future. is_exact: whether no plan with the same decisions held is better
            than what the searches prove.
    """

    hedged: Hedged
    over: Extensive
    risk: Risk
    late: Sequence[np.ndarray]
    is_exact: bool

    def plan(
        self,
        name: str,
        x: np.ndarray,
        known: Sequence[np.ndarray],
        solver: Solver,
        limits: Limits,
        *,
        is_all: bool,
    ) -> tuple[np.ndarray | None, float]:
        """The best of each future with the decisions for all of them held; where dates tell futures apart
        one after another, then with the largest state of those that are not yet told apart held too.

        Args:
            x: a point over the columns of ``over``. known: plan of each future as if it were known.
            is_all: whether what only some futures share is held too, at once.

        Returns:
            A plan of the whole, None where there is none; and the bound of what is made small, which
            stands without the second step, -inf where it is not exact.

        Raises:
            KeyboardInterrupt: Ctrl-C.
        """
        over = self.over
        in_steps = not is_all and not over.is_two_stage
        limits = self._share(limits, SHARE_HELD / 2 if in_steps else SHARE_HELD)
        is_held = over.is_shared if is_all else over.is_root
        points, bound = self._apart(name, x, is_held, known, solver, limits)
        if points is not None and in_steps:
            later, name = common(over, points, join), f"{name}, then the join"
            points, _ = self._apart(name, later, over.is_shared, points, solver, limits)
        if points is None:
            return None, bound
        shares, parts = self.hedged.tree.probabilities, over.parts
        costs = np.array([part.cost_of(p) for part, p in zip(parts, points, strict=True)])
        late = np.array([m @ p for m, p in zip(self.late, points, strict=True)])
        whole = self.hedged.whole.whole(points)
        return with_tails(self.risk, shares, costs, late, whole), bound

    def _share(self, limits: Limits, share: float) -> Limits:
        """Limits of the search of one future, of which some run side by side."""
        seconds = limits.time_limit_seconds
        if seconds is not None:
            seconds *= share / ceil(len(self.over.parts) / limits.threads)
        return replace(limits, time_limit_seconds=seconds)

    def _apart(
        self,
        name: str,
        x: np.ndarray,
        is_held: np.ndarray,
        known: Sequence[np.ndarray],
        solver: Solver,
        limits: Limits,
    ) -> tuple[list[np.ndarray] | None, float]:
        """The best of each future with some decisions held, side by side; and the bound of what is made
        small."""
        over, alone = self.over, replace(limits, threads=1)
        pairs = list(zip(over.parts, over.place, strict=True))
        programs = [part.held(is_held[place], x[place]) for part, place in pairs]
        names = [f"hold {name} in {number}" for number in range(len(programs))]

        def begin(number: int, _: Solver) -> np.ndarray | None:
            program, place = programs[number], over.place[number]
            points = starts(program, is_held[place], x[place], known[number])
            found = first_completed(program, points, alone)
            return any_plan(program, alone) if found is None else found

        begun = solver.beside([partial(begin, n) for n in range(len(programs))])
        searches = [
            (text, program, alone, start)
            for text, program, start in zip(names, programs, begun, strict=True)
        ]
        solver.ahead(searches)

        def work(number: int, own: Solver) -> Outcome:
            return own.search(*searches[number])

        outcomes = solver.beside([partial(work, n) for n in range(len(programs))])
        if any(outcome.is_stopped for outcome in outcomes):
            raise KeyboardInterrupt
        points = [outcome.x for outcome in outcomes if outcome.x is not None]
        if len(points) < len(outcomes):
            return None, float(np.inf)
        if not self.is_exact:
            return points, -float(np.inf)
        bounds = np.array([outcome.bound for outcome in outcomes])
        shares = self.hedged.tree.probabilities
        return points, measured(self.risk, shares, bounds, np.zeros(len(bounds)))


def starts(
    program: Program, is_held: np.ndarray, x: np.ndarray, known: np.ndarray
) -> Iterator[np.ndarray]:
    """Points whose integers are what is held with the later decisions of a plan, and with no others;
    no state falls below what is held of it.

    Args:
        is_held, x: which columns are held, and their values, shape (columns,). known: a plan.
    """
    lines = [np.array(line) for line in in_time(program.columns)]
    for rest in (known, np.zeros(len(x))):
        point = np.where(is_held, x, rest)
        for line in lines:
            point[line] = np.where(is_held[line], x[line], np.maximum.accumulate(point[line]))
        yield np.clip(point, program.lower, program.upper)


def first_completed(
    program: Program, points: Iterator[np.ndarray], limits: Limits
) -> np.ndarray | None:
    """The first point whose integers leave the other columns any values, with the best of them."""
    endless = Limits(threads=TUNING.passing_threads, seed=limits.seed)
    for point in points:
        fixed = np.where(program.is_integer, np.round(point), point)
        outcome = solve(program.dispatch(fixed), endless, phase="start")
        if outcome.status == "OPTIMAL" and outcome.x is not None:
            return np.where(program.is_integer, fixed, outcome.x)
    return None


def any_plan(program: Program, limits: Limits) -> np.ndarray | None:
    """A plan at any cost, its integers with the best of the other columns; None where none is found."""
    found = solve(program.without_cost(), limits, phase="start")
    return None if found.x is None else first_completed(program, iter((found.x,)), limits)
