"""Plan again as of a date: what was decided is held, news replaces assumptions, the rest is decided anew.

Three plans stand side by side: the last one as it was; the last one under the news, all its decisions held
(``keep``); and the new one, of which only what was decided before the date is held. The new plan is never
dearer than ``keep``, of which it may take every decision, and never cheaper than what hindsight would have
done, which holds nothing. Without news the last plan stays: its bound is one of the narrower program too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.plan import Plan
from siting.core.study import Change
from siting.core.table import Cell, Table
from siting.core.yaml_scan import Document
from siting.instance.build import Instance, build_instance
from siting.instance.changes import changed
from siting.model.assemble import USD_PER_OBJECTIVE, Model, assemble
from siting.model.program import Program
from siting.pipeline import Loaded, finish
from siting.replan.changes import PLACED, changes_table, urgent_table
from siting.replan.costs import cost_split
from siting.replan.facts import News, news_of, news_table
from siting.replan.held import (
    Rise,
    States,
    absent,
    committed,
    droppable,
    early_periods,
    held,
    lost,
    readable,
    states_of,
    without,
)
from siting.replan.told import Fact
from siting.scenario import read_scenario
from siting.solver.highs import FEASIBILITY, Outcome, relative_gap
from siting.solver.lexicographic import Ranked
from siting.timeline.solves import Solver

SHOWN = 5
"""Decisions that a note names."""
POLICY_COLUMNS = ("policy", "status", "cost_usd", "bound_usd", "about")
NO_CANCELLATION = (
    "What was decided is held and paid for, whether it still serves or not: nothing says what it costs to "
    "cancel it. Rows of 'committed' in the scenario with a cancellation_usd would."
)
CANCELLATION = (
    "What was decided is held and paid for, but for what rows of 'committed' with a cancellation_usd price: "
    "that may be dropped."
)


@dataclass(frozen=True)
class Replanned:
    """A new plan beside the last one.

    Attributes:
        before: the last plan. plan: the new one. as_of: the date.
        periods: how many start before it.
        keep_usd: what the last plan costs under the news; None where it cannot be kept.
        tables: ``changes``, ``cost_split``, ``news``, ``policies`` and ``urgent``.
        notes: what a reader has to know of what was held. in_vain: news of orders that nobody placed.
    """

    before: Plan
    plan: Plan
    as_of: date
    periods: int
    keep_usd: float | None
    tables: Mapping[str, Table]
    notes: tuple[str, ...]
    in_vain: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of ``changes`` there are of each kind."""
        return dict(sorted(Counter(str(row["change"]) for row in self.tables["changes"]).items()))


def replan(
    before: Plan,
    as_of: date,
    solver: Solver,
    changes: Mapping[str, Any] | None = None,
    facts: Sequence[Fact] = (),
) -> Replanned:
    """Plan again as of a date.

    Args:
        before: the last plan, with its scenario. changes: numbers of the scenario by dotted path.
        facts: what is known by then.

    Raises:
        InputError: a date outside the horizon, items or numbers that the scenario does not have.
        InfeasibleError: nothing that was decided can be continued. NoPlanError: no plan was found.
    """
    old = _instance(before)
    calendar = old.system.calendar
    periods = early_periods(old, as_of)
    if not calendar.starts[0] <= as_of <= calendar.starts[-1]:
        what, expected = f"{as_of}", f"a day from {calendar.starts[0]} to {calendar.starts[-1]}"
        raise InputError([Issue("--as-of", what, expected, "Name a day with something to decide")])
    news = news_of(old, facts, as_of)
    told = [Change(path=path, set=value, is_new=True) for path, value in (changes or {}).items()]
    told += [change for one in news for change in one.changes]
    instance = (changed(old, told, "--set and --facts") if told else old) or old
    states = states_of(old, assemble(old).linear, before.tables)
    model = assemble(instance)
    # what is no column would not be held, and every state after it would be bought anew
    gone = absent(model.linear, states, periods)
    again = _Again(before, instance, model, without(states, gone), periods, solver)
    found, more = again.kept()
    if more:
        gone |= more
        again = replace(again, states=without(states, gone))
        found, _ = again.kept()
    return _result(again, as_of, found, gone, (old, states), news, told)


