"""Values of a solved model by variable name, ledger totals, costs and spending."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from siting.components.base import Index
from siting.model.affine import Affine
from siting.model.assemble import Model

ZERO = 1e-9
"""MW below which a value is solver noise."""
DECIMALS = 9


class SolvedValues:
    """Values by variable name and index; anything not created is 0."""

    def __init__(self, model: Model, x: np.ndarray) -> None:
        self.ledger = model.ledger
        clean = np.where(np.abs(x) < ZERO, 0.0, np.round(x, DECIMALS))
        self.values = {key: float(clean[i]) for key, i in model.linear.columns.items()}
        self._declared = np.where(model.declared < 0, 0.0, clean[model.declared]).tolist()

    def get(self, name: str, index: Index) -> float:
        """Value of a variable."""
        return self.values.get((name, index), 0.0)

    def total(self, total: str, key: Index) -> float:
        """Value of a ledger total."""
        return sum(self._value(term) for _, term in self.ledger.peek(total, key))

    def costs(self) -> Iterator[tuple[str, int, float]]:
        """(family, period, discounted cost in USD), sorted."""
        for (family, period), terms in sorted(self.ledger.costs.items()):
            yield family, period, sum(self._value(term) for term in terms)

    def spending(self) -> Iterator[tuple[str, int, float]]:
        """(family, period, overnight cost started in USD)."""
        for (name, key), terms in self.ledger.terms.items():
            if name == "overnight_usd":
                for family, term in terms:
                    yield family, key[0], self._value(term)

    def _value(self, expression: Any) -> float:
        """Value of an expression or number."""
        return expression.at(self._declared) if isinstance(expression, Affine) else expression
