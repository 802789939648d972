"""The search: for a large model a good plan near its linear relaxation, then the proof.

HiGHS proves a bound on these models within seconds but finds good plans late. The relaxation, on
the other hand, is tight, so good plans lie near it. Stages, each of which may end the search:

1. Relaxation: a bound, which may already prove a plan given from outside.
2. First plan: every integer may leave its relaxed value by one unit beyond rounding, and what the
   relaxation leaves at zero in every period stays at zero. A tenth of the size, and only the root of
   its search: neighbourhoods do better from there on than branching. Where nothing in this trust region is
   any good, a wider one (``trust_regions`` in ``tuning.py``).
   Beside it, on a thread of its own, a better bound from each zone in whole units
   (``lagrangian_bound.py``).
3. Neighbourhoods: the integers of some periods, families or areas are free, all others stay as they are
   (``large_neighbourhoods.py``). The bound from the zones rises in step with them.
4. Full search from the best plan; bound and proof always come from the full model.

Valid inequalities stand in the programs of the zones alone, and in models that are not large: elsewhere
they make a large one slower and its relaxation less whole (3,554 integers of the flagship with every
family on stay free near it, for 2,909), and the bound from the zones is as good.
With many sites the relaxation is solved by site generation (``column_generation.py``), the next stages
see only the sites in it, and the full search all but those that are proven dispensable.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np

from siting.model.program import Program
from siting.solver.basis import Basis
from siting.solver.blocks import duals_of_all
from siting.solver.column_generation import (
    Part,
    Priced,
    Sites,
    fixed_by_reduced_cost,
    relax_by_columns,
)
from siting.solver.highs import Limits, Outcome, Progress
from siting.solver.scale import (
    cost_factor,
    scaled,
    scaled_limits,
    unscaled,
    unscaled_progress,
)
from siting.solver.stages import Stages
from siting.solver.tuning import TUNING

logger = logging.getLogger(__name__)


def search(
    model: Program,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None = None,
    start: np.ndarray | None = None,
    basis: Basis | None = None,
    bound: float = -np.inf,
) -> Outcome:
    """Find and prove a plan, in stages if the model is large.

    Ctrl-C or the time limit ends whatever is running; the best plan so far stays, with the bound
    proven so far.

    Args:
        limits: with a target or a cutoff in ``how`` the search ends as soon as a plan is as cheap, or the
            bound as high: enough for who asks on which side of a cost the optimum lies.
        start: values by column of a plan that is feasible.
        basis: of the relaxation of a model that differs in bounds and limits of rows alone; of use where
            the relaxation is solved by site generation.
        bound: of all plans, where one is known from elsewhere.
    """
    factor = cost_factor(model)
    shown = unscaled_progress(on_progress, factor)
    within = scaled_limits(limits, factor)
    given = Stages(scaled(model, factor), within, shown, start, perf_counter())
    if np.isfinite(bound):
        given.prove(factor * bound, "known")
    return unscaled(_search(given, basis), factor)


def _search(given: Stages, basis: Basis | None) -> Outcome:
    """The search of a program whose costs have a size that the solver can tell apart."""
    model = given.model
    is_large = int(model.is_integer.sum()) >= TUNING.large_integers
    if is_large and int(model.site.max(initial=-1)) + 1 >= TUNING.many_sites:
        found = _search_sites(given, basis)
        if found is not None:
            return found
    stages = given.over(model.limits_alone(), given.x) if is_large else given
    every: np.ndarray | None = None
    if is_large:
        relaxation = stages.relax()
        if relaxation is not None:
            relaxed, dual = relaxation
            every = duals_of_all(model, dual)
            stages.plans(relaxed, model, every)
    return replace(stages.full(), row_dual=every)


def _search_sites(given: Stages, basis: Basis | None) -> Outcome | None:
    """The search of a model with many sites; None where its relaxation could not be solved so.

    Args:
        given: the whole model, before anything is done.
    """
    every, model = given.model, given.model.limits_alone()
    whole = given.over(model, given.x)
    sites = Sites(model, given.limits)
    share = replace(given.limits, time_limit_seconds=whole.share())
    basis = None if basis is None else basis.fitted(*model.matrix.shape[::-1])
    priced, is_stopped = relax_by_columns(
        sites, share, whole.shown, given.x, basis, whole.take_if_whole
    )
    if priced is not None:
        whole.prove(priced.bound, "relaxation")
    if is_stopped:
        whole.is_stopped = True
        found = whole.outcome()
    elif priced is None:
        return None
    else:
        found = _search_among(sites, priced, whole, every)
    dual = None if priced is None else duals_of_all(every, priced.by_row)
    return replace(found, row_dual=dual)


def _search_among(sites: Sites, priced: Priced, whole: Stages, every: Program) -> Outcome:
    """The search once the relaxation is solved over some sites.

    Args:
        whole: the model without valid inequalities. every: with them.
    """
    model = whole.model
    part = sites.part(priced.sites)
    stages = whole.over(part.model, None if whole.x is None else part.of(whole.x))
    relaxed = part.of(priced.x)
    dual = np.zeros(len(model.row_lower))
    dual[sites.blocks.linking] = priced.dual
    stages.plans(relaxed, every, duals_of_all(every, dual))
    wide, least = _needed(sites, priced, stages)
    if not stages.is_over and len(wide.columns) > TUNING.wider_factor * len(part.columns):
        stages.better()
        wide, least = _needed(sites, priced, stages)
    if stages.is_over:
        return _whole(stages.outcome(), part, model, priced.basis)
    known = None if stages.x is None else wide.of(part.whole(stages.x, len(model.cost)))
    rest = stages.over(wide.model, known)
    rest.ceiling = least
    return _whole(rest.full(), wide, model, priced.basis)


def _whole(found: Outcome, part: Part, model: Program, basis: Basis) -> Outcome:
    """An outcome of a part, in the whole model, with the basis of the relaxation."""
    x = None if found.x is None else part.whole(found.x, len(model.cost))
    return replace(found, x=x, basis=basis)


def _needed(sites: Sites, priced: Priced, stages: Stages) -> tuple[Part, float]:
    """The model without the sites that no better plan uses, and the bound of plans that use them."""
    if stages.is_over or stages.x is None:
        return sites.part(np.arange(sites.count)), np.inf
    most = stages.value - stages.limits.gap_frac * abs(stages.value)
    try:
        gone, least = fixed_by_reduced_cost(sites, priced, most)
    except KeyboardInterrupt:
        logger.warning("stopping: the best plan found is kept")
        stages.is_stopped = True
        return sites.part(priced.sites), np.inf
    kept = np.setdiff1d(np.arange(sites.count), gone)
    logger.info("%d of %d sites are dispensable", len(gone), sites.count)
    return sites.part(kept), least
