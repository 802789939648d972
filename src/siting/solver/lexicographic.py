"""Several goals one after another: each is made best while the ones before keep what they have.

A goal that is solved becomes a row: its value may grow worse by its tolerance and no more. The next
one starts from the plan so far, so there is a plan from the first goal on. Of the time that is left
each goal may take an equal share of its own; what it does not use goes to those after it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from siting.core.goals import UNITS, LeastCost, MostMw
from siting.model.goals import LinearGoal
from siting.model.program import Program
from siting.solver.basis import Basis
from siting.solver.highs import (
    CTRL_C,
    FEASIBILITY,
    TIME,
    Limits,
    Outcome,
    Progress,
    relative_gap,
)
from siting.solver.record import Step, of_goal
from siting.solver.search import search

SAME = 1e-6
"""MW, MW-months or months by which a bound and a value are the same."""
logger = logging.getLogger(__name__)

Tidy = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Reached:
    """What came of a goal, as numbers to be minimised."""

    value: float
    best: float
    bound: float
    gap: float
    is_proven: bool


@dataclass(frozen=True)
class Ranked:
    """The plan after every goal.

    Attributes:
        outcome: the plan with its cost, the bound on it, and the status over all goals.
        goals: what came of each; empty without a plan.
        program: what was solved where rows were added to the model on the way.
        is_least: whether nothing that the plan buys can be left out or bought later.
    """

    outcome: Outcome
    goals: tuple[Reached, ...] = ()
    program: Program | None = None
    is_least: bool = False


@dataclass(frozen=True)
class _Turn:
    """A goal after its turn: what it had then, and what the solver said, if it was asked."""

    goal: LinearGoal
    best: float
    outcome: Outcome | None


def solve_goals(
    model: Program,
    goals: Sequence[LinearGoal],
    limits: Limits,
    on_progress: Callable[[Progress], None] | None = None,
    tidy: Tidy = lambda x: x,
    start: np.ndarray | None = None,
    basis: Basis | None = None,
) -> Ranked:
    """Solve the goals in order; the last one is the cost.

    Ctrl-C ends the goal that is running and leaves out the others; the best plan so far stays.

    Args:
        model: the program. goals: over its columns. limits: gap of each goal, time of all.
        on_progress: called while the solver runs, with the goal it runs for.
        tidy: sets columns that only follow from others.
        start: values by column of a plan that is feasible.
        basis: of the relaxation of a model with other bounds, where the cost is the only goal.
    """
    started = perf_counter()
    turns: list[_Turn] = []
    x = start
    is_stopped = False
    for number, goal in enumerate(goals):
        left = limits.left(started)
        is_last = number + 1 == len(goals)
        is_skipped = goal.is_constant and not is_last
        if is_skipped or (x is not None and (is_stopped or left == 0)):
            turns.append(_Turn(goal, goal.offset if x is None else goal.measure(x), None))
            continue
        program = _program(model, turns)
        program = program.with_cost(goal.coefficients, goal.offset)
        shared = replace(limits, time_limit_seconds=_share(left, goals[number:]))
        shown = _named(on_progress, goal, number, len(goals), perf_counter() - started)
        outcome = search(program, shared, shown, x, basis if len(goals) == 1 else None)
        is_stopped = outcome.is_stopped
        if outcome.status == "UNBOUNDED" or (x is None and outcome.x is None):
            return Ranked(replace(outcome, seconds=perf_counter() - started))
        if outcome.x is None and outcome.status == "INFEASIBLE":
            # only rounding can say so: the plan so far keeps every goal
            logger.warning("%s: no plan found beside the one before", goal.goal.goal)
            outcome = replace(outcome, status="NO_SOLUTION", bound=-np.inf)
        best = np.inf if x is None else goal.measure(x)
        if outcome.x is not None and outcome.objective <= best:
            x, best = tidy(outcome.x), outcome.objective
        turns.append(_Turn(goal, best, outcome))
    assert x is not None
    return _ranked(turns, x, limits, perf_counter() - started, is_stopped)


def _share(left: float | None, goals: Sequence[LinearGoal]) -> float | None:
    """Seconds that the first of the goals may take."""
    to_solve = 1 + sum(not goal.is_constant for goal in goals[1:])
    return None if left is None else left / to_solve


def _program(model: Program, turns: Sequence[_Turn]) -> Program:
    """The model with a row for each goal that is solved."""
    pinned = [turn for turn in turns if not turn.goal.is_constant]
    if not pinned:
        return model
    rows = np.array([turn.goal.coefficients for turn in pinned])
    return model.with_caps(rows, np.array([_limit(turn) for turn in pinned]), "goals.kept")


def _limit(turn: _Turn) -> float:
    """What a solved goal may come to, without its constant.

    No slack of its own: the plan so far is on the right side to the solver's tolerance, and a later
    goal would use up whatever is left free.
    """
    return turn.best + turn.goal.goal.tolerance_frac * abs(turn.best) - turn.goal.offset


def _named(
    on_progress: Callable[[Progress], None] | None,
    goal: LinearGoal,
    number: int,
    count: int,
    before: float,
) -> Callable[[Progress], None] | None:
    """Progress with the name of the goal, in its unit; as it is where the goal is the only one."""
    if on_progress is None or count == 1:
        return on_progress
    sign = -1.0 if isinstance(goal.goal, MostMw) else 1.0
    units = {**UNITS, "least_cost": "M USD", "earliest": "months"}

    def show(progress: Progress) -> None:
        bound, incumbent = progress.bound, progress.incumbent
        on_progress(
            replace(
                progress,
                goal=f"goal {number + 1} of {count}, {goal.goal.goal}",
                unit=units[goal.goal.goal],
                seconds=before + progress.seconds,
                bound=None if bound is None else sign * bound,
                incumbent=None if incumbent is None else sign * incumbent,
            )
        )

    return show


def _ranked(
    turns: Sequence[_Turn], x: np.ndarray, limits: Limits, seconds: float, is_stopped: bool
) -> Ranked:
    """The plan with what came of each goal; later goals may have bettered an earlier one."""
    goals = []
    for number, turn in enumerate(turns):
        is_last = number + 1 == len(turns)
        value = turn.best if is_last else turn.goal.measure(x)
        goals.append(_reached(turn, value, limits))
    cost = goals[-1]
    is_proven = all(goal.is_proven for goal in goals)
    status = "OPTIMAL" if is_proven else "FEASIBLE"
    last = turns[-1].outcome
    why = ""
    if not is_proven:
        unproven = next(turn for turn, goal in zip(turns, goals, strict=True) if not goal.is_proven)
        # a goal whose turn never came was cut off by what ended the one before
        why = TIME if unproven.outcome is None else unproven.outcome.ended_by
        why = CTRL_C if is_stopped else why
    outcome = Outcome(
        status,
        x,
        cost.value,
        cost.bound,
        cost.gap,
        seconds,
        is_stopped,
        row_dual=None if last is None or len(turns) > 1 else last.row_dual,
        basis=None if last is None else last.basis,
        ended_by=why,
        steps=_steps(turns),
    )
    return Ranked(outcome, tuple(goals))


def _steps(turns: Sequence[_Turn]) -> tuple[Step, ...]:
    """The steps of all goals, each with its goal where there are several."""
    found = [
        (turn.goal.goal.goal, turn.outcome.steps) for turn in turns if turn.outcome is not None
    ]
    if len(turns) == 1:
        return tuple(step for _, steps in found for step in steps)
    return tuple(step for goal, steps in found for step in of_goal(steps, goal))


def _reached(turn: _Turn, value: float, limits: Limits) -> Reached:
    """What came of one goal."""
    outcome = turn.outcome
    proven = outcome is not None and outcome.status == "OPTIMAL"
    bound = turn.goal.bounded(-np.inf if outcome is None else outcome.bound)
    return _measured(turn.goal, value, turn.best, bound, proven, limits)


def with_plan(ranked: Ranked, goals: Sequence[LinearGoal], x: np.ndarray, limits: Limits) -> Ranked:
    """The same with another plan that keeps every goal and costs no more; bounds stay."""
    reached = tuple(
        _measured(goal, goal.measure(x), was.best, was.bound, was.is_proven, limits)
        for goal, was in zip(goals, ranked.goals, strict=True)
    )
    cost = reached[-1]
    status = "OPTIMAL" if all(goal.is_proven for goal in reached) else "FEASIBLE"
    outcome = replace(ranked.outcome, status=status, x=x, objective=cost.value, gap=cost.gap)
    return replace(ranked, outcome=outcome, goals=reached)


def _measured(
    goal: LinearGoal, value: float, best: float, bound: float, proven: bool, limits: Limits
) -> Reached:
    """What came of one goal, from its value, the best it had and its bound."""
    best = min(best, value)
    is_cost = isinstance(goal.goal, LeastCost)
    if goal.is_constant and not is_cost:
        return Reached(value, best, best, 0.0, True)
    if is_cost:
        gap = relative_gap(best, bound)
        return Reached(value, best, bound, gap, proven or gap <= limits.gap_frac + FEASIBILITY)
    is_same = abs(best - bound) <= SAME
    gap = 0.0 if is_same else abs(best - bound) / abs(best) if best else np.inf
    return Reached(value, best, bound, gap, proven or gap <= limits.gap_frac + FEASIBILITY)
