"""What a search knows so far, its best plan and bound, and the stages that add to it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import starmap
from time import perf_counter

import numpy as np

from siting.model.program import Program
from siting.solver.highs import (
    ANSWERED,
    CTRL_C,
    FEASIBILITY,
    NUMBERS,
    TIME,
    Limits,
    Outcome,
    Progress,
    relative_gap,
    solve,
)
from siting.solver.lagrangian_bound import Zones, zone_labels
from siting.solver.large_neighbourhoods import Neighbourhood, freed, neighbourhoods
from siting.solver.record import Step
from siting.solver.trust_region import TrustRegion
from siting.solver.tuning import TUNING

logger = logging.getLogger(__name__)

REFUTED = 1e-6
"""Share by which a bound may lie above a plan and still be its rounding."""


class Stages:
    """The best plan and bound so far, and what each stage adds."""

    def __init__(
        self,
        model: Program,
        limits: Limits,
        on_progress: Callable[[Progress], None] | None,
        start: np.ndarray | None,
        started: float,
    ) -> None:
        self.model = model
        self.limits = limits
        self.on_progress = on_progress
        self.started = started
        self.x = start
        self.value = np.inf if start is None else float(model.cost @ start) + model.offset
        self.bound = -np.inf
        self.ceiling = np.inf
        """Bound of the plans that the model leaves out; what it proves beyond it holds for none."""
        self.is_stopped = False
        self.steps: list[Step] = []
        self._fruitless = 0
        self._is_far = True
        """Whether no neighbourhood was searched yet."""
        self._ended_by = ""

    def over(self, model: Program, x: np.ndarray | None) -> Stages:
        """The same search over some columns and rows of its model, with the plan in them."""
        other = Stages(model, self.limits, self.on_progress, x, self.started)
        other.bound, other.is_stopped, other.steps = self.bound, self.is_stopped, self.steps
        return other

    @property
    def gap(self) -> float:
        """Relative gap so far; infinite before there is a plan and a bound."""
        if self.x is None or not np.isfinite(self.bound):
            return float(np.inf)
        return relative_gap(self.value, self.bound)

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to do."""
        is_proven = self.gap <= self.limits.gap_frac + FEASIBILITY
        return self.is_stopped or is_proven or self.is_answered or self.left() == 0

    @property
    def is_answered(self) -> bool:
        """Whether a plan is as cheap, or the bound as high, as is asked for."""
        return self.limits.is_answered(self.value, self.bound)

    def left(self) -> float | None:
        """Seconds left; None without a limit."""
        return self.limits.left(self.started)

    def share(self) -> float | None:
        """Seconds that a stage before the full search may take."""
        most = self.limits.time_limit_seconds
        left = self.left()
        return None if most is None or left is None else min(left, TUNING.stage_time_share * most)

    def proven_value(self, gaps: float = 1.0) -> float:
        """Largest objective that the bound proves to so many times the asked gap."""
        gap = gaps * self.limits.gap_frac
        if self.bound <= 0:
            return self.bound / (1 + gap)
        return self.bound / (1 - gap) if gap < 1 else float(np.inf)

    def enough(self) -> float:
        """Largest objective of a plan with which the search is over."""
        target = self.limits.how.target
        return max(self.proven_value(), -np.inf if target is None else target)

    def take(self, outcome: Outcome, stage: str) -> None:
        """Take a plan that is better."""
        self.is_stopped |= outcome.is_stopped
        if outcome.x is not None and outcome.objective < self.value:
            self.x, self.value = outcome.x, outcome.objective
            self.steps.append(Step(stage, self.value, self.bound))

    def prove(self, bound: float, stage: str) -> None:
        """Take a bound that is better; one that the plan in hand refutes, as that of a part which is
        called infeasible, is no bound."""
        if self.x is not None and bound > self.value + REFUTED * max(1.0, abs(self.value)):
            logger.warning("a bound of %.6g is refuted by a plan of %.6g", bound, self.value)
            return
        if bound > self.bound:
            self.bound = bound
            self.steps.append(Step(stage, self.value, self.bound))

    def take_if_whole(self, x: np.ndarray) -> None:
        """Take a point of the relaxation that is a plan: over no site at all it is the one that builds
        nothing, the first there is."""
        whole = x[self.model.is_integer]
        value = float(self.model.cost @ x) + self.model.offset
        if value < self.value and (whole == np.round(whole)).all():
            self.x, self.value = x, value
            self.steps.append(Step("relaxation", self.value, self.bound))

    def relax(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The linear relaxation and its bound: its point by column and its duals by row."""
        relaxed = self.model.relaxed()
        # degenerate: an interior point with crossover takes half the time of the simplex method
        limits = replace(self.limits, time_limit_seconds=self.share()).by(lp_method="ipm")
        outcome = solve(relaxed, limits, self.on_progress, "relaxation")
        self.is_stopped |= outcome.is_stopped
        if outcome.status != "OPTIMAL" or outcome.x is None:
            return None
        assert outcome.row_dual is not None
        self.prove(outcome.objective, "relaxation")
        return outcome.x, outcome.row_dual

    def _zones(self, model: Program, dual: np.ndarray) -> Zones | None:
        """Begin the bound from the zones of the whole model; None where they are too few or large."""
        sizes = np.bincount(zone_labels(model) + 1)[1:]
        if self.is_over or len(sizes) < 2 or sizes.max() > TUNING.largest_zone:
            return None
        return Zones(model, dual, replace(self.limits, time_limit_seconds=self.left()))

    def plans(self, relaxed: np.ndarray, model: Program, dual: np.ndarray) -> None:
        """Plans before the full search: one near the relaxation, then its neighbourhoods, some of them
        in step with the bound from the zones.

        Args:
            relaxed: the relaxation, by column. model: the whole model, valid inequalities included.
            dual: of its relaxation, by row.
        """
        zones = self._zones(model, dual)
        threads = self.limits.threads if zones is None else max(1, self.limits.threads - 1)
        until = self.limits.gap_frac * (self.limits.how.far_factor if zones is None else 1.0)
        try:
            poor = self.limits.gap_frac if zones is None else TUNING.poor_gap_frac
            nearest = self._first_plan(relaxed, threads, poor)
            if self.x is not None:
                kinds, seed = self.limits.how.neighbourhoods, self.limits.seed
                rounds = neighbourhoods(self.model, relaxed, kinds, seed)
                if zones is not None:
                    self._bound_by(zones, 0.0)
                    self._bound_by(zones, 1 / len(TUNING.zone_rounds))
                    if self._lags(nearest):
                        self._bound_by(zones, 1.0)
                    self._improve(rounds, relaxed, until, threads, zones)
                    self._bound_by(zones, 1.0)
                self._improve(rounds, relaxed, until, self.limits.threads)
        except KeyboardInterrupt:
            logger.warning("stopping: the best plan found is kept")
            self.is_stopped = True
        finally:
            if zones is not None:
                zones.cancel()
                if self.is_stopped or self.left() == 0:
                    self.prove(zones.latest, "zones")

    def _lags(self, nearest: float) -> bool:
        """Whether it is the bound that lags, and not the plan.

        Args:
            nearest: bound of the plans near the relaxation.
        """
        missing = nearest - self.proven_value()
        return (
            nearest > self.proven_value(TUNING.hopeless_factor) and missing > self.value - nearest
        )

    def _bound_by(self, zones: Zones, share: float) -> None:
        """Wait for the bound from a share of the zones."""
        if self.is_over:
            return
        enough = self.value - self.limits.gap_frac * abs(self.value)
        if (cutoff := self.limits.how.cutoff) is not None:
            enough = min(enough, float(np.nextafter(cutoff, np.inf)))
        self.prove(zones.wait(share, enough, lambda: self._show("zones")), "zones")
        self._show("zones")

    def _first_plan(self, relaxed: np.ndarray, threads: int, poor: float) -> float:
        """A plan near the relaxation, or less near where nothing there is any good; and the bound of all
        plans as near.

        Args:
            poor: relative gap between that bound and what is proven from which on nothing is.
        """
        nearest = -np.inf
        for region in starmap(TrustRegion, TUNING.trust_regions):
            if self.is_over:
                break
            lower, upper = region.around(self.model, relaxed)
            near = self.model.bounded(lower, upper)
            limits = replace(
                self.limits,
                time_limit_seconds=self.share(),
                gap_frac=TUNING.first_gap_share * self.limits.gap_frac,
                threads=threads,
            ).by(
                target=self.enough(),
                cutoff=None,
                heuristic_effort_frac=TUNING.first_effort_frac,
                max_nodes=1,
                may_restart=False,
            )
            found = solve(near, limits, self._proven, "first plan")
            if found.x is None and found.status != "INFEASIBLE" and not found.is_stopped:
                limits = replace(limits.by(max_nodes=None), time_limit_seconds=self.share())
                found = solve(near, limits, self._proven, "first plan")
            self.take(found, "first plan")
            nearest = found.bound
            logger.info("first plan: %.1f, gap %.4f, region %.1f", self.value, self.gap, nearest)
            if relative_gap(nearest, self.bound) <= poor:
                break
        return nearest

    def _improve(
        self,
        rounds: Iterator[Neighbourhood],
        relaxed: np.ndarray,
        until: float,
        threads: int,
        zones: Zones | None = None,
    ) -> None:
        """Better plans in neighbourhoods of the best one, until the gap is small enough or several
        in turn give next to nothing.

        Args:
            zones: their bound, which rises in step with the rounds; with it only so many of them.
        """
        most = np.inf if zones is None else TUNING.beside_zones
        number = 0
        for drawn in rounds:
            if self.is_over or self.gap <= until or self._fruitless >= TUNING.fruitless:
                return
            is_afresh = self._is_far and not drawn.is_quick
            is_worth = self._search_near(drawn, relaxed, threads, is_afresh=is_afresh)
            self._is_far = False
            if drawn.is_quick:
                continue
            number += 1
            self._fruitless = 0 if is_worth else self._fruitless + 1
            if zones is not None:
                roots = 1 / len(TUNING.zone_rounds)
                self._bound_by(zones, roots + (1 - roots) * number / TUNING.beside_zones)
            if number >= most:
                return

    def _search_near(
        self, drawn: Neighbourhood, relaxed: np.ndarray, threads: int, *, is_afresh: bool
    ) -> bool:
        """Search one neighbourhood of the best plan; whether that was worth its time.

        Args:
            is_afresh: without that plan as a start, since it may be far from the best.
        """
        assert self.x is not None
        part = freed(self.model, self.x, relaxed, drawn)
        limits = replace(
            self.limits,
            time_limit_seconds=self.share(),
            gap_frac=TUNING.neighbourhood_gap_frac,
            threads=threads,
        ).by(target=self.enough(), cutoff=None, max_nodes=TUNING.neighbourhood_nodes)
        before = self.value
        start = None if is_afresh else self.x
        found = solve(part, limits, self._proven, drawn.name, start=start)
        self.take(found, drawn.name)
        logger.info("%s: %.1f -> %.1f in %.1f s", drawn.name, before, self.value, found.seconds)
        self._show("neighbours")
        return before - self.value > TUNING.worth_share * (before - self.proven_value())

    def better(self) -> None:
        """Search for plans alone: the bound of the model holds for less than is asked."""
        limits = self.limits.by(target=self.enough(), cutoff=None)
        limits = replace(limits, time_limit_seconds=self.share())
        self.take(solve(self.model, limits, self._proven, "plans", start=self.x), "plans")
        self._show("plans")

    def shown(self, progress: Progress) -> None:
        """Report a stage whose own bound holds for all plans with the best plan and bound so far."""
        own = -np.inf if progress.bound is None else min(progress.bound, self.ceiling)
        self._tell(progress, max(own, self.bound))

    def _proven(self, progress: Progress) -> None:
        """Report a search whose own bound holds for it alone with the bound that holds for all."""
        self._tell(progress, self.bound)

    def _tell(self, progress: Progress, proven: float) -> None:
        """Report a stage with a bound of all plans; neither it nor the best plan ever goes back."""
        if self.on_progress is None:
            return
        own = np.inf if progress.incumbent is None else progress.incumbent
        value = self.value if self.x is not None else np.inf
        best = min(own, value) if min(own, value) < np.inf else None
        bound = proven if np.isfinite(proven) else None
        gap = None if best is None or bound is None else relative_gap(best, bound)
        self.on_progress(replace(progress, bound=bound, incumbent=best, gap=gap))

    def _show(self, phase: str) -> None:
        """Report where the search stands."""
        if self.on_progress is not None and self.x is not None:
            seconds = perf_counter() - self.started
            self.on_progress(Progress(phase, seconds, self.bound, self.value, self.gap))

    def full(self) -> Outcome:
        """The search of the whole model, from the best plan so far; the outcome of everything."""
        is_known = self.x is not None or self.is_answered
        if self.is_stopped or (self.is_over and is_known):
            return self.outcome()
        limits = replace(self.limits, time_limit_seconds=self.left())
        if np.isfinite(self.bound):
            limits = limits.by(target=self.enough())
        known = None if self.x is None else self.value
        found = solve(self.model, limits, self.shown, start=self.x, known=known)
        if self.x is None and found.x is None:
            self.prove(min(found.bound, self.ceiling), "search")
            steps = tuple(self.steps)
            return replace(found, bound=self.bound, seconds=self._seconds(), steps=steps)
        self.take(found, "search")
        self.prove(min(found.bound, self.ceiling), "search")
        self._ended_by = found.ended_by
        return self.outcome()

    def _seconds(self) -> float:
        """Seconds since the search began."""
        return perf_counter() - self.started

    def outcome(self) -> Outcome:
        """The best plan with the best bound."""
        is_proven = self.gap <= self.limits.gap_frac + FEASIBILITY
        status = "OPTIMAL" if is_proven else "NO_SOLUTION" if self.x is None else "FEASIBLE"
        ends = (
            (self.is_stopped, CTRL_C),
            (self.is_answered, ANSWERED),
            (self.left() == 0, TIME),
            (True, self._ended_by or NUMBERS),
        )
        why = next(why for is_so, why in ends if is_so)
        return Outcome(
            status,
            self.x,
            self.value,
            self.bound,
            self.gap,
            self._seconds(),
            self.is_stopped,
            ended_by="" if is_proven else why,
            steps=tuple(self.steps),
        )
