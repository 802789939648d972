"""The most that each decision of a program can be of use: what bounds its difference in two futures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from siting.core.errors import SitingError
from siting.model.program import Program

ROUNDING = 1e-9


def most_of(program: Program, is_needed: np.ndarray) -> np.ndarray:
    """Upper bounds of all columns, shape (columns,); finite for those that are needed.

    A column without a bound gets the one that a row gives it with all others at their best. Of a
    supply that no row bounds, as a pool of orders, no more is of use than all that takes from it can
    take: the rows that it helps then hold whatever else is decided.

    Raises:
        SitingError: a decision that no row bounds in either way.
    """
    upper = program.upper.copy()
    is_counted = program.is_integer | is_needed
    while _passed_on(program, is_counted, upper):
        pass
    _supply(program, is_counted, upper)
    left = np.flatnonzero(is_needed & ~np.isfinite(upper))
    if len(left):
        names = {column: name for name, column in program.columns.items()}
        raise SitingError(f"nothing bounds the decision {names[int(left[0])]}")
    return upper


Row = tuple[np.ndarray, np.ndarray, float]
"""Columns, coefficients and upper limit."""


def _rows_of(program: Program, is_counted: np.ndarray, upper: np.ndarray) -> Iterator[Row]:
    """Rows in which something that counts has no bound, and nothing else has none, each as one with an
    upper limit."""
    matrix = program.matrix.tocsr()
    is_open = is_counted & ~np.isfinite(upper)
    is_endless = ~is_counted & ~np.isfinite(upper)
    flags = abs(matrix)
    has_open, has_endless = (flags @ each.astype(float) > 0 for each in (is_open, is_endless))
    for row in np.flatnonzero(has_open & ~has_endless).tolist():
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        columns, values = matrix.indices[span], matrix.data[span]
        if np.isfinite(program.row_upper[row]):
            yield columns, values, float(program.row_upper[row])
        if np.isfinite(program.row_lower[row]):
            yield columns, -values, -float(program.row_lower[row])


def _passed_on(program: Program, is_counted: np.ndarray, upper: np.ndarray) -> bool:
    """Bound the columns without a bound of rows that all of them take from, in place: each with the
    others at their least; whether any was."""
    is_better = False
    for columns, values, limit in _rows_of(program, is_counted, upper):
        is_open = ~np.isfinite(upper[columns])
        if not is_open.any() or (values[is_open] <= 0).any():
            continue
        room = -np.minimum(values[~is_open], 0.0) @ upper[columns[~is_open]]
        most = (limit + room) / values[is_open]
        is_whole = program.is_integer[columns[is_open]]
        upper[columns[is_open]] = np.where(is_whole, np.floor(most + ROUNDING), most)
        is_better = True
    return is_better


def _supply(program: Program, is_counted: np.ndarray, upper: np.ndarray) -> None:
    """Bound supplies by the largest need of the rows that they help, in place; a supply that is
    cumulative over periods alike in all of them."""
    most: dict[int, float] = {}
    for columns, values, limit in _rows_of(program, is_counted, upper):
        is_open = ~np.isfinite(upper[columns])
        need = np.maximum(values[~is_open], 0.0) @ upper[columns[~is_open]] - limit
        for column, value in zip(columns[is_open].tolist(), values[is_open], strict=True):
            if value < 0:
                most[column] = max(most.get(column, 0.0), np.ceil(need / -value - ROUNDING))
    items: dict[tuple[str, tuple[object, ...]], list[int]] = {}
    for (name, index), column in program.columns.items():
        if is_counted[column] and not np.isfinite(upper[column]):
            items.setdefault((name, index[:-1]), []).append(column)
    for members in items.values():
        needs = [most[column] for column in members if column in most]
        if needs or not _helps(program, members):
            upper[members] = max(needs, default=0.0)


def _helps(program: Program, members: list[int]) -> bool:
    """Whether states of an item stand in a row with anything else."""
    matrix, rows = program.matrix, program.matrix.tocsr()
    of_item = set(members)
    found = np.unique(matrix[:, members].indices).tolist()
    return any(
        not of_item.issuperset(rows.indices[rows.indptr[row] : rows.indptr[row + 1]].tolist())
        for row in found
    )
