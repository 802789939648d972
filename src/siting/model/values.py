"""Values of a solved model by variable name, ledger totals, costs and spending."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter

import numpy as np

from siting.components.base import Index
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
        self._declared = np.where(model.declared < 0, 0.0, clean[model.declared])
        self._totals: dict[str, Mapping[Index, Sequence[tuple[str, float]]]] = {}

    def get(self, name: str, index: Index) -> float:
        """Value of a variable."""
        return self.values.get((name, index), 0.0)

    def total(self, total: str, key: Index) -> float:
        """Value of a ledger total."""
        return sum(value for _, value in self._terms(total).get(key, ()))

    def costs(self) -> Iterator[tuple[str, int, float]]:
        """(family, period, discounted cost in USD), sorted."""
        costs = self.ledger.costs.at(self._declared)
        for (family, period), terms in sorted(costs.items(), key=itemgetter(0)):
            yield family, period, sum(value for _, value in terms)

    def spending(self) -> Iterator[tuple[str, int, float]]:
        """(family, period, overnight cost started in USD)."""
        for (period,), terms in self._terms("overnight_usd").items():
            for family, value in terms:
                yield family, period, value

    def _terms(self, total: str) -> Mapping[Index, Sequence[tuple[str, float]]]:
        """Family and value of each term of a total, by key."""
        if total not in self._totals:
            self._totals[total] = self.ledger.total(total).at(self._declared)
        return self._totals[total]
