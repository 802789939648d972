"""A bound from the zones one by one, each in whole units: what the relaxation cannot see.

Zones meet only in a few rows: targets, the equipment pool, shared builders, budgets. With those rows
priced at their duals ``y`` of the linear relaxation the model falls apart into one small program a
zone, with its sites, plants and upgrades (Lagrangian relaxation):

    z(y) = offset + sum over linking rows of  y+ * lower - y- * upper
         + min (c_0 - y L_0) x_0                 columns of no zone, within their bounds
         + sum_z min (c_z - y L_z) x_z           over the own rows of zone z, in whole units

It is never below the bound of the relaxation at these duals, whose zones may take fractions of
everything. Sites in no zone stand for themselves. Sources: Geoffrion, Mathematical Programming
Study 2 (1974); Held and Karp, Mathematical Programming 1 (1971).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from threading import Event, Semaphore
from time import perf_counter

import numpy as np

from siting.model.assemble import LinearModel
from siting.solver.blocks import Blocks, sliced
from siting.solver.highs import FEASIBILITY, OWN_THREADS, POLL_SECONDS, Limits, lower_bound

logger = logging.getLogger(__name__)

NODES = 100
"""Branch-and-bound nodes of one zone; a limit by nodes gives the same bound on any machine."""
CLOSE = 0.005
"""Share of the asked gap that one zone may leave open."""


def zone_labels(model: LinearModel) -> np.ndarray:
    """Block of each column: its zone, else its site, numbered from 0; -1 where it has neither."""
    own = np.where(model.site >= 0, model.site + model.area.max(initial=-1) + 1, -1)
    label = np.where(model.area >= 0, model.area, own)
    names = np.unique(label[label >= 0])
    return np.where(label >= 0, np.searchsorted(names, label), -1)


class Zones:
    """The bound from the zones, worked out beside the search for a plan.

    Until it is waited for it leaves that search one of the threads; with a single thread it begins
    when it is waited for.
    """

    def __init__(self, model: LinearModel, dual: np.ndarray, limits: Limits) -> None:
        self._turns = Semaphore(max(0, limits.threads - 1))
        self._stop = Event()
        self._pool = ThreadPoolExecutor(1)
        self._bound = self._pool.submit(zone_bound, model, dual, limits, self._turns, self._stop)

    def wait(self, on_progress: Callable[[], None] = lambda: None) -> float:
        """The bound; -inf where some zone has none in time.

        Args:
            on_progress: called while it is waited for.

        Raises:
            KeyboardInterrupt: Ctrl-C; the zones that run have been stopped.
        """
        self._turns.release()
        try:
            while True:
                try:
                    return self._bound.result(POLL_SECONDS)
                except NotYet:
                    on_progress()
        finally:
            self.cancel()

    def cancel(self) -> None:
        """End what still runs."""
        self._stop.set()
        self._turns.release()
        self._pool.shutdown()


def zone_bound(
    model: LinearModel,
    dual: np.ndarray,
    limits: Limits,
    turns: Semaphore | None = None,
    stop: Event | None = None,
) -> float:
    """A proven lower bound of the model; -inf where some zone has none in time.

    Args:
        dual: of the linear relaxation, shape (rows,); any numbers give a bound, these a good one.
        limits: gap asked of the whole model, seconds of all zones together, threads.
        turns: held by each zone while it runs. stop: ends the work once it is set.
    """
    turns = Semaphore(limits.threads) if turns is None else turns
    stop = Event() if stop is None else stop
    started = perf_counter()
    blocks = Blocks(model, zone_labels(model))
    linking = blocks.linking
    lower, upper = model.row_lower[linking], model.row_upper[linking]
    y = dual[linking]
    # a row without a limit on one side has no price on it
    y = np.where((y > 0) & ~np.isfinite(lower), 0.0, y)
    y = np.where((y < 0) & ~np.isfinite(upper), 0.0, y)
    priced = np.where(y > 0, lower, np.where(y < 0, upper, 0.0))
    reduced = blocks.reduced_cost(y)
    free = blocks.columns(-1)
    # duals hold to the solver's tolerance: what is zero in truth would have no least value there
    is_zero = (np.abs(reduced) <= FEASIBILITY) & ~np.isfinite(model.upper)
    reduced[free] = np.where(is_zero[free], 0.0, reduced[free])
    whole = replace(model, cost=reduced, offset=0.0)
    total = model.offset + float(y @ priced) + _least(whole, free)
    integers = [int(model.is_integer[blocks.columns(b)].sum()) for b in range(blocks.count)]
    order = sorted(range(blocks.count), key=lambda b: (-integers[b], b))
    most = CLOSE * limits.gap_frac * max(abs(total), 1.0)

    def one(block: int) -> float:
        with turns:
            return -float(np.inf) if stop.is_set() else bounded(block)

    def bounded(block: int) -> float:
        part = sliced(whole, blocks.columns(block), blocks.rows(block), is_named=False)
        within = replace(
            limits,
            time_limit_seconds=limits.left(started),
            threads=OWN_THREADS,
            gap_frac=0.0,
            max_nodes=NODES,
            heuristic_effort_frac=0.0,
        )
        return lower_bound(part, within, most, stop)

    with ThreadPoolExecutor(max(1, min(limits.threads, os.cpu_count() or 1))) as pool:
        found = list(pool.map(one, order))
    bound = total + sum(found) if min(found, default=0.0) > -np.inf else -float(np.inf)
    logger.info("zones: %.1f in %.1f s", bound, perf_counter() - started)
    return bound


def _least(model: LinearModel, columns: np.ndarray) -> float:
    """Least cost of some columns within their bounds alone; -inf where there is none."""
    cost = model.cost[columns]
    at = np.where(cost > 0, model.lower[columns], np.where(cost < 0, model.upper[columns], 0.0))
    return float(cost @ at)
