"""Strategies in sentences: the best plan, and each against it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from siting.core.audit import day, number
from siting.core.calendar import months_between
from siting.core.goals import GoalResult, goal_text, value_text
from siting.core.plan import Plan
from siting.core.table import Row
from siting.outputs.report.grid import name_of
from siting.outputs.report.words import family as family_title
from siting.studies.base import Result
from siting.studies.columns import LEAST, MOST
from siting.studies.strategies.question import Results
from siting.timeline.compare import StrategyResult
from siting.timeline.milestones import end_it_mw
from siting.timeline.plans import INFINITE, Interval, same_usd
from siting.timeline.words import dearer, is_as_good, money, span

MOST_CAUSES = 3
"""Causes that a sentence names of either kind."""
SEEN_FRAC = 0.01
"""Share of all differences below which one is not worth a word."""


def sentences(result: Result[Results]) -> Iterator[str]:
    """Build or wait, the best plan, then each strategy against it."""
    rows = list(result.tables["strategies"])
    best = rows[0]
    yield from _verdicts(result)
    yield (
        f"Best: {money(number(best, 'cost_usd'))}, first MW {_month(best, 'first_date')}, "
        f"half {_month(best, 'half_date')}, all {_month(best, 'full_date')}, "
        f"{number(best, 'late_mw_months'):,.0f} MW-months late."
    )
    for row, one in zip(rows[1:], result.found[1:], strict=True):
        if not one.has_effect:
            yield f"{row['title']}: restricts nothing in this scenario; the same as the best plan."
        else:
            yield _against(row, best, one.plan, result.best)


def _verdicts(result: Result[Results]) -> Iterator[str]:
    """What it costs to decide later, or sooner, than is best, and what more and less is spent on."""
    rows = list(result.tables["strategies"])
    pairs = list(zip(rows[1:], result.found[1:], strict=True))
    more = " else" if committed_sites(result.best) else ""
    later = [(row, one) for row, one in pairs if one.strategy.decided_from_months is not None]
    for row, one in later:
        date_text = str(row["title"]).rpartition(" ")[2]
        yield _verdict(f"Deciding nothing{more} before {date_text}", row, rows[0], one)
    for row, one in pairs:
        if one.strategy.decided_within_months is not None:
            what = f"Deciding everything{more} within {one.strategy.decided_within_months:g} months"
            yield _verdict(what, row, rows[0], one)


def _verdict(what: str, row: Row, best: Row, one: StrategyResult) -> str:
    """A way to decide against the best plan."""
    if one.plan is None:
        return f"{what} leaves no plan ({row['status']})."
    if not one.has_effect:
        return f"{what} changes nothing: the best plan does so."
    return f"{what} {_costs(row, best)} and {_when(row, best)}. {_causes(row, best)}".rstrip()


def increase(row: Row, best: Row) -> Interval:
    """How much dearer a strategy that has a plan is than the best plan; without an end where nothing is
    proven."""
    least = number(row, LEAST) if row[LEAST] is not None else -INFINITE
    most = number(row, MOST) if row[MOST] is not None else INFINITE
    return Interval(least, number(row, "cost_usd") - number(best, "cost_usd"), most)


def _costs(row: Row, best: Row) -> str:
    """How much dearer a strategy is, as what it costs."""
    usd = increase(row, best)
    least, most = usd.least, usd.most
    if is_as_good(usd):
        return "costs nothing"
    if most <= 0:
        return f"saves {span(Interval(-most, -usd.plan, -least))}"
    open_end = " (that it costs anything is not proven)" if least <= same_usd(least, most) else ""
    return f"costs {span(usd)} more{open_end}"


def _when(row: Row, best: Row) -> str:
    """When half the target is served, as a clause."""
    when, first = day(row, "half_date"), day(best, "half_date")
    if when is None:
        return "never serves half the target"
    if first is None or when == first:
        return f"serves half the target by {when:%Y-%m}" + (", as the best plan" if first else "")
    months = months_between(first, when)
    return f"serves half the target {abs(months)} months {'later' if months > 0 else 'sooner'}"


def _causes(row: Row, best: Row) -> str:
    """What the plan of a strategy spends more on than the best plan, and what less."""
    found = differences(row, best)
    parts = []
    for word, sign in (("more", 1), ("less", -1)):
        named = [
            f"{words_of(family)} ({money(abs(usd))})" for family, usd in found if usd * sign > 0
        ]
        if named:
            parts.append(f"{word} is spent on {', '.join(named[:MOST_CAUSES])}")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def differences(row: Row, best: Row) -> list[tuple[str, float]]:
    """Families whose cost differs from that of the best plan by what can be seen, largest first [USD]."""
    found = [
        (key.removesuffix("_cost_usd"), number(row, key) - number(best, key))
        for key in row
        if key.endswith("_cost_usd")
    ]
    total = sum(abs(usd) for _, usd in found)
    return sorted(
        ((family, usd) for family, usd in found if abs(usd) > SEEN_FRAC * total),
        key=lambda one: (-abs(one[1]), one[0]),
    )


def words_of(family: str) -> str:
    """A family's title within a sentence; acronyms stay as they are."""
    title = family_title(family)
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def committed_sites(plan: Plan) -> list[str]:
    """Names of the sites that the scenario commits to, under every strategy."""
    rows = plan.tables.get("committed", ())
    held = (row for row in rows if row["decision"] == "core.commit" and row["at_least_count"])
    return sorted({name_of(plan, row["item"]) for row in held})


def _month(row: Row, column: str) -> str:
    """A date as year and month, or 'never'."""
    when = day(row, column)
    return when.strftime("%Y-%m") if when else "never"


def _against(row: Row, best: Row, plan: Plan | None, best_plan: Plan) -> str:
    """A strategy against the best plan."""
    name = str(row["title"])
    if plan is None:
        return f"{name}: no plan ({row['status']}). {row['reasons']}"
    cost = dearer(increase(row, best))
    goals = [*_goals(plan.goals[:-1], best_plan.goals[:-1]), cost]
    when = _later(day(row, "half_date"), day(best, "half_date"))
    return f"{name}: {'; '.join([*goals, when, *_missing(row, plan)])}."


def _missing(row: Row, plan: Plan) -> Iterator[str]:
    """What a strategy that reaches half the target leaves unserved at the end."""
    if row["half_date"] is not None and row["full_date"] is None:
        yield f"{end_it_mw(plan, 'unserved_mw'):,.0f} MW not served at the end"


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
