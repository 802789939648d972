"""The answer of a study in sentences that fit a screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from siting.core.audit import day, number
from siting.core.calendar import months_between
from siting.core.table import Row

if TYPE_CHECKING:
    from siting.timeline.study import Comparison

BILLION, MILLION = 1e9, 1e6
SMALL_USD = 1e6
SHOWN = 3
"""Bottlenecks that are named."""


def money(usd: float) -> str:
    """Dollars in billions or millions."""
    if abs(usd) >= BILLION:
        return f"{usd / BILLION:,.2f} B USD"
    return f"{usd / MILLION:,.1f} M USD"


def answer(comparison: Comparison) -> Iterator[str]:
    """What was found, the most useful first."""
    rows = list(comparison.tables["strategies"])
    best = rows[0]
    yield (
        f"Best: {money(number(best, 'cost_usd'))}, first MW {_month(best, 'first_date')}, "
        f"half {_month(best, 'half_date')}, all {_month(best, 'full_date')}, "
        f"{number(best, 'late_mw_months'):,.0f} MW-months late."
    )
    for row in rows[1:]:
        yield _against(row, best)
    yield from _bottlenecks(comparison)
    yield from _break_evens(comparison)
    yield from _timings(comparison)
    yield from _choices(comparison)


def _month(row: Row, column: str) -> str:
    """A date as year and month, or 'never'."""
    when = day(row, column)
    return when.strftime("%Y-%m") if when else "never"


def _against(row: Row, best: Row) -> str:
    """A strategy against the best plan."""
    name = str(row["strategy"])
    if row["cost_usd"] is None:
        return f"{name}: no plan ({row['status']}). {row['reasons']}"
    least, most = number(row, "dearer_least_usd"), number(row, "dearer_most_usd")
    if most < SMALL_USD:
        cost = "as good"
    elif least < SMALL_USD:
        cost = f"at most {money(most)} dearer, perhaps as good"
    else:
        cost = f"{money(least)} to {money(most)} dearer"
    return f"{name}: {cost}; {_later(day(row, 'half_date'), day(best, 'half_date'))}."


def _later(when: date | None, best: date | None) -> str:
    """When half the target is served, against the best plan."""
    if when is None:
        return "never serves half the target"
    if best is None or when == best:
        return f"half served {when:%Y-%m}"
    months = months_between(best, when)
    return f"half served {when:%Y-%m}, {abs(months)} months {'later' if months > 0 else 'sooner'}"


def _bottlenecks(comparison: Comparison) -> Iterator[str]:
    """The steps that gain most."""
    gains = [g for g in comparison.bottlenecks if g.plan_usd >= SMALL_USD][:SHOWN]
    if comparison.bottlenecks and not gains:
        yield "No single step of any limit gains anything that the gap lets one see."
    for place, gain in enumerate(gains, 1):
        yield (
            f"Bottleneck {place}: {gain.step.about}: {money(gain.plan_usd)} "
            f"({money(gain.least_usd)} for certain), {gain.mw_months:,.0f} fewer MW-months late."
        )


def _break_evens(comparison: Comparison) -> Iterator[str]:
    """Where the better of two strategies changes."""
    for result in comparison.break_evens:
        study = result.study
        for crossing in result.crossings:
            yield (
                f"{result.name}: {crossing.before} is better up to {crossing.low:g}, "
                f"{crossing.after} from {crossing.high:g} on."
            )
        if not result.crossings:
            winners = sorted({p.winner for p in result.points if p.winner})
            who = study.between[0 if winners[0] < 0 else 1] if len(winners) == 1 else "neither"
            yield (
                f"{result.name}: between {study.lowest:g} and {study.highest:g} "
                f"{who} is better wherever the gap lets one see."
            )


def _timings(comparison: Comparison) -> Iterator[str]:
    """Now, later or never at a site."""
    for timing in comparison.timings:
        costs = {case.case: case.cost_usd for case in timing.cases}
        never = costs["never"] - costs["free"]
        wins, loses = timing.wins_until, timing.loses_from
        yield (
            f"{timing.site}: without it the plan is {money(never)} dearer. "
            + (
                f"Waiting until {wins:%Y-%m} beats starting now. "
                if wins
                else "No wait beats starting now. "
            )
            + (f"A start from {loses:%Y-%m} on is worse." if loses else "No later start is worse.")
        )


def _choices(comparison: Comparison) -> Iterator[str]:
    """Sites in every plan, in some."""
    if not comparison.alternatives:
        return
    rows = list(comparison.tables["site_choices"])
    always = [str(row["site"]) for row in rows if row["is_in_all"]]
    some = sum(0 < number(row, "plan_count") < number(row, "of_count") for row in rows)
    yield (
        f"In all {len(comparison.alternatives)} near-optimal plans: "
        f"{', '.join(always) or 'no site'}; {some} sites are in some."
    )
