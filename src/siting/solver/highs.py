"""Solve sparse arrays with HiGHS in process: progress, limits, interruption, a clean vertex."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event, Thread
from time import perf_counter
from typing import Any

import highspy
import numpy as np

from siting.core.stop import is_asked
from siting.model.program import Program
from siting.solver.basis import Basis
from siting.solver.method import PLAIN, Method
from siting.solver.quiet import silent_highs
from siting.solver.record import Step
from siting.solver.tuning import TUNING
from siting.solver.verdict import PRESOLVE_RULES_OFF, run

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.1
TIME, CTRL_C = "the time limit", "Ctrl-C"
NUMBERS = "the tolerance of the solver: its numbers prove no more"
ANSWERED = "an answer: a plan as cheap, or a bound as high, as was asked for"
"""Why a search ended before its proof."""
NOISE = 1e-12
"""Objective that is nothing but rounding: a millionth of a dollar."""
FEASIBILITY = PLAIN.feasibility
"""Primal feasibility and integrality asked of the solver."""
EXACT = 1e-9
"""The same where whole units cost more than what the solver takes for whole."""


@dataclass(frozen=True)
class Progress:
    """Where a solve stands.

    Attributes:
        goal: which of several goals is solved; empty where the cost is the only one.
        unit: of bound and incumbent.
    """

    phase: str
    seconds: float
    bound: float | None = None
    incumbent: float | None = None
    gap: float | None = None
    goal: str = ""
    unit: str = "M USD"


@dataclass(frozen=True)
class Outcome:
    """What the solver found.

    Attributes:
        status: OPTIMAL (to the asked gap), FEASIBLE, INFEASIBLE, UNBOUNDED or NO_SOLUTION.
        x: values by column, integers exact; None without a plan.
        objective, bound: of the plan, and proven lower bound [million USD; another goal's unit].
        gap: relative gap between the two.
    """

    status: str
    x: np.ndarray | None
    objective: float
    bound: float
    gap: float
    seconds: float
    is_stopped: bool = False
    """Whether Ctrl-C ended the search."""
    is_finished: bool = False
    """Whether the solver ended by itself, sure of its optimum or of a plan as cheap as was asked for."""
    row_dual: np.ndarray | None = None
    """Duals by row, of a linear program or of the linear relaxation."""
    basis: Basis | None = None
    """Of the linear relaxation, where it was solved from one or may serve as one."""
    ended_by: str = ""
    """Why the search ended before its proof; empty where it did not."""
    steps: tuple[Step, ...] = ()
    """By which plan and bound became better."""


@dataclass(frozen=True)
class Limits:
    """How long and how exactly to solve: what a user asks for, and how a stage goes about it."""

    gap_frac: float = 1e-6
    time_limit_seconds: float | None = None
    threads: int = 2
    seed: int = 1
    how: Method = PLAIN

    def by(self, **choices: Any) -> Limits:
        """The same limits with other choices of the method."""
        return replace(self, how=replace(self.how, **choices))

    def is_answered(self, objective: float, bound: float) -> bool:
        """Whether a plan is as cheap, or a bound as high, as is asked for; never where nothing less than
        the optimum is."""
        target, cutoff = self.how.target, self.how.cutoff
        is_cheap = target is not None and objective <= target
        return is_cheap or (cutoff is not None and bound > cutoff)

    def left(self, started: float) -> float | None:
        """Seconds left of work that began at a time of ``perf_counter``; None without a limit."""
        if self.time_limit_seconds is None:
            return None
        return max(0.0, self.time_limit_seconds - (perf_counter() - started))


def with_limits(
    limits: Limits, time_limit_seconds: float | None, gap_frac: float | None, threads: int | None
) -> Limits:
    """Limits with those that are given in place of their own."""
    return replace(
        limits,
        time_limit_seconds=limits.time_limit_seconds
        if time_limit_seconds is None
        else time_limit_seconds,
        gap_frac=limits.gap_frac if gap_frac is None else gap_frac,
        threads=limits.threads if threads is None else threads,
    )


def relative_gap(objective: float, bound: float) -> float:
    """``|objective - bound| / max(|objective|, 1e-9)``; rounding around zero is no gap."""
    if max(abs(objective), abs(bound)) < NOISE:
        return 0.0
    return abs(objective - bound) / max(abs(objective), 1e-9)


def solve(
    model: Program,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None = None,
    phase: str = "search",
    start: np.ndarray | None = None,
    known: float | None = None,
) -> Outcome:
    """Minimise; Ctrl-C stops the search and keeps the best plan found.

    Args:
        model: the program. limits: gap, time, threads, seed.
        on_progress: called from this thread while the solver runs, again and again; what stops the
            search may raise KeyboardInterrupt in it.
        phase: name of the search in its progress.
        start: values by column to start from.
        known: objective of a plan that is known; the search ends once the bound proves it to the
            asked gap, even where the solver itself holds a worse one: presolve may map a start to
            a worse point of the reduced model.
    """
    started = perf_counter()
    outcome = _attempt(model, limits, on_progress, phase, start, known)
    if outcome.status in ("OPTIMAL", "INFEASIBLE", "UNBOUNDED") or not outcome.is_finished:
        return outcome
    # HiGHS is sure of a value, or ends at its target, that no point at hand has. Integers that are whole to
    # 1e-7 only may cost less than whole ones; and HiGHS 1.16 can better a start in the reduced model, state
    # that value, and return the start as it was.
    logger.info("the value found belongs to no plan; searching again, exactly and from no start")
    limits = replace(limits, time_limit_seconds=limits.left(started)).by(feasibility=EXACT)
    again = _attempt(model, limits, on_progress, phase, None, known)
    # what only the exact tolerance rules out is still a plan to the usual one
    bound = outcome.bound if again.status == "INFEASIBLE" else max(outcome.bound, again.bound)
    best = again if again.objective < outcome.objective else outcome
    if best.x is None:
        seconds = perf_counter() - started
        return replace(again, bound=bound, seconds=seconds, ended_by=again.ended_by or NUMBERS)
    gap = relative_gap(best.objective, bound)
    is_proven = gap <= limits.gap_frac + FEASIBILITY
    return replace(
        best,
        status="OPTIMAL" if is_proven else "FEASIBLE",
        bound=bound,
        gap=gap,
        seconds=perf_counter() - started,
        is_stopped=again.is_stopped,
        ended_by="" if is_proven else again.ended_by or NUMBERS,
    )


def _attempt(
    model: Program,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None,
    phase: str,
    start: np.ndarray | None,
    known: float | None,
) -> Outcome:
    """One run of the solver."""
    started = perf_counter()
    highs = loaded(model, limits)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start
        highs.setSolution(solution)

    def is_enough(bound: float) -> bool:
        is_proven = known is not None and relative_gap(known, bound) <= limits.gap_frac
        return is_proven or limits.is_answered(np.inf, bound)

    is_stopped = run_watched(highs, on_progress, started, phase, is_enough)
    status = highs.getModelStatus()
    info = highs.getInfo()
    kinds = highspy.HighsModelStatus
    seconds = perf_counter() - started
    if status == kinds.kInfeasible:
        return Outcome("INFEASIBLE", None, np.inf, np.inf, np.inf, seconds)
    if status in (kinds.kUnbounded, kinds.kUnboundedOrInfeasible):
        if status != kinds.kUnbounded and not _is_possible(model, limits):
            return Outcome("INFEASIBLE", None, np.inf, np.inf, np.inf, seconds)
        return Outcome("UNBOUNDED", None, -np.inf, -np.inf, np.inf, seconds)
    is_mip = bool(model.is_integer.any())
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        bound = info.mip_dual_bound if is_mip else -np.inf
        why = _ending(highs, is_stopped)
        return Outcome(
            "NO_SOLUTION", None, np.inf, bound, np.inf, seconds, is_stopped, ended_by=why
        )
    x = np.array(highs.getSolution().col_value, dtype=float)
    bound = info.mip_dual_bound if is_mip else highs.getObjectiveValue()
    objective = highs.getObjectiveValue()
    if is_mip:
        clean = _polish(model, limits, x)
        if clean is None:
            nothing = Outcome("NO_SOLUTION", None, np.inf, bound, np.inf, seconds, is_stopped, True)
            return replace(nothing, ended_by=NUMBERS)
        x, objective = clean
    gap = relative_gap(objective, bound)
    done = status == kinds.kOptimal and gap <= limits.gap_frac + FEASIBILITY
    seconds = perf_counter() - started
    name = "OPTIMAL" if done else "FEASIBLE"
    target = np.inf if limits.how.target is None else limits.how.target
    is_lost = status == kinds.kObjectiveTarget and objective > target
    is_finished = status == kinds.kOptimal or is_lost
    dual = None if is_mip else np.array(highs.getSolution().row_dual, dtype=float)
    why = "" if done else _ending(highs, is_stopped)
    return Outcome(
        name, x, objective, bound, gap, seconds, is_stopped, is_finished, dual, ended_by=why
    )


def _is_possible(model: Program, limits: Limits) -> bool:
    """Whether a program has any solution, whatever it costs."""
    anything = model.without_cost()
    return _attempt(anything, limits, None, "search", None, None).x is not None


def _ending(highs: highspy.Highs, is_stopped: bool) -> str:
    """Why a run ended before its proof."""
    kinds = highspy.HighsModelStatus
    status = highs.getModelStatus()
    if is_stopped:
        return CTRL_C
    if status == kinds.kTimeLimit:
        return TIME
    return NUMBERS if status == kinds.kOptimal else highs.modelStatusToString(status).lower()


def loaded(model: Program, limits: Limits) -> highspy.Highs:
    """A HiGHS object holding the model and the options."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), len(model.row_lower)
    lp.col_cost_, lp.offset_ = model.cost, model.offset
    lp.col_lower_, lp.col_upper_ = model.lower, model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = model.start, model.row
    lp.a_matrix_.value_ = model.value
    if model.is_integer.any():
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger if i else kinds.kContinuous for i in model.is_integer]
    highs = silent_highs()
    options: dict[str, bool | int | float | str] = {
        "output_flag": True,
        "log_to_console": False,
        "log_file": "",
        "mip_rel_gap": limits.gap_frac,
        "mip_abs_gap": 0.0,
        "threads": limits.threads,
        "random_seed": limits.seed,
        "solver": limits.how.lp_method,
        "mip_allow_restart": limits.how.may_restart,
        "mip_heuristic_effort": limits.how.heuristic_effort_frac,
        "primal_feasibility_tolerance": limits.how.feasibility,
        "mip_feasibility_tolerance": limits.how.feasibility,
        "presolve_rule_off": PRESOLVE_RULES_OFF,
    }
    if limits.how.max_nodes is not None:
        options["mip_max_nodes"] = limits.how.max_nodes
    # a relaxation below it has not come to its optimum
    if limits.how.target is not None and model.is_integer.any():
        options["objective_target"] = limits.how.target
    if limits.time_limit_seconds is not None:
        options["time_limit"] = limits.time_limit_seconds
    for name, value in options.items():
        if highs.setOptionValue(name, value) == highspy.HighsStatus.kError:
            raise ValueError(f"HiGHS refuses option {name}={value}")
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise ValueError("HiGHS refuses the model: a number in it is not finite")
    return highs


