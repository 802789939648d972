"""The contract between a constraint family and the engine.

A family meets the others only in the core variables (``commit``, ``it_mw``) and in the *ledger*,
named totals to which families add terms while declaring and which they read while constraining.
It never sees Pyomo: ``Build`` gives variables that support ``+ - *`` and makes the constraints.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from siting.core.audit import AuditResult, Finding
from siting.core.calendar import Lag
from siting.core.errors import Issue
from siting.core.strict import StrictModel
from siting.core.system import System
from siting.core.table import Table, Tables
from siting.expressions.labels import Expr, Label, Rule, pick, signed_sum
from siting.families.books import Books, Less
from siting.families.columns import Columns
from siting.families.declarations import Decision, Limit, Measure, Sign
from siting.families.doubts import Doubts
from siting.families.provides import Provider, check_parts
from siting.families.steps import Around, Stage, Step

Index = tuple[Any, ...]
Domain = Literal["binary", "integer", "real"]
Purpose = Literal["land", "halls", "grid", "power", "other"]
"""What costs are counted as."""


class Variable(Protocol):
    """An indexed variable. Indices that could only be zero are never created."""

    name: str

    def __getitem__(self, index: tuple[Label, ...]) -> Expr:
        """The variable at an index that was created."""

    def get(self, index: tuple[Label, ...]) -> Expr:
        """The variable at an index, or 0 where it was not created."""


class Build(Protocol):
    """What a family uses to write itself into the model."""

    @property
    def commit(self) -> Variable:
        """Core variable, by site and period: 1 once the site is committed."""

    @property
    def it_mw(self) -> Variable:
        """Core variable, by site and period: IT load [MW]."""

    @property
    def variables(self) -> Mapping[str, Variable]:
        """Variables this family has declared, by name."""

    def variable(
        self,
        name: str,
        index: Sequence[Index],
        *,
        doc: str,
        domain: Domain = "real",
        upper: Callable[..., Expr] | None = None,
    ) -> Variable:
        """Declare a nonnegative variable over sorted index tuples; its upper bound, of one index or
        of all at once, may be infinite."""

    def cumulative(self, name: str, variable: Variable, index: Sequence[Index]) -> None:
        """Make a variable non-decreasing over its last index, the period."""

    def add_each(
        self, total: str, index: Iterable[Index], rule: Callable[..., tuple[Index, Expr]]
    ) -> None:
        """Add ``key, term = rule(*index)`` at each index to a ledger total; an error once it has been
        read. The rule is called once, with the labels of all indices."""

    def total(self, total: str, key: tuple[Label, ...]) -> Expr:
        """The sum of the terms of a ledger total; 0 where nobody added any."""

    def cost_each(self, index: Iterable[Index], rule: Callable[..., tuple[Label, Expr]]) -> None:
        """Add the cost ``period, usd = rule(*index)``, already discounted, at each index, likewise."""

    def constraint(
        self, *, over: Iterable[Index], doc: str, unit: str = "", name: str = ""
    ) -> Callable[[Rule], Rule]:
        """State the rule below as a constraint at each index of ``over``.

        The rule is called once, with the labels of all indices, and returns ``left <= right`` or
        ``left == right``; its name is the constraint's unless another is given. ``unit`` is that of both sides.
        """

    def cut(self, *, over: Iterable[Index], doc: str) -> Callable[[Rule], Rule]:
        """Valid inequalities ``left <= right``: no plan breaks them that keeps the other constraints,
        but a relaxed one may. They are no limits, so no limit is relaxed in them."""


class Values(Protocol):
    """The solved values: integers are exact, anything not created is 0."""

    def get(self, name: str, index: Index) -> float:
        """Value of ``family.variable`` at an index."""

    def total(self, total: str, key: Index) -> float:
        """Value of a ledger total."""


class Lookup(Protocol):
    """Values of a solution by variable; anything not created is 0."""

    def get(self, name: str, index: Index) -> float:
        """Value of ``family.variable`` at an index."""


@dataclass(frozen=True)
class Total:
    """A ledger total: what families add up, and others read.

    Attributes:
        index: what each part of its key is. meaning: with the sign where terms may be negative.
    """

    name: str
    index: tuple[str, ...]
    unit: str
    meaning: str


@dataclass(frozen=True)
class LazyRow:
    """A constraint ``lower <= sum of coefficient * variable <= upper`` stated once it is broken.

    Attributes:
        name, index: ``family.constraint`` and index, as of any other row.
        terms: (``family.variable``, index, coefficient).
    """

    name: str
    index: Index
    terms: tuple[tuple[str, Index, float], ...]
    lower: float
    upper: float
    unit: str


@dataclass(frozen=True)
class Component:
    """One constraint family.

    Attributes:
        name: file name, YAML key and prefix of every constraint.
        config: schema of its settings.
        prepare: settings and shared data to the numbers of its formulas.
        declare: variables and ledger terms. constrain: constraints.
        report: result tables from the solved values.
        audit: the same rules in plain arithmetic, from the tables.
        check: cross-references that the schema cannot see.
        provides: parts of the shared system by name, see ``families.provides``.
        requires: families it needs.
        places: settings whose rows are drawn on the map, with the kind of place that a row is.
        useful: by zone, the firm supply [MW] that is of use to the family beyond the need of the
            zone's own sites with their margin; a family that reads or takes from ``zone_firm_mw``
            says here what else it could use, since ``plants`` builds no unit beyond that.
        totals: ledger totals that it owns: no other family declares them, any may add or read.
        decisions: what its states stand for, by variable; every integer variable is there.
        limits: what a planner may relax, by rule. All other rules are balances and logic.
        logic: rules with a number of the scenario in them that are no limits, and why not.
        measures: durations and room that a planner may relax beside the limits.
        located: tables of its settings whose items lie in a zone or at a node.
        is_in_every_round: whether its integers are free in each neighbourhood of a search by
            technology, since others cannot move without them.
        separate: rows of its data that a solution breaks, of those too many to be stated at once.
        restate: the same rows by their indices, None for what is the index of none: so that what was
            stated in a search can be stated again without it.
        doubts: what is warned of in its settings.
        formulation: the docstring of its module.
        title: what planners call it, and its cost. pays_for: what its cost is counted as, by site.
        columns: its result tables. names: by column, the names that its data knows, beside those of
            places; a row with another one is none of the scenario.
        counts: quantity of the footprint of a plan that it prices or caps.
        steps: what of a plan a site may have waited for. stages: how schedules show those steps.
        used_up: limits on the load of a site of which a plan leaves nothing in a period, in words.
        any_plan_usd: discounted cost of a plan that no other with the same load in each period avoids.
        rises: sites and periods in which a plan serves load that is asked for from then on.
        serves: what it bought in a plan that serves nothing. misses: whether one of its rules would be
            broken with less.
        beside: its data in each of several futures, so that a decision that is shared by them means
            the same in all: what bounds it by the need of one future must have room for that of any.
        signs: by act (see ``core.futures``), what is started in two futures and tells them apart once
            it arrives: from its data in both, and the months of the study where the act has one.
    """

    name: str
    config: type[StrictModel]
    prepare: Callable[[System, Any], Any]
    declare: Callable[[Build, Any], None]
    constrain: Callable[[Build, Any], None]
    report: Callable[[Values, Any], dict[str, Table]]
    audit: Callable[[Any, Tables], AuditResult]
    check: Callable[[System, Any], list[Issue]] = field(default=lambda system, config: [])
    useful: Callable[[System, Any], Mapping[str, float]] = field(default=lambda system, config: {})
    provides: Mapping[str, Provider] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    totals: tuple[Total, ...] = ()
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    logic: Mapping[str, str] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    located: tuple[str, ...] = ()
    is_in_every_round: bool = False
    separate: Callable[[Any, Lookup], list[LazyRow]] | None = None
    restate: Callable[[Any, Sequence[Index]], list[LazyRow | None]] | None = None
    doubts: Doubts = field(default_factory=Doubts)
    formulation: str = ""
    title: str = ""
    pays_for: Purpose = "other"
    columns: Mapping[str, Columns] = field(default_factory=dict)
    counts: Literal["emissions_t", "water_m3", ""] = ""
    names: Callable[[Any], Mapping[str, Collection[str]]] = field(default=lambda data: {})
    steps: Callable[[Any, Around], Iterable[Step]] = field(default=lambda data, around: ())
    stages: tuple[Stage, ...] = ()
    used_up: Callable[[Any, Around, int], Iterable[str]] = field(
        default=lambda data, around, period: ()
    )
    any_plan_usd: Callable[[Any, Mapping[str, Table]], float] = field(
        default=lambda data, tables: 0.0
    )
    rises: Callable[[Any, Mapping[str, Table]], Collection[tuple[str, int]]] = field(
        default=lambda data, tables: ()
    )
    serves: Callable[[Books, Any], Iterable[Finding]] = field(default=lambda books, data: ())
    misses: Callable[[Books, Any, Less], bool] = field(default=lambda books, data, less: False)
    beside: Callable[[Sequence[Any]], Sequence[Any]] = field(default=lambda datas: datas)
    signs: Mapping[str, Callable[[Any, Any, float | None], Iterable[Sign]]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        check_parts(self.name, self.provides)


def arrived(variable: Variable, item: tuple[Label, ...], lag: Label, period: Label) -> Expr:
    """Quantity in service in a period of a variable that is cumulative over starts."""
    return signed_sum(lag_terms(lag, period), lambda *key: variable.get(key), *item)


def lag_terms(lag: Label, period: Label) -> Label:
    """The signed starts whose sum is in service in a period."""
    if isinstance(lag, Lag):
        return pick(lag.terms.__getitem__, period)
    return pick(lambda of, p: of.terms[p], lag, period)


def committed_by(build: Build, site: Label, own: Label, tiered: Label) -> Expr:
    """Whether a site was committed in one of some periods: those of ``own`` if it has a review of
    its own, those of ``tiered`` if it tiers from a programmatic review."""

    def alone(s: Label, p: Label) -> Expr:
        return build.commit.get((s, p)) - build.total("tiered", (s, p))

    def together(s: Label, p: Label) -> Expr:
        return build.total("tiered", (s, p))

    return signed_sum(own, alone, site) + signed_sum(tiered, together, site)


def reviewed(build: Build, system: System, site: Label, period: Label) -> Expr:
    """1 where the review of a committed site is complete in a period."""
    own = lag_terms(pick(system.review, site), period)
    never = Lag((), ((),) * len(system.calendar))
    tiered = lag_terms(pick(lambda s: system.tiered_review.get(s, never), site), period)
    return committed_by(build, site, own, tiered if system.tiered_review else ())


def firm_draw(totals: Build | Values, site: Label, period: Label) -> Expr:
    """Draw from the grid that does not give way in peak hours."""
    return totals.total("grid_mw", (site, period)) - totals.total("give_way_mw", (site, period))


def arrived_value(values: Values, name: str, item: Index, lag: Lag, period: int) -> float:
    """The same of solved values."""
    return sum(sign * values.get(name, (*item, start)) for sign, start in lag.terms[period])


def steps(values: Values, name: str, item: Index, periods: Iterable[int]) -> list[tuple[int, int]]:
    """(period, newly started) of an integer variable that is cumulative over starts."""
    found: list[tuple[int, int]] = []
    before = 0
    for period in periods:
        now = round(values.get(name, (*item, period)))
        if now > before:
            found.append((period, now - before))
        before = max(before, now)
    return found
