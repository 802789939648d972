"""The points of a sweep: which values are solved together, in an order that growth only adds to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from siting.core.errors import InputError, Issue
from siting.sweep.study import Factor, Sweep

MAX_DIGITS = 12
MOST_RUNS = 200_000
"""Solves of one study."""
Values = Mapping[str, float]


@dataclass(frozen=True)
class Point:
    """Values that are solved together.

    Attributes:
        label: its place in the design; ``base``, a number, or what it is for.
        values: by factor.
    """

    label: str
    values: Values


def base_of(sweep: Sweep) -> Values:
    """Every factor at its base."""
    return {name: float(factor.base) for name, factor in sweep.factors.items()}


def points_of(sweep: Sweep) -> list[Point]:
    """Every point: the base first, then the ends between which a change of sites is looked for. One that
    comes twice is solved once and stands twice.

    Raises:
        InputError: more of them than anybody solves.
    """
    runs = _count(sweep)
    if runs > MOST_RUNS:
        what = f"{runs:,} runs" if runs < 10**MAX_DIGITS else f"over 10^{MAX_DIGITS} runs"
        fix = "Take fewer points, samples or factors"
        raise InputError([Issue("design", what, f"at most {MOST_RUNS:,}", fix)])
    base = Point("base", base_of(sweep))
    if sweep.design.kind == "one_at_a_time":
        return [base, *_one_at_a_time(sweep)]
    ends = [
        Point(f"{name} at {value:g}", {**base.values, name: value})
        for name, factor in sweep.factors.items()
        if factor.resolution is not None
        for value in factor.bounds
    ]
    return [base, *ends, *(_grid(sweep) if sweep.design.kind == "grid" else _sobol(sweep))]


def _count(sweep: Sweep) -> int:
    """How many points there are beside base and ends, before any is made."""
    design, dimensions = sweep.design, dimensions_of(sweep)
    if design.kind == "sobol":
        return design.samples * (len(dimensions) + 2 if design.with_indices else 1)
    sizes = [
        max(len(sweep.factors[name].values) or design.points for name in names)
        for names in dimensions
    ]
    return prod(sizes) if design.kind == "grid" else sum(sizes)


def _grid(sweep: Sweep) -> list[Point]:
    """Every combination; factors of a group move together."""
    dimensions = dimensions_of(sweep)
    steps: list[list[dict[str, float]]] = []
    for names in dimensions:
        columns = [sweep.factors[name].steps(sweep.design.points) for name in names]
        length = max(map(len, columns))
        steps.append(
            [
                {
                    name: column[min(n * len(column) // length, len(column) - 1)]
                    for name, column in zip(names, columns, strict=True)
                }
                for n in range(length)
            ]
        )
    return [
        Point(f"grid {n}", {k: v for part in parts for k, v in part.items()})
        for n, parts in enumerate(product(*steps))
    ]


def _one_at_a_time(sweep: Sweep) -> list[Point]:
    """Each factor through its values, all others at their base."""
    base = base_of(sweep)
    return [
        Point(f"{name} {n}", {**base, name: value})
        for name, factor in sweep.factors.items()
        for n, value in enumerate(factor.steps(sweep.design.points))
    ]


def _sobol(sweep: Sweep) -> list[Point]:
    """The rows of Saltelli's scheme, point by point, so that a larger sample begins with the smaller one."""
    points = []
    for number, rows in enumerate(saltelli(sweep)):
        for row, shares in enumerate(rows):
            points.append(Point(f"sample {number}.{row}", _values(sweep, shares)))
    return points


def saltelli(sweep: Sweep) -> list[list[np.ndarray]]:
    """Quantiles by dimension of each row: A, A with one dimension of B, B; A alone without indices.

    Sources: Saltelli et al., Computer Physics Communications 181 (2010) 259; Owen, Journal of Complexity
    14 (1998) 466.
    """
    from scipy.stats import qmc

    count, size = sweep.design.samples, len(dimensions_of(sweep))
    drawn = qmc.Sobol(2 * size, scramble=True, rng=sweep.design.seed)
    unit = drawn.random_base2(count.bit_length() - 1)
    rows = []
    for sample in unit:
        first, second = sample[:size], sample[size:]
        if not sweep.design.with_indices:
            rows.append([first])
            continue
        mixed = [np.where(np.arange(size) == d, second, first) for d in range(size)]
        rows.append([first, *mixed, second])
    return rows


def dimensions_of(sweep: Sweep) -> list[tuple[str, ...]]:
    """Factors that move together: a group, or one that has none; in the order of the file."""
    found: dict[str, list[str]] = {}
    for name, factor in sweep.factors.items():
        found.setdefault(f"group {factor.group}" if factor.group else name, []).append(name)
    return [tuple(names) for names in found.values()]


def dimension_name(names: Sequence[str], factors: Mapping[str, Factor]) -> str:
    """What a dimension is called."""
    return factors[names[0]].group or names[0]


def _values(sweep: Sweep, shares: np.ndarray) -> dict[str, float]:
    """Values of the factors at quantiles of the dimensions."""
    return {
        name: sweep.factors[name].at(float(share))
        for names, share in zip(dimensions_of(sweep), shares, strict=True)
        for name in names
    }


def waves(points: Sequence[Point]) -> list[range]:
    """Points that are solved side by side: one, one, two, four ... so that each may start from any of the
    waves before, whichever process is quicker and wherever a run is stopped."""
    found, start, size = [], 0, 1
    while start < len(points):
        found.append(range(start, min(start + size, len(points))))
        start += size
        size = max(1, start)
    return found