@dataclass(frozen=True)
class _Kept:
    """What comes of the last plan under the news.

    Attributes:
        keep: every decision held. free: states that the news has kept from being what they were.
    """

    keep: Ranked
    free: frozenset[str]


@dataclass(frozen=True)
class _Again:
    """The scenario with its news, and what the last plan had decided."""

    before: Plan
    instance: Instance
    model: Model
    states: States
    periods: int
    solver: Solver

    @property
    def is_news(self) -> bool:
        """Whether anything is other than the last plan took it to be."""
        return dict(self.instance.resolved) != dict(self.before.scenario)

    def kept(self) -> tuple[_Kept, frozenset[Rise]]:
        """The last plan under the news, and what of it comes to nothing within the horizon.

        What follows by itself, such as units of the pool for a place, is held up to the date, where the
        news has not kept it from happening; decisions are held whatever comes.
        """
        every = len(self.instance.system.calendar)
        linear = self.model.linear
        follows = frozenset(n for n, (d, _) in readable().items() if d.is_recourse)
        decided = held(linear, self.states, every, follows if self.is_news else frozenset())
        keep = self._solve("keep", held(decided, self.states, self.periods))
        if keep.outcome.status != "INFEASIBLE":
            return _Kept(keep, frozenset()), frozenset()
        gone = lost(linear, self.states, self.periods, self.solver.limits)
        if gone:
            return _Kept(keep, frozenset()), gone
        if self._solve("past", self.past(frozenset())).outcome.status != "INFEASIBLE":
            return _Kept(keep, frozenset()), frozenset()
        return _Kept(self._solve("keep what was decided", decided), follows), frozenset()

    def past(self, free: frozenset[str]) -> Program:
        """The program with what was decided before the date held, but for some states."""
        priced = droppable(self.instance)
        return held(self.model.linear, self.states, self.periods, free, priced)

    def anew(self, kept: _Kept) -> tuple[Program, Ranked]:
        """The best plan from the date on; the last one where nothing is new and its proof holds."""
        linear = self.past(kept.free)
        if not self.is_news and kept.keep.outcome.x is not None:
            stays = self._stays(kept.keep)
            if stays is not None:
                return linear, stays
        return linear, self._solve("replan", linear)

    def _solve(self, name: str, linear: Program) -> Ranked:
        """A solve of the scenario with its news."""
        return self.solver.solve(name, self.instance, linear)

    def _stays(self, keep: Ranked) -> Ranked | None:
        """The last plan with its own proof, where that is as good as was asked for."""
        outcome = keep.outcome
        bound = min(self.before.bound_usd / USD_PER_OBJECTIVE, outcome.objective)
        gap = relative_gap(outcome.objective, bound)
        if len(keep.goals) != 1 or gap > self.solver.limits.gap_frac + FEASIBILITY:
            return None
        goal = replace(keep.goals[0], bound=bound, gap=gap, is_proven=True)
        outcome = replace(outcome, bound=bound, gap=gap, status="OPTIMAL", ended_by="")
        return replace(keep, outcome=outcome, goals=(goal,))

    def words(self, rise: Rise) -> str:
        """A decision in words."""
        (name, labels), period = rise
        system = self.instance.system
        sites = {site: record.name or site for site, record in system.sites.items()}
        item = PLACED.join(sites.get(str(label), str(label)) for label in labels)
        return f"{readable()[name][0].commits} ({item}, {system.calendar.starts[period]})"


