"""A bound from the zones one by one, each in whole units: what the relaxation cannot see.

Zones meet only in a few rows: targets, the equipment pool, shared builders, budgets. With those rows
priced at their duals ``y`` of the linear relaxation the model falls apart into one small program a
zone, with its sites, plants and upgrades (Lagrangian relaxation):

    z(y) = offset + sum over linking rows of  y+ * lower - y- * upper
         + min (c_0 - y L_0) x_0                 columns of no zone, within their bounds
         + sum_z min (c_z - y L_z) x_z           over the own rows of zone z, in whole units

The valid inequalities (``Build.cut``) stand in these programs alone, where they are few and tell most.
First every zone is relaxed, which bounds all of them within seconds; then one after another, the smallest
first, is solved in whole units, and each lifts the bound: in rounds, each deeper than the one before, over
the zones that this left open, so that the cheap part of the gain comes first. It is never below that of the
relaxation at these duals. Sites in no zone stand for themselves. Sources: Geoffrion, Mathematical
Programming Study 2 (1974); Held and Karp, Mathematical Programming 1 (1971).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from concurrent.futures import wait as wait_for
from dataclasses import replace
from functools import partial
from math import ceil
from threading import Condition, Event
from time import perf_counter
from typing import TypeVar

import numpy as np

from siting.model.program import Program
from siting.solver.blocks import Blocks
from siting.solver.highs import FEASIBILITY, POLL_SECONDS, Limits
from siting.solver.small import lower_bound
from siting.solver.tuning import TUNING

logger = logging.getLogger(__name__)

T = TypeVar("T")
UNKNOWN = (-float(np.inf), float(np.inf))
"""Bound of a zone, and what it leaves open, where nothing was worked out."""


def zone_labels(model: Program) -> np.ndarray:
    """Block of each column: its zone, else its site, numbered from 0; -1 where it has neither."""
    own = np.where(model.site >= 0, model.site + model.area.max(initial=-1) + 1, -1)
    label = np.where(model.area >= 0, model.area, own)
    names = np.unique(label[label >= 0])
    return np.where(label >= 0, np.searchsorted(names, label), -1)


class Turns:
    """Programs that may run: so many at once, and no more than so many in all."""

    def __init__(self, at_once: int, until: float = np.inf) -> None:
        self._changed = Condition()
        self._at_once, self._until = at_once, until
        self._running = self._begun = 0

    def allow(self, at_once: int = 0, until: float = 0) -> None:
        """Allow more than before, never less."""
        with self._changed:
            self._at_once = max(self._at_once, at_once)
            self._until = max(self._until, until)
            self._changed.notify_all()

    def _is_free(self) -> bool:
        return self._running < self._at_once and self._begun < self._until

    def __enter__(self) -> None:
        with self._changed:
            self._changed.wait_for(self._is_free)
            self._running += 1
            self._begun += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify_all()


class Zones:
    """The bound from the zones, worked out beside the search for a plan.

    It leaves that search one of the threads until all zones are waited for; with a single thread it
    works only while it is waited for, and no further than is waited for.
    """

    def __init__(self, model: Program, dual: np.ndarray, limits: Limits) -> None:
        self.count = int(zone_labels(model).max(initial=-1)) + 1
        self._threads = limits.threads
        self._is_alone = limits.threads == 1
        self._turns = Turns(max(1, limits.threads - 1), 0 if self._is_alone else np.inf)
        self._stop = Event()
        self._bounds: list[float] = []
        self._pool = ThreadPoolExecutor(1)
        self._work = self._pool.submit(self._note, model, dual, limits)

    def _note(self, model: Program, dual: np.ndarray, limits: Limits) -> None:
        """Keep each bound as it comes."""
        self._bounds.extend(lagrangian_bounds(model, dual, limits, self._turns, self._stop))

    @property
    def latest(self) -> float:
        """The best bound so far; -inf before there is one."""
        return self._bounds[-1] if self._bounds else -float(np.inf)

    def wait(
        self, share: float, enough: float = np.inf, on_progress: Callable[[], None] = lambda: None
    ) -> float:
        """The bound once a share of the zones are done, or the first before it that is enough: the same
        however fast the machine is. -inf where there is none in time.

        Args:
            share: of all rounds over all zones; 0 for the bound of the relaxed zones.
            on_progress: called while it is waited for.

        Raises:
            KeyboardInterrupt: Ctrl-C; the zones that run have been stopped.
        """
        last = ceil(share * self.count * len(TUNING.zone_rounds))
        if self._is_alone:
            self._turns.allow(until=self.count + last)
        elif share == 1:
            self._turns.allow(at_once=self._threads)
        try:
            while True:
                is_done = self._work.done()
                known = self._bounds[: last + 1]
                proof = next((bound for bound in known if bound >= enough), None)
                if proof is not None or is_done or len(known) > last:
                    break
                on_progress()
                wait_for([self._work], POLL_SECONDS)
        except KeyboardInterrupt:
            self.cancel()
            raise
        if is_done:
            self._work.result()
        if proof is not None:
            return proof
        return known[-1] if known else -float(np.inf)

    def cancel(self) -> None:
        """End what still runs."""
        self._stop.set()
        self._turns.allow(until=np.inf)
        self._pool.shutdown()


def lagrangian_bounds(
    model: Program,
    dual: np.ndarray,
    limits: Limits,
    turns: Turns | None = None,
    stop: Event | None = None,
) -> Iterator[float]:
    """Proven lower bounds of the model that rise zone by zone; none where a zone has none in time.

    Args:
        dual: of the linear relaxation, shape (rows,); any numbers give a bound, these a good one.
        limits: gap asked of the whole model, seconds of all zones together, threads.
        turns: held by each zone while it runs. stop: ends the work once it is set.
    """
    turns = Turns(limits.threads) if turns is None else turns
    stop = Event() if stop is None else stop
    started = perf_counter()
    blocks = Blocks(model, zone_labels(model))
    whole, total = _priced(model, blocks, dual)
    integers = [int(model.is_integer[blocks.columns(b)].sum()) for b in range(blocks.count)]
    order = sorted(range(blocks.count), key=lambda b: (integers[b], b))

    def bounded(part: int, program: Program, most: float, nodes: int) -> tuple[float, float]:
        if stop.is_set():
            return UNKNOWN
        within = replace(
            limits,
            time_limit_seconds=limits.left(started),
            threads=TUNING.passing_threads,
            gap_frac=0.0,
        ).by(max_nodes=nodes, heuristic_effort_frac=0.0)
        zone = program.part(blocks.columns(part), blocks.rows(part), is_named=False)
        return lower_bound(zone, within, most, stop)

    with ThreadPoolExecutor(max(1, min(limits.threads, os.cpu_count() or 1))) as pool:
        relaxed = whole.relaxed()
        work = [partial(bounded, part, relaxed, 0.0, 1) for part in order]
        best = np.array([value for value, _ in _in_order(work, turns, pool)])
        if best.min(initial=0.0) == -np.inf:
            return
        bound = total + float(best.sum())
        logger.info("zones relaxed: %.1f in %.1f s", bound, perf_counter() - started)
        yield bound
        asked = limits.gap_frac * max(abs(bound), 1.0)
        # zones in which the relaxation does nothing have least to gain
        places = np.argsort(np.abs(best) <= TUNING.zone_rounds[0].close_frac * asked, kind="stable")
        left = np.full(len(order), np.inf)
        for turn in TUNING.zone_rounds:
            most = turn.close_frac * asked
            deeper: list[Callable[[], tuple[float, float]]] = [
                partial(bounded, order[n], whole, most, turn.nodes) if left[n] > most else _closed
                for n in places
            ]
            for n, (value, open_) in zip(places, _in_order(deeper, turns, pool), strict=True):
                best[n], left[n] = max(best[n], value), min(left[n], open_)
                yield total + float(best.sum())
            logger.info("zones: %.1f in %.1f s", total + best.sum(), perf_counter() - started)


def _closed() -> tuple[float, float]:
    """A zone of which all is known that is asked."""
    return UNKNOWN


def _in_order(
    works: Sequence[Callable[[], T]], turns: Turns, pool: ThreadPoolExecutor
) -> Iterator[T]:
    """Results of pieces of work, begun and given in their order; each holds a turn while it runs, and none
    waits for one once it has begun."""
    waiting = iter(enumerate(works))

    def begin() -> tuple[int, T]:
        with turns:
            place, work = next(waiting)
            return place, work()

    found: dict[int, T] = {}
    given = 0
    for future in as_completed([pool.submit(begin) for _ in works]):
        place, value = future.result()
        found[place] = value
        while given in found:
            yield found.pop(given)
            given += 1


def _priced(model: Program, blocks: Blocks, dual: np.ndarray) -> tuple[Program, float]:
    """The model with its linking rows priced, and what they and the columns of no zone are worth."""
    linking = blocks.linking
    lower, upper = model.row_lower[linking], model.row_upper[linking]
    y = dual[linking]
    # a row without a limit on one side has no price on it
    y = np.where((y > 0) & ~np.isfinite(lower), 0.0, y)
    y = np.where((y < 0) & ~np.isfinite(upper), 0.0, y)
    price = np.where(y > 0, lower, np.where(y < 0, upper, 0.0))
    reduced = blocks.reduced_cost(y)
    free = blocks.columns(-1)
    # duals hold to the solver's tolerance: what is zero in truth would have no least value there
    is_zero = (np.abs(reduced) <= FEASIBILITY) & ~np.isfinite(model.upper)
    reduced[free] = np.where(is_zero[free], 0.0, reduced[free])
    whole = model.with_cost(reduced)
    return whole, model.offset + float(y @ price) + _least(whole, free)


def _least(model: Program, columns: np.ndarray) -> float:
    """Least cost of some columns within their bounds alone; -inf where there is none."""
    cost = model.cost[columns]
    at = np.where(cost > 0, model.lower[columns], np.where(cost < 0, model.upper[columns], 0.0))
    return float(cost @ at)
