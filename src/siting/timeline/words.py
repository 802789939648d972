"""The answer of a study in sentences that fit a screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from siting.core.audit import day, number
from siting.core.calendar import months_between
from siting.core.goals import GoalResult, goal_text, value_text
from siting.core.money import BILLIONS
from siting.core.money import money as amount
from siting.core.table import Row
from siting.timeline.break_even import LINES, MONOTONE, BreakEvenResult
from siting.timeline.plans import Interval, same_usd
from siting.timeline.site_timing import NOW, SiteTiming
from siting.timeline.stretches import OPEN, TIE, Stretch

if TYPE_CHECKING:
    from siting.core.plan import Plan
    from siting.timeline.comparison import Comparison

SHOWN = 3
"""Bottlenecks that are named."""


def money(usd: float) -> str:
    """Dollars as sentences have them."""
    return amount(usd, 2 if abs(usd) >= BILLIONS.usd else 1)


def span(usd: Interval) -> str:
    """A difference: one number where it is known to the dollar, else from where to where."""
    if usd.least == usd.most or usd.most - usd.least <= same_usd(usd.least, usd.most):
        return money(usd.plan)
    return f"{_end(usd.least)} to {_end(usd.most)}"


def _end(usd: float) -> str:
    """An end of an interval."""
    return "any amount" if abs(usd) == float("inf") else money(usd)


def dearer(usd: Interval) -> str:
    """By how much something is dearer; cheaper where it is so for certain."""
    margin = same_usd(usd.least, usd.most)
    if _is_as_good(usd):
        return "as good"
    if usd.most <= margin:
        return f"{span(Interval(-usd.most, -usd.plan, -usd.least))} cheaper"
    return f"{span(usd)} dearer" + (", perhaps as good" if usd.least <= margin else "")


def _is_as_good(usd: Interval) -> bool:
    """Whether a difference is nothing for certain."""
    return max(abs(usd.least), abs(usd.most)) <= same_usd(usd.least, usd.most)


def answer(comparison: Comparison) -> Iterator[str]:
    """What was found, the most useful first."""
    rows = list(comparison.tables["strategies"])
    best = rows[0]
    yield (
        f"Best: {money(number(best, 'cost_usd'))}, first MW {_month(best, 'first_date')}, "
        f"half {_month(best, 'half_date')}, all {_month(best, 'full_date')}, "
        f"{number(best, 'late_mw_months'):,.0f} MW-months late."
    )
    for row, result in zip(rows[1:], comparison.results[1:], strict=True):
        if not result.has_effect:
            yield f"{result.name}: restricts nothing in this scenario; the same as {best['strategy']}."
        else:
            yield _against(row, best, result.plan, comparison.best)
    yield from _bottlenecks(comparison)
    yield from (_break_even(result) for result in comparison.break_evens)
    yield from (" ".join(_timing(timing)) for timing in comparison.timings)
    yield from _choices(comparison)
    yield from comparison.notes


def _month(row: Row, column: str) -> str:
    """A date as year and month, or 'never'."""
    when = day(row, column)
    return when.strftime("%Y-%m") if when else "never"


def _against(row: Row, best: Row, plan: Plan | None, best_plan: Plan) -> str:
    """A strategy against the best plan."""
    name = str(row["strategy"])
    if plan is None:
        return f"{name}: no plan ({row['status']}). {row['reasons']}"
    least, most = number(row, "cost_increase_lower_usd"), number(row, "cost_increase_upper_usd")
    cost = dearer(Interval(least, number(row, "cost_usd") - number(best, "cost_usd"), most))
    goals = [*_goals(plan.goals[:-1], best_plan.goals[:-1]), cost]
    when = _later(day(row, "half_date"), day(best, "half_date"))
    return f"{name}: {'; '.join(goals)}; {when}."


def _goals(own: tuple[GoalResult, ...], best: tuple[GoalResult, ...]) -> Iterator[str]:
    """The goals before the cost that come out otherwise than in the best plan."""
    for one, other in zip(own, best, strict=True):
        value, against = value_text(one.goal, one.value), value_text(other.goal, other.value)
        if value != against:
            yield f"{goal_text(one.goal)}: {value} against {against}"


def _later(when: date | None, best: date | None) -> str:
    """When half the target is served, against the best plan."""
    if when is None:
        return "never serves half the target"
    if best is None or when == best:
        return f"half served {when:%Y-%m}"
    months = months_between(best, when)
    return f"half served {when:%Y-%m}, {abs(months)} months {'later' if months > 0 else 'sooner'}"


def _bottlenecks(comparison: Comparison) -> Iterator[str]:
    """The steps that gain most, and those that are none."""
    steps = [g for g in comparison.bottlenecks if g.is_relaxation]
    seen = [g for g in steps if g.plan_usd > same_usd(comparison.best.objective_usd)]
    if steps and not seen:
        most = max(steps, key=lambda gain: gain.most_usd)
        yield (
            "No single step of any limit gains anything that the gap lets one see; "
            f"none gains more than {_end(most.most_usd)}."
        )
    for place, gain in enumerate(seen[:SHOWN], 1):
        late = "" if gain.mw_months is None else f"; {gain.mw_months:,.0f} fewer MW-months late"
        yield f"Bottleneck {place}: {gain.step.about}: gains {span(gain.usd)}{late}."
    others = [g.name for g in comparison.bottlenecks if not g.is_relaxation]
    if others:
        yield f"No relaxation here, as the optimum is dearer or impossible with it: {', '.join(others)}."


def _break_even(result: BreakEvenResult) -> str:
    """Who is better from where to where, and how sure that is."""
    shown = [s for s in result.stretches if _is_shown(s, result)]
    parts = [f"{_who(s.winner, result)} from {s.low:g} to {s.high:g}" for s in shown]
    if len(shown) == 1:
        parts = [f"{_who(shown[0].winner, result)} at all of them"]
    study = result.study
    return (
        f"{result.name}, between {study.lowest:g} and {study.highest:g}: {'; '.join(parts)}. "
        f"{_proof(result)}"
    )


CROSSING_FRAC = 1e-3
"""Share of the resolution that the point at which two cost lines cross may be wide, as a tie to a dollar."""


def _is_shown(stretch: Stretch, result: BreakEvenResult) -> bool:
    """Whether a stretch is more than the width of a break-even."""
    if stretch.winner == TIE and result.proof == LINES:
        return stretch.high - stretch.low > CROSSING_FRAC * result.study.resolution
    is_edge = stretch.winner in (OPEN, TIE) and result.stretches[0] is not stretch
    is_inside = is_edge and result.stretches[-1] is not stretch
    return not (is_inside and stretch.high - stretch.low <= result.study.resolution)


def _who(winner: int, result: BreakEvenResult) -> str:
    """Who is better, in words."""
    first, second = result.study.between
    if winner == TIE:
        return "both are as good"
    if winner == OPEN:
        return "open within the gap"
    return f"{first if winner < 0 else second} is better"


def _proof(result: BreakEvenResult) -> str:
    """What the sentence rests on between the values that were solved."""
    if result.proof == LINES:
        return "Proven for every value, within the gap."
    if result.proof == MONOTONE:
        return (
            f"Solved at {len(result.points)} values, between which costs are taken to rise or to fall "
            "throughout, as they do at those."
        )
    return (
        f"Solved at {len(result.points)} values; a change that is undone within "
        f"{result.study.resolution:g} is not seen."
    )


def _timing(timing: SiteTiming) -> Iterator[str]:
    """Now, later or never at a site."""
    without = timing.without
    is_any_date = bool(timing.waits) and timing.is_no_wait_better and timing.is_no_wait_worse
    if is_any_date and _is_as_good(without):
        yield f"{timing.site}: now, later or never is as good."
        return
    if without.least == float("inf"):
        yield f"{timing.site}: there is no plan without it."
    else:
        yield f"{timing.site}: without it the plan is {dearer(without)}."
    if timing.case(NOW).status == "INFEASIBLE":
        yield "It cannot start now."
    if not timing.waits:
        yield "There is no later date to wait for."
        return
    if is_any_date:
        yield "Any date of its start is as good."
        return
    wins, loses = timing.wins_until, timing.loses_from
    if wins:
        yield f"Waiting until {wins:%Y-%m} beats starting now."
    elif timing.is_no_wait_better:
        yield "No wait beats starting now."
    else:
        yield "Whether a wait beats starting now is open within the gap."
    if loses:
        yield f"A start from {loses:%Y-%m} on is worse."
    elif timing.is_no_wait_worse:
        yield "No later start is worse."
    else:
        yield "Whether a later start is worse is open within the gap."


def _choices(comparison: Comparison) -> Iterator[str]:
    """Sites in every plan, in some."""
    if not comparison.alternatives:
        return
    if len(comparison.alternatives) == 1:
        yield "No plan on other sites was found that is no dearer than allowed."
        return
    rows = list(comparison.tables["site_choices"])
    always = [str(row["site"]) for row in rows if row["is_in_all"]]
    some = sum(0 < number(row, "plan_count") < number(row, "of_count") for row in rows)
    yield (
        f"In all {len(comparison.alternatives)} near-optimal plans: "
        f"{', '.join(always) or 'no site'}; {some} sites are in some."
    )
