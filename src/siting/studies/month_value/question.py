"""Whether the value of a month is looked for."""

from __future__ import annotations

from collections.abc import Callable

from siting.core.errors import InputError, Issue
from siting.pipeline import Loaded
from siting.studies.base import Run
from siting.studies.month_value.search import Line, MonthValue, find_lines, least_value, levels_of
from siting.studies.option import Asked, Form, Option
from siting.timeline.plans import has_one_goal

MONTH_VALUE: Option[bool] = Option(
    argument="month_value",
    flag="--month-value",
    help="Value of a month of delay below which the marginal campus would not be built.",
    default=False,
    form=Form.FLAG,
    given=True,
)


def check(loaded: Loaded, asked: Asked, left_out: Callable[[str], None]) -> bool | None:
    """Whether it is asked for, of a scenario in which being late costs something.

    Raises:
        InputError: it costs nothing, or is not all that counts.
    """
    if not asked[MONTH_VALUE]:
        return None
    instance = loaded.instance
    where = "month_value"
    if not has_one_goal(instance):
        what = "the scenario has goals before its cost"
        fix = "Leave least_cost alone in objectives"
        raise InputError([Issue(where, what, "least cost as the only goal", fix)])
    if not any(level.usd for level in levels_of(instance)):
        what = "being late costs nothing"
        fix = "State delay_cost_usd_per_mw_month or a perspective"
        raise InputError([Issue(where, what, "workloads with a delay cost", fix)])
    return True


def look(run: Run, asked: bool) -> tuple[Line, ...]:
    """Plans that leave more late, each the best at some lower value."""
    return find_lines(run.loaded, run.best(), run.solver, run.on_done)


def settle(run: Run, asked: bool, lines: tuple[Line, ...]) -> MonthValue:
    """The value, against the best plan of all."""
    return least_value(run.loaded, run.best(), lines)
