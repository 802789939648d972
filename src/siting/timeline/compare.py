"""Strategies side by side: each is solved on the same instance, with its own proof and audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from siting.core.errors import InfeasibleError, NoPlanError
from siting.core.plan import Plan
from siting.core.study import Strategy
from siting.model.assemble import Model, assemble
from siting.pipeline import Loaded, finish
from siting.timeline.check import strategy_findings
from siting.timeline.restrict import restricted
from siting.timeline.solves import Solver
from siting.timeline.studies import OPTIMAL


@dataclass(frozen=True)
class StrategyResult:
    """What came of a strategy.

    Attributes:
        plan: the audited plan; None if there is none.
        status: that of the plan, INFEASIBLE, or NO_SOLUTION.
        cost_usd: of the plan, inf without one. bound_usd: no plan of the strategy is cheaper.
        reasons: why there is no plan.
    """

    name: str
    strategy: Strategy
    plan: Plan | None
    status: str
    cost_usd: float
    bound_usd: float
    reasons: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """Relative gap between cost and bound; 0 where it is proven that there is no plan."""
        if self.plan is None:
            return 0.0 if self.status == "INFEASIBLE" else float("inf")
        return abs(self.cost_usd - self.bound_usd) / max(abs(self.cost_usd), 1e-9)


Done = Callable[[StrategyResult], None]


def compare_strategies(
    loaded: Loaded,
    strategies: Mapping[str, Strategy],
    solver: Solver,
    on_done: Done = lambda result: None,
) -> tuple[StrategyResult, ...]:
    """Solve each strategy; results in the order of ``strategies``.

    The optimum is solved last, so that it starts from the best plan of the others and none of them
    can look cheaper. What is proven of the optimum holds for every strategy, so its bound lifts
    theirs.

    Raises:
        InfeasibleError: the scenario itself has no plan.
    """
    model = assemble(loaded.instance)
    order = [name for name in strategies if name != OPTIMAL] + [OPTIMAL]
    results: dict[str, StrategyResult] = {}
    for name in order:
        results[name] = _solve(loaded, model, name, strategies[name], solver)
        on_done(results[name])
    best = results[OPTIMAL]
    if best.plan is None:
        raise InfeasibleError(best.reasons)
    return tuple(
        _lifted(results[name], best.bound_usd, solver.limits.gap_frac) for name in strategies
    )


def _solve(
    loaded: Loaded, model: Model, name: str, strategy: Strategy, solver: Solver
) -> StrategyResult:
    """One strategy."""
    linear = restricted(model.linear, loaded.instance, strategy)
    ranked = solver.solve(name, loaded.instance, linear)
    try:
        plan = finish(loaded, model, linear, ranked, solver.limits)
    except InfeasibleError as error:
        return _without_plan(name, strategy, "INFEASIBLE", error.limits)
    except NoPlanError as error:
        return _without_plan(name, strategy, "NO_SOLUTION", (str(error),))
    found = tuple(strategy_findings(loaded.instance, plan.tables, strategy))
    if found:
        plan = replace(plan, status="AUDIT_FAILED", findings=(*plan.findings, *found))
    plan = replace(plan, settings={**plan.settings, "strategy": name})
    return StrategyResult(name, strategy, plan, plan.status, plan.objective_usd, plan.bound_usd)


def _without_plan(
    name: str, strategy: Strategy, status: str, reasons: tuple[str, ...]
) -> StrategyResult:
    """A strategy that has no plan, or none that was found."""
    bound = float("inf") if status == "INFEASIBLE" else float("-inf")
    return StrategyResult(name, strategy, None, status, float("inf"), bound, reasons)


def _lifted(result: StrategyResult, bound_usd: float, gap_frac: float) -> StrategyResult:
    """A result with the optimum's bound where that is better."""
    if result.plan is None or bound_usd <= result.bound_usd:
        return result
    bound = min(bound_usd, result.cost_usd)
    lifted = replace(result, bound_usd=bound)
    status = result.status
    if status == "FEASIBLE" and len(result.plan.goals) == 1 and lifted.gap <= gap_frac:
        status = "OPTIMAL"
    plan = replace(result.plan, bound_usd=bound, gap=lifted.gap, status=status)
    return replace(lifted, plan=plan, status=status)
