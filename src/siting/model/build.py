"""``Build`` as a family sees it, the core variables and the ledger, over whatever writes the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from siting.components.base import Build, Domain, Expr, Index, Rule, Variable
from siting.core.errors import SitingError

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
        upper: Callable[..., float | None] | None,
        domain: Domain,
        doc: str,
    ) -> Mapping[Index, Expr]:
        """Nonnegative variables by index."""

    def constraint(
        self, family: str, name: str, relations: Iterable[Relation], doc: str, *, is_equal: bool
    ) -> None:
        """Constraints ``left <= right``, or ``left == right``; one side at least is an expression."""


class IndexedVariable:
    """A variable looked up by index tuple; what was not created is zero to ``get``."""

    def __init__(self, items: Mapping[Index, Expr]) -> None:
        self.items = items

    def __getitem__(self, index: Index) -> Expr:
        return self.items[index]

    def get(self, index: Index) -> Expr:
        """The variable, or 0 where it was not created."""
        return self.items.get(index, 0.0)


class Ledger:
    """Named totals: families add terms while declaring, and read them while constraining."""

    def __init__(self) -> None:
        self.terms: dict[tuple[str, Index], list[tuple[str, Expr]]] = {}
        self.costs: dict[tuple[str, int], list[Expr]] = {}
        self._read: set[str] = set()

    def add(self, family: str, total: str, key: Index, term: Expr) -> None:
        """Add a term; an error once the total has been read by anyone."""
        if total in self._read:
            raise SitingError(f"{family} adds to the total '{total}' after it was read")
        self.terms.setdefault((total, key), []).append((family, term))

    def read(self, total: str, key: Index) -> Expr:
        """Sum of the terms, 0 where there are none."""
        self._read.add(total)
        return sum(term for _, term in self.terms.get((total, key), ()))

    def peek(self, total: str, key: Index) -> list[tuple[str, Expr]]:
        """Terms with the family that added each."""
        return self.terms.get((total, key), [])


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
        upper: Callable[..., float | None] | None = None,
    ) -> Variable:
        """Declare a nonnegative variable over index tuples."""
        items = self.model.writer.variable(self.family, name, index, upper, domain, doc)
        self._variables[name] = IndexedVariable(items)
        self.model.items[f"{self.family}.{name}"] = items
        return self._variables[name]

    def cumulative(self, name: str, variable: Variable, index: Sequence[Index]) -> None:
        """Non-decreasing over the last index."""
        known = set(index)
        pairs = [key for key in index if (*key[:-1], key[-1] - 1) in known]
        doc = "a state that counts what was started never falls"
        self.at_most(name, pairs, lambda *k: (variable[(*k[:-1], k[-1] - 1)], variable[k]), doc=doc)

    def add(self, total: str, key: Index, term: Expr) -> None:
        """Add a ledger term."""
        self.model.ledger.add(self.family, total, key, term)

    def total(self, total: str, key: Index) -> Expr:
        """Read a ledger total."""
        return self.model.ledger.read(total, key)

    def cost(self, period: int, usd: Expr) -> None:
        """Add a discounted cost."""
        self.model.ledger.costs.setdefault((self.family, period), []).append(usd)

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
    """A model under construction, and what is needed to read it afterwards."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
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
