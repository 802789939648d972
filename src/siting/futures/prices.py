r"""A bound from prices on agreeing: each future by itself, with what it shares priced.

Wait and see lets every future decide what it likes. Here a future pays for what it wants more of than
the others, and is paid for what they want (Lagrangian relaxation). With duals ``y`` of the linear
relaxation of all futures in one, by row, and its reduced costs ``r``,

    z(y) = y_0 b_0 + sum_f min (A_f' y_f + s_f r) x        over the own rows of future f, in whole units

Symbols
-------
    A_f, y_f   rows of future f over its columns, and their duals
    s_f        share of future f in a column that several futures have, which add up to 1
    y_0, b_0   duals of the rows between futures, and the limits on which they press

Any ``y`` gives a bound, to the tolerance of the solver: a reduced cost within it of 0 on a column without
a limit counts as 0. These give one that is never below that of the relaxation. It is worth its time
where that relaxation proves more than wait and see does, that is where knowing is worth much; elsewhere
the prices of the relaxation prove less than none. Source: Caroe and Schultz, Dual decomposition in
stochastic integer programming (Operations Research Letters, 1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil

import numpy as np

from siting.futures.extensive import Extensive
from siting.futures.found import Seen
from siting.model.program import Program
from siting.solver.highs import FEASIBILITY, Limits, Outcome
from siting.timeline.solves import Solver

PRICED_NODES = 20
"""Branch-and-bound nodes of one future: its bound comes at the root, its plan is no plan for all."""


@dataclass(frozen=True)
class Priced:
    """A future with what it shares priced.

    Attributes:
        program: its cost divided by the weight of the future. least: what the duals prove of it.
    """

    program: Program
    least: float


def priced(whole: Extensive, dual: np.ndarray) -> tuple[list[Priced], float]:
    """Each future with what it shares priced; and what the rows between futures add to the weighted sum
    of their costs.

    Args:
        whole: without columns of risk. dual: by row of the whole.
    """
    program, sizes = whole.program, [len(part.row_lower) for part in whole.parts]
    between = np.arange(sum(sizes), len(program.row_lower))
    y = _possible(dual, program.row_lower, program.row_upper)
    reduced = program.cost - program.matrix.T @ y
    # duals hold to the solver's tolerance: what is zero in truth would have no least value there
    is_zero = (np.abs(reduced) <= FEASIBILITY) & ~np.isfinite(program.upper)
    reduced = np.where(is_zero, 0.0, reduced)
    total, offset = _totals(whole), program.offset / float(np.sum(whole.weights))
    found, first = [], 0
    for part, place, weight, size in zip(
        whole.parts, whole.place, whole.weights, sizes, strict=True
    ):
        own, rest = y[first : first + size] / weight, reduced[place] / total[place]
        least = offset + _pressed(own, part.row_lower, part.row_upper)
        least += _pressed(rest, part.lower, part.upper)
        found.append(Priced(part.with_cost(part.matrix.T @ own + rest, offset), least))
        first += size
    rows = program.row_lower[between], program.row_upper[between]
    return found, _pressed(y[between], *rows)


def _pressed(y: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> float:
    """Prices times the limits on which they press, in all; -inf where one of them is none."""
    used = y != 0
    return float(y[used] @ np.where(y > 0, lower, upper)[used])


def _possible(y: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Duals of rows without those on a side that has no limit."""
    y = np.where((y > 0) & ~np.isfinite(lower), 0.0, y)
    return np.where((y < 0) & ~np.isfinite(upper), 0.0, y)


def _totals(whole: Extensive) -> np.ndarray:
    """Weight of all futures that have a column, shape (columns,)."""
    total = np.zeros(len(whole.program.cost))
    for place, weight in zip(whole.place, whole.weights, strict=True):
        total[place] += weight
    return total


def priced_bound(whole: Extensive, between: float, bounds: Sequence[float]) -> float:
    """The bound of the whole from those of its priced futures."""
    return between + float(np.asarray(whole.weights) @ np.asarray(bounds))


def search_priced(
    whole: Extensive, dual: np.ndarray, seen: Sequence[Seen], solver: Solver, limits: Limits
) -> tuple[float, list[np.ndarray]]:
    """The bound from prices, and the plan of each future under them.

    Args:
        dual: of the relaxation, by row. seen: futures as if they were known. limits: of all together.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    futures, between = priced(whole, dual)
    seconds = limits.time_limit_seconds
    if seconds is not None:
        seconds /= ceil(len(futures) / limits.threads)
    alone = replace(limits, time_limit_seconds=seconds, threads=1).by(max_nodes=PRICED_NODES)

    searches = [
        (f"future {number}, priced", each.program, alone, seen[number].x)
        for number, each in enumerate(futures)
    ]
    solver.ahead(searches)

    def work(number: int, own: Solver) -> Outcome:
        return own.search(*searches[number])

    outcomes = solver.beside([partial(work, number) for number in range(len(futures))])
    if any(outcome.is_stopped for outcome in outcomes):
        raise KeyboardInterrupt
    points = [
        known.x if outcome.x is None else outcome.x
        for known, outcome in zip(seen, outcomes, strict=True)
    ]
    # a search that nodes end may prove less than its relaxation
    bounds = [max(o.bound, each.least) for o, each in zip(outcomes, futures, strict=True)]
    return priced_bound(whole, between, bounds), points
