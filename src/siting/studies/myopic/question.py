"""How many years are in sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from siting.core.errors import InputError, Issue
from siting.core.plan import Plan
from siting.pipeline import Loaded
from siting.studies.base import Run
from siting.studies.myopic.rolling import Myopic, Step, roll
from siting.studies.option import Asked, Form, Option
from siting.timeline.plans import has_one_goal

YEARS: Option[float | None] = Option(
    argument="foresight_years",
    flag="--foresight",
    help="Plan year by year with so many years in sight, against perfect foresight.",
    default=None,
    form=Form.NUMBER,
    least=0.5,
    most=100.0,
)


def check(loaded: Loaded, asked: Asked, left_out: Callable[[str], None]) -> float | None:
    """The years, where any are asked for.

    Raises:
        InputError: goals beside the cost, whose dates may lie beyond what is in sight.
    """
    years = asked[YEARS]
    if years is not None and not has_one_goal(loaded.instance):
        what, expected = "the scenario has goals beside the cost", "least_cost alone"
        raise InputError([Issue(YEARS.flag, what, expected, "Leave --foresight out")])
    return years


def search(run: Run, years: float) -> tuple[tuple[Step, ...], Plan | None]:
    """The plan, year by year."""
    return roll(run.loaded, years, run.solver, run.on_done)


def settle(run: Run, years: float, found: tuple[tuple[Step, ...], Plan | None]) -> Myopic:
    """The plan against the best of all studies."""
    best = run.best_plan()
    return Myopic(years, *found, (best.objective_usd, best.bound_usd))


def plans(found: Myopic) -> Mapping[str, Plan]:
    """The plan, where there is one."""
    return {} if found.plan is None else {"foresight": found.plan}
