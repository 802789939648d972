r"""Sunk cost apart from cost to come.

With the discounted cost C[f,p](x) of family f in period p, linear in the plan x, and h what was decided
before the date and nothing else:

    spent      sum of C[f,p](x) over the periods p that start before the date
    committed  sum of C[f,p](h) - C[f,p](0) over the later ones: what is owed for what was decided
    to come    all else: what can still be decided

The three add up to the cost of the plan.
"""

from __future__ import annotations

import numpy as np

from siting.core.table import Cell, Table
from siting.model.assemble import Model
from siting.model.values import SolvedValues

COLUMNS = ("family", "spent_usd", "committed_usd", "to_come_usd", "total_usd")


def cost_split(model: Model, x: np.ndarray, committed: np.ndarray, periods: int) -> Table:
    """One row a family.

    Args:
        x: the plan. committed: what was decided before the date alone. periods: that start before it.
    """
    whole, owed, nothing = (
        {(f, p): usd for f, p, usd in SolvedValues(model, point).costs()}
        for point in (x, committed, np.zeros_like(x))
    )
    rows: dict[str, list[float]] = {}
    for (family, period), usd in sorted(whole.items()):
        row = rows.setdefault(family, [0.0, 0.0, 0.0])
        if period < periods:
            row[0] += usd
            continue
        sunk = owed.get((family, period), 0.0) - nothing.get((family, period), 0.0)
        row[1] += sunk
        row[2] += usd - sunk
    cells: list[dict[str, Cell]] = [
        dict(zip(COLUMNS, (family, *row, sum(row)), strict=True))
        for family, row in rows.items()
        if any(row)
    ]
    return Table.of(COLUMNS, cells)
