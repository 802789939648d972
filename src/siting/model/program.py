"""A mixed-integer program as sparse arrays with names, and what solvers and studies do with one.

Every operation gives a new program and leaves the old one as it is; arrays are shared where they stay
the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, hstack, vstack

from siting.families.base import Index

Named = tuple[str, Index]
"""``family.variable`` or ``family.constraint``, and index."""
ALONE = -1
"""Of no zone, no site, or no period."""


@dataclass(frozen=True)
class Program:
    """``min cost @ x + offset`` with ``row_lower <= matrix @ x <= row_upper``, ``lower <= x <= upper``.

    Attributes:
        cost: objective in million USD, shape (columns,). offset: its constant. Where another goal
            is solved they hold that one, in its own unit.
        start, row, value: compressed sparse columns of the rows' coefficients.
        row_lower, row_upper: shape (rows,). lower, upper, is_integer: shape (columns,).
        row_names: ``family.constraint`` and index of each row; units by ``family.constraint``;
            cuts: valid inequalities, that are implied by the others.
        columns: column of each (``family.variable``, index).
        area: number of the zone to which a column belongs, -1 where it belongs to none,
            shape (columns,). site: number of the site likewise.
        decided_at: number of the period in which a column is decided, -1 where it is recourse, which
            follows once more is known, shape (columns,).
    """

    cost: np.ndarray
    offset: float
    start: np.ndarray
    row: np.ndarray
    value: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    is_integer: np.ndarray
    row_names: tuple[Named, ...]
    units: Mapping[str, str]
    cuts: frozenset[str]
    columns: Mapping[Named, int]
    area: np.ndarray
    site: np.ndarray
    decided_at: np.ndarray

    @property
    def matrix(self) -> csc_array:
        """Coefficients, shape (rows, columns)."""
        shape = (len(self.row_lower), len(self.cost))
        return csc_array((self.value, self.row, self.start), shape=shape)

    def cost_of(self, x: np.ndarray) -> float:
        """The objective at a point, shape (columns,)."""
        return float(self.cost @ x) + self.offset

    def relaxed(self) -> Program:
        """The linear relaxation."""
        return replace(self, is_integer=np.zeros_like(self.is_integer))

    def with_cost(self, cost: np.ndarray, offset: float = 0.0) -> Program:
        """Another objective, shape (columns,)."""
        return replace(self, cost=cost, offset=offset)

    def without_cost(self) -> Program:
        """Any plan will do."""
        return self.with_cost(np.zeros_like(self.cost))

    def bounded(self, lower: np.ndarray | None = None, upper: np.ndarray | None = None) -> Program:
        """Other bounds of the columns, shape (columns,) each."""
        return replace(
            self,
            lower=self.lower if lower is None else lower,
            upper=self.upper if upper is None else upper,
        )

    def held(self, is_held: np.ndarray, x: np.ndarray) -> Program:
        """Some columns fixed at their values, shapes (columns,); the others are free within their
        bounds."""
        return self.bounded(
            np.where(is_held, x, self.lower),
            np.where(is_held, x, self.upper),
        )

    def dispatch(self, x: np.ndarray) -> Program:
        """The linear program of what is left once the integers are those of a point."""
        return self.held(self.is_integer, x).relaxed()

    def with_units(self, units: Mapping[str, str]) -> Program:
        """Units of more constraints, by name."""
        return replace(self, units={**self.units, **units})

    def with_rows(
        self,
        coefficients: csr_array,
        lower: np.ndarray,
        upper: np.ndarray,
        names: Sequence[Named],
    ) -> Program:
        """More rows ``lower <= coefficients @ x <= upper``, shape (rows, columns)."""
        matrix = vstack([self.matrix, csc_array(coefficients)], format="csc")
        return replace(
            self,
            **_sparse(matrix),
            row_lower=np.concatenate([self.row_lower, lower]),
            row_upper=np.concatenate([self.row_upper, upper]),
            row_names=(*self.row_names, *names),
        )

    def with_caps(self, coefficients: np.ndarray, upper: np.ndarray, name: str) -> Program:
        """More rows ``coefficients @ x <= upper``, shapes (rows, columns) and (rows,)."""
        names: list[Named] = [(name, (n,)) for n in range(len(upper))]
        lower = np.full(len(upper), -np.inf)
        return self.with_rows(csr_array(coefficients), lower, upper, names).with_units({name: ""})

    def with_slacks(self, coefficients: csc_array, cost: np.ndarray) -> Program:
        """More columns from 0 on, real and without a name: shapes (rows, new) and (new,)."""
        more = len(cost)
        matrix = hstack([self.matrix, coefficients], format="csc")
        nowhere = np.full(more, ALONE)
        return replace(
            self,
            **_sparse(matrix),
            cost=np.concatenate([self.cost, cost]),
            lower=np.concatenate([self.lower, np.zeros(more)]),
            upper=np.concatenate([self.upper, np.full(more, np.inf)]),
            is_integer=np.concatenate([self.is_integer, np.zeros(more, dtype=bool)]),
            area=np.concatenate([self.area, nowhere]),
            site=np.concatenate([self.site, nowhere]),
            decided_at=np.concatenate([self.decided_at, nowhere]),
        )

    def part(self, columns: np.ndarray, rows: np.ndarray, *, is_named: bool = True) -> Program:
        """Some columns and rows, in the order given."""
        matrix = csr_array(self.matrix[:, columns])[rows].tocsc()
        return replace(
            self,
            **_sparse(matrix),
            cost=self.cost[columns],
            row_lower=self.row_lower[rows],
            row_upper=self.row_upper[rows],
            lower=self.lower[columns],
            upper=self.upper[columns],
            is_integer=self.is_integer[columns],
            row_names=tuple(self.row_names[row] for row in rows.tolist()) if is_named else (),
            columns=self._renumbered(columns) if is_named else {},
            area=self.area[columns],
            site=self.site[columns],
            decided_at=self.decided_at[columns],
        )

    def _renumbered(self, columns: np.ndarray) -> dict[Named, int]:
        """Names of some columns, with their places among them."""
        place = np.full(len(self.cost), -1)
        place[columns] = np.arange(len(columns))
        places = place.tolist()
        return {name: places[n] for name, n in self.columns.items() if places[n] >= 0}

    @property
    def is_limit(self) -> np.ndarray:
        """Which rows are no valid inequalities, shape (rows,)."""
        return np.array([name not in self.cuts for name, _ in self.row_names], dtype=bool)

    def limits_alone(self) -> Program:
        """The program without its valid inequalities."""
        is_limit = self.is_limit
        if is_limit.all():
            return self
        return self.part(np.arange(len(self.cost)), np.flatnonzero(is_limit))


def stacked(
    programs: Sequence[Program], weights: Sequence[float], shared: Collection[Named] = ()
) -> Program:
    """Several programs in one: the weighted sum of their costs, with some columns the same in all.

    Args:
        programs: each with its own rows. weights: of each.
        shared: columns that are decided once for all programs that have them. Their bounds are those
            that hold in each; all other names get the number of their program in front of the index.
    """
    owner: dict[Named, int] = {}
    for number, program in enumerate(programs):
        for name in set(shared) & program.columns.keys():
            owner.setdefault(name, number)
    owners = [{name: owner[name] for name in owner if name in p.columns} for p in programs]
    whole, _ = joined(programs, weights, owners)
    plain = {
        ((name, index[1:]) if (name, index[1:]) in owner else (name, index)): column
        for (name, index), column in whole.columns.items()
    }
    return replace(whole, columns=plain)


def same_limits(one: Program, other: Program) -> bool:
    """Whether two programs over the same columns have the same bounds and rows."""
    return all(
        np.array_equal(getattr(one, part), getattr(other, part))
        for part in ("lower", "upper", "row_lower", "row_upper", "value")
    )


def joined(
    programs: Sequence[Program],
    weights: Sequence[float],
    owners: Sequence[Mapping[Named, int]],
) -> tuple[Program, list[np.ndarray]]:
    """Several programs in one, and the column there of each column of theirs.

    Args:
        programs: each with its own rows. weights: of their costs.
        owners: for each program the program whose column it shares, by name; itself where it is the
            first to have it. Bounds of a shared column are those that hold in each. Every name gets
            the number of the program that owns it in front of the index.
    """
    columns: dict[Named, int] = {}
    places, size = [], 0
    for number, (program, owner) in enumerate(zip(programs, owners, strict=True)):
        place = np.full(len(program.cost), -1, dtype=np.int64)
        for (name, index), column in program.columns.items():
            of = owner.get((name, index), number)
            if of < number:
                place[column] = columns[name, (of, *index)]
        own = np.flatnonzero(place < 0)
        place[own] = size + np.arange(len(own))
        size += len(own)
        at = place.tolist()
        for (name, index), column in program.columns.items():
            if owner.get((name, index), number) == number:
                columns[name, (number, *index)] = at[column]
        places.append(place)
    return _joined(programs, weights, columns, places, size), places


def _joined(
    programs: Sequence[Program],
    weights: Sequence[float],
    columns: Mapping[Named, int],
    places: Sequence[np.ndarray],
    size: int,
) -> Program:
    """The program of all rows over the columns at their places."""
    cost, lower, upper = np.zeros(size), np.full(size, -np.inf), np.full(size, np.inf)
    is_integer = np.zeros(size, dtype=bool)
    tags = {tag: np.full(size, ALONE) for tag in ("area", "site", "decided_at")}
    blocks = []
    for program, weight, place in zip(programs, weights, places, strict=True):
        np.add.at(cost, place, weight * program.cost)
        np.maximum.at(lower, place, program.lower)
        np.minimum.at(upper, place, program.upper)
        is_integer[place] |= program.is_integer
        for tag, values in tags.items():
            values[place] = getattr(program, tag)
        own = program.matrix.tocoo()
        shape = (own.shape[0], size)
        blocks.append(coo_array((own.data, (own.row, place[own.col])), shape=shape))
    return Program(
        **_sparse(vstack(blocks, format="csc")),
        cost=cost,
        offset=float(sum(w * p.offset for p, w in zip(programs, weights, strict=True))),
        row_lower=np.concatenate([program.row_lower for program in programs]),
        row_upper=np.concatenate([program.row_upper for program in programs]),
        lower=lower,
        upper=upper,
        is_integer=is_integer,
        row_names=tuple(
            (name, (number, *index))
            for number, program in enumerate(programs)
            for name, index in program.row_names
        ),
        units={name: unit for program in programs for name, unit in program.units.items()},
        cuts=frozenset().union(*(program.cuts for program in programs)),
        columns=columns,
        **tags,
    )


def _sparse(matrix: csc_array) -> dict[str, Any]:
    """Compressed sparse columns, each in the order of its rows."""
    matrix.sort_indices()
    return {
        "start": matrix.indptr.astype(np.int32),
        "row": matrix.indices.astype(np.int32),
        "value": matrix.data.astype(float),
    }
