"""``Build`` as a family sees it, the core variables and the ledger, over whatever writes the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol

from siting.families.base import Build, Domain, Index, Variable
from siting.families.whole import Expr, Label, Rule, Whole, keys_in, labels_of, whole
from siting.model.block import Block
from siting.model.ledger import Ledger, Total

CONSTANT_TOLERANCE = 1e-9
Relation = tuple[Index, Expr, Expr]
"""Index, left and right side of a constraint."""


class Writer(Protocol):
    """Keeps the variables and constraints: as arrays to be solved, or as a Pyomo model to be read."""

    def variable(
        self,
        family: str,
        name: str,
        index: Sequence[Index],
        upper: Callable[..., Expr] | None,
        domain: Domain,
        doc: str,
    ) -> Mapping[Index, Expr]:
        """Nonnegative variables by index."""

    def constraint(
        self, family: str, name: str, relations: Iterable[Relation], doc: str, *, is_equal: bool
    ) -> None:
        """Constraints ``left <= right``, or ``left == right``; one side at least is an expression."""


class WholeWriter(Protocol):
    """Takes constraints of which all rows were evaluated at once."""

    def whole_constraint(
        self,
        family: str,
        name: str,
        index: Sequence[Index],
        sides: tuple[Expr, Expr],
        *,
        is_equal: bool,
    ) -> None:
        """Constraints ``left <= right``, or ``left == right``, with one row an index in each side."""


class IndexedVariable:
    """A variable looked up by index tuple; what was not created is zero to ``get``."""

    def __init__(self, items: Mapping[Index, Expr]) -> None:
        self.items = items

    def __getitem__(self, index: tuple[Label, ...]) -> Expr:
        return self.items[index]

    def get(self, index: tuple[Label, ...]) -> Expr:
        """The variable, or 0 where it was not created."""
        return self.items.get(index, 0.0)


class FamilyBuild:
    """``Build`` of one family."""

    def __init__(self, model: ModelBuild, family: str) -> None:
        self.model = model
        self.family = family
        self._variables: dict[str, Variable] = {}

    @property
    def commit(self) -> Variable:
        """Core variable: site committed."""
        return self.model.commit

    @property
    def variables(self) -> Mapping[str, Variable]:
        """Variables declared so far."""
        return self._variables

    @property
    def it_mw(self) -> Variable:
        """Core variable: IT load of a site."""
        return self.model.it_mw

    def variable(
        self,
        name: str,
        index: Sequence[Index],
        *,
        doc: str,
        domain: Domain = "real",
        upper: Callable[..., Expr] | None = None,
    ) -> Variable:
        """Declare a nonnegative variable over index tuples."""
        items = self.model.writer.variable(self.family, name, index, upper, domain, doc)
        self._variables[name] = IndexedVariable(items)
        self.model.items[f"{self.family}.{name}"] = items
        return self._variables[name]

    def cumulative(self, name: str, variable: Variable, index: Sequence[Index]) -> None:
        """Non-decreasing over the last index."""
        pairs: list[Index] = []
        if index:
            *item, period = labels_of(index)
            known = set(index)
            earlier = keys_in((*item, period - 1))
            pairs = [key for key, before in zip(index, earlier, strict=True) if before in known]
        doc = "a state that counts what was started never falls"
        rule = whole(lambda *k: (variable[(*k[:-1], k[-1] - 1)], variable[k]))
        self.at_most(name, pairs, rule, doc=doc)

    def add(self, total: str, key: Index, term: Expr) -> None:
        """Add a ledger term."""
        self.model.ledger.open(self.family, total).add(self.family, key, term)

    def add_each(
        self, total: str, index: Iterable[Index], rule: Callable[..., tuple[Index, Expr]]
    ) -> None:
        """Add many ledger terms."""
        self._add_each(self.model.ledger.open(self.family, total), index, rule)

    def total(self, total: str, key: tuple[Label, ...]) -> Expr:
        """Read a ledger total."""
        return self.model.ledger.read(total, key)

    def cost(self, period: int, usd: Expr) -> None:
        """Add a discounted cost."""
        self.model.ledger.costs.add(self.family, (self.family, period), usd)

    def cost_each(self, index: Iterable[Index], rule: Callable[..., tuple[Label, Expr]]) -> None:
        """Add many discounted costs."""

        def by_period(*key: Label) -> tuple[Index, Expr]:
            period, usd = rule(*key)
            return (self.family, period), usd

        self._add_each(self.model.ledger.costs, index, by_period)

    def _add_each(
        self, total: Total, index: Iterable[Index], rule: Callable[..., tuple[Index, Expr]]
    ) -> None:
        """Add the terms of a rule to a total."""
        keys = list(index)
        if self.model.whole and keys:
            place, terms = rule(*labels_of(keys))
            places = islice(keys_in(place), len(keys))
            total.add_each(self.family, places, Block.of(terms, len(keys)))
            return
        for key in keys:
            total.add(self.family, *rule(*key))

    def at_most(
        self, name: str, index: Iterable[Index], rule: Rule, *, doc: str, unit: str = ""
    ) -> None:
        """``left <= right`` at each index."""
        self._constrain(name, index, rule, doc, unit, is_equal=False)

    def equal(
        self, name: str, index: Iterable[Index], rule: Rule, *, doc: str, unit: str = ""
    ) -> None:
        """``left == right`` at each index."""
        self._constrain(name, index, rule, doc, unit, is_equal=True)

    def valid(self, name: str, index: Iterable[Index], rule: Rule, *, doc: str) -> None:
        """``left <= right`` at each index, which the other constraints imply in whole units."""
        self.model.valid.add(f"{self.family}.{name}")
        self.at_most(name, index, rule, doc=doc)

    def _constrain(
        self,
        name: str,
        index: Iterable[Index],
        rule: Rule,
        doc: str,
        unit: str,
        *,
        is_equal: bool,
    ) -> None:
        """Make the constraints; a constant one is dropped if it holds and reported if not."""
        self.model.units[f"{self.family}.{name}"] = unit
        whole = self.model.whole
        if whole and isinstance(rule, Whole):
            if keys := list(index):
                sides = rule(*labels_of(keys))
                whole.whole_constraint(self.family, name, keys, sides, is_equal=is_equal)
            return
        relations = self._open(name, index, rule, unit, is_equal=is_equal)
        self.model.writer.constraint(self.family, name, relations, doc, is_equal=is_equal)

    def _open(
        self, name: str, index: Iterable[Index], rule: Rule, unit: str, *, is_equal: bool
    ) -> Iterator[Relation]:
        """The constraints that some decision can break."""
        for key in index:
            left, right = rule(*key)
            if isinstance(left, int | float) and isinstance(right, int | float):
                excess = abs(left - right) if is_equal else left - right
                if excess > CONSTANT_TOLERANCE * max(1.0, abs(right)):
                    self.model.impossible.append((f"{self.family}.{name}", key, excess, unit))
                continue
            yield key, left, right


class ModelBuild:
    """A model under construction, and what is needed to read it afterwards.

    Args:
        writer: keeps variables and constraints.
        whole: the same writer, to which rules marked as whole are given at once; without it every
            rule is evaluated row by row.
    """

    def __init__(self, writer: Writer, whole: WholeWriter | None = None) -> None:
        self.writer = writer
        self.whole = whole
        self.ledger = Ledger()
        self.items: dict[str, Mapping[Index, Expr]] = {}
        self.units: dict[str, str] = {}
        self.valid: set[str] = set()
        self.impossible: list[tuple[str, Index, float, str]] = []
        self.commit: Variable = IndexedVariable({})
        self.it_mw: Variable = IndexedVariable({})

    def family(self, name: str) -> Build:
        """Open a family."""
        return FamilyBuild(self, name)