def _result(
    again: _Again,
    as_of: date,
    kept: _Kept,
    gone: frozenset[Rise],
    before: tuple[Instance, States],
    news: Sequence[News],
    told: Sequence[Change],
) -> Replanned:
    """The new plan with its tables."""
    linear, ranked = again.anew(kept)
    limits = again.solver.limits
    plan = finish(Loaded(again.instance, again.before.inputs), again.model, linear, ranked, limits)
    plan = replace(plan, settings={**plan.settings, "as_of": str(as_of)})
    x = ranked.outcome.x
    assert x is not None
    old, was = before
    after = states_of(again.instance, again.model.linear, plan.tables)
    starts = old.system.calendar.starts
    items = frozenset(one.fact.item for one in news)
    items |= {part for change in told for part in change.path.split(".")}
    decided = committed(linear, after, again.periods)
    keep = kept.keep.outcome
    tables = {
        "changes": changes_table(was, after, starts, again.periods, items, gone),
        "cost_split": cost_split(again.model, x, decided, again.periods),
        "news": news_table(old, news),
        "policies": _policies(again.before, keep, plan),
        "urgent": urgent_table(was, after, starts, again.periods, gone),
    }
    cost = None if keep.x is None else keep.objective * USD_PER_OBJECTIVE
    return Replanned(
        again.before, plan, as_of, again.periods, cost, tables, _notes(again, kept, gone),
        tuple(_in_vain(news, was, starts)),
    )  # fmt: skip


def _in_vain(news: Sequence[News], states: States, starts: Sequence[date]) -> Iterator[str]:
    """News of orders that the last plan did not place, in words."""
    for fact in (one.fact for one in news):
        placed = {
            starts[period]
            for (_, labels), rises in states.rises.items()
            if fact.item in map(str, labels)
            for period in rises
        }
        if fact.ordered is not None and fact.ordered not in placed:
            days = ", ".join(map(str, sorted(placed))) or "never"
            yield (
                f"{fact.where}: the last plan did not order {fact.item} on {fact.ordered} (it did: {days}), "
                "so this date moves nothing that was ordered."
            )


def _notes(again: _Again, kept: _Kept, gone: frozenset[Rise]) -> tuple[str, ...]:
    """What a reader has to know of what was held."""
    notes = [CANCELLATION if droppable(again.instance) else NO_CANCELLATION]
    if kept.free:
        words = sorted(readable()[name][0].commits for name in kept.free)
        notes.append(
            "The news keeps some of the past from having been so. Not held, but decided anew: "
            f"{'; '.join(words)}."
        )
    if gone:
        names = sorted(map(again.words, gone))
        some = "; ".join(names[:SHOWN])
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        notes.append(
            f"Decided before, and of no use within the horizon any more: {some}{more}. It is paid for "
            "once it comes, after the horizon."
        )
    unread = [n for n in again.states.unread if n.partition(".")[0] in again.instance.data]
    if unread:
        notes.append(f"No table shows when it was decided, so it is not held: {', '.join(unread)}.")
    return tuple(notes)


def _policies(before: Plan, keep: Outcome, plan: Plan) -> Table:
    """What the last plan was to cost, what it costs under the news, and what the new one does."""
    is_there = keep.x is not None
    rows: list[tuple[Cell, ...]] = [
        (
            "last plan",
            before.status,
            before.objective_usd,
            _finite(before.bound_usd),
            "as it was planned",
        ),
        (
            "keep",
            keep.status,
            keep.objective * USD_PER_OBJECTIVE if is_there else None,
            _finite(keep.bound * USD_PER_OBJECTIVE) if is_there else None,
            "every decision of the last plan, under the news",
        ),
        (
            "re-planned",
            plan.status,
            plan.objective_usd,
            _finite(plan.bound_usd),
            "decisions up to the date held, the rest anew",
        ),
    ]
    return Table.of(POLICY_COLUMNS, (dict(zip(POLICY_COLUMNS, row, strict=True)) for row in rows))


def _instance(plan: Plan) -> Instance:
    """The instance of the scenario of a plan."""
    data = dict(plan.scenario)
    return build_instance(read_scenario(Document.of(data, "scenario.json")), data)


def _finite(usd: float) -> float | None:
    """A bound, where there is one."""
    return usd if isfinite(usd) else None
