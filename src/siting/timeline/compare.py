"""Strategies side by side: each is solved on the same instance, with its own proof and audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from siting.core.errors import InfeasibleError, NoPlanError
from siting.core.plan import Plan
from siting.core.study import Strategy
from siting.model.assemble import LinearModel, Model, assemble
from siting.model.goals import linear_goals
from siting.pipeline import Loaded, finish, without_surplus
from siting.solver.highs import FEASIBILITY, Limits, Outcome, relative_gap
from siting.solver.lexicographic import Ranked, Reached
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

    A strategy only narrows bounds. So what is proven of the optimum holds for every strategy and lifts
    its bound, most go on from the relaxation of the optimum, and each of their plans is one of the
    scenario: the optimum takes the cheapest, and none can look cheaper. Where other goals come before
    the cost, bounds hold for one goal alone; then the optimum is solved last, from the plans of the others.

    Raises:
        InfeasibleError: the scenario itself has no plan.
    """
    study = _Study(loaded, assemble(loaded.instance), strategies)
    has_one_goal = len(linear_goals(study.model.linear, loaded.instance)) == 1
    others = [name for name in strategies if name != OPTIMAL]
    # from the last: on the national scenario those that take longest, which keeps all threads busy
    order = [OPTIMAL, *reversed(others)] if has_one_goal else others
    found = solver.beside([partial(study.solve, name) for name in order], lambda r: on_done(r[0]))
    solved = dict(zip(order, found, strict=True))
    if not has_one_goal:
        solved[OPTIMAL] = study.solve(OPTIMAL, solver)
        on_done(solved[OPTIMAL][0])
    if has_one_goal:
        results = study.combined(solved, solver)
    else:
        results = {name: result for name, (result, _) in solved.items()}
    if results[OPTIMAL].plan is None:
        raise InfeasibleError(results[OPTIMAL].reasons)
    return tuple(results[name] for name in strategies)


@dataclass(frozen=True)
class _Study:
    """The scenario whose strategies are compared."""

    loaded: Loaded
    model: Model
    strategies: Mapping[str, Strategy]

    def solve(self, name: str, solver: Solver) -> tuple[StrategyResult, Ranked]:
        """One strategy."""
        instance, strategy = self.loaded.instance, self.strategies[name]
        linear = restricted(self.model, instance, strategy)
        ranked = solver.solve(name, instance, linear)
        return self._result(name, linear, ranked, solver.limits), ranked

    def combined(
        self, solved: Mapping[str, tuple[StrategyResult, Ranked]], solver: Solver
    ) -> dict[str, StrategyResult]:
        """The optimum with the cheapest plan, every strategy with its own bound or that of the optimum,
        whichever is better."""
        results = {name: result for name, (result, _) in solved.items()}
        own, gap_frac = solved[OPTIMAL][1], solver.limits.gap_frac
        outcomes = (ranked.outcome for _, ranked in solved.values())
        cheapest = min(outcomes, key=lambda outcome: outcome.objective)
        if cheapest.objective < own.outcome.objective:
            # what the strategy ordered to be bought is not needed by order any more
            ranked = without_surplus(
                self.loaded.instance,
                self.model.linear,
                _with_plan(own, cheapest, gap_frac),
                replace(solver.limits, time_limit_seconds=None),
            )
            results[OPTIMAL] = self._result(OPTIMAL, self.model.linear, ranked, solver.limits)
        bound_usd = results[OPTIMAL].bound_usd
        return {name: _lifted(result, bound_usd, gap_frac) for name, result in results.items()}

    def _result(
        self, name: str, linear: LinearModel, ranked: Ranked, limits: Limits
    ) -> StrategyResult:
        """The audited plan of what a solve came to, or why there is none."""
        strategy = self.strategies[name]
        try:
            plan = finish(self.loaded, self.model, linear, ranked, limits)
        except InfeasibleError as error:
            return _without_plan(name, strategy, "INFEASIBLE", error.limits)
        except NoPlanError as error:
            return _without_plan(name, strategy, "NO_SOLUTION", (str(error),))
        found = tuple(strategy_findings(self.loaded.instance, plan.tables, strategy))
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


def _with_plan(own: Ranked, best: Outcome, gap_frac: float) -> Ranked:
    """What the search for the optimum has proven, with a plan that is cheaper than its own."""
    bound = own.outcome.bound
    gap = relative_gap(best.objective, bound)
    is_proven = gap <= gap_frac + FEASIBILITY
    status = "OPTIMAL" if is_proven else "FEASIBLE"
    value = best.objective
    return replace(
        own,
        outcome=replace(own.outcome, status=status, x=best.x, objective=value, gap=gap),
        goals=(Reached(value, value, bound, gap, is_proven),),
    )


def _lifted(result: StrategyResult, bound_usd: float, gap_frac: float) -> StrategyResult:
    """A result with the optimum's bound where that is better."""
    if result.plan is None or bound_usd <= result.bound_usd:
        return result
    bound = min(bound_usd, result.cost_usd)
    lifted = replace(result, bound_usd=bound)
    is_proven = result.status == "FEASIBLE" and lifted.gap <= gap_frac
    status = "OPTIMAL" if is_proven else result.status
    plan = replace(result.plan, bound_usd=bound, gap=lifted.gap, status=status)
    return replace(lifted, plan=plan, status=status)
