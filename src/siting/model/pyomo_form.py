"""The same model in Pyomo, written by the same rules: to be read, exported or given to a solver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC

from siting.families.base import Domain, Index
from siting.families.whole import Expr
from siting.instance.build import Instance
from siting.model.assemble import USD_PER_OBJECTIVE, declare_all
from siting.model.build import ModelBuild, Relation

DOMAINS = {"binary": pyo.Binary, "integer": pyo.NonNegativeIntegers, "real": pyo.NonNegativeReals}


class PyomoWriter:
    """Writes one block a family."""

    def __init__(self) -> None:
        self.model = pyo.ConcreteModel()

    def variable(
        self,
        family: str,
        name: str,
        index: Sequence[Index],
        upper: Callable[..., Expr] | None,
        domain: Domain,
        doc: str,
    ) -> Mapping[Index, Expr]:
        """Pyomo variables by index."""

        def bounds(_: Any, *key: Any) -> tuple[float, float | None]:
            return 0, None if upper is None else upper(*key)

        keys = list(index)
        var = pyo.Var(keys, domain=DOMAINS[domain], bounds=bounds, doc=doc)
        self._block(family).add_component(name, var)
        return {key: var[key if len(key) > 1 else key[0]] for key in keys}

    def constraint(
        self, family: str, name: str, relations: Iterable[Relation], doc: str, *, is_equal: bool
    ) -> None:
        """Pyomo constraints by index."""
        found = {
            key: left == right if is_equal else left <= right for key, left, right in relations
        }
        con = pyo.Constraint(list(found), doc=doc)
        self._block(family).add_component(name, con)
        for key, relation in found.items():
            con.add(key if len(key) > 1 else key[0], relation)

    def _block(self, family: str) -> Any:
        """The block of a family."""
        if self.model.component(family) is None:
            self.model.add_component(family, pyo.Block(concrete=True))
        return self.model.component(family)


def pyomo_model(instance: Instance) -> pyo.ConcreteModel:
    """The model of an instance: a block for each family, the objective ``cost`` in million USD.

    Rows that a family states as plans break them (``network``) are not in it.
    """
    writer = PyomoWriter()
    with PauseGC():
        build = ModelBuild(writer)
        declare_all(build, instance)
        costs = build.ledger.costs.terms
        usd = [term for key in sorted(costs) for _, term in costs[key]]
        writer.model.cost = pyo.Objective(expr=sum(usd) / USD_PER_OBJECTIVE)
    return writer.model
