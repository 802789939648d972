"""``Build`` as a family sees it, the core variables and the ledger, over the arrays that are written."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from types import MappingProxyType

import numpy as np

from siting.core.errors import SitingError
from siting.core.names import known
from siting.expressions import block
from siting.expressions.block import Block
from siting.expressions.labels import Expr, Label, Relation, Rule, keys_in, labels_of
from siting.families.base import Build, Domain, Index, Total, Variable
from siting.model.arrays import ArrayWriter, Columns
from siting.model.ledger import Ledger


class Variables(Mapping[str, Variable]):
    """The variables of a family by name; one that it has not declared is an error."""

    def __init__(self, family: str) -> None:
        self.family = family
        self.declared: dict[str, Variable] = {}

    def __getitem__(self, name: str) -> Variable:
        return self.declared[known(name, self.declared, f"variable of {self.family}")]

    def __iter__(self) -> Iterator[str]:
        return iter(self.declared)

    def __len__(self) -> int:
        return len(self.declared)


class FamilyBuild:
    """``Build`` of one family."""

    def __init__(self, model: ModelBuild, family: str) -> None:
        self.model = model
        self.family = family
        self._variables = Variables(family)

    @property
    def commit(self) -> Variable:
        """Core variable: site committed."""
        return self.model.commit

    @property
    def it_mw(self) -> Variable:
        """Core variable: IT load of a site."""
        return self.model.it_mw

    @property
    def variables(self) -> Mapping[str, Variable]:
        """Variables declared so far."""
        return self._variables

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
        if name in self._variables.declared:
            raise SitingError(f"{self.family} declares the variable '{name}' twice")
        columns = self.model.writer.variable(self.family, name, index, upper, domain, doc)
        self._variables.declared[name] = columns
        self.model.items[f"{self.family}.{name}"] = columns
        return columns

    def cumulative(self, name: str, variable: Variable, index: Sequence[Index]) -> None:
        """Non-decreasing over the last index."""
        pairs: list[Index] = []
        if index:
            *item, period = labels_of(index)
            given = set(index)
            earlier = keys_in((*item, period - 1))
            pairs = [key for key, before in zip(index, earlier, strict=True) if before in given]

        def never_falls(*key: Label) -> Relation:
            return variable[(*key[:-1], key[-1] - 1)] <= variable[key]

        self.model.cumulative[variable.name] = f"{self.family}.{name}"
        doc = "a state that counts what was started never falls"
        self._constrain(name, pairs, never_falls, doc, "")

    def add_each(
        self, total: str, index: Iterable[Index], rule: Callable[..., tuple[Index, Expr]]
    ) -> None:
        """Add ledger terms."""
        self._add_each(partial(self.model.ledger.add_each, self.family, total), index, rule)

    def total(self, total: str, key: tuple[Label, ...]) -> Expr:
        """Read a ledger total."""
        return self.model.ledger.read(total, key)

    def cost_each(self, index: Iterable[Index], rule: Callable[..., tuple[Label, Expr]]) -> None:
        """Add discounted costs."""

        def by_period(*key: Label) -> tuple[Index, Expr]:
            period, usd = rule(*key)
            return (self.family, period), usd

        self._add_each(partial(self.model.ledger.add_cost_each, self.family), index, by_period)

    def _add_each(
        self,
        add: Callable[[Sequence[Index], Block], None],
        index: Iterable[Index],
        rule: Callable[..., tuple[Index, Expr]],
    ) -> None:
        """Add the terms of a rule."""
        keys = list(index)
        if keys:
            place, sums = rule(*labels_of(keys))
            places = list(islice(keys_in(place), len(keys)))
            add(places, Block.of(sums, len(keys)))

    def constraint(
        self, *, over: Iterable[Index], doc: str, unit: str = "", name: str = ""
    ) -> Callable[[Rule], Rule]:
        """Constraints of the rule below."""

        def of(rule: Rule) -> Rule:
            self._constrain(name or rule.__name__, over, rule, doc, unit)
            return rule

        return of

    def cut(self, *, over: Iterable[Index], doc: str) -> Callable[[Rule], Rule]:
        """Valid inequalities of the rule below, named as it is."""

        def of(rule: Rule) -> Rule:
            self.model.cuts.add(f"{self.family}.{rule.__name__}")
            self._constrain(rule.__name__, over, rule, doc, "")
            return rule

        return of

    def _constrain(self, name: str, over: Iterable[Index], rule: Rule, doc: str, unit: str) -> None:
        """Write the rows of a rule, evaluated once for all of them."""
        full_name = f"{self.family}.{name}"
        if full_name in self.model.units:
            raise SitingError(f"{self.family} states the constraint '{name}' twice")
        self.model.units[full_name] = unit
        keys = list(over)
        if not keys:
            return
        relation = rule(*labels_of(keys))
        if isinstance(relation, bool | np.bool_ | np.ndarray):
            # numbers on both sides: nothing that is declared could keep or break it
            self.model.bare.add(full_name)
            relation = block.Relation(1.0 - np.asarray(relation, dtype=float), 0.0, is_equal=False)
        if not isinstance(relation, block.Relation):
            what = type(relation).__name__
            raise SitingError(f"the rule {full_name} gives {what}, not 'left <= right'")
        self.model.writer.constraint(full_name, keys, relation, doc)


class ModelBuild:
    """A model under construction, and what is needed to read it afterwards.

    Args:
        writer: keeps variables and constraints.
        totals: that families may add to and read, by name.
        labels: that keys of totals may have, by what they are.

    Attributes:
        bare: constraints with numbers on both sides.
        cumulative: states that count what was started, each with the constraint that keeps it from
            falling.
    """

    def __init__(
        self,
        writer: ArrayWriter,
        totals: Mapping[str, Total],
        labels: Mapping[str, Container[Label]] = MappingProxyType({}),
    ) -> None:
        self.writer = writer
        self.ledger = Ledger(totals, labels)
        self.items: dict[str, Columns] = {}
        self.units: dict[str, str] = {}
        self.cuts: set[str] = set()
        self.bare: set[str] = set()
        self.cumulative: dict[str, str] = {}
        self.commit: Variable = Columns("core.commit", {})
        self.it_mw: Variable = Columns("core.it_mw", {})

    def family(self, name: str) -> Build:
        """Open a family."""
        return FamilyBuild(self, name)
