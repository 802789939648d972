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
from siting.instance.build import Instance
from siting.model.assemble import USD_PER_OBJECTIVE, LinearModel, assemble
from siting.pipeline import Loaded
from siting.timeline.solves import Solver

COMMIT = "core.commit"
COLUMNS = ("site", "case", "not_before_date", "status", "cost_usd", "bound_usd", "against_now_usd")
INFINITE = float("inf")


@dataclass(frozen=True)
class TimedCase:
    """The best plan under one timing of the site; ``cost_usd`` is inf without a plan."""

    case: str
    period: int | None
    status: str
    cost_usd: float
    bound_usd: float


@dataclass(frozen=True)
class SiteTiming:
    """Now, later, never at one site.

    Attributes:
        cases: ``free``, ``now``, ``never``, and ``wait`` by ascending date.
        wins_until: last date until which waiting is better than now for certain; None if never.
        loses_from: first date until which waiting is worse for certain; None if none is.
    """

    site: str
    cases: tuple[TimedCase, ...]
    wins_until: date | None
    loses_from: date | None


def check_sites(instance: Instance, sites: Sequence[str]) -> None:
    """Refuse sites that the scenario does not have.

    Raises:
        InputError: their names.
    """
    known = instance.system.sites
    expected = f"one of {sorted(known)[:8]}"
    issues = [
        Issue(f"site '{site}'", "not a site of the scenario", expected, "Correct the name")
        for site in sites
        if site not in known
    ]
    if issues:
        raise InputError(issues)


def time_site(
    loaded: Loaded, site: str, solver: Solver, free: TimedCase | None = None
) -> SiteTiming:
    """Costs of the timings of a site of the scenario.

    Args:
        free: the optimum, where it is known.
    """
    instance = loaded.instance
    starts = instance.system.calendar.starts
    linear = assemble(instance).linear
    waits: dict[int, TimedCase] = {}

    def case(name: str, period: int | None, narrowed: LinearModel, solver: Solver) -> TimedCase:
        outcome = solver.solve(f"{site} {name}", instance, narrowed).outcome
        usd = (outcome.objective * USD_PER_OBJECTIVE, outcome.bound * USD_PER_OBJECTIVE)
        return TimedCase(name, period, outcome.status, *usd)

    def wait(period: int) -> TimedCase:
        if period not in waits:
            label = f"not before {starts[period]}"
            waits[period] = case(label, period, _held(linear, site, period, 0.0), solver)
        return waits[period]

    free = free or case("free", None, linear, solver)
    now, never = solver.beside(
        [
            partial(case, "now", 0, _held(linear, site, 0, 1.0)),
            partial(case, "never", None, _held(linear, site, len(starts), 0.0)),
        ]
    )
    last_win = _last(1, len(starts) - 1, lambda p: wait(p).cost_usd < now.bound_usd)
    first_loss = _last(1, len(starts) - 1, lambda p: not now.cost_usd < wait(p).bound_usd)
    loses = 1 if first_loss is None else first_loss + 1
    return SiteTiming(
        site,
        (free, now, never, *(waits[p] for p in sorted(waits))),
        None if last_win is None else starts[last_win],
        starts[loses] if loses < len(starts) else None,
    )


def _last(low: int, high: int, holds: Callable[[int], bool]) -> int | None:
    """Last period at which a test holds that, once it fails, fails for all later ones."""
    if not holds(low):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _held(linear: LinearModel, site: str, period: int, value: float) -> LinearModel:
    """The commitment of a site held at 1 from a period on, or at 0 before it."""
    lower, upper = linear.lower.copy(), linear.upper.copy()
    for (name, key), column in linear.columns.items():
        if name == COMMIT and key[0] == site:
            if value and key[1] >= period:
                lower[column] = 1.0
            elif not value and key[1] < period:
                upper[column] = 0.0
    return replace(linear, lower=lower, upper=upper)


def site_timing_table(timings: Sequence[SiteTiming], starts: tuple[date, ...]) -> Table:
    """One row a case; ``against_now_usd`` is what the case saves against starting now."""
    rows: list[dict[str, Cell]] = []
    for timing in timings:
        now = next(case for case in timing.cases if case.case == "now")
        for case in timing.cases:
            is_plan = case.cost_usd < INFINITE
            saved = now.cost_usd - case.cost_usd if is_plan and now.cost_usd < INFINITE else None
            is_wait = case.case.startswith("not before") and case.period is not None
            rows.append(
                {
                    "site": timing.site,
                    "case": "wait" if is_wait else case.case,
                    "not_before_date": starts[case.period or 0] if is_wait else None,
                    "status": case.status,
                    "cost_usd": case.cost_usd if is_plan else None,
                    "bound_usd": case.bound_usd if abs(case.bound_usd) < INFINITE else None,
                    "against_now_usd": saved,
                }
            )
    return Table.of(COLUMNS, rows)
