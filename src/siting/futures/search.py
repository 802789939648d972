"""The search for a plan under uncertainty: bounds from each future alone, plans held in all of them.

1. Wait and see: each future is solved as if it were known, side by side. What is made small of these
   bounds is a bound of every plan, since knowing more never costs more.
2. Plans: what is decided for all futures is taken from the plan for the likeliest one, the largest state
   of any future (the join) or the smallest (the meet), and the rest is solved with that held.
3. The programs of all futures as one, from the best plan so far: relaxation, a plan near it, neighbourhoods
   and the bound from the zones, in each of which all futures are decided together, as in a scenario without
   facts (``solver/search.py``). Windows of time come first: what is decided by a date, in all futures.
   Where the whole is small this comes right after the likeliest plan.

The search ends once plan and bound are within the dollars asked for. Ctrl-C and the time limit keep the
best plan so far; finished solves are kept in the store of the solver.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter

import numpy as np

from siting.core.errors import NoPlanError
from siting.core.futures import Risk
from siting.futures.build import Hedged
from siting.futures.found import Found, Held, Seen, without_plan
from siting.futures.holding import Holding
from siting.futures.known import known_limits
from siting.futures.lazily import separated
from siting.futures.risk import as_if_known, late_months, measured
from siting.futures.states import common, join, meet, without_clashes
from siting.model.assemble import USD_PER_OBJECTIVE
from siting.model.program import Program
from siting.solver.highs import CTRL_C, FEASIBILITY, TIME, Limits, Outcome
from siting.solver.lazy_rows import separator
from siting.timeline.solves import Solver, StudyStopped

logger = logging.getLogger(__name__)

Tell = Callable[[str, float, float], None]
"""Called with what was done, and plan and bound so far [million USD]."""
SHARE_OF_VALUE = 0.1
"""Dollars that the search leaves open, as a share of what hedging saves."""
DEEPER = 0.1
"""Of the dollars that are left open, what a single future may leave when more of it is to be proven."""
FEW_HELD = 2
"""Plans held before that; small programs are searched as one at once."""
WHOLE = "all futures at once"
"""Name of their search."""
NEIGHBOURHOODS = ("narrow", "windows", "windows", "windows", "areas")
"""Of the best plan in all futures at once. With three futures of the flagship four wide windows save 940
million USD in 70 CPU seconds; halls, plants and one other family are too many together: nothing in 250."""
LEAST_GAP = 1e-6
"""Relative gap below which no search is asked to go."""


class HedgeSearch:
    """One search, with the best plan and bound so far."""

    def __init__(self, hedged: Hedged, solver: Solver, tell: Tell = lambda *_: None) -> None:
        settings = hedged.base.scenario.futures
        assert settings is not None
        self.hedged = hedged
        self.solver = solver
        self.tell = tell
        self.risk: Risk = settings.risk
        self.gap_usd = settings.gap_usd
        self.started = perf_counter()
        self.found = Found((), -np.inf)
        calendar = hedged.base.system.calendar
        self.late = [late_months(part, calendar) for part in hedged.whole.parts]
        self.holding = self._holding()
        self.over = hedged.whole if self.holding is None else self.holding.over
        """What plans are held over: large futures as if dates alone told them apart."""

    def _holding(self) -> Holding | None:
        """How decisions are held with the futures apart; None where all futures at once are to be searched:
        small ones that something ties beside their decisions, and rows that are stated as they are broken."""
        hedged, tail = self.hedged, self.risk.cvar_late_mw_months
        if any(separator(instance) is not None for instance in hedged.instances):
            return None
        is_exact = not hedged.whole.has_acts and (tail is None or not tail.weight)
        if not is_exact and not self.hedged.is_large:
            return None
        return Holding(hedged, hedged.dated, self.risk, self.late, is_exact)

    def run(self) -> Found:
        """Search until plan and bound are near enough, or until it is stopped."""
        if not self.found.seen:
            self._wait_and_see()
        whole, found = self.hedged.whole, self.found
        if len(whole.parts) == 1:
            only = found.seen[0]
            self._take(only.x, "the only future")
            found.asked = self.solver.limits.gap_frac * abs(only.cost)
        else:
            self._search()
        found.seconds = perf_counter() - self.started
        return found

    def value_of(self, x: np.ndarray) -> float:
        """What is made small, at a point of the whole [million USD]."""
        points = self.hedged.whole.of(x)
        late = np.array([months @ part for months, part in zip(self.late, points, strict=True)])
        costs = self.hedged.whole.costs(x)
        if len(points) == 1:
            return float(costs[0])
        return measured(self.risk, self.hedged.tree.probabilities, costs, late)

    def _wait_and_see(self) -> None:
        """Solve each future as if it were known.

        Raises:
            InfeasibleError, NoPlanError: a future without a plan, or in which none was found.
        """
        tree, hedged = self.hedged.tree, self.hedged

        def work(number: int, solver: Solver) -> Seen:
            name = tree.futures[number].name
            program = hedged.models[number].linear
            outcome = solver.solve(name, hedged.instances[number], program).outcome
            if outcome.x is None:
                raise without_plan(name, outcome)
            return Seen(outcome.x, outcome.objective, outcome.bound)

        works = [partial(work, number) for number in range(len(tree.futures))]
        limits = known_limits(self.solver.limits, len(works), is_passing=hedged.is_told_by_acts)
        seen = replace(self.solver, limits=limits).beside(works)
        self.know(tuple(seen))
        self.tell("each future as if it were known", np.inf, self.found.bound)

    def know(self, seen: tuple[Seen, ...]) -> None:
        """Begin with the plans of each future as if it were known."""
        value, bound = self._as_if_known(seen)
        self.found = Found(seen, bound, value_known=value, bound_known=bound)

    def _as_if_known(self, seen: Sequence[Seen]) -> tuple[float, float]:
        """What is made small if every future is known, and its bound."""
        return as_if_known(self.risk, self.hedged.tree.probabilities, self.late, seen)

    def _search(self) -> None:
        """Plans that are held, then the whole."""
        self._aim(np.inf)
        try:
            # plans held as if dates alone told futures apart say little where acts do
            if not self.hedged.is_told_by_acts:
                self._hold_states()
            self._deepen()
            if not self.found.is_near:
                self._search_whole()
            if self.found.x is None:
                self._hold_plan(self._likeliest)
        except KeyboardInterrupt as stopped:
            if self.found.x is None:
                raise StudyStopped from stopped
            logger.warning("stopping: the best plan found is kept")
            self.found.ended_by = CTRL_C
        if self.found.x is None:
            raise NoPlanError(
                f"No plan was found that holds in every future, ended by {self.found.ended_by or 'itself'}. "
                "Raise the time limit, or widen the gap."
            )

    def keep(self, name: str, point: tuple[np.ndarray, np.ndarray]) -> Found:
        """Hold what is stated for all futures and decide the rest.

        Args:
            point: values by column of the whole, and which of them are stated.

        Raises:
            NoPlanError: no plan keeps them in every future.
        """
        x, is_stated = point
        self._wait_and_see()
        self._aim(np.inf)
        program = self.hedged.whole.program.held(is_stated, x)
        outcome = self._outcome(name, program, self._limits(self.found.asked), None)
        if outcome.x is None:
            raise NoPlanError(
                "The decisions of the plan that is held cannot be kept in every future."
            )
        self._take(outcome.x, name)
        self.found.bound = max(self.found.bound, min(outcome.bound, self.found.value))
        self.found.ended_by = "" if self.found.is_near else outcome.ended_by or TIME
        self.found.seconds = perf_counter() - self.started
        return self.found

    def again(self, hedged: Hedged) -> Found:
        """The same futures with facts that become known at other times, to the same dollars; the best
        plan so far is one where they are known earlier."""
        other = HedgeSearch(hedged, self.solver)
        other.started = self.started
        other.gap_usd = self.found.asked * USD_PER_OBJECTIVE
        other.know(self.found.seen)
        return other.run()

    def _deepen(self) -> None:
        """Prove more of single futures, those that leave most open first, where that is enough."""
        found, shares = self.found, self.hedged.tree.probabilities
        if len(found.held) < FEW_HELD or found.value - found.value_known > found.asked:
            return
        open_ = [p * (s.cost - s.bound) for p, s in zip(shares, found.seen, strict=True)]
        for number in np.argsort(-np.array(open_), kind="stable").tolist():
            if found.is_near:
                return
            self._search_further(number, self._limits(found.asked * DEEPER))

    def know_better(self) -> None:
        """Prove as much of each future as is asked of the whole, where it was solved in passing: for what
        knowing is worth."""
        if not self.hedged.is_told_by_acts:
            return
        try:
            for number in range(len(self.found.seen)):
                self._search_further(number, self._limits(self.found.asked))
        except KeyboardInterrupt:
            logger.warning("stopping: the best plan found is kept")
            self.found.ended_by = CTRL_C

    def _search_further(self, number: int, limits: Limits) -> None:
        """Search a future as if it were known from where it was left.

        Raises:
            KeyboardInterrupt: Ctrl-C.
        """
        seen, name = self.found.seen[number], self.hedged.tree.futures[number].name
        if separator(self.hedged.instances[number]) is not None:
            return
        part = self.hedged.whole.parts[number]
        again = self.solver.search(f"{name}, further", part, limits, seen.x, seen.bound)
        if again.is_stopped:
            raise KeyboardInterrupt
        x, cost = (seen.x, seen.cost) if again.x is None else (again.x, again.objective)
        better = Seen(x, min(cost, seen.cost), max(seen.bound, again.bound))
        self._renew(number, better if cost <= seen.cost else replace(better, x=seen.x))
        self.tell(f"{name}, further", self.found.value, self.found.bound)

    def _renew(self, number: int, seen: Seen) -> None:
        """Take what more is known of a future."""
        found = self.found
        others = (*found.seen[:number], seen, *found.seen[number + 1 :])
        value, bound = self._as_if_known(others)
        found.seen, found.value_known, found.bound_known = others, value, bound
        found.bound = max(found.bound, bound)

    def hold_each(self) -> None:
        """Hold the plan of each future in all of them, for what hedging is worth."""
        try:
            for number in range(len(self.hedged.tree.futures)):
                self._hold_plan(number)
        except KeyboardInterrupt:
            logger.warning("stopping: the best plan found is kept")
            self.found.ended_by = CTRL_C

    def _aim(self, single: float) -> None:
        """Dollars to be left open: a share of what the bound allows hedging to save over the plan for
        a single future, no more than the gap of the scenario, or what the scenario says."""
        found, size = self.found, abs(self.found.bound)
        most = self.solver.limits.gap_frac * size
        if self.gap_usd is not None:
            found.asked = self.gap_usd / USD_PER_OBJECTIVE
        elif np.isfinite(single):
            found.asked = min(most, max(SHARE_OF_VALUE * (single - found.bound), LEAST_GAP * size))
        else:
            found.asked = most

    def _left(self) -> float | None:
        """Seconds left; None without a limit."""
        return self.solver.limits.left(self.started)

    def _limits(self, gap: float) -> Limits:
        """Limits of a search that may leave a gap open [million USD], in the time left."""
        size = max(abs(self.found.bound), FEASIBILITY)
        gap_frac = min(max(gap / size, LEAST_GAP), 1.0)
        return replace(self.solver.limits, gap_frac=gap_frac, time_limit_seconds=self._left())

    def _take(self, x: np.ndarray, name: str) -> float:
        """Take a plan if it is better; its value."""
        value = self.value_of(x)
        if value < self.found.value:
            self.found.x, self.found.value = x, value
        self.tell(name, self.found.value, self.found.bound)
        return value

    def _hold_plan(self, number: int) -> Held:
        """The plan of a future held in all of them."""
        whole, seen = self.over, self.found.seen[number]
        x = np.zeros(len(whole.program.cost))
        x[whole.place[number]] = seen.x
        return self.hold(self.hedged.tree.futures[number].name, x)

    def hold(self, name: str, x: np.ndarray, *, is_all: bool = False) -> Held:
        """Hold what is decided for all futures at its value in a point.

        Args:
            x: over the columns of ``over``.
            is_all: whether what only some futures share is held too.
        """
        known = self.found.held.get(name)
        if known is not None:
            return known
        whole = self.over
        x = np.where(whole.program.is_integer, np.round(x), x)
        limits = self._limits(self.found.asked / 2)
        if self.holding is not None:
            points = [seen.x for seen in self.found.seen]
            y, bound = self.holding.plan(name, x, points, self.solver, limits, is_all=is_all)
        else:
            program = whole.program.held(whole.is_root, x)
            outcome = self._outcome(f"hold {name}", program, limits, None)
            y, bound = outcome.x, outcome.bound
        held = Held(name, None, np.inf, bound, np.full(len(whole.parts), np.inf))
        if y is not None:
            value = self._take(y, f"plan for {name} held")
            bound = min(max(bound, self.found.bound), value)
            held = Held(name, y, value, bound, self.hedged.whole.costs(y))
        self.found.held[name] = held
        return held

    def _hold_states(self) -> None:
        """Hold the plan for the likeliest future, and common states where futures are many."""
        self._aim(self._hold_plan(self._likeliest).value)
        if not self.found.is_near and self.hedged.is_large:
            self._hold_common(self._likeliest)

    @property
    def _likeliest(self) -> int:
        """Number of the likeliest future."""
        return int(np.argmax(self.hedged.tree.probabilities))

    def _hold_common(self, likeliest: int) -> None:
        """Hold the largest state of any future, that without clashes if there are any, and the smallest
        where that holds in no way."""
        whole, points = self.over, [seen.x for seen in self.found.seen]
        most, least = common(whole, points, join), common(whole, points, meet)
        if self.hold("join", most, is_all=True).x is not None:
            return
        own = common(whole, [points[likeliest]], join, [likeliest])
        x = without_clashes(whole, most, own)
        if self.hold("join without clashes", x, is_all=True).x is None:
            self.hold("meet", least, is_all=True)

    def _search_whole(self) -> None:
        """Search all futures at once, from the best plan so far."""
        limits = self._limits(self.found.asked).by(neighbourhoods=NEIGHBOURHOODS, far_factor=1.0)
        outcome = self._outcome(WHOLE, self.hedged.whole.program, limits, self.found.x)
        if outcome.x is not None:
            self._take(outcome.x, WHOLE)
        self.found.bound = max(self.found.bound, min(outcome.bound, self.found.value))
        if not self.found.is_near:
            self.found.ended_by = outcome.ended_by or TIME
        self.tell(WHOLE, self.found.value, self.found.bound)

    def _outcome(
        self, name: str, program: Program, limits: Limits, start: np.ndarray | None
    ) -> Outcome:
        """Search a program over the columns of the whole.

        Raises:
            KeyboardInterrupt: Ctrl-C, once the best plan so far is taken.
        """
        solve = partial(self.solver.search, bound=self.found.bound)
        outcome = separated(self.hedged, solve, name, program, limits, start)
        if outcome.is_stopped:
            if outcome.x is not None:
                self._take(outcome.x, name)
            raise KeyboardInterrupt
        return outcome
