"""Plans near a linear relaxation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from siting.model.program import Program

ROUNDING = 1e-6
"""What a relaxed value may be off a whole number and still be it."""


@dataclass(frozen=True)
class TrustRegion:
    """Plans near a relaxation.

    Attributes:
        units: by which an integer may leave its rounded relaxation.
        is_idle_fixed: what is zero in every period stays at zero.
    """

    units: int
    is_idle_fixed: bool

    def around(self, model: Program, relaxed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper bounds by column."""
        lower, upper = model.lower.copy(), model.upper.copy()
        bounded = model.is_integer & np.isfinite(model.upper)
        below = np.floor(relaxed + ROUNDING) - self.units
        above = np.ceil(relaxed - ROUNDING) + self.units
        lower[bounded] = np.maximum(lower[bounded], below[bounded])
        upper[bounded] = np.minimum(upper[bounded], above[bounded])
        if not self.is_idle_fixed:
            return lower, upper
        items: dict[tuple[object, ...], list[int]] = {}
        for (name, key), column in model.columns.items():
            if model.is_integer[column]:
                items.setdefault((name, *key[:-1]), []).append(column)
        for columns in items.values():
            if relaxed[columns].max() < ROUNDING:
                upper[columns] = model.lower[columns]
        return lower, upper
