"""Rows that families state as they are broken, in the program of all futures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import numpy as np

from siting.families.base import LazyRow
from siting.futures.build import Hedged
from siting.model.program import Named, Program
from siting.solver.highs import Limits, Outcome
from siting.solver.lazy_rows import Point, separator
from siting.solver.rows import with_lazy_rows

ROUNDS = 100


class Search(Protocol):
    """Searches a program by name."""

    def __call__(
        self, name: str, program: Program, limits: Limits, start: np.ndarray | None
    ) -> Outcome:
        """The best plan found and its bound."""


def separated(
    hedged: Hedged,
    solve: Search,
    name: str,
    program: Program,
    limits: Limits,
    start: np.ndarray | None,
) -> Outcome:
    """Search a program over the columns of the whole, with every row that its plan breaks.

    Args:
        start: a plan of the whole that breaks none.
    """
    broken = _separator(hedged)
    bound = -np.inf
    for _ in range(ROUNDS):
        outcome = solve(name, program, limits, start)
        bound = max(bound, outcome.bound)
        rows = [] if outcome.x is None or broken is None else broken(outcome.x)
        if not rows:
            return replace(outcome, bound=max(bound, outcome.bound))
        program = with_lazy_rows(program, rows)
    return replace(outcome, x=None, bound=bound, status="NO_SOLUTION")


def _separator(hedged: Hedged) -> Callable[[np.ndarray], list[LazyRow]] | None:
    """Finds the rows of all futures that a point of the whole breaks; None where every row is stated."""
    of_each = [separator(instance) for instance in hedged.instances]
    if all(each is None for each in of_each):
        return None
    whole = hedged.whole
    names: dict[int, Named] = {column: name for name, column in whole.program.columns.items()}

    def broken(x: np.ndarray) -> list[LazyRow]:
        found = []
        for number, separate in enumerate(of_each):
            part, place = whole.parts[number], whole.place[number]
            rows = [] if separate is None else separate(Point(part, x[place]))
            for row in rows:
                terms = [
                    (*names[int(place[column])], value)
                    for variable, index, value in row.terms
                    if (column := part.columns.get((variable, index))) is not None
                ]
                found.append(replace(row, index=(number, *row.index), terms=tuple(terms)))
        return found

    return broken
