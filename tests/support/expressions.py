"""Values of linear expressions, for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siting.families.whole import Expr
from siting.model.affine import Affine


def value_at(expression: Expr, x: Sequence[float] | np.ndarray) -> float:
    """Value of one expression, or a number, at a point by column."""
    if not isinstance(expression, Affine):
        return float(expression)
    terms = zip(*expression.terms(), strict=True)
    return float(expression.constant + sum(value * x[column] for column, value in terms))
