"""Common states of the plans of several futures: what may be decided for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from siting.families.base import Index
from siting.futures.extensive import Extensive
from siting.model.program import Named
from siting.solver.highs import FEASIBILITY

Of = Callable[[np.ndarray], np.ndarray]
"""From the states of some futures, shape (futures, columns), to one; NaN where a future has no column."""


def join(states: np.ndarray) -> np.ndarray:
    """The largest state of any future."""
    found: np.ndarray = np.fmax.reduce(states)
    return found


def meet(states: np.ndarray) -> np.ndarray:
    """The smallest state of any future."""
    found: np.ndarray = np.fmin.reduce(states)
    return found


def common(
    whole: Extensive, points: Sequence[np.ndarray], of: Of, numbers: Sequence[int] | None = None
) -> np.ndarray:
    """A point of the whole whose shared decisions are a common state of those of some plans.

    Args:
        points: plans of some futures, by column of their programs. numbers: of these futures; all if
            None. What none of them has is 0.
    """
    size = len(whole.program.cost)
    states = np.full((len(points), size), np.nan)
    futures = range(len(whole.parts)) if numbers is None else numbers
    for row, (number, point) in enumerate(zip(futures, points, strict=True)):
        states[row, whole.place[number]] = point
    shared = np.flatnonzero(whole.is_shared)
    x = np.zeros(size)
    x[shared] = np.nan_to_num(of(states[:, shared]))
    is_shared = np.zeros(size, dtype=bool)
    is_shared[shared] = True
    for part, place in zip(whole.parts, whole.place, strict=True):
        for columns in in_time(part.columns):
            line = place[columns]
            line = line[is_shared[line]]
            # fewer futures share a later state: it falls below an earlier one of more of them
            x[line] = np.maximum.accumulate(x[line])
    return x


def in_time(columns: Mapping[Named, int]) -> list[list[int]]:
    """Columns of each item of a decision, by period."""
    lines: dict[tuple[str, Index], list[tuple[int, int]]] = {}
    for (name, index), column in columns.items():
        if isinstance(index[-1], int):
            lines.setdefault((name, index[:-1]), []).append((index[-1], column))
    return [[column for _, column in sorted(line)] for line in lines.values() if len(line) > 1]


def without_clashes(whole: Extensive, x: np.ndarray, other: np.ndarray) -> np.ndarray:
    """A point in which the decisions of rows that it breaks are those of another one, and with them
    all of their kind."""
    program, is_shared = whole.program, np.zeros(len(x), dtype=bool)
    is_shared[: len(whole.is_shared)] = whole.is_shared
    matrix = program.matrix.tocsr()
    is_closed = abs(matrix) @ (~is_shared).astype(float) == 0
    excess = np.maximum(matrix @ x - program.row_upper, program.row_lower - matrix @ x)
    broken = np.flatnonzero(is_closed & (excess > FEASIBILITY))
    touched = set(matrix[broken].indices.tolist())
    kinds = {name for (name, _), column in program.columns.items() if column in touched}
    found = x.copy()
    for (name, _), column in program.columns.items():
        if name in kinds:
            found[column] = other[column]
    return found
