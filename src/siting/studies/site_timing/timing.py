"""One site now, later, or never: what each costs, and until when waiting beats starting now.

Four kinds of plan are solved, with the commitment c of the site: committed in the first period
(``now``: c[0] = 1), not before a date D (c[p] = 0 while p starts before D), never (c = 0), and free.
A later D only narrows what is allowed, so the cost never falls with D. Waiting until D is better
than now for certain where cost(D) < bound(now), worse where cost(now) < bound(D). The last date that
is better for certain and the first that is worse are found by halving over the periods; between
them the gap leaves it open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from siting.core.errors import InputError, Issue
from siting.core.table import Cell, Table
from siting.core.warnings import listed
from siting.instance.build import Instance
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.pipeline import Loaded
from siting.solver.lexicographic import Ranked
from siting.timeline.plans import (
    INFINITE,
    Interval,
    bettered,
    cost_and_bound,
    difference,
    finite,
    has_one_goal,
    lifted,
    surely_better,
    surely_no_worse,
)
from siting.timeline.solves import Solver

COMMIT = "core.commit"
FREE, NOW, NEVER = "free", "now", "never"
COLUMNS = (
    "site",
    "case",
    "not_before_date",
    "status",
    "cost_usd",
    "bound_usd",
    "saving_lower_usd",
    "saving_upper_usd",
    "against_now_usd",
)


@dataclass(frozen=True)
class TimedCase:
    """What is known of the best plan under one timing of the site.

    Attributes:
        case: free, now, never, or not before a date. period: the first in which a wait allows it.
    """

    case: str
    period: int | None
    ranked: Ranked

    @property
    def is_wait(self) -> bool:
        """Whether the site waits for a date."""
        return self.period is not None

    @property
    def status(self) -> str:
        """OPTIMAL, FEASIBLE, INFEASIBLE or NO_SOLUTION."""
        return self.ranked.outcome.status

    @property
    def cost_and_bound(self) -> tuple[float, float]:
        """Cost and bound [USD]; inf without a plan."""
        return cost_and_bound(self.ranked.outcome)

    @property
    def cost_usd(self) -> float:
        """Cost of the plan, inf without one."""
        return self.cost_and_bound[0]

    @property
    def bound_usd(self) -> float:
        """No plan with this timing is cheaper."""
        return self.cost_and_bound[1]


@dataclass(frozen=True)
class SiteTiming:
    """Now, later, never at one site.

    Attributes:
        cases: ``free``, ``now``, ``never``, and waits by ascending date.
        starts: of the periods.
        is_cost_all: whether the cost is the only goal.
    """

    site: str
    cases: tuple[TimedCase, ...]
    starts: tuple[date, ...]
    is_cost_all: bool

    def case(self, name: str) -> TimedCase:
        """The case of a name."""
        return next(case for case in self.cases if case.case == name)

    @property
    def waits(self) -> list[TimedCase]:
        """The waits that were solved, by ascending date."""
        return [case for case in self.cases if case.is_wait]

    @property
    def wins_until(self) -> date | None:
        """Last date until which waiting is better than now for certain; None if none is."""
        now = self.case(NOW).ranked
        return self._date([w for w in self.waits if surely_better(w.ranked, now)][-1:])

    @property
    def loses_from(self) -> date | None:
        """First date until which waiting is worse for certain; None if none is."""
        now = self.case(NOW).ranked
        return self._date([w for w in self.waits if surely_better(now, w.ranked)][:1])

    @property
    def is_no_wait_better(self) -> bool:
        """Whether it is proven that no wait is better: not even the shortest, which allows most."""
        now = self.case(NOW).ranked
        return all(surely_no_worse(now, wait.ranked) for wait in self.waits[:1])

    @property
    def is_no_wait_worse(self) -> bool:
        """Whether it is proven that no wait is worse: not even the longest."""
        now = self.case(NOW).ranked
        return all(surely_no_worse(wait.ranked, now) for wait in self.waits[-1:])

    @property
    def without(self) -> Interval:
        """By how much the best plan is dearer without the site [USD]."""
        never, free = self.case(NEVER).cost_and_bound, self.case(FREE).cost_and_bound
        return difference(never, free, is_never_less=self.is_cost_all)

    def _date(self, waits: Sequence[TimedCase]) -> date | None:
        """The date of the only wait, if there is one."""
        return self.starts[waits[0].period or 0] if waits else None


def check_sites(instance: Instance, sites: Sequence[str]) -> None:
    """Refuse sites that the scenario does not have.

    Raises:
        InputError: their names.
    """
    known = instance.system.sites
    expected = f"one of {listed(sorted(known), 8)}"
    issues = [
        Issue(f"site '{site}'", "not a site of the scenario", expected, "Correct the name")
        for site in sites
        if site not in known
    ]
    if issues:
        raise InputError(issues)


def time_site(loaded: Loaded, site: str, solver: Solver, free: Ranked | None = None) -> SiteTiming:
    """Costs of the timings of a site of the scenario.

    Args:
        free: the optimum, where it is known.
    """
    instance = loaded.instance
    starts = instance.system.calendar.starts
    linear = assemble(instance).linear
    waits: dict[int, TimedCase] = {}

    def solved(case: str, period: int | None, solver: Solver) -> TimedCase:
        program = _timed(linear, site, case, period)
        return TimedCase(case, period, solver.solve(f"{site} {case}", instance, program))

    def wait(period: int) -> Ranked:
        if period not in waits:
            waits[period] = solved(f"not before {starts[period]}", period, solver)
        return waits[period].ranked

    best = solved(FREE, None, solver) if free is None else TimedCase(FREE, None, free)
    now, never = solver.beside([partial(solved, NOW, None), partial(solved, NEVER, None)])
    if len(starts) > 1:
        last = len(starts) - 1
        _last(1, last, lambda p: surely_better(wait(p), now.ranked))
        _last(1, last, lambda p: not surely_better(now.ranked, wait(p)))
    cases = (best, now, never, *(waits[p] for p in sorted(waits)))
    timing = SiteTiming(site, cases, starts, has_one_goal(instance))
    return settled(loaded, timing, solver, free)


def settled(
    loaded: Loaded, timing: SiteTiming, solver: Solver, free: Ranked | None = None
) -> SiteTiming:
    """Every case with the best plan that any solve of the study has found for it, and with the best bound:
    what is proven of the optimum, or of a shorter wait, holds for a longer one and for never.

    Args:
        free: the optimum, where it is known.
    """
    instance, limits = loaded.instance, solver.limits
    linear = assemble(instance).linear

    def better(case: TimedCase) -> TimedCase:
        program = _timed(linear, timing.site, case.case, case.period)
        ranked = bettered(instance, program, case.ranked, solver.points, limits)
        return replace(case, ranked=ranked)

    def above(case: TimedCase, bound: float) -> TimedCase:
        return replace(case, ranked=lifted(case.ranked, bound, limits))

    known = timing.case(FREE) if free is None else TimedCase(FREE, None, free)
    best = better(known)
    bound = best.ranked.outcome.bound if timing.is_cost_all else -INFINITE
    now, never = (above(better(timing.case(name)), bound) for name in (NOW, NEVER))
    waits = []
    for wait in timing.waits:
        waits.append(above(better(wait), bound))
        if timing.is_cost_all:
            bound = max(bound, waits[-1].ranked.outcome.bound)
    return replace(timing, cases=(best, now, above(never, bound), *waits))


def _last(low: int, high: int, holds: Callable[[int], bool]) -> int | None:
    """Last period at which a test holds that, once it fails, fails for all later ones."""
    if not holds(low):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _timed(linear: Program, site: str, case: str, period: int | None) -> Program:
    """The program of a case: the commitment held at 1 from the first period on, or at 0 before one."""
    lower, upper = linear.lower.copy(), linear.upper.copy()
    for (name, key), column in linear.columns.items():
        if name == COMMIT and key[0] == site:
            if case == NOW:
                lower[column] = 1.0
            elif case == NEVER or (period is not None and key[1] < period):
                upper[column] = 0.0
    return linear.bounded(lower, upper)


def best_saving(timing: SiteTiming) -> Interval:
    """What the wait that saves most for certain saves against a start now [USD]."""
    now = timing.case(NOW).cost_and_bound
    saved = [difference(now, w.cost_and_bound, is_never_less=False) for w in timing.waits]
    return max(saved, key=lambda usd: usd.least)


def band(timing: SiteTiming) -> list[tuple[date, Interval]]:
    """How much dearer than the best plan it is to commit the site not before each date [USD].

    A plan of a later date, or without the site, is one of an earlier date, and what is proven of an earlier
    date holds for a later one. Where other goals come before the cost only the dates solved are known.
    """
    free, never, waits = timing.case(FREE), timing.case(NEVER), timing.waits
    found = [(timing.starts[0], Interval(0.0, 0.0, 0.0))]
    for period in range(1, len(timing.starts)):
        later = [w for w in waits if (w.period or 0) >= period]
        earlier = [w for w in waits if (w.period or 0) <= period]
        if timing.is_cost_all:
            later, earlier = [*later, never], [free, *earlier]
        else:
            later = earlier = [w for w in waits if w.period == period]
        if not later:
            continue
        most, least = min(w.cost_usd for w in later), max(w.bound_usd for w in earlier)
        pair = (most, min(least, most))
        dearer = difference(pair, free.cost_and_bound, is_never_less=timing.is_cost_all)
        found.append((timing.starts[period], dearer))
    return found


def site_timing_tables(timings: Sequence[SiteTiming]) -> dict[str, Table]:
    """``site_timing``, one row a case; what it saves against starting now: at least, at most, between plans."""
    rows: list[dict[str, Cell]] = []
    for timing in timings:
        now = timing.case(NOW)
        for case in timing.cases:
            saved = difference(now.cost_and_bound, case.cost_and_bound, is_never_less=False)
            if case is now:
                saved = Interval(0.0, 0.0, 0.0)
            rows.append(
                {
                    "site": timing.site,
                    "case": "wait" if case.is_wait else case.case,
                    "not_before_date": timing.starts[case.period or 0] if case.is_wait else None,
                    "status": case.status,
                    "cost_usd": finite(case.cost_usd),
                    "bound_usd": finite(case.bound_usd),
                    "saving_lower_usd": finite(saved.least),
                    "saving_upper_usd": finite(saved.most),
                    "against_now_usd": finite(saved.plan),
                }
            )
    return {"site_timing": Table.of(COLUMNS, rows)}
