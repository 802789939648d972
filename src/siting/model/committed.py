r"""Decisions that a scenario fixes or bounds, of whatever family.

Formulation, with X[i,p] the state of a declared decision, i its item and n a row of ``committed`` that
holds in the periods P:

    (held)    least[n] - z[n] <= X[i,p]      p the first of P, and all of P where X may fall again
    (capped)  X[i,p] <= most[n]              p the last of P, and all of P where X may fall again
    cost      d[p] * price[n] * z[n]         p the first of P

    z[n]      how many are dropped of what was committed to; only where that has a price

X of a period in which nothing can be decided any more is that of the last one in which it can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from siting.core.committed import NAME, Committed
from siting.core.errors import InputError, Issue
from siting.core.warnings import listed
from siting.expressions.labels import Expr, Label, Relation, at, parts, pick, sum_over
from siting.families.base import Index
from siting.families.declarations import Limit, Rank, setting, times
from siting.families.declared import decisions
from siting.instance.build import Instance
from siting.instance.committed import committed_sites
from siting.model.arrays import Columns
from siting.model.build import ModelBuild
from siting.model.program import Program

HELD, CAPPED = f"{NAME}.held", f"{NAME}.capped"
LIMITS: Mapping[str, Limit] = {
    HELD: Limit(
        Rank.RULE, setting(f"{NAME}.{{0}}.quantity", f"{NAME}.{{0}}.at_least"), times(-1.0)
    ),
    CAPPED: Limit(Rank.RULE, setting(f"{NAME}.{{0}}.quantity", f"{NAME}.{{0}}.at_most")),
}
"""What may be relaxed where no plan keeps what is committed."""


def declare_committed(build: ModelBuild, instance: Instance) -> None:
    """Rows of every decision that is fixed or bounded, and the price of what is dropped.

    Raises:
        InputError: an item of which nothing can be decided.
    """
    committed = dict(sorted(instance.scenario.committed.items()))
    if not committed:
        return
    calendar = instance.system.calendar
    states = {name: _States(build, name, one, instance) for name, one in committed.items()}
    block = build.family(NAME)
    least = {name: one.least or 0.0 for name, one in committed.items()}
    most = {name: one.most or 0.0 for name, one in committed.items()}
    priced = [(name,) for name, one in committed.items() if one.cancellation_usd is not None]
    dropped = block.variable(
        "dropped", priced, upper=lambda n: at(least, n), doc="dropped of what was committed to"
    )
    decisions = sorted({one.decision for one in committed.values()})

    def state(name: Label, period: Label) -> Expr:
        def of(decision: str) -> Expr:
            members = pick(lambda n, p: states[n].at(decision, p), name, period)
            return sum_over(members, lambda key: build.items[decision][parts(key)])

        return sum(of(decision) for decision in decisions)

    def price(name: Label) -> tuple[Label, Expr]:
        first = pick(lambda n: states[n].periods[0], name)
        usd = {n: committed[n].cancellation_usd or 0.0 for (n,) in priced}
        return first, at(usd, name) * at(calendar.discount, first) * dropped.get((name,))

    block.cost_each(priced, price)
    kept = [(n, p) for n, one in committed.items() if one.least for p in states[n].from_first]
    bounded = [
        (n, p) for n, one in committed.items() if one.most is not None for p in states[n].to_last
    ]

    @block.constraint(over=kept, doc="what is committed to is kept or dropped at its price")
    def held(name: Label, period: Label) -> Relation:
        return -1.0 * state(name, period) - dropped.get((name,)) <= -1.0 * at(least, name)

    @block.constraint(over=bounded, doc="no more than is committed to")
    def capped(name: Label, period: Label) -> Relation:
        return state(name, period) <= at(most, name)


class _States:
    """The columns of the item of a row of ``committed``, by the period in which it holds."""

    def __init__(self, build: ModelBuild, name: str, one: Committed, instance: Instance) -> None:
        starts = instance.system.calendar.starts
        columns: Columns = build.items[one.decision]
        self.decision, self.item = one.decision, one.parts
        size = len(self.item)
        known = {key[size] for key in columns.number if key[:size] == self.item}
        self._decided = sorted(known)
        self._is_cumulative = one.decision in build.cumulative
        self.periods = tuple(p for p, day in enumerate(starts) if one.holds(day))
        if not known:
            items = sorted({" ".join(map(str, key[:size])) for key in columns.number})
            raise InputError([_unknown(name, one, items)])

    def at(self, decision: str, period: int) -> tuple[Index, ...]:
        """The index of the state of a decision in a period: none of another one, nor before it can be."""
        if decision != self.decision:
            return ()
        past = [q for q in self._decided if q <= period]
        if not past or (past[-1] != period and not self._is_cumulative):
            return ()
        return ((*self.item, past[-1]),)

    @property
    def from_first(self) -> tuple[int, ...]:
        """Periods in which at least so many must be there: what never falls need be only at first."""
        return self.periods[:1] if self._is_cumulative else self.periods

    @property
    def to_last(self) -> tuple[int, ...]:
        """Periods in which at most so many may be there."""
        return self.periods[-1:] if self._is_cumulative else self.periods


def _unknown(name: str, one: Committed, items: list[str]) -> Issue:
    """An item of which nothing can be decided."""
    some = (
        f"one of {listed(items, 8)}"
        if items
        else f"a scenario in which {one.decision} can be decided"
    )
    return Issue(
        f"{NAME}.{name}.item",
        f"nothing of {one.decision} can be decided at '{one.item}'",
        some,
        "Correct it; what would come too late, or serve nothing, is no decision",
    )


@dataclass(frozen=True)
class Kept:
    """A state that a scenario holds up, and its way there: what studies may not forbid.

    Attributes:
        least: so many at least. is_due: whether they may still be begun: not once all must be there.
    """

    column: int
    least: float
    is_due: bool


def kept_at_least(linear: Program, instance: Instance) -> Iterator[Kept]:
    """Every state of what a scenario commits to; before its date too, since it may take several periods
    to get there."""
    starts = instance.system.calendar.starts
    held: dict[tuple[str, Index], list[Committed]] = {}
    for one in instance.scenario.committed.values():
        if one.least:
            held.setdefault((one.decision, one.parts), []).append(one)
    for (name, key), column in linear.columns.items() if held else ():
        rows = held.get((name, key[:-1]), ())
        if rows:
            last = max(next(p for p, day in enumerate(starts) if one.holds(day)) for one in rows)
            yield Kept(column, max(one.least or 0.0 for one in rows), key[-1] <= last)


def needed_at_sites(linear: Program, instance: Instance) -> Iterator[int]:
    """Columns of what may be needed at the sites to which a scenario commits: the site, its connection,
    its equipment. Supply that is not committed itself stays a choice."""
    sites = committed_sites(instance.scenario)
    needed = {name for name, decision in decisions().items() if decision.is_needed}
    for (name, key), column in linear.columns.items() if sites else ():
        if name in needed and sites & {part for part in key[:-1] if isinstance(part, str)}:
            yield column
