"""Values of a solved model by variable name, ledger totals, costs and spending."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter

import numpy as np

from siting.core.audit import NOISE
from siting.core.names import known
from siting.families.base import Index
from siting.model.assemble import Model

DIGITS, DECIMALS = 10, 9
"""What a number that a planner writes has at most."""
DIGITS_LOST = 1e-12
"""Share by which the arithmetic of the solver misses a number that has few digits."""


def cleaned(x: np.ndarray) -> np.ndarray:
    """Values without noise: 49.99999999999999 is 50, while 32.72727272727273 keeps every digit, since
    a thousand dollars a millionth of a MW would turn a rounded one into a cost."""
    size = np.floor(np.log10(np.maximum(np.abs(x), NOISE)))
    grid = 10.0 ** np.minimum(DECIMALS, DIGITS - 1 - size)
    short = np.round(x * grid) / grid
    is_short = np.abs(x - short) <= DIGITS_LOST * np.maximum(1.0, np.abs(x))
    found: np.ndarray = np.where(np.abs(x) < NOISE, 0.0, np.where(is_short, short, x))
    return found


class SolvedValues:
    """Values by variable name and index; anything not created is 0."""

    def __init__(self, model: Model, x: np.ndarray) -> None:
        self.ledger = model.ledger
        clean = cleaned(x)
        self.values = {key: float(clean[i]) for key, i in model.linear.columns.items()}
        self._names = model.variables
        self._declared = np.where(model.declared < 0, 0.0, clean[model.declared])
        self._totals: dict[str, Mapping[Index, Sequence[tuple[str, float]]]] = {}

    def get(self, name: str, index: Index) -> float:
        """Value of a variable.

        Raises:
            UnknownNameError: no family that is on declares it.
        """
        if name not in self._names:
            known(name, self._names, "variable")
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
