"""Answer everything that was asked of a scenario: each study by its declaration, on shared solves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from siting.core.errors import InputError, Issue, SitingError
from siting.model.assemble import assemble
from siting.pipeline import Loaded, limits_of
from siting.solver.highs import Limits
from siting.studies import strategies
from siting.studies.base import Result, Run, Study
from siting.studies.comparison import Comparison
from siting.studies.option import Asked
from siting.studies.registry import STUDIES, options
from siting.timeline.compare import StrategyStudy
from siting.timeline.solves import Solver

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
    every = _checked(loaded, asked)
    questions = [question for question in every if question.checked is not None]
    named = next(q.checked for q in questions if q.study is strategies.STUDY)
    compared = StrategyStudy(loaded, assemble(loaded.instance), named)
    run = Run(loaded, solver, on_done, compared)
    searched = {q.study.name: q.study.search(run, q.checked) for q in questions}
    settled = {
        q.study.name: q.study.settle(run, q.checked, searched[q.study.name]) for q in questions
    }
    best = run.best_plan()
    parts = []
    for question in sorted(questions, key=_place):
        study, found = question.study, settled[question.study.name]
        parts.append(Result(study, found, study.tables(found), best))
    _check_names(parts)
    scenario = loaded.instance.scenario
    return Comparison(
        name=scenario.name,
        title=scenario.title or scenario.name,
        results=settled[strategies.STUDY.name],
        best=best,
        parts=tuple(parts),
        inputs=loaded.inputs,
        notes=tuple(note for question in sorted(every, key=_place) for note in question.notes),
    )


def _check_names(parts: Sequence[Result[Any]]) -> None:
    """Refuse to drop what two studies call by the same name.

    Raises:
        SitingError: a table or a plan of two studies.
    """
    for what, names in (
        ("table", [name for part in parts for name in part.tables]),
        ("plan", [name for part in parts for name in part.study.plans(part.found)]),
    ):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise SitingError(f"two studies give a {what} '{twice[0]}'")


@dataclass(frozen=True)
class _Question:
    """What a study is asked, as it was checked; None for nothing."""

    study: Study[Any, Any, Any]
    checked: Any
    left_out: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What does not apply."""
        if not self.left_out:
            return ()
        what = f"{self.study.title} that do not apply to this scenario are left out"
        return (f"{what}: {', '.join(self.left_out)}.",)


def _place(question: _Question) -> int:
    """Where it is shown."""
    return question.study.place


def _checked(loaded: Loaded, asked: Asked) -> list[_Question]:
    """What each study is asked, in the order in which they are solved.

    Raises:
        InputError: all that is wrong with it.
    """
    asked.check(options())
    issues: list[Issue] = []
    found = []
    for study in STUDIES.values():
        left_out: list[str] = []
        try:
            checked = study.check(loaded, asked, left_out.append)
        except InputError as error:
            issues += error.issues
            continue
        found.append(_Question(study, checked, tuple(left_out)))
    if issues:
        raise InputError(issues)
    return found
