"""Each date is solved by itself; then bounds go to later dates and plans to earlier ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from siting.core.calendar import add_months
from siting.core.plan import Plan
from siting.studies.base import Result, Run
from siting.studies.frontier.question import Dates
from siting.timeline.compare import Solved, StrategyStudy
from siting.timeline.library import OPTIMAL
from siting.timeline.plans import Interval, difference, has_one_goal
from siting.timeline.words import money


@dataclass(frozen=True)
class Waited:
    """What is known of deciding nothing before a date.

    Attributes:
        plan: the best that is known; None if there is none.
        cost_usd: of the plan, inf without one. bound_usd: no such plan is cheaper.
        increase: how much dearer than the best plan of the scenario.
    """

    decided_from: date
    status: str
    plan: Plan | None
    cost_usd: float
    bound_usd: float
    increase: Interval


def search(run: Run, dates: Dates) -> Mapping[str, Solved]:
    """Each date that forbids anything."""
    study = _study(run, dates)
    works = [partial(study.solve, name) for name in dates if study.has_effect(name)]
    found = run.solver.beside(works, lambda solved: run.on_done(_status(solved)))
    return {solved.result.name: solved for solved in found}


def _study(run: Run, dates: Dates) -> StrategyStudy:
    """The dates beside the optimum, on the model of the other strategies."""
    every = {OPTIMAL: run.strategies.strategies[OPTIMAL], **dates}
    return StrategyStudy(run.loaded, run.strategies.model, every)


def _status(solved: Solved) -> str:
    """What came of a date in a few words."""
    result = solved.result
    cost = f", {money(result.cost_usd)}" if result.plan else ""
    return f"{result.name}: {result.status}{cost}"


def settle(run: Run, dates: Dates, solved: Mapping[str, Solved]) -> tuple[Waited, ...]:
    """The start of the horizon, where nothing is forbidden, and each date after it."""
    study = _study(run, dates)
    settled = study.settled({OPTIMAL: run.best(), **solved}, run.solver)
    results = study.results(settled)
    best, start = results[0], run.loaded.instance.system.calendar.starts[0]
    is_alone = has_one_goal(run.loaded.instance)
    found, bound = [], best.bound_usd
    for result in results:
        months = result.strategy.decided_from_months or 0.0
        bound = max(bound, result.bound_usd) if is_alone else result.bound_usd
        pair = (result.cost_usd, min(bound, result.cost_usd))
        increase = difference(pair, best.cost_and_bound, is_never_less=is_alone)
        if not result.has_effect or result is best:
            increase = Interval(0.0, 0.0, 0.0)
        found.append(Waited(add_months(start, months), result.status, result.plan, *pair, increase))
    return tuple(found)


def is_open(found: tuple[Waited, ...]) -> bool:
    """Whether a date is not proven to the gap."""
    return any(one.status in ("FEASIBLE", "NO_SOLUTION") for one in found)


def summary(result: Result[tuple[Waited, ...]]) -> dict[str, object]:
    """Cost and bound by date."""
    return {
        f"{one.decided_from:%Y-%m}": {
            "status": one.status,
            "cost_usd": None if one.plan is None else one.cost_usd,
            "bound_usd": one.bound_usd if abs(one.bound_usd) < float("inf") else None,
        }
        for one in result.found
    }
