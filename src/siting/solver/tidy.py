r"""The plan that a search ends with, without what nobody needs.

Within the gap a plan may hold orders that serve nothing, units that never run, starts long before
their date. What it promises is held, its sites and the load that they serve in each period, and two
small programs follow, each from the plan before it:

    1. least cost          min  cost(x)
                           s.t. x a plan of the program
                                serve[w,r,s,p] >= what the plan serves
                                nothing at sites that are not in the plan
    2. least that is       min  sum_i sum_p months[p] * X[i,p] + sum_j T * K[j]
       bought, and late    s.t. the same, with the load that 1 serves
                                X <= what 1 buys,  K <= what 1 keeps
                                cost(x) <= cost of 1

Symbols
-------
    X[i,p]     purchases: what family counts as bought, ordered or on rent in a period   units, MW
    K[j]       purchases without a period: units kept of a booked slot                   units
    g[s,p]     contracted grid draw                                                      MW
    months, T  months of a period, of the horizon

The states of purchases are cumulative, so that buying fewer and buying later both lower their sum;
every unit counts alike, whatever it costs, since the cost may not rise. The second program only takes
away, so it is small: what is left serves something, or the plan without it would be dearer. Its
integers are then fixed and the rest is dispatched at least cost. A contracted draw that costs nothing
would stay where the solver left it; with purchases and cost held it is lowered to what is needed:

    3. least drawn         min  sum_s sum_p months[p] * g[s,p]      where a MW of g[s,p] costs 0

A large program is not searched anew: what the plan never buys is left out of both.
Limits are nodes, so that the same input gives the same plan; the time limit of the search leaves out
the first program and never the second, and so does Ctrl-C. Goals before the cost are functions of the
load served, which never falls, so none of them grows worse. The bound of the search holds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

import numpy as np
from scipy.sparse import csr_array

from siting.core.calendar import Calendar
from siting.families.declared import purchases
from siting.instance.build import Instance
from siting.model.goals import SERVE
from siting.model.program import Program
from siting.solver.column_generation import Part
from siting.solver.completion import completed
from siting.solver.highs import FEASIBILITY, Limits, Outcome, Progress, solve
from siting.solver.lazy_rows import Point, Separate
from siting.solver.rows import with_lazy_rows
from siting.solver.scale import cost_factor, scaled
from siting.solver.tuning import TUNING

logger = logging.getLogger(__name__)

COMMIT = "core.commit"
DRAW = "energy.grid_mw"
ZERO = 1e-9
"""MW below which nothing is served."""
ROUNDS = 40
"""Times that rows are stated which the plan breaks, before it is kept as it was."""
SAME_COST = 1e-9
"""Relative difference of two costs that is noise of the solver."""
SMALL_COST, LARGE_COST = 1e-3, 1e5
"""Costs below and above which the row that keeps them is told no more closely."""


@dataclass(frozen=True)
class Tidied:
    """The plan, and whether it is proven that nothing can be left out or bought later."""

    x: np.ndarray
    is_least: bool
    is_stopped: bool = False


class Promise:
    """What a plan promises, as bounds of a program, and what it buys.

    Attributes:
        weight: months that a unit of a purchase counts, by column; 0 of what is no purchase.
        free_draw: months of each contracted draw that costs nothing, by column; 0 of all else.
    """

    def __init__(self, program: Program, calendar: Calendar) -> None:
        self.program = program
        self.weight = np.zeros(len(program.cost))
        self.free_draw = np.zeros(len(program.cost))
        self._serve: list[int] = []
        commit: list[int] = []
        items: dict[tuple[object, ...], int] = {}
        self._item = np.full(len(program.cost), -1)
        months = [calendar.months(p) for p in calendar.periods]
        kinds = purchases()
        for (name, key), column in program.columns.items():
            if name == SERVE:
                self._serve.append(column)
            elif name == COMMIT:
                commit.append(column)
            elif name == DRAW and program.cost[column] == 0.0:
                self.free_draw[column] = months[key[-1]]
            if (kind := kinds.get(name)) is not None:
                self.weight[column] = months[key[-1]] if kind == "by_period" else sum(months)
                self._item[column] = items.setdefault((name, *key[:-1]), len(items))
        self._commit = np.array(commit, dtype=int)

    def part(self, x: np.ndarray) -> Part:
        """The program of the sites in the plan; in a large one, of the purchases in it alone."""
        program = self.program
        idle = self._idle(x)
        is_out = np.zeros(len(x), dtype=bool)
        if _is_large(program):
            is_out |= idle & program.is_integer
        off = np.unique(program.site[self._commit[idle[self._commit]]])
        is_out |= np.isin(program.site, off) & (program.site >= 0)
        # what is required, as by a strategy, stays
        columns = np.flatnonzero(~is_out | (program.lower > 0) | (x > ZERO))
        matrix = csr_array(program.matrix[:, columns])
        rows = np.flatnonzero(np.diff(matrix.indptr))
        return Part(program.part(columns, rows), columns, rows)

    def _idle(self, x: np.ndarray) -> np.ndarray:
        """Purchases that the plan never makes, by column."""
        known = self._item >= 0
        largest = np.zeros(int(self._item.max(initial=-1)) + 1)
        np.maximum.at(largest, self._item[known], x[known])
        idle = known.copy()
        idle[known] = largest[self._item[known]] < ZERO
        return idle

    def held(self, x: np.ndarray) -> Program:
        """The program of the plans that serve no less."""
        lower, upper = self.program.lower.copy(), self.program.upper
        served = np.where(x[self._serve] < ZERO, 0.0, x[self._serve])
        lower[self._serve] = np.maximum(lower[self._serve], np.minimum(served, upper[self._serve]))
        return self.program.bounded(lower=lower)

    def taking_away(self, x: np.ndarray) -> Program:
        """The program of the plans that buy no more, and nothing earlier."""
        held = self.held(x)
        bought = np.where(held.is_integer, np.round(x), x)
        most = np.where(self.weight > 0, np.maximum(bought, held.lower), np.inf)
        return held.bounded(upper=np.minimum(held.upper, most))

    def cost(self, x: np.ndarray) -> float:
        """Cost of a plan [million USD]."""
        return self.program.cost_of(x)


def _is_large(program: Program) -> bool:
    """Whether a program has too many integers to be searched anew."""
    return int(program.is_integer.sum()) >= TUNING.tidy_large_integers


def tidied_lazily(
    program: Program,
    instance: Instance,
    outcome: Outcome,
    limits: Limits,
    separate: Separate | None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Tidied:
    """The plan of a search with the least that is bought at the least cost of what it promises.

    Args:
        program: of which it is a plan. outcome: the plan, with its bound.
        limits: threads, seed and time left. separate: rows that a solution breaks, not stated yet.
    """
    assert outcome.x is not None
    started = perf_counter()
    shown = None if on_progress is None else partial(_show, on_progress, outcome)
    calendar = instance.system.calendar
    part = Promise(program, calendar).part(outcome.x)
    factor = cost_factor(part.model)
    model, size = scaled(part.model, factor), len(program.cost)
    gap = min(
        limits.gap_frac, TUNING.tidy_large_gap_frac if _is_large(program) else TUNING.tidy_gap_frac
    )
    limits = replace(limits.by(max_nodes=TUNING.tidy_nodes), gap_frac=gap)
    for _ in range(ROUNDS):
        left = replace(limits, time_limit_seconds=limits.left(started))
        inside = replace(outcome, x=part.of(outcome.x), bound=factor * outcome.bound)
        found = _tidied(Promise(model, calendar), inside, left, shown)
        rows = [] if separate is None else separate(Point(model, found.x))
        if not rows:
            after = (float(model.cost @ found.x) + model.offset) / factor
            logger.info("%.3f -> %.3f M USD", outcome.objective, after)
            return replace(found, x=part.whole(found.x, size))
        model = with_lazy_rows(model, rows)
    return Tidied(outcome.x, is_least=False)


def _show(on_progress: Callable[[Progress], None], outcome: Outcome, progress: Progress) -> None:
    """Progress with what is known of the whole program."""
    best, bound, gap = outcome.objective, outcome.bound, outcome.gap
    on_progress(replace(progress, incumbent=best, bound=bound, gap=gap))


def _tidied(
    promise: Promise,
    outcome: Outcome,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None,
) -> Tidied:
    """The least cost of what is promised, then the least that is bought, then the least that is drawn."""
    assert outcome.x is not None
    x, cost = outcome.x, promise.cost(outcome.x)
    is_over = outcome.is_stopped or limits.time_limit_seconds == 0
    if not is_over and cost - outcome.bound > SAME_COST * max(1.0, abs(cost)):
        found = solve(promise.held(x), limits, on_progress, "least cost", start=x)
        if found.x is not None and found.objective < cost:
            x = found.x
        if found.is_stopped:
            return Tidied(_least_drawn(promise, x, limits), is_least=False, is_stopped=True)
    least = _least_bought(promise, x, limits)
    return replace(least, x=_least_drawn(promise, least.x, limits))


def _least_bought(promise: Promise, x: np.ndarray, limits: Limits) -> Tidied:
    """The least that is bought at no higher cost, as late as it may be."""
    within = promise.taking_away(x)
    capped, most = _no_dearer(within, promise.cost(x))
    program = capped.with_cost(promise.weight)
    limits = limits.by(max_nodes=TUNING.tidy_least_nodes)
    limits = replace(limits, gap_frac=0.0, time_limit_seconds=None)
    found = solve(program, limits, None, "least bought", start=x)
    y = None if found.x is None else _dispatched(within, promise.weight > 0, found.x, limits)
    if y is None or promise.cost(y) > most:
        return Tidied(x, is_least=False, is_stopped=found.is_stopped)
    return Tidied(y, found.status == "OPTIMAL", found.is_stopped)


def _no_dearer(program: Program, cost: float) -> tuple[Program, float]:
    """The program of the plans that cost no more, and what one of them may cost by the solver's noise."""
    # the solver keeps rows to an absolute tolerance: that of a small cost is a share of it
    size = max(abs(cost), SMALL_COST)
    factor = 1.0 / min(1.0, size) if size < LARGE_COST else LARGE_COST / size
    limit = np.array([factor * (cost - program.offset)])
    capped = program.with_caps(factor * program.cost[np.newaxis, :], limit, "tidy.cost")
    return capped, cost + max(SAME_COST * abs(cost), FEASIBILITY / factor)


def _dispatched(
    within: Program, is_kept: np.ndarray, x: np.ndarray, limits: Limits
) -> np.ndarray | None:
    """What is kept of a plan, with everything else at least cost: the tolerance of the row that keeps
    the cost would else be filled with costs that nothing asks for."""
    most = np.where(is_kept, np.maximum(x, within.lower), within.upper)
    point = {name: float(x[column]) for name, column in within.columns.items()}
    return completed(within.bounded(upper=most), point, limits.by(max_nodes=None))


def _least_drawn(promise: Promise, x: np.ndarray, limits: Limits) -> np.ndarray:
    """The same purchases at no higher cost, with the least draw that costs nothing."""
    if not promise.free_draw.any():
        return x
    within = promise.taking_away(x)
    capped, most = _no_dearer(within, promise.cost(x))
    point = {name: float(x[column]) for name, column in within.columns.items()}
    program = capped.with_cost(promise.free_draw)
    limits = replace(limits.by(max_nodes=None), time_limit_seconds=None)
    drawn = completed(program, point, limits)
    is_kept = (promise.weight > 0) | (promise.free_draw > 0)
    y = None if drawn is None else _dispatched(within, is_kept, drawn, limits)
    return x if y is None or promise.cost(y) > most else y
