"""Strategies side by side: each is solved on the same instance, with its own proof and audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from siting.core.errors import InfeasibleError, NoPlanError
from siting.core.plan import Plan
from siting.core.proof import HOPELESS
from siting.core.study import Strategy
from siting.instance.build import Instance
from siting.model.assemble import USD_PER_OBJECTIVE, Model, assemble
from siting.model.program import Program, same_limits
from siting.pipeline import Loaded, finish, goal_results
from siting.solver.highs import Limits
from siting.solver.lexicographic import Ranked
from siting.solver.record import as_text
from siting.timeline.check import strategy_findings
from siting.timeline.library import OPTIMAL
from siting.timeline.plans import bettered, has_one_goal, lifted
from siting.timeline.restrict import restricted
from siting.timeline.solves import Solver


@dataclass(frozen=True)
class StrategyResult:
    """What came of a strategy.

    Attributes:
        plan: the audited plan; None if there is none.
        status: that of the plan, INFEASIBLE, or NO_SOLUTION.
        cost_usd: of the plan, inf without one. bound_usd: no plan of the strategy is cheaper; -inf where
            nothing is proven.
        reasons: why there is no plan.
        has_effect: whether the strategy restricts anything in this scenario; if not, the plan is
            that of the optimum.
    """

    name: str
    strategy: Strategy
    plan: Plan | None
    status: str
    cost_usd: float
    bound_usd: float
    reasons: tuple[str, ...] = ()
    has_effect: bool = True

    @property
    def gap(self) -> float:
        """Relative gap between cost and bound; 0 where it is proven that there is no plan."""
        if self.plan is None:
            return 0.0 if self.status == "INFEASIBLE" else float("inf")
        return self.plan.gap if self.bound_usd > -float("inf") else float("inf")

    @property
    def cost_and_bound(self) -> tuple[float, float]:
        """Cost and bound [USD]."""
        return self.cost_usd, self.bound_usd


@dataclass(frozen=True)
class Solved:
    """A strategy, the program with its bounds, what is known of it, and the result."""

    linear: Program
    ranked: Ranked
    result: StrategyResult


Done = Callable[[StrategyResult], None]


def compare_strategies(
    loaded: Loaded,
    strategies: Mapping[str, Strategy],
    solver: Solver,
    on_done: Done = lambda result: None,
) -> tuple[StrategyResult, ...]:
    """Solve each strategy; results in the order of ``strategies``.

    Raises:
        InfeasibleError: the scenario itself has no plan.
    """
    study = StrategyStudy(loaded, assemble(loaded.instance), strategies)
    return study.results(study.settled(study.solved(solver, on_done), solver))


@dataclass(frozen=True)
class StrategyStudy:
    """The scenario whose strategies are compared.

    A strategy only narrows bounds. So what is proven of the optimum holds for every strategy and lifts
    its bound, most go on from the relaxation of the optimum, and each of their plans is one of the
    scenario: the optimum takes the cheapest, and none can look cheaper. Where other goals come before
    the cost, bounds hold for one goal alone; then the optimum is solved last, from the plans of the others.
    """

    loaded: Loaded
    model: Model
    strategies: Mapping[str, Strategy]

    def solved(self, solver: Solver, on_done: Done = lambda result: None) -> dict[str, Solved]:
        """Each strategy that restricts anything by itself, and the optimum.

        Args:
            on_done: called with each result.
        """
        is_alone = has_one_goal(self.loaded.instance)
        others = [name for name in self.strategies if name != OPTIMAL and self.has_effect(name)]
        # from the last: on the national scenario those that take longest, which keeps all threads busy
        order = [OPTIMAL, *reversed(others)] if is_alone else others
        works = [partial(self.solve, name) for name in order]
        found = solver.beside(works, lambda s: on_done(s.result))
        solved = dict(zip(order, found, strict=True))
        if not is_alone:
            solved[OPTIMAL] = self.solve(OPTIMAL, solver)
            on_done(solved[OPTIMAL].result)
        return solved

    def solve(self, name: str, solver: Solver) -> Solved:
        """One strategy."""
        linear = self._linear(name)
        ranked = solver.solve(name, self.loaded.instance, linear)
        return self._solved(name, linear, ranked, solver.limits)

    def has_effect(self, name: str) -> bool:
        """Whether a strategy restricts anything in this scenario."""
        return not same_limits(self.model.linear, self._linear(name))

    def settled(self, solved: Mapping[str, Solved], solver: Solver) -> dict[str, Solved]:
        """Every strategy with the best plan that any solve of the study has found for it, and with its
        own bound or that of the optimum, whichever is better.

        Raises:
            InfeasibleError: the scenario itself has no plan. NoPlanError: none was found.
        """
        instance, limits = self.loaded.instance, solver.limits
        found = {}
        for name, before in solved.items():
            ranked = bettered(instance, before.linear, before.ranked, solver.points, limits)
            if ranked is before.ranked:
                found[name] = before
            else:
                found[name] = self._solved(name, before.linear, ranked, limits)
        best = found[OPTIMAL]
        if best.result.status == "NO_SOLUTION":
            raise NoPlanError(best.result.reasons[0])
        if best.result.plan is None:
            raise InfeasibleError(best.result.reasons)
        if has_one_goal(instance):
            bound = best.ranked.outcome.bound
            found = {name: _lifted(instance, s, bound, limits) for name, s in found.items()}
        return found

    def results(self, solved: Mapping[str, Solved]) -> tuple[StrategyResult, ...]:
        """In the order of the strategies; those that restrict nothing have what the optimum has."""
        best = solved[OPTIMAL].result
        return tuple(
            solved[name].result if name in solved else _same(best, name, strategy)
            for name, strategy in self.strategies.items()
        )

    def _linear(self, name: str) -> Program:
        """The program with the bounds of a strategy."""
        return restricted(self.model, self.loaded.instance, self.strategies[name])

    def _solved(self, name: str, linear: Program, ranked: Ranked, limits: Limits) -> Solved:
        """A strategy with its result."""
        return Solved(linear, ranked, self._result(name, linear, ranked, limits))

    def _result(self, name: str, linear: Program, ranked: Ranked, limits: Limits) -> StrategyResult:
        """The audited plan of what a solve came to, or why there is none."""
        strategy = self.strategies[name]
        try:
            plan = finish(self.loaded, self.model, linear, ranked, limits, name)
        except InfeasibleError as error:
            return _without_plan(name, strategy, "INFEASIBLE", error.limits)
        except NoPlanError as error:
            return _without_plan(name, strategy, "NO_SOLUTION", (str(error),))
        found = tuple(strategy_findings(self.loaded.instance, plan.tables, strategy))
        if found:
            plan = replace(plan, status="AUDIT_FAILED", findings=(*plan.findings, *found))
        bound_usd = _proven_usd(plan)
        return StrategyResult(name, strategy, plan, plan.status, plan.objective_usd, bound_usd)


def _proven_usd(plan: Plan) -> float:
    """What no plan is cheaper than; -inf where the bound does not even rule out one that costs nothing."""
    return plan.bound_usd if plan.gap < HOPELESS else -float("inf")


def _without_plan(
    name: str, strategy: Strategy, status: str, reasons: tuple[str, ...]
) -> StrategyResult:
    """A strategy that has no plan, or none that was found."""
    bound = float("inf") if status == "INFEASIBLE" else float("-inf")
    return StrategyResult(name, strategy, None, status, float("inf"), bound, reasons)


def _same(best: StrategyResult, name: str, strategy: Strategy) -> StrategyResult:
    """The result of a strategy that restricts nothing."""
    assert best.plan is not None
    plan = replace(best.plan, settings={**best.plan.settings, "strategy": name})
    reasons = ("restricts nothing in this scenario",)
    return replace(best, name=name, strategy=strategy, plan=plan, reasons=reasons, has_effect=False)


def _lifted(instance: Instance, solved: Solved, bound: float, limits: Limits) -> Solved:
    """A strategy with the optimum's bound where that is better."""
    ranked, result = lifted(solved.ranked, bound, limits), solved.result
    if ranked is solved.ranked or result.plan is None:
        return solved
    outcome = ranked.outcome
    status = "AUDIT_FAILED" if result.plan.findings else outcome.status
    bound_usd = outcome.bound * USD_PER_OBJECTIVE
    goals = goal_results(instance, ranked)
    plan = replace(
        result.plan,
        bound_usd=bound_usd,
        gap=outcome.gap,
        status=status,
        goals=goals,
        search_log=as_text(outcome.steps),
    )
    better = replace(result, plan=plan, bound_usd=_proven_usd(plan), status=status)
    return Solved(solved.linear, ranked, better)
