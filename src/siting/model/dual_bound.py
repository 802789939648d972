r"""A lower bound of a program from any prices of its rows, by plain arithmetic (weak duality).

For a program ``min c x + offset, L <= A x <= U, l <= x <= u`` and any numbers y, one a row,

    z(y) = offset + sum_i (y_i > 0 ? y_i L_i : y_i U_i) + sum_j min_{l_j <= x_j <= u_j} d_j x_j
    d    = c - y A

is no more than the cost of any x that keeps rows and bounds, and so of any plan; the duals of the linear
relaxation make it as large as that. No solver has a part in it. A price on a side of a row that has no
limit counts as 0. A column without an upper bound takes the one that the rows imply, and that a cost of
no more than ``most`` implies: what is bounded then are the plans that cost no more. Where nothing implies
one, as where two orders in turn cost nothing together, it is ``CAP``: no plan has as much of anything, and
a reduced cost that is zero but for rounding costs nothing at that size.

Rounding: sums are taken with the usual bound of their error, ``n eps sum |terms|``, each column takes the
worst reduced cost within it, and the last sum is exact. So the bound holds for the arrays as they are.
Sources: Neumaier and Shcherbina, Mathematical Programming 99 (2004); Higham, Accuracy and Stability of
Numerical Algorithms, 2nd ed. (2002), chapter 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, inf

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack

from siting.model.program import Program

EPS = float(np.finfo(float).eps)
"""Twice the largest relative error of one operation."""
CAP = 1e9
"""MW, MWh or units beyond which no plan has anything."""
ROUNDS = 20
"""Times that implied bounds are derived from those before."""


@dataclass(frozen=True)
class DualBound:
    """The bound in the unit of the program.

    Attributes:
        allowance: what rounding may have made of it at most; the bound is lower by that already.
        capped: columns that nothing but ``CAP`` bounds, where more may be cheaper.
    """

    value: float
    allowance: float
    capped: np.ndarray


def dual_bound(model: Program, prices: np.ndarray, most: float = inf) -> DualBound:
    """The bound from prices of the rows.

    Args:
        model: columns have finite lower bounds.
        prices: finite numbers, shape (rows,). most: cost of a plan that is known.
    """
    y = priced_sides(model, prices)
    side = np.where(y > 0, model.row_lower, np.where(y < 0, model.row_upper, 0.0))
    matrix = model.matrix
    reduced = model.cost - matrix.T @ y
    size = np.abs(model.cost) + abs(matrix).T @ np.abs(y)
    error = EPS * (np.diff(matrix.indptr) + 2) * size
    upper = model.upper
    is_open = ~np.isfinite(upper) & (reduced - error < 0)
    if is_open.any():
        upper = implied_upper(model, most)
        is_open &= ~np.isfinite(upper)
    # any other column without an upper bound is least at its lower one
    last = np.where(is_open, CAP, np.where(np.isfinite(upper), upper, model.lower))
    ends = [d * x for d in (reduced - error, reduced + error) for x in (model.lower, last)]
    least = np.minimum.reduce(ends)
    terms = np.concatenate([[model.offset], y * side, least])
    exact = reduced * np.where(reduced > 0, model.lower, last)
    rounding = EPS * (float(np.abs(terms).sum()) + abs(model.offset))
    total = fsum(terms.tolist()) - rounding
    return DualBound(total, float((exact - least).sum()) + rounding, np.flatnonzero(is_open))


def priced_sides(model: Program, prices: np.ndarray) -> np.ndarray:
    """Prices without those on a side of a row that has no limit."""
    is_void = ((prices > 0) & ~np.isfinite(model.row_lower)) | (
        (prices < 0) & ~np.isfinite(model.row_upper)
    )
    return np.where(is_void, 0.0, prices)


def implied_upper(model: Program, most: float = inf) -> np.ndarray:
    """Upper bounds by column, with those that rows imply where a column has none, shape (columns,).

    A row ``a_j x_j + rest <= U`` with ``a_j > 0`` implies ``x_j <= (U - least rest) / a_j``, one with
    ``a_j < 0`` the same from its lower limit; so does the cost, which is no more than ``most``.
    """
    upper = model.upper.copy()
    matrix, cost = model.matrix, csr_array(model.cost[None, :])
    by_row = csr_array(matrix)
    for _ in range(ROUNDS):
        is_open = ~np.isfinite(upper)
        # no other row bounds a column that has no bound
        used = np.unique(matrix[:, np.flatnonzero(is_open)].indices)
        rows = vstack([by_row[used], cost], format="csr").tocoo()
        row_lower = np.append(model.row_lower[used], -inf)
        row_upper = np.append(model.row_upper[used], most - model.offset)
        found = _implied(rows, row_lower, row_upper, model.lower, upper)
        is_new = is_open & np.isfinite(found)
        if not is_new.any():
            break
        upper[is_new] = np.maximum(found[is_new], model.lower[is_new])
    return upper


def _implied(
    rows: coo_array,
    row_lower: np.ndarray,
    row_upper: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
) -> np.ndarray:
    """Upper bound that each column has from the best row, all others within their bounds."""
    (row, column), value = rows.coords, rows.data
    # each row as a limit from above on positive coefficients: itself, and itself times -1
    best = np.full(len(upper), inf)
    for sign, limit in ((1.0, row_upper), (-1.0, -row_lower)):
        weight = sign * value
        at = np.where(weight > 0, lower[column], upper[column])
        is_finite = np.isfinite(at)
        part = np.where(is_finite, weight * np.where(is_finite, at, 0.0), 0.0)
        count = len(limit)
        endless = np.bincount(row, ~is_finite, count)
        rest = np.bincount(row, part, count)
        size = np.bincount(row, np.abs(part), count)
        entries = np.bincount(row, minlength=count)
        is_limit = np.isfinite(limit) & (endless == 0)
        known = np.where(is_limit, limit, 0.0)
        room: np.ndarray = known - rest + EPS * (entries + 3) * (np.abs(known) + size)
        useful = (weight > 0) & is_limit[row] & ~np.isfinite(upper[column])
        n, j, a = row[useful], column[useful], weight[useful]
        found = lower[j] + room[n] / a
        np.minimum.at(best, j, found + 4 * EPS * (np.abs(found) + np.abs(lower[j])))
    return best
