"""Which strategies are compared, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from siting.core.plan import Plan
from siting.core.study import Strategy
from siting.pipeline import Loaded
from siting.studies.base import Result, Run
from siting.studies.option import Asked, Form, Option
from siting.timeline.compare import Solved, StrategyResult
from siting.timeline.library import strategies_for
from siting.timeline.plans import finite
from siting.timeline.words import money

Strategies = Mapping[str, Strategy]
Results = tuple[StrategyResult, ...]

STRATEGIES: Option[tuple[str, ...]] = Option(
    argument="strategies",
    flag="--strategies",
    help="Strategies by name, with commas; all of them if left out.",
    default=(),
    form=Form.COMMAS,
)


def check(loaded: Loaded, asked: Asked, left_out: Callable[[str], None]) -> Strategies:
    """The strategies by name, ``optimal`` first."""
    return strategies_for(loaded.instance, asked[STRATEGIES], left_out)


def search(run: Run, named: Strategies) -> Mapping[str, Solved]:
    """Each that restricts anything, by itself."""
    run.solved = run.strategies.solved(run.solver, lambda result: run.on_done(_status(result)))
    return run.solved


def settle(run: Run, named: Strategies, solved: Mapping[str, Solved]) -> Results:
    """Each with the best plan that any solve has found for it."""
    run.best()
    return run.strategies.results(run.strategies.settled(solved, run.solver))


def _status(result: StrategyResult) -> str:
    """What came of a strategy in a few words; its gap may still close by what others prove."""
    cost = f", {money(result.cost_usd)}" if result.plan else ""
    return f"{result.name}: {result.status}{cost}"


def plans(results: Results) -> dict[str, Plan]:
    """The plan of each strategy that has one."""
    return {result.name: result.plan for result in results if result.plan is not None}


def is_open(results: Results) -> bool:
    """Whether a strategy is not proven to the gap."""
    return any(result.status in ("FEASIBLE", "NO_SOLUTION") for result in results)


def summary(result: Result[Results]) -> dict[str, object]:
    """Status, cost, bound and restriction of each strategy."""
    return {
        one.name: {
            "status": one.status,
            "has_effect": one.has_effect,
            "cost_usd": None if one.plan is None else one.cost_usd,
            "bound_usd": None if one.plan is None else finite(one.bound_usd),
            "gap": None if one.plan is None else finite(one.gap),
            "audit_passed": None if one.plan is None else not one.plan.findings,
            "restriction": one.strategy.model_dump(mode="json", exclude_none=True),
            "reasons": list(one.reasons),
        }
        for one in result.found
    }
