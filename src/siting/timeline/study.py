"""A whole build-or-wait study: strategies, then what else was asked for, as one frozen result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from siting.core.errors import InfeasibleError
from siting.core.plan import Plan
from siting.core.study import BreakEven, Strategy
from siting.core.table import Table
from siting.pipeline import Loaded, limits_of
from siting.solver.highs import Limits
from siting.timeline.alternatives import Alternative, alternative_tables, find_alternatives
from siting.timeline.bottlenecks import Gain, bottleneck_table, find_bottlenecks
from siting.timeline.break_even import BreakEvenResult, break_even_tables, find_break_even
from siting.timeline.compare import StrategyResult, compare_strategies
from siting.timeline.site_timing import (
    SiteTiming,
    TimedCase,
    check_sites,
    site_timing_table,
    time_site,
)
from siting.timeline.solves import Solver
from siting.timeline.studies import OPTIMAL, bottlenecks_for, break_evens_for, strategies_for
from siting.timeline.tables import comparison_tables
from siting.timeline.words import answer, money


@dataclass(frozen=True)
class Asked:
    """What a study should answer.

    Attributes:
        strategies: names; all known ones if empty.
        break_evens: names. bottlenecks: None for none, else names, all that fit if empty.
        sites: sites to be timed. alternatives: how many plans on other sites.
        within_frac: how much dearer than the optimum they may be.
    """

    strategies: tuple[str, ...] = ()
    break_evens: tuple[str, ...] = ()
    bottlenecks: tuple[str, ...] | None = None
    sites: tuple[str, ...] = ()
    alternatives: int = 0
    within_frac: float = 0.01


@dataclass(frozen=True)
class Comparison:
    """What a study found.

    Attributes:
        results: by strategy, ``optimal`` first. The other parts are empty where not asked for.
        tables: everything as tables, by name.
        answer: the result in sentences.
    """

    name: str
    title: str
    results: tuple[StrategyResult, ...]
    break_evens: tuple[BreakEvenResult, ...]
    bottlenecks: tuple[Gain, ...]
    timings: tuple[SiteTiming, ...]
    alternatives: tuple[Alternative, ...]
    tables: Mapping[str, Table]
    answer: tuple[str, ...]
    inputs: Mapping[str, str]

    @property
    def best(self) -> Plan:
        """The plan of ``optimal``."""
        plan = self.results[0].plan
        assert plan is not None
        return plan


def compare(loaded: Loaded, asked: Asked | None = None, limits: Limits | None = None) -> Comparison:
    """Compare the strategies of a scenario, in memory.

    Args:
        asked: strategies and what else; by default every strategy known and nothing else.
        limits: gap, time, threads and seed of each solve; by default those of the scenario.

    Raises:
        InputError: unknown names. InfeasibleError: the scenario has no plan.
    """
    solver = Solver(limits or limits_of(loaded.instance))
    return run_study(loaded, asked or Asked(), solver)


def run_study(
    loaded: Loaded, asked: Asked, solver: Solver, on_done: Callable[[str], None] = lambda line: None
) -> Comparison:
    """Answer everything that was asked for.

    Args:
        on_done: called with a line for each solve that is finished.

    Raises:
        InputError: unknown names. InfeasibleError: the scenario has no plan. StudyStopped: Ctrl-C.
    """
    strategies = strategies_for(loaded.instance, asked.strategies)
    studies = break_evens_for(loaded.instance, asked.break_evens)
    needed = _needed(loaded, studies, strategies)
    steps = {} if asked.bottlenecks is None else bottlenecks_for(loaded.instance, asked.bottlenecks)
    check_sites(loaded.instance, asked.sites)
    results = compare_strategies(
        loaded, strategies, solver, lambda r: on_done(f"{r.name}: {_status(r)}")
    )
    best = results[0].plan
    if best is None:
        raise InfeasibleError(results[0].reasons)
    gains = find_bottlenecks(
        loaded, best, steps, solver, lambda gain: on_done(f"{gain.name}: {money(gain.plan_usd)}")
    )
    curves = []
    for name, study in studies.items():
        curves.append(find_break_even(loaded, name, study, needed, solver))
        on_done(f"{name}: {len(curves[-1].crossings)} found")
    timings = []
    free = TimedCase("free", None, results[0].status, results[0].cost_usd, results[0].bound_usd)
    for site in asked.sites:
        timings.append(time_site(loaded, site, solver, free))
        on_done(f"{site}: now, later and never solved")
    found: tuple[Alternative, ...] = ()
    if asked.alternatives:
        found = find_alternatives(loaded, best, asked.within_frac, asked.alternatives, solver)
    scenario = loaded.instance.scenario
    comparison = Comparison(
        name=scenario.name,
        title=scenario.title or scenario.name,
        results=results,
        break_evens=tuple(curves),
        bottlenecks=gains,
        timings=tuple(timings),
        alternatives=found,
        tables={},
        answer=(),
        inputs=loaded.inputs,
    )
    starts = loaded.instance.system.calendar.starts
    comparison = replace(comparison, tables=_tables(comparison, starts))
    return replace(comparison, answer=tuple(answer(comparison)))


def _tables(comparison: Comparison, starts: tuple[date, ...]) -> dict[str, Table]:
    """Everything that was found as tables, by name."""
    tables = comparison_tables(comparison.results)
    if comparison.bottlenecks:
        tables["bottlenecks"] = bottleneck_table(comparison.bottlenecks)
    if comparison.break_evens:
        tables.update(break_even_tables(comparison.break_evens))
    if comparison.timings:
        tables["site_timing"] = site_timing_table(comparison.timings, starts)
    if comparison.alternatives:
        tables.update(alternative_tables(comparison.alternatives))
    return dict(sorted(tables.items()))


def _status(result: StrategyResult) -> str:
    """Status and gap in a few words."""
    return f"{result.status}, gap {result.gap:.2%}" if result.plan else result.status


def _needed(
    loaded: Loaded, studies: Mapping[str, BreakEven], strategies: Mapping[str, Strategy]
) -> dict[str, Strategy]:
    """Strategies of the comparison and of its break-evens."""
    named = sorted({name for study in studies.values() for name in study.between} - {OPTIMAL})
    return {**strategies_for(loaded.instance, named), **strategies} if named else dict(strategies)
