"""The linear relaxation of a model with many sites, solved over the few sites that can pay.

A site meets the rest of the model only in *linking* rows: those of its node and zone, targets, the
equipment pool. All its other rows are its own. So the relaxation is solved by column generation
with whole sites as columns:

    restricted   min c_0 x_0 + sum_{s in A} c_s x_s,  linking rows, own rows of s in A
    pricing      v[s] = min (c_s - y L_s) x_s  over the own rows of s,   y: duals of the linking rows
    bound        z(y) = z_A + sum_{s not in A} min(0, v[s])

where ``z_A`` is the value of the restricted program. Sites with ``v[s] < 0`` join A until the bound
meets ``z_A``: then it is that of the whole relaxation, and no site outside A was ever in a linear
program with another. At the last duals a site is *dispensable* where using it at all would cost
more than a plan that is known:

    f[s] = v[s] with the site committed;   z(y) + f[s] > value of the plan

(reduced-cost fixing, for a site in one piece). Sources: Dantzig and Wolfe, Operations Research 8
(1960); Barnhart et al., Operations Research 46 (1998), section 3.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from time import perf_counter

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack

from siting.model.program import Program
from siting.solver.basis import BASIC, Basis
from siting.solver.blocks import Blocks
from siting.solver.highs import FEASIBILITY, Limits, Outcome, Progress
from siting.solver.relaxation import Relaxation
from siting.solver.small import optimum
from siting.solver.tuning import TUNING

logger = logging.getLogger(__name__)

COMMIT = "core.commit"


@dataclass(frozen=True)
class Part:
    """A model of some columns and rows of another; columns left out are zero.

    Attributes:
        columns, rows: places in the whole model, ascending.
    """

    model: Program
    columns: np.ndarray
    rows: np.ndarray

    def of(self, x: np.ndarray) -> np.ndarray:
        """A point of the whole model, in the part."""
        inside: np.ndarray = x[self.columns]
        return inside

    def whole(self, x: np.ndarray, size: int) -> np.ndarray:
        """A point of the part, in the whole model."""
        full = np.zeros(size)
        full[self.columns] = x
        return full


@dataclass(frozen=True)
class Priced:
    """The relaxation solved over some sites.

    Attributes:
        x: optimum of the restricted program, by column of the whole model.
        bound: proven lower bound of the whole model.
        dual: of the linking rows. by_row: of all rows, each site's own by its pricing.
        sites: those of the restricted program.
        value: pricing value of each site, shape (sites of the model,).
        basis: of the whole model, in which all other sites do nothing.
    """

    x: np.ndarray
    bound: float
    dual: np.ndarray
    by_row: np.ndarray
    sites: np.ndarray
    value: np.ndarray
    basis: Basis


class Sites:
    """A model taken apart into sites and what links them."""

    def __init__(self, model: Program, limits: Limits) -> None:
        self.model = model
        self.limits = limits
        self.blocks = Blocks(model, model.site)
        self.count = self.blocks.count
        is_met = (model.row_lower <= 0) & (model.row_upper >= 0)
        is_free = (model.lower <= 0) & (model.upper >= 0)
        kept = np.concatenate([self.blocks.owner[~is_met], model.site[~is_free]])
        empty = np.setdiff1d(np.arange(self.count), model.site)
        self.always = np.union1d(kept[kept >= 0], empty)
        """Sites that cannot be left out: something of theirs is not zero in any plan. So are those that
        are not open to a plan: they have no column to be priced."""

    def part(self, sites: Sequence[int] | np.ndarray) -> Part:
        """The model with some of its sites."""
        own = [-1, *(int(s) for s in sites)]
        columns = np.sort(np.concatenate([self.blocks.columns(s) for s in own]))
        rows = np.sort(np.concatenate([self.blocks.rows(s) for s in own]))
        return Part(self.model.part(columns, rows), columns, rows)

    def used(self, basis: Basis) -> np.ndarray:
        """Sites of which a column is basic."""
        basic = self.model.site[basis.column == BASIC]
        return np.unique(basic[basic >= 0])

    def zones(self, sites: np.ndarray) -> np.ndarray:
        """Number of the zone of each of some sites."""
        return np.array([self.model.area[self.blocks.columns(int(s))[0]] for s in sites], dtype=int)

    @cached_property
    def is_useful(self) -> np.ndarray:
        """Columns of which more may make a linking row hold or save money, shape (columns,)."""
        links = self.blocks.links.tocoo()
        rows, columns = links.coords
        upper = self.model.row_upper[self.blocks.linking][rows]
        lower = self.model.row_lower[self.blocks.linking][rows]
        helps = (np.isfinite(upper) & (links.data < 0)) | (np.isfinite(lower) & (links.data > 0))
        useful: np.ndarray = (self.model.cost < 0) | (self.model.lower < 0)
        useful[columns[helps]] = True
        return useful

    @cached_property
    def committed(self) -> np.ndarray:
        """Column by which a site is committed in the last period; -1 where there is none."""
        found = np.full(self.count, -1)
        latest = np.full(self.count, -1)
        for (name, key), column in self.model.columns.items():
            site = self.model.site[column]
            if name == COMMIT and key[-1] > latest[site]:
                found[site], latest[site] = column, key[-1]
        return found

    def price(
        self,
        sites: np.ndarray,
        cost: np.ndarray,
        lower: np.ndarray,
        upper: np.ndarray,
        on_batch: Callable[[], None] = lambda: None,
        by_row: np.ndarray | None = None,
    ) -> np.ndarray:
        """Least cost of each of some sites over its own rows, shape (sites,); -inf where there is
        no least one, +inf where nothing is possible.

        Args:
            cost, lower, upper: by column of the whole model.
            on_batch: called after each program.
            by_row: takes the duals of their own rows, shape (rows of the whole model,).

        Raises:
            KeyboardInterrupt: Ctrl-C, once the programs that run have ended.
        """
        model = self.model.with_cost(cost).bounded(lower, upper)
        size = TUNING.pricing_batch
        batches = [sites[n : n + size] for n in range(0, len(sites), size)]
        threads = max(1, min(self.limits.threads, os.cpu_count() or 1))
        found = [np.zeros(0)]
        with ThreadPoolExecutor(threads) as pool:
            try:
                for values in pool.map(partial(self._price_batch, model, by_row), batches):
                    found.append(values)
                    on_batch()
            except KeyboardInterrupt:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        return np.concatenate(found)

    def _price_batch(
        self, model: Program, by_row: np.ndarray | None, sites: np.ndarray
    ) -> np.ndarray:
        """Pricing of a few sites in one program; one by one where that has no optimum."""
        columns = [self.blocks.columns(int(s)) for s in sites]
        together = np.concatenate(columns)
        rows = np.concatenate([self.blocks.rows(int(s)) for s in sites])
        part = model.part(together, rows, is_named=False)
        status, x, dual = optimum(part, self.limits.seed)
        if x is not None:
            if by_row is not None:
                by_row[rows] = dual
            starts = np.cumsum([0, *(len(own) for own in columns[:-1])])
            return np.add.reduceat(part.cost * x, starts)
        if len(sites) > 1:
            alone = [self._price_batch(model, by_row, sites[n : n + 1]) for n in range(len(sites))]
            return np.concatenate(alone)
        return np.array([np.inf if status == "INFEASIBLE" else -np.inf])


def relax_by_columns(
    sites: Sites,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None = None,
    start: np.ndarray | None = None,
    basis: Basis | None = None,
    on_point: Callable[[np.ndarray], None] = lambda x: None,
) -> tuple[Priced | None, bool]:
    """The relaxation by site generation, as far as time allows, and whether Ctrl-C ended it.

    None where no round was finished: time was over, or a restricted program had no optimum, as
    where load must be served and no site is in yet.

    Args:
        start: a plan, whose sites are in from the first round.
        basis: of the relaxation of a model that differs in bounds alone; its sites are in likewise.
        on_point: called with the optimum of each restricted program, by column.
    """
    started = perf_counter()
    model = sites.model
    active = np.zeros(sites.count, dtype=bool)
    active[sites.always] = True
    if start is not None:
        used = model.site[np.abs(start) > FEASIBILITY]
        active[used[used >= 0]] = True
    if basis is not None:
        active[sites.used(basis)] = True
    restricted = _Restricted(sites, basis)
    best: Priced | None = None

    def tell() -> None:
        if on_progress is not None:
            bound = None if best is None or not np.isfinite(best.bound) else best.bound
            on_progress(Progress("sites", perf_counter() - started, bound))

    try:
        for number in range(TUNING.generation_rounds):
            within = replace(limits, time_limit_seconds=limits.left(started))
            found, objective, is_stopped = _round(restricted, active, within, tell)
            if is_stopped or found is None:
                return best, is_stopped
            best = found if best is None or found.bound > best.bound else best
            on_point(found.x)
            tell()
            logger.info(
                "sites %d: %d in, %.1f of %.1f", number, active.sum(), found.bound, objective
            )
            close = TUNING.close_to_restricted_frac * limits.gap_frac * abs(objective) + FEASIBILITY
            joining = np.flatnonzero(found.value < -close / max(1, sites.count))
            is_over = limits.left(started) == 0
            if objective - found.bound <= close or not len(joining) or is_over:
                break
            active[_best_of_zones(sites, joining, found.value)] = True
    except KeyboardInterrupt:
        return best, True
    return best, False


class _Restricted:
    """The relaxation over some sites, kept alive while others join.

    Attributes:
        columns, rows: places in the whole model, in the order in which they came in.
    """

    def __init__(self, sites: Sites, basis: Basis | None) -> None:
        self.sites = sites
        self.basis = basis
        self.inside = np.zeros(sites.count, dtype=bool)
        self.columns = self.rows = np.zeros(0, dtype=np.int64)
        self._live: Relaxation | None = None

    def solve(self, active: np.ndarray, limits: Limits, tell: Callable[[], None]) -> Outcome:
        """The program over some sites, which are never fewer than before."""
        started = perf_counter()
        joining = np.flatnonzero(active & ~self.inside)
        self.inside = active.copy()

        def show(_: Progress) -> None:
            tell()

        before = active.sum() - len(joining)
        if self._live is None or len(joining) > TUNING.few_joining_frac * before:
            part = self.sites.part(np.flatnonzero(active))
            self.columns, self.rows = part.columns, part.rows
            self._live = Relaxation(part.model, limits.by(lp_method="ipm"))
            if self.basis is not None:
                self._live.begin_at(self.basis.within(part.columns, part.rows))
                self.basis = None
                found = self._live.optimum(
                    limits.left(started), show, "sites", TUNING.basis_iterations
                )
                if found.status == "OPTIMAL" or found.is_stopped:
                    return found
                self._live = Relaxation(part.model, limits.by(lp_method="ipm"))
        elif len(joining):
            self._join(self._live, joining)
        return self._live.optimum(limits.left(started), show, "sites")

    def _join(self, live: Relaxation, joining: np.ndarray) -> None:
        """Sites join: their columns in the linking rows, then their own rows."""
        blocks, model = self.sites.blocks, self.sites.model
        columns = np.concatenate([blocks.columns(int(s)) for s in joining])
        rows = np.concatenate([blocks.rows(int(s)) for s in joining])
        theirs = blocks.matrix[:, columns]
        live.add_columns(
            model.cost[columns],
            model.lower[columns],
            model.upper[columns],
            csc_array(theirs[self.rows]),
        )
        before = csr_array((len(rows), len(self.columns)))
        own = csr_array(hstack([before, theirs[rows]]))
        live.add_rows(own, model.row_lower[rows], model.row_upper[rows])
        self.columns = np.concatenate([self.columns, columns])
        self.rows = np.concatenate([self.rows, rows])


def _round(
    restricted: _Restricted, active: np.ndarray, limits: Limits, tell: Callable[[], None]
) -> tuple[Priced | None, float, bool]:
    """One round: the restricted program and the pricing of the others, its value, and whether
    Ctrl-C ended the program. None where it has no optimum in time."""
    sites = restricted.sites
    model = sites.model
    outcome = restricted.solve(active, limits, tell)
    # it may have been stopped as it ended
    if outcome.is_stopped or outcome.status != "OPTIMAL":
        return None, outcome.objective, outcome.is_stopped
    assert outcome.x is not None
    assert outcome.row_dual is not None
    by_row = np.zeros(len(model.row_lower))
    by_row[restricted.rows] = outcome.row_dual
    dual = by_row[sites.blocks.linking]
    outside = np.flatnonzero(~active)
    value = np.zeros(sites.count)
    reduced = sites.blocks.reduced_cost(dual)
    value[outside] = sites.price(outside, reduced, model.lower, model.upper, tell, by_row)
    bound = outcome.objective + float(np.minimum(value, 0.0).sum())
    x = np.zeros(len(model.cost))
    x[restricted.columns] = outcome.x
    assert outcome.basis is not None
    basis = outcome.basis.spread(restricted.columns, restricted.rows, model.matrix.shape)
    found = Priced(x, bound, dual, by_row, np.flatnonzero(active), value, basis)
    return found, outcome.objective, False


def fixed_by_reduced_cost(sites: Sites, priced: Priced, most: float) -> tuple[np.ndarray, float]:
    """Sites outside the restricted program that no plan below a cost uses, and the bound that holds
    for every plan that uses one of them.

    Args:
        most: cost in the unit of the model.

    Raises:
        KeyboardInterrupt: Ctrl-C while sites are priced.
    """
    model = sites.model
    if not np.isfinite(priced.bound):
        return np.zeros(0, dtype=int), np.inf
    inside = np.zeros(sites.count, dtype=bool)
    inside[priced.sites] = True
    outside = np.flatnonzero(~inside & (sites.committed >= 0))
    commit = sites.committed[outside]
    lower, upper = model.lower.copy(), model.upper.copy()
    lower[commit] = 1.0
    forced = sites.price(outside, sites.blocks.reduced_cost(priced.dual), lower, upper)
    bound = priced.bound + forced - np.minimum(0.0, priced.value[outside])
    chosen = bound > most
    outside, bound, commit = outside[chosen], bound[chosen], commit[chosen]
    # what may be left of an uncommitted site must be of no use, so that a plan is as good without
    upper = model.upper.copy()
    upper[commit] = 0.0
    idle = sites.price(outside, np.where(sites.is_useful, -1.0, 0.0), model.lower, upper)
    chosen = idle >= -FEASIBILITY
    return outside[chosen], float(bound[chosen].min(initial=np.inf))


def _best_of_zones(sites: Sites, joining: np.ndarray, value: np.ndarray) -> list[int]:
    """Of each zone the sites that gain most."""
    zones = sites.zones(joining)
    chosen: list[int] = []
    for zone in np.unique(zones):
        mine = joining[zones == zone]
        chosen += mine[np.argsort(value[mine], kind="stable")][: TUNING.joining_sites].tolist()
    return chosen
