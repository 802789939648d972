r"""A plan made with some years in sight, year by year.

At each date T, one year after the other, with n years in sight and the end of the horizon E:

    the scenario ends at min(T + n, E)
    what was decided before T is held; the rest is decided anew
    what is decided in [T, T + 1 year) stays, what was planned for later is forgotten

Once T + n reaches E the rest is decided with all in sight. What such a plan costs more than the optimum is what
foresight is worth. Targets after the window, and what capital costs after it, are not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from siting.core.calendar import add_months
from siting.core.errors import InfeasibleError, InputError
from siting.core.plan import Plan
from siting.core.study import Change
from siting.core.table import Cell, Table
from siting.instance.build import Instance
from siting.instance.changes import changed
from siting.model.assemble import USD_PER_OBJECTIVE, Model, assemble
from siting.model.program import Program
from siting.model.values import SolvedValues
from siting.pipeline import Loaded, finish
from siting.replan.held import States, held, readable, states_of
from siting.solution.extract import extract
from siting.solver.completion import named
from siting.solver.lexicographic import Ranked
from siting.timeline.plans import difference, finite
from siting.timeline.solves import Solver

COLUMNS = ("from_date", "in_sight_until", "status", "window_cost_usd", "decision_count")
MYOPIC_COLUMNS = (
    "foresight_years",
    "status",
    "cost_usd",
    "bound_usd",
    "best_usd",
    "cost_increase_lower_usd",
    "cost_increase_usd",
    "cost_increase_upper_usd",
)
MONTHS = 12
NOTHING, OUTSIDE = "NO_PLAN", "NOTHING_IN_SIGHT"


@dataclass(frozen=True)
class Step:
    """One year's planning.

    Attributes:
        begin, until: from when on, and what is in sight. status: of its solve.
        cost_usd: of the window, None without a plan. decided: how many decisions were taken in the year.
    """

    begin: date
    until: date
    status: str
    cost_usd: float | None
    decided: int


@dataclass(frozen=True)
class Myopic:
    """A plan made with some years in sight.

    Attributes:
        plan: the audited plan; None where the last years have none.
        best: cost and bound of the optimum [USD].
    """

    years: float
    steps: tuple[Step, ...]
    plan: Plan | None
    best: tuple[float, float]


def windowed(instance: Instance, until: date) -> Instance | None:
    """The scenario up to the start of a period; None where nothing can be served by then."""
    calendar = instance.system.calendar
    if until >= calendar.end:
        return instance
    sections, day = [], calendar.starts[0]
    for section in instance.scenario.horizon.steps:
        if day < until:
            last = min(section.until, until)
            sections.append({"until": f"{last:%Y-%m}", "step": section.step})
            day = last
    try:
        return changed(instance, [Change(path="horizon.steps", set=sections)], "foresight")
    except InputError:
        return None


@dataclass
class _Rolling:
    """Planning under way: what was decided before each date."""

    loaded: Loaded
    solver: Solver
    on_done: Callable[[str], None]
    states: States
    steps: list[Step]

    def year(self, begin: int, following: int, until: date) -> tuple[Model, Program, Ranked] | None:
        """Plan from a period on and keep what is decided before another; model and solve if there is a plan.

        Args:
            until: end of what is in sight.
        """
        starts = self.loaded.instance.system.calendar.starts
        instance = windowed(self.loaded.instance, until)
        found = None if instance is None else self._solved(instance, begin, starts[begin])
        if instance is None or found is None:
            status = OUTSIDE if instance is None else NOTHING
            self.steps.append(Step(starts[begin], until, status, None, 0))
            return None
        model, _, ranked = found
        assert ranked.outcome.x is not None
        tables = extract(instance, SolvedValues(model, ranked.outcome.x))
        states = states_of(instance, model.linear, tables)
        taken = {key: _before(rises, following) for key, rises in states.rises.items()}
        self.states = replace(states, rises=taken)
        count = sum(p >= begin for rises in taken.values() for p in rises)
        cost = ranked.outcome.objective * USD_PER_OBJECTIVE
        self.steps.append(Step(starts[begin], until, ranked.outcome.status, cost, count))
        self.on_done(f"planned from {starts[begin]} with sight until {until}")
        return found

    def _solved(
        self, instance: Instance, begin: int, day: date
    ) -> tuple[Model, Program, Ranked] | None:
        """The best plan of a window with the past held; what follows by itself is free where it must be."""
        try:
            model = assemble(instance)
        except InfeasibleError:
            return None
        follows = frozenset(n for n, (d, _) in readable().items() if d.is_recourse)
        for free in (frozenset[str](), follows):
            linear = held(model.linear, self.states, begin, free)
            name = f"foresight from {day}" + (" with recourse free" if free else "")
            ranked = self.solver.solve(name, instance, linear)
            if ranked.outcome.x is not None:
                return model, linear, ranked
        return None


def _before(rises: Mapping[int, float], period: int) -> dict[int, float]:
    """What was decided before a period."""
    return {p: more for p, more in rises.items() if p < period}


def roll(
    loaded: Loaded, years: float, solver: Solver, on_done: Callable[[str], None]
) -> tuple[tuple[Step, ...], Plan | None]:
    """Plan year by year with some years in sight."""
    calendar = loaded.instance.system.calendar
    starts, count = calendar.starts, len(calendar.starts)
    # plans of a window are none of the whole horizon
    apart = replace(solver, points=[*solver.points])
    empty = States({}, frozenset(), ())
    rolling = _Rolling(loaded, apart, on_done, empty, [])
    begin, last = 0, None
    while begin < count:
        sight = add_months(starts[begin], MONTHS * years)
        until = next((day for day in starts if day >= sight), calendar.end)
        next_year = add_months(starts[begin], MONTHS)
        following = sum(day < next_year for day in starts)
        last = rolling.year(begin, following, until)
        if until == calendar.end:
            break
        begin = following
    if last is None:
        return tuple(rolling.steps), None
    model, linear, ranked = last
    plan = finish(loaded, model, linear, ranked, solver.limits)
    assert ranked.outcome.x is not None
    solver.points.append(named(model.linear, ranked.outcome.x))
    return tuple(rolling.steps), plan


def tables(found: Myopic) -> dict[str, Table]:
    """``foresight``, what it costs, and ``foresight_steps``, a row a year."""
    steps = ((s.begin, s.until, s.status, s.cost_usd, s.decided) for s in found.steps)
    return {
        "foresight": Table.of(MYOPIC_COLUMNS, _rows(found)),
        "foresight_steps": Table.of(
            COLUMNS, (dict(zip(COLUMNS, row, strict=True)) for row in steps)
        ),
    }


def _rows(found: Myopic) -> Iterator[dict[str, Cell]]:
    """The plan against the optimum."""
    plan = found.plan
    costs = (float("inf"), float("inf")) if plan is None else (plan.objective_usd, plan.bound_usd)
    more = difference(costs, found.best, is_never_less=True)
    cells = (
        found.years,
        NOTHING if plan is None else plan.status,
        finite(costs[0]),
        finite(costs[1]),
        found.best[0],
        finite(more.least),
        finite(more.plan),
        finite(more.most),
    )
    yield dict(zip(MYOPIC_COLUMNS, cells, strict=True))


def is_open(found: Myopic) -> bool:
    """Whether a search ended before its proof."""
    return any(step.status == "FEASIBLE" for step in found.steps)
