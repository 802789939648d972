"""Rows that are too many to be stated at once: added as solutions break them, until none does.

First on the linear relaxation, which is cheap, then on each plan. Rows only tighten, so every bound
proven on the way holds for the full model, and a plan that breaks no row is a plan of it. Where time
ends before that, the integers of the plan are kept and the rest is completed under the rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from time import perf_counter

import numpy as np

from siting.families.base import Index, LazyRow
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.model.program import Program
from siting.solver.completion import completed, named
from siting.solver.highs import (
    FEASIBILITY,
    Limits,
    Outcome,
    Progress,
    relative_gap,
    solve,
)
from siting.solver.lexicographic import Ranked
from siting.solver.record import Step
from siting.solver.relaxation import Relaxation
from siting.solver.rows import lazy_matrix, limits_of, with_lazy_rows, with_matrix
from siting.solver.tuning import TUNING

logger = logging.getLogger(__name__)

Separate = Callable[["Point"], list[LazyRow]]
SolveGoals = Callable[[Program, Limits, np.ndarray | None], Ranked]
LP_ROUNDS, PLAN_ROUNDS, REPAIR_ROUNDS = 40, 100, 40


class Point:
    """A solution by variable name and index; anything not created is 0."""

    def __init__(self, model: Program, x: np.ndarray) -> None:
        self.columns = model.columns
        self.x = x

    def get(self, name: str, index: Index) -> float:
        """Value of a variable."""
        column = self.columns.get((name, index))
        return 0.0 if column is None else float(self.x[column])


def separator(instance: Instance) -> Separate | None:
    """Finds the rows of all families that a solution breaks; None where every row is stated."""
    found = [
        partial(component.separate, instance.data[name])
        for name in sorted(instance.data)
        if (component := COMPONENTS[name]).separate is not None
    ]
    return (lambda point: [row for rows in found for row in rows(point)]) if found else None


def any_plan(model: Program, separate: Separate | None, limits: Limits) -> np.ndarray | None:
    """Some plan of the full model, whatever it costs; None where none was found."""
    anything = model.without_cost()
    for _ in range(PLAN_ROUNDS):
        x = solve(anything, replace(limits, gap_frac=1.0)).x
        rows = [] if x is None or separate is None else separate(Point(model, x))
        if not rows:
            return x
        anything = with_lazy_rows(anything, rows)
    return None


def solve_lazily(
    model: Program,
    separate: Separate,
    limits: Limits,
    solve_goals: SolveGoals,
    start: np.ndarray | None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Ranked:
    """Solve a model whose rows are stated as they are broken.

    Args:
        model: the program without them. separate: rows that a solution breaks.
        solve_goals: solves a program, from a feasible plan if there is one.
        start: values by column of a plan that is feasible without the rows.

    Returns:
        The result, with the program that was solved last.
    """
    started = perf_counter()
    model = _relaxed(model, separate, limits, on_progress)
    if start is not None:
        # feasible without the rows; with them its integers may need another completion
        model, start = repaired(model, separate, named(model, start), limits)
    bound = -np.inf
    steps: list[Step] = []
    for number in range(PLAN_ROUNDS):
        left = limits.left(started)
        share = left
        if left is not None and left > TUNING.lazy_least_seconds:
            share = left * TUNING.lazy_time_share
        ranked = solve_goals(model, replace(limits, time_limit_seconds=share), start)
        bound = max(bound, ranked.outcome.bound)
        steps += ranked.outcome.steps
        x = ranked.outcome.x
        if x is None:
            break
        rows = separate(Point(model, x))
        logger.info("plan %d: %d rows broken", number + 1, len(rows))
        if not rows:
            break
        more = with_lazy_rows(model, rows)
        model, start = repaired(more, separate, named(model, x), limits)
        left = limits.left(started)
        if ranked.outcome.is_stopped or (left is not None and left < TUNING.lazy_least_seconds):
            ranked = _last(ranked.outcome, model, solve_goals, limits, start)
            break
    ranked = _bounded(ranked, bound, limits)
    seconds = perf_counter() - started
    outcome = replace(ranked.outcome, seconds=seconds, steps=tuple(steps))
    return replace(ranked, outcome=outcome, program=model)


def _relaxed(
    model: Program,
    separate: Separate,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None,
) -> Program:
    """The model with the rows that its linear relaxation breaks, as far as time allows."""
    started = perf_counter()
    relaxation = Relaxation(
        model, replace(limits, threads=TUNING.passing_threads).by(lp_method="choose")
    )
    for number in range(LP_ROUNDS):
        x = relaxation.solve()
        rows = [] if x is None else separate(Point(model, x))
        logger.info("relaxation %d: %d rows broken", number + 1, len(rows))
        if on_progress is not None:
            on_progress(Progress("lines", perf_counter() - started))
        if not rows or limits.left(started) == 0:
            break
        more = lazy_matrix(model, rows)
        relaxation.add_rows(more, *limits_of(rows))
        model = with_matrix(model, rows, more)
    return model


def repaired(
    model: Program,
    separate: Separate,
    point: Mapping[tuple[str, Index], float],
    limits: Limits,
) -> tuple[Program, np.ndarray | None]:
    """The integers of a plan with the rest completed under all rows, and the rows this took.

    Args:
        point: values by variable name and index; absent ones are 0.
    """
    for _ in range(REPAIR_ROUNDS):
        found = completed(model, point, replace(limits, time_limit_seconds=None))
        rows = [] if found is None else separate(Point(model, found))
        if not rows:
            return model, found
        model = with_lazy_rows(model, rows)
    return model, None


def _last(
    before: Outcome,
    model: Program,
    solve_goals: SolveGoals,
    limits: Limits,
    start: np.ndarray | None,
) -> Ranked:
    """What is left when time ends: the completed plan, if there is one."""
    if start is None:
        nothing = replace(before, status="NO_SOLUTION", x=None, objective=np.inf, gap=np.inf)
        return Ranked(nothing)
    kept = solve_goals(model, replace(limits, time_limit_seconds=0.0), start)
    return replace(kept, outcome=replace(kept.outcome, is_stopped=before.is_stopped))


def _bounded(ranked: Ranked, bound: float, limits: Limits) -> Ranked:
    """A plan of one goal with the best bound of all rounds: rows only tighten."""
    outcome = ranked.outcome
    if len(ranked.goals) != 1 or outcome.x is None or bound <= outcome.bound:
        return ranked
    gap = relative_gap(outcome.objective, bound)
    is_proven = gap <= limits.gap_frac + FEASIBILITY
    status = "OPTIMAL" if is_proven else "FEASIBLE"
    goal = replace(ranked.goals[0], bound=bound, gap=gap, is_proven=is_proven)
    return replace(
        ranked, outcome=replace(outcome, bound=bound, gap=gap, status=status), goals=(goal,)
    )
