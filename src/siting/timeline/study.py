"""A whole build-or-wait study: strategies, then what else was asked for, as one frozen result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from siting.core.study import Bottleneck, BreakEven, Strategy
from siting.core.table import Table
from siting.instance.build import Instance
from siting.model.assemble import assemble
from siting.pipeline import Loaded, limits_of
from siting.solver.completion import named
from siting.solver.highs import Limits
from siting.timeline.alternatives import (
    Alternative,
    alternative_tables,
    find_alternatives,
    near,
    sites_of,
)
from siting.timeline.bottlenecks import Stepped, bottleneck_table, gains, solve_steps
from siting.timeline.break_even import BreakEvenResult, find_break_even
from siting.timeline.break_even_tables import break_even_tables
from siting.timeline.compare import Solved, StrategyResult, StrategyStudy
from siting.timeline.comparison import Comparison
from siting.timeline.site_timing import (
    SiteTiming,
    check_sites,
    settled,
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


Tell = Callable[[str], None]


def compare(
    loaded: Loaded,
    asked: Asked | None = None,
    limits: Limits | None = None,
    on_done: Tell = lambda line: None,
) -> Comparison:
    """Compare the strategies of a scenario, in memory.

    Args:
        asked: strategies and what else; by default every strategy known and nothing else.
        limits: gap, time, threads and seed of each solve; by default those of the scenario.
        on_done: called with a line for each solve that is finished.

    Raises:
        InputError: unknown names. InfeasibleError: the scenario has no plan.
    """
    solver = Solver(limits or limits_of(loaded.instance))
    return run_study(loaded, asked or Asked(), solver, on_done)


def run_study(
    loaded: Loaded, asked: Asked, solver: Solver, on_done: Tell = lambda line: None
) -> Comparison:
    """Answer everything that was asked for.

    Args:
        on_done: called with a line for each solve that is finished.

    Raises:
        InputError: unknown names, and what was named and does not apply; before the first solve.
        InfeasibleError: the scenario has no plan. NoPlanError: none was found. StudyStopped: Ctrl-C.
    """
    study = _Study.of(loaded, asked, solver, on_done)
    found = study.searched()
    comparison = study.comparison(found)
    comparison = replace(comparison, tables=_tables(comparison))
    return replace(comparison, answer=tuple(answer(comparison)))


@dataclass(frozen=True)
class _Found:
    """What the solves of a study came to, each by itself."""

    solved: Mapping[str, Solved]
    timings: tuple[SiteTiming, ...] = ()
    stepped: tuple[Stepped, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    curves: tuple[BreakEvenResult, ...] = ()


@dataclass(frozen=True)
class _Study:
    """Everything that was asked for, checked before the first solve."""

    loaded: Loaded
    asked: Asked
    solver: Solver
    on_done: Tell
    strategies: StrategyStudy
    break_evens: Mapping[str, BreakEven]
    needed: Mapping[str, Strategy]
    steps: Mapping[str, tuple[Bottleneck, Instance]]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, loaded: Loaded, asked: Asked, solver: Solver, on_done: Tell) -> _Study:
        """Check what was asked for.

        Raises:
            InputError: unknown names, and what was named and does not apply.
        """
        instance = loaded.instance
        left: dict[str, list[str]] = {"Strategies": [], "Bottlenecks": []}
        strategies = strategies_for(instance, asked.strategies, left["Strategies"].append)
        break_evens = break_evens_for(instance, asked.break_evens)
        needed = _needed(loaded, break_evens, strategies)
        steps = {}
        if asked.bottlenecks is not None:
            steps = bottlenecks_for(instance, asked.bottlenecks, left["Bottlenecks"].append)
        check_sites(instance, asked.sites)
        notes = tuple(
            f"{what} that do not apply to this scenario are left out: {', '.join(names)}."
            for what, names in left.items()
            if names
        )
        compared = StrategyStudy(loaded, assemble(instance), strategies)
        return cls(loaded, asked, solver, on_done, compared, break_evens, needed, steps, notes)

    def searched(self) -> _Found:
        """Every solve, each from the best plan so far; what is found is put together afterwards."""
        solver, on_done = self.solver, self.on_done
        found = _Found(self.strategies.solved(solver, lambda r: on_done(_status(r))))
        best = self._best(found)
        timings = []
        for site in self.asked.sites:
            timings.append(time_site(self.loaded, site, solver, best.ranked))
            on_done(f"{site}: now, later and never solved")
        found = replace(found, timings=tuple(timings))
        stepped = solve_steps(
            self.loaded, self.steps, solver, lambda s: on_done(f"{s.name}: solved")
        )
        found = replace(found, stepped=tuple(stepped))
        if self.asked.alternatives:
            found = replace(found, alternatives=self._alternatives(found))
        curves = []
        for name, study in self.break_evens.items():
            self._best(found)
            curves.append(find_break_even(self.loaded, name, study, self.needed, solver))
            on_done(f"{name}: {len(curves[-1].crossings)} found")
        return replace(found, curves=tuple(curves))

    def comparison(self, found: _Found) -> Comparison:
        """Everything against the best plan of the scenario that any solve has found."""
        scenario = self.loaded.instance.scenario
        best = self._best(found)
        plan = best.result.plan
        assert plan is not None
        solved = self.strategies.settled(found.solved, self.solver)
        timings = (settled(self.loaded, t, self.solver, best.ranked) for t in found.timings)
        alternatives = found.alternatives
        if alternatives:
            alternatives = near(
                self.loaded.instance,
                (Alternative(plan, sites_of(plan)), *alternatives),
                self.asked.within_frac,
            )
        return Comparison(
            name=scenario.name,
            title=scenario.title or scenario.name,
            results=self.strategies.results(solved),
            break_evens=found.curves,
            bottlenecks=gains(found.stepped, plan, self.solver),
            timings=tuple(timings),
            alternatives=alternatives,
            tables={},
            answer=(),
            inputs=self.loaded.inputs,
            notes=self.notes,
        )

    def _best(self, found: _Found) -> Solved:
        """The optimum with the best plan that any solve has found; the next ones start from it.

        Raises:
            InfeasibleError: the scenario has no plan. NoPlanError: none was found in the time.
        """
        own = {OPTIMAL: found.solved[OPTIMAL]}
        best = self.strategies.settled(own, self.solver)[OPTIMAL]
        x = best.ranked.outcome.x
        assert x is not None
        self.solver.points.append(named(best.linear, x))
        return best

    def _alternatives(self, found: _Found) -> tuple[Alternative, ...]:
        """Plans on other sites."""
        best, asked = self._best(found).result.plan, self.asked
        assert best is not None
        return find_alternatives(
            self.loaded,
            best,
            asked.within_frac,
            asked.alternatives,
            self.solver,
            lambda a: self.on_done(f"alternative: {money(a.plan.objective_usd)}"),
        )


def _tables(comparison: Comparison) -> dict[str, Table]:
    """Everything that was found as tables, by name."""
    tables = comparison_tables(comparison.results)
    if comparison.bottlenecks:
        tables["bottlenecks"] = bottleneck_table(comparison.bottlenecks)
    if comparison.break_evens:
        tables.update(break_even_tables(comparison.break_evens))
    if comparison.timings:
        tables["site_timing"] = site_timing_table(comparison.timings)
    if comparison.alternatives:
        tables.update(alternative_tables(comparison.alternatives))
    return dict(sorted(tables.items()))


def _status(result: StrategyResult) -> str:
    """What came of a strategy in a few words; its gap may still close by what others prove."""
    cost = f", {money(result.cost_usd)}" if result.plan else ""
    return f"{result.name}: {result.status}{cost}"


def _needed(
    loaded: Loaded, studies: Mapping[str, BreakEven], strategies: Mapping[str, Strategy]
) -> dict[str, Strategy]:
    """Strategies of the comparison and of its break-evens."""
    named = sorted({name for study in studies.values() for name in study.between} - {OPTIMAL})
    return {**strategies_for(loaded.instance, named), **strategies} if named else dict(strategies)
