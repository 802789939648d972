"""The contract of a study: all that others need to know of it, in one declaration.

A study asks something of a scenario by solving it again. It is run in three steps, each for all studies that
were asked for before the next begins: what is asked is *checked* before the first solve; then each
*searches*, from the best plan that any has found so far; what was found is *settled* at the end against the
best plan of all. From there on it is a ``Result``: tables, sentences, sections of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.outputs.report.blocks import Section
from siting.pipeline import Loaded
from siting.solver.completion import named
from siting.solver.highs import Limits
from siting.studies.option import Asked, Option
from siting.timeline.compare import Solved, StrategyStudy
from siting.timeline.library import OPTIMAL
from siting.timeline.solves import Solver

Q = TypeVar("Q")
"""What a study was asked, checked."""
S = TypeVar("S")
"""What its search came to."""
R = TypeVar("R")
"""What it found in the end."""

LAST = 50
"""Place of a study that does not care where it is shown."""


@dataclass
class Run:
    """The scenario, and what is known of it while studies are run.

    Attributes:
        loaded: the scenario. solver: keeps finished solves and every plan found.
        on_done: to be called with a line for each solve that is finished.
        strategies: those compared, ``optimal`` among them. solved: what their solves came to.
    """

    loaded: Loaded
    solver: Solver
    on_done: Callable[[str], None]
    strategies: StrategyStudy
    solved: Mapping[str, Solved] = field(default_factory=dict)
    _best: Solved | None = field(default=None, init=False)
    _known: int = field(default=0, init=False)

    @property
    def limits(self) -> Limits:
        """Gap, time, threads and seed of each solve."""
        return self.solver.limits

    def best(self) -> Solved:
        """The optimum with the best plan that any solve has found so far; later ones start from it.

        Raises:
            InfeasibleError: the scenario has no plan. NoPlanError: none was found in the time.
        """
        points = self.solver.points
        if self._best is None or len(points) != self._known:
            own = {OPTIMAL: self.solved[OPTIMAL]}
            self._best = self.strategies.settled(own, self.solver)[OPTIMAL]
            x = self._best.ranked.outcome.x
            assert x is not None
            points.append(named(self._best.linear, x))
            self._known = len(points)
        return self._best

    def best_plan(self) -> Plan:
        """The plan of ``best()``."""
        plan = self.best().result.plan
        assert plan is not None
        return plan


def _nothing(result: object) -> tuple[()]:
    """For a study that has nothing to say or show."""
    return ()


def _no_summary(result: object) -> None:
    """For a study that says nothing in ``compare.json``."""


def _no_columns(result: Any) -> Mapping[str, Mapping[str, Cell]]:
    """What a study says of a site that says nothing of any."""
    return {}


def _no_plans(found: object) -> dict[str, Plan]:
    """For a study that gives no plans."""
    return {}


def _is_done(found: object) -> bool:
    """For a study whose searches always end with a proof, or whose tables say which did not."""
    return False


@dataclass(frozen=True)
class Study(Generic[Q, S, R]):
    """One study.

    Attributes:
        name: key of what it found. title: what it is about, in words.
        options: what it can be asked; the first says whether it is.
        check: what is asked of a scenario, None for nothing; before the first solve. It is given what takes
            names that do not apply to the scenario and were left out, which is said.
        search: every solve, from the best plan so far. settle: what was found against the best plan of all.
        tables: by name. sentences: of the answer. sections: of the page.
        numbers: value and meaning, at the head of the page.
        summary: its part of ``compare.json``, under its name; None for none.
        site_columns: what a map says of a site beside what its plan does, by site and column.
        plans: by name; each is written to a folder that ``siting audit`` reads, and ends the command with
            its findings.
        is_open: whether a search was ended before its proof.
        displayed: tables with the columns that a notebook shows of them.
        place: among sentences and sections, lowest first.
    """

    name: str
    title: str
    options: tuple[Option[Any], ...]
    check: Callable[[Loaded, Asked, Callable[[str], None]], Q | None]
    search: Callable[[Run, Q], S]
    settle: Callable[[Run, Q, S], R]
    tables: Callable[[R], Mapping[str, Table]]
    sentences: Callable[[Result[R]], Iterable[str]] = _nothing
    sections: Callable[[Result[R]], Iterable[Section]] = _nothing
    numbers: Callable[[Result[R]], Iterable[tuple[str, str]]] = _nothing
    summary: Callable[[Result[R]], Mapping[str, object] | None] = _no_summary
    site_columns: Callable[[Result[R]], Mapping[str, Mapping[str, Cell]]] = _no_columns
    plans: Callable[[R], Mapping[str, Plan]] = _no_plans
    is_open: Callable[[R], bool] = _is_done
    displayed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    place: int = LAST


@dataclass(frozen=True)
class Result(Generic[R]):
    """What came of a study.

    Attributes:
        found: as the study has it. tables: its tables. best: the best plan of the scenario.
    """

    study: Study[Any, Any, R]
    found: R
    tables: Mapping[str, Table]
    best: Plan