def run_watched(
    highs: highspy.Highs,
    on_progress: Callable[[Progress], None] | None,
    started: float,
    phase: str,
    is_enough: Callable[[float], bool] = lambda bound: False,
) -> bool:
    """Run in a thread, so that the main thread can report progress and take Ctrl-C.

    Args:
        is_enough: whether a finite bound of a mixed-integer program ends the run.

    Returns whether Ctrl-C ended the run.
    """
    stop, done = Event(), Event()
    latest = [Progress(phase, 0.0)]

    def interrupt(event: highspy.highs.HighsCallbackEvent) -> None:
        bound = event.data_out.mip_dual_bound
        if stop.is_set() or (np.isfinite(bound) and is_enough(bound)):
            event.interrupt()

    def log(event: highspy.highs.HighsCallbackEvent) -> None:
        out = event.data_out
        bound = out.mip_dual_bound if np.isfinite(out.mip_dual_bound) else None
        best = out.mip_primal_bound if np.isfinite(out.mip_primal_bound) else None
        gap = None if bound is None or best is None else relative_gap(best, bound)
        latest[0] = Progress(phase, perf_counter() - started, bound, best, gap)

    for callback in (highs.cbMipInterrupt, highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
        callback.subscribe(interrupt)
    highs.cbMipLogging.subscribe(log)

    def work() -> None:
        try:
            run(highs)
            # Joins the workers that this thread owns; left to process exit they abort it.
            highs.resetThreadScheduler(True)
        finally:
            done.set()

    thread = Thread(target=work, daemon=True)
    thread.start()

    def show() -> None:
        if on_progress is not None:
            on_progress(replace(latest[0], seconds=perf_counter() - started))

    _wait(done, stop, show)
    return stop.is_set()


def _wait(done: Event, stop: Event, show: Callable[[], None]) -> None:
    """Wait until a run is done; Ctrl-C sets ``stop``.

    Not by Thread.join: interrupted by Ctrl-C, it takes a running thread for a finished one.
    """
    is_done = False
    while not is_done:
        try:
            is_done = done.wait(POLL_SECONDS)
            show()
            if is_asked():
                stop.set()
        except KeyboardInterrupt:
            if not stop.is_set():
                logger.warning("stopping: the best plan found is kept")
            stop.set()
            is_done = done.is_set()


def run_apart(highs: highspy.Highs) -> None:
    """Run in a thread of its own: HiGHS keeps one scheduler a thread and refuses to run with another
    number of workers, and the caller's may come from a solve that is not ours."""
    thread = Thread(target=run, args=(highs,), daemon=True)
    thread.start()
    thread.join()


def _polish(model: Program, limits: Limits, x: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Round integers, fix them, and re-solve the rest as a linear program; None where that has no
    solution, and the unrounded point is no plan at all.

    Returned integers carry noise; fixing them gives a clean vertex whose cost is that of whole units.
    """
    fixed = np.where(model.is_integer, np.round(x), x)
    highs = loaded(model.dispatch(fixed), Limits(threads=TUNING.passing_threads, seed=limits.seed))
    run_apart(highs)
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    values = np.array(highs.getSolution().col_value, dtype=float)
    return np.where(model.is_integer, fixed, values), highs.getObjectiveValue()
