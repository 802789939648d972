"""The way from a loaded scenario to a plan: model, solve, extract, audit."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from time import perf_counter
from typing import Any

import numpy as np

from siting.core.audit import Finding
from siting.core.errors import InfeasibleError, Issue, NoPlanError
from siting.core.goals import GoalResult, LeastCost, value_of
from siting.core.marginal import MARGINAL
from siting.core.plan import UNAVOIDABLE, Plan
from siting.instance.build import Instance, places_of
from siting.loading import Loaded, load, model_size
from siting.model.assemble import USD_PER_OBJECTIVE, Model, assemble
from siting.model.goals import linear_goals, unavoidable_mw_months, with_reach
from siting.model.program import Program
from siting.model.values import SolvedValues
from siting.scenario import LEAST_COST, SolverSettings
from siting.simpler import Start, start_without
from siting.solution.audit import audit_tables
from siting.solution.certificate import GOALS, STUDY, is_known, relaxation_proof
from siting.solution.common_cost import any_plan_usd
from siting.solution.extract import extract
from siting.solution.goals import audit_goals
from siting.solution.purchases import LEAST, audit_purchases
from siting.solution.warn import warnings_about
from siting.solver.basis import Basis
from siting.solver.explain import explain_infeasible
from siting.solver.highs import CTRL_C, Limits, Outcome, Progress
from siting.solver.lazy_rows import separator, solve_lazily
from siting.solver.lexicographic import Ranked, solve_goals, with_plan
from siting.solver.marginal import marginal_campus
from siting.solver.method import PLAIN
from siting.solver.record import Step, as_text, of_goal
from siting.solver.relaxation_duals import relaxation_duals
from siting.solver.tidy import tidied_lazily

__all__ = ["Loaded", "load"]
logger = logging.getLogger(__name__)

MAYBE_IDLE = Issue(
    "plan",
    "it may hold purchases that nobody needs: the search for them did not come to its end",
    "a search that ends",
    "Where Ctrl-C or a time limit ended it, solve again without",
)
PACKAGES = ("siting", "pyomo", "highspy", "numpy", "geopandas")


def limits_of(instance: Instance) -> Limits:
    """Solver limits of a scenario."""
    return limits_by(instance.scenario.solver)


def limits_by(settings: SolverSettings) -> Limits:
    """Solver limits that settings state."""
    return Limits(settings.gap_frac, settings.time_limit_seconds, settings.threads, settings.seed)


def run(
    loaded: Loaded,
    on_progress: Callable[[Progress], None] | None = None,
    limits: Limits | None = None,
) -> Plan:
    """Solve a scenario and audit the plan.

    Raises:
        InfeasibleError: no plan satisfies the limits; says which clash.
        NoPlanError: the solver stopped before it had a plan.
    """
    limits = limits or limits_of(loaded.instance)
    try:
        model = assemble(loaded.instance)
    except InfeasibleError as error:
        lines = explain_infeasible(loaded.instance, limits, None, error.limits)
        raise InfeasibleError(lines) from error
    ranked = solve_linear(loaded.instance, model.linear, limits, on_progress)
    plan = finish(loaded, model, model.linear, ranked, limits)
    return _with_marginal(plan, loaded.instance, model.linear, ranked, limits)


def _with_marginal(
    plan: Plan, instance: Instance, linear: Program, ranked: Ranked, limits: Limits
) -> Plan:
    """A plan that says what its marginal campus is worth, where cost is all that counts and every row is
    stated."""
    x = ranked.outcome.x
    if x is None or len(instance.scenario.goals()) > 1 or separator(instance) is not None:
        return plan
    if ranked.outcome.is_stopped or "workloads" not in instance.data:
        return plan
    found = marginal_campus(instance, linear, x, limits)
    return plan if found is None else replace(plan, settings={**plan.settings, MARGINAL: found})


def solve_linear(
    instance: Instance,
    linear: Program,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None = None,
    start: np.ndarray | None = None,
    basis: Basis | None = None,
) -> Ranked:
    """Solve the goals of a scenario on its model, or on one whose bounds were narrowed.

    Args:
        instance: whose goals are solved. linear: its model.
        start: values by column of a plan that is feasible.
        basis: of the relaxation of the same model with other bounds; of use where every row is stated.
    """
    started = perf_counter()
    asked, begun = limits, Start(start)
    if start is None and instance.scenario.begins_without():
        begun = start_without(instance, linear, limits, on_progress, solve_linear)
        start = begun.x
        left_seconds = 0.0 if begun.is_stopped else limits.left(started)
        limits = replace(limits, time_limit_seconds=left_seconds)
    goals = linear_goals(linear, instance)
    tidy = partial(with_reach, linear, instance)

    def solve(program: Program, within: Limits, plan: np.ndarray | None) -> Ranked:
        return solve_goals(program, goals, within, on_progress, tidy, plan)

    separate = separator(instance)
    if separate is None:
        ranked = solve_goals(linear, goals, limits, on_progress, tidy, start, basis)
    else:
        ranked = solve_lazily(linear, separate, limits, solve, start, on_progress)
    ranked = _begun_by(ranked, begun, linear if separate is None else None, started)
    left = replace(asked, time_limit_seconds=asked.left(started), how=PLAIN)
    return without_surplus(instance, linear, ranked, left, on_progress)


def _begun_by(ranked: Ranked, begun: Start, linear: Program | None, started: float) -> Ranked:
    """What a search came to, with what was found before it and the time of both; once stopped it stays so.

    Args:
        linear: the whole model; None where rows are stated as they are broken, so that what the start costs
            is not known from it.
    """
    if not begun.words and not begun.is_stopped:
        return ranked
    outcome = ranked.outcome
    steps = outcome.steps
    if begun.x is not None and linear is not None:
        step = Step(begun.words, float(linear.cost @ begun.x) + linear.offset, -np.inf)
        is_only = len(ranked.goals) < 2
        steps = (*([step] if is_only else of_goal([step], LEAST_COST.goal)), *steps)
    is_stopped = outcome.is_stopped or begun.is_stopped
    ended_by = CTRL_C if begun.is_stopped and outcome.ended_by else outcome.ended_by
    seconds = perf_counter() - started
    outcome = replace(
        outcome, is_stopped=is_stopped, ended_by=ended_by, steps=steps, seconds=seconds
    )
    return replace(ranked, outcome=outcome)


def without_surplus(
    instance: Instance,
    linear: Program,
    ranked: Ranked,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None = None,
) -> Ranked:
    """What a solve came to, without purchases that nobody needs; never dearer.

    Args:
        linear: the model that was solved. limits: gap, and the time that is left.
    """
    if ranked.outcome.x is None:
        return ranked
    started = perf_counter()
    program = linear if ranked.program is None else ranked.program
    separate = separator(instance)
    tidied = tidied_lazily(program, instance, ranked.outcome, limits, separate, on_progress)
    goals = linear_goals(linear, instance)
    ranked = with_plan(ranked, goals, with_reach(linear, instance, tidied.x), limits)
    seconds = ranked.outcome.seconds + perf_counter() - started
    is_stopped = ranked.outcome.is_stopped or tidied.is_stopped
    outcome = replace(ranked.outcome, seconds=seconds, is_stopped=is_stopped)
    return replace(ranked, outcome=outcome, is_least=tidied.is_least)


def finish(
    loaded: Loaded,
    model: Model,
    linear: Program,
    ranked: Ranked,
    limits: Limits,
    strategy: str | None = None,
    *,
    is_written: bool = True,
) -> Plan:
    """The audited plan of what a solve came to.

    Args:
        model: names and ledger of the model. linear: the arrays that were solved.
        strategy: name of the one that narrowed them.
        is_written: whether it may be written to a folder, and needs what its certificate states.

    Raises:
        InfeasibleError: no plan satisfies the limits; says which clash.
        NoPlanError: the solver stopped before it had a plan.
    """
    instance, outcome = loaded.instance, ranked.outcome
    is_narrowed = linear is not model.linear
    known = model.linear if strategy is None else linear
    linear = linear if ranked.program is None else ranked.program
    if outcome.status == "INFEASIBLE":
        raise _infeasible(explain_infeasible(instance, limits, linear, is_narrowed=is_narrowed))
    if outcome.status == "UNBOUNDED":
        raise NoPlanError("The cost has no lower bound: some cost in the scenario is negative.")
    if outcome.x is None:
        raise NoPlanError(
            f"The solver stopped after {outcome.seconds:.1f} s without a plan, ended by "
            f"{outcome.ended_by or 'itself'}. "
            "Raise the time limit, widen the gap, or shorten the horizon."
        )
    tables = extract(instance, SolvedValues(model, outcome.x))
    results = goal_results(instance, ranked)
    findings: list[Finding] = [
        *audit_tables(instance, tables, outcome.objective * USD_PER_OBJECTIVE),
        *audit_goals(instance, tables, [result.as_json() for result in results]),
    ]
    # what a strategy orders to be bought need not serve anything
    is_least = ranked.is_least and _is_free(linear, model.linear)
    findings += audit_purchases(instance, tables) if is_least else ()
    for finding in findings:
        logger.error("audit: %s", finding)
    named = tuple(str(finding) for finding in findings)
    plan = _plan(loaded, model, outcome, limits, tables, named, results)
    if is_written:
        relaxation = _relaxation(known, linear, ranked, limits)
        plan = replace(plan, relaxation=relaxation, search_log=as_text(outcome.steps))
    unsure = () if ranked.is_least else (str(MAYBE_IDLE),)
    named_by = {} if strategy is None else {"strategy": strategy}
    settings = {**plan.settings, **named_by, LEAST: is_least}
    return replace(plan, settings=settings, warnings=(*plan.warnings, *unsure))


def _infeasible(lines: tuple[str, ...]) -> InfeasibleError | NoPlanError:
    """What to raise where no plan was found, by the limits that would have to give way."""
    if lines:
        return InfeasibleError(lines)
    return NoPlanError(
        "The solver finds no plan, and yet no limit that would have to give way: its numbers "
        "contradict each other. Limits that are met to less than a millionth, or quantities of "
        "very different size, are the usual reason."
    )


def _relaxation(
    model: Program, program: Program, ranked: Ranked, limits: Limits
) -> Mapping[str, Any]:
    """What the linear relaxation proves of a plan whose model can be built again, for its certificate."""
    if len(ranked.goals) > 1 or not is_known(model, program):
        return {"why_not": GOALS if len(ranked.goals) > 1 else STUDY}
    duals = relaxation_duals(program, ranked.outcome, limits)
    return relaxation_proof(model, program, duals, ranked.outcome.objective)


def _is_free(linear: Program, model: Program) -> bool:
    """Whether nothing is required that the model does not require; rows may have been added."""
    before = model.row_lower[: len(linear.row_lower)]
    raised = linear.row_lower[: len(before)] > before
    return not raised.any() and not (linear.lower > model.lower).any()


def goal_results(instance: Instance, ranked: Ranked) -> tuple[GoalResult, ...]:
    """What came of each goal, in the units of a plan."""
    calendar = instance.system.calendar
    results = []
    for goal, reached in zip(instance.scenario.goals(), ranked.goals, strict=True):
        factor = USD_PER_OBJECTIVE if isinstance(goal, LeastCost) else 1.0
        value, best, bound = (
            value_of(goal, factor * measure, calendar)
            for measure in (reached.value, reached.best, reached.bound)
        )
        status = "OPTIMAL" if reached.is_proven else "FEASIBLE"
        results.append(GoalResult(goal, value, best, bound, reached.gap, status))
    return tuple(results)


def _plan(
    loaded: Loaded,
    model: Model,
    outcome: Outcome,
    limits: Limits,
    tables: Mapping[str, Any],
    findings: tuple[str, ...],
    goals: tuple[GoalResult, ...],
) -> Plan:
    """Put the plan together; one that fails its audit is never OPTIMAL."""
    scenario = loaded.instance.scenario
    return Plan(
        name=scenario.name,
        title=scenario.title or scenario.name,
        status="AUDIT_FAILED" if findings else outcome.status,
        objective_usd=outcome.objective * USD_PER_OBJECTIVE,
        bound_usd=outcome.bound * USD_PER_OBJECTIVE,
        gap=outcome.gap,
        solve_seconds=outcome.seconds,
        model=model_size(model.linear),
        versions={"python": platform.python_version(), **{p: version(p) for p in PACKAGES}},
        inputs=loaded.inputs,
        settings={
            "gap_frac": limits.gap_frac,
            "time_limit_seconds": limits.time_limit_seconds,
            "threads": limits.threads,
            "seed": limits.seed,
            "price_year": scenario.price_year,
            "discount_rate_frac": scenario.discount_rate_frac,
            "horizon": scenario.horizon.model_dump(mode="json"),
            "periods": len(loaded.instance.system.calendar),
            UNAVOIDABLE: unavoidable_mw_months(loaded.instance),
            "families": sorted(loaded.instance.data),
        },
        tables=tables,
        places=places_of(loaded.instance),
        scenario=loaded.instance.resolved,
        findings=findings,
        goals=goals,
        ended_by=outcome.ended_by if outcome.status == "FEASIBLE" else "",
        any_plan_usd=any_plan_usd(loaded.instance, tables),
        warnings=tuple(str(issue) for issue in (*loaded.warnings, *warnings_about(tables))),
    )
