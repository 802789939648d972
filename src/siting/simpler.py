"""A plan of the scenario without some of its families as a start for the search of all of it.

A family that only widens the choice, such as load that may give way, leaves most plans without it possible, and
yet spoils the relaxation near which plans are looked for: a site is a third firm there and two thirds not.
So what ``solver.first_without`` names is left out at first. The integers of that plan stay as they are, those
of the families that were left out are chosen beside them, and the search of the whole begins there. Its bound
is that of the whole model and owes nothing to the start.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from siting.core.errors import InfeasibleError
from siting.instance.build import Instance, build_instance, without_families
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.solver.completion import named, widened
from siting.solver.highs import Limits, Progress
from siting.solver.lexicographic import Ranked
from siting.solver.tuning import TUNING

logger = logging.getLogger(__name__)

Show = Callable[[Progress], None]
Solve = Callable[[Instance, Program, Limits, Show | None], Ranked]


@dataclass(frozen=True)
class Start:
    """What the search of the whole begins with.

    Attributes:
        x: a plan, by column of the whole model; None where none was found. is_stopped: whether Ctrl-C came.
        words: what it is a plan of; empty where it is given from outside.
    """

    x: np.ndarray | None
    is_stopped: bool = False
    words: str = ""


def start_without(
    instance: Instance, linear: Program, limits: Limits, on_progress: Show | None, solve: Solve
) -> Start:
    """A plan that does without the families that ``solver.first_without`` names, in the whole model.

    Args:
        linear: the whole model. limits: of the whole; the first search takes a share of its time at most,
            and so does what completes its plan, which no signal ends.
        solve: how the smaller scenario is solved.
    """
    names = instance.scenario.begins_without()
    words = f"without {', '.join(names)}"
    smaller = build_instance(without_families(instance.scenario), instance.resolved)
    seconds = limits.time_limit_seconds
    share = None if seconds is None else TUNING.stage_time_share * seconds
    within = replace(limits, time_limit_seconds=share)
    shown = None if on_progress is None else partial(_show, on_progress, words)
    try:
        model = _narrowed(assemble(smaller).linear, linear)
        outcome = solve(smaller, model, within, shown).outcome
    except InfeasibleError:
        logger.warning("%s there is no plan to begin with", words)
        return Start(None, words=words)
    if outcome.x is None:
        logger.warning("%s no plan was found to begin with", words)
        return Start(None, outcome.is_stopped, words)
    near = replace(within, gap_frac=min(limits.gap_frac, TUNING.neighbourhood_gap_frac))
    near = near.by(max_nodes=TUNING.neighbourhood_nodes)
    status, x = widened(linear, named(model, outcome.x), model.columns, near)
    if x is None:
        is_none = status == "INFEASIBLE"
        why = "is none of the whole scenario" if is_none else "could not be completed in time"
        logger.warning("the plan %s %s", words, why)
        return Start(None, outcome.is_stopped, words)
    return Start(x, outcome.is_stopped, words)


def _narrowed(model: Program, linear: Program) -> Program:
    """The smaller model within the bounds of the whole, which a study may have narrowed."""
    lower, upper = model.lower.copy(), model.upper.copy()
    for name, column in model.columns.items():
        whole = linear.columns.get(name)
        if whole is not None:
            lower[column] = max(lower[column], linear.lower[whole])
            upper[column] = min(upper[column], linear.upper[whole])
    return model.bounded(lower, upper)


def _show(on_progress: Show, words: str, progress: Progress) -> None:
    """Progress of the smaller scenario, whose bound says nothing of the whole."""
    on_progress(replace(progress, phase=f"{words}: {progress.phase}", bound=None, gap=None))
